//! Hosts with a place for a config value, GraphQL APIs, and Microsoft's paths.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, Outgoing, Unresolved};

/// A connector of nobody, with a subdomain, a site path and a GraphQL API.
const DESK: &str = r##"
id = "desk"
name = "Desk"
categories = ["support"]
purpose = "Answer customers."
hosts = ["https://{subdomain}.desk.example.com", "https://{workspace}", "https://api.desk.example.com"]
verified_on = "2026-11-23"
sources = ["https://desk.example.com/docs"]

[auth]
family = "desk"
authorize_url = "https://{subdomain}.desk.example.com/oauth/authorize"
token_url = "https://{subdomain}.desk.example.com/oauth/token"

[advice]
default = "shared"
personal = false
reason = "One account."

[setup]
console_url = "https://desk.example.com/apps"
steps = ["Add the redirect address shown here."]

[[config]]
name = "subdomain"
display_name = "Subdomain"
description = "What stands before .desk.example.com."
placeholder = "acme"
required = true
validation_pattern = "^[a-z0-9][a-z0-9-]*$"
validation_error = "Give the subdomain alone."

[[config]]
name = "workspace"
display_name = "Workspace"
description = "The workspace's host."
placeholder = "acme.cloud.deskhost.com"
required = true
validation_pattern = '^[a-z0-9-]+\.(?:cloud\.deskhost\.com|deskazure\.net)$'
validation_error = "Give the host alone."

[[config]]
name = "site"
display_name = "Site"
description = "The path of the site."
placeholder = "sites/acme"
required = true
validation_pattern = '^sites/[a-z]+$'
validation_error = "Give the path alone."

[[scopes]]
name = "read"
sentence = "See tickets."
sensitivity = "basic"

[[scopes]]
name = "write"
sentence = "Change tickets."
sensitivity = "sensitive"

[[operations]]
id = "tickets.create"
title = "Create a ticket"
intent = "create_ticket"
method = "POST"
url = "https://{subdomain}.desk.example.com/api/tickets"
scopes = [["write"]]
effect = "write"
body = "json"
sample_response = "{}"

[[operations]]
id = "clusters.list"
title = "List clusters"
intent = "list_clusters"
method = "GET"
url = "https://{workspace}/api/clusters"
scopes = [["read"]]
effect = "read"
body = "none"
sample_response = "{}"

[[operations]]
id = "site.get"
title = "Read a site"
intent = "read_site"
method = "GET"
url = "https://api.desk.example.com/root:/{site}/info"
scopes = [["read"]]
effect = "read"
body = "none"
sample_response = "{}"

[[operations]]
id = "issues.list"
title = "List issues"
intent = "list_issues"
method = "POST"
url = "https://api.desk.example.com/graphql"
graphql = "query Issues($first: Int) { issues(first: $first) { nodes { id } } }"
scopes = [["read"]]
effect = "read"
body = "json"
sample_response = "{}"

[[operations]]
id = "issues.create"
title = "Create an issue"
intent = "create_issue"
method = "POST"
url = "https://api.desk.example.com/graphql"
graphql = "mutation Make($title: String!) { issueCreate(title: $title) { id } }"
scopes = [["write"]]
effect = "write"
body = "json"
sample_response = "{}"
"##;

fn catalog() -> Catalog {
    Catalog::from_files(&[("desk.toml", DESK)]).unwrap()
}

fn operation(method: &str, url: &str) -> (String, Option<String>) {
    let catalog = catalog();
    match catalog.resolve(method, url, None) {
        Ok(found) => (found.method_id, found.computed),
        Err(Unresolved::UnknownHost { .. }) => ("unknown host".to_owned(), None),
        Err(Unresolved::NotAnAddress { .. }) => ("no address".to_owned(), None),
        Err(Unresolved::UnknownCall { .. }) => ("unknown call".to_owned(), None),
    }
}

#[test]
fn a_config_value_fills_its_label_and_nothing_else() {
    for (url, expected) in [
        ("https://acme.desk.example.com/api/tickets", "tickets.create"),
        ("https://ACME.Desk.Example.com/api/tickets", "tickets.create"),
        ("https://acme.desk.example.com.evil.com/api/tickets", "unknown host"),
        ("https://evil.com/.desk.example.com/api/tickets", "unknown host"),
        ("https://evil.com#.desk.example.com/api/tickets", "unknown host"),
        ("https://evil.com?.desk.example.com/api/tickets", "unknown host"),
        ("https://evil.com:443@acme.desk.example.com/api/tickets", "no address"),
        ("https://evil.com\\.desk.example.com/api/tickets", "no address"),
        ("https://a.b.desk.example.com/api/tickets", "unknown host"),
        ("https://.desk.example.com/api/tickets", "unknown host"),
        ("https://evil_.desk.example.com/api/tickets", "unknown host"),
        ("https://acme.evil.example.com/api/tickets", "unknown host"),
        ("https://acmedesk.example.com/api/tickets", "unknown host"),
        (
            "https://acme%2eevil.com%2f.desk.example.com/api/tickets",
            "unknown host",
        ),
    ] {
        assert_eq!(operation("POST", url).0, expected, "{url}");
    }
}

#[test]
fn a_computed_part_is_taken_where_the_field_is_and_told() {
    let told = Some("subdomain".to_owned());
    for url in [
        "https://{}.desk.example.com/api/tickets",
        "https://{subdomain}.desk.example.com/api/tickets",
    ] {
        assert_eq!(
            operation("POST", url),
            ("tickets.create".to_owned(), told.clone()),
            "{url}"
        );
    }
    for url in [
        "https://x{}.desk.example.com/api/tickets",
        "https://{}.example.com/api/tickets",
        "https://{}.desk.example.com.evil.com/api/tickets",
        "https://{other}.desk.example.com/api/tickets",
    ] {
        assert_eq!(operation("POST", url).0, "unknown host", "{url}");
    }
    assert_eq!(operation("GET", "https://{}/api/clusters").0, "no address");
    assert_eq!(
        operation("GET", "https://{workspace}/api/clusters").1.as_deref(),
        Some("workspace")
    );
}

#[test]
fn a_whole_host_has_the_shape_of_its_field() {
    for (url, expected) in [
        ("https://acme.cloud.deskhost.com/api/clusters", "clusters.list"),
        ("https://acme.deskazure.net/api/clusters", "clusters.list"),
        ("https://deskazure.net/api/clusters", "unknown host"),
        ("https://acme.deskazure.net.evil.com/api/clusters", "unknown host"),
        ("https://evil.com/api/clusters", "unknown host"),
    ] {
        assert_eq!(operation("GET", url).0, expected, "{url}");
    }
}

#[test]
fn a_config_value_in_a_path_may_be_a_folder() {
    for (url, expected) in [
        ("https://api.desk.example.com/root:/sites/acme/info", "site.get"),
        ("https://api.desk.example.com/root:/{}/info", "site.get"),
        ("https://api.desk.example.com/root:/{site}/info", "site.get"),
        ("https://api.desk.example.com/root:/sites/../info", "no address"),
        ("https://api.desk.example.com/root:/info", "unknown call"),
    ] {
        assert_eq!(operation("GET", url).0, expected, "{url}");
    }
}

fn graphql(document: Option<&str>) -> Result<(String, Vec<Vec<String>>), String> {
    let catalog = catalog();
    let call = Outgoing {
        method: "POST",
        url: "https://api.desk.example.com/graphql",
        prefer: Some("desk"),
        document,
    };
    catalog
        .resolve_call(&call)
        .map(|found| (found.method_id, found.scope_sets))
        .map_err(|error| error.to_string())
}

#[test]
fn a_graphql_document_tells_operations_apart() {
    let sets = |names: &[&str]| vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    let own = "query Issues($first: Int) { issues(first: $first) { nodes { id } } }";
    assert_eq!(graphql(Some(own)), Ok(("issues.list".to_owned(), sets(&["read"]))));
    let other = "{ mine: issues { nodes { id title state { name } } } }";
    assert_eq!(graphql(Some(other)), Ok(("issues.list".to_owned(), sets(&["read"]))));
    let make = "mutation { issueCreate(title: \"x\") { id } }";
    assert_eq!(graphql(Some(make)), Ok(("issues.create".to_owned(), sets(&["write"]))));
    // Who sends a document nobody knows may do all of it.
    assert_eq!(
        graphql(None),
        Ok(("POST /graphql".to_owned(), sets(&["read", "write"])))
    );
    assert_eq!(
        graphql(Some("no document")),
        Ok(("POST /graphql".to_owned(), sets(&["read", "write"])))
    );
    let unknown = graphql(Some("mutation { issueDelete(id: 1) { ok } }")).unwrap_err();
    assert!(
        unknown.contains("desk has no call `POST /graphql (issueDelete)`"),
        "{unknown}"
    );
    // A query field is no mutation of the same name.
    assert!(graphql(Some("{ issueCreate { id } }")).is_err());
}

#[test]
fn microsofts_paths_are_found_in_any_case_and_version() {
    let catalog = Catalog::embedded();
    for (method, path, expected) in [
        ("POST", "/v1.0/me/sendMail", "POST /v1.0/me/sendmail"),
        ("POST", "/v1.0/users/{}/sendMail", "POST /v1.0/users/{}/sendmail"),
        ("POST", "/beta/me/sendMail", "POST /v1.0/me/sendmail"),
        (
            "GET",
            "/v1.0/me/drive/root:/Invoices/2026/11.pdf:/content",
            "GET /v1.0/me/drive/root:/{+}:/content",
        ),
        (
            "GET",
            "/v1.0/me/drive/root:/{}:/content",
            "GET /v1.0/me/drive/root:/{+}:/content",
        ),
        (
            "GET",
            "/v1.0/me/drive/root/search(q='{}')",
            "GET /v1.0/me/drive/root/search({})",
        ),
        (
            "PUT",
            "/v1.0/drives/b!1/items/01AB:/a.txt:/content",
            "PUT /v1.0/drives/{}/items/{}:/{+}:/content",
        ),
        (
            "GET",
            "/v1.0/sites/contoso.sharepoint.com:/sites/team",
            "GET /v1.0/sites/{}:/{+}",
        ),
        (
            "POST",
            "/v1.0/teams/{}/channels/{}/messages",
            "POST /v1.0/teams/{}/channels/{}/messages",
        ),
    ] {
        let url = format!("https://graph.microsoft.com{path}");
        let found = catalog.resolve(method, &url, Some("msgraph")).unwrap();
        // Some of these are operations with a name of their own.
        if found.operation.is_none() {
            assert_eq!(found.method_id, expected, "{url}");
        }
        assert!(!found.scope_sets.is_empty(), "{url}");
    }
    let owner = |path: &str| {
        let url = format!("https://graph.microsoft.com/v1.0{path}");
        catalog.resolve("GET", &url, None).unwrap().connector
    };
    assert_eq!(owner("/me/messages"), "outlook");
    assert_eq!(owner("/me/drive/root/children"), "one_drive");
    assert_eq!(owner("/users/x/drive/root/children"), "one_drive");
    assert_eq!(owner("/sites/x/lists"), "share_point");
    assert_eq!(owner("/me/joinedTeams"), "microsoft_teams");
}

#[test]
fn whose_account_it_is_may_be_asked_with_any_google_token() {
    let catalog = Catalog::embedded();
    let url = "https://www.googleapis.com/oauth2/v2/userinfo";
    let found = catalog.resolve("GET", url, Some("gmail")).unwrap();
    assert_eq!(found.connector, "gmail");
    assert!(
        found.scope_sets.iter().any(|set| set == &["email".to_owned()]),
        "{found:?}"
    );
    assert_eq!(
        catalog.resolve("GET", url, Some("hubspot")).unwrap().connector,
        "google_identity"
    );
}
