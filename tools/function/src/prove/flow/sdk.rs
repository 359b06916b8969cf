//! The SDK: connections and tokens, records, integrations, the signed-in user.

use super::call::Args;
use super::heap::{Kind, Obj};
use super::member::TOKEN_METHODS;
use super::trace::{Asked, Part, Request, SdkUse, Sink, TokenSource, TokenUse};
use super::value::{Atom, ENV, Piece, SIGNED_IN, Val};
use super::walk::Walk;

const NOT_LISTED: &str = "is not one of the SDK's calls that a function may make. Use `auth.me`, `connectors`, `entities`, `integrations.Core` or `functions.invoke`.";

impl<'a> Walk<'a, '_> {
    /// `createClientFromRequest(request)`
    pub(crate) fn client(&mut self, args: &Args<'a>) -> Val {
        let request = args.get(0);
        let ours =
            args.list.len() == 1 && request.alts.len() == 1 && request.atoms().all(|atom| *atom == Atom::Request);
        if !ours {
            self.odd("P3", args.at, "The client is made from something other than the request itself, which could send its credentials elsewhere. Write `createClientFromRequest(req)` with the handler's own request.");
        }
        Atom::Sdk("".into()).into()
    }

    pub(crate) fn call_sdk(&mut self, path: &str, args: &Args<'a>) -> Val {
        let (service, rest) = match path.strip_prefix("asServiceRole.") {
            Some(rest) => (true, rest),
            None => (false, path),
        };
        let parts: Vec<&str> = rest.split('.').collect();
        match parts.as_slice() {
            ["auth", "me"] if !service => {
                let none = Val::from(Atom::Null);
                Val::from(Atom::User).implying(SIGNED_IN).or(&none).promised()
            }
            ["auth", "isAuthenticated"] if !service => Val::test(SIGNED_IN, 0).promised(),
            ["auth", "updateMe"] => self.sends_record(args, Sink::Record),
            ["connectors", method] if TOKEN_METHODS.contains(method) => self.token(method, args),
            ["connectors", "callApi"] => self.call_api(args),
            ["connectors", "connectAppUser" | "disconnectAppUser"] => self.sends_record(args, Sink::Function),
            ["entities", entity, method] => {
                self.trace.sdk.insert(SdkUse {
                    at: args.at,
                    entity: Some((*entity).to_owned()),
                    method: (*method).to_owned(),
                    service_role: service,
                });
                self.sends_record(args, Sink::Record)
            }
            ["integrations", group, name] => {
                self.trace.sdk.insert(SdkUse {
                    at: args.at,
                    entity: None,
                    method: format!("{group}.{name}"),
                    service_role: service,
                });
                self.sends_record(args, Sink::Integration)
            }
            ["functions", "invoke" | "fetch"] => self.sends_record(args, Sink::Function),
            ["then" | "catch" | "finally"] => Atom::Sdk("".into()).into(),
            _ => {
                self.odd("P3", args.at, format!("`{path}` {NOT_LISTED}"));
                self.sends_record(args, Sink::Unknown)
            }
        }
    }

    fn sends_record(&mut self, args: &Args<'a>, sink: Sink) -> Val {
        for arg in args.all() {
            self.leave(args.at, sink, arg);
        }
        Val::any().promised()
    }

    /// A token is asked for.
    fn token(&mut self, method: &str, args: &Args<'a>) -> Val {
        let app_user = method.contains("AppUser");
        let first = args.get(0);
        let connector = first.constant().map(str::to_owned);
        let from_env =
            first.labels & ENV != 0 && first.atoms().all(|atom| matches!(atom, Atom::Env(_) | Atom::Undefined));
        if app_user {
            self.check_user_id(&first, args, connector.is_some() || from_env);
        } else if connector.is_none() {
            self.odd("P6", args.at, "The connector is computed, so where its token may go can't be decided. Name it, as in `getConnection(\"gmail\")`.");
        }
        self.note_use(args.at, connector.clone(), app_user);
        let config = Val::from(Atom::Null).or(&match &connector {
            Some(id) => Atom::Config(id.as_str().into()).into(),
            None => Val::any(),
        });
        let label = self.trace.label(TokenSource {
            connector,
            app_user,
            key: false,
        });
        if method.ends_with("Token") {
            return Val::some_text().with(label).promised();
        }
        let mut connection = Obj::new(Kind::Plain);
        connection.put("accessToken", Val::some_text().with(label));
        connection.put("connectionConfig", config);
        connection.put("access_token", Val::some_text().with(label));
        self.make(args.key, 20, connection).promised()
    }

    fn note_use(&mut self, at: u32, connector: Option<String>, app_user: bool) {
        let guards = self.state.guard;
        self.trace.uses.insert(TokenUse { at, guards });
        self.trace.asked.insert(Asked {
            at,
            connector,
            app_user,
            secret: None,
        });
    }

    /// Whose account: the caller's, and nobody else's.
    fn check_user_id(&mut self, first: &Val, args: &Args<'a>, named: bool) {
        let own_id = |value: &Val| {
            value.alts.len() == 1
                && value
                    .atoms()
                    .all(|atom| matches!(atom, Atom::UserField(name) if name.as_ref() == "id"))
        };
        let second = args.get(1);
        let no_second = second.atoms().all(|atom| *atom == Atom::Undefined);
        let no_first = first.atoms().all(|atom| *atom == Atom::Undefined);
        let good = (named || no_first || own_id(first))
            && (no_second || own_id(&second))
            && args.list.len() <= 2
            && args.more.is_none();
        if !good {
            self.odd("P8", args.at, "An app user's account is picked by a value from elsewhere, so one user could act through another's account. Name the connector and pass no id, or pass exactly `user.id` of `await base44.auth.me()`.");
        }
    }

    /// `callApi(type, { method, host, path })`: the broker adds the token.
    fn call_api(&mut self, args: &Args<'a>) -> Val {
        let connector = args.get(0).constant().map(str::to_owned);
        let request = args.get(1);
        if connector.is_none() {
            self.odd("P6", args.at, "The connector is computed, so where its token may go can't be decided. Name it, as in `callApi(\"gmail\", …)`.");
        }
        self.note_use(args.at, connector.clone(), false);
        for arg in args.all() {
            self.leave(args.at, Sink::Body, arg);
        }
        let host = self.member(&request, "host", true, args.at);
        let path = self.member(&request, "path", true, args.at);
        let methods = self.methods(&request);
        let body = self.member(&request, "body", true, args.at);
        let document = match self.documents(&body).as_slice() {
            [only] => only.clone(),
            _ => None,
        };
        for host in host.atoms() {
            for path in path.atoms() {
                let mut url = match (host, host.constant()) {
                    (Atom::Undefined | Atom::Null, _) => Vec::new(),
                    (_, Some(host)) => {
                        let host = host.strip_prefix("https://").unwrap_or(host);
                        vec![Part::Literal(format!("https://{host}"))]
                    }
                    _ => vec![Part::Computed],
                };
                match path {
                    Atom::Text(pieces) => {
                        let rooted = matches!(pieces.first(), Some(Piece::Lit(text)) if text.starts_with('/'));
                        if !rooted {
                            url.push(Part::Literal("/".to_owned()));
                        }
                        url.extend(super::send::parts(pieces));
                    }
                    _ => url.extend([Part::Literal("/".to_owned()), Part::Computed]),
                }
                let url = merged(url);
                for method in &methods {
                    self.trace.sends.insert(Request {
                        at: args.at,
                        given_at: args.at,
                        url: url.clone(),
                        method: method.clone(),
                        bearer: 0,
                        pinned: true,
                        through: Some(connector.clone().unwrap_or_default()),
                        document: document.clone(),
                        bare: false,
                    });
                }
            }
        }
        Val::any().promised()
    }
}

/// Neighbouring literals as one.
fn merged(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        match (out.last_mut(), part) {
            (Some(Part::Literal(last)), Part::Literal(next)) => last.push_str(&next),
            (_, part) => out.push(part),
        }
    }
    out
}
