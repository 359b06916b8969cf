//! From what the walk met to calls, operations and scopes of the catalog.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_catalog::{Catalog, Outgoing};
use oxc_ast::ast::Statement;

use super::flow::{Parsed, Part, Trace};
use crate::{Call, Connection, EntityAccess, Integration, Proof, Scopes, Unresolved};

/// Packages whose clients make requests of their own.
const CLIENTS: &[&str] = &[
    "googleapis",
    "google-auth-library",
    "@googleapis/",
    "@slack/",
    "@hubspot/",
    "@notionhq/",
    "@octokit/",
    "@microsoft/microsoft-graph-client",
    "@sendgrid/",
    "@aws-sdk/",
    "airtable",
    "asana",
    "axios",
    "dropbox",
    "got",
    "jsforce",
    "ky",
    "node-fetch",
    "nodemailer",
    "octokit",
    "openai",
    "resend",
    "stripe",
    "twilio",
    "undici",
];

/// The proof of a parsed source.
pub(super) fn proof(parsed: &Parsed<'_>, catalog: &Catalog, declared: &BTreeMap<String, Vec<String>>) -> Proof {
    let trace = &parsed.trace;
    let line = |at: u32| parsed.lines.line(at);
    let mut calls: Vec<Call> = Vec::new();
    let mut unresolved: BTreeSet<(u32, String)> = BTreeSet::new();
    // A host that nobody knows is looked for through all tables; once is enough.
    let mut strangers: BTreeMap<String, String> = BTreeMap::new();
    let mut files = BTreeSet::new();
    for send in &trace.sends {
        let at = line(send.given_at);
        if is_file(send) {
            files.insert(line(send.at));
            continue;
        }
        match address(send, catalog).and_then(|url| resolve(send, &url, trace, catalog, &mut strangers)) {
            Ok(call) => {
                let call = Call { line: at, ..call };
                if !calls.contains(&call) {
                    calls.push(call);
                }
            }
            Err(why) => {
                unresolved.insert((at, why));
            }
        }
    }
    calls.sort_by(|a, b| (a.line, &a.host, &a.path, &a.method).cmp(&(b.line, &b.host, &b.path, &b.method)));
    for (at, module) in &trace.handed {
        unresolved.insert((line(*at), format!("A token is handed to `{module}`, whose calls can't be followed. Call the connector's API with `fetch` in this file.")));
    }
    for (at, module) in clients(parsed) {
        unresolved.insert((line(at), format!("`{module}` makes requests of its own, which can't be followed yet. Call the API with `fetch`, so that every call can be shown.")));
    }
    if let Some(at) = trace.lost {
        unresolved.insert((line(at), "The function is too intricate to be followed to the end, so calls may be missing here. Split it into smaller helpers.".to_owned()));
    }
    let scopes = scopes(&calls, trace, catalog, declared);
    Proof {
        calls,
        files: files.into_iter().collect(),
        unresolved: unresolved
            .into_iter()
            .map(|(line, why)| Unresolved { line, why })
            .collect(),
        scopes,
        connectors: trace
            .asked
            .iter()
            .map(|asked| Connection {
                connector: asked.connector.clone().unwrap_or_else(|| "{}".to_owned()),
                app_user: asked.app_user,
                secret: asked.secret.clone(),
                line: line(asked.at),
            })
            .collect(),
        entities: trace
            .sdk
            .iter()
            .filter_map(|used| {
                Some(EntityAccess {
                    entity: used.entity.clone()?,
                    method: used.method.clone(),
                    service_role: used.service_role,
                    line: line(used.at),
                })
            })
            .collect(),
        integrations: trace
            .sdk
            .iter()
            .filter(|used| used.entity.is_none())
            .map(|used| Integration {
                name: used.method.clone(),
                service_role: used.service_role,
                line: line(used.at),
            })
            .collect(),
    }
}

fn clients(parsed: &Parsed<'_>) -> Vec<(u32, String)> {
    let imports = parsed.program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) if !import.import_kind.is_type() => Some(import),
        _ => None,
    });
    imports
        .filter_map(|import| {
            let module = import.source.value.as_str();
            let bare = module.strip_prefix("npm:").or_else(|| module.strip_prefix("jsr:"));
            let bare = bare.unwrap_or(module);
            let bare = bare.rsplit("esm.sh/").next().unwrap_or(bare);
            let is_client = CLIENTS.iter().any(|client| {
                bare.strip_prefix(client)
                    .is_some_and(|rest| client.ends_with('/') || rest.is_empty() || rest.starts_with(['@', '/']))
            });
            is_client.then(|| (import.span.start, module.to_owned()))
        })
        .collect()
}

/// Whether a request fetches one of the app's own files, and gives nothing away.
pub(crate) fn is_file(send: &super::flow::Request) -> bool {
    send.url == [Part::File] && send.bare && send.pinned && send.bearer == 0 && send.method.as_deref() == Some("GET")
}

/// The address with `{}` where a part is computed, and the name of a connection's value that is
/// part of the host.
fn address(send: &super::flow::Request, catalog: &Catalog) -> Result<String, String> {
    let mut url = String::new();
    if let Some(connector) = &send.through
        && !matches!(send.url.first(), Some(Part::Literal(text)) if text.starts_with("https://"))
        && !matches!(send.url.first(), Some(Part::Computed))
    {
        let host = catalog.get(connector).and_then(|connector| connector.hosts.first());
        let Some(host) = host else {
            return Err(format!(
                "`callApi` goes through `{connector}`, which is not in the catalog. Name a connector of the catalog, or add it with `linchpin catalog add`."
            ));
        };
        url.push_str(host.trim_end_matches('/'));
    }
    for part in &send.url {
        match part {
            Part::Literal(text) => url.push_str(text),
            Part::Computed | Part::File => url.push_str("{}"),
            Part::Tested {
                connector,
                field,
                shape,
            } => {
                let in_host = url
                    .strip_prefix("https://")
                    .is_some_and(|rest| !rest.contains(['/', '?', '#']));
                // An id that is no connector's is an app-user connector of the workspace.
                let known = catalog.get(connector);
                let vouched = known.is_none_or(|connector| {
                    let mut fields = connector.config.iter();
                    fields.any(|own| own.name == *field && own.validation_pattern.as_deref() == Some(shape))
                });
                match in_host && vouched {
                    true => url.push_str(&format!("{{{field}}}")),
                    false => url.push_str("{}"),
                }
            }
        }
    }
    let rest = url.strip_prefix("https://");
    let Some(rest) = rest.filter(|rest| !rest.starts_with("{}")) else {
        return Err(if url.starts_with("http") && !url.starts_with("https:") {
            format!("`{url}` is not an https address. Write `https://`.")
        } else {
            "The host is computed, so where this call goes is not known. Write the address as a literal that begins with `https://` and the host.".to_owned()
        });
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let end = rest.get(..end).unwrap_or_default().find("{}").unwrap_or(end);
    if rest.get(end..).is_some_and(|rest| rest.starts_with('{')) {
        return Err(format!(
            "What follows `https://{}` is computed and could be more of the host. End the host with `/` before the first computed part.",
            rest.get(..end).unwrap_or_default()
        ));
    }
    Ok(url)
}

fn resolve(
    send: &super::flow::Request,
    url: &str,
    trace: &Trace,
    catalog: &Catalog,
    strangers: &mut BTreeMap<String, String>,
) -> Result<Call, String> {
    let Some(method) = &send.method else {
        return Err(
            "The method is computed, so which call this is is not known. Write the method as a literal.".to_owned(),
        );
    };
    let known = |id: &str| catalog.ids().any(|own| own == id);
    let own = send
        .through
        .clone()
        .into_iter()
        .chain(trace.tokens(send.bearer).filter_map(|source| source.connector.clone()))
        .find(|id| known(id));
    let prefer = own.or_else(|| {
        let mut all = trace.asked.iter().filter_map(|asked| asked.connector.clone());
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    });
    let rest = url.strip_prefix("https://").unwrap_or(url);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if let Some(why) = strangers.get(host) {
        return Err(why.clone());
    }
    let outgoing = Outgoing {
        method,
        url,
        prefer: prefer.as_deref(),
        document: send.document.as_deref(),
    };
    let resolved = catalog.resolve_call(&outgoing).map_err(|error| {
        let why = error.to_string();
        if matches!(error, linchpin_catalog::Unresolved::UnknownHost { .. }) {
            strangers.insert(host.to_owned(), why.clone());
        }
        why
    })?;
    let stranger = send.url.iter().find_map(|part| match part {
        Part::Tested { connector, .. } if known(connector) && *connector != resolved.connector => Some(connector),
        _ => None,
    });
    if let (Some(stranger), true) = (stranger, resolved.computed.is_some()) {
        return Err(format!(
            "A value of the connection to `{stranger}` is part of the host `{host}`. Use the value of the connection whose token is sent."
        ));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Ok(Call {
        host: host.to_owned(),
        method: method.clone(),
        path: if path.is_empty() {
            "/".to_owned()
        } else {
            path.to_owned()
        },
        operation: resolved.method_id,
        connector: resolved.connector,
        line: 0,
        scope_sets: resolved.scope_sets,
    })
}

fn scopes(calls: &[Call], trace: &Trace, catalog: &Catalog, declared: &BTreeMap<String, Vec<String>>) -> Scopes {
    let mut needs: BTreeMap<&str, Vec<Vec<Vec<String>>>> = BTreeMap::new();
    for call in calls {
        let own = needs.entry(call.connector.as_str()).or_default();
        if !own.contains(&call.scope_sets) {
            own.push(call.scope_sets.clone());
        }
    }
    let mut out = Scopes::default();
    for (connector, needs) in &needs {
        let needed = catalog.smallest_scopes(connector, needs);
        if !needed.is_empty() {
            out.needed.insert((*connector).to_owned(), needed);
        }
    }
    let asked: BTreeSet<&str> = trace
        .asked
        .iter()
        .filter(|asked| !asked.app_user)
        .filter_map(|asked| asked.connector.as_deref())
        .collect();
    for connector in needs
        .keys()
        .copied()
        .chain(asked.iter().copied())
        .collect::<BTreeSet<_>>()
    {
        let given = declared.get(connector);
        let own = needs.get(connector).cloned().unwrap_or_default();
        if let Some(given) = given {
            out.declared.insert(connector.to_owned(), given.clone());
        }
        // Without any declaration, or for the user's own account, there is nothing to compare with.
        if declared.is_empty() || (given.is_none() && !asked.contains(connector)) {
            continue;
        }
        let given = given.cloned().unwrap_or_default();
        let mut missing = BTreeSet::new();
        for need in &own {
            if !catalog.covers(connector, &given, std::slice::from_ref(need)) {
                missing.extend(catalog.smallest_scopes(connector, std::slice::from_ref(need)));
            }
        }
        out.missing
            .extend(missing.into_iter().map(|scope| format!("{connector} {scope}")));
        let excess = excess(connector, &given, &own, out.needed.get(connector), catalog);
        out.excess
            .extend(excess.into_iter().map(|scope| format!("{connector} {scope}")));
    }
    out
}

/// Declared scopes that the calls do without, those that the smallest set has not first.
fn excess(
    connector: &str,
    given: &[String],
    needs: &[Vec<Vec<String>>],
    needed: Option<&Vec<String>>,
    catalog: &Catalog,
) -> Vec<String> {
    let Some(entry) = catalog.get(connector) else {
        return Vec::new();
    };
    let canonical = |name: &str| entry.canonical_scope(name).to_owned();
    let basic: BTreeSet<String> = entry.auth.base_scopes.iter().map(|s| canonical(s)).collect();
    let needed: BTreeSet<String> = needed.into_iter().flatten().map(|s| canonical(s)).collect();
    let mut order: Vec<&String> = given.iter().collect();
    order.sort_by_key(|scope| needed.contains(&canonical(scope)));
    let mut kept: Vec<String> = given.to_vec();
    let before: Vec<bool> = needs
        .iter()
        .map(|need| catalog.covers(connector, &kept, std::slice::from_ref(need)))
        .collect();
    let mut out = BTreeSet::new();
    for scope in order {
        if basic.contains(&canonical(scope)) {
            continue;
        }
        let fewer: Vec<String> = kept.iter().filter(|own| *own != scope).cloned().collect();
        let same = needs
            .iter()
            .zip(&before)
            .all(|(need, was)| !was || catalog.covers(connector, &fewer, std::slice::from_ref(need)));
        if same {
            out.insert(scope.clone());
            kept = fewer;
        }
    }
    out.into_iter().collect()
}
