//! Which permissions a plan needs, and what each of them lets its holder do.

use linchpin_app::App;
use linchpin_catalog::{Connector, Sensitivity};
use linchpin_function::{Plan, Step};
use linchpin_question::Permission;

use crate::Cx;

/// For each call of the plan through this connector: the sets of scopes that suffice.
pub(crate) fn needs(connector: &Connector, plan: Option<&Plan>) -> Vec<Vec<Vec<String>>> {
    let mut needs = Vec::new();
    if let Some(plan) = plan {
        walk(&plan.steps, &mut |call| {
            let id = call.connector.as_deref().unwrap_or(&plan.connector);
            let operation = connector.operation(&call.operation).filter(|_| id == connector.id);
            needs.extend(operation.map(|o| o.scopes.clone()).filter(|sets| !sets.is_empty()));
        });
    }
    needs
}

fn walk(steps: &[Step], visit: &mut impl FnMut(&linchpin_function::CallStep)) {
    for step in steps {
        match step {
            Step::Call(call) => visit(call),
            Step::Each { steps, .. } => walk(steps, visit),
            Step::Read { .. } | Step::Get { .. } | Step::StopIfEmpty { .. } | Step::Write { .. } => {}
        }
    }
}

/// The permissions a connection would be asked for, in plain words.
pub(crate) fn permissions(
    cx: &Cx<'_>,
    connector: &Connector,
    plan: Option<&Plan>,
    granted: &[String],
) -> Vec<Permission> {
    let needed = cx.catalog.smallest_scopes(&connector.id, &needs(connector, plan));
    let base = connector
        .auth
        .base_scopes
        .iter()
        .filter(|scope| !needed.contains(scope));
    let permission = |scope: &String, for_plan: bool| {
        let known = connector.scope(scope);
        Permission {
            scope: scope.clone(),
            sentence: known.map_or_else(|| scope.clone(), |s| s.sentence.clone()),
            sensitivity: known.map_or(Sensitivity::Basic, |s| s.sensitivity),
            unlocks: cx.catalog.unlocks(&connector.id, scope).map(|u| (u.methods, u.total)),
            needed_by: match plan.filter(|_| for_plan) {
                Some(plan) => vec![plan.name.clone()],
                None => Vec::new(),
            },
            granted: granted.contains(scope),
        }
    };
    needed
        .iter()
        .map(|s| permission(s, true))
        .chain(base.map(|s| permission(s, false)))
        .collect()
}

/// Names of the app's functions that ask for a connector.
pub fn function_uses(app: &App, connector: &str) -> Vec<String> {
    app.functions
        .iter()
        .filter(|f| f.connectors.iter().any(|c| c.connector == connector))
        .map(|f| f.name.clone())
        .collect()
}
