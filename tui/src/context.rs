//! What most commands need: folders, the app, the broker, who answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use linchpin_agent::driver::{BrokerPlan, World, dismissed, resolve};
use linchpin_agent::model::{Mind, openai};
use linchpin_agent::paths::{self, Paths};
use linchpin_catalog::Catalog;
use serde::Deserialize;

use crate::fail::Fail;

/// The folders of this user.
pub(crate) fn paths() -> Paths {
    Paths::from_env(|name| std::env::var(name).ok())
}

/// The app's folder, absolute.
pub(crate) fn root(given: &Path) -> Result<PathBuf, Fail> {
    resolve(given).map_err(Fail::usage)
}

/// The builder's time zone: `TZ` where it names one, else as the system says.
pub(crate) fn time_zone() -> String {
    let named = std::env::var("TZ")
        .ok()
        .filter(|zone| zone.contains('/') && !zone.starts_with([':', '/']));
    named
        .or_else(|| iana_time_zone::get_timezone().ok())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// Reads the app and computes its suggestions.
pub(crate) fn world(root: &Path, with_dismissed: bool) -> Result<World, Fail> {
    let app = linchpin_app::read(root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    let dismissed = if with_dismissed {
        dismissed(&paths().of_app(root))
    } else {
        BTreeSet::new()
    };
    let id = paths::app_id(&app.id, root);
    Ok(World::new(app, id, Catalog::embedded(), &dismissed, &time_zone(), 0))
}

/// The app's id at the broker, as its folder says now.
pub(crate) fn app_id(root: &Path) -> Result<String, String> {
    let app = linchpin_app::read(root, &|_| {}).map_err(|e| e.to_string())?;
    Ok(paths::app_id(&app.id, root))
}

/// How this binary starts itself as the broker.
pub(crate) fn broker_plan() -> BrokerPlan {
    BrokerPlan {
        program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("linchpin")),
        args: vec!["serve".to_owned()],
        runtime: paths().runtime,
    }
}

/// The builder's settings (`config.toml`).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    model: ModelConfig,
    /// Keys that were moved: an action's name and its key.
    pub(crate) keys: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ModelConfig {
    /// The server's address, up to `/v1`.
    base_url: Option<String>,
    /// The model's name.
    name: Option<String>,
}

impl Config {
    /// Reads the builder's own file; the app's folder has no say.
    pub(crate) fn load() -> Result<Self, Fail> {
        let path = paths().config.join("config.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|e| Fail::configuration(format!("{}: {e}. Mend the file.", path.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Fail::configuration(format!("{}: {error}.", path.display()))),
        }
    }
}

/// Who answers: a server when one is named by the environment or the builder's settings, else
/// the guide.
pub(crate) fn mind() -> Result<Mind, Fail> {
    let config = Config::load()?.model;
    let var = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let key = var("OPENAI_API_KEY");
    let base = var("OPENAI_BASE_URL").or(config.base_url);
    if key.is_none() && base.is_none() {
        return Ok(Mind::Guide);
    }
    let settings = openai::Settings {
        base_url: base.unwrap_or_else(|| "https://api.openai.com/v1".to_owned()),
        api_key: key.map(Into::into),
        model: var("LINCHPIN_MODEL")
            .or(config.name)
            .unwrap_or_else(|| "gpt-5-mini".to_owned()),
    };
    openai::Server::new(settings)
        .map(Mind::Server)
        .map_err(|e| Fail::configuration(e.to_string()))
}

/// What the builder should know of who answers.
pub(crate) fn notes(mind: &Mind) -> Vec<String> {
    match mind {
        Mind::Guide => Vec::new(),
        Mind::Server(server) => server.warning().into_iter().collect(),
    }
}

/// Installs the TLS provider; once, before anything speaks TLS.
pub(crate) fn install_tls() {
    // A second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A runtime for commands that talk to the broker.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Fail> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Fail::refused(format!("no threads can be started ({e})")))
}
