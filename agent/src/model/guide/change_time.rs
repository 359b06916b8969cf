//! Follow-ups about when and which: cadence, time, zone, states, amounts.

use linchpin_function::{Condition, EntityEvent, Op, Schedule, Trigger};

use super::build::{self, Order, Start};
use super::change::Edit;
use super::clock::{Clock, clock};
use super::filter::{self, Filter, words as condition_words};
use super::names::{self, a, plural};
use super::person::Who;
use super::questions::kept;
use super::redo;
use super::resolve::status;
use super::selection::selection;
use super::shape::{self, calls};
use super::trigger::{Subject, told};
use super::turn::{Flow, Turn};

impl<'a> Edit<'_, 'a> {
    /// Cadence, time of day, zone.
    pub(super) fn time(&mut self, turn: &mut Turn<'_>) -> Flow<()> {
        let time: Clock = clock(self.said);
        if !time.says_anything() {
            return Ok(());
        }
        match self.plan.trigger.clone() {
            Trigger::Schedule { schedule } => {
                let time = kept(turn, time)?;
                let next = time.schedule(Some(&schedule), self.cx.time_zone);
                redo::reschedule(&mut self.plan, &schedule, &next);
                self.edits += 1;
            }
            Trigger::Entity { .. } | Trigger::Call if time.is_set() => {
                // What happened once for each record becomes a list, or a run over the new ones.
                let time = kept(turn, time)?;
                let schedule = time.schedule(None, self.cx.time_zone);
                let who = calls(&self.plan)
                    .iter()
                    .find_map(|call| call.mail.as_ref())
                    .map(|mail| match mail.to.first() {
                        Some(to) if !to.contains("{{") && to != build::ME => Who::Address(to.clone()),
                        _ => Who::Me,
                    });
                let order = self.list_order(schedule, who);
                if let Some(mut plan) = build::plan(self.cx, &order) {
                    redo::keep_places(self.was, &mut plan);
                    self.plan = plan;
                    self.edits += 1;
                }
            }
            Trigger::Entity { .. } | Trigger::Call => {}
        }
        Ok(())
    }

    /// The plan's wish as a list by the clock.
    pub(super) fn list_order(&self, schedule: Schedule, who: Option<Who>) -> Order<'a> {
        let Filter {
            conditions,
            states,
            all,
            mine,
        } = filter::filter(self.said, self.entity);
        let kept = redo::conditions(self.was, self.entity);
        let stated = kept
            .iter()
            .any(|one| status(self.entity).is_some_and(|field| field.name == one.field) && one.op == Op::Eq);
        let mut filter: Vec<Condition> = kept
            .into_iter()
            .filter(|one| !conditions.iter().any(|new| new.field == one.field))
            .collect();
        filter.extend(conditions);
        let fresh = matches!(&self.was.trigger, Trigger::Entity { events, .. } if events.contains(&EntityEvent::Create))
            && filter.is_empty();
        Order {
            deed: redo::deed(self.was),
            connector: self.was.connector.clone(),
            intents: super::build::intents(self.said),
            entity: self.entity,
            start: Start::Clock(schedule),
            who,
            filter,
            states: states || stated,
            all,
            mine,
            which: if fresh { "new".to_owned() } else { String::new() },
            own: false,
            either: Vec::new(),
        }
    }

    /// Which records: "only confirmed ones", "when it is paid instead", "over 500".
    pub(super) fn records(&mut self, turn: &mut Turn<'_>) {
        let by_hand = self
            .said
            .any(&[
                "button",
                "on demand",
                "manually",
                "by hand",
                "when a user asks",
                "when i click",
            ])
            .is_some();
        if by_hand && matches!(self.plan.trigger, Trigger::Entity { .. }) {
            let doing = shape::doing(&self.plan.purpose);
            let purpose = format!("When a user asks for it, {doing} ({}).", a(&self.entity.name));
            self.plan = shape::by_hand(self.plan.clone(), self.entity, purpose);
            self.edits += 1;
            return;
        }
        let told = told(self.said, self.cx.app);
        let picked = filter::filter(self.said, self.entity);
        match self.plan.trigger.clone() {
            Trigger::Entity { .. } => {
                let own = told.moment.filter(|_| told.subject == Subject::One(self.entity));
                let also = self.said.any(&["also", "too", "as well"]).is_some();
                self.understood |= !picked.conditions.is_empty() || own.is_some();
                self.edits += usize::from(redo::occasion(
                    &mut self.plan,
                    self.was,
                    self.entity,
                    own,
                    &picked,
                    also,
                    self.cx,
                ));
            }
            Trigger::Schedule { .. } => {
                let mut changed = picked.conditions.clone();
                if picked.mine {
                    let field = self
                        .entity
                        .fields
                        .iter()
                        .find(|field| field.role == Some(linchpin_app::Role::Assignee));
                    let field = field.map_or("created_by", |field| field.name.as_str()).to_owned();
                    let address = calls(&self.plan)
                        .iter()
                        .find_map(|call| call.mail.as_ref())
                        .and_then(|mail| mail.to.first().cloned());
                    let address = address
                        .filter(|to| !to.contains("{{"))
                        .unwrap_or_else(|| build::ME.to_owned());
                    changed.push(Condition {
                        field,
                        op: Op::Eq,
                        value: address.into(),
                    });
                }
                let everything = self
                    .said
                    .any(&[
                        "all of them",
                        "everything",
                        "all records",
                        "include all",
                        "not only open",
                        "all statuses",
                        "open or not",
                    ])
                    .is_some();
                if changed.is_empty() && !everything {
                    return;
                }
                self.understood = true;
                let also = self.said.any(&["also", "too", "as well"]).is_some();
                if !selection(&mut self.plan, self.entity, &changed, also, everything) {
                    return;
                }
                let told: Vec<String> = changed.iter().map(condition_words).collect();
                if !told.is_empty() && !also && !everything {
                    turn.say(format!(
                        "Only {} whose {}.",
                        plural(&self.entity.name),
                        names::listed(&told)
                    ));
                }
                self.edits += 1;
            }
            Trigger::Call => {}
        }
    }
}
