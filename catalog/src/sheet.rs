//! All that a person needs to know of a connector, as plain lines: what it is for, whose account, how
//! one signs in, permissions, calls, setting up, traps, errors, prompts.

use std::fmt::Write as _;

use crate::{Catalog, Connector, Effect, KeyPlace, Mode, RedirectRule, Sensitivity};

impl Catalog {
    /// The sheet of a connector; lines without colour, at most about a hundred columns but for
    /// sentences.
    pub fn sheet(&self, connector: &Connector) -> String {
        let mut out = String::new();
        let c = connector;
        let added = if self.is_custom(&c.id) { ", added by you" } else { "" };
        line(&mut out, &format!("{} ({}{added})", c.name, c.id));
        line(&mut out, &c.purpose);
        line(&mut out, &format!("Categories: {}", c.categories.join(", ")));
        if !c.aliases.is_empty() {
            line(&mut out, &format!("Also called: {}", c.aliases.join(", ")));
        }
        line(&mut out, &format!("Calls go to: {}", c.hosts.join(", ")));
        modes(&mut out, c);
        sign_in(&mut out, c);
        config(&mut out, c);
        self.permissions(&mut out, c);
        operations(&mut out, c);
        setup(&mut out, c);
        if !c.errors.is_empty() {
            head(&mut out, "When the vendor refuses");
            for hint in &c.errors {
                let status = hint.status.map_or_else(String::new, |status| format!("{status} "));
                line(&mut out, &format!("  {status}{}: {}", hint.code, hint.cause));
                line(&mut out, &format!("    {}", hint.next));
            }
        }
        list(&mut out, "Try", &c.prompts);
        list(&mut out, "Sources", &c.sources);
        if !c.verified_on.is_empty() {
            line(&mut out, &format!("Compared with them on {}", c.verified_on));
        }
        out
    }

    fn permissions(&self, out: &mut String, c: &Connector) {
        if c.scopes.is_empty() {
            return;
        }
        head(out, "Permissions");
        for scope in &c.scopes {
            let class = match scope.sensitivity {
                Sensitivity::Basic => "basic",
                Sensitivity::Sensitive => "sensitive",
                Sensitivity::Restricted => "restricted",
            };
            let opens = self.unlocks(&c.id, &scope.name).filter(|opens| opens.methods > 0);
            let opens = opens.map_or_else(String::new, |o| format!(", opens {} of {} calls", o.methods, o.total));
            let always = if c.auth.base_scopes.contains(&scope.name) {
                ", always asked for"
            } else {
                ""
            };
            let name = scope.short.as_ref().unwrap_or(&scope.name);
            line(out, &format!("  {name} ({class}{opens}{always})"));
            line(out, &format!("    {}", scope.sentence));
            if let Some(avoid) = &scope.avoid {
                line(out, &format!("    Trap: {avoid}"));
            }
        }
    }
}

fn line(out: &mut String, text: &str) {
    let _ = writeln!(out, "{text}");
}

fn head(out: &mut String, text: &str) {
    let _ = writeln!(out, "\n{text}");
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        head(out, title);
        for text in lines {
            line(out, &format!("  {text}"));
        }
    }
}

fn modes(out: &mut String, c: &Connector) {
    head(out, "Whose account");
    let advised = match c.advice.default {
        Mode::Shared => "shared: one account for everybody who uses the app",
        Mode::AppUser => "per user: each one connects their own account",
    };
    line(out, &format!("  Advised: {advised}"));
    line(out, &format!("  {}", c.advice.reason));
    if c.auth.key.is_some() {
        line(out, "  An API key is always shared.");
    }
}

fn sign_in(out: &mut String, c: &Connector) {
    head(out, "Signing in");
    let auth = &c.auth;
    if let Some(key) = &auth.key {
        let place = match key.place {
            KeyPlace::Header => format!("in the header {}", key.field),
            KeyPlace::Query => format!("in the query as {}", key.field),
            KeyPlace::Path => "in the path".to_owned(),
            KeyPlace::Basic => "as HTTP Basic".to_owned(),
        };
        line(
            out,
            &format!("  {} as the secret {}, sent {place}", key.name, key.secret),
        );
        line(out, &format!("  {}", key.reach));
        line(out, &format!("  Made at {}", key.url));
        return;
    }
    line(out, &format!("  OAuth at {}", auth.authorize_url));
    line(
        out,
        match auth.redirect {
            RedirectRule::LoopbackAnyPort => "  The redirect address may be this machine with any port",
            RedirectRule::LoopbackFixedPort => "  The redirect address may be this machine with one registered port",
            RedirectRule::HttpsOnly => "  The redirect address has to be a public https address",
        },
    );
    if auth.device_url.is_some() {
        line(out, "  A code typed on another device works too (--device)");
    }
    if let Some(paste) = &auth.paste {
        line(
            out,
            &format!("  Or paste a {} from {} (--paste)", paste.name, paste.url),
        );
    }
    line(
        out,
        if auth.revoke_url.is_some() {
            "  Disconnecting takes the grant back at the vendor"
        } else {
            "  The vendor has no call to take a grant back: remove it in its settings"
        },
    );
}

fn config(out: &mut String, c: &Connector) {
    if c.config.is_empty() {
        return;
    }
    head(out, "Needs to know");
    for field in &c.config {
        line(
            out,
            &format!(
                "  {}: {} Such as {}.",
                field.display_name, field.description, field.placeholder
            ),
        );
    }
}

fn operations(out: &mut String, c: &Connector) {
    if c.operations.is_empty() {
        return;
    }
    head(out, "Calls");
    for operation in &c.operations {
        let effect = match operation.effect {
            Effect::Read => "reads",
            Effect::Write => "writes",
            Effect::Send => "reaches people",
            Effect::Delete => "deletes",
            Effect::Money => "moves money",
        };
        line(out, &format!("  {} ({effect})", operation.title));
        line(
            out,
            &format!("    {}  {} {}", operation.id, operation.method, operation.url),
        );
        let sets: Vec<String> = operation.scopes.iter().map(|set| shorten(c, set)).collect();
        if !sets.is_empty() {
            line(out, &format!("    Needs {}", sets.join(", or ")));
        }
        if let Some(idempotency) = &operation.idempotency {
            line(out, &format!("    Repeating: {idempotency}"));
        }
        if let Some(limit) = &operation.rate_limit {
            line(out, &format!("    Limit: {limit}"));
        }
    }
}

fn shorten(c: &Connector, set: &[String]) -> String {
    let short = |name: &String| {
        c.scope(name)
            .and_then(|scope| scope.short.clone())
            .unwrap_or_else(|| name.clone())
    };
    set.iter().map(short).collect::<Vec<_>>().join(" with ")
}

fn setup(out: &mut String, c: &Connector) {
    head(out, "Set up");
    line(out, &format!("  {}", c.setup.console_url));
    for (at, step) in c.setup.steps.iter().enumerate() {
        line(out, &format!("  {}. {step}", at.saturating_add(1)));
    }
    for after in &c.setup.after {
        line(out, &format!("  Afterwards: {after}"));
    }
    list(out, "Traps", &c.setup.traps);
}
