//! What most commands need: folders, the app, the broker, who answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use linchpin_agent::custom;
use linchpin_agent::driver::{BrokerPlan, World, dismissed, resolve};
use linchpin_agent::model::{Mind, openai};
use linchpin_agent::paths::{self, Paths};
use linchpin_catalog::Catalog;
use linchpin_screen::{Background, Look, Notify, Settings, wide_ambiguous};
use serde::Deserialize;

use crate::cli::{Cli, Command};
use crate::fail::Fail;
use crate::out;

/// The folders of this user.
pub(crate) fn paths() -> Paths {
    Paths::from_env(|name| std::env::var(name).ok())
}

/// Makes connectors of one's own part of the catalog; once, before anything asks for it. What is
/// left out is said, and hinders nothing.
pub(crate) fn install_connectors(cli: &Cli) {
    if matches!(cli.command, Some(Command::Completions { .. })) {
        return;
    }
    let app = cli.app().and_then(|app| resolve(app).ok());
    let found = custom::found(&paths(), app.as_deref());
    for finding in Catalog::install(&found.files) {
        out::complain(&format!("{} is left out: {}.", finding.file, finding.reason));
    }
    for path in found.waiting {
        out::complain(&format!(
            "{0} came with the app and is not used yet. Read it, then `linchpin catalog add {0} --app .`.",
            path.display()
        ));
    }
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
    screen: ScreenConfig,
    /// Keys that were moved: an action's name and its key.
    keys: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ModelConfig {
    /// The server's address, up to `/v1`.
    base_url: Option<String>,
    /// The model's name.
    name: Option<String>,
    /// Dollars for a million tokens read.
    price_in: Option<f64>,
    /// Dollars for a million tokens written.
    price_out: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ScreenConfig {
    /// `auto`, `light` or `dark`.
    theme: Option<String>,
    /// `bell`, `osc9`, `osc777` or `never`.
    notify: Option<String>,
    /// `cjk` where ambiguous characters are two cells wide.
    width: Option<String>,
    /// Whether only ASCII is drawn.
    ascii: bool,
    /// Whether one writes with vim's keys.
    vim: bool,
    /// Whether nothing may move.
    still: bool,
}

impl Config {
    /// How the screen looks and what was set about it. `ascii` is what `--ascii` said.
    pub(crate) fn screen(self, ascii: bool) -> Result<(Look, Settings), Fail> {
        let wrong = |name: &str, value: &str, words: &str| {
            Fail::configuration(format!(
                "config.toml: `{name} = \"{value}\"` is none of {words}. Mend the file."
            ))
        };
        let its = self.screen;
        let wide = match its.width.as_deref() {
            None | Some("narrow") => false,
            Some("cjk") => true,
            Some(other) => return Err(wrong("screen.width", other, "narrow, cjk")),
        };
        wide_ambiguous(wide);
        // Box lines are of ambiguous width themselves: where they are wide, frames are made of ASCII.
        let mut look = Look::of_env(ascii || its.ascii || wide);
        look.motion &= !its.still;
        if let Some(theme) = its.theme.filter(|theme| theme != "auto") {
            look.background =
                Background::of(&theme).ok_or_else(|| wrong("screen.theme", &theme, "auto, light, dark"))?;
        }
        let notify = match its.notify {
            None => Notify::default(),
            Some(name) => {
                Notify::of(&name).ok_or_else(|| wrong("screen.notify", &name, "bell, osc9, osc777, never"))?
            }
        };
        let settings = Settings {
            keys: self.keys.into_iter().collect(),
            notify,
            vim: its.vim,
            prices: self.model.price_in.zip(self.model.price_out),
        };
        Ok((look, settings))
    }

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
