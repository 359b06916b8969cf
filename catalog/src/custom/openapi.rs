//! A connector from an OpenAPI 3 document: every operation, its parameters, its permissions, and how
//! one signs in. What can't be taken over is left out and said. Source: OpenAPI 3.0.4 and 3.1.1.

use std::collections::BTreeSet;

use serde_json::Value;

use super::form::{key, scope};
use super::schema::{Document, list};
use super::{Draft, Read, unusable};
use crate::address::{Address, holes, host_of};
use crate::{Body, CatalogError, ConfigField, Effect, KeyPlace, Operation, OperationParam, Place};

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

pub(super) fn read(mut draft: Draft, document: &Value, from: Option<&str>) -> Result<Read, CatalogError> {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") {
        return Err(unusable(
            "it is not an OpenAPI 3 document; convert a Swagger 2 document first",
        ));
    }
    let info = document.get("info");
    let told = |name: &str| info.and_then(|info| info.get(name)).and_then(Value::as_str);
    if let Some(title) = told("title") {
        let title = line(title);
        draft
            .id
            .get_or_insert_with(|| slug(title.trim_end_matches(" API"), '_'));
        draft.name.get_or_insert(title);
    }
    let base = server(&mut draft, document, from)?;
    let whole = Document(document);
    let next = sign_in(&mut draft, whole)?;
    let mut ids = BTreeSet::new();
    let mut intents = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = whole.follow(item) else {
            draft
                .notes
                .push(format!("{path} is described in another document and was left out."));
            continue;
        };
        for method in METHODS {
            let Some(operation) = item.get(*method) else {
                continue;
            };
            match call(whole, &base, path, method, item, operation) {
                Ok(mut call) => {
                    unique(&mut ids, &mut call.id, '.');
                    unique(&mut intents, &mut call.intent, '_');
                    for name in call.scopes.iter().flatten() {
                        if !draft.scopes.iter().any(|own| own.name == *name) {
                            draft.scopes.push(scope(name, ""));
                        }
                    }
                    draft.operations.push(call);
                }
                Err(why) => draft
                    .notes
                    .push(format!("{} {path} was left out: {why}.", method.to_uppercase())),
            }
        }
    }
    if draft.operations.is_empty() {
        return Err(unusable("it describes no call that can be used"));
    }
    // The shortest look that needs to be told nothing shows whether a key is good.
    let plain = |call: &&Operation| call.method == "GET" && call.params.iter().all(|param| !param.required);
    let looks = draft.operations.iter().filter(plain).map(|call| call.url.clone());
    draft.verify_url = draft
        .verify_url
        .or(looks.min_by_key(|url| (url.contains('{'), url.len())));
    Ok(match next {
        Some(url) => Read::Next(draft, vec![url]),
        None => Read::Done(draft),
    })
}

/// The address that paths are added to. A variable of a server becomes a config value.
fn server(draft: &mut Draft, document: &Value, from: Option<&str>) -> Result<String, CatalogError> {
    let Some(server) = list(document, "servers").next() else {
        let host = draft
            .hosts
            .first()
            .cloned()
            .or_else(|| from.and_then(|from| super::form::origin(from).ok()));
        return host.ok_or_else(|| unusable("it names no server; say with --host where its API is served"));
    };
    let mut url = server
        .get("url")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        let hole = format!("{{{name}}}");
        let host_end = url
            .get(8..)
            .and_then(|rest| rest.find('/'))
            .map_or(url.len(), |at| at.saturating_add(8));
        let field = slug(name, '_');
        if url.find(&hole).is_some_and(|at| at < host_end)
            && list(variable, "enum").next().is_none()
            && !field.is_empty()
        {
            url = url.replace(&hole, &format!("{{{field}}}"));
            let told = variable.get("description").and_then(Value::as_str).unwrap_or(name);
            draft.config.push(config(&field, &sentence(told), default));
        } else {
            url = url.replace(&hole, default);
        }
    }
    if url.starts_with('/') || url.is_empty() {
        let base = from
            .and_then(|from| super::form::origin(from).ok())
            .or_else(|| draft.hosts.first().cloned());
        let base = base.ok_or_else(|| unusable("its server has no host; say with --host where its API is served"))?;
        url = format!("{base}{url}");
    }
    let host = host_of(&url).ok_or_else(|| unusable(&format!("its server `{url}` is not an https address")))?;
    Address::parse(&url.replace(['{', '}'], ""))
        .map_err(|why| unusable(&format!("its server `{url}` can't be used: {why}")))?;
    let origin = format!("https://{host}");
    if !draft.hosts.contains(&origin) {
        draft.hosts.push(origin);
    }
    Ok(url)
}

fn config(name: &str, about: &str, example: &str) -> ConfigField {
    ConfigField {
        name: name.to_owned(),
        display_name: name.replace('_', " "),
        description: about.to_owned(),
        placeholder: if example.is_empty() {
            "acme".to_owned()
        } else {
            example.to_ascii_lowercase()
        },
        required: true,
        validation_pattern: Some("^[a-z0-9][a-z0-9-]*$".to_owned()),
        validation_error: Some("Give the part of the host alone: small letters, digits and hyphens.".to_owned()),
        from_token: None,
        from_redirect: None,
        from_identity: None,
        secret: None,
    }
}

/// Takes over the best way of signing in that the document knows; an address means that it is
/// described there.
fn sign_in(draft: &mut Draft, whole: Document<'_>) -> Result<Option<String>, CatalogError> {
    let schemes = whole
        .0
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    let schemes: Vec<&Value> = schemes
        .into_iter()
        .flatten()
        .filter_map(|(_, scheme)| whole.follow(scheme))
        .collect();
    let kind = |scheme: &Value| {
        scheme
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let text = |scheme: &Value, name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for scheme in schemes.iter().filter(|scheme| kind(scheme) == "oauth2") {
        if let Some(flow) = scheme.pointer("/flows/authorizationCode") {
            for (field, name) in [("authorize-url", "authorizationUrl"), ("token-url", "tokenUrl")] {
                if let super::Answered::No(why) = draft.answer(field, &text(flow, name))? {
                    return Err(unusable(&why));
                }
            }
            for (name, told) in flow.get("scopes").and_then(Value::as_object).into_iter().flatten() {
                if !draft.scopes.iter().any(|own| own.name == *name) {
                    draft.scopes.push(scope(name, told.as_str().unwrap_or_default()));
                }
            }
            draft.set_auth(|_| ())?;
            return Ok(None);
        }
    }
    if let Some(scheme) = schemes.iter().find(|scheme| kind(scheme) == "openIdConnect") {
        return Ok(Some(text(scheme, "openIdConnectUrl")));
    }
    let id = draft.id.clone().unwrap_or_else(|| "custom".to_owned());
    let http = |name: &str| {
        let fits = |scheme: &&&Value| kind(scheme) == "http" && text(scheme, "scheme").eq_ignore_ascii_case(name);
        schemes.iter().find(fits).is_some()
    };
    let place =
        |scheme: &&&Value| kind(scheme) == "apiKey" && ["header", "query"].contains(&text(scheme, "in").as_str());
    if http("bearer") {
        draft.key = Some(key(&id));
    } else if let Some(scheme) = schemes.iter().find(place) {
        draft.key = Some(crate::ApiKey {
            place: if text(scheme, "in") == "query" {
                KeyPlace::Query
            } else {
                KeyPlace::Header
            },
            field: text(scheme, "name"),
            template: "{key}".to_owned(),
            ..key(&id)
        });
    } else if http("basic") {
        draft.config.push(ConfigField {
            validation_pattern: None,
            validation_error: None,
            ..config("user", "The user name that goes with the key.", "user")
        });
        draft.key = Some(crate::ApiKey {
            place: KeyPlace::Basic,
            field: String::new(),
            template: "{user}:{key}".to_owned(),
            ..key(&id)
        });
    } else if !schemes.is_empty() {
        draft
            .notes
            .push("None of the ways of signing in that the document names can be used.".to_owned());
    }
    Ok(None)
}

fn call(
    whole: Document<'_>,
    base: &str,
    path: &str,
    method: &str,
    item: &Value,
    operation: &Value,
) -> Result<Operation, String> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str);
    let named = text("operationId").map_or_else(|| format!("{method} {path}"), str::to_owned);
    let url = format!("{base}{path}");
    let Some(inside) = holes(path) else {
        return Err("its path has a brace without its pair".to_owned());
    };
    Address::parse(&url.replace(['{', '}'], "")).map_err(str::to_owned)?;
    if path.contains(['?', '#']) {
        return Err("its path carries a query".to_owned());
    }
    let mut params: Vec<OperationParam> = Vec::new();
    for given in list(operation, "parameters").chain(list(item, "parameters")) {
        let given = whole
            .follow(given)
            .ok_or("a parameter is described in another document")?;
        if let Some(param) = parameter(whole, given)
            && !params
                .iter()
                .any(|own| own.name == param.name && own.place == param.place)
            && (param.place != Place::Path || inside.contains(&param.name.as_str()))
        {
            params.push(param);
        }
    }
    for hole in inside {
        if !params
            .iter()
            .any(|param| param.place == Place::Path && param.name == hole)
        {
            params.push(param(hole, Place::Path, true, ""));
        }
    }
    let (body, sample_request) = request(whole, operation, &mut params)?;
    let title = line(text("summary").or_else(|| text("operationId")).unwrap_or(&named));
    Ok(Operation {
        id: slug(&named, '.'),
        intent: slug(&snake(&named), '_'),
        title,
        method: method.to_ascii_uppercase(),
        scopes: permissions(whole, operation),
        effect: match method {
            "get" => Effect::Read,
            "delete" => Effect::Delete,
            _ => Effect::Write,
        },
        idempotency: None,
        body,
        graphql: None,
        rate_limit: None,
        headers: Vec::new(),
        pagination: None,
        ok_field: None,
        params,
        sample_request,
        sample_response: response(whole, operation),
        docs: operation
            .pointer("/externalDocs/url")
            .and_then(Value::as_str)
            .filter(|url| url.starts_with("https://"))
            .map(str::to_owned),
        url,
    })
}

fn param(name: &str, place: Place, required: bool, told: &str) -> OperationParam {
    OperationParam {
        name: name.to_owned(),
        place,
        required,
        about: sentence(if told.is_empty() { name } else { told }),
        default: None,
        ask: None,
    }
}

fn parameter(whole: Document<'_>, given: &Value) -> Option<OperationParam> {
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let name = text("name").filter(|name| !name.is_empty())?;
    let place = match text("in")? {
        "path" => Place::Path,
        "query" => Place::Query,
        // What authorization and the body say goes out by itself (OpenAPI §4.8.12.2).
        "header" if !["accept", "content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str()) => {
            Place::Header
        }
        _ => return None,
    };
    let required = place == Place::Path || given.get("required") == Some(&Value::Bool(true));
    let default = given
        .get("schema")
        .and_then(|schema| whole.follow(schema))
        .and_then(|schema| schema.get("default"));
    Some(OperationParam {
        default: default.and_then(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        }),
        ..param(name, place, required, text("description").unwrap_or_default())
    })
}

fn request(
    whole: Document<'_>,
    operation: &Value,
    params: &mut Vec<OperationParam>,
) -> Result<(Body, Option<String>), String> {
    let Some(given) = operation.get("requestBody") else {
        return Ok((Body::None, None));
    };
    let given = whole.follow(given).ok_or("its body is described in another document")?;
    let content = given
        .get("content")
        .and_then(Value::as_object)
        .ok_or("its body has no content")?;
    let find = |fits: &dyn Fn(&str) -> bool| {
        content
            .iter()
            .find(|(kind, _)| fits(kind.split(';').next().unwrap_or_default().trim()))
    };
    let json = find(&|kind| kind == "application/json" || kind.ends_with("+json"));
    let form = find(&|kind| kind == "application/x-www-form-urlencoded");
    let parts = find(&|kind| kind == "multipart/form-data");
    let (body, media) = match (json, form, parts) {
        (Some((_, media)), ..) => (Body::Json, media),
        (None, Some((_, media)), _) => (Body::Form, media),
        (None, None, Some((_, media))) => (Body::Multipart, media),
        (None, None, None) => return Ok((Body::Bytes, None)),
    };
    let Some(schema) = media.get("schema") else {
        return Ok((
            body,
            Some(media.get("example").map_or_else(|| "{}".to_owned(), Value::to_string)),
        ));
    };
    for (name, property, required) in whole.properties(schema) {
        let told = property.get("description").and_then(Value::as_str).unwrap_or_default();
        params.push(param(&name, Place::Body, required, told));
    }
    let sample = media
        .get("example")
        .cloned()
        .unwrap_or_else(|| whole.sample(schema, false));
    Ok((body, Some(sample.to_string())))
}

/// What it answers when all is well; empty for an answer without a body.
fn response(whole: Document<'_>, operation: &Value) -> String {
    let responses = operation.get("responses").and_then(Value::as_object);
    let good = responses
        .into_iter()
        .flatten()
        .find(|(status, _)| status.starts_with('2'));
    let content = good
        .and_then(|(_, answer)| whole.follow(answer))
        .and_then(|answer| answer.get("content"));
    let media = content.and_then(Value::as_object).and_then(|content| {
        let json = content.iter().find(|(kind, _)| kind.contains("json"));
        json.map(|(_, media)| media)
    });
    let Some(media) = media else {
        return String::new();
    };
    let example = media.get("example").cloned();
    let sample = example.or_else(|| media.get("schema").map(|schema| whole.sample(schema, true)));
    sample.map(|sample| sample.to_string()).unwrap_or_default()
}

/// The sets of scopes that let it through, as its own or the document's `security` says.
fn permissions(whole: Document<'_>, operation: &Value) -> Vec<Vec<String>> {
    let given = operation
        .get("security")
        .or_else(|| whole.0.get("security"))
        .and_then(Value::as_array);
    let sets: Vec<Vec<String>> = given
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|needs| {
            needs
                .values()
                .filter_map(Value::as_array)
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .collect();
    // A way in without any scope makes the others idle.
    if sets.iter().any(Vec::is_empty) {
        Vec::new()
    } else {
        sets
    }
}

/// The first line of a text, without what a terminal would obey.
fn line(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    first
        .chars()
        .filter(|c| !c.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}

fn sentence(text: &str) -> String {
    scope("", &line(text)).sentence
}

/// Letters and digits with one sign between them.
fn slug(text: &str, between: char) -> String {
    let parts = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty());
    let joined = parts.collect::<Vec<_>>().join(&between.to_string());
    if between == '_' {
        joined.to_ascii_lowercase()
    } else {
        joined
    }
}

/// `listPets` as `list_Pets`.
fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in text.chars() {
        if c.is_ascii_uppercase() && lower {
            out.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c);
    }
    out
}

fn unique(seen: &mut BTreeSet<String>, name: &mut String, between: char) {
    let plain = name.clone();
    let mut nth = 2_usize;
    while !seen.insert(name.clone()) {
        *name = format!("{plain}{between}{nth}");
        nth = nth.saturating_add(1);
    }
}
