//! Every entry of the catalog against a provider made of it: authorize page, code, token, identity, refresh
//! with the entry's rotation, revocation in its style; a client's own token and a code on another device where
//! it has them; and API keys through the call that verifies them.
//!
//! The provider insists on what the entry says. That it would notice a client that does something else is
//! tested below by entries that say something else than the provider plays.
//! `LINCHPIN_ENTRIES` may name a folder of further entries that are tried alike.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

use std::collections::BTreeMap;

use linchpin_catalog::{Catalog, ClientAuth, Connector, KeyPlace, Pkce, RevokedBy, TokenPlace};
use linchpin_double::{CLIENT, Provider, Rotation, SECRET};
use linchpin_oauth::{
    Ask, Attempt, Came, Config, Grant, Loopback, OauthClient, Page, Raw, Secret, Tokens, Wire, accepted, filled, read,
    together, wanting,
};

fn client(connector: &Connector) -> OauthClient {
    let public = connector.auth.client_auth == ClientAuth::None;
    OauthClient {
        id: CLIENT.into(),
        secret: (!public).then(|| Secret::from(SECRET)),
    }
}

/// Values for every config field: the entry's own examples, which must be of their fields' form.
fn examples(connector: &Connector) -> Result<Config, String> {
    let given: Config = connector
        .config
        .iter()
        .map(|field| (field.name.clone(), field.placeholder.clone()))
        .collect();
    accepted(connector, &given).map_err(|e| e.to_string())
}

/// Those of them that a person gives; the rest comes from the provider.
fn typed(connector: &Connector, all: &Config) -> Config {
    let asked = wanting(connector, &Config::new());
    asked
        .iter()
        .filter_map(|field| Some((field.name.clone(), all.get(&field.name)?.clone())))
        .collect()
}

/// A key of the form the entry names.
fn key_of(connector: &Connector) -> Option<String> {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    let key = connector.auth.key.as_ref()?;
    let Some(pattern) = &key.pattern else {
        return Some(format!("{}0123456789abcdef", key.prefix.clone().unwrap_or_default()));
    };
    let bare = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let strategy = proptest::string::string_regex(bare).ok()?;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut tries = std::iter::repeat_with(|| strategy.new_tree(&mut runner).map(|tree| tree.current())).take(200);
    let begins = key.prefix.clone().unwrap_or_default();
    tries.find_map(|key| key.ok().filter(|key| key.starts_with(&begins)))
}

/// Runs everything the entry has; the error says at which step it went wrong, and what the provider refused.
async fn run(connector: &Connector, played: &Connector) -> Result<(), String> {
    let all = examples(connector)?;
    let provider = Provider::with(played, &all).await;
    let outcome = match connector.auth.key {
        Some(_) => by_key(&provider, connector, &all).await,
        None => by_oauth(&provider, connector, &all).await,
    };
    outcome.map_err(|why| {
        let refusals: Vec<String> = provider.refusals().into_iter().collect();
        format!("{why}; the provider: {}", refusals.join(" | "))
    })
}

async fn by_oauth(provider: &Provider, connector: &Connector, all: &Config) -> Result<(), String> {
    let wire = Wire::new(provider.providers()).unwrap();
    let client = client(connector);
    let (grant, config) = sign_in(provider, &wire, connector, &client, all).await?;
    if config != *all {
        return Err(format!("of {all:?} only {config:?} is known after signing in"));
    }
    let there = filled(connector, &config).map_err(|e| e.to_string())?;
    refreshes(provider, &wire, &there, &client, grant).await?;
    let (grant, _) = sign_in(provider, &wire, connector, &client, all).await?;
    revokes(provider, &wire, &there, &client, &grant).await?;
    if connector.auth.client_credentials {
        let scopes = together(connector, &[], &[]);
        let raw = wire.client_credentials(&there, &client, &scopes).await;
        let grant = raw
            .and_then(|raw| read(&there, &raw))
            .map_err(|e| format!("client credentials: {e}"))?;
        let refresh = grant.of_the_client().refresh.unwrap();
        let again = wire.refresh(&there, &client, &refresh, &scopes).await;
        again
            .and_then(|raw| read(&there, &raw))
            .map_err(|e| format!("client credentials, again: {e}"))?;
    }
    if connector.auth.device_url.is_some() {
        let scopes = together(connector, &[], &[]);
        let device = wire
            .device(&there, &client, &scopes)
            .await
            .map_err(|e| format!("device: {e}"))?;
        let raw = wire
            .wait_for_device(&there, &client, device)
            .await
            .map_err(|e| format!("device: {e}"))?;
        read(&there, &raw).map_err(|e| format!("device: {e}"))?;
    }
    Ok(())
}

/// Authorize page, code, token, long-lived token, identity; and every config value that became known.
async fn sign_in(
    provider: &Provider,
    wire: &Wire,
    connector: &Connector,
    client: &OauthClient,
    all: &Config,
) -> Result<(Grant, Config), String> {
    let typed = typed(connector, all);
    let there = filled(connector, &typed).map_err(|e| e.to_string())?.into_owned();
    let scopes: Vec<String> = connector
        .scopes
        .iter()
        .take(3)
        .map(|scope| scope.name.clone())
        .collect();
    let scopes = together(connector, &[], &scopes);
    let loopback = Loopback::bind(&there, wire.providers())
        .await
        .map_err(|e| e.to_string())?;
    let redirect_uri = loopback.redirect_uri();
    let ask = Ask {
        connector: &there,
        client_id: CLIENT,
        scopes: &scopes,
        redirect_uri: &redirect_uri,
        other_account: false,
    };
    let attempt = Attempt::new(&ask, wire.providers()).map_err(|e| format!("authorize: {e}"))?;
    let address = attempt.authorize_url.clone();
    let browser = tokio::spawn(async move {
        let browser = linchpin_double::browser();
        let there = browser.get(address).send().await.unwrap();
        if let Some(back) = there.headers().get("location") {
            browser.get(back.to_str().unwrap()).send().await.unwrap();
        }
        there.status()
    });
    let came = loopback.complete(&there, attempt, async |came: Result<Came, _>| {
        (Page::failed("done"), came)
    });
    let came = tokio::select! {
        came = came => came.and_then(|came| came).map_err(|e| format!("redirect: {e}"))?,
        status = browser => return Err(format!("authorize: the page says {}", status.unwrap())),
    };
    let mut config = typed;
    config.extend(came.config);
    let there = filled(connector, &config).map_err(|e| e.to_string())?.into_owned();
    let raw = wire
        .exchange(&there, client, &redirect_uri, came.code, came.verifier)
        .await;
    let raw = raw.map_err(|e| format!("token: {e}"))?;
    let mut grant = kept(&there, &raw).map_err(|e| format!("token: {e}"))?;
    let long = wire
        .lengthen(&there, client, &grant.access)
        .await
        .map_err(|e| format!("long-lived: {e}"))?;
    if let Some(raw) = long {
        let long = kept(&there, &raw).map_err(|e| format!("long-lived: {e}"))?;
        grant = grant.lengthened(long);
    }
    let named = grant.scopes.clone().unwrap_or(scopes.clone());
    let lacking = linchpin_oauth::missing(connector, &scopes, &named);
    if !lacking.is_empty() {
        return Err(format!("scopes: {lacking:?} are not seen in the answer"));
    }
    config.extend(grant.config(connector).map_err(|e| e.to_string())?);
    let there = filled(connector, &config).map_err(|e| e.to_string())?.into_owned();
    let who = wire
        .identify(&there, &grant)
        .await
        .map_err(|e| format!("identity: {e}"))?;
    let wanted = provider.book.lock().unwrap().account.clone();
    let told = all.values().any(|value| *value == who.account.id);
    if (who.account.id != wanted && !told) || who.account.label.is_empty() {
        return Err(format!("identity: {:?} is not {wanted:?}", who.account));
    }
    config.extend(who.config);
    Ok((grant, config))
}

/// What is journalled is read back before it counts.
fn kept(connector: &Connector, raw: &Raw) -> Result<Grant, linchpin_oauth::OauthError> {
    read(connector, &Raw::from_bytes(&raw.to_bytes()).unwrap())
}

/// Twice, so that a rotated token is used; and an old one again, which only a strict provider minds.
async fn refreshes(
    provider: &Provider,
    wire: &Wire,
    connector: &Connector,
    client: &OauthClient,
    grant: Grant,
) -> Result<(), String> {
    let Some(mut refresh) = grant.refresh else {
        let long = connector.auth.long_lived.as_ref();
        return match long.is_some_and(|long| long.refresh_url.is_none()) {
            true => Ok(()),
            false => Err("refresh: no refresh token came".into()),
        };
    };
    let first = Secret::from(refresh.expose());
    for _ in 0..2 {
        let raw = wire
            .refresh(connector, client, &refresh, &[])
            .await
            .map_err(|e| format!("refresh: {e}"))?;
        let renewed = kept(connector, &raw).map_err(|e| format!("refresh: {e}"))?;
        if !provider
            .book
            .lock()
            .unwrap()
            .live_access
            .contains(renewed.access.expose())
        {
            return Err("refresh: another token than the provider's".into());
        }
        if let Some(new) = renewed.refresh {
            refresh = new;
        }
    }
    if connector.auth.long_lived.is_some() {
        return Ok(());
    }
    let rotation = provider.book.lock().unwrap().rotation;
    if (refresh.expose() == first.expose()) != (rotation == Rotation::None) {
        return Err(format!("refresh: the token stayed or changed against {rotation:?}"));
    }
    let old = wire
        .refresh(connector, client, &first, &[])
        .await
        .and_then(|raw| read(connector, &raw));
    match (rotation, old) {
        (Rotation::Strict, Err(error)) if error.is_invalid_grant() => Ok(()),
        (Rotation::None | Rotation::Grace, Ok(_)) => Ok(()),
        (_, old) => Err(format!("refresh: a used token under {rotation:?}: {:?}", old.err())),
    }
}

async fn revokes(
    provider: &Provider,
    wire: &Wire,
    connector: &Connector,
    client: &OauthClient,
    grant: &Grant,
) -> Result<(), String> {
    let live = |provider: &Provider| {
        let book = provider.book.lock().unwrap();
        (book.live_access.len(), book.live_refresh())
    };
    let before = live(provider);
    let tokens = Tokens {
        access: Some(&grant.access),
        refresh: grant.refresh.as_ref(),
    };
    let told = wire
        .revoke(connector, client, tokens)
        .await
        .map_err(|e| format!("revoke: {e}"))?;
    if told != connector.auth.revoke_url.is_some() {
        return Err(format!("revoke: told is {told}"));
    }
    let after = live(provider);
    match told && after >= before {
        true => Err(format!("revoke: {before:?} tokens were live, and {after:?} are")),
        false => Ok(()),
    }
}

async fn by_key(provider: &Provider, connector: &Connector, all: &Config) -> Result<(), String> {
    let wire = Wire::new(provider.providers()).unwrap();
    let key = key_of(connector).ok_or("key: no key of its form was found")?;
    let there = filled(connector, all).map_err(|e| e.to_string())?.into_owned();
    let no = wire.verify_key(&there, &Secret::from(key.as_str()), all).await;
    if !no.is_err_and(|e| e.code() == "key_refused" || e.code() == "no_account") {
        return Err("key: one that is not good was taken".into());
    }
    let wrong = wire.verify_key(&there, &Secret::from("with a blank"), all).await;
    if !wrong.is_err_and(|e| e.code() == "bad_token") {
        return Err("key: a wrong paste was sent".into());
    }
    provider.edit(|book| {
        book.keys.insert(key.clone());
    });
    let who = wire
        .verify_key(&there, &Secret::from(key.as_str()), all)
        .await
        .map_err(|e| format!("key: {e}"))?;
    match who.account.id == "a1" || who.account.id.starts_with("key:") {
        true => Ok(()),
        false => Err(format!("key: {:?}", who.account)),
    }
}

fn further() -> Vec<Connector> {
    let Ok(folder) = std::env::var("LINCHPIN_ENTRIES") else {
        return Vec::new();
    };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .filter_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            linchpin_catalog::parse(&path.display().to_string(), &text)
                .inspect_err(|e| eprintln!("not an entry: {e}"))
                .ok()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_signs_in_refreshes_and_revokes_as_it_says() {
    let further = further();
    let mut wrong = BTreeMap::new();
    let mut count = 0;
    // Together, because a code on another device takes its second.
    let mut runs = tokio::task::JoinSet::new();
    for connector in Catalog::embedded().connectors().chain(&further).cloned() {
        count += 1;
        runs.spawn(async move { (connector.id.clone(), run(&connector, &connector).await) });
    }
    while let Some(done) = runs.join_next().await {
        let (id, outcome) = done.unwrap();
        if let Err(why) = outcome {
            wrong.insert(id, why);
        }
    }
    println!("{count} entries");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Edits of what the provider plays, each of which a client of the entry as it is must run into.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_wants_something_else_refuses() {
    let entry = linchpin_double::connector(|t| {
        t.replace(
            "[auth.quirks]",
            "[auth.quirks]\nheaders = [{ name = \"X-Version\", value = \"1\" }]",
        )
        .replace(
            "pkce = ",
            "authorize_params = [{ name = \"access_type\", value = \"offline\" }]\npkce = ",
        )
    });
    run(&entry, &entry).await.unwrap();
    type Edit = fn(&mut Connector);
    let edits: [(&str, Edit); 17] = [
        ("token: HTTP Basic", |c| c.auth.client_auth = ClientAuth::Basic),
        ("token: a public client", |c| c.auth.client_auth = ClientAuth::None),
        ("names no parameter \"code_challenge", |c| c.auth.pkce = Pkce::Refused),
        ("no JSON", |c| c.auth.quirks.json_body = true),
        ("no client_key", |c| {
            c.auth.quirks.client_id_param = Some("client_key".into())
        }),
        ("X-Other", |c| c.auth.quirks.headers[0].name = "X-Other".into()),
        ("access_type", |c| c.auth.authorize_params[0].value = "online".into()),
        ("names no parameter \"access_type\"", |c| {
            c.auth.authorize_params.clear()
        }),
        ("no scope of the entry", |c| c.auth.scope_separator = ",".into()),
        ("names no parameter \"scope\"", |c| c.auth.scope_param = String::new()),
        ("base scope", |c| c.auth.base_scopes.push("openid".into())),
        ("not on localhost", |c| c.auth.loopback_host = Some("localhost".into())),
        ("scopes:", |c| c.auth.quirks.answer_scope_separator = Some(";".into())),
        ("revoke: no bearer", |c| c.auth.revocation.by = RevokedBy::Bearer),
        ("is no JSON", |c| c.auth.revocation.place = TokenPlace::Json),
        ("revoke: no access_token", |c| {
            c.auth.revocation.param = "access_token".into()
        }),
        ("identity", |c| c.auth.identity.method = "POST".into()),
    ];
    for (seen, edit) in edits {
        let mut other = entry.clone();
        edit(&mut other);
        let told = run(&entry, &other)
            .await
            .err()
            .unwrap_or_else(|| panic!("nobody noticed: {seen}"));
        assert!(told.contains(seen), "{seen}: {told}");
    }
}

const KEYED: &str = r#"
id = "keyed"
name = "Keyed"
categories = ["test"]
purpose = "A key."
hosts = ["https://{sub}.keyed.test"]
verified_on = "2026-11-23"
sources = ["https://keyed.test"]
scopes = []
operations = []

[auth]
family = "keyed"

[auth.key]
secret = "KEYED_API_KEY"
name = "API key"
prefix = "k_"
pattern = "^k_[A-Za-z0-9]{20}$"
url = "https://keyed.test/keys"
place = "header"
field = "Authorization"
template = "Bearer {key}"
reach = "Everything."

[auth.identity]
method = "GET"
url = "https://{sub}.keyed.test/me"
id = "/id"
label = "/name"

[[config]]
name = "sub"
display_name = "Subdomain"
description = "The first part of the address."
placeholder = "acme"
required = true
validation_pattern = "^[a-z0-9-]{1,40}$"
validation_error = "Give only the first part, such as acme."

[advice]
default = "shared"
personal = false
reason = "Because."

[setup]
console_url = "https://keyed.test"
steps = []
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_where_the_entry_says_and_nowhere_else() {
    let entry = linchpin_catalog::parse("keyed.toml", KEYED).unwrap();
    run(&entry, &entry).await.unwrap();
    type Edit = fn(&mut linchpin_catalog::ApiKey);
    let edits: [Edit; 4] = [
        |key| key.field = "X-Api-Key".into(),
        |key| key.template = "Token {key}".into(),
        |key| {
            key.place = KeyPlace::Basic;
            key.template = "{key}:".into();
        },
        |key| key.place = KeyPlace::Query,
    ];
    for edit in edits {
        let mut other = entry.clone();
        edit(other.auth.key.as_mut().unwrap());
        run(&other, &other).await.unwrap();
        let told = run(&entry, &other).await.unwrap_err();
        assert!(told.contains("key") && told.contains("no good key"), "{told}");
    }
}

#[test]
fn t_oa_13_no_config_value_leads_to_another_host() {
    let entry = linchpin_catalog::parse("keyed.toml", KEYED).unwrap();
    let open = linchpin_catalog::parse("open.toml", &KEYED.replace("^[a-z0-9-]{1,40}$", "^.*$")).unwrap();
    let given = |value: &str| Config::from([("sub".to_owned(), value.to_owned())]);
    for good in ["acme", " acme ", "https://acme.keyed.test/", "acme.keyed.test"] {
        let config = accepted(&entry, &given(good)).unwrap();
        assert_eq!(
            filled(&entry, &config).unwrap().auth.identity.url,
            "https://acme.keyed.test/me",
            "{good}"
        );
    }
    for bad in [
        "",
        "evil.test/",
        "evil.test#",
        "evil.test?",
        "a@evil.test",
        "evil.test\\",
        "evil.test:1",
        "a b",
        "a\nb",
        "é",
        "127.0.0.1/",
        "[::1]",
        "a%2f",
        "acme.evil.test/",
        "..",
        ".",
        "a..b",
        "-\u{0}",
        "https://acme.evil.test",
    ] {
        assert!(accepted(&entry, &given(bad)).is_err(), "{bad:?}");
        // Whatever a pattern lets through, the address ends where the entry ends it.
        if let Ok(there) = filled(&open, &given(bad)) {
            let url = url::Url::parse(&there.auth.identity.url);
            let host = url.ok().and_then(|url| url.host_str().map(str::to_owned));
            assert!(host.is_none_or(|host| host.ends_with(".keyed.test")), "{bad:?}");
        }
    }
    // Nothing is sent to half an address.
    assert!(filled(&entry, &Config::new()).unwrap().auth.identity.url.contains('{'));
    assert!(accepted(&entry, &Config::from([("other".to_owned(), "x".to_owned())])).is_err());
    // Where the value is the whole host, it is a name and no number.
    let whole = KEYED
        .replace("{sub}.keyed.test", "{sub}")
        .replace("^[a-z0-9-]{1,40}$", "^.*$");
    let whole = linchpin_catalog::parse("whole.toml", &whole).unwrap();
    for bad in ["localhost", "127.0.0.1", "2130706433", "0x7f.1/", "evil"] {
        assert!(filled(&whole, &given(bad)).is_err(), "{bad}");
    }
}

proptest::proptest! {
    /// The law behind it: whatever value, the host ends as the entry spells it, over https, with nobody's name.
    #[test]
    fn t_oa_13_the_host_always_ends_as_the_entry_spells_it(value in "\\PC{0,24}") {
        let open = linchpin_catalog::parse("open.toml", &KEYED.replace("^[a-z0-9-]{1,40}$", "^.*$")).unwrap();
        let config = Config::from([("sub".to_owned(), value)]);
        if let Ok(there) = filled(&open, &config) {
            let url = url::Url::parse(&there.auth.identity.url).unwrap();
            proptest::prop_assert!(url.host_str().unwrap().ends_with(".keyed.test"));
            proptest::prop_assert!(url.username().is_empty() && url.port().is_none() && url.path() == "/me");
        }
    }
}
