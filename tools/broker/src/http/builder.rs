//! The command line's side: `base44 connectors list-available | initiate | push | pull` against this broker.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use linchpin_oauth::missing;
use linchpin_socket::Finish;
use linchpin_vault::{ConnectionKey, Mode, Status};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Fail;
use crate::connect::{Wanted, is_known, unknown_connector};
use crate::{BUILDER, Broker};

/// `GET …/external-auth/available-integrations`
pub(super) async fn available(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    let integrations: Vec<Value> = broker
        .catalog
        .connectors()
        .map(|connector| {
            let fields: Vec<Value> = connector
                .config
                .iter()
                .map(|field| {
                    json!({
                        "name": field.name, "display_name": field.display_name, "description": field.description,
                        "placeholder": field.placeholder, "required": field.required,
                        "validation_pattern": field.validation_pattern, "validation_error": field.validation_error,
                    })
                })
                .collect();
            json!({
                "integration_type": connector.id, "display_name": connector.name,
                "description": connector.purpose, "connection_config_fields": fields,
            })
        })
        .collect();
    Ok(Json(json!({ "integrations": integrations })))
}

/// `GET …/external-auth/list`
pub(super) async fn list(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    let integrations: Vec<Value> = broker
        .vault
        .connections(&app)
        .await?
        .into_iter()
        .filter(|connection| connection.key.mode == Mode::Shared)
        .map(|connection| {
            let status = match connection.status {
                Status::Active | Status::Refreshing | Status::Idle => "active",
                Status::NeedsReconnect(_) => "expired",
                Status::RevocationPending | Status::Disconnected => "disconnected",
            };
            let mut view =
                json!({ "integration_type": connection.key.connector, "status": status, "scopes": connection.scopes });
            if let (Some(email), Some(view)) = (
                connection.account.email.or(connection.account.label),
                view.as_object_mut(),
            ) {
                view.insert("user_email".into(), email.into());
            }
            view
        })
        .collect();
    Ok(Json(json!({ "integrations": integrations })))
}

/// What a connector is set to.
#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    connection_config: Option<linchpin_oauth::Config>,
}

/// `PUT …/external-auth/integrations/{kind}`
pub(super) async fn set(
    State(broker): State<Broker>,
    Path((app, kind)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Json<Settings>, JsonRejection>,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    let Json(settings) = body.map_err(|e| Fail::bad(e.body_text()))?;
    let key = ConnectionKey::shared(app, &kind);
    let connector = broker
        .connector_of(&key)
        .await?
        .ok_or_else(|| unknown_connector(&kind))?;
    if let Some(unknown) = settings.scopes.iter().find(|scope| !is_known(connector, scope)) {
        return Err(Fail::bad(format!(
            "{} has no permission `{unknown}` in the catalog.",
            connector.name
        )));
    }
    let before = broker.vault.connection(&key).await?;
    if let Some(before) = before.filter(|view| view.status.is_usable())
        && missing(connector, &settings.scopes, &before.scopes).is_empty()
    {
        return Ok(Json(set_to(None, Some(&before.id), true)));
    }
    let wanted = Wanted {
        key,
        scopes: settings.scopes,
        other_account: false,
        config: settings.connection_config.unwrap_or_default(),
        way: linchpin_socket::Way::Browser,
        who: BUILDER,
    };
    let flow = broker.begin(wanted).await?;
    Ok(Json(set_to(Some(&flow.authorize_url), Some(&flow.id), false)))
}

fn set_to(redirect_url: Option<&str>, id: Option<&str>, already: bool) -> Value {
    json!({
        "redirect_url": redirect_url, "connection_id": id, "already_authorized": already,
        "error": null, "error_message": null, "other_user_email": null,
    })
}

/// Which flow is asked about.
#[derive(Deserialize)]
pub(super) struct Which {
    integration_type: String,
    #[serde(default)]
    connection_id: Option<String>,
}

/// `GET …/external-auth/status`
pub(super) async fn status(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    let flow = which.connection_id.as_deref().and_then(|id| broker.stands(id));
    let status = match flow {
        Some(None) => "PENDING",
        Some(Some(Finish::Connected { .. })) => "ACTIVE",
        Some(Some(Finish::Failed { .. })) => "FAILED",
        None => {
            let view = broker
                .vault
                .connection(&ConnectionKey::shared(app, which.integration_type))
                .await?;
            if view.is_some_and(|view| view.status.is_usable()) {
                "ACTIVE"
            } else {
                "FAILED"
            }
        }
    };
    Ok(Json(json!({ "status": status })))
}

/// `DELETE …/external-auth/integrations/{kind}/remove`
pub(super) async fn remove(
    State(broker): State<Broker>,
    Path((app, kind)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    let key = ConnectionKey::shared(app, &kind);
    if !broker.disconnect(&key, BUILDER).await? {
        return Err(Fail::not_connected(&kind));
    }
    broker.vault.remove(&key, BUILDER).await?;
    Ok(Json(json!({ "status": "removed", "integration_type": kind })))
}

/// `GET …/payments/stripe/status`: not an OAuth connector, and not here.
pub(super) async fn stripe(
    State(broker): State<Broker>,
    Path(app): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.builder(&app, &headers).await?;
    Ok(Json(json!({ "stripe_mode": null })))
}
