//! Hosts with a place for a config value: `{subdomain}.zendesk.com`.
//!
//! What stands in the place has to have the field's shape, and what is around it has to match
//! letter for letter. A part nobody can know (`{}`) is taken where the field's place is and nowhere
//! else, and the caller is told, because only the connection's own value may stand there.

use crate::address::host_of;
use crate::pattern::Shape;
use crate::{Connector, load::Entry};

/// How a host fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HostFit {
    /// Letter for letter, or with a value of the field's shape.
    Known,
    /// With a computed value in the place of this config field.
    Computed(String),
}

/// Whether the host of a template (an origin or an operation's address) can be this host.
pub(crate) fn fits(connector: &Connector, template: &str, host: &str) -> Option<HostFit> {
    let template = host_of(template)?;
    let Some((before, rest)) = template.split_once('{') else {
        return (template == host).then_some(HostFit::Known);
    };
    let (name, after) = rest.split_once('}')?;
    let value = host.strip_prefix(before)?.strip_suffix(after)?;
    let field = connector.config.iter().find(|field| field.name == name)?;
    if value == "{}" || value.strip_prefix('{').and_then(|v| v.strip_suffix('}')) == Some(name) {
        // Without a domain behind it nothing would be known of the host.
        return (value != "{}" || after.starts_with('.')).then(|| HostFit::Computed(name.to_owned()));
    }
    let shape = Shape::parse(field.validation_pattern.as_deref()?).ok()?;
    shape.takes(value).then_some(HostFit::Known)
}

impl Entry {
    /// Whether this host may be among the file's, judged by its first lines alone: cheap, and never
    /// a wrong no.
    pub(crate) fn may_serve(&self, host: &str) -> bool {
        self.hosts().iter().any(|own| own == host || own.contains('{'))
    }
}

impl Connector {
    /// Whether calls to this host are this connector's; `host` as in an address, without a port.
    pub fn serves(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.hosts.iter().any(|origin| fits(self, origin, &host).is_some())
    }
}
