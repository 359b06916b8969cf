//! Long-lived tokens: a short-lived token is exchanged for one of weeks, which takes the place of a refresh
//! token and renews itself. Meta's way, not RFC 6749's: a GET with the client secret in the query, so the
//! address is a secret too and is never logged. Source: the vendors' pages named in each catalog file.

use http::header::{ACCEPT, HeaderValue};
use linchpin_catalog::{Auth, Connector};
use url::Url;

use crate::token::{OauthClient, Raw, https};
use crate::{OauthError, Secret, Wire};

impl Wire {
    /// Exchanges a short-lived token for a long-lived one; `None` where the vendor has none.
    ///
    /// # Errors
    /// When no answer came home; an answer of any kind but a redirect is not an error here.
    pub async fn lengthen(
        &self,
        connector: &Connector,
        client: &OauthClient,
        short: &Secret,
    ) -> Result<Option<Raw>, OauthError> {
        let Some(long) = &connector.auth.long_lived else {
            return Ok(None);
        };
        let mut pairs = vec![("grant_type", long.grant_type.as_str()), (&long.param, short.expose())];
        if long.with_client_id {
            pairs.push(("client_id", &client.id));
        }
        if let Some(secret) = &client.secret {
            pairs.push(("client_secret", secret.expose()));
        }
        let request = asking(connector, &long.url, &pairs)?;
        self.token_endpoint(connector, Some(request)).await.map(Some)
    }
}

/// Whether the vendor's tokens are renewed with themselves.
pub(crate) fn renews_itself(auth: &Auth) -> bool {
    auth.long_lived.as_ref().is_some_and(|long| long.refresh_url.is_some())
}

/// The request that renews a long-lived token, where the vendor has one.
pub(crate) fn renewal(connector: &Connector, token: &Secret) -> Result<Option<http::Request<Vec<u8>>>, OauthError> {
    let Some(long) = &connector.auth.long_lived else {
        return Ok(None);
    };
    let Some(url) = &long.refresh_url else {
        return Ok(None);
    };
    let grant_type = long.refresh_grant_type.as_deref().unwrap_or("refresh_token");
    let param = long.refresh_param.as_deref().unwrap_or("access_token");
    asking(connector, url, &[("grant_type", grant_type), (param, token.expose())]).map(Some)
}

fn asking(connector: &Connector, address: &str, pairs: &[(&str, &str)]) -> Result<http::Request<Vec<u8>>, OauthError> {
    let bad = || OauthError::BadEndpoint {
        connector: connector.id.clone(),
        which: "long-lived token",
    };
    let mut url = Url::parse(&https(&connector.id, "long-lived token", address)?).map_err(|_| bad())?;
    url.query_pairs_mut().extend_pairs(pairs);
    let mut request = http::Request::builder()
        .uri(url.as_str())
        .body(Vec::new())
        .map_err(|_| bad())?;
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}
