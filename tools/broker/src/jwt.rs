//! Signed tokens that say who an app's user is: HS256 under a key of this install, and nothing else.
//!
//! Invariants: the algorithm is pinned (the header is compared, not obeyed), no key id is looked up, the
//! audience is the app, every token ends. HMAC-SHA256 is the extract step of HKDF (RFC 5869 §2.2).
//! Source: RFC 7515, RFC 7519, RFC 8725; `security.md` T-ISO-04.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use linchpin_vault::{Secret, Vault};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::BrokerError;
use crate::principal::{AppUser, checked};

const ISSUER: &str = "linchpin";
/// Where the signing key is kept: not an app id that a request could name with a key of its own.
const OWNER: &str = "~install";
const NAME: &str = "user-token-key";
/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;

/// The key that signs user tokens.
pub(crate) struct SigningKey(Zeroizing<[u8; 32]>);

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    iat: i64,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl SigningKey {
    /// The install's key, made at the first start.
    pub(crate) async fn of(vault: &Vault) -> Result<Self, BrokerError> {
        for _ in 0..3 {
            if let Some(text) = vault.secret(OWNER, NAME).await? {
                let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.expose()).unwrap_or_default());
                let bytes = <[u8; 32]>::try_from(bytes.as_slice());
                return bytes
                    .map(|b| Self(Zeroizing::new(b)))
                    .map_err(|_| linchpin_vault::Error::Damaged { what: "signing key" }.into());
            }
            let mut fresh = Zeroizing::new([0u8; 32]);
            getrandom::fill(&mut *fresh).map_err(|_| BrokerError::NoRandomness)?;
            let text = Secret::new(URL_SAFE_NO_PAD.encode(*fresh));
            match vault.put_secret(OWNER, NAME, &text, "linchpin").await {
                // Another process may have been first; what is stored counts.
                Ok(()) | Err(linchpin_vault::Error::Fenced) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(linchpin_vault::Error::Fenced.into())
    }

    /// A token for `user` of `app`, from `now` (seconds since the epoch) on.
    pub(crate) fn sign(&self, app: &str, user: &AppUser, now: i64, seconds: u32) -> Secret {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: app.into(),
            sub: user.id.clone(),
            email: user.email.clone(),
            name: user.name.clone(),
            role: user.role.clone(),
            iat: now,
            exp: now + i64::from(seconds),
            nbf: None,
        };
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let head = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let tag = URL_SAFE_NO_PAD.encode(self.mac(head.as_bytes()));
        Secret::new(format!("{head}.{tag}"))
    }

    /// Who a token says is there, when it is ours, for this app, and not over.
    pub(crate) fn verify(&self, app: &str, token: &str, now: i64) -> Option<AppUser> {
        if token.len() > LONGEST {
            return None;
        }
        let (head, tag) = token.rsplit_once('.')?;
        let (header, payload) = head.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !bool::from(self.mac(head.as_bytes()).ct_eq(tag.as_slice())) {
            return None;
        }
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "HS256" || header.crit.is_some() {
            return None;
        }
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let valid =
            claims.iss == ISSUER && claims.aud == app && claims.exp > now && claims.nbf.is_none_or(|nbf| nbf <= now);
        checked(&claims.sub)?;
        valid.then_some(AppUser {
            id: claims.sub,
            email: claims.email,
            name: claims.name,
            role: claims.role,
        })
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        Hkdf::<Sha256>::extract(Some(&*self.0), message).0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn key() -> SigningKey {
        SigningKey(Zeroizing::new([7; 32]))
    }

    fn alice() -> AppUser {
        AppUser {
            id: "u1".into(),
            email: "alice@example.com".into(),
            name: "Alice".into(),
            role: "user".into(),
        }
    }

    fn forge(key: &SigningKey, header: &str, claims: &str) -> String {
        let head = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        format!("{head}.{}", URL_SAFE_NO_PAD.encode(key.mac(head.as_bytes())))
    }

    #[test]
    fn a_token_is_good_for_its_app_and_its_time() {
        let token = key().sign("app", &alice(), NOW, 60);
        assert_eq!(key().verify("app", token.expose(), NOW + 59), Some(alice()));
        assert_eq!(key().verify("app", token.expose(), NOW + 60), None);
        assert_eq!(key().verify("other", token.expose(), NOW), None);
        assert_eq!(
            SigningKey(Zeroizing::new([8; 32])).verify("app", token.expose(), NOW),
            None
        );
    }

    #[test]
    fn t_iso_04_what_is_not_exactly_ours_is_nobody() {
        let good = r#"{"iss":"linchpin","aud":"app","sub":"u1","exp":9999999999}"#;
        let hs = r#"{"alg":"HS256","typ":"JWT"}"#;
        assert!(key().verify("app", &forge(&key(), hs, good), NOW).is_some());
        for (header, claims) in [
            (r#"{"alg":"none"}"#, good),
            (r#"{"alg":"hs256"}"#, good),
            (r#"{"alg":"RS256"}"#, good),
            (r#"{"alg":"HS256","crit":["x"]}"#, good),
            (hs, r#"{"iss":"evil","aud":"app","sub":"u1","exp":9999999999}"#),
            (hs, r#"{"iss":"linchpin","aud":["app"],"sub":"u1","exp":9999999999}"#),
            (hs, r#"{"iss":"linchpin","aud":"app","sub":"","exp":9999999999}"#),
            (
                hs,
                r#"{"iss":"linchpin","aud":"app","sub":"a\u0000b","exp":9999999999}"#,
            ),
            (hs, r#"{"iss":"linchpin","aud":"app","sub":"u1"}"#),
            (hs, r#"{"iss":"linchpin","aud":"app","sub":"u1","exp":"9999999999"}"#),
            (
                hs,
                r#"{"iss":"linchpin","aud":"app","sub":"u1","exp":9999999999,"nbf":9999999998}"#,
            ),
        ] {
            assert_eq!(
                key().verify("app", &forge(&key(), header, claims), NOW),
                None,
                "{header} {claims}"
            );
        }
        let token = forge(&key(), hs, good);
        let (head, _) = token.rsplit_once('.').unwrap();
        for bad in [
            format!("{head}."),
            head.to_owned(),
            format!("{token}x"),
            format!("{token}."),
            String::new(),
            "..".into(),
        ] {
            assert_eq!(key().verify("app", &bad, NOW), None, "{bad}");
        }
        let mut bent = token.clone().into_bytes();
        for at in 0..bent.len() {
            bent[at] ^= 1;
            let text = String::from_utf8_lossy(&bent).into_owned();
            // The last character of a base64 text can carry bits that don't count.
            assert!(
                key().verify("app", &text, NOW).is_none() || at + 1 == bent.len(),
                "{at}"
            );
            bent[at] ^= 1;
        }
    }
}
