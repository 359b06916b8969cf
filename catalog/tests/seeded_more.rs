//! Rules for keys, config values, GraphQL, pages, revocation and headers: each fires on a mistake
//! somebody could make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, check_text};

/// Puts mistakes into good files and looks for the findings.
fn seeded(id: &str, mistakes: &[(&str, &str, &str, &str)]) {
    let good = Catalog::embedded().text(id).unwrap();
    let file = format!("{id}.toml");
    assert!(check_text(&file, good).is_empty(), "{id}");
    for (from, to, rule, reason) in mistakes {
        assert!(good.contains(from), "{id} has no `{from}`");
        let found = check_text(&file, &good.replacen(from, to, 1));
        assert!(
            found.iter().any(|f| f.rule == *rule && f.reason.contains(reason)),
            "`{to}` should break the rule `{rule}` ({reason}), found {found:#?}"
        );
    }
}

#[test]
fn keys() {
    seeded(
        "resend",
        &[
            (
                "[auth.key]",
                "token_url = \"https://api.resend.com/token\"\n[auth.key]",
                "key",
                "`token_url` belongs to OAuth",
            ),
            (
                "[auth.key]",
                "pkce = \"ignored\"\n[auth.key]",
                "key",
                "`pkce` belongs to OAuth",
            ),
            (
                "secret = \"RESEND_API_KEY\"",
                "secret = \"resend key\"",
                "key",
                "is not a name",
            ),
            (
                "field = \"Authorization\"",
                "field = \"\"",
                "key",
                "not the name of a header",
            ),
            (
                "template = \"Bearer {key}\"",
                "template = \"Bearer\"",
                "key",
                "leaves the key out",
            ),
            (
                "template = \"Bearer {key}\"",
                "template = \"Bearer {key\"",
                "key",
                "without its pair",
            ),
            (
                "template = \"Bearer {key}\"",
                "template = \"{user} {key}\"",
                "key",
                "no config field",
            ),
            ("place = \"header\"", "place = \"basic\"", "key", "user:password"),
            (
                "pattern = \"^re_[A-Za-z0-9_]{16,}$\"",
                "pattern = \"re_.*\"",
                "key",
                "begin with ^",
            ),
            (
                "pattern = \"^re_[A-Za-z0-9_]{16,}$\"",
                "pattern = \"^re_.*$\"",
                "key",
                "bare prefix",
            ),
            ("prefix = \"re_\"", "prefix = \"\"", "key", "prefix is empty"),
            (
                "url = \"https://api.resend.com/emails/{id}\"",
                "url = \"https://api.resend.com/{key}/{id}\"",
                "https",
                "`key`",
            ),
        ],
    );
    seeded(
        "telegram",
        &[
            (
                "url = \"https://api.telegram.org/bot{key}/sendMessage\"",
                "url = \"https://api.telegram.org/sendMessage\"",
                "key",
                "no {key}",
            ),
            (
                "place = \"path\"",
                "place = \"path\"\nfield = \"token\"",
                "key",
                "`field` says nothing",
            ),
        ],
    );
    seeded(
        "twilio",
        &[(
            "template = \"{account_sid}:{key}\"",
            "template = \"{key}\"",
            "key",
            "user:password",
        )],
    );
}

#[test]
fn config_values() {
    let pattern = "validation_pattern = \"^[a-z0-9][a-z0-9-]{0,62}$\"";
    seeded(
        "zendesk",
        &[
            (pattern, "", "config", "no usable validation_pattern"),
            (pattern, "validation_pattern = \"[a-z]+\"", "config", "begin with ^"),
            (
                pattern,
                "validation_pattern = \"^.+$\"",
                "config",
                "leave its place in the host",
            ),
            (
                pattern,
                "validation_pattern = \"^[^.]+$\"",
                "config",
                "leave its place in the host",
            ),
            (
                pattern,
                "validation_pattern = \"^[a-z-]*$\"",
                "config",
                "leave its place in the host",
            ),
            (
                pattern,
                "validation_pattern = \"^[a-z(]+$\"",
                "config",
                "leave its place in the host",
            ),
            (
                pattern,
                "validation_pattern = \"^([a-z]+$\"",
                "config",
                "not a regular expression",
            ),
            (
                "placeholder = \"my-studio\"",
                "placeholder = \"My Studio\"",
                "config",
                "doesn't fit its own pattern",
            ),
            (
                "required = true\nvalidation_pattern",
                "required = false\nvalidation_pattern",
                "config",
                "not required",
            ),
            (
                "hosts = [\"https://{subdomain}.zendesk.com\"]",
                "hosts = [\"https://{shop}.zendesk.com\"]",
                "https",
                "no config field is called `shop`",
            ),
            (
                "hosts = [\"https://{subdomain}.zendesk.com\"]",
                "hosts = [\"https://{subdomain}\"]",
                "config",
                "spell the vendor's domains out",
            ),
            (
                "name = \"subdomain\"",
                "name = \"key\"",
                "config",
                "a meaning of its own",
            ),
            (
                "name = \"subdomain\"",
                "name = \"Sub-Domain\"",
                "config",
                "other characters",
            ),
        ],
    );
    let folder = "[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*$\"";
    seeded(
        "share_point",
        &[
            (
                folder,
                "[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_-]+)*$\"",
                "config",
                "leave its place in the path",
            ),
            (folder, ".*$\"", "config", "leave its place in the path"),
        ],
    );
}

#[test]
fn graphql_documents() {
    let make = "graphql = 'mutation($input: IssueCreateInput!) { issueCreate(input: $input) {";
    seeded(
        "linear",
        &[
            (
                make,
                "graphql = 'mutation($input: IssueCreateInput!) { issueCreate(input: $input) ",
                "graphql",
                "brackets",
            ),
            (
                make,
                "graphql = 'make($input: IssueCreateInput!) { issueCreate(input: $input) {",
                "graphql",
                "begins with none",
            ),
            (
                make,
                "graphql = 'query($input: IssueCreateInput!) { issueCreate(input: $input) {",
                "graphql",
                "a query only reads",
            ),
            (
                make,
                "graphql = 'subscription($input: IssueCreateInput!) { issueCreate(input: $input) {",
                "graphql",
                "no single answer",
            ),
            (
                make,
                "graphql = 'mutation($input: IssueCreateInput!, $note: String) { issueCreate(input: $input, note: $note) {",
                "graphql",
                "what the variable `$note` is",
            ),
            (
                make,
                "graphql = 'mutation($input: IssueCreateInput!) { issueCreate(input: $inputs) {",
                "graphql",
                "uses `$inputs` without",
            ),
            (
                make,
                "graphql = 'mutation($data: IssueCreateInput!) { issueCreate(input: $data) {",
                "graphql",
                "has no variable `$input`",
            ),
            (
                make,
                "graphql = 'mutation($input: IssueCreateInput!) { made: issueCreate(input: $input) {",
                "graphql",
                "is not the document itself",
            ),
        ],
    );
}

#[test]
fn pages() {
    seeded(
        "github",
        &[
            (
                "style = \"link_header\", items = \"\"",
                "style = \"link_header\", items = \"\", param = \"page\"",
                "pagination",
                "leave `param` away",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"link_header\", items = \"\", next = \"/next\"",
                "pagination",
                "leave it away",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"page\", items = \"\", param = \"page\"",
                "pagination",
                "needs `size`",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"page\", items = \"\", param = \"page\", size = 1",
                "pagination",
                "never end",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"offset\", items = \"\", param = \"skip\", size = 50, first = 0",
                "pagination",
                "only page numbers",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"cursor\", items = \"\", next = \"/next\"",
                "pagination",
                "`param` has to say",
            ),
            (
                "style = \"link_header\", items = \"\"",
                "style = \"link_header\", items = \"list\"",
                "pagination",
                "JSON pointer",
            ),
        ],
    );
    seeded(
        "zendesk",
        &[
            (
                "more = \"/meta/has_more\"",
                "more = \"meta\"",
                "pagination",
                "`more` is a JSON pointer",
            ),
            (
                "more = \"/meta/has_more\"",
                "more = \"/meta/more\"",
                "pagination",
                "nothing at `more`",
            ),
        ],
    );
}

#[test]
fn taking_a_grant_back_and_other_ways_of_signing_in() {
    seeded(
        "github",
        &[
            (
                "revoke_url = \"https://api.github.com/applications/{client_id}/grant\"",
                "",
                "revocation",
                "not where",
            ),
            (
                "applications/{client_id}/grant",
                "applications/{app}/grant",
                "https",
                "no config field is called `app`",
            ),
            ("param = \"access_token\"", "param = \"\"", "revocation", "no parameter"),
            (
                "method = \"DELETE\"\nby",
                "method = \"PURGE\"\nby",
                "revocation",
                "not a method",
            ),
            (
                "by = \"basic\"\nplace = \"json\"",
                "by = \"basic\"\nplace = \"none\"",
                "revocation",
                "which token",
            ),
        ],
    );
    seeded(
        "shopify",
        &[
            (
                "token_header = { name = \"X-Shopify-Access-Token\" }",
                "token_header = { name = \"X Token\" }",
                "auth",
                "not the name of a header",
            ),
            (
                "token_header = { name = \"X-Shopify-Access-Token\" }",
                "token_header = { name = \"X-T\", template = \"{key}\" }",
                "auth",
                "needs {token}",
            ),
        ],
    );
    seeded(
        "discord",
        &[(
            "template = \"Bot {token}\"",
            "template = \"Bot\"",
            "auth",
            "needs {token}",
        )],
    );
}

#[test]
fn headers() {
    let bot = "headers = [{ name = \"Authorization\", value = \"Bot {token}\" }]";
    seeded(
        "discord",
        &[
            (
                bot,
                "headers = [{ name = \"Authorization\", value = \"Bot abc\" }]",
                "headers",
                "not the operation's to set",
            ),
            (
                bot,
                "headers = [{ name = \"Cookie\", value = \"a=b\" }]",
                "headers",
                "not the operation's to set",
            ),
            (
                bot,
                "headers = [{ name = \"X Y\", value = \"a\" }]",
                "headers",
                "not the name of a header",
            ),
            (
                bot,
                "headers = [{ name = \"X-Y\", value = \"\" }]",
                "headers",
                "no usable value",
            ),
        ],
    );
}
