//! The operator's table of stand-ins: calls to a provider's origin go to a loopback address instead.
//!
//! Why: the catalog's real endpoints can be exercised against a real authorization server on this machine.
//! Invariants: only literal loopback addresses are accepted as targets, and the table comes from the
//! operator's environment (`LINCHPIN_PROVIDERS`, an absolute path), never from an app's folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use url::{Host, Url};

use crate::OauthError;

/// Which origins are served by a stand-in on this machine. Empty for everyone but testers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers {
    remap: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    remap: BTreeMap<String, String>,
}

impl Providers {
    /// The table named by `LINCHPIN_PROVIDERS`, or an empty one.
    ///
    /// # Errors
    /// When the variable names a file that can't be used: a silent fall-back would send test credentials
    /// to the real provider.
    pub fn from_env() -> Result<Self, OauthError> {
        match std::env::var_os("LINCHPIN_PROVIDERS") {
            Some(path) if !path.is_empty() => Self::from_file(Path::new(&path)),
            _ => Ok(Self::default()),
        }
    }

    /// Reads a table: `[remap]` with `"https://origin" = "http://127.0.0.1:PORT"` lines.
    ///
    /// # Errors
    /// When the path is relative, the file unreadable, or a line not acceptable.
    pub fn from_file(path: &Path) -> Result<Self, OauthError> {
        let wrong = |problem: String| OauthError::Providers {
            path: path.to_owned(),
            problem,
        };
        if !path.is_absolute() {
            return Err(wrong(
                "its path is relative, so an app's folder could provide it".into(),
            ));
        }
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        Self::parse(&text).map_err(wrong)
    }

    /// Reads a table from its text.
    ///
    /// # Errors
    /// The first line that is not acceptable, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        let pairs: Vec<(&str, &str)> = file.remap.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        Self::of(&pairs)
    }

    /// A table of `(origin, loopback origin)` pairs.
    ///
    /// # Errors
    /// The first pair that is not acceptable, in words.
    pub fn of(pairs: &[(&str, &str)]) -> Result<Self, String> {
        let mut remap = BTreeMap::new();
        for (from, to) in pairs {
            let source = origin(from).filter(|url| url.scheme() == "https");
            let source = source.ok_or_else(|| format!("`{from}` is not an https origin"))?;
            let target = origin(to).filter(is_loopback);
            let target = target.ok_or_else(|| {
                format!("`{to}` is not http://127.0.0.1:PORT; only literal loopback addresses are accepted")
            })?;
            remap.insert(
                source.origin().ascii_serialization(),
                target.origin().ascii_serialization(),
            );
        }
        Ok(Self { remap })
    }

    /// True when nothing is remapped.
    pub fn is_empty(&self) -> bool {
        self.remap.is_empty()
    }

    /// What the builder should be told.
    pub fn notes(&self) -> Vec<String> {
        self.remap
            .iter()
            .map(|(from, to)| format!("Calls to {from} go to {to} on this machine (LINCHPIN_PROVIDERS)."))
            .collect()
    }

    /// Where calls to this address go.
    pub fn apply(&self, url: &Url) -> Url {
        let Some(target) = self.remap.get(&url.origin().ascii_serialization()) else {
            return url.clone();
        };
        let rest = &url[url::Position::BeforePath..];
        Url::parse(&format!("{target}{rest}")).unwrap_or_else(|_| url.clone())
    }

    /// True when calls to this address go to a stand-in.
    pub fn covers(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.remap.contains_key(&url.origin().ascii_serialization()))
    }

    /// An issuer as the stand-in spells it. Issuers are compared as plain strings, so only the origin is
    /// replaced and nothing is normalised.
    pub(crate) fn issuer(&self, issuer: &str) -> String {
        self.remap
            .iter()
            .find_map(|(from, to)| {
                let rest = issuer.strip_prefix(from.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
            })
            .unwrap_or_else(|| issuer.to_owned())
    }
}

/// A URL that is nothing but an origin.
fn origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (bare && anonymous && url.has_host()).then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    here && url.scheme() == "http" && url.port().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_takes_a_providers_place() {
        for bad in [
            "http://10.0.0.1:80",
            "http://localhost:3000",
            "https://127.0.0.1:3000",
            "http://127.0.0.1",
            "http://127.0.0.1.evil.test:80",
            "http://127.0.0.1:3000/path",
            "http://me@127.0.0.1:3000",
            "http://[::2]:3000",
            "http://169.254.169.254:80",
        ] {
            assert!(Providers::of(&[("https://a.example", bad)]).is_err(), "{bad}");
        }
        assert!(Providers::of(&[("http://a.example", "http://127.0.0.1:3000")]).is_err());
        assert!(Providers::of(&[("https://a.example/x", "http://127.0.0.1:3000")]).is_err());
        assert!(Providers::of(&[("https://a.example", "http://[::1]:3000")]).is_ok());
    }

    #[test]
    fn path_and_query_survive_and_other_origins_are_left_alone() {
        let table =
            Providers::parse("[remap]\n\"https://oauth2.googleapis.com\" = \"http://127.0.0.1:4444\"\n").unwrap();
        let go = |url: &str| table.apply(&Url::parse(url).unwrap()).to_string();
        assert_eq!(
            go("https://oauth2.googleapis.com/token?a=b%20c#d"),
            "http://127.0.0.1:4444/token?a=b%20c#d"
        );
        assert_eq!(
            go("https://oauth2.googleapis.com.evil.test/token"),
            "https://oauth2.googleapis.com.evil.test/token"
        );
        assert_eq!(
            go("https://oauth2.googleapis.com:8443/token"),
            "https://oauth2.googleapis.com:8443/token"
        );
        assert_eq!(table.issuer("https://oauth2.googleapis.com"), "http://127.0.0.1:4444");
        assert_eq!(table.issuer("https://oauth2.googleapis.com/"), "http://127.0.0.1:4444/");
        assert_eq!(
            table.issuer("https://oauth2.googleapis.community"),
            "https://oauth2.googleapis.community"
        );
    }

    #[test]
    fn a_relative_path_could_come_from_an_app() {
        let told = Providers::from_file(Path::new("providers.toml"))
            .unwrap_err()
            .to_string();
        assert!(told.contains("relative"), "{told}");
    }
}
