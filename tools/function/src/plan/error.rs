//! What can be wrong with a plan. Each message says what to write instead, for a person as well
//! as for a model that has to try again.

use crate::template::TemplateError;

/// A plan that cannot be compiled as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A connector that is not in the catalog.
    #[error("there is no connector `{id}`.{hint} `linchpin catalog list` shows them all.")]
    Connector {
        /// As written.
        id: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// An operation that the connector does not have.
    #[error("`{connector}` has no operation `{id}`.{hint} `linchpin catalog show {connector}` lists them.")]
    Operation {
        /// The connector.
        connector: String,
        /// As written.
        id: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// An entity that the app does not have.
    #[error("the app has no entity `{name}`.{hint} Use one of the app's entities.")]
    Entity {
        /// As written.
        name: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A field that the entity does not have.
    #[error("{place}: `{entity}` has no field `{field}`.{hint} Use a field of its schema.")]
    Field {
        /// Where in the plan.
        place: String,
        /// The entity.
        entity: String,
        /// As written.
        field: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A value that the field's enum does not allow.
    #[error("{place}: `{field}` is never `{value}`.{next}")]
    Choice {
        /// Where in the plan.
        place: String,
        /// The entity and the field.
        field: String,
        /// As written.
        value: String,
        /// A suggestion if there is one, and what it can be.
        next: String,
    },
    /// A name that nothing has bound.
    #[error("{place}: nothing is called `{name}` here.{hint} Known are: {known}.")]
    Unbound {
        /// Where in the plan.
        place: String,
        /// As written.
        name: String,
        /// A suggestion, or nothing.
        hint: String,
        /// What is bound.
        known: String,
    },
    /// A value of the wrong kind.
    #[error("{place}: `{path}` is {is}, and {needed} is needed here. {next}")]
    Kind {
        /// Where in the plan.
        place: String,
        /// The path.
        path: String,
        /// What it is.
        is: &'static str,
        /// What it should be.
        needed: &'static str,
        /// What to do.
        next: &'static str,
    },
    /// A name that can't be one, or is taken.
    #[error("{place}: `{name}` can't be a name here: {why}. Choose another, such as `{example}`.")]
    Name {
        /// Where in the plan.
        place: String,
        /// As written.
        name: String,
        /// Why not.
        why: &'static str,
        /// One that can.
        example: &'static str,
    },
    /// A text that is not a template.
    #[error("{place}: {error}")]
    Template {
        /// Where in the plan.
        place: String,
        /// What is wrong with it.
        error: TemplateError,
    },
    /// A time zone that does not exist.
    #[error("there is no time zone `{zone}`.{hint} Use an IANA name such as `Europe/Berlin`.")]
    Zone {
        /// As written.
        zone: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A schedule that can't be kept.
    #[error("the schedule can't be kept: {why}. {next}")]
    Schedule {
        /// Why.
        why: String,
        /// What to write.
        next: &'static str,
    },
    /// An app-user connection where nobody is signed in.
    #[error(
        "`{connector}` is connected per user, and {who} has no signed-in user whose account could be \
         used. Connect it as shared, or let a signed-in user call the function."
    )]
    NoUser {
        /// The connector.
        connector: String,
        /// What starts the function.
        who: &'static str,
    },
    /// The signed-in user, where nobody is.
    #[error(
        "{place}: `user` is whoever calls the function, and an automation is called by nobody. Write \
         the address itself, or a field of a record that holds it."
    )]
    Nobody {
        /// Where in the plan.
        place: String,
    },
    /// A caller that does not fit what starts the function.
    #[error("{who} is started by the platform, not by people. Set the caller to `automation`, or to the role `admin`.")]
    Caller {
        /// What starts the function.
        who: &'static str,
    },
    /// A parameter without which the vendor refuses the call.
    #[error("{place}: `{operation}` needs `{param}` in its {part}: {about} Add it.")]
    Missing {
        /// Where in the plan.
        place: String,
        /// The operation.
        operation: String,
        /// The parameter.
        param: String,
        /// `path`, `query`, `header`, `body` or `step`.
        part: &'static str,
        /// What it is.
        about: String,
    },
    /// A parameter that the operation does not have.
    #[error("{place}: `{operation}` has no {part} parameter `{param}`.{hint} Remove it or correct its name.")]
    Param {
        /// Where in the plan.
        place: String,
        /// The operation.
        operation: String,
        /// As written.
        param: String,
        /// `path`, `query` or `header`.
        part: &'static str,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A message that can't be sent.
    #[error("{place}: {why}. {next}")]
    Mail {
        /// Where in the plan.
        place: String,
        /// What is wrong.
        why: String,
        /// What to do.
        next: &'static str,
    },
    /// Something the plan says that makes no sense where it stands.
    #[error("{place}: {why}. {next}")]
    Place {
        /// Where in the plan.
        place: String,
        /// What is wrong.
        why: String,
        /// What to do.
        next: &'static str,
    },
    /// A function that would start itself again and again.
    #[error(
        "{place}: writing to `{entity}` starts this function again, for ever. Give the call an \
         `unless`, or the trigger a condition with `changed` or `becomes`."
    )]
    Loop {
        /// Where in the plan.
        place: String,
        /// The entity.
        entity: String,
    },
}

/// ` Did you mean …?` for the nearest of some names, or nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let lower = name.to_lowercase();
    let score = |known: &str| {
        let known = known.to_lowercase();
        if known == lower || known.ends_with(&format!(".{lower}")) {
            return 1.0;
        }
        strsim::jaro_winkler(&known, &lower)
    };
    known
        .into_iter()
        .map(|known| (score(known), known))
        .filter(|(score, _)| *score >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, known)| format!(" Did you mean `{known}`?"))
}
