//! The platform's routes as the sandbox plays them: who is signed in, connections, entities.
//!
//! Answers have the shape the published SDK expects. The service token may do everything; a
//! user's token sees what row-level security leaves. Source: base44.md §B3–B8.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::samples::{self, Person};
use super::world::{SERVICE_TOKEN, Sent, USER_TOKEN, World};
use super::{Fault, provider, store};
use crate::Request;

/// A platform call as the SDK's shim hands it out.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    pub(super) token: Option<String>,
    #[serde(rename = "behalf")]
    pub(super) on_behalf_of: Option<String>,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: Map<String, Value>,
    #[serde(default)]
    pub(super) body: Value,
}

/// Who a platform call comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    User(Person, String),
    Service,
}

/// Status and body.
pub(super) type Said = (u16, Value);

/// An error in the platform's words.
pub(super) fn refuse(status: u16, message: &str) -> Said {
    let body = json!({"error_type": "HTTPException", "message": message, "detail": message, "request_id": null, "traceback": ""});
    (status, body)
}

/// Answers a platform call.
pub(super) fn answer(world: &mut World<'_>, json: &str, now: f64) -> String {
    let (status, body) = match serde_json::from_str::<Call>(json) {
        Ok(call) => route(world, &call, now),
        Err(error) => refuse(422, &format!("The call can't be read: {error}")),
    };
    json!({"status": status, "body": body}).to_string()
}

fn who(world: &World<'_>, token: Option<&str>) -> Who {
    match (token, &world.caller.person) {
        (Some(SERVICE_TOKEN), _) => Who::Service,
        (Some(USER_TOKEN), Some(person)) => Who::User(*person, world.caller.role.clone()),
        _ => Who::Nobody,
    }
}

fn route(world: &mut World<'_>, call: &Call, now: f64) -> Said {
    let who = who(world, call.token.as_deref());
    let parts: Vec<&str> = call.path.trim_matches('/').split('/').collect();
    let rest = if let ["apps", _, rest @ ..] = parts.as_slice() {
        rest
    } else {
        parts.as_slice()
    };
    match (call.method.as_str(), rest) {
        (method, ["entities", "User", "me"]) => me(world, method, &who, &call.body),
        (_, ["entities", entity, tail @ ..]) => store::answer(world, call, &who, entity, tail),
        ("GET", ["external-auth", "tokens", "connectors", id] | ["external-auth", "tokens", id]) => {
            shared(world, &who, &decode(id))
        }
        ("GET", ["app-user-auth", "connectors", id, "token"]) => {
            app_user(world, &who, call.on_behalf_of.as_deref(), &decode(id))
        }
        ("POST", ["app-user-auth", "connectors", _, "initiate"]) => match who {
            Who::Nobody => refuse(401, "Unauthorized"),
            _ => (
                200,
                json!({"redirect_url": "https://base44.app/api/external-auth/connect/rehearsal", "connection_id": samples::id("connection", "1"), "already_authorized": false}),
            ),
        },
        ("DELETE", ["app-user-auth", "connectors", id]) => (200, json!({"status": "disconnected", "connector_id": id})),
        ("POST", ["connectors", id, "call"]) => proxied(world, &who, &decode(id), &call.body, now),
        (_, ["integration-endpoints", ..] | ["integrations", "custom", ..] | ["functions", ..]) => {
            recorded(world, call, rest, now)
        }
        (_, ["runtime", "users", ..] | ["agents", ..]) => recorded(world, call, rest, now),
        ("GET", ["auth", "sso", ..]) => refuse(404, "SSO is not configured"),
        _ => {
            world.note(format!(
                "The sandbox does not play {} /{}.",
                call.method,
                parts.join("/")
            ));
            refuse(404, "Not Found")
        }
    }
}

/// Percent-decodes a path segment.
fn decode(segment: &str) -> String {
    let pair = format!("k={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

fn me(world: &mut World<'_>, method: &str, who: &Who, body: &Value) -> Said {
    let Who::User(person, role) = who else {
        return match who {
            Who::Service => (
                200,
                json!({"id": samples::id("User", "service"), "email": "service@base44.app", "full_name": "Service", "role": "admin", "is_service": true}),
            ),
            _ => {
                world.turned_away = true;
                refuse(401, "Authentication required to view users")
            }
        };
    };
    let mut record = person.record(role, world.now);
    if method == "PUT" {
        super::query::update(&mut record, body, &samples::stamp(world.now));
        store::wrote(world, "User", "update", Some(samples::id("User", person.email)), body);
    }
    (200, record)
}

/// Whether a connection exists in this run; asking leaves a trace.
fn has(world: &mut World<'_>, id: &str) -> bool {
    world.asked.insert(id.to_owned());
    world.fault != Some(Fault::NotConnected) && world.connected.is_none_or(|known| known.contains(id))
}

fn shared(world: &mut World<'_>, who: &Who, id: &str) -> Said {
    match who {
        Who::Nobody => return refuse(401, "Unauthorized"),
        Who::User(..) => return refuse(403, "This endpoint is only accessible to service tokens"),
        Who::Service => {}
    }
    if !has(world, id) {
        return (
            404,
            json!({"detail": "Connector connection not found", "code": "NOT_FOUND"}),
        );
    }
    let config = world.config(id);
    (
        200,
        json!({"access_token": world.token(id), "integration_type": id, "connection_config": config}),
    )
}

fn app_user(world: &mut World<'_>, who: &Who, behalf: Option<&str>, id: &str) -> Said {
    if *who != Who::Service {
        return refuse(403, "This endpoint is only accessible to service tokens");
    }
    if behalf != Some(USER_TOKEN) || world.caller.person.is_none() {
        return refuse(401, "This endpoint needs a signed-in user");
    }
    // The id of an app-user connector says nothing of its type, so any id has a connection here.
    world.asked.insert(id.to_owned());
    if world.fault == Some(Fault::NotConnected) {
        return (
            404,
            json!({"detail": "No active connection found for this connector", "code": "NOT_FOUND"}),
        );
    }
    let config = world.config(id);
    (
        200,
        json!({"access_token": world.token(id), "integration_type": id, "connection_config": config}),
    )
}

/// `callApi`: the platform adds the token; the request is recorded as the provider would see it.
fn proxied(world: &mut World<'_>, who: &Who, id: &str, body: &Value, now: f64) -> Said {
    if *who != Who::Service {
        return refuse(403, "This endpoint is only accessible to service tokens");
    }
    if !has(world, id) {
        return (
            404,
            json!({"detail": "Connector connection not found", "code": "NOT_FOUND"}),
        );
    }
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let host = text("host").map(str::to_owned).or_else(|| {
        let connector = world.catalog.get(id)?;
        let first = connector.hosts.first()?;
        Some(first.trim_start_matches("https://").to_owned())
    });
    let Some(host) = host else {
        return refuse(400, "The connector has no default host");
    };
    let mut url = format!(
        "https://{host}/{}",
        text("path").unwrap_or_default().trim_start_matches('/')
    );
    if let Some(query) = body.get("query").and_then(Value::as_object).filter(|q| !q.is_empty()) {
        let pairs = query
            .iter()
            .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        url = format!("{url}?{query}");
    }
    let mut headers: Vec<(String, String)> = vec![("authorization".to_owned(), format!("Bearer {}", world.token(id)))];
    for (name, value) in body.get("headers").and_then(Value::as_object).into_iter().flatten() {
        headers.push((name.to_ascii_lowercase(), value.as_str().unwrap_or_default().to_owned()));
    }
    let content = body.get("body").filter(|b| !b.is_null());
    if content.is_some_and(|c| !c.is_string()) && !headers.iter().any(|(n, _)| n == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let content = content.map(|c| c.as_str().map_or_else(|| c.to_string(), str::to_owned));
    let call = json!({"method": text("method").unwrap_or("GET"), "url": url, "headers": headers, "body": content});
    let Some(said) = provider::answer(world, &call.to_string(), now) else {
        return (
            200,
            json!({"success": false, "phase": "timed_out", "status_code": null, "data": null}),
        );
    };
    let said: Value = serde_json::from_str(&said).unwrap_or(Value::Null);
    let status = said.get("status").and_then(Value::as_u64).unwrap_or(0);
    let data = said.get("body").and_then(Value::as_str).unwrap_or_default();
    let data: Value = serde_json::from_str(data).unwrap_or_else(|_| json!(data));
    (
        200,
        json!({"success": (200..300).contains(&status), "phase": "responded", "status_code": status, "data": data, "headers": {}, "credits_charged": 0}),
    )
}

/// Calls with an effect of their own: shown among the requests under `base44:`.
fn recorded(world: &mut World<'_>, call: &Call, rest: &[&str], now: f64) -> Said {
    let body = (!call.body.is_null()).then(|| world.masked(&call.body.to_string()));
    let body = body.map(|body| world.keep(body));
    let path = rest.join("/").replacen("integration-endpoints/", "integrations/", 1);
    world.sent.push(Sent {
        request: Request {
            method: call.method.clone(),
            url: format!("base44:{path}"),
            body,
            status: 200,
            ..Request::default()
        },
        at: now,
        provider: false,
        mail_headers: Vec::new(),
    });
    let said = match rest.last().copied().unwrap_or_default() {
        "InvokeLLM" => match call.body.get("response_json_schema") {
            Some(schema) if !schema.is_null() => from_schema(schema, 0),
            _ => json!("A sample answer of the model."),
        },
        "UploadFile" | "UploadPrivateFile" => {
            json!({"file_url": "https://example.org/files/upload.pdf", "file_uri": "files/upload.pdf"})
        }
        "CreateFileSignedUrl" => json!({"signed_url": "https://example.org/files/upload.pdf?signature=sample"}),
        "GenerateImage" => json!({"url": "https://example.org/files/image.png"}),
        "ExtractDataFromUploadedFile" => json!({"status": "success", "output": {}}),
        _ if rest.first() == Some(&"integrations") => json!({"success": true, "status_code": 200, "data": {}}),
        _ => json!({"success": true}),
    };
    (200, said)
}

/// The smallest value that fits a JSON schema.
fn from_schema(schema: &Value, depth: usize) -> Value {
    if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|e| e.first()) {
        return first.clone();
    }
    match schema.get("type").and_then(Value::as_str).unwrap_or("object") {
        "string" => json!("sample"),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" if depth < 5 => json!([schema
            .get("items")
            .map_or(json!("sample"), |items| from_schema(items, depth + 1))]),
        "array" => json!([]),
        _ => {
            let fields = schema.get("properties").and_then(Value::as_object);
            let made = fields.into_iter().flatten().filter(|_| depth < 5);
            Value::Object(
                made.map(|(name, field)| (name.clone(), from_schema(field, depth + 1)))
                    .collect(),
            )
        }
    }
}
