//! Advice on shared or per user, from the app and the connector. Ours, never a model's: what a
//! model prefers does not get in here.

use linchpin_app::App;
use linchpin_catalog::Connector;
use linchpin_function::{Plan, Trigger};
use linchpin_question::{Evidence, Mode};
use linchpin_suggest::Advised;

pub(crate) struct Advice {
    pub(crate) mode: Mode,
    pub(crate) reason: String,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) impossible: Option<(Mode, String)>,
}

/// Which mode fits, and why.
pub(crate) fn advise(app: &App, connector: &Connector, plan: Option<&Plan>) -> Advice {
    let Some(plan) = plan else {
        return Advice {
            mode: connector.advice.default,
            reason: connector.advice.reason.clone(),
            evidence: Vec::new(),
            impossible: None,
        };
    };
    let Advised {
        mode,
        reason,
        only,
        evidence,
    } = linchpin_suggest::advise(app, connector, plan);
    let other = match mode {
        Mode::Shared => Mode::AppUser,
        Mode::AppUser => Mode::Shared,
    };
    Advice {
        mode,
        reason,
        evidence: evidence
            .into_iter()
            .map(|e| Evidence {
                file: e.file,
                line: e.line,
                why: e.why,
            })
            .collect(),
        impossible: only.then(|| (other, nobody_signed_in(plan).to_owned())),
    }
}

fn nobody_signed_in(plan: &Plan) -> &'static str {
    match plan.trigger {
        Trigger::Schedule { .. } => "A schedule starts this function, and then nobody is signed in.",
        Trigger::Entity { .. } => "A change of a record starts this function, and then nobody is signed in.",
        Trigger::Call => "It can't work here.",
    }
}
