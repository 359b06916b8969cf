//! Shared or per user: which one is advised for a plan, and why.
//!
//! Two facts decide. Nobody is signed in when the clock or a record starts a function, so only a
//! shared account can serve it. And where the app itself keeps records to their own user, an
//! account that holds private data should be the user's too. The rest is the catalog's advice.

use linchpin_app::{App, Entity};
use linchpin_catalog::{Connector, Mode};
use linchpin_function::{Plan, Step, Trigger};

use crate::Evidence;

/// Advice on a plan's mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advised {
    /// The mode.
    pub mode: Mode,
    /// Why, in a sentence or two.
    pub reason: String,
    /// Whether the other mode could not work at all.
    pub only: bool,
    /// What in the app says so.
    pub evidence: Vec<Evidence>,
}

/// The mode to advise for `plan`.
pub fn advise(app: &App, connector: &Connector, plan: &Plan) -> Advised {
    let entity = subject(plan).and_then(|name| app.entities.iter().find(|entity| entity.name == name));
    let own = entity.map(|entity| kept_to_user(app, entity)).unwrap_or_default();
    let starter = match &plan.trigger {
        Trigger::Schedule { .. } => Some("the clock"),
        Trigger::Entity { .. } => Some("a change of a record"),
        Trigger::Call => None,
    };
    if let Some(starter) = starter {
        let mut reason = format!(
            "It is started by {starter}, when nobody is signed in: only one shared {} account can serve it.",
            connector.name
        );
        if connector.advice.personal {
            reason.push_str(" Connect an account that belongs to the team, not someone's private one.");
        } else {
            reason.push(' ');
            reason.push_str(&connector.advice.reason);
        }
        if let (Some(entity), false) = (entity, own.is_empty()) {
            let records = crate::phrase::plural(&entity.name);
            reason.push_str(&format!(
                " In the app people see only their own {records}; that account gets to see all of them."
            ));
        }
        return Advised {
            mode: Mode::Shared,
            reason,
            only: true,
            evidence: own,
        };
    }
    if let (true, Some(entity), false) = (connector.advice.personal, entity, own.is_empty()) {
        return Advised {
            mode: Mode::AppUser,
            reason: format!(
                "Each user sees only their own {} here, so each should connect their own {} account.",
                crate::phrase::plural(&entity.name),
                connector.name
            ),
            only: false,
            evidence: own,
        };
    }
    Advised {
        mode: connector.advice.default,
        reason: connector.advice.reason.clone(),
        only: false,
        evidence: own,
    }
}

/// The entity a plan is about.
fn subject(plan: &Plan) -> Option<&str> {
    if let Trigger::Entity { entity, .. } = &plan.trigger {
        return Some(entity);
    }
    fn of(steps: &[Step]) -> Option<&str> {
        let own = steps.iter().find_map(|step| match step {
            Step::Each { steps, .. } => of(steps),
            _ => None,
        });
        own.or_else(|| {
            steps.iter().find_map(|step| match step {
                Step::Read { entity, .. } | Step::Get { entity, .. } => Some(entity.as_str()),
                _ => None,
            })
        })
    }
    of(&plan.steps)
}

/// Where the app keeps an entity's records to their own user.
fn kept_to_user(app: &App, entity: &Entity) -> Vec<Evidence> {
    let mut found = Vec::new();
    if let (true, Some(at)) = (entity.owner_only, &entity.rls_at) {
        found.push(Evidence::at(
            at,
            format!("row-level security keeps each {} to its own people", entity.name),
        ));
    }
    let page = app.pages.iter().find_map(|page| {
        let at = page.per_user.as_ref()?;
        let reads = page.reads.iter().any(|one| one.entity == entity.name && one.at == *at);
        reads.then_some((page, at))
    });
    if let Some((page, at)) = page {
        found.push(Evidence::at(
            at,
            format!(
                "the {} page shows only the signed-in user's {}",
                page.name,
                crate::phrase::plural(&entity.name)
            ),
        ));
    }
    found
}
