//! What a person reviews: a changeset, and the facts about it that we computed ourselves.

use linchpin_patch::Changeset;
use serde::{Deserialize, Serialize};

use crate::Mode;

/// A proposed change with the facts about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// What would change.
    pub changeset: Changeset,
    /// What it is for, in a sentence.
    pub title: String,
    /// The functions in it.
    pub functions: Vec<FunctionFacts>,
    /// Whether the policy forbids applying it as it is.
    pub blocked: bool,
    /// What the model says of it; shown last and as such.
    pub model_says: Option<String>,
}

/// The facts about one function, from its code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionFacts {
    /// Its name.
    pub name: String,
    /// Its file, relative to the app.
    pub file: String,
    /// What starts it, in words ("every day at 08:00, Europe/Berlin").
    pub trigger: String,
    /// Who may call it, in words.
    pub callers: String,
    /// Connectors and modes it uses.
    pub connectors: Vec<(String, Mode)>,
    /// Its outgoing calls.
    pub calls: Vec<CallFact>,
    /// Calls that could not be resolved, with line and reason.
    pub unresolved: Vec<(u32, String)>,
    /// Scopes it needs, each with how much it unlocks.
    pub scopes: Vec<ScopeFact>,
    /// Entities it reads or writes ("reads Booking", "writes Booking").
    pub entities: Vec<String>,
    /// Rules it breaks.
    pub violations: Vec<RuleFact>,
    /// What runs would have sent.
    pub rehearsals: Vec<RunFact>,
    /// What is left to do by hand after applying, one sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// One outgoing call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFact {
    /// Line in the function, from 1.
    pub line: u32,
    /// HTTP method.
    pub method: String,
    /// Host name.
    pub host: String,
    /// Path with `{}` where a part is computed.
    pub path: String,
    /// The operation it is.
    pub operation: String,
    /// What the operation does, in words, if the catalog says.
    pub title: Option<String>,
}

/// One scope that a function needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeFact {
    /// The connector's id.
    pub connector: String,
    /// The vendor's string.
    pub scope: String,
    /// What it allows.
    pub sentence: String,
    /// How many of the vendor's methods it unlocks, and of how many.
    pub unlocks: Option<(usize, usize)>,
    /// Whether the app's connector file declares it already.
    pub declared: bool,
}

/// A broken rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFact {
    /// The rule's id.
    pub rule: String,
    /// Line, from 1.
    pub line: u32,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// One rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFact {
    /// Who called it, or which fault was played.
    pub caller: String,
    /// Whether it did what it should.
    pub ok: bool,
    /// The HTTP status it answered with.
    pub status: u16,
    /// What it answered.
    pub answer: String,
    /// What it would have sent.
    pub requests: Vec<RequestFact>,
    /// What it wrote to entities, in words.
    pub writes: Vec<String>,
    /// Why it is not ok.
    pub problem: Option<String>,
}

/// A request that a run would have sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFact {
    /// HTTP method.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Headers worth seeing.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: Option<String>,
    /// The mail in it: to, cc, subject, text.
    pub mail: Option<MailFact>,
}

/// A mail as a reader would see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFact {
    /// Recipients.
    pub to: String,
    /// Copies.
    pub cc: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}
