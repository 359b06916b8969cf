//! What is said beside wishes: questions about the plan, the connections, the app and the guide.

use linchpin_catalog::{Catalog, Mode};
use linchpin_function::{Plan, Trigger};
use serde_json::{Value, json};

use super::about::about;
use super::accounts::{connections, disconnect, switch};
use super::closing::failed;
use super::connectors::mentions;
use super::context::{Context, Fate};
use super::names::{connector as connector_name, listed};
use super::refuse::examples;
use super::shape::calls;
use super::turn::{Flow, Turn};
use super::words::Said;

/// Answers, if it is such a thing.
pub(super) fn chat(turn: &mut Turn<'_>, said: &Said, context: &Context) -> Flow<()> {
    let short = said.count() <= 7;
    let first = said.at(0);
    if said.count() <= 3
        && (["hi", "hello", "hey", "hallo", "hola", "yo"].contains(&first)
            || said.any(&["good morning", "good evening", "good afternoon"]).is_some())
    {
        let text = format!("Hello. {}", examples(&turn.known.world.app, turn));
        return Err(turn.end(text));
    }
    if said.count() <= 5
        && ["thanks", "thank", "thx", "cheers", "great", "perfect", "cool", "nice"].contains(&first)
        && said.any(&["but", "now"]).is_none()
    {
        return Err(turn.end("You're welcome. Say what to connect next, or change the last plan."));
    }
    let of_one = !mentions(said, Catalog::embedded()).is_empty();
    if !of_one
        && said
            .any(&[
                "what can you do",
                "what do you do",
                "how does this work",
                "who are you",
                "what are you",
                "how do i use",
            ])
            .is_some()
        || (!of_one && first == "help" && said.count() <= 3)
    {
        let text = examples(&turn.known.world.app, turn);
        return Err(turn.end(text));
    }
    if said
        .any(&[
            "is my data safe",
            "is this safe",
            "is it secure",
            "is this secure",
            "where are my tokens",
            "where is my token",
            "who can see my",
            "is my account safe",
        ])
        .is_some()
    {
        return Err(turn.end("Tokens stay encrypted with the broker, a process of its own; neither this chat nor a model sees one. A function may only call what you were shown, and nothing is written before you have reviewed it. Ask “what can it access?” about a plan."));
    }
    if short
        && (["undo", "revert", "rollback"].contains(&first)
            || said
                .any(&["roll back", "take it back", "undo that", "undo it"])
                .is_some())
    {
        return Err(turn.end("Undoing is yours: press the undo key, or run `linchpin undo`. It brings the files back byte for byte; connections stay."));
    }
    if said
        .any(&[
            "what can it access",
            "what can it reach",
            "what can it see",
            "what can it read",
            "what does it access",
            "what access",
            "which permissions",
            "what permissions",
            "is it safe",
            "what can this access",
            "what can the function access",
            "what will it access",
        ])
        .is_some()
    {
        return access(turn, context);
    }
    if first == "why" || said.any(&["how come", "why that", "why shared", "what for"]).is_some() {
        let text = why(turn, context, said);
        return Err(turn.end(text));
    }
    let removed = said.at(0) == "remove" && said.count() <= 3 && of_one;
    if (removed || said.any(&["disconnect", "unlink", "revoke"]).is_some())
        || (said
            .any(&["remove the connection", "remove my connection", "forget my"])
            .is_some()
            && short)
    {
        return disconnect(turn, said);
    }
    if short
        && said
            .any(&[
                "switch account",
                "switch the account",
                "another account",
                "different account",
                "other account",
                "change account",
                "change the account",
            ])
            .is_some()
    {
        return switch(turn, said, context);
    }
    if short
        && (said
            .any(&[
                "list connections",
                "my connections",
                "show connections",
                "the connections",
                "connected accounts",
                "what is connected",
                "whats connected",
                "who is connected",
                "which accounts",
                "which connections",
                "all connections",
            ])
            .is_some()
            || (first == "connections" && said.count() == 1))
    {
        return connections(turn);
    }
    if short
        && said
            .any(&[
                "list functions",
                "which functions",
                "what functions",
                "my functions",
                "show functions",
                "the functions",
                "show me the functions",
            ])
            .is_some()
    {
        let done = turn.call("list_functions", json!({}), |_| true)?;
        let rows: Vec<String> = rows(done.data, "functions")
            .map(|row| {
                let uses: Vec<String> = row["connectors"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(connector_name)
                    .collect();
                let uses = if uses.is_empty() {
                    String::new()
                } else {
                    format!(", uses {}", listed(&uses))
                };
                format!("- `{}` ({}{uses})", text(row, "name"), text(row, "file"))
            })
            .collect();
        return Err(turn.end(if rows.is_empty() {
            "The app has no backend functions yet.".to_owned()
        } else {
            rows.join("\n")
        }));
    }
    explain(turn, said)?;
    about(turn, said)
}

pub(super) fn rows<'d>(data: &'d Value, name: &str) -> impl Iterator<Item = &'d Value> {
    data[name].as_array().into_iter().flatten()
}

pub(super) fn text<'d>(row: &'d Value, name: &str) -> &'d str {
    row[name].as_str().unwrap_or_default()
}

/// "explain sendBookingConfirmation", "what does X do?"
fn explain(turn: &mut Turn<'_>, said: &Said) -> Flow<()> {
    let asked = said.any(&["explain", "what does", "describe", "what is"]).is_some();
    if !asked {
        return Ok(());
    }
    let functions = &turn.known.world.app.functions;
    let flat = |name: &str| linchpin_app::name_words(name).concat();
    let named = functions.iter().find(|function| {
        (1..=4).any(|n| {
            (0..said.words.len()).any(|at| said.joined(at, n).is_some_and(|typed| typed == flat(&function.name)))
        })
    });
    let Some(name) = named.map(|function| function.name.clone()) else {
        return Ok(());
    };
    explained(turn, &name)
}

fn explained(turn: &mut Turn<'_>, name: &str) -> Flow<()> {
    let done = turn.call("explain", json!({ "function": name }), |_| true)?;
    if !done.ok {
        return Err(turn.end(failed(&done, &format!("I can't look into {name}."))));
    }
    let facts: Vec<String> = rows(done.data, "facts")
        .filter_map(Value::as_str)
        .map(|line| format!("- {line}"))
        .collect();
    Err(turn.end(match facts.is_empty() {
        true => format!("`{name}` ({}) reaches no connector.", text(done.data, "file")),
        false => format!(
            "`{name}` ({}), from its code:\n{}",
            text(done.data, "file"),
            facts.join("\n")
        ),
    }))
}

/// What the plan on the table may reach: from its code once it is there, else from the catalog.
fn access(turn: &mut Turn<'_>, context: &Context) -> Flow<()> {
    let Some(plan) = &context.plan else {
        return Err(turn.end("Nothing is planned yet, so nothing has access to anything. Once something is, its permissions are listed before you connect."));
    };
    let there = turn
        .known
        .world
        .app
        .functions
        .iter()
        .any(|function| function.name == plan.name);
    if there && context.fate == Fate::Applied {
        return explained(turn, &plan.name.clone());
    }
    let lines = reach(plan);
    Err(turn.end(format!(
        "`{}` makes these calls, and none besides:\n{}",
        plan.name,
        lines.join("\n")
    )))
}

fn reach(plan: &Plan) -> Vec<String> {
    let catalog = Catalog::embedded();
    let mut lines = Vec::new();
    let mut needs = Vec::new();
    for call in calls(plan) {
        let id = call.connector.as_deref().unwrap_or(&plan.connector);
        let Some(operation) = catalog.get(id).and_then(|one| one.operation(&call.operation)) else {
            continue;
        };
        lines.push(format!(
            "- {} ({} {})",
            operation.title, operation.method, operation.url
        ));
        needs.push(operation.scopes.clone());
    }
    lines.dedup();
    for scope in catalog.smallest_scopes(&plan.connector, &needs) {
        let known = catalog.get(&plan.connector).and_then(|one| one.scope(&scope));
        let sentence = known.map_or(scope.as_str(), |one| one.sentence.as_str());
        let unlocks = catalog
            .unlocks(&plan.connector, &scope)
            .map_or_else(String::new, |u| format!(" ({} of {} methods)", u.methods, u.total));
        lines.push(format!("- Permission: {sentence}{unlocks}"));
    }
    let who = match plan.mode {
        Mode::Shared => "one shared account",
        Mode::AppUser => "each user's own account",
    };
    lines.push(format!("- Through {who}; the token stays with the broker."));
    lines
}

fn why(turn: &Turn<'_>, context: &Context, said: &Said) -> String {
    let Some(plan) = &context.plan else {
        return "Nothing is planned yet that I could give reasons for. Ask for suggestions, and each comes with its evidence.".to_owned();
    };
    let world = turn.known.world;
    let mut lines = Vec::new();
    if said.any(&["shared", "account", "mode"]).is_none() {
        let suggestion = world.suggestions.iter().find(|one| {
            one.plan.name == plan.name
                || (one.connector == plan.connector && super::shape::subject(&one.plan) == super::shape::subject(plan))
        });
        if let Some(suggestion) = suggestion {
            lines.extend(
                suggestion
                    .evidence
                    .iter()
                    .take(4)
                    .map(|one| format!("- {}:{} {}", one.file, one.line, one.why)),
            );
        }
        let starts = match &plan.trigger {
            Trigger::Schedule { schedule } => format!(
                "It runs {}, as you asked or as is usual when nothing is said.",
                schedule.in_words()
            ),
            Trigger::Entity { entity, .. } => format!(
                "{} starts it, because your words name it.",
                super::names::capital(&super::names::a(entity))
            ),
            Trigger::Call => "A user starts it, so it acts for whoever is signed in.".to_owned(),
        };
        lines.insert(0, starts);
    }
    if let Some(connector) = Catalog::embedded().get(&plan.connector) {
        let advised = linchpin_suggest::advise(&world.app, connector, plan);
        let mode = if advised.mode == Mode::Shared {
            "Shared"
        } else {
            "Per user"
        };
        lines.push(format!("{mode} is advised: {}", advised.reason));
    }
    lines.join("\n")
}
