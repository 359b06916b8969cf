//! When an access token runs out. One rule for each thing vendors say (`security.md` T-PRV-05):
//!
//! a positive number (also `"3600"` and `3600.5`, rounded down) counts from when the answer came, at most
//! 400 days; a missing value is the token's own `exp` when it is a JWT, else the catalog's default; zero, a
//! negative or anything else is the catalog's default, or an hour. A token with a refresh token beside it is
//! never taken to be valid for ever.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

const HOUR: u64 = 3600;
const LONGEST: u64 = 400 * 24 * HOUR;

/// When the token ends, in milliseconds since the epoch; `None` when it doesn't.
pub(crate) fn expires_at(
    said: Option<&Value>,
    token: &str,
    refreshable: bool,
    default: u64,
    received_at: i64,
) -> Option<i64> {
    let fallback = match default {
        0 => HOUR,
        seconds => seconds,
    };
    let seconds = match said {
        None | Some(Value::Null) => match jwt_exp(token) {
            Some(exp) => return Some(exp.saturating_mul(1000).min(after(received_at, LONGEST))),
            None if default == 0 && !refreshable => return None,
            None => fallback,
        },
        Some(value) => number(value).unwrap_or(fallback),
    };
    Some(after(received_at, seconds.min(LONGEST)))
}

fn after(at: i64, seconds: u64) -> i64 {
    at.saturating_add(i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX))
}

fn number(value: &Value) -> Option<u64> {
    let number = match value {
        Value::Number(n) => n.as_f64()?,
        Value::String(s) => s.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be in range"
    )]
    (number.is_finite() && number >= 1.0).then(|| number.min(1e15) as u64)
}

/// The `exp` of a JWT, read without trust: it can only make a token end.
fn jwt_exp(token: &str) -> Option<i64> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.get("exp")?.as_i64().filter(|exp| *exp > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const AT: i64 = 1_700_000_000_000;

    fn seconds(said: Value) -> Option<i64> {
        expires_at(Some(&said), "opaque", true, 7200, AT).map(|at| (at - AT) / 1000)
    }

    #[test]
    fn t_prv_05_each_thing_vendors_say_has_its_rule() {
        assert_eq!(seconds(json!(3600)), Some(3600));
        assert_eq!(seconds(json!("3600")), Some(3600));
        assert_eq!(seconds(json!(3600.5)), Some(3600));
        assert_eq!(seconds(json!(0)), Some(7200));
        assert_eq!(seconds(json!(-1)), Some(7200));
        assert_eq!(seconds(json!(1e20)), Some(400 * 24 * 3600));
        assert_eq!(seconds(json!("soon")), Some(7200));
        assert_eq!(seconds(json!([1])), Some(7200));
        assert_eq!(seconds(Value::Null), Some(7200));
        assert_eq!(expires_at(Some(&json!(0)), "t", false, 0, AT), Some(AT + 3_600_000));
        assert_eq!(expires_at(None, "t", true, 0, AT), Some(AT + 3_600_000));
        assert_eq!(
            expires_at(None, "t", false, 0, AT),
            None,
            "the catalog says that it doesn't expire"
        );
        let jwt = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(br#"{"exp":1700000060}"#));
        assert_eq!(expires_at(None, &jwt, true, 0, AT), Some(AT + 60_000));
    }

    proptest! {
        #[test]
        fn a_refreshable_token_always_ends(number in any::<f64>(), text in ".{0,12}", default in 0u64..100_000) {
            for said in [json!(number), json!(text)] {
                let at = expires_at(Some(&said), "t", true, default, AT).unwrap();
                prop_assert!(at > AT && at <= AT + 400 * 24 * 3_600_000);
            }
        }
    }
}
