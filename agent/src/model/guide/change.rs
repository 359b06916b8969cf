//! Follow-ups: what a builder says about the plan on the table, as edits of that plan.
//!
//! Any plan can be changed, whoever made it: the edits look at the plan, not at how it came about.
//! What is not understood as an edit is `None`, and is read as a request of its own. Pure but for
//! questions that an edit may need.

use linchpin_app::{Entity, Kind};
use linchpin_catalog::{Catalog, Mode, Place};
use linchpin_function::{Plan, Trigger};
use linchpin_suggest::plans::{Cx, Moment};

use super::build::{self, Order, Start};
use super::connectors::mentions_in;
use super::filter::{self};
use super::journey::value_of;
use super::names::a;
use super::person::{Who, their_own, whom};
use super::redo;
use super::shape::{self, calls, each_call};
use super::trigger::told;
use super::turn::{Flow, Turn};
use super::wish;
use super::words::Said;

/// What a follow-up made of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// A changed plan; whose account, where that was said.
    Plan(Box<Plan>, Option<Mode>),
    /// It can't be, and why.
    No(String),
}

/// Reads a follow-up on a plan; `applied` says that the plan's function is in the app already.
pub(super) fn change(
    turn: &mut Turn<'_>,
    said: &Said,
    plan: &Plan,
    applied: bool,
    cx: &Cx<'_>,
) -> Flow<Option<Change>> {
    let Some(entity) = shape::subject(plan).and_then(|name| cx.app.entities.iter().find(|one| one.name == name)) else {
        return Ok(None);
    };
    let mut edit = Edit {
        said,
        was: plan,
        plan: plan.clone(),
        entity,
        cx,
        applied,
        mode: None,
        renamed: false,
        understood: false,
        edits: 0,
    };
    if let Some(other) = edit.other_connector().or_else(|| edit.other_deed()) {
        return Ok(Some(edit.through(&other)));
    }
    if let Some(no) = edit.account() {
        return Ok(Some(Change::No(no)));
    }
    edit.place();
    edit.people(turn)?;
    edit.contents(turn);
    edit.time(turn)?;
    edit.records(turn);
    if edit.edits == 0 && !edit.understood && said.any(&["only", "just", "except", "but not"]).is_some() {
        return Ok(Some(Change::No(narrower(entity))));
    }
    if edit.edits == 0 {
        let so = "It is so already. Say what else to change, or “show it again”.".to_owned();
        return Ok(edit.understood.then_some(Change::No(so)));
    }
    let mut plan = edit.plan;
    if edit.renamed {
        // As it was said.
    } else if edit.applied {
        // What is in the app is changed, not written a second time.
        plan.name.clone_from(&edit.was.name);
    } else if plan.name != edit.was.name {
        plan.name = shape::function_name(cx.app, &[&plan.name]);
    }
    Ok(Some(Change::Plan(Box::new(plan), edit.mode)))
}

/// That it can't be told which records are meant, and by what it could be.
fn narrower(entity: &Entity) -> String {
    let by = entity.fields.iter().filter_map(|field| match field.options.as_slice() {
        [] if field.kind == Kind::Number => Some(format!("{} (over or below a figure)", field.name)),
        [] if matches!(field.kind, Kind::Boolean) => Some(field.name.clone()),
        [] => None,
        options => Some(format!("{} ({})", field.name, options.join(", "))),
    });
    let by: Vec<String> = by.take(4).collect();
    let could = match by.as_slice() {
        [] => "Nothing it has is a state, a figure or a yes or no.".to_owned(),
        by => format!("It can be narrowed by {}.", by.join("; ")),
    };
    format!("I can't tell from {} which those are. {could}", a(&entity.name))
}

/// A plan that is being changed.
pub(super) struct Edit<'e, 'a> {
    pub(super) said: &'e Said,
    pub(super) was: &'e Plan,
    pub(super) plan: Plan,
    pub(super) entity: &'a Entity,
    pub(super) cx: &'e Cx<'a>,
    pub(super) applied: bool,
    pub(super) mode: Option<Mode>,
    pub(super) renamed: bool,
    /// Whether words were about the plan, although it was so already.
    pub(super) understood: bool,
    pub(super) edits: usize,
}

/// What a first request says besides: places, and who gets a copy.
pub(super) fn said_besides(
    turn: &mut Turn<'_>,
    said: &Said,
    plan: &mut Plan,
    entity: &Entity,
    cx: &Cx<'_>,
) -> Flow<()> {
    let was = plan.clone();
    let mut edit = Edit {
        said,
        was: &was,
        plan: was.clone(),
        entity,
        cx,
        applied: false,
        mode: None,
        renamed: false,
        understood: false,
        edits: 0,
    };
    edit.place();
    edit.copies(turn)?;
    *plan = edit.plan;
    Ok(())
}

impl<'e, 'a> Edit<'e, 'a> {
    /// "use Slack instead": another connector for the same wish.
    fn other_connector(&self) -> Option<String> {
        let instead = self
            .said
            .any(&["instead", "rather", "use", "switch to", "do it with", "make it"])
            .is_some();
        let others = mentions_in(self.said, self.cx.catalog, self.cx.app);
        let other = others.iter().find(|one| one.id != self.plan.connector && one.named)?;
        (instead && !others.iter().any(|one| one.id == self.plan.connector && one.named)).then(|| other.id.clone())
    }

    /// "open a deal instead": the same connector, something else done.
    fn other_deed(&self) -> Option<String> {
        let instead = self.said.any(&["instead", "rather", "make it"]).is_some();
        let things = [
            "deal",
            "ticket",
            "note",
            "contact",
            "dm",
            "direct message",
            "message the",
        ];
        let told = told(self.said, self.cx.app);
        let other = self.said.any(&things).is_some()
            && wish::deed(&self.plan.connector, self.said, &told) != redo::deed(self.was);
        (instead && other && ["hubspot", "slackbot"].contains(&self.plan.connector.as_str()))
            .then(|| self.plan.connector.clone())
    }

    fn through(&self, connector: &str) -> Change {
        let start = match &self.plan.trigger {
            Trigger::Schedule { schedule } => Start::Clock(schedule.clone()),
            Trigger::Entity { .. } => Start::Event(redo::moment(self.was).unwrap_or(Moment::Created)),
            Trigger::Call => Start::Hand,
        };
        let picked = filter::filter(self.said, self.entity);
        let told = told(self.said, self.cx.app);
        let who = whom(self.said, self.entity, self.cx.app)
            .or_else(|| their_own(self.entity, self.cx.app))
            .or(Some(Who::Me));
        let order = Order {
            deed: wish::deed(connector, self.said, &told),
            connector: connector.to_owned(),
            intents: build::intents(self.said),
            entity: self.entity,
            start,
            who,
            filter: picked.conditions,
            states: picked.states,
            all: picked.all,
            mine: false,
            which: String::new(),
            own: self.plan.mode == Mode::AppUser,
            either: Vec::new(),
        };
        match build::plan(self.cx, &order) {
            Some(mut plan) => {
                if let Some(at) = self.said.words.iter().find(|word| word.text.starts_with('#')) {
                    set(&mut plan, "channel", &at.text);
                }
                Change::Plan(Box::new(plan), None)
            }
            None => Change::No(build::unfit(order.deed, self.entity)),
        }
    }

    /// "use the shared account", "each user their own".
    fn account(&mut self) -> Option<String> {
        let digest = calls(&self.plan).iter().any(|call| call.mail.is_some())
            && matches!(self.plan.trigger, Trigger::Schedule { .. });
        let account = self
            .said
            .any(&[
                "account", "accounts", "inbox", "mailbox", "connect", "mode", "shared", "per user",
            ])
            .is_some();
        let own = wish::mode(self.said).or_else(|| {
            let theirs = self
                .said
                .any(&[
                    "each user their own",
                    "everyone their own",
                    "each their own",
                    "users their own",
                ])
                .is_some();
            (theirs && !digest).then_some(Mode::AppUser)
        })?;
        if !account && digest {
            return None;
        }
        if own == Mode::AppUser && self.plan.trigger != Trigger::Call {
            let starter = if matches!(self.plan.trigger, Trigger::Schedule { .. }) {
                "a schedule"
            } else {
                "a change of a record"
            };
            return Some(format!(
                "That can't be: {starter} starts this function, and then nobody is signed in whose account it could use. It needs the shared account. Say “make it a button” to have users start it with an account of their own."
            ));
        }
        self.mode = Some(own);
        self.plan.mode = own;
        self.edits += 1;
        None
    }

    /// Channel, spreadsheet, database, calendar, name.
    fn place(&mut self) {
        for word in &self.said.words {
            let link = word.raw.contains("://");
            if word.text.starts_with('#') && word.text.len() > 1 {
                self.edits += usize::from(set(&mut self.plan, "channel", &word.raw));
            } else if link && word.text.contains("spreadsheets") {
                self.edits += usize::from(set(&mut self.plan, "spreadsheet", &word.raw));
            } else if link && word.text.contains("notion") {
                self.edits += usize::from(set(&mut self.plan, "database", &word.raw));
            }
        }
        if let Some(at) = self.said.find("channel") {
            let name = if ["", ",", ".", "instead"].contains(&self.said.at(at + 1)) {
                self.said.before(at, 1)
            } else {
                self.said.at(at + 1)
            };
            let plain = ![
                "the",
                "a",
                "another",
                "other",
                "to",
                "which",
                "private",
                "different",
                "in",
            ]
            .contains(&name)
                && !name.starts_with('#');
            if plain && !name.is_empty() {
                self.edits += usize::from(set(&mut self.plan, "channel", name));
            }
        }
        if self.said.any(&["calendar"]).is_some()
            && let Some(id) = self.said.words.iter().find(|word| word.text.contains('@'))
        {
            let mut hit = 0;
            each_call(&mut self.plan.steps, &mut |call| {
                if let Some(calendar) = call.path.get_mut("calendarId") {
                    calendar.clone_from(&id.raw);
                    hit = 1;
                }
            });
            self.edits += hit;
        }
        let called = [
            "call it",
            "name it",
            "rename it to",
            "rename the function to",
            "call the function",
            "name the function",
        ];
        if let Some(phrase) = self.said.any(&called)
            && let Some(at) = self.said.find(phrase)
        {
            let word = self.said.words.get(at + phrase.split(' ').count());
            let name = word.map(|word| {
                if word.text == "\"" {
                    self.said.quotes.first().cloned().unwrap_or_default()
                } else {
                    word.raw.clone()
                }
            });
            let name = name.unwrap_or_default();
            let sound = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && name.len() <= 64;
            if sound {
                self.plan.name = name;
                self.renamed = true;
                self.edits += 1;
            }
        }
    }
}

/// Puts a place into every call that takes one; whether any did.
fn set(plan: &mut Plan, key: &str, text: &str) -> bool {
    let Some(value) = value_of(key, text) else { return false };
    let connector = plan.connector.clone();
    let mut hit = false;
    each_call(&mut plan.steps, &mut |call| {
        let id = call.connector.clone().unwrap_or_else(|| connector.clone());
        let Some(operation) = Catalog::embedded()
            .get(&id)
            .and_then(|one| one.operation(&call.operation))
        else {
            return;
        };
        for param in operation.params.iter().filter(|param| param.ask.is_some()) {
            let last = param.name.rsplit('.').next().unwrap_or(&param.name);
            if last.to_lowercase().starts_with(key) {
                let place: Place = param.place;
                shape::put(call, &param.name, place, &value);
                hit = true;
            }
        }
    });
    hit
}
