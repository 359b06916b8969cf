//! The calls of a connector's API: where each goes, what it does to the world, and what it looks like.

use serde::{Deserialize, Serialize};

use super::Param;

/// What a call does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Looks.
    Read,
    /// Changes something that can be changed back.
    Write,
    /// Reaches another person.
    Send,
    /// Removes.
    Delete,
    /// Moves money.
    Money,
}

/// What the body of a call is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// No body.
    None,
    /// JSON.
    Json,
    /// JSON whose `raw` is a base64url MIME message (Gmail).
    MimeRaw,
    /// `application/x-www-form-urlencoded` (Stripe, Twilio).
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `multipart/related`: JSON metadata, then the file (Google uploads).
    Related,
    /// The file's bytes themselves.
    Bytes,
}

/// One call of a connector's API that Linchpin can plan, prove and rehearse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Its id, the vendor's where it has one (`gmail.users.messages.send`).
    pub id: String,
    /// What it does, starting with a verb ("Send an e-mail").
    pub title: String,
    /// The intent it serves (`send_email`), used by guide and suggestions.
    pub intent: String,
    /// HTTP method.
    pub method: String,
    /// Absolute URL with `{name}` for path parameters.
    pub url: String,
    /// Sets of scopes; any one set suffices, the best first. An empty list means none is needed.
    #[serde(default)]
    pub scopes: Vec<Vec<String>>,
    /// What it does to the world.
    pub effect: Effect,
    /// What makes a repetition harmless, in words ("client-supplied event id"), if anything does.
    #[serde(default)]
    pub idempotency: Option<String>,
    /// The body's form.
    pub body: Body,
    /// The GraphQL document sent as `query`; body parameters are then its variables.
    #[serde(default)]
    pub graphql: Option<String>,
    /// How often it may be called, in the vendor's words ("60 a minute for each user").
    #[serde(default)]
    pub rate_limit: Option<String>,
    /// Headers every call of it carries besides authorization and content type. `Authorization`
    /// here takes the usual one's place, with `{token}` for the token (Discord's `Bot {token}`).
    #[serde(default)]
    pub headers: Vec<Param>,
    /// How further pages are asked for.
    #[serde(default)]
    pub pagination: Option<Pagination>,
    /// A boolean member of the answer that says whether a 200 is a success (Slack `ok`).
    #[serde(default)]
    pub ok_field: Option<String>,
    /// Its parameters.
    #[serde(default)]
    pub params: Vec<OperationParam>,
    /// A minimal request body, as JSON text. For `mime_raw` it shows where `raw` goes: at the top,
    /// or inside `message` for a draft; the body parameters then are the parts of the letter.
    #[serde(default)]
    pub sample_request: Option<String>,
    /// What the vendor answers, as JSON text: the rehearsal's answer. Empty when it answers
    /// without a body (204).
    pub sample_response: String,
    /// The vendor's page about it.
    #[serde(default)]
    pub docs: Option<String>,
}

/// What leads to the next page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStyle {
    /// A cursor in the answer (`nextPageToken`).
    #[default]
    Cursor,
    /// The whole address of the next page, in the answer (`@odata.nextLink`).
    NextUrl,
    /// The whole address of the next page, in a `Link` header with `rel="next"` (GitHub).
    LinkHeader,
    /// A page number that counts from 1, or from `first`.
    Page,
    /// How many items to leave out.
    Offset,
}

/// How further pages are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    /// What leads to the next page.
    #[serde(default)]
    pub style: PageStyle,
    /// JSON pointer to the items in an answer.
    pub items: String,
    /// JSON pointer to the next cursor or the next page's address in an answer; empty for styles
    /// that have none.
    #[serde(default)]
    pub next: String,
    /// Where the cursor, page number or offset goes: a query parameter, or a body member when
    /// `in_body`; empty for styles that have none.
    #[serde(default)]
    pub param: String,
    /// Items a page, when the style counts: fewer mean that it was the last.
    #[serde(default)]
    pub size: Option<u32>,
    /// JSON pointer to a boolean that says whether there are further pages, where a cursor is
    /// given on the last one too (Dropbox `/has_more`).
    #[serde(default)]
    pub more: Option<String>,
    /// The first page's number, when it is not 1 (ClickUp counts from 0).
    #[serde(default)]
    pub first: Option<u32>,
    /// Whether the cursor goes into the body.
    #[serde(default)]
    pub in_body: bool,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In the body.
    Body,
    /// In a header.
    Header,
}

/// One parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationParam {
    /// Its name; for a body parameter a dotted path (a number is an index into a list).
    pub name: String,
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Whether the vendor insists.
    #[serde(default)]
    pub required: bool,
    /// What it is, in plain words.
    pub about: String,
    /// The value used when a plan says nothing (`primary`).
    #[serde(default)]
    pub default: Option<String>,
    /// Set when its value identifies something in the builder's own account that nobody can guess
    /// (a spreadsheet id, a channel): what to ask for, as a question.
    #[serde(default)]
    pub ask: Option<String>,
}
