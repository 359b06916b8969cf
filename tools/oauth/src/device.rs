//! The device flow (RFC 8628): a code to type on another device, for people on machines without a browser.
//!
//! Phishers use it, so nothing but a person's own command starts it: no tool of a model reaches this module,
//! and what is shown says to go on only if one started it oneself. Source: RFC 8628, `security.md` O12, T-OA-17.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use linchpin_catalog::{ClientAuth, Connector};
use serde_json::Value;
use url::Url;

use crate::quirks::bend;
use crate::token::{OauthClient, Raw, https, refusal_of, refused};
use crate::wire::not_busy;
use crate::{LIFETIME, OauthError, Secret, Wire, label};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Between two questions when the vendor names no interval, and what `slow_down` adds (RFC 8628 §3.5).
const STEP: Duration = Duration::from_secs(5);

/// A flow that waits for a person on another device.
pub struct Device {
    code: Secret,
    interval: Duration,
    /// How long the person has.
    pub expires_in: Duration,
    /// What the person types there.
    pub user_code: String,
    /// Where: with the code in it, when the vendor has such an address. Stand-ins applied.
    pub address: Url,
}

impl Wire {
    /// Starts the flow.
    ///
    /// # Errors
    /// When the vendor has no such flow, or refuses to start it.
    pub async fn device(
        &self,
        connector: &Connector,
        client: &OauthClient,
        scopes: &[String],
    ) -> Result<Device, OauthError> {
        let address = connector
            .auth
            .device_url
            .as_ref()
            .ok_or_else(|| OauthError::NoSuchWay {
                name: connector.name.clone(),
                how: "with a code on another device",
                next: "Connect it in the browser.".into(),
            })?;
        let mut pairs = vec![("client_id", client.id.clone())];
        if !scopes.is_empty() && !connector.auth.scope_param.is_empty() {
            pairs.push(("scope", scopes.join(&connector.auth.scope_separator)));
        }
        let request = form(connector, "device", address, client, &pairs)?;
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = self.send(bend(&connector.auth.quirks, request)).await?;
        not_busy(&host, &answer)?;
        let odd = |what| OauthError::NotOauth {
            host: host.clone(),
            what,
        };
        let said: Value = serde_json::from_slice(answer.body()).map_err(|_| odd("not JSON"))?;
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        if let (Some(error), None) = (text("error"), text("device_code")) {
            return Err(refused(connector, host, crate::quirks::code(error)));
        }
        let code = text("device_code")
            .map(Secret::from)
            .ok_or_else(|| odd("no device code in it"))?;
        let user_code = text("user_code")
            .and_then(label)
            .ok_or_else(|| odd("no user code in it"))?;
        // Google says `verification_url`.
        let whole = text("verification_uri_complete");
        let place = whole
            .or_else(|| text("verification_uri"))
            .or_else(|| text("verification_url"));
        let place = place
            .and_then(|place| Url::parse(&https(&connector.id, "device", place).ok()?).ok())
            .ok_or_else(|| odd("no https address in it"))?;
        let seconds = |name: &str| said.get(name).and_then(Value::as_u64).map(Duration::from_secs);
        Ok(Device {
            code,
            user_code,
            address: self.providers().apply(&place),
            interval: seconds("interval")
                .unwrap_or(STEP)
                .clamp(Duration::from_secs(1), Duration::from_secs(60)),
            expires_in: seconds("expires_in")
                .unwrap_or(LIFETIME)
                .clamp(Duration::from_secs(1), LIFETIME * 3),
        })
    }

    /// Asks until the person is done, as often as the vendor likes. Dropping the future gives up.
    ///
    /// # Errors
    /// [`OauthError::Expired`] when nobody was in time; what the vendor refused.
    pub async fn wait_for_device(
        &self,
        connector: &Connector,
        client: &OauthClient,
        device: Device,
    ) -> Result<Raw, OauthError> {
        let mut interval = device.interval;
        let asking = async {
            loop {
                tokio::time::sleep(interval).await;
                let pairs = [
                    ("grant_type", GRANT.to_owned()),
                    ("device_code", device.code.expose().to_owned()),
                    ("client_id", client.id.clone()),
                ];
                let request = form(connector, "token", &connector.auth.token_url, client, &pairs)?;
                let raw = match self.token_endpoint(connector, Some(request)).await {
                    Ok(raw) => raw,
                    // Somebody is typing elsewhere: a bad moment of the network ends nothing (RFC 8628 §3.5).
                    Err(OauthError::Deadline { .. } | OauthError::Unreachable { .. }) => {
                        interval = (interval * 2).min(Duration::from_secs(60));
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                match refusal_of(connector, &raw).as_deref() {
                    Some("authorization_pending") => {}
                    Some("slow_down") => interval += STEP,
                    Some("expired_token") => return Err(OauthError::Expired),
                    Some("access_denied") => {
                        return Err(OauthError::Declined {
                            name: connector.name.clone(),
                        });
                    }
                    _ => return Ok(raw),
                }
            }
        };
        tokio::time::timeout(device.expires_in, asking)
            .await
            .unwrap_or(Err(OauthError::Expired))
    }
}

/// A form to the vendor, with the client as it authenticates at the token endpoint.
fn form(
    connector: &Connector,
    which: &'static str,
    address: &str,
    client: &OauthClient,
    pairs: &[(&str, String)],
) -> Result<http::Request<Vec<u8>>, OauthError> {
    let bad = || OauthError::BadEndpoint {
        connector: connector.id.clone(),
        which,
    };
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs);
    let mut request = http::Request::new(Vec::new());
    if let Some(secret) = &client.secret {
        match connector.auth.client_auth {
            ClientAuth::Body => drop(body.append_pair("client_secret", secret.expose())),
            ClientAuth::Basic => drop(request.headers_mut().insert(
                http::header::AUTHORIZATION,
                crate::revoke::basic(&client.id, secret.expose()).ok_or_else(bad)?,
            )),
            ClientAuth::None => {}
        }
    }
    *request.body_mut() = body.finish().into_bytes();
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = https(&connector.id, which, address)?.parse().map_err(|_| bad())?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    Ok(request)
}
