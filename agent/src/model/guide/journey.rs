//! From a plan to an applied function: what only the builder knows, whose account, the connection,
//! the proposal. Each step is a tool; the guide goes on with what came of it.

use linchpin_catalog::{Catalog, Mode, OperationParam, Place};
use linchpin_function::{Condition, Op, Plan, Trigger};
use serde_json::{Value, json};

use super::build::ME;
use super::closing::failed;
use super::context::Context;
use super::filter::words as condition_words;
use super::names::{capital, connector as connector_name, listed};
use super::person::{address_in, is_address};
use super::shape::{self, calls, each_call, each_mail};
use super::turn::{Done, Flow, Turn};

/// How far an earlier turn got.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way {
    /// Whose account, where that is settled.
    pub(super) mode: Option<Mode>,
    /// Whether connecting is settled, done or skipped.
    pub(super) connected: bool,
}

impl Way {
    /// What an earlier turn settled for a plan that makes the same calls.
    pub(super) fn after(context: &Context, before: &Plan, plan: &Plan) -> Self {
        let operations = |plan: &Plan| {
            let mut all: Vec<String> = calls(plan).iter().map(|call| call.operation.clone()).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let same = before.connector == plan.connector && operations(before) == operations(plan);
        Self {
            mode: context.mode.filter(|_| before.connector == plan.connector),
            connected: same && context.connected,
        }
    }
}

/// Goes the way; it always ends in a reply. What was understood is said after `at` waiting sentences.
pub(super) fn journey(turn: &mut Turn<'_>, mut plan: Plan, way: Way, at: usize) -> Flow<()> {
    turn.say_at(at, understood(&plan));
    for (name, place, key, question) in open(&plan) {
        let value = asked(turn, &key, &question)?;
        each_call(&mut plan.steps, &mut |call| {
            if takes(
                &plan_connector(&plan.connector, call.connector.as_deref()),
                &call.operation,
                &name,
            ) {
                shape::put(call, &name, place, &value);
            }
        });
    }
    let connector = plan.connector.clone();
    let automatic = plan.trigger != Trigger::Call;
    let preset = way.mode.filter(|mode| !(automatic && *mode == Mode::AppUser));
    let mode = match preset {
        Some(mode) => mode,
        None => {
            let args = json!({ "connector": connector, "plan": plan });
            let done = turn.call("choose_mode", args, |args| args["connector"] == connector.as_str())?;
            if !done.ok {
                return Err(turn.end(failed(
                    &done,
                    &format!("Whose account {} uses stayed open.", connector_name(&connector)),
                )));
            }
            serde_json::from_value(done.data["mode"].clone()).unwrap_or(Mode::Shared)
        }
    };
    plan.mode = mode;
    let mut account = None;
    if !way.connected {
        let args = json!({ "connector": connector, "mode": mode, "plan": plan });
        let done = turn.call("connect", args, |args| args["connector"] == connector.as_str())?;
        if !done.ok {
            let text = failed(&done, &format!("{} is not connected.", connector_name(&connector)));
            return Err(turn.end(format!("{text} Nothing was written. Say “try again” to sign in again, or “go on without” to plan the function now and connect later.")));
        }
        account = done.text("account").map(str::to_owned);
        missing_scopes(turn, &done, &connector);
        if !done.flag("connected") {
            turn.say(format!(
                "{} is not connected yet; the function can be written all the same.",
                connector_name(&connector)
            ));
        }
    }
    if needs_me(&plan) {
        let address = me(turn, &connector, account)?;
        put_me(&mut plan, &address);
    }
    let args = json!({ "plan": plan });
    turn.call("plan_function", args, |_| true)?;
    Ok(())
}

fn plan_connector(plan: &str, call: Option<&str>) -> String {
    call.unwrap_or(plan).to_owned()
}

/// What will be done, told back before anything is asked.
fn understood(plan: &Plan) -> String {
    let name = connector_name(&plan.connector);
    let purpose = plan
        .purpose
        .trim_end_matches('.')
        .replace(&format!(" to {ME}"), " to you")
        .replace(&format!(", mail {ME}"), ", mail you");
    let using = if purpose.contains(&name) {
        String::new()
    } else {
        format!(", using {name}")
    };
    let only = conditions(plan);
    let only = if only.is_empty() {
        only
    } else {
        format!(" Only where {only}.")
    };
    match &plan.trigger {
        Trigger::Schedule { schedule } => {
            let when = capital(&schedule.in_words());
            let rest = purpose
                .strip_prefix(&when)
                .map_or(purpose.as_str(), |rest| rest.trim_start_matches([',', ':', ' ']));
            format!("**{when}**{using}: {}.{only}", lower(rest))
        }
        Trigger::Entity { .. } => format!("{purpose}{using}.{only} A change of a record starts it."),
        Trigger::Call => format!("{purpose}{using}. The app calls it when a signed-in user asks for it."),
    }
}

/// Which records it takes, in words, besides what the purpose says.
fn conditions(plan: &Plan) -> String {
    let mut all: Vec<String> = Vec::new();
    match &plan.trigger {
        Trigger::Entity { when, .. } => {
            let changed = |field: &str| when.iter().any(|one| one.field == field && one.op == Op::Changed);
            let told = when.iter().filter(|one| {
                !(matches!(one.op, Op::Becomes | Op::Changed) || one.op == Op::In && changed(&one.field))
            });
            all.extend(told.map(condition_words));
        }
        Trigger::Schedule { .. } => {
            let mut steps = plan.steps.clone();
            let subject = shape::subject(plan).unwrap_or_default().to_owned();
            shape::each_filter(&mut steps, &subject, &mut |filter| {
                let own = |one: &&Condition| {
                    one.value
                        .as_str()
                        .is_some_and(|text| text.contains(".email") || text == ME)
                };
                all.extend(filter.iter().filter(|one| !own(one)).map(condition_words));
            });
        }
        Trigger::Call => {}
    }
    listed(&all)
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A parameter nobody has named yet: its name, its place, a key for the answer, and the question.
type Open = (String, Place, String, String);

/// What only the builder can know and has not said.
pub(super) fn open(plan: &Plan) -> Vec<Open> {
    let mut out: Vec<Open> = Vec::new();
    for call in calls(plan) {
        let connector = call.connector.as_deref().unwrap_or(&plan.connector);
        let Some(operation) = Catalog::embedded()
            .get(connector)
            .and_then(|one| one.operation(&call.operation))
        else {
            continue;
        };
        for param in &operation.params {
            let Some(question) = param.ask.as_ref().filter(|_| param.required && param.default.is_none()) else {
                continue;
            };
            let given = match param.place {
                Place::Path => call.path.get(&param.name).is_some_and(|text| !text.is_empty()),
                Place::Query => call.query.get(&param.name).is_some_and(|text| !text.is_empty()),
                // Headers come from the catalog, not from a plan.
                Place::Header => true,
                Place::Body => {
                    let pointer = format!("/{}", param.name.replace('.', "/"));
                    call.body
                        .as_ref()
                        .and_then(|body| body.pointer(&pointer))
                        .is_some_and(|value| !value.is_null() && value != "")
                }
            };
            let key = key_of(param);
            if !given && !out.iter().any(|(_, _, known, _)| *known == key) {
                out.push((param.name.clone(), param.place, key, question.clone()));
            }
        }
    }
    out
}

/// One word for a parameter: `parent.database_id` → `database`.
fn key_of(param: &OperationParam) -> String {
    let last = param.name.rsplit('.').next().unwrap_or(&param.name);
    last.trim_end_matches("_id").trim_end_matches("Id").to_owned()
}

fn takes(connector: &str, operation: &str, name: &str) -> bool {
    let known = Catalog::embedded()
        .get(connector)
        .and_then(|one| one.operation(operation));
    known.is_some_and(|one| one.params.iter().any(|param| param.name == name && param.ask.is_some()))
}

/// Asks until the answer can be one, at most twice.
fn asked(turn: &mut Turn<'_>, key: &str, question: &str) -> Flow<String> {
    let placeholder = match key {
        "channel" => "#general",
        "spreadsheet" => "https://docs.google.com/spreadsheets/d/…",
        _ => "",
    };
    let answer = turn.ask(key, question, &[], placeholder)?;
    if let Some(value) = value_of(key, &answer) {
        return Ok(value);
    }
    let again = format!("“{answer}” can't be that. {question}");
    let answer = turn.ask(key, &again, &[], placeholder)?;
    value_of(key, &answer).ok_or_else(|| turn.end(format!("“{answer}” can't be it either, so nothing was planned. Copy it from the address line of the browser and ask again.")))
}

/// What a parameter's value is, out of what somebody pasted.
pub(super) fn value_of(key: &str, answer: &str) -> Option<String> {
    let text = answer.trim().trim_matches(|c: char| "<>\"'“”.".contains(c));
    let id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match key {
        "spreadsheet" => {
            let part = text.split_once("/d/").map_or(text, |(_, rest)| rest);
            let found: String = part.chars().take_while(|c| id(*c)).collect();
            (found.len() >= 20 && (text.contains("/d/") || found == text)).then_some(found)
        }
        "channel" => {
            let name = text.rsplit('/').next().unwrap_or(text).trim_start_matches("channel ");
            let bare = name.trim_start_matches('#');
            let known = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
            if bare.is_empty() || bare.len() > 80 || !bare.chars().all(known) {
                return None;
            }
            let is_id = bare.len() >= 9
                && bare.starts_with(['C', 'G', 'D', 'U'])
                && bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            Some(if is_id {
                bare.to_owned()
            } else {
                format!("#{}", bare.to_lowercase())
            })
        }
        "database" | "block" | "page" => {
            let path = text.split('?').next().unwrap_or(text);
            let last = path.rsplit('/').next().unwrap_or(path);
            let hex: String = last.chars().filter(|c| *c != '-').collect();
            let start = hex.len().checked_sub(32)?;
            let tail = hex.get(start..)?;
            tail.chars().all(|c| c.is_ascii_hexdigit()).then(|| tail.to_lowercase())
        }
        _ => (!text.is_empty()).then(|| text.to_owned()),
    }
}

fn missing_scopes(turn: &mut Turn<'_>, done: &Done<'_>, connector: &str) {
    let missing: Vec<String> = done.data["missing_scopes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|scope| {
            let known = Catalog::embedded().get(connector).and_then(|one| one.scope(scope));
            known.map_or_else(|| scope.to_owned(), |one| one.sentence.clone())
        })
        .collect();
    if !missing.is_empty() {
        turn.say(format!(
            "{} did not grant everything: {} Connect it again and leave every permission ticked.",
            connector_name(connector),
            missing.join(" ")
        ));
    }
}

fn needs_me(plan: &Plan) -> bool {
    serde_json::to_value(&plan.steps).is_ok_and(|steps| holds_me(&steps))
}

fn holds_me(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.iter().any(|one| one == ME || holds_me(one)),
        Value::Object(members) => members
            .iter()
            .any(|(name, one)| (name == "value" && one == ME) || holds_me(one)),
        _ => false,
    }
}

/// The builder's own address: of the account just connected, or as told.
fn me(turn: &mut Turn<'_>, connector: &str, account: Option<String>) -> Flow<String> {
    let connected = || {
        let active = |one: &&linchpin_socket::ConnectionView| one.connector == connector && one.status == "active";
        turn.known
            .connections
            .iter()
            .find(active)
            .and_then(|one| one.account.clone())
    };
    if let Some(address) = account.or_else(connected).filter(|text| is_address(text)) {
        return Ok(address);
    }
    let question = match connector {
        "gmail" => "Which address shall I send it to?",
        _ => "With which e-mail address are you signed in to the app?",
    };
    let answer = turn.ask("recipient", question, &[], "name@example.com")?;
    if let Some(address) = address_in(&answer) {
        return Ok(address);
    }
    let again = format!("“{answer}” is no e-mail address. {question}");
    let answer = turn.ask("recipient", &again, &[], "name@example.com")?;
    address_in(&answer).ok_or_else(|| {
        turn.end("That is no e-mail address either, so nothing was planned. Say “send it to name@example.com”.")
    })
}

/// Puts the builder's address where it was left open.
pub(super) fn put_me(plan: &mut Plan, address: &str) {
    each_mail(plan, |mail| {
        for to in mail.to.iter_mut().chain(&mut mail.cc) {
            if to == ME {
                address.clone_into(to);
            }
        }
    });
    fn of(steps: &mut [linchpin_function::Step], address: &str) {
        for step in steps {
            match step {
                linchpin_function::Step::Read { filter, .. } => {
                    for one in filter.iter_mut().filter(|one| one.value == ME) {
                        one.value = address.into();
                    }
                }
                linchpin_function::Step::Each { steps, .. } => of(steps, address),
                _ => {}
            }
        }
    }
    of(&mut plan.steps, address);
    plan.purpose = plan
        .purpose
        .replace(" to me.", &format!(" to {address}."))
        .replace(", mail me.", &format!(", mail {address}."));
}
