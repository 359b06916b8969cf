//! `User/me`: who the verified caller is, and what they keep about themselves.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use linchpin_vault::Secret;
use serde_json::{Map, Value, json};

use super::Fail;
use crate::Broker;
use crate::principal::AppUser;

/// What only the sign-in says.
const FIXED: &[&str] = &[
    "id",
    "email",
    "role",
    "app_id",
    "is_service",
    "is_verified",
    "disabled",
    "created_date",
    "updated_date",
    "created_by",
];
/// The most a user keeps about themselves, in bytes.
const MOST: usize = 64 * 1024;
/// Where it is kept: not an app id that a request could name with a key of its own.
const OWNER: &str = "~users";

/// `GET /api/apps/{app}/entities/User/me`
pub(super) async fn me(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    if broker.is_service(&app, &headers).await? {
        return Ok(Json(service(&app)));
    }
    let user = broker.user(&app, &headers).await?;
    let kept = kept(&broker, &app, &user).await?;
    Ok(Json(profile(&app, &user, kept)))
}

/// Who an automation is: the app itself, as Base44's own development server says it.
fn service(app: &str) -> Value {
    json!({
        "id": "service", "email": "service@localhost", "full_name": "Service", "role": "admin", "app_id": app,
        "is_service": true, "is_verified": true, "disabled": false,
    })
}

/// `PUT /api/apps/{app}/entities/User/me`
pub(super) async fn update_me(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    headers: HeaderMap,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<Value>, Fail> {
    let user = broker.user(&app, &headers).await?;
    let Json(changes) = body.map_err(|e| Fail::bad(e.body_text()))?;
    let mut kept = kept(&broker, &app, &user).await?;
    kept.extend(changes.into_iter().filter(|(name, _)| !FIXED.contains(&name.as_str())));
    let text = Value::Object(kept.clone()).to_string();
    if text.len() > MOST {
        return Err(Fail::bad("A user's own data may have 64 KiB at most."));
    }
    broker
        .vault
        .put_secret(
            OWNER,
            &place(&app, &user),
            &Secret::new(text),
            &format!("user:{}", user.id),
        )
        .await?;
    Ok(Json(profile(&app, &user, kept)))
}

async fn kept(broker: &Broker, app: &str, user: &AppUser) -> Result<Map<String, Value>, Fail> {
    let text = broker.vault.secret(OWNER, &place(app, user)).await?;
    Ok(text
        .and_then(|text| serde_json::from_str(text.expose()).ok())
        .unwrap_or_default())
}

/// The app's length first, so that no app and user share a place with another pair.
fn place(app: &str, user: &AppUser) -> String {
    format!("{}:{app}:{}", app.len(), user.id)
}

fn profile(app: &str, user: &AppUser, mut kept: Map<String, Value>) -> Value {
    let fixed = json!({
        "id": user.id, "email": user.email, "role": user.role, "app_id": app,
        "is_service": false, "is_verified": true, "disabled": false,
    });
    if let Value::Object(fixed) = fixed {
        kept.extend(fixed);
    }
    kept.entry("full_name").or_insert_with(|| user.name.clone().into());
    Value::Object(kept)
}
