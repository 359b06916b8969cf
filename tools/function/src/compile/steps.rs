//! The steps of a plan, each as the lines that do it.

use std::collections::BTreeMap;

use linchpin_app::{Entity, Kind};
use linchpin_catalog::Effect;
use serde_json::Value as Json;

use super::handler::Handler;
use super::start::spoken;
use super::text::Need;
use super::ts::Ts;
use crate::plan::check::dotted;
use crate::plan::scope::{Shape, find_entity};
use crate::{CallStep, Caller, Condition, Op, PlanError, Step, Trigger};

/// How many records are read when a plan does not say.
const LIMIT: u32 = 200;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// In the handler itself.
    Top,
    /// In a loop over records.
    Loop,
    /// In a branch of the handler.
    Branch,
}

impl<'a> Handler<'a> {
    /// The SDK's entities, with the caller's own rights where a person calls.
    pub(crate) fn entities(&self) -> &'static str {
        match (&self.plan.trigger, &self.plan.caller) {
            (Trigger::Call, Caller::SignedIn | Caller::Role { .. } | Caller::Anyone) => "base44.entities",
            _ => "base44.asServiceRole.entities",
        }
    }

    pub(crate) fn steps(&mut self, place: &str, steps: &'a [Step], at: At) -> Result<(), PlanError> {
        let calls = steps.iter().filter(|step| matches!(step, Step::Call(_))).count();
        let mut i = 0;
        while let Some(step) = steps.get(i) {
            let here = format!("{place}[{i}]");
            i += 1;
            match step {
                Step::Read {
                    entity,
                    bind,
                    filter,
                    sort,
                    limit,
                } => {
                    self.read(&here, entity, bind, filter, sort.as_deref(), *limit)?;
                }
                Step::Get { entity, id, bind } => self.get(&here, entity, id, bind, at)?,
                Step::Each { over, bind, steps } => self.each(&here, over, bind, steps)?,
                Step::StopIfEmpty { list } => {
                    let path = dotted(&here, list)?;
                    let (found, _) = self.lower.scope.list(&here, &path)?;
                    let empty = match found.optional {
                        true => format!("!{}?.length", found.code),
                        false => format!("{}.length === 0", found.code),
                    };
                    let words = spoken(path.0.last().map_or("", String::as_str));
                    self.leave(at, &empty, &format!("Nothing to do: no {words}."));
                }
                Step::Call(call) => {
                    let alone = calls == 1;
                    if let (Some(unless), false) = (&call.unless, alone) {
                        // Other calls still have to happen: only this one is left out.
                        let found = self.lower.scope.find(&here, &dotted(&here, unless)?)?;
                        self.begin();
                        self.connect()?;
                        self.gap();
                        self.open(&format!("if (!{}) {{", found.code));
                        let zones = self.lower.zones.clone();
                        let outer = self.lower.scope.clone();
                        self.call(&here, call, At::Branch)?;
                        while let Some(Step::Write { entity, record, set }) = steps.get(i) {
                            if !mentions(set, call.bind.as_deref()) {
                                break;
                            }
                            self.write(&format!("{place}[{i}]"), entity, record, set)?;
                            i += 1;
                        }
                        self.lower.zones = zones;
                        self.lower.scope = outer;
                        self.close("}");
                        self.gap();
                    } else {
                        if let Some(unless) = &call.unless {
                            let path = dotted(&here, unless)?;
                            let found = self.lower.scope.find(&here, &path)?;
                            let field = path.0.last().cloned().unwrap_or_default();
                            self.leave(at, &found.code, &format!("{field} is set already."));
                        }
                        self.call(&here, call, at)?;
                    }
                }
                Step::Write { entity, record, set } => self.write(&here, entity, record, set)?,
            }
        }
        Ok(())
    }

    fn read(
        &mut self,
        place: &str,
        entity: &str,
        bind: &str,
        filter: &[Condition],
        sort: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(), PlanError> {
        let entity = self.entity(entity)?;
        let query = self.query(place, entity, filter)?;
        let variable = self.lower.scope.declare(place, bind, Shape::Records(entity))?;
        self.begin();
        let sort = Ts::text(sort.unwrap_or("-created_date"));
        let limit = Ts::raw(limit.unwrap_or(LIMIT).to_string());
        let base = format!("{}.{}", self.entities(), entity.name);
        let call = match query {
            None => Ts::call(format!("{base}.list"), vec![sort, limit]),
            Some(query) => Ts::call(format!("{base}.filter"), vec![query, sort, limit]),
        };
        self.statement(&format!("const {variable} = await "), &call, ";");
        if self.loops.is_empty() {
            self.answers
                .push((bind.to_owned(), Ts::raw(format!("{variable}.length"))));
        }
        Ok(())
    }

    fn entity(&self, name: &str) -> Result<&'a Entity, PlanError> {
        find_entity(self.app, name).ok_or_else(|| PlanError::Entity {
            name: name.to_owned(),
            hint: String::new(),
        })
    }

    /// Conditions as Base44 queries them.
    fn query(&mut self, place: &str, entity: &Entity, filter: &[Condition]) -> Result<Option<Ts>, PlanError> {
        let mut fields: Vec<(String, Vec<(&'static str, Ts)>)> = Vec::new();
        for (i, condition) in filter.iter().enumerate() {
            let place = format!("{place}.filter[{i}]");
            let list = entity
                .field(&condition.field)
                .is_some_and(|field| field.kind == Kind::Array);
            let value = match &condition.value {
                Json::String(text) => self.lower.value(&place, text, true)?,
                other => self.lower.json(&place, other, &[])?,
            };
            let empty = || Ts::Array(vec![Ts::raw("null"), Ts::text("")]);
            let (operator, value) = match condition.op {
                Op::Eq => ("$eq", value),
                Op::Contains if list => ("$eq", value),
                Op::Ne => ("$ne", value),
                Op::In => ("$in", value),
                Op::NotIn => ("$nin", value),
                Op::Gt => ("$gt", value),
                Op::Gte => ("$gte", value),
                Op::Lt => ("$lt", value),
                Op::Lte => ("$lte", value),
                Op::Contains => ("$regex", pattern(&value)),
                Op::Exists => ("$nin", empty()),
                Op::Missing => ("$in", empty()),
                Op::Changed | Op::Becomes => continue,
            };
            match fields.iter_mut().find(|(name, _)| *name == condition.field) {
                Some((_, known)) => known.push((operator, value)),
                None => fields.push((condition.field.clone(), vec![(operator, value)])),
            }
        }
        if fields.is_empty() {
            return Ok(None);
        }
        let mut query = Vec::new();
        let mut further = Vec::new();
        for (field, mut tests) in fields {
            if tests.len() == 1 && tests[0].0 == "$eq" {
                query.push((field, tests.remove(0).1));
                continue;
            }
            let mut own: Vec<(String, Ts)> = Vec::new();
            for (operator, value) in tests {
                match own.iter().any(|(known, _)| known == operator) {
                    false => own.push((operator.to_owned(), value)),
                    true => further.push(Ts::Object(vec![(
                        field.clone(),
                        Ts::Object(vec![(operator.to_owned(), value)]),
                    )])),
                }
            }
            query.push((field, Ts::Object(own)));
        }
        if !further.is_empty() {
            query.push(("$and".to_owned(), Ts::Array(further)));
        }
        Ok(Some(Ts::Object(query)))
    }

    fn get(&mut self, place: &str, entity: &str, id: &str, bind: &str, at: At) -> Result<(), PlanError> {
        let entity = self.entity(entity)?;
        let id = self.lower.text(place, id)?.flat();
        let variable = self.lower.scope.declare(place, bind, Shape::Record(entity))?;
        self.begin();
        let base = format!("{}.{}", self.entities(), entity.name);
        match id.strip_suffix(" ?? \"\"") {
            None => {
                let get = format!(".get({id})");
                self.chain(
                    &format!("const {variable} = await "),
                    &base,
                    &[&get, ".catch(() => null)"],
                );
            }
            // Without an id the SDK would read the whole list.
            Some(id) => {
                self.line(&format!("const {variable} = {id}"));
                self.line(&format!("  ? await {base}.get({id}).catch(() => null)"));
                self.line("  : null;");
            }
        }
        let words = spoken(&entity.name);
        self.refuse(at, &format!("!{variable}"), &format!("There is no such {words}."), 404);
        if self.subject.is_none() || self.plan.trigger == Trigger::Call {
            self.subject = Some(variable);
        }
        Ok(())
    }

    fn each(&mut self, place: &str, over: &str, bind: &str, steps: &'a [Step]) -> Result<(), PlanError> {
        let (found, shape) = self.lower.scope.list(place, &dotted(place, over)?)?;
        self.begin();
        if calls_in(steps).next().is_some() {
            self.connect()?;
        }
        let sends = calls_in(steps).any(|call| self.sends(call));
        let (done, failures) = (
            self.lower.scope.own(if sends { "sent" } else { "done" }),
            self.lower.scope.own("failures"),
        );
        let outer = self.lower.scope.clone();
        let subject = self.subject.clone();
        let variable = self.lower.scope.declare(place, bind, shape)?;
        self.lower.needs.insert(Need::Reason);
        self.gap();
        self.line(&format!("let {done} = 0;"));
        self.line(&format!("const {failures}: {{ id: string; error: string }}[] = [];"));
        let list = match (found.list, found.optional) {
            (Some(Shape::Records(_)), _) => found.code,
            (_, true) => format!("({} ?? []).slice(0, {LIMIT})", found.code),
            (_, false) => format!("{}.slice(0, {LIMIT})", found.code),
        };
        let id = match (shape, found.list) {
            (Shape::Record(_), _) | (_, Some(_)) => format!("{variable}.id"),
            _ => format!("String({variable})"),
        };
        self.open(&format!("for (const {variable} of {list}) {{"));
        self.open("try {");
        self.loops.push((done.clone(), failures.clone()));
        self.subject = matches!(shape, Shape::Record(_)).then(|| variable.clone());
        let conflicts = std::mem::take(&mut self.conflicts);
        let zones = self.lower.zones.clone();
        self.steps(&format!("{place}.steps"), steps, At::Loop)?;
        self.line(&format!("{done}++;"));
        self.close("} catch (error) {");
        self.indent += 2;
        if self.conflicts {
            self.line("if (error instanceof Error && error.cause === 409) continue;");
        }
        self.conflicts = conflicts;
        self.lower.zones = zones;
        self.line(&format!("{failures}.push({{ id: {id}, error: reason(error) }});"));
        self.close("}");
        self.close("}");
        self.lower.scope = outer;
        self.subject = subject;
        Ok(())
    }

    fn sends(&self, call: &CallStep) -> bool {
        let connector = self
            .catalog
            .get(call.connector.as_deref().unwrap_or(&self.plan.connector));
        let operation = connector.and_then(|connector| connector.operation(&call.operation));
        operation.is_some_and(|operation| operation.effect == Effect::Send)
    }

    fn write(
        &mut self,
        place: &str,
        entity: &str,
        record: &str,
        set: &BTreeMap<String, Json>,
    ) -> Result<(), PlanError> {
        let (_, variable) = self.lower.scope.record(place, record)?;
        let mut entries = Vec::new();
        for (field, value) in set {
            entries.push((field.clone(), self.lower.json(place, value, &[])?));
        }
        self.begin();
        let update = Ts::call(
            format!("{}.{entity}.update", self.entities()),
            vec![Ts::raw(format!("{variable}.id")), Ts::Object(entries)],
        );
        self.statement("await ", &update, ";");
        Ok(())
    }
}

/// Calls anywhere in steps.
pub(crate) fn calls_in(steps: &[Step]) -> impl Iterator<Item = &CallStep> {
    let mut calls = Vec::new();
    let mut queue: Vec<&Step> = steps.iter().rev().collect();
    while let Some(step) = queue.pop() {
        match step {
            Step::Call(call) => calls.push(call.as_ref()),
            Step::Each { steps, .. } => queue.extend(steps.iter().rev()),
            _ => {}
        }
    }
    calls.into_iter()
}

fn mentions(set: &BTreeMap<String, Json>, bind: Option<&str>) -> bool {
    let Some(bind) = bind else { return false };
    set.values()
        .any(|value| value.to_string().contains(&format!("{{{{{bind}")))
}

/// A text to look for, as the regular expression that finds it.
fn pattern(value: &Ts) -> Ts {
    const SPECIAL: &str = r".*+?^${}()|[]\";
    let flat = value.flat();
    match serde_json::from_str::<String>(&flat) {
        Ok(known) => {
            let mut escaped = String::new();
            for c in known.chars() {
                if SPECIAL.contains(c) {
                    escaped.push('\\');
                }
                escaped.push(c);
            }
            Ts::text(&escaped)
        }
        Err(_) => Ts::raw(format!("({flat}).replace(/[.*+?^${{}}()|[\\]\\\\]/g, \"\\\\$&\")")),
    }
}
