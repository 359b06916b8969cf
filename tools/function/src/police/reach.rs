//! P3 to P8 by what the walk met: where requests go, where tokens get to, who got that far.

use crate::prove::flow::{CALLER, CONTENT, Leak, Parsed, Part, Request, SIGNED_IN, Sink, UNCHECKED};
use crate::{Proof, Violation};

use crate::prove::is_file;

use super::{Callers, Policy, violation};

pub(super) fn judge(parsed: &Parsed<'_>, proof: &Proof, policy: &Policy) -> Vec<Violation> {
    let trace = &parsed.trace;
    let line = |at: u32| parsed.lines.line(at);
    let mut out = Vec::new();
    for odd in &trace.odd {
        out.push(violation(odd.rule, line(odd.at), odd.message.clone()));
    }
    for (at, name) in &trace.env {
        let name = name.as_deref();
        if let Some(message) = env(name, policy) {
            out.push(violation("P3", line(*at), message));
        }
    }
    for request in &trace.sends {
        if let Some(message) = address(request, policy) {
            out.push(violation("P4", line(request.at), message));
        }
        if !request.pinned {
            out.push(violation("P4", line(request.at), "The request follows redirects, which could lead it to any host. Add `redirect: \"error\"` to `fetch`'s second argument."));
        }
        out.extend(bearer(request, parsed, policy));
    }
    for leak in &trace.leaks {
        out.push(violation("P6", line(leak.at), leaked(leak)));
    }
    for used in &trace.uses {
        if let Some(message) = caller(used.guards, policy.callers) {
            out.push(violation("P7", line(used.at), message));
        }
    }
    if let Some(at) = trace.lost {
        out.push(violation(
            "P10",
            line(at),
            "The function is too intricate to be followed to the end. Split it into smaller helpers with less nesting.",
        ));
    }
    // The proof was made from this source; a call that it knows and the walk does not is a sign
    // that the two were given different texts.
    let stale = proof
        .calls
        .iter()
        .any(|call| !trace.sends.iter().any(|request| line(request.given_at) == call.line));
    if stale {
        out.push(violation(
            "P10",
            1,
            "The proof is of another text than this one. Prove this text first.",
        ));
    }
    out
}

fn env(name: Option<&str>, policy: &Policy) -> Option<String> {
    match name {
        None => Some("A secret is read by a computed name. Name it, as in `Deno.env.get(\"NAME\")`.".to_owned()),
        Some(name) if policy.env.contains(name) => None,
        Some(name) if policy.keys.secrets.contains_key(name) || policy.keys.values.contains(name) => None,
        Some(name) => Some(format!(
            "The secret `{name}` is not one this function may read. Declare it with the function's plan, or don't read it."
        )),
    }
}

/// P4: the address begins with a literal that ends the host, and the host is the catalog's.
fn address(request: &Request, policy: &Policy) -> Option<String> {
    const HEAD: &str = "Begin the address with a literal such as `https://gmail.googleapis.com/`, up to and including the `/` after the host.";
    if request.through.is_some()
        && !matches!(request.url.first(), Some(Part::Literal(text)) if text.starts_with("https:"))
    {
        // `callApi` without a host: the broker uses the connector's own.
        return match request.url.first() {
            Some(Part::Computed) => Some(format!("The host of the call is computed. {HEAD}")),
            _ => None,
        };
    }
    if is_file(request) {
        return None;
    }
    let text = written(request, policy);
    let Some(head) = &text else {
        return Some(format!(
            "The address of the request is computed, so it could go anywhere. {HEAD}"
        ));
    };
    let whole = request
        .url
        .iter()
        .all(|part| !matches!(part, Part::Computed | Part::File));
    let Some(rest) = head.strip_prefix("https://") else {
        return Some(format!("The address does not begin with `https://`. {HEAD}"));
    };
    let end = rest.find(['/', '?', '#', '\\']);
    let (host, ended) = match end {
        Some(end) => (
            rest.get(..end).unwrap_or_default(),
            !rest.get(end..).unwrap_or_default().starts_with('\\'),
        ),
        None => (rest, whole),
    };
    if !ended {
        return Some(format!(
            "What follows `https://{host}` is computed and could be more of the host. {HEAD}"
        ));
    }
    // Compared as text: a user part, a port, a trailing dot or another script is not in the list.
    if let Some(owners) = policy.hosts.get(host) {
        let stranger = request.url.iter().any(|part| {
            matches!(part, Part::Tested { connector, .. } if policy.connectors.contains(connector) && !owners.contains(connector))
        });
        stranger.then(|| format!("A value of another connection is part of the host `{host}`. Use the value of the connection whose token is sent."))
    } else {
        Some(format!(
            "`{host}` is not a host of any connector. Call a connector's own host, or add the connector with `linchpin catalog add`."
        ))
    }
}

/// The address as far as it is known: a connection's value that was tested as the catalog wants it
/// is written by its name.
fn written(request: &Request, policy: &Policy) -> Option<String> {
    let mut text = String::new();
    for part in &request.url {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Tested {
                connector,
                field,
                shape,
            } if policy.keys.vouches(connector, field, shape) || !policy.connectors.contains(connector) => {
                text.push_str(&format!("{{{field}}}"));
            }
            Part::Computed | Part::Tested { .. } | Part::File => break,
        }
    }
    (!text.is_empty()).then_some(text)
}

/// P6 at the one place where a token belongs: it goes to its own connector's host only.
fn bearer(request: &Request, parsed: &Parsed<'_>, policy: &Policy) -> Option<Violation> {
    let head = written(request, policy)?;
    let rest = head.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let owners = policy.hosts.get(host)?;
    let stranger = parsed.trace.tokens(request.bearer).find_map(|source| {
        let id = source.connector.as_deref()?;
        (policy.connectors.contains(id) && !owners.contains(id)).then(|| id.to_owned())
    })?;
    Some(violation(
        "P6",
        parsed.lines.line(request.at),
        format!(
            "The token of `{stranger}` is sent to `{host}`, which is not its host. Send each token only to its own connector."
        ),
    ))
}

fn leaked(leak: &Leak) -> String {
    let what = if leak.labels & !(CALLER | CONTENT) != 0 {
        "The token, or something made from it,"
    } else if leak.labels & CALLER != 0 {
        "What the caller signs in with"
    } else {
        "Something that depends on the token's text"
    };
    let place = match leak.sink {
        Sink::Url => "is put into an address, where logs keep it",
        Sink::Header => "is put into a header other than the request's own authorization",
        Sink::Body => "is put into the body of a request",
        Sink::Init => "is put into a part of the request other than its headers",
        Sink::Answer => "is in what the function answers",
        Sink::Log => "is written to the log",
        Sink::Record => "is written to a record",
        Sink::Integration => "is handed to an integration",
        Sink::Function => "is handed to another function",
        Sink::Error => "is in an error that is thrown",
        Sink::Condition => "decides what the function does next, which gives it away bit by bit",
        Sink::Unknown => "is handed to something that can't be followed",
    };
    format!(
        "{what} {place}. Use it only as `authorization: `Bearer ${{accessToken}}`` in the headers of a `fetch` to the connector."
    )
}

/// P7: what is missing on some path to the token.
fn caller(guards: u8, callers: Callers) -> Option<String> {
    let unchecked = guards & UNCHECKED != 0;
    let signed_in = guards & SIGNED_IN != 0;
    match callers {
        Callers::Anyone => None,
        Callers::Checked | Callers::SignedIn if unchecked => Some("The token is asked for on a path where nobody has checked the caller. Before it, write `const user = await base44.auth.me(); if (!user) return Response.json({ error: \"Unauthorized\" }, { status: 401 });`.".to_owned()),
        Callers::Checked | Callers::SignedIn => None,
        Callers::Role if unchecked || signed_in => Some("The token is asked for on a path where the caller's role is not checked. Before it, write `if (user?.role !== \"admin\") return Response.json({ error: \"Forbidden\" }, { status: 403 });`.".to_owned()),
        Callers::Automation if unchecked || signed_in => Some("The token is asked for on a path where the caller has neither shown the automation's secret nor is an admin. Before it, compare the secret with `Deno.env.get`, or check `user?.role !== \"admin\"`, and return.".to_owned()),
        Callers::Role | Callers::Automation => None,
    }
}
