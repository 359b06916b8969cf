//! Connectors of one's own: what is made from documents and answers, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::custom::{Answered, Draft, Kind, Read, metadata_addresses, read, refusals};
use linchpin_catalog::{Body, Catalog, ClientAuth, Effect, KeyPlace, Pkce, Place, parse};

const OIDC: &str = r#"{
  "issuer": "https://id.acme.example.com",
  "authorization_endpoint": "https://id.acme.example.com/authorize",
  "token_endpoint": "https://id.acme.example.com/token",
  "revocation_endpoint": "https://id.acme.example.com/revoke",
  "device_authorization_endpoint": "https://id.acme.example.com/device",
  "userinfo_endpoint": "https://id.acme.example.com/userinfo",
  "scopes_supported": ["openid", "email", "orders.read"],
  "code_challenge_methods_supported": ["S256"],
  "token_endpoint_auth_methods_supported": ["client_secret_post"],
  "authorization_response_iss_parameter_supported": true,
  "grant_types_supported": ["authorization_code", "client_credentials"]
}"#;

const API: &str = r"
openapi: 3.1.0
info:
  title: Acme Shop API
  version: '1'
servers:
  - url: https://{shop}.acme.example.com/v2
    variables:
      shop: { default: demo, description: The shop's name }
security:
  - login: [orders.read]
paths:
  /orders:
    parameters:
      - { name: X-Trace, in: header, schema: { type: string } }
    get:
      operationId: listOrders
      summary: List orders
      parameters:
        - $ref: '#/components/parameters/Limit'
      responses:
        '200':
          description: Orders
          content:
            application/json:
              schema:
                type: object
                properties:
                  orders: { type: array, items: { $ref: '#/components/schemas/Order' } }
    post:
      operationId: createOrder
      security: [{ login: [orders.write] }]
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/NewOrder' }
      responses: { '201': { description: Made } }
  /orders/{id}:
    delete:
      security: [{ login: [orders.write, orders.admin] }, { login: [admin] }]
      responses: { '204': { description: Gone } }
  /ping:
    get:
      security: []
      responses: { '204': { description: Here } }
  /elsewhere:
    $ref: other.yaml#/paths/elsewhere
components:
  parameters:
    Limit: { name: limit, in: query, description: How many at most, schema: { type: integer, default: 20 } }
  schemas:
    Base: { type: object, required: [email], properties: { email: { type: string, format: email } } }
    NewOrder:
      allOf:
        - $ref: '#/components/schemas/Base'
        - { type: object, properties: { note: { type: string, description: A note } } }
    Order:
      type: object
      properties:
        id: { type: integer }
        parent: { $ref: '#/components/schemas/Order' }
  securitySchemes:
    login:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://login.acme.example.com/authorize
          tokenUrl: https://login.acme.example.com/token
          scopes: { orders.read: see orders, orders.write: change orders, admin: everything }
";

fn done(text: &str, from: Option<&str>) -> Draft {
    match read(Draft::default(), text, from).unwrap() {
        Read::Done(draft) => draft,
        Read::Next(_, next) => panic!("{next:?}"),
    }
}

#[test]
fn metadata_says_how_one_signs_in() {
    let from = "https://id.acme.example.com/.well-known/openid-configuration";
    let mut draft = done(OIDC, Some(from));
    let open: Vec<&str> = draft
        .questions()
        .iter()
        .filter(|q| q.required)
        .map(|q| q.field)
        .collect();
    assert_eq!(open, ["id", "host"]);
    assert_eq!(draft.answer("id", "acme").unwrap(), Answered::Yes);
    assert_eq!(
        draft.answer("host", "https://api.acme.example.com/v1").unwrap(),
        Answered::Yes
    );
    let connector = draft.finish().unwrap();
    assert_eq!(refusals(Catalog::embedded(), &connector), [""; 0]);
    let auth = &connector.auth;
    assert_eq!(auth.token_url, "https://id.acme.example.com/token");
    assert_eq!(auth.revoke_url.as_deref(), Some("https://id.acme.example.com/revoke"));
    assert_eq!(auth.device_url.as_deref(), Some("https://id.acme.example.com/device"));
    assert_eq!(auth.issuer.as_deref(), Some("https://id.acme.example.com"));
    assert_eq!((auth.pkce, auth.client_auth), (Pkce::S256, ClientAuth::Body));
    assert!(auth.client_credentials);
    assert_eq!(auth.base_scopes, ["openid", "email"]);
    assert_eq!(auth.identity.url, "https://id.acme.example.com/userinfo");
    assert_eq!(connector.hosts, ["https://api.acme.example.com"]);
    assert!(connector.scope("orders.read").is_some());
    let text = connector.to_file().unwrap();
    assert_eq!(parse("acme.toml", &text).unwrap(), connector);
}

#[test]
fn metadata_that_speaks_for_others_is_refused() {
    let said = |text: &str, from: &str| read(Draft::default(), text, Some(from)).unwrap_err().to_string();
    let other = said(OIDC, "https://evil.example.org/.well-known/openid-configuration");
    assert!(other.contains("speaks for the issuer"), "{other}");
    let plain = OIDC.replace("https://id.acme.example.com/token", "http://id.acme.example.com/token");
    let from = "https://id.acme.example.com/.well-known/openid-configuration";
    assert!(said(&plain, from).contains("token_endpoint"));
    let open = OIDC
        .replace("\"client_secret_post\"", "\"none\"")
        .replace("\"S256\"", "\"plain\"");
    assert!(said(&open, from).contains("stolen code"));
    let keys = OIDC.replace("client_secret_post", "private_key_jwt");
    assert!(said(&keys, from).contains("doesn't speak"));
    assert!(said("{\"hello\": 1}", from).contains("neither OAuth metadata nor"));
    assert!(said("hello: [", from).contains("neither JSON nor YAML"));
}

#[test]
fn a_resource_leads_to_its_server() {
    let resource = r#"{"resource": "https://api.acme.example.com/mcp", "resource_name": "Acme",
        "authorization_servers": ["https://id.acme.example.com/tenant"], "scopes_supported": ["orders.read"]}"#;
    let Read::Next(draft, next) = read(Draft::default(), resource, None).unwrap() else {
        panic!("it should lead on");
    };
    assert_eq!(draft.hosts, ["https://api.acme.example.com"]);
    assert_eq!(draft.name.as_deref(), Some("Acme"));
    assert_eq!(
        next,
        [
            "https://id.acme.example.com/.well-known/oauth-authorization-server/tenant",
            "https://id.acme.example.com/.well-known/openid-configuration/tenant",
            "https://id.acme.example.com/tenant/.well-known/openid-configuration",
        ]
    );
    let direct = "https://id.acme.example.com/.well-known/oauth-authorization-server";
    assert_eq!(metadata_addresses(direct), [direct]);
    assert!(metadata_addresses("http://id.acme.example.com").is_empty());
}

#[test]
fn an_openapi_document_becomes_every_call() {
    let draft = done(API, Some("https://acme.example.com/openapi.yaml"));
    assert_eq!(
        draft.notes,
        ["/elsewhere is described in another document and was left out."]
    );
    let connector = draft.finish().unwrap();
    assert_eq!(refusals(Catalog::embedded(), &connector), [""; 0]);
    assert_eq!(
        (connector.id.as_str(), connector.name.as_str()),
        ("acme_shop", "Acme Shop API")
    );
    assert_eq!(connector.hosts, ["https://{shop}.acme.example.com"]);
    assert_eq!(connector.config.first().unwrap().name, "shop");
    assert_eq!(connector.auth.authorize_url, "https://login.acme.example.com/authorize");
    let list = connector.operation("listOrders").unwrap();
    assert_eq!(list.url, "https://{shop}.acme.example.com/v2/orders");
    assert_eq!(
        (list.intent.as_str(), list.effect, list.body),
        ("list_orders", Effect::Read, Body::None)
    );
    assert_eq!(list.scopes, [["orders.read"]]);
    let limit = list.params.iter().find(|param| param.name == "limit").unwrap();
    assert_eq!(
        (limit.place, limit.default.as_deref(), limit.required),
        (Place::Query, Some("20"), false)
    );
    assert!(
        list.params
            .iter()
            .any(|param| param.name == "X-Trace" && param.place == Place::Header)
    );
    // A schema that holds itself ends somewhere.
    assert!(
        list.sample_response.starts_with(r#"{"orders":[{"id":1,"parent":{"#),
        "{}",
        list.sample_response
    );
    let create = connector.operation("createOrder").unwrap();
    assert_eq!(
        create.sample_request.as_deref(),
        Some(r#"{"email":"anna@example.com"}"#)
    );
    assert!(
        create
            .params
            .iter()
            .any(|param| param.name == "email" && param.required)
    );
    assert!(
        create
            .params
            .iter()
            .any(|param| param.name == "note" && !param.required)
    );
    let delete = connector.operations.iter().find(|o| o.method == "DELETE").unwrap();
    assert_eq!(delete.effect, Effect::Delete);
    assert_eq!(delete.scopes, [vec!["orders.write", "orders.admin"], vec!["admin"]]);
    assert!(
        delete
            .params
            .iter()
            .any(|param| param.name == "id" && param.place == Place::Path)
    );
    assert_eq!(connector.operations.len(), 4);
    let text = connector.to_file().unwrap();
    assert_eq!(parse("acme_shop.toml", &text).unwrap(), connector);
}

#[test]
fn an_openapi_document_with_a_key() {
    let api = |scheme: &str| {
        format!(
            r#"{{"openapi":"3.0.3","info":{{"title":"Tiny"}},"servers":[{{"url":"https://api.tiny.example.com"}}],
            "paths":{{"/me":{{"get":{{"responses":{{}}}}}}}},"components":{{"securitySchemes":{{"k":{scheme}}}}}}}"#
        )
    };
    for (scheme, place, field, template) in [
        (
            r#"{"type":"http","scheme":"bearer"}"#,
            KeyPlace::Header,
            "Authorization",
            "Bearer {key}",
        ),
        (
            r#"{"type":"apiKey","in":"header","name":"X-Key"}"#,
            KeyPlace::Header,
            "X-Key",
            "{key}",
        ),
        (
            r#"{"type":"apiKey","in":"query","name":"key"}"#,
            KeyPlace::Query,
            "key",
            "{key}",
        ),
        (
            r#"{"type":"http","scheme":"basic"}"#,
            KeyPlace::Basic,
            "",
            "{user}:{key}",
        ),
    ] {
        let connector = done(&api(scheme), None).finish().unwrap();
        let key = connector.auth.key.clone().unwrap();
        assert_eq!(
            (key.place, key.field.as_str(), key.template.as_str()),
            (place, field, template)
        );
        assert_eq!(key.secret, "TINY_API_KEY");
        assert_eq!(connector.auth.identity.url, "https://api.tiny.example.com/me");
        assert_eq!(refusals(Catalog::embedded(), &connector), [""; 0], "{scheme}");
    }
    let old = read(Draft::default(), r#"{"swagger":"2.0"}"#, None)
        .unwrap_err()
        .to_string();
    assert!(old.contains("OpenAPI 3"), "{old}");
}

fn answered(pairs: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::default();
    for (field, said) in pairs {
        assert_eq!(draft.answer(field, said).unwrap(), Answered::Yes, "{field}");
    }
    draft
}

const ACME: &[(&str, &str)] = &[
    ("id", "acme"),
    ("host", "https://api.acme.example.com"),
    ("sign-in", "oauth"),
    ("authorize-url", "https://acme.example.com/authorize"),
    ("token-url", "https://acme.example.com/token"),
    ("scopes", "read: see orders\nwrite: change orders"),
];

#[test]
fn answers_make_a_connector_too() {
    let mut draft = Draft::default();
    let first = draft.questions().into_iter().next().unwrap();
    assert_eq!((first.field, first.kind, first.required), ("id", Kind::Id, true));
    for (field, said) in [
        ("id", "Acme!"),
        ("host", "http://acme.example.com"),
        ("host", ""),
        ("sign-in", "maybe"),
        ("token-url", "https://user@acme.example.com/token"),
        ("scopes", "two words"),
        ("name", " "),
    ] {
        assert!(
            matches!(draft.answer(field, said).unwrap(), Answered::No(_)),
            "{field}: {said}"
        );
    }
    assert!(draft.answer("colour", "red").is_err());
    let missing = draft.clone().finish().unwrap_err().to_string();
    assert!(missing.contains("short name") && missing.contains("--id"), "{missing}");
    let connector = answered(ACME).finish().unwrap();
    assert_eq!(refusals(Catalog::embedded(), &connector), [""; 0]);
    assert_eq!(connector.scope("read").unwrap().sentence, "See orders.");
    let key = answered(&[
        ("id", "tiny"),
        ("host", "https://api.tiny.example.com"),
        ("sign-in", "key"),
        ("verify-url", "https://api.tiny.example.com/me"),
    ]);
    assert_eq!(refusals(Catalog::embedded(), &key.finish().unwrap()), [""; 0]);
}

#[test]
fn nothing_of_a_built_in_connector_can_be_taken() {
    let with = |field: &str, said: &str| {
        let mut draft = answered(ACME);
        assert_eq!(draft.answer(field, said).unwrap(), Answered::Yes);
        draft.finish().unwrap()
    };
    for (field, said, why) in [
        ("id", "gmail", "belongs to the built-in connector Gmail"),
        ("id", "g_mail", "belongs to the built-in connector Gmail"),
        ("id", "google", "family `google` belongs to"),
        (
            "host",
            "https://gmail.googleapis.com",
            "belongs to the built-in connector",
        ),
        (
            "host",
            "https://api.acme.example.com https://slack.com",
            "belongs to the built-in connector",
        ),
        (
            "authorize-url",
            "https://accounts.google.com/o/oauth2/v2/auth",
            "belongs to the built-in connector",
        ),
        (
            "token-url",
            "https://oauth2.googleapis.com/token",
            "belongs to the built-in connector",
        ),
        ("host", "https://graph.microsoft.com", "belongs to"),
    ] {
        let found = refusals(Catalog::embedded(), &with(field, said));
        assert!(
            found.iter().any(|reason| reason.contains(why)),
            "{field} {said}: {found:?}"
        );
    }
    let mut wide = with("id", "acme");
    wide.hosts = vec!["https://{x}.googleapis.com".to_owned()];
    assert!(
        refusals(Catalog::embedded(), &wide)
            .iter()
            .any(|reason| reason.contains("belongs to the built-in"))
    );
    // Where the built-in one's whole host is a config value, its domain is still its own.
    if Catalog::embedded().get("salesforce").is_some() {
        let mut sales = with("id", "acme");
        sales.hosts = vec!["https://acme.my.salesforce.com".to_owned()];
        let found = refusals(Catalog::embedded(), &sales);
        assert!(found.iter().any(|reason| reason.contains("Salesforce")), "{found:?}");
    }
    let mut hole = with("id", "acme");
    hole.hosts = vec!["https://{x}".to_owned()];
    assert!(!refusals(Catalog::embedded(), &hole).is_empty());
    let mut reserved = with("id", "acme");
    reserved.auth.authorize_params = vec![linchpin_catalog::Param {
        name: "redirect_uri".to_owned(),
        value: "https://evil.example.org".to_owned(),
    }];
    assert!(
        refusals(Catalog::embedded(), &reserved)
            .iter()
            .any(|reason| reason.contains("belongs to the flow"))
    );
}

#[test]
fn a_catalog_with_connectors_of_ones_own_knows_them_everywhere() {
    let acme = answered(ACME).finish().unwrap().to_file().unwrap();
    let api = done(API, None).finish().unwrap().to_file().unwrap();
    let thief = acme.replace("acme", "gmail");
    let files = [
        ("acme.toml".to_owned(), acme.clone()),
        ("shop.toml".to_owned(), api),
        ("again.toml".to_owned(), acme),
        ("thief.toml".to_owned(), thief),
        ("broken.toml".to_owned(), "id = 1".to_owned()),
    ];
    let (catalog, found) = Catalog::fresh().with_custom(&files);
    let refused: Vec<&str> = found.iter().map(|finding| finding.file.as_str()).collect();
    assert!(
        refused
            .iter()
            .all(|file| ["again.toml", "thief.toml", "broken.toml"].contains(file)),
        "{found:?}"
    );
    assert!(catalog.is_custom("acme") && !catalog.is_custom("gmail"));
    assert_eq!(catalog.ids().count(), Catalog::embedded().ids().count() + 2);
    assert_eq!(catalog.search("acme").first().unwrap().id, "acme");
    let call = catalog
        .resolve("GET", "https://bikes.acme.example.com/v2/orders", None)
        .unwrap();
    assert_eq!(
        (call.connector.as_str(), call.method_id.as_str()),
        ("acme_shop", "listOrders")
    );
    assert_eq!(
        catalog.smallest_scopes("acme_shop", &[call.scope_sets]),
        ["orders.read"]
    );
    // What is built in is what it was.
    assert_eq!(catalog.hash("gmail"), Catalog::embedded().hash("gmail"));
}
