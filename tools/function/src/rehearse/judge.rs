//! Whether a run did what it should: for its caller, and for what went wrong.
//!
//! The rules say nothing of how the function is written. What holds always: no crash, no call to
//! an unknown place, no secret in an answer, a log, a record or another request.

use super::Fault;
use super::engine::{ANSWER, Outcome};
use super::provider::holds;
use super::samples::INJECTED;
use super::world::{Sent, World};
use crate::Rehearsal;

/// What a run is expected to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// It does its work.
    Done,
    /// It refuses the caller before anything leaves.
    Refused,
    /// It finds that there is nothing to do.
    Nothing,
    /// It refuses the input.
    BadInput,
    /// It survives a fault.
    Survives(Fault),
    /// Nobody said: it must not crash.
    Whatever,
}

/// Turns a run into its rehearsal.
pub(super) fn verdict(
    name: String,
    expect: Expect,
    outcome: Outcome,
    console: Vec<String>,
    mut world: World<'_>,
) -> Rehearsal {
    let (status, answer, length) = match &outcome {
        Outcome::Answered {
            status, body, length, ..
        } => (*status, body.clone(), *length),
        _ => (0, String::new(), 0),
    };
    leaks(&mut world, &outcome, &console);
    let problem = stopped(&outcome)
        .or_else(|| world.problems.first().cloned())
        .or_else(|| too_long(length))
        .or_else(|| injected(&world.sent))
        .or_else(|| judged(expect, status, &answer, &world))
        .or_else(|| unproved(&world))
        .map(|problem| explained(problem, &world));
    Rehearsal {
        caller: name,
        ok: problem.is_none(),
        status,
        answer: world.masked(&answer),
        console: console.iter().map(|line| world.masked(line)).collect(),
        problem: problem.map(|text| world.masked(&text)),
        requests: world.sent.into_iter().map(|sent| sent.request).collect(),
        writes: world.writes,
    }
}

fn explained(problem: String, world: &World<'_>) -> String {
    match world.notes.first() {
        Some(note) => format!("{problem} {note}"),
        None => problem,
    }
}

fn stopped(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered { .. } => None,
        Outcome::Threw(error) => Some(format!("It crashed: {}.", error.trim_end_matches('.'))),
        Outcome::Stopped(why) => Some(why.clone()),
    }
}

fn too_long(length: usize) -> Option<String> {
    (length > ANSWER).then(|| format!("Its answer has {length} characters, more than the {ANSWER} a rehearsal keeps."))
}

/// Names every secret that is in an answer or on the console.
fn leaks(world: &mut World<'_>, outcome: &Outcome, console: &[String]) {
    let mut found = Vec::new();
    for secret in &world.secrets {
        if let Outcome::Answered { headers, body, .. } = outcome {
            if holds(body, &secret.value) {
                found.push(format!("The {} is in the answer.", secret.label));
            }
            if headers.iter().any(|(_, value)| holds(value, &secret.value)) {
                found.push(format!("The {} is in a header of the answer.", secret.label));
            }
        }
        if let Outcome::Threw(error) = outcome
            && holds(error, &secret.value)
        {
            found.push(format!("The {} is in an error.", secret.label));
        }
        if console.iter().any(|line| holds(line, &secret.value)) {
            found.push(format!("The {} is printed to the console.", secret.label));
        }
    }
    // A leak outweighs whatever else was found.
    found.extend(std::mem::take(&mut world.problems));
    world.problems = found;
}

/// A line break in a value that became a header of a message.
fn injected(sent: &[Sent]) -> Option<String> {
    let header = INJECTED.to_ascii_lowercase();
    let hit = sent.iter().any(|sent| sent.mail_headers.contains(&header));
    hit.then(|| "A line break in a record's text becomes a header of the message. Take line breaks out of everything that goes into a header.".to_owned())
}

/// A request that the proof does not know of, where the proof claims to know all.
fn unproved(world: &World<'_>) -> Option<String> {
    let proof = world.proof.filter(|proof| proof.unresolved.is_empty())?;
    let sent = world.sent.iter().filter(|sent| sent.provider);
    sent.map(|sent| &sent.request).find_map(|request| {
        let url = url::Url::parse(&request.url).ok()?;
        let known = proof.calls.iter().any(|call| {
            call.method.eq_ignore_ascii_case(&request.method)
                && url
                    .host_str()
                    .is_some_and(|host| follows(host, &without_names(&call.host)))
                && follows(url.path(), &call.path)
        });
        let place = super::provider::short(&request.url);
        (!known).then(|| {
            format!(
                "{} {place} was sent and is not among the calls that were proved.",
                request.method
            )
        })
    })
}

/// A host with `{}` where it has the name of a connection's value.
fn without_names(host: &str) -> String {
    match (host.find('{'), host.find('}')) {
        (Some(open), Some(close)) if open < close => {
            let (before, after) = (host.get(..=open), host.get(close..));
            format!("{}{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => host.to_owned(),
    }
}

/// Whether a path follows a pattern in which `{}` stands for anything.
fn follows(path: &str, pattern: &str) -> bool {
    let mut parts = pattern.split("{}");
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    open || rest.is_empty()
}

fn judged(expect: Expect, status: u16, answer: &str, world: &World<'_>) -> Option<String> {
    let out = world.sent.len();
    let fine = (200..300).contains(&status);
    let said = || brief(answer);
    match expect {
        // Turning a stranger away with a 500 is clumsy and still a refusal.
        Expect::Whatever if world.turned_away && out == 0 && world.writes.is_empty() => None,
        Expect::Whatever => (status >= 500).then(|| format!("It answered {status}: {}.", said())),
        Expect::Done => (!fine).then(|| format!("It answered {status} to a caller it is meant for: {}.", said())),
        Expect::Refused => {
            if !matches!(status, 401 | 403) {
                Some(format!(
                    "It answered {status} to a caller it is not meant for; 401 or 403 was expected."
                ))
            } else if out > 0 {
                Some("It sent a request for a caller it then refused. Check the caller first.".to_owned())
            } else if !world.writes.is_empty() {
                Some("It wrote to an entity for a caller it then refused. Check the caller first.".to_owned())
            } else {
                None
            }
        }
        Expect::Nothing => {
            if !fine {
                Some(format!(
                    "It answered {status} although there was nothing to do: {}.",
                    said()
                ))
            } else if out > 0 {
                Some("It sent a request although its condition was not met.".to_owned())
            } else if !world.writes.is_empty() {
                Some("It wrote to an entity although its condition was not met.".to_owned())
            } else {
                None
            }
        }
        Expect::BadInput => {
            if !(400..500).contains(&status) {
                Some(format!(
                    "It answered {status} to a call without its required input; 400 was expected."
                ))
            } else if out > 0 {
                Some("It sent a request although required input was missing.".to_owned())
            } else {
                None
            }
        }
        Expect::Survives(fault) => survived(fault, status, answer, world),
    }
}

fn survived(fault: Fault, status: u16, answer: &str, world: &World<'_>) -> Option<String> {
    let provider: Vec<&Sent> = world.sent.iter().filter(|sent| sent.provider).collect();
    if fault == Fault::Hostile && !provider.is_empty() {
        return Some("It called the provider with a value of the connection that leads to another host.".to_owned());
    }
    if fault == Fault::NotConnected && !provider.is_empty() {
        return Some("It called the provider although the account is not connected.".to_owned());
    }
    if fault == Fault::RateLimited {
        return retried(status, answer, &provider);
    }
    let most = 4;
    if let Some(hammered) = provider
        .iter()
        .find(|one| provider.iter().filter(|other| same(one, other)).count() > most)
    {
        return Some(format!(
            "It sent {} {} more than {most} times although it kept failing.",
            hammered.request.method,
            super::provider::short(&hammered.request.url)
        ));
    }
    if status < 400 && !names_failures(answer) {
        return Some(format!("It answered {status} although {}.", words(fault)));
    }
    let json: serde_json::Value = serde_json::from_str(answer).unwrap_or(serde_json::Value::Null);
    let clear = json.as_object().is_some_and(|members| !members.is_empty());
    (!clear).then(|| format!("Its error is not a JSON object: {}.", brief(answer)))
}

/// Whether an answer lists what failed, as one about many records does.
fn names_failures(answer: &str) -> bool {
    let json: serde_json::Value = serde_json::from_str(answer).unwrap_or(serde_json::Value::Null);
    ["failed", "failures", "errors"].iter().any(|key| match json.get(key) {
        Some(serde_json::Value::Array(list)) => !list.is_empty(),
        Some(serde_json::Value::Number(count)) => count.as_f64() != Some(0.0),
        _ => false,
    })
}

/// A 429 with `Retry-After: 2` must be tried again, not before 2 seconds, and not forever.
fn retried(status: u16, answer: &str, provider: &[&Sent]) -> Option<String> {
    let Some((at, limited)) = provider.iter().enumerate().find(|(_, sent)| sent.request.status == 429) else {
        return Some("No request got as far as being limited.".to_owned());
    };
    let again: Vec<&&Sent> = provider
        .iter()
        .skip(at + 1)
        .filter(|sent| same(sent, limited))
        .collect();
    let Some(next) = again.first() else {
        return Some("It gives up at the first 429. Wait as long as Retry-After says and try again.".to_owned());
    };
    if next.at - limited.at < 2_000.0 {
        return Some(format!(
            "It tried again after {} ms although Retry-After says 2 seconds.",
            next.at - limited.at
        ));
    }
    (!(200..300).contains(&status)).then(|| {
        format!(
            "It answered {status} after the provider had accepted the second try: {}.",
            brief(answer)
        )
    })
}

fn same(one: &Sent, other: &Sent) -> bool {
    one.request.method == other.request.method
        && one.request.url == other.request.url
        && one.request.body == other.request.body
}

fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::Unauthorized => "the provider refused the token",
        Fault::RateLimited => "the provider asked it to wait",
        Fault::Broken => "the provider answered 500",
        Fault::Silent => "the provider never answered",
        Fault::NotConnected => "the account is not connected",
        Fault::Hostile => "the connection would have led it to another host",
    }
}

/// The beginning of an answer, for a sentence.
fn brief(answer: &str) -> String {
    let short: String = answer.chars().take(160).collect();
    if short.trim().is_empty() {
        "an empty answer".to_owned()
    } else {
        short
    }
}

#[cfg(test)]
mod tests {
    use super::follows;

    #[test]
    fn paths_follow_patterns() {
        assert!(follows("/v1/users/me/send", "/v1/users/me/send"));
        assert!(follows(
            "/v4/spreadsheets/1x/values/A1:append",
            "/v4/spreadsheets/{}/values/{}:append"
        ));
        assert!(follows("/v1/pages/7", "/v1/pages/{}"));
        assert!(!follows("/v1/users/me/send/x", "/v1/users/me/send"));
        assert!(!follows("/v1/drafts/7", "/v1/pages/{}"));
    }
}
