//! Every operation of every connector: planned from its own sample, compiled, proved, judged,
//! rehearsed, and found to send what the sample says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs
)]

mod walk;

use std::collections::{BTreeMap, BTreeSet};

use linchpin_catalog::{Body, Catalog, Connector, KeyPlace, Mode, Operation, PageStyle, Place, takes};
use linchpin_function::police::{Callers, Policy};
use linchpin_function::rehearse::{Fault, Stage, rehearse};
use linchpin_function::{Checked, Request, check, compile};
use serde_json::Value;
use url::Url;
use walk::{Walk, plan_of};

fn check_one(connector: &Connector, operation: &Operation, mode: Mode, faults: bool) -> Vec<String> {
    let catalog = Catalog::embedded();
    let walk = plan_of(connector, operation, mode);
    let draft = match compile(&walk.plan, &walk.app, catalog) {
        Ok(draft) => draft,
        Err(error) => return vec![format!("it does not compile: {error}")],
    };
    let scopes = operation.scopes.first().map(std::slice::from_ref).unwrap_or_default();
    let needs: Vec<Vec<Vec<String>>> = if scopes.is_empty() {
        vec![]
    } else {
        vec![scopes.to_vec()]
    };
    let mut declared = BTreeMap::new();
    if connector.auth.key.is_none() {
        declared.insert(connector.id.clone(), catalog.smallest_scopes(&connector.id, &needs));
    }
    let callers = if mode == Mode::Shared {
        Callers::Automation
    } else {
        Callers::SignedIn
    };
    let policy = Policy::of(catalog).for_callers(callers);
    let entry = draft.entry.to_string();
    let checked = match check(&draft.source, &draft.function, &entry, catalog, &declared, &policy) {
        Ok(checked) => checked,
        Err(error) => return vec![format!("it does not parse: {error}\n{}", draft.source)],
    };
    let mut wrong = proved(connector, operation, mode, &checked);
    wrong.extend(
        checked
            .verdict
            .violations
            .iter()
            .map(|v| format!("{} line {}: {}", v.rule, v.line, v.message)),
    );
    let mut stage = Stage::new(&entry, &draft.source, &walk.app, catalog).of_plan(&walk.plan);
    stage.proof = Some(&checked.proof);
    stage.faults = if faults {
        Fault::ALL.to_vec()
    } else {
        vec![Fault::Hostile]
    };
    let rehearsals = rehearse(&stage);
    for run in &rehearsals {
        if let Some(problem) = &run.problem {
            wrong.push(format!("{}: {problem} {:?}", run.caller, run.console));
        }
    }
    let meant = if mode == Mode::Shared { "automation" } else { "user" };
    match rehearsals.iter().find(|run| run.caller == meant) {
        Some(run) => match run.requests.first() {
            Some(request) => {
                wrong.extend(sent(connector, operation, &walk, request));
                let linked = operation
                    .pagination
                    .as_ref()
                    .is_some_and(|pages| matches!(pages.style, PageStyle::NextUrl | PageStyle::LinkHeader));
                if linked && run.requests.len() != 2 {
                    wrong.push(format!("{} pages were asked for instead of 2", run.requests.len()));
                }
            }
            None => wrong.push(format!("nothing was sent: {}", run.answer)),
        },
        None => wrong.push("nobody ran it".to_owned()),
    }
    let hosts = checked.proof.calls.iter().any(|call| call.host.contains('{'));
    let hostile = rehearsals.iter().any(|run| run.caller == "hostile host");
    if hosts != hostile {
        wrong.push(format!(
            "a hostile host was {}rehearsed",
            if hostile { "" } else { "not " }
        ));
    }
    if !wrong.is_empty() {
        wrong.push(draft.source);
    }
    wrong
}

fn proved(connector: &Connector, operation: &Operation, mode: Mode, checked: &Checked) -> Vec<String> {
    let proof = &checked.proof;
    let mut wrong: Vec<String> = proof
        .unresolved
        .iter()
        .map(|u| format!("unresolved: {}", u.why))
        .collect();
    let calls: BTreeSet<(&str, &str)> = proof
        .calls
        .iter()
        .map(|call| (call.connector.as_str(), call.operation.as_str()))
        .collect();
    // Two operations at one address differ in their bodies alone, which a proof does not read.
    let shape = |url: &str| -> String {
        let parts: Vec<&str> = url
            .split('{')
            .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest))
            .collect();
        parts.join("{}")
    };
    let same = |id: &str| {
        let other = connector.operation(id).filter(|other| other.graphql.is_none());
        other.is_some_and(|other| other.method == operation.method && shape(&other.url) == shape(&operation.url))
    };
    let fine = |(id, call): &(&str, &str)| *id == connector.id && (*call == operation.id || same(call));
    if calls.len() != 1 || !calls.iter().all(fine) {
        wrong.push(format!("it proves to {calls:?}"));
    }
    if calls.iter().any(|(_, call)| *call == operation.id) {
        wrong.extend(proof.scopes.missing.iter().map(|scope| format!("missing {scope}")));
    }
    let asked = proof.connectors.first();
    let secret = connector.auth.key.as_ref().map(|key| key.secret.clone());
    let app_user = mode == Mode::AppUser && secret.is_none();
    if proof.connectors.len() != 1
        || asked
            .is_none_or(|asked| asked.connector != connector.id || asked.app_user != app_user || asked.secret != secret)
    {
        wrong.push(format!("it asks for {:?}", proof.connectors));
    }
    wrong
}

/// What of a request is not as the sample has it.
fn sent(connector: &Connector, operation: &Operation, walk: &Walk, request: &Request) -> Vec<String> {
    let mut wrong = Vec::new();
    if request.method != operation.method {
        wrong.push(format!("it sends {}", request.method));
    }
    let mut wanted = operation.url.clone();
    for field in &connector.config {
        wanted = wanted.replace(&format!("{{{}}}", field.name), &sample(field));
    }
    for (name, value) in &walk.path {
        let value = if value.is_empty() {
            value.clone()
        } else {
            encoded(value)
        };
        wanted = wanted.replace(&format!("{{{name}}}"), &value);
    }
    let place = connector.auth.key.as_ref().map(|key| key.place);
    if place == Some(KeyPlace::Path) {
        wanted = wanted.replace("{key}", &format!("‹key of {}›", connector.id));
    }
    let plain = |text: &str| {
        text.replace("%E2%80%B9", "‹")
            .replace("%E2%80%BA", "›")
            .replace("%20", " ")
    };
    let url = Url::parse(&request.url).unwrap();
    let wanted_url = Url::parse(&wanted).unwrap_or_else(|error| panic!("{wanted}: {error}"));
    if plain(url.path()) != plain(wanted_url.path()) || url.host_str() != wanted_url.host_str() {
        wrong.push(format!("it goes to {} instead of {wanted}", request.url));
    }
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    if query != walk.query {
        wrong.push(format!("its query is {query:?} instead of {:?}", walk.query));
    }
    let carrier = match (&connector.auth.key, &connector.auth.token_header) {
        (Some(key), _) if key.place == KeyPlace::Header => key.field.to_lowercase(),
        (None, Some(header)) => header.name.to_lowercase(),
        _ => "authorization".to_owned(),
    };
    let shown = request.headers.get(&carrier).map(String::as_str).unwrap_or_default();
    if place != Some(KeyPlace::Path) && !shown.contains('‹') {
        wrong.push(format!("its {carrier} is {shown:?}"));
    }
    for header in &operation.headers {
        let holes = header.value.contains('{');
        let found = request.headers.get(&header.name.to_lowercase());
        if found.is_none_or(|value| !holes && *value != header.value) {
            wrong.push(format!("{} is {found:?}", header.name));
        }
    }
    wrong.extend(body(operation, walk, request));
    wrong
}

fn body(operation: &Operation, walk: &Walk, request: &Request) -> Vec<String> {
    let text = request.body.clone().unwrap_or_default();
    let kind = request.headers.get("content-type").cloned().unwrap_or_default();
    let parsed = || serde_json::from_str::<Value>(&text).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut expect = |fine: bool, what: String| {
        if !fine {
            wrong.push(what);
        }
    };
    match operation.body {
        Body::None => expect(text.is_empty(), format!("it has the body {text}")),
        Body::Json => {
            let body = parsed();
            let body = match &operation.graphql {
                Some(document) => {
                    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                    let query = body["query"].as_str().unwrap_or_default();
                    expect(
                        squeezed(query) == squeezed(document),
                        format!("its document is {query}"),
                    );
                    body["variables"].clone()
                }
                None => body,
            };
            let missing = lacks(&walk.body, &body, operation, "");
            expect(missing.is_empty(), missing.join(", "));
            expect(
                kind == "application/json" || text.is_empty(),
                format!("its kind is {kind}"),
            );
        }
        Body::MimeRaw => {
            let mail = request.mail.clone().unwrap_or_default();
            let fine = mail.to == "anna@example.com"
                && mail.subject == "Your booking"
                && mail.text.contains("See you on Friday.");
            expect(fine, format!("its mail is {mail:?}"));
        }
        Body::Form => {
            let given: BTreeMap<String, String> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            let mut pairs = BTreeMap::new();
            flatten(String::new(), &walk.body, &mut pairs);
            let fine = pairs.iter().all(|(name, value)| given.get(name) == Some(value));
            expect(fine, format!("its form is {given:?} instead of {pairs:?}"));
            expect(kind.starts_with("application/x-www-form-urlencoded"), kind.clone());
        }
        Body::Multipart => {
            for (name, value) in walk.body.as_object().into_iter().flatten() {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let part = format!("name=\"{name}\"\r\n\r\n{value}\r\n");
                expect(text.contains(&part), format!("it lacks {part:?} in {text:?}"));
            }
            let file = walk.file.clone().unwrap_or_default();
            expect(
                text.contains(&format!("\r\n\r\n{file}\r\n")),
                format!("it lacks the file in {text:?}"),
            );
            expect(kind.starts_with("multipart/form-data; boundary="), kind.clone());
        }
        Body::Related => {
            let boundary = kind.split("boundary=").nth(1).unwrap_or("?");
            let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
            let content = |part: Option<&&str>| {
                let part = part.and_then(|part| part.split_once("\r\n\r\n"));
                part.map(|(_, content)| content.trim_end_matches("\r\n").to_owned())
                    .unwrap_or_default()
            };
            let metadata: Value = serde_json::from_str(&content(parts.get(1))).unwrap_or_default();
            let missing = lacks(&walk.body, &metadata, operation, "");
            expect(missing.is_empty(), missing.join(", "));
            expect(
                Some(content(parts.get(2))) == walk.file,
                format!("it lacks the file in {text:?}"),
            );
            expect(kind.starts_with("multipart/related; boundary="), kind.clone());
        }
        Body::Bytes => {
            expect(
                text == walk.file.clone().unwrap_or_default(),
                format!("its body is {text}"),
            );
            expect(!kind.is_empty(), "it does not say what it sends".to_owned());
        }
    }
    wrong
}

/// What a sample has and a body has not, and the other way round, but for defaults and pages.
fn lacks(sample: &Value, body: &Value, operation: &Operation, at: &str) -> Vec<String> {
    match (sample, body) {
        (Value::Object(wanted), Value::Object(given)) => {
            let mut wrong = Vec::new();
            for (name, value) in wanted {
                match given.get(name) {
                    Some(own) => wrong.extend(lacks(value, own, operation, &format!("{at}{name}."))),
                    None => wrong.push(format!("{at}{name} is missing")),
                }
            }
            for name in given.keys().filter(|name| !wanted.contains_key(*name)) {
                let path = format!("{at}{name}");
                let paged = operation
                    .pagination
                    .as_ref()
                    .is_some_and(|pages| pages.param.starts_with(&path));
                let known = operation.params.iter().any(|param| {
                    param.place == Place::Body && param.name == path && (param.default.is_some() || path == "id")
                });
                if !known && !paged {
                    wrong.push(format!("{path} is more than the sample has"));
                }
            }
            wrong
        }
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
            let pairs = wanted.iter().zip(given).enumerate();
            pairs
                .flat_map(|(i, (a, b))| lacks(a, b, operation, &format!("{at}{i}.")))
                .collect()
        }
        (Value::Null, Value::Object(given)) if given.is_empty() => Vec::new(),
        (Value::Null, Value::Object(_)) => lacks(&Value::Object(Default::default()), body, operation, at),
        (Value::Object(wanted), Value::Null) if wanted.is_empty() => Vec::new(),
        (a, b) if a == b => Vec::new(),
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Vec::new(),
        (a, b) => {
            let paged = operation
                .pagination
                .as_ref()
                .is_some_and(|pages| at.trim_end_matches('.') == pages.param);
            if paged {
                Vec::new()
            } else {
                vec![format!("{at} is {b} instead of {a}")]
            }
        }
    }
}

fn flatten(name: String, value: &Value, out: &mut BTreeMap<String, String>) {
    let inner = |key: &str| {
        if name.is_empty() {
            key.to_owned()
        } else {
            format!("{name}[{key}]")
        }
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| flatten(inner(key), value, out)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, value)| flatten(inner(&i.to_string()), value, out)),
        Value::Null => {}
        other => {
            out.insert(name, other.as_str().map_or_else(|| other.to_string(), str::to_owned));
        }
    }
}

fn sample(field: &linchpin_catalog::ConfigField) -> String {
    let shown = field.placeholder.trim();
    let pattern = field.validation_pattern.as_deref().unwrap_or_default();
    let bare = shown.strip_prefix("https://").unwrap_or(shown).trim_end_matches('/');
    let fits = [shown, bare]
        .into_iter()
        .find(|value| takes(pattern, value) != Some(false));
    fits.unwrap_or(shown).to_owned()
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

/// What faults depend on: one operation of a kind rehearses them for the others of its connector,
/// unless `LINCHPIN_WALK=all` asks for every one.
fn kind(operation: &Operation) -> String {
    let pages = operation.pagination.as_ref().map(|pages| (pages.style, pages.in_body));
    format!("{:?} {pages:?} {}", operation.body, operation.graphql.is_some())
}

/// Checks the connectors of one part of the alphabet. `CONNECTOR=a,b` picks some.
fn walk(part: impl Fn(&str) -> bool) {
    let mut wrong = Vec::new();
    let every = std::env::var("LINCHPIN_WALK").is_ok_and(|how| how == "all");
    let only = std::env::var("CONNECTOR").ok();
    let only: Option<Vec<String>> = only.map(|only| only.split(',').map(str::to_owned).collect());
    for connector in Catalog::embedded().connectors().filter(|connector| part(&connector.id)) {
        if only.as_ref().is_some_and(|only| !only.contains(&connector.id)) {
            continue;
        }
        let mut done = 0;
        let mut seen = BTreeSet::new();
        for operation in &connector.operations {
            let found = check_one(
                connector,
                operation,
                Mode::Shared,
                every || seen.insert(kind(operation)),
            );
            match found.is_empty() {
                true => done += 1,
                false => wrong.push(format!("{} {}:\n  {}", connector.id, operation.id, found.join("\n  "))),
            }
        }
        let per_user = connector.operations.iter().filter(|_| connector.auth.key.is_none());
        for operation in per_user.take(1) {
            let found = check_one(connector, operation, Mode::AppUser, true);
            if !found.is_empty() {
                wrong.push(format!(
                    "{} {} per user:\n  {}",
                    connector.id,
                    operation.id,
                    found.join("\n  ")
                ));
            }
        }
        eprintln!("{}: {done} of {}", connector.id, connector.operations.len());
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! parts {
    ($($name:ident: $from:literal..=$to:literal;)*) => {
        $(
            #[test]
            fn $name() {
                walk(|id| ($from..=$to).contains(&id.chars().next().unwrap_or('z')));
            }
        )*
    };
}

parts! {
    a_to_c: 'a'..='c';
    d_to_g: 'd'..='g';
    h_to_l: 'h'..='l';
    m_to_o: 'm'..='o';
    p_to_s: 'p'..='s';
    t_to_z: 't'..='z';
}

#[test]
fn a_further_page_at_another_address_is_an_error_and_no_end() {
    let text = Catalog::embedded().text("zendesk").unwrap();
    for next in [
        "https://elsewhere.example/api/v2/search.json?page=2",
        "https://my-studio.zendesk.com/api/v2/further-pages/2",
        "no address at all",
    ] {
        // What the provider answers to the second page leads on to there.
        let bent = text.replace(r#""next_page":null"#, &format!(r#""next_page":"{next}""#));
        assert_ne!(bent, text);
        let catalog = Catalog::from_files(&[("zendesk.toml", &bent)]).unwrap();
        let connector = catalog.get("zendesk").unwrap();
        let walk = plan_of(connector, connector.operation("zendesk.search").unwrap(), Mode::Shared);
        let draft = compile(&walk.plan, &walk.app, &catalog).unwrap();
        let stage = Stage::new(draft.entry.as_str(), &draft.source, &walk.app, &catalog).of_plan(&walk.plan);
        let runs = rehearse(&stage);
        let run = runs.iter().find(|run| run.caller == "automation").unwrap();
        assert_eq!(run.requests.len(), 2, "{next}: {run:#?}");
        assert_eq!(
            run.status, 502,
            "a list that is cut short is not whole: {next}: {}",
            run.answer
        );
        assert!(run.answer.contains("further pages"), "{}", run.answer);
    }
}
