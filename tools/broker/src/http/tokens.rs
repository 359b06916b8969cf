//! Access tokens for functions: what `getConnection` and its kin ask for. The answer has the access token and
//! nothing that lives longer.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use linchpin_vault::ConnectionKey;
use serde_json::{Value, json};

use super::Fail;
use crate::Broker;

/// `GET /api/apps/{app}/external-auth/tokens/{kind}`
pub(super) async fn shared(
    State(broker): State<Broker>,
    Path((app, kind)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.service(&app, &headers, || Fail::not_connected(&kind)).await?;
    lend(&broker, &ConnectionKey::shared(app, &kind), &kind).await
}

/// `GET /api/apps/{app}/external-auth/tokens/connectors/{id}`
pub(super) async fn by_id(
    State(broker): State<Broker>,
    Path((app, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.service(&app, &headers, || Fail::not_connected(&id)).await?;
    lend(&broker, &ConnectionKey::shared(app, &id), &id).await
}

/// `GET /api/apps/{app}/app-user-auth/connectors/{id}/token`
pub(super) async fn app_user(
    State(broker): State<Broker>,
    Path((app, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    broker.service(&app, &headers, || Fail::not_connected(&id)).await?;
    let user = broker.on_behalf_of(&app, &headers)?;
    lend(&broker, &ConnectionKey::app_user(app, &id, user.id), &id).await
}

async fn lend(broker: &Broker, key: &ConnectionKey, name: &str) -> Result<Json<Value>, Fail> {
    let live = broker.token(key).await.map_err(|no| Fail::no_token(name, &no))?;
    let kind = broker
        .connector_of(key)
        .await?
        .map_or(name, |connector| connector.id.as_str());
    Ok(Json(live.token.with(
        |token| json!({ "access_token": token, "integration_type": kind, "connection_config": live.config }),
    )))
}

/// `GET /healthz`
pub(super) async fn health(State(broker): State<Broker>) -> Result<Json<Value>, Fail> {
    broker.vault.ping().await?;
    Ok(Json(json!({ "status": "ok" })))
}
