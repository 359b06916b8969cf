//! What is said beside wishes: questions about the plan, the connections, the app and the guide.

use linchpin_catalog::{Catalog, Mode};
use linchpin_function::{Plan, Trigger};
use serde_json::{Value, json};

use super::connectors::mentions;
use super::context::{Context, Fate};
use super::journey::failed;
use super::names::{connector as connector_name, listed};
use super::refuse::{MODEL, examples};
use super::shape::calls;
use super::turn::{Flow, Turn};
use super::words::Said;

/// Answers, if it is such a thing.
pub(super) fn chat(turn: &mut Turn<'_>, said: &Said, context: &Context) -> Flow<()> {
    let short = said.count() <= 7;
    let first = said.at(0);
    if said.count() <= 3 && (["hi", "hello", "hey", "hallo", "hola", "yo"].contains(&first) || said.any(&["good morning", "good evening", "good afternoon"]).is_some()) {
        let text = format!("Hello. {}", examples(&turn.known.world.app, turn));
        return Err(turn.end(text));
    }
    if said.count() <= 5 && ["thanks", "thank", "thx", "cheers", "great", "perfect", "cool", "nice"].contains(&first) && said.any(&["but", "now"]).is_none() {
        return Err(turn.end("You're welcome. Say what to connect next, or change the last plan."));
    }
    let of_one = !mentions(said, Catalog::embedded()).is_empty();
    if !of_one && said.any(&["what can you do", "what do you do", "how does this work", "who are you", "what are you", "how do i use"]).is_some() || (!of_one && first == "help" && said.count() <= 3) {
        let text = examples(&turn.known.world.app, turn);
        return Err(turn.end(text));
    }
    if said.any(&["is my data safe", "is this safe", "is it secure", "is this secure", "where are my tokens", "where is my token", "who can see my", "is my account safe"]).is_some() {
        return Err(turn.end("Tokens stay encrypted with the broker, a process of its own; neither this chat nor a model sees one. A function may only call what you were shown, and nothing is written before you have reviewed it. Ask “what can it access?” about a plan."));
    }
    if short && (["undo", "revert", "rollback"].contains(&first) || said.any(&["roll back", "take it back", "undo that", "undo it"]).is_some()) {
        return Err(turn.end("Undoing is yours: press the undo key, or run `linchpin undo`. It brings the files back byte for byte; connections stay."));
    }
    if said.any(&["what can it access", "what can it reach", "what can it see", "what can it read", "what does it access", "what access", "which permissions", "what permissions", "is it safe", "what can this access", "what can the function access", "what will it access"]).is_some() {
        return access(turn, context);
    }
    if first == "why" || said.any(&["how come", "why that", "why shared", "what for"]).is_some() {
        let text = why(turn, context, said);
        return Err(turn.end(text));
    }
    if said.any(&["disconnect", "unlink", "revoke"]).is_some() || (said.any(&["remove the connection", "remove my connection", "forget my"]).is_some() && short) {
        return disconnect(turn, said);
    }
    if short && said.any(&["switch account", "switch the account", "another account", "different account", "other account", "change account", "change the account"]).is_some() {
        return switch(turn, said, context);
    }
    if short && (said.any(&["list connections", "my connections", "show connections", "the connections", "connected accounts", "what is connected", "whats connected", "who is connected", "which accounts", "which connections", "all connections"]).is_some() || (first == "connections" && said.count() == 1)) {
        return connections(turn);
    }
    if short && said.any(&["list functions", "which functions", "what functions", "my functions", "show functions", "the functions", "show me the functions"]).is_some() {
        let done = turn.call("list_functions", json!({}), |_| true)?;
        let rows: Vec<String> = rows(done.data, "functions").map(|row| {
            let uses: Vec<String> = row["connectors"].as_array().into_iter().flatten().filter_map(Value::as_str).map(connector_name).collect();
            let uses = if uses.is_empty() { String::new() } else { format!(", uses {}", listed(&uses)) };
            format!("- `{}` ({}{uses})", text(row, "name"), text(row, "file"))
        }).collect();
        return Err(turn.end(if rows.is_empty() { "The app has no backend functions yet.".to_owned() } else { rows.join("\n") }));
    }
    explain(turn, said)?;
    about(turn, said)
}

fn rows<'d>(data: &'d Value, name: &str) -> impl Iterator<Item = &'d Value> {
    data[name].as_array().into_iter().flatten()
}

fn text<'d>(row: &'d Value, name: &str) -> &'d str {
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
        (1..=4).any(|n| (0..said.words.len()).any(|at| said.joined(at, n).is_some_and(|typed| typed == flat(&function.name))))
    });
    let Some(name) = named.map(|function| function.name.clone()) else { return Ok(()) };
    explained(turn, &name)
}

fn explained(turn: &mut Turn<'_>, name: &str) -> Flow<()> {
    let done = turn.call("explain", json!({ "function": name }), |_| true)?;
    if !done.ok {
        return Err(turn.end(failed(&done, &format!("I can't look into {name}."))));
    }
    let facts: Vec<String> = rows(done.data, "facts").filter_map(Value::as_str).map(|line| format!("- {line}")).collect();
    Err(turn.end(match facts.is_empty() {
        true => format!("`{name}` ({}) reaches no connector.", text(done.data, "file")),
        false => format!("`{name}` ({}), from its code:\n{}", text(done.data, "file"), facts.join("\n")),
    }))
}

/// What the plan on the table may reach: from its code once it is there, else from the catalog.
fn access(turn: &mut Turn<'_>, context: &Context) -> Flow<()> {
    let Some(plan) = &context.plan else {
        return Err(turn.end("Nothing is planned yet, so nothing has access to anything. Once something is, its permissions are listed before you connect."));
    };
    let there = turn.known.world.app.functions.iter().any(|function| function.name == plan.name);
    if there && context.fate == Fate::Applied {
        return explained(turn, &plan.name.clone());
    }
    let lines = reach(plan);
    Err(turn.end(format!("`{}` makes these calls, and none besides:\n{}", plan.name, lines.join("\n"))))
}

fn reach(plan: &Plan) -> Vec<String> {
    let catalog = Catalog::embedded();
    let mut lines = Vec::new();
    let mut needs = Vec::new();
    for call in calls(plan) {
        let id = call.connector.as_deref().unwrap_or(&plan.connector);
        let Some(operation) = catalog.get(id).and_then(|one| one.operation(&call.operation)) else { continue };
        lines.push(format!("- {} ({} {})", operation.title, operation.method, operation.url));
        needs.push(operation.scopes.clone());
    }
    lines.dedup();
    for scope in catalog.smallest_scopes(&plan.connector, &needs) {
        let known = catalog.get(&plan.connector).and_then(|one| one.scope(&scope));
        let sentence = known.map_or(scope.as_str(), |one| one.sentence.as_str());
        let unlocks = catalog.unlocks(&plan.connector, &scope).map_or_else(String::new, |u| format!(" ({} of {} methods)", u.methods, u.total));
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
        let suggestion = world.suggestions.iter().find(|one| one.plan.name == plan.name || (one.connector == plan.connector && super::shape::subject(&one.plan) == super::shape::subject(plan)));
        if let Some(suggestion) = suggestion {
            lines.extend(suggestion.evidence.iter().take(4).map(|one| format!("- {}:{} {}", one.file, one.line, one.why)));
        }
        let starts = match &plan.trigger {
            Trigger::Schedule { schedule } => format!("It runs {}, as you asked or as is usual when nothing is said.", schedule.in_words()),
            Trigger::Entity { entity, .. } => format!("{} starts it, because your words name it.", super::names::capital(&super::names::a(entity))),
            Trigger::Call => "A user starts it, so it acts for whoever is signed in.".to_owned(),
        };
        lines.insert(0, starts);
    }
    if let Some(connector) = Catalog::embedded().get(&plan.connector) {
        let advised = linchpin_suggest::advise(&world.app, connector, plan);
        let mode = if advised.mode == Mode::Shared { "Shared" } else { "Per user" };
        lines.push(format!("{mode} is advised: {}", advised.reason));
    }
    lines.join("\n")
}

/// The connections, asked of the broker.
fn listed_connections(turn: &mut Turn<'_>) -> Flow<Vec<(String, Mode, String, String)>> {
    let done = turn.call("list_connections", json!({}), |_| true)?;
    if !done.ok {
        return Err(turn.end(failed(&done, "The connections can't be listed.")));
    }
    Ok(rows(done.data, "connections")
        .map(|row| {
            let mode = if text(row, "mode") == "app_user" { Mode::AppUser } else { Mode::Shared };
            (text(row, "connector").to_owned(), mode, text(row, "account").to_owned(), text(row, "status").to_owned())
        })
        .collect())
}

fn connections(turn: &mut Turn<'_>) -> Flow<()> {
    let all = listed_connections(turn)?;
    if all.is_empty() {
        return Err(turn.end("Nothing is connected yet. Say what you want done, such as “Post to Slack when a booking is created”, and connecting is part of it."));
    }
    let lines: Vec<String> = all
        .iter()
        .map(|(id, mode, account, status)| {
            let mode = if *mode == Mode::Shared { "shared" } else { "per user" };
            let account = if account.is_empty() { "nobody yet" } else { account };
            format!("- {}, {mode}: {account} ({})", connector_name(id), status.replace('_', " "))
        })
        .collect();
    Err(turn.end(lines.join("\n")))
}

/// The connection that is meant; a question when two modes of it are connected.
fn which(turn: &mut Turn<'_>, said: &Said, context: Option<&Context>) -> Flow<(String, Mode)> {
    let named = mentions(said, Catalog::embedded()).first().map(|one| one.id.clone());
    let id = named.or_else(|| context.and_then(|context| context.connector.clone()));
    let all: Vec<_> = listed_connections(turn)?.into_iter().filter(|(_, _, _, status)| status != "disconnected").collect();
    let Some(id) = id else {
        let names: Vec<String> = all.iter().map(|(id, ..)| connector_name(id)).collect();
        return Err(turn.end(match names.is_empty() {
            true => "Nothing is connected.".to_owned(),
            false => format!("Which one? Connected are {}.", listed(&names)),
        }));
    };
    let own: Vec<_> = all.iter().filter(|(known, ..)| *known == id).collect();
    match own.as_slice() {
        [] => Err(turn.end(format!("{} is not connected.", connector_name(&id)))),
        [(_, mode, ..)] => Ok((id, *mode)),
        _ => {
            let options = ["the shared account".to_owned(), "the users' own accounts".to_owned()];
            let answer = turn.ask("account", &format!("Which connection of {}?", connector_name(&id)), &options, "")?;
            Ok((id, if answer.contains("shared") { Mode::Shared } else { Mode::AppUser }))
        }
    }
}

fn disconnect(turn: &mut Turn<'_>, said: &Said) -> Flow<()> {
    let (id, mode) = which(turn, said, None)?;
    let done = turn.call("disconnect", json!({ "connector": id, "mode": mode }), |_| true)?;
    let name = connector_name(&id);
    Err(turn.end(match (done.ok, done.flag("disconnected")) {
        (false, _) => failed(&done, &format!("{name} could not be disconnected.")),
        (true, true) => format!("{name} is disconnected and its access revoked. Functions that use it fail until it is connected again: “connect {name}”."),
        (true, false) => format!("{name} stays connected."),
    }))
}

fn switch(turn: &mut Turn<'_>, said: &Said, context: &Context) -> Flow<()> {
    let (id, mode) = which(turn, said, Some(context))?;
    let done = turn.call("switch_account", json!({ "connector": id, "mode": mode }), |_| true)?;
    let name = connector_name(&id);
    Err(turn.end(match (done.ok, done.text("account")) {
        (false, _) => failed(&done, &format!("The account of {name} stays as it was.")),
        (true, Some(account)) => format!("{name} is now connected as {account}."),
        (true, None) => format!("The account of {name} stays as it was."),
    }))
}

/// "what can you do with Notion?", "which tools are there?", "what is in my app?", "ideas?"
fn about(turn: &mut Turn<'_>, said: &Said) -> Flow<()> {
    let catalog = Catalog::embedded();
    let spoken_of = mentions(said, catalog);
    let question = said.any(&["what can you do with", "what can i do with", "tell me about", "what does", "how do i set up", "what about", "do you support", "can you use", "can you connect to", "do you work with", "does it work with", "can i use", "can i connect", "can you do"]).is_some();
    if question && said.any(&["when", "every", "whenever"]).is_none() {
        if let Some(one) = spoken_of.first() {
            let done = turn.call("show_connector", json!({ "connector": one.id }), |_| true)?;
            let prompts: Vec<String> = turn.known.world.suggestions.iter().filter(|known| known.connector == one.id).map(|known| format!("- “{}”", known.prompt)).collect();
            let calls: Vec<String> = rows(done.data, "operations").map(|row| text(row, "title").to_owned()).collect();
            let prompts = if prompts.is_empty() { String::new() } else { format!("\n\nIn this app, for example:\n{}", prompts.join("\n")) };
            let text = format!("{}: {}\nIts calls: {}.{prompts}", text(done.data, "name"), text(done.data, "purpose"), listed(&calls));
            return Err(turn.end(text));
        }
        if said.any(&["do you support", "can you use", "can you connect to", "do you work with", "does it work with", "can i use", "can i connect"]).is_some() && super::connectors::missing(said, catalog).is_none() {
            let words: Vec<&str> = said.words.iter().skip(3).map(|word| word.raw.as_str()).collect();
            let done = turn.call("search_catalog", json!({ "words": words.join(" ") }), |_| true)?;
            let found: Vec<String> = rows(done.data, "connectors").map(|row| format!("- {}: {}", text(row, "name"), text(row, "purpose"))).collect();
            return Err(turn.end(if found.is_empty() { format!("No connector fits that. {MODEL}") } else { found.join("\n") }));
        }
    }
    if said.any(&["which connectors", "what connectors", "which tools", "what tools", "list connectors", "all connectors", "which integrations", "what integrations"]).is_some() {
        let lines: Vec<String> = catalog.connectors().map(|one| format!("- {}: {}", one.name, one.purpose)).collect();
        return Err(turn.end(lines.join("\n")));
    }
    if said.any(&["suggest", "suggestion", "suggestions", "ideas", "idea", "recommend", "what should i connect", "what could i connect", "what can i connect", "what should i do", "what else"]).is_some() && said.count() <= 10 {
        let done = turn.call("suggest", json!({ "n": 5 }), |_| true)?;
        let lines: Vec<String> = rows(done.data, "suggestions")
            .enumerate()
            .map(|(i, row)| {
                let ground = &row["evidence"][0];
                format!("{}. “{}” ({}:{} {})", i + 1, text(row, "prompt"), text(ground, "file"), ground["line"], text(ground, "why"))
            })
            .collect();
        return Err(turn.end(match lines.is_empty() {
            true => "Nothing in this app calls for a connector by itself. Say what you have in mind.".to_owned(),
            false => format!("{}\n\nSay a number, or your own words.", lines.join("\n")),
        }));
    }
    if said.any(&["what is in my app", "whats in my app", "what is in the app", "which entities", "what entities", "list entities", "show entities", "read my app", "read the app", "what do you see", "what do you know about my app", "describe my app", "describe the app"]).is_some() {
        let done = turn.call("read_app", json!({}), |_| true)?;
        let entities: Vec<String> = rows(done.data, "entities").map(|row| text(row, "name").to_owned()).collect();
        let pages: Vec<String> = rows(done.data, "pages").map(|row| text(row, "name").to_owned()).collect();
        return Err(turn.end(format!("Entities: {}.\nPages: {}.", listed(&entities), listed(&pages))));
    }
    Ok(())
}
