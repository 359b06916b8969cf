//! The facts a review shows, from what was found out about a function.

use linchpin_catalog::Mode;
use linchpin_function::{Caller, Checked, EntityWrite, Rehearsal, Request};
use linchpin_question::{CallFact, FunctionFacts, MailFact, RequestFact, RuleFact, RunFact, ScopeFact};

use super::Bench;
use super::start::Trigger;

pub(super) fn of(bench: &Bench<'_>, checked: &Checked, trigger: &Trigger<'_>, notes: &[String]) -> FunctionFacts {
    let proof = &checked.proof;
    let mut connectors: Vec<(String, Mode)> = Vec::new();
    for used in &proof.connectors {
        let entry = (
            used.connector.clone(),
            if used.app_user { Mode::AppUser } else { Mode::Shared },
        );
        if !connectors.contains(&entry) {
            connectors.push(entry);
        }
    }
    let mut entities: Vec<String> = Vec::new();
    for access in &proof.entities {
        let reads = matches!(
            access.method.as_str(),
            "list" | "filter" | "get" | "count" | "aggregate" | "subscribe"
        );
        let line = format!("{} {}", if reads { "reads" } else { "writes" }, access.entity);
        if !entities.contains(&line) {
            entities.push(line);
        }
    }
    let mut notes = notes.to_vec();
    for used in &proof.connectors {
        let (Some(secret), Some(connector)) = (&used.secret, bench.catalog.get(&used.connector)) else {
            continue;
        };
        let hosts: Vec<&str> = connector
            .hosts
            .iter()
            .map(|host| host.trim_start_matches("https://"))
            .collect();
        let note = format!(
            "It reads the secret {secret} and sends it to {} alone.",
            hosts.join(" and ")
        );
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    FunctionFacts {
        name: checked.name.clone(),
        file: checked.file.clone(),
        trigger: trigger.words.clone(),
        callers: caller_words(trigger.caller()).to_owned(),
        connectors,
        calls: proof.calls.iter().map(|call| call_fact(bench, call)).collect(),
        unresolved: proof.unresolved.iter().map(|u| (u.line, u.why.clone())).collect(),
        scopes: scope_facts(bench, checked),
        entities,
        violations: checked
            .verdict
            .violations
            .iter()
            .map(|v| RuleFact {
                rule: v.rule.clone(),
                line: v.line,
                message: v.message.clone(),
            })
            .collect(),
        rehearsals: checked.rehearsals.iter().map(run_fact).collect(),
        notes,
    }
}

fn caller_words(caller: Option<&Caller>) -> &'static str {
    match caller {
        Some(Caller::Anyone) => "anyone",
        Some(Caller::SignedIn) => "any signed-in user",
        Some(Caller::Role { .. }) => "users with a role",
        Some(Caller::Automation) => "automations, and admins for testing",
        None => "as its code says",
    }
}

fn call_fact(bench: &Bench<'_>, call: &linchpin_function::Call) -> CallFact {
    let operation = bench
        .catalog
        .get(&call.connector)
        .and_then(|c| c.operation(&call.operation));
    CallFact {
        line: call.line,
        method: call.method.clone(),
        host: call.host.clone(),
        path: call.path.clone(),
        operation: call.operation.clone(),
        title: operation.map(|o| o.title.clone()),
    }
}

fn scope_facts(bench: &Bench<'_>, checked: &Checked) -> Vec<ScopeFact> {
    let scopes = &checked.proof.scopes;
    let needed = scopes
        .needed
        .iter()
        .flat_map(|(connector, names)| names.iter().map(move |name| (connector, name)));
    needed
        .map(|(connector, name)| {
            let known = bench.catalog.get(connector).and_then(|c| c.scope(name));
            ScopeFact {
                connector: connector.clone(),
                scope: name.clone(),
                sentence: known.map_or_else(|| name.clone(), |s| s.sentence.clone()),
                unlocks: bench.catalog.unlocks(connector, name).map(|u| (u.methods, u.total)),
                declared: scopes.declared.get(connector).is_some_and(|d| d.contains(name)),
            }
        })
        .collect()
}

fn run_fact(run: &Rehearsal) -> RunFact {
    RunFact {
        caller: run.caller.clone(),
        ok: run.ok,
        status: run.status,
        answer: run.answer.clone(),
        requests: run.requests.iter().map(request_fact).collect(),
        writes: run.writes.iter().map(write_words).collect(),
        problem: run.problem.clone(),
    }
}

fn request_fact(request: &Request) -> RequestFact {
    RequestFact {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: request.headers.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        body: request.readable(),
        mail: request.mail.as_ref().map(|mail| MailFact {
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
        }),
    }
}

fn write_words(write: &EntityWrite) -> String {
    match &write.id {
        Some(id) => format!("{} {} {id}: {}", write.method, write.entity, write.data),
        None => format!("{} {}: {}", write.method, write.entity, write.data),
    }
}
