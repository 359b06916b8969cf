//! Plan to TypeScript: the function a careful engineer would write by hand.
//!
//! `handler` holds the lines, `start` writes its beginning, `steps` the steps, `account`, `call`,
//! `url`, `body` and `pages` provider calls, `text`, `lines` and `filter` texts, `mail` messages; `ts` lays expressions out,
//! `helpers` adds the functions below the handler, `target` knows where an app keeps them.
//! Not here: any judgement of the result; prove, police and rehearse read the source alone.
//!
//! Invariants: same plan, app and catalog give the same bytes; the caller is checked before
//! anything else; a credential is written where its vendor wants it at the call and nowhere else.

mod account;
pub(crate) mod body;
pub(crate) mod call;
mod filter;
mod handler;
mod helpers;
mod lines;
pub(crate) mod mail;
mod pages;
mod start;
pub(crate) mod steps;
pub(crate) mod target;
pub(crate) mod text;
pub(crate) mod ts;
mod url;

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_patch::{AppPath, PatchError};

use crate::{Plan, PlanError};

/// A function as source text, not yet proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The function's name.
    pub function: String,
    /// Where its source goes.
    pub entry: AppPath,
    /// The source.
    pub source: String,
    /// The file that starts it, with its text as it is when nothing is there yet.
    pub automation: Option<(AppPath, String)>,
    /// What the builder has to do by hand, one sentence each.
    pub notes: Vec<String>,
}

/// Why a plan could not become a draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The plan is wrong.
    #[error("the plan can't be compiled: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Plan(Vec<PlanError>),
    /// The function's file can't be in the app.
    #[error(transparent)]
    Path(#[from] PatchError),
}

impl From<PlanError> for CompileError {
    fn from(error: PlanError) -> Self {
        Self::Plan(vec![error])
    }
}

/// Compiles a plan for an app.
///
/// # Errors
/// Everything that is wrong with the plan, or a name that can't be a file.
pub fn compile(plan: &Plan, app: &App, catalog: &Catalog) -> Result<Draft, CompileError> {
    plan.validate(app, catalog).map_err(CompileError::Plan)?;
    let source = handler::write(plan, app, catalog)?;
    let target = target::of(app);
    let entry = target.entry(&plan.name, app)?;
    let automation = target.automation(plan, &entry)?;
    let mut notes = target.notes(plan)?;
    notes.extend(account::notes(plan, catalog));
    Ok(Draft {
        function: plan.name.clone(),
        entry,
        source,
        automation,
        notes,
    })
}

/// Where a function of this name has its source in an app, also when it isn't there yet.
///
/// # Errors
/// When the name can't be a file.
pub fn entry_path(app: &App, name: &str) -> Result<AppPath, PatchError> {
    target::of(app).entry(name, app)
}
