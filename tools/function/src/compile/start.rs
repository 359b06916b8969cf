//! The beginning of a handler: who may run it, what came in, and whether there is anything to do.

use std::fmt::Write as _;

use linchpin_app::Entity;
use serde_json::Value as Json;

use super::handler::Handler;
use super::text::Need;
use super::ts::{Ts, string};
use crate::plan::schedule::{Guard, join};
use crate::plan::scope::{ValueKind, field_kind, find_entity, only_deletes, record_name};
use crate::{Caller, Condition, EntityEvent, InputField, InputKind, Op, PlanError, Schedule, Trigger};

/// The most characters a body may have that anyone can send.
const BODY_LIMIT: &str = "20_000";

impl<'a> Handler<'a> {
    /// The caller check, before anything else.
    pub(crate) fn caller(&mut self) {
        self.line("const base44 = createClientFromRequest(req);");
        if self.plan.caller == Caller::Anyone {
            return;
        }
        self.line("const user = await base44.auth.me().catch(() => null);");
        self.line("if (!user) return Response.json({ error: \"Sign in first.\" }, { status: 401 });");
        let (condition, why) = match &self.plan.caller {
            Caller::Anyone | Caller::SignedIn => return,
            Caller::Automation => (
                "user.role !== \"admin\" && !user.is_service".to_owned(),
                "Only admins and automations may run this.".to_owned(),
            ),
            // What starts by itself has no role but the platform's own.
            Caller::Role { role } if role == "admin" && self.plan.trigger != Trigger::Call => (
                "user.role !== \"admin\" && !user.is_service".to_owned(),
                "Only admins and automations may run this.".to_owned(),
            ),
            Caller::Role { role } if role == "admin" => (
                "user.role !== \"admin\"".to_owned(),
                "Only admins may run this.".to_owned(),
            ),
            Caller::Role { role } => (
                format!("user.role !== {} && user.role !== \"admin\"", string(role)),
                format!("This needs the role {role}."),
            ),
        };
        self.open(&format!("if ({condition}) {{"));
        self.answer("error", &why, Some(403));
        self.close("}");
    }

    pub(crate) fn start(&mut self) -> Result<(), PlanError> {
        match &self.plan.trigger {
            Trigger::Call => self.input(),
            Trigger::Schedule { schedule } => self.schedule(schedule)?,
            Trigger::Entity { entity, events, when } => {
                let entity = find_entity(self.app, entity).ok_or_else(|| PlanError::Entity {
                    name: entity.clone(),
                    hint: String::new(),
                })?;
                self.record(entity, events)?;
                for condition in when {
                    self.condition(entity, condition)?;
                }
            }
        }
        Ok(())
    }

    fn input(&mut self) {
        let fields = &self.plan.input;
        if fields.is_empty() {
            return;
        }
        self.gap();
        self.line("if (req.method !== \"POST\") return Response.json({ error: \"Use POST.\" }, { status: 405 });");
        if self.plan.caller == Caller::Anyone {
            self.lower.needs.insert(Need::Parse);
            self.line("const raw = await req.text();");
            self.open(&format!("if (raw.length > {BODY_LIMIT}) {{"));
            self.answer("error", "That is too long.", Some(413));
            self.close("}");
            self.line("const input = parse(raw);");
        } else {
            self.line("const input = await req.json().catch(() => null);");
        }
        self.open("if (!input || typeof input !== \"object\") {");
        self.answer("error", "Send a JSON object.", Some(400));
        self.close("}");
        for field in fields {
            let (wrong, what) = self.wrong(field);
            let path = format!("input.{}", field.name);
            let wrong = match field.required {
                true => wrong,
                false if wrong.contains(" || ") => format!("{path} != null && ({wrong})"),
                false => format!("{path} != null && {wrong}"),
            };
            self.condition_line(&wrong);
            self.answer("error", &format!("{} must be {what}.", field.name), Some(400));
            self.close("}");
        }
    }

    /// The condition that an input value is wrong, and what it should be.
    fn wrong(&mut self, field: &InputField) -> (String, &'static str) {
        let path = format!("input.{}", field.name);
        let text = format!("typeof {path} !== \"string\"");
        match field.kind {
            InputKind::Text if field.required => (
                format!("{text} || !{path}.trim() || {path}.length > 5000"),
                "a text of at most 5,000 characters",
            ),
            InputKind::Text => (
                format!("{text} || {path}.length > 5000"),
                "a text of at most 5,000 characters",
            ),
            InputKind::Email => {
                self.lower.needs.insert(Need::IsAddress);
                (format!("!isAddress({path})"), "an e-mail address")
            }
            InputKind::Number => (format!("!Number.isFinite({path})"), "a number"),
            InputKind::Boolean => (format!("typeof {path} !== \"boolean\""), "true or false"),
            InputKind::Date => (
                format!("{text} || !/^\\d{{4}}-\\d\\d-\\d\\d$/.test({path})"),
                "a date as YYYY-MM-DD",
            ),
            InputKind::DateTime => (
                format!("{text} || Number.isNaN(Date.parse({path}))"),
                "a date and time in ISO 8601",
            ),
            InputKind::Id => (format!("{text} || !/^[\\w-]{{1,64}}$/.test({path})"), "an id"),
        }
    }

    /// The cron runs on UTC; the local clock decides which of its runs counts.
    fn schedule(&mut self, schedule: &Schedule) -> Result<(), PlanError> {
        let Guard {
            hour,
            shifting,
            weekdays,
            day,
        } = schedule.timing()?.guard;
        let needs_day = !weekdays.is_empty() || day.is_some();
        if hour.is_none() && !needs_day {
            return Ok(());
        }
        self.lower.needs.insert(Need::TimeZone);
        self.gap();
        self.line(&match hour {
            Some(_) => format!(
                "// The cron is in UTC and covers summer and winter time: only one run is at {} here.",
                schedule.at
            ),
            None => "// The cron is in UTC, where the day is another one: only one of its runs counts.".to_owned(),
        });
        let several = shifting || (hour.is_some() && needs_day);
        let moment = if several { "now" } else { "new Date()" };
        if several {
            self.line("const now = new Date();");
        }
        fn clock<const N: usize>(options: [(&str, &str); N]) -> Ts {
            let zone = ("timeZone", "TIME_ZONE");
            let options = options
                .into_iter()
                .chain([zone])
                .map(|(key, code)| (key.to_owned(), Ts::raw(code)));
            Ts::call(
                "new Intl.DateTimeFormat",
                vec![Ts::text("en-GB"), Ts::Object(options.collect())],
            )
        }
        let mut conditions = Vec::new();
        if let (Some(hour), true) = (hour, shifting) {
            self.lower.needs.insert(Need::HourAt);
            self.line("const hour = hourAt(now);");
            self.line("const before = hourAt(new Date(now.getTime() - 3_600_000));");
            self.line(&format!("const due = ({} - before) % 24;", hour + 24));
            conditions.push("due === 0 || due > (24 + hour - before) % 24".to_owned());
        } else if let Some(hour) = hour {
            let format = clock([("hour", "\"2-digit\""), ("hourCycle", "\"h23\"")]);
            self.statement("const clock = ", &format, ";");
            conditions.push(format!("Number(clock.format({moment})) !== {hour}"));
        }
        if !weekdays.is_empty() {
            let format = Ts::Then(Box::new(clock([("weekday", "\"long\"")])), format!(".format({moment})"));
            self.statement("const weekday = ", &format, ";");
            let days: Vec<String> = weekdays.iter().map(|day| string(day.name())).collect();
            conditions.push(match days.as_slice() {
                [only] => format!("weekday !== {only}"),
                several => format!("![{}].includes(weekday)", several.join(", ")),
            });
        }
        if let Some(day) = day {
            let format = Ts::Then(Box::new(clock([("day", "\"numeric\"")])), format!(".format({moment})"));
            self.statement("const day = ", &format, ";");
            conditions.push(format!("Number(day) !== {day}"));
        }
        self.condition_line(&conditions.join(" || "));
        self.answer("skipped", &format!("It is not due: {}.", schedule.in_words()), None);
        self.close("}");
        self.gap();
        Ok(())
    }

    /// Reads the record again: what the event says of it is not trusted.
    fn record(&mut self, entity: &Entity, events: &[EntityEvent]) -> Result<(), PlanError> {
        let (_, variable) = self.lower.scope.record("trigger", &record_name(&entity.name))?;
        self.gap();
        self.line("const payload = await req.json().catch(() => null);");
        if only_deletes(events) {
            self.line(&format!("const {variable} = payload?.old_data ?? payload?.data;"));
            self.open(&format!("if (!{variable}?.id) {{"));
            self.answer("error", "Send { event, old_data } of the deleted record.", Some(400));
            self.close("}");
            return Ok(());
        }
        self.line("const id = payload?.event?.entity_id;");
        self.open("if (typeof id !== \"string\" || !id) {");
        self.answer("error", "Send { event: { entity_id } }.", Some(400));
        self.close("}");
        let get = format!("base44.asServiceRole.entities.{}", entity.name);
        self.chain(
            &format!("const {variable} = await "),
            &get,
            &[".get(id)", ".catch(() => null)"],
        );
        let words = spoken(&entity.name);
        self.line(&format!(
            "if (!{variable}) return Response.json({{ skipped: \"The {words} is gone.\" }});"
        ));
        Ok(())
    }

    fn condition(&mut self, entity: &Entity, condition: &Condition) -> Result<(), PlanError> {
        let (_, record) = self.lower.scope.record("trigger", &record_name(&entity.name))?;
        let (kind, _) = field_kind("trigger.when", entity, &condition.field)?;
        let code = format!("{record}.{}", condition.field);
        let old = format!("payload.old_data?.{}", condition.field);
        let mut value = |value: &Json| self.lower.json("trigger.when", value, &[]).map(|code| code.flat());
        let compare = |operator: &str, value: String| format!("{code} {operator} {value}");
        let wrong = match condition.op {
            Op::Eq => compare("!==", value(&condition.value)?),
            Op::Ne => compare("===", value(&condition.value)?),
            Op::In => format!("!{}.includes({code})", value(&condition.value)?),
            Op::NotIn => format!("{}.includes({code})", value(&condition.value)?),
            Op::Gt => format!("!({})", compare(">", value(&condition.value)?)),
            Op::Gte => format!("!({})", compare(">=", value(&condition.value)?)),
            Op::Lt => format!("!({})", compare("<", value(&condition.value)?)),
            Op::Lte => format!("!({})", compare("<=", value(&condition.value)?)),
            Op::Contains => format!("!{code}?.includes({})", value(&condition.value)?),
            Op::Exists => absent(kind, &code),
            Op::Missing => present(kind, &code),
            Op::Changed if matches!(kind, ValueKind::List | ValueKind::Object | ValueKind::Unknown) => {
                format!("JSON.stringify({code}) === JSON.stringify({old})")
            }
            Op::Changed => format!("{code} === {old}"),
            Op::Becomes => {
                let value = value(&condition.value)?;
                format!("{code} !== {value} || {old} === {value}")
            }
        };
        self.condition_line(&wrong);
        self.answer("skipped", &unmet(condition), None);
        self.close("}");
        Ok(())
    }
}

fn absent(kind: ValueKind, code: &str) -> String {
    match kind {
        ValueKind::Number | ValueKind::Boolean => format!("{code} == null"),
        ValueKind::List => format!("!{code}?.length"),
        _ => format!("!{code}"),
    }
}

fn present(kind: ValueKind, code: &str) -> String {
    match kind {
        ValueKind::Number | ValueKind::Boolean => format!("{code} != null"),
        ValueKind::List => format!("{code}?.length"),
        _ => code.to_owned(),
    }
}

/// Why nothing is done, in words.
fn unmet(condition: &Condition) -> String {
    let field = &condition.field;
    let value = match &condition.value {
        Json::String(text) if text.contains("{{") => "what it should be".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or(item.to_string(), str::to_owned))
                .collect();
            join(items.iter().map(String::as_str)).replace(" and ", " or ")
        }
        other => other.to_string(),
    };
    match condition.op {
        Op::Eq | Op::In => format!("{field} is not {value}."),
        Op::Ne | Op::NotIn => format!("{field} is {value}."),
        Op::Gt => format!("{field} is not above {value}."),
        Op::Gte => format!("{field} is below {value}."),
        Op::Lt => format!("{field} is not below {value}."),
        Op::Lte => format!("{field} is above {value}."),
        Op::Contains => format!("{field} does not contain {value}."),
        Op::Exists => format!("{field} is empty."),
        Op::Missing => format!("{field} is not empty."),
        Op::Changed => format!("{field} did not change."),
        Op::Becomes => format!("{field} did not become {value}."),
    }
}

/// An entity's name as one says it: `StudioSettings` is `studio settings`.
pub(crate) fn spoken(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in name.chars() {
        if (c.is_uppercase() && lower) || c == '_' {
            out.push(' ');
        }
        lower = c.is_lowercase() || c.is_ascii_digit();
        if c != '_' {
            let _ = write!(out, "{}", c.to_lowercase());
        }
    }
    out
}
