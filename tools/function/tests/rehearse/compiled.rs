//! What the compiler writes passes every run, and its requests are the ones it was asked for.

use std::collections::BTreeMap;

use linchpin_catalog::Catalog;
use linchpin_function::compile;
use linchpin_function::prove::prove;
use linchpin_function::rehearse::{Stage, rehearse};

use crate::fixture::{bookings, plans};

#[test]
fn every_compiled_function_passes_every_run() {
    let app = bookings();
    for plan in plans() {
        let draft = compile(&plan, &app, Catalog::embedded()).unwrap_or_else(|error| panic!("{}: {error}", plan.name));
        let stage = Stage::new(&draft.entry.to_string(), &draft.source, &app, Catalog::embedded()).of_plan(&plan);
        let proof = prove(
            &draft.source,
            draft.entry.as_str(),
            Catalog::embedded(),
            &BTreeMap::new(),
        )
        .unwrap();
        let all = rehearse(&Stage {
            proof: Some(&proof),
            ..stage
        });
        for r in &all {
            assert!(r.ok, "{} as {}: {:?}\n{:#?}", plan.name, r.caller, r.problem, r);
        }
        assert!(
            all.iter()
                .any(|r| r.caller == "provider 429" && r.requests.iter().filter(|q| q.status == 429).count() == 1),
            "{}: {:#?}",
            plan.name,
            all
        );
    }
}
