//! Each rule of the check fires on a mistake somebody could make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, check, check_text};

/// Puts a mistake into a good file and looks for the finding.
fn seeded(id: &str, from: &str, to: &str, rule: &str, reason: &str) {
    let good = Catalog::embedded().text(id).unwrap();
    assert!(good.contains(from), "{id} has no `{from}`");
    let broken = good.replacen(from, to, 1);
    let found = check_text(&format!("{id}.toml"), &broken);
    assert!(
        found
            .iter()
            .any(|f| f.rule == rule && f.reason.contains(reason) && f.file == format!("{id}.toml")),
        "`{to}` should break the rule `{rule}` ({reason}), found {found:#?}"
    );
    assert!(check_text(&format!("{id}.toml"), good).is_empty());
}

#[test]
fn shape() {
    seeded("gmail", "id = \"gmail\"", "id = gmail", "shape", "line 1");
    seeded("gmail", "purpose = ", "purposes = ", "shape", "purposes");
    seeded(
        "gmail",
        "rotation = \"none\"",
        "rotation = \"sometimes\"",
        "shape",
        "sometimes",
    );
    seeded(
        "gmail",
        "redirect = \"loopback_any_port\"",
        "redirect = \"anything\"",
        "shape",
        "anything",
    );
    seeded("gmail", "pkce = \"s256\"", "pkce = \"plain\"", "shape", "plain");
    seeded("gmail", "effect = \"send\"", "effect = \"shout\"", "shape", "shout");
}

#[test]
fn identity_and_words() {
    seeded(
        "gmail",
        "id = \"gmail\"",
        "id = \"googlemail\"",
        "id",
        "called otherwise",
    );
    seeded("gmail", "id = \"gmail\"", "id = \"G Mail\"", "id", "a-z");
    seeded(
        "gmail",
        "name = \"Gmail\"",
        "name = \" \"",
        "words",
        "the name is empty",
    );
    seeded(
        "gmail",
        "own Gmail mailbox.\"",
        "own Gmail mailbox\"",
        "words",
        "purpose",
    );
    seeded(
        "gmail",
        "categories = [\"email\"]",
        "categories = []",
        "words",
        "category",
    );
    seeded(
        "gmail",
        "sentence = \"Send e-mail from",
        "sentence = \"send e-mail from",
        "words",
        "gmail.send",
    );
    seeded(
        "gmail",
        "verified_on = \"2026-11-22\"",
        "verified_on = \"22.11.2026\"",
        "sources",
        "22.11.2026",
    );
    seeded(
        "gmail",
        "verified_on = \"2026-11-22\"",
        "verified_on = \"2026-13-22\"",
        "sources",
        "2026-13-22",
    );
    seeded(
        "gmail",
        "when a {entity} is created",
        "when a {thing} is created",
        "prompts",
        "`thing`",
    );
    seeded(
        "gmail",
        "when a {entity} is created",
        "when a {entity is created",
        "prompts",
        "entity is created",
    );
}

#[test]
fn addresses() {
    seeded(
        "gmail",
        "https://accounts.google.com/o/",
        "http://accounts.google.com/o/",
        "https",
        "authorize URL",
    );
    seeded(
        "gmail",
        "token_url = \"https://oauth2.googleapis.com/",
        "token_url = \"https://oauth2@evil.example/",
        "https",
        "token URL",
    );
    seeded(
        "gmail",
        "revoke_url = \"https://",
        "revoke_url = \"ftp://",
        "https",
        "revocation URL",
    );
    seeded(
        "gmail",
        "url = \"https://openidconnect.googleapis.com/v1/userinfo\"",
        "url = \"http://127.0.0.1/userinfo\"",
        "https",
        "identity probe",
    );
    seeded(
        "gmail",
        "console_url = \"https://",
        "console_url = \"http://",
        "https",
        "console",
    );
    seeded(
        "gmail",
        "\"https://gmail.googleapis.com\", \"https",
        "\"https://gmail.googleapis.com/gmail\", \"https",
        "hosts",
        "not an origin",
    );
    seeded(
        "gmail",
        "hosts = [\"https://gmail.googleapis.com\", ",
        "hosts = [",
        "hosts",
        "not among the hosts",
    );
    seeded(
        "notion",
        "hosts = [\"https://api.notion.com\"]",
        "hosts = []",
        "hosts",
        "no host",
    );
    seeded(
        "gmail",
        "docs = \"https://developers",
        "docs = \"//developers",
        "https",
        "docs page",
    );
    seeded(
        "gmail",
        "\"https://developers.google.com/workspace/gmail/api/reference/rest\"",
        "\"developers.google.com\"",
        "https",
        "source",
    );
}

#[test]
fn signing_in() {
    seeded(
        "gmail",
        "name = \"prompt\", value",
        "name = \"redirect_uri\", value",
        "auth",
        "belongs to the flow",
    );
    seeded(
        "gmail",
        "name = \"prompt\", value",
        "name = \"scope\", value",
        "auth",
        "belongs to the flow",
    );
    seeded(
        "slackbot",
        "scope_separator = \",\"",
        "scope_separator = \"\"",
        "auth",
        "separator",
    );
    seeded(
        "slackbot",
        "client_auth = \"body\"",
        "client_auth = \"none\"",
        "auth",
        "public client",
    );
    seeded("gmail", "id = \"/sub\"", "id = \"sub\"", "identity", "JSON pointer");
    seeded(
        "gmail",
        "method = \"GET\"\nurl = \"https://openid",
        "method = \"PUT\"\nurl = \"https://openid",
        "identity",
        "PUT",
    );
    seeded(
        "notion",
        "add the redirect address shown here",
        "add the address shown here",
        "setup",
        "redirect address",
    );
    seeded(
        "notion",
        "loopback_host = \"localhost\"",
        "loopback_host = \"example.com\"",
        "redirect",
        "can only be localhost",
    );
    let told = Catalog::embedded().text("slackbot").unwrap();
    let untold = told
        .replace("; Slack takes https only.", ".")
        .replace("Redirect addresses must be https: a", "A");
    let found = check_text("slackbot.toml", &untold);
    assert!(
        found
            .iter()
            .any(|f| f.rule == "redirect" && f.reason.contains("neither")),
        "{found:?}"
    );
    let paste = told.find("[auth.paste]").unwrap();
    let rest = told.find("[advice]").unwrap();
    let found = check_text("slackbot.toml", &format!("{}{}", &told[..paste], &told[rest..]));
    assert!(
        found
            .iter()
            .any(|f| f.rule == "redirect" && f.reason.contains("public https")),
        "{found:?}"
    );
}

#[test]
fn permissions() {
    seeded(
        "gmail",
        "scopes = [[\"gmail.send\"]",
        "scopes = [[\"gmail.shout\"]",
        "scopes",
        "gmail.shout",
    );
    seeded(
        "gmail",
        "base_scopes = [\"openid\", \"email\"]",
        "base_scopes = [\"profile\"]",
        "scopes",
        "`profile`",
    );
    seeded(
        "gmail",
        "short = \"gmail.insert\"",
        "short = \"gmail.send\"",
        "scopes",
        "declared twice",
    );
    seeded(
        "gmail",
        "implies = [\"https://www.googleapis.com/auth/gmail.send\"]",
        "implies = [\"gmail.shout\"]",
        "scopes",
        "gmail.shout",
    );
    seeded(
        "gmail",
        "implies = [\"https://www.googleapis.com/auth/gmail.send\"]",
        "implies = [\"https://www.googleapis.com/auth/gmail.modify\"]",
        "scopes",
        "each other",
    );
    seeded(
        "gmail",
        "implies = [\"https://www.googleapis.com/auth/gmail.send\"]",
        "implies = [\"https://www.googleapis.com/auth/gmail.labels\"]",
        "facts",
        "is said to include",
    );
    seeded(
        "gmail",
        "scopes = [[\"gmail.send\"]",
        "scopes = [[]",
        "scopes",
        "empty set",
    );
    seeded(
        "gmail",
        "scopes = [[\"gmail.modify\"], [\"https://mail.google.com/\"]]\neffect = \"write\"\nidempotency",
        "scopes = [[\"gmail.readonly\"]]\neffect = \"write\"\nidempotency",
        "facts",
        "does not suffice",
    );
    seeded(
        "slackbot",
        "scopes = [[\"chat:write\"]]",
        "",
        "facts",
        "no permission is needed",
    );
    seeded("gmail", "messages/send\"", "messages/sent\"", "facts", "no such call");
    seeded(
        "gmail",
        "short = \"gmail.settings.basic\"",
        "short = \"gmail.settings.basic\"\navoid = \"no capital\"",
        "words",
        "the trap of",
    );
    seeded(
        "gmail",
        "facts = \"gmail\"",
        "facts = \"gmial\"",
        "facts",
        "no table `gmial`",
    );
}

#[test]
fn calls() {
    seeded(
        "gmail",
        "id = \"gmail.users.messages.get\"",
        "id = \"gmail.users.messages.list\"",
        "operations",
        "used twice",
    );
    seeded(
        "gmail",
        "intent = \"read_message\"",
        "intent = \"list_messages\"",
        "intents",
        "list_messages",
    );
    seeded(
        "gmail",
        "method = \"POST\"\nurl = \"https://gmail.googleapis.com/gmail/v1/users/{userId}/messages/send",
        "method = \"post\"\nurl = \"https://gmail.googleapis.com/gmail/v1/users/{userId}/messages/send",
        "operations",
        "`post`",
    );
    seeded(
        "gmail",
        "/messages/send\"",
        "/messages/send?alt=json\"",
        "operations",
        "query",
    );
    seeded("gmail", "effect = \"read\"", "effect = \"send\"", "operations", "GET");
    seeded(
        "googlecalendar",
        "effect = \"delete\"",
        "effect = \"write\"",
        "operations",
        "DELETE",
    );
    seeded(
        "notion",
        "{ name = \"page_id\", in = \"path\", required = true, about = \"The page's id, kept",
        "{ name = \"page\", in = \"path\", required = true, about = \"The page's id, kept",
        "params",
        "{page_id}",
    );
    seeded(
        "gmail",
        "in = \"path\", required = true, default = \"me\"",
        "in = \"path\", default = \"me\"",
        "params",
        "so is required",
    );
    seeded(
        "gmail",
        "{ name = \"q\", in = \"query\"",
        "{ name = \"q\", in = \"body\"",
        "params",
        "there is none",
    );
    seeded(
        "gmail",
        "{ name = \"cc\"",
        "{ name = \"bcc\"",
        "params",
        "described twice",
    );
    seeded(
        "gmail",
        "about = \"The subject line.\"",
        "about = \"\"",
        "words",
        "`subject`",
    );
}

#[test]
fn samples() {
    seeded(
        "gmail",
        "sample_response = '{\"id\"",
        "sample_response = '{id",
        "samples",
        "response is not JSON",
    );
    seeded(
        "gmail",
        "sample_request = '{\"addLabelIds\"",
        "sample_request = '{addLabelIds",
        "samples",
        "request is not JSON",
    );
    seeded(
        "gmail",
        "sample_request = '{\"raw\":\"VG86",
        "sample_request = '{\"raw\":\"+/==",
        "samples",
        "base64url",
    );
    seeded(
        "notion",
        "sample_request = '{\"children\"",
        "sample_request = '{\"child\"",
        "samples",
        "lacks `children`",
    );
    seeded(
        "notion",
        "sample_request = '{\"query\"",
        "sample_request = '{\"words\"",
        "samples",
        "`words`",
    );
    seeded(
        "slackbot",
        "sample_response = '{\"ok\":true",
        "sample_response = '{\"ok\":false",
        "samples",
        "`ok` as true",
    );
    seeded(
        "gmail",
        "items = \"/messages\"",
        "items = \"/results\"",
        "pagination",
        "no list at `/results`",
    );
    seeded(
        "gmail",
        "next = \"/nextPageToken\"",
        "next = \"nextPageToken\"",
        "pagination",
        "JSON pointer",
    );
    seeded(
        "slackbot",
        "\"next_cursor\":\"\"",
        "\"next_cursor\":\"abc\"",
        "pagination",
        "never end",
    );
    seeded(
        "notion",
        "param = \"start_cursor\" }",
        "param = \"start_cursor\", in_body = true }",
        "pagination",
        "there is none",
    );
}

#[test]
fn errors() {
    seeded(
        "gmail",
        "code = \"accessNotConfigured\"",
        "code = \"insufficientPermissions\"",
        "errors",
        "twice",
    );
    seeded("gmail", "status = 429", "status = 42", "errors", "no server answers");
    let good = Catalog::embedded().text("gmail").unwrap();
    let cut = good.find("[[errors]]").unwrap();
    let found = check_text("gmail.toml", &good[..cut]);
    assert!(
        found
            .iter()
            .any(|f| f.rule == "errors" && f.reason.contains("fewer than four")),
        "{found:?}"
    );
}

#[test]
fn empty_lists() {
    let good = Catalog::embedded().text("notion").unwrap();
    let (start, end) = (good.find("[[operations]]").unwrap(), good.find("[[errors]]").unwrap());
    let cut = format!("operations = []\n{}{}", &good[..start], &good[end..]);
    let found = check_text("notion.toml", &cut);
    assert!(
        found
            .iter()
            .any(|f| f.rule == "operations" && f.reason.contains("fewer than five")),
        "{found:?}"
    );
    let (start, end) = (good.find("prompts = [").unwrap(), good.find("[auth]").unwrap());
    let found = check_text("notion.toml", &format!("{}{}", &good[..start], &good[end..]));
    assert!(
        found
            .iter()
            .any(|f| f.rule == "prompts" && f.reason.contains("no example")),
        "{found:?}"
    );
    let (start, end) = (good.find("steps = [").unwrap(), good.find("traps = [").unwrap());
    let found = check_text(
        "notion.toml",
        &format!("{}steps = []\n{}", &good[..start], &good[end..]),
    );
    assert!(
        found.iter().any(|f| f.rule == "setup" && f.reason.contains("no steps")),
        "{found:?}"
    );
}

#[test]
fn a_call_only_a_trap_lets_through_is_found() {
    let good = Catalog::embedded().text("googlesheets").unwrap();
    let trap = good.replace(
        "scopes = [[\"drive.metadata.readonly\"], [\"drive.metadata\"], [\"drive.readonly\"], [\"drive\"], [\"drive.file\"]]",
        "scopes = [[\"drive.nothing\"], [\"drive.photos.readonly\"]]",
    );
    let found = check_text("googlesheets.toml", &trap);
    assert!(
        found
            .iter()
            .any(|f| f.rule == "scopes" && f.reason.contains("only a trap")),
        "{found:?}"
    );
}

#[test]
fn a_family_agrees_on_its_endpoints() {
    let gmail = Catalog::embedded().text("gmail").unwrap();
    let calendar = Catalog::embedded().text("googlecalendar").unwrap();
    let moved = calendar.replace("https://oauth2.googleapis.com/token", "https://elsewhere.example/token");
    let catalog = Catalog::from_files(&[("gmail.toml", gmail), ("googlecalendar.toml", &moved)]).unwrap();
    let found = check(&catalog);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].rule, found[0].file.as_str()),
        ("family", "googlecalendar.toml")
    );
}

#[test]
fn a_table_is_checked_too() {
    let notion = Catalog::embedded().text("notion").unwrap();
    let table = include_str!("../facts/notion.tsv");
    let twice = format!("{table}GET\t/users\tusers.again\t0\n");
    let catalog = Catalog::from_files(&[("notion.toml", notion), ("notion.tsv", &twice)]).unwrap();
    let found = check(&catalog);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule, found[0].file.as_str()), ("table", "notion.tsv"));
    for (from, to, what) in [
        ("owner\tnotion\n", "", "owner"),
        ("set\t1\t", "set\t7\t", "in order"),
        ("\tusers.list\t0", "\tusers.list\t99", "no set"),
        ("\tusers.list\t0", "", "missing"),
    ] {
        assert!(table.contains(from), "{from}");
        let error = Catalog::from_files(&[("notion.tsv", &table.replacen(from, to, 1))]).unwrap_err();
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
}
