//! Config values of a connection: where they come from, and how they are kept.
//!
//! Invariant: what is stored has passed its field's pattern; it steers where tokens are sent, so it is bound to
//! the sealed tokens of its row.

use linchpin_catalog::Connector;
use linchpin_oauth::{Config, accepted, wanting};
use linchpin_vault::{ConnectionKey, Mode};
use serde_json::Value;

use crate::Broker;
use crate::grants::NotStored;

/// The values out of their stored form.
pub(crate) fn stored(config: Option<&Value>) -> Config {
    let object = config.and_then(Value::as_object).into_iter().flatten();
    object
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The stored form; nothing when there are none.
pub(crate) fn to_store(config: &Config) -> Option<Value> {
    let object = config
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    (!config.is_empty()).then(|| Value::Object(object.collect()))
}

impl Broker {
    /// The values of a new sign-in: those given, over those of the connection, over those of the connector
    /// that an app's users connect.
    pub(crate) async fn settings(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        given: &Config,
    ) -> Result<Config, NotStored> {
        let mut config = match key.mode {
            Mode::AppUser => {
                let own = self.vault.user_connector(&key.app, &key.connector).await?;
                stored(own.and_then(|own| own.config).as_ref())
            }
            Mode::Shared => Config::new(),
        };
        let before = self.vault.connection(key).await?;
        config.extend(stored(before.and_then(|view| view.config).as_ref()));
        config.retain(|name, _| connector.config.iter().any(|field| field.name == *name));
        config.extend(accepted(connector, given)?);
        let lacking = wanting(connector, &config);
        match lacking.first() {
            None => Ok(config),
            Some(field) => Err(NotStored {
                code: "needs_config".into(),
                message: format!(
                    "{} needs its {} first: {} Give it with: linchpin connect {} --config {}={}",
                    connector.name, field.display_name, field.description, connector.id, field.name, field.placeholder
                ),
            }),
        }
    }
}
