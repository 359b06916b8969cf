//! Runs a draft before it exists: in an embedded engine with no network, no files, a clock of
//! our own, and limits on memory, work and output.
//!
//! Each run is one caller (`anonymous`, `user`, `admin`, `automation`) or one fault of the world
//! (a provider that says 429, an account that is not connected). Providers answer from the
//! catalog's samples, entities are records made from the schema. Invariants: same stage, same
//! rehearsals, byte for byte; a crash or a limit ends in a [`Rehearsal`] with a problem.

mod calendar;
mod cast;
mod engine;
mod imports;
mod judge;
mod mail;
mod number;
mod platform;
mod port;
mod provider;
mod query;
mod rls;
mod samples;
mod stage;
mod store;
mod strip;
mod trigger;
mod words;
mod world;

pub use provider::{Answer, fault_answer, provider_answer};
pub use samples::samples;
pub use stage::{Fault, Scene, Stage, Start};

use crate::Rehearsal;

/// Runs the function as everyone who might call it, and with each fault.
pub fn rehearse(stage: &Stage<'_>) -> Vec<Rehearsal> {
    let program = match imports::gather(&stage.file, stage.source, &stage.modules) {
        Ok(program) => program,
        Err(problem) => return vec![not_run(problem)],
    };
    let mut engine = engine::Engine::new();
    let runs = cast::callers(stage);
    let mut done = Vec::new();
    let mut reached = Reached::default();
    let meant = cast::meant(stage, &runs);
    for run in runs {
        let is_meant = meant.as_ref().is_some_and(|m| m.name == run.name);
        let (rehearsal, reach) = perform(stage, &program, &mut engine, run);
        if is_meant {
            reached = reach;
        }
        done.push(rehearsal);
    }
    let Some(meant) = meant else { return done };
    for fault in &stage.faults {
        let matters = match fault {
            Fault::NotConnected => reached.connection,
            Fault::Hostile => reached.host,
            _ => reached.provider,
        };
        if matters {
            done.push(perform(stage, &program, &mut engine, cast::faulty(&meant, *fault)).0);
        }
    }
    done
}

/// How far a run got.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    connection: bool,
    provider: bool,
    /// Whether a value of a connection became part of a host.
    host: bool,
}

fn perform(
    stage: &Stage<'_>,
    program: &engine::Program,
    engine: &mut engine::Engine,
    run: cast::Run,
) -> (Rehearsal, Reached) {
    let request = cast::request(stage, &run);
    let mut world = world::World::new(stage, run.caller, run.fault, run.changed);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit a double")]
    let input = engine::Input {
        now: run.now.timestamp_millis() as f64,
        env: &world.env.clone(),
        request,
    };
    let (outcome, console) = engine.run(program, &input, &mut world);
    let in_host = |url: &str| {
        let host = url::Url::parse(url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        host.is_some_and(|host| world.given.iter().any(|value| host.contains(&value.to_lowercase())))
    };
    let reached = Reached {
        connection: !world.asked.is_empty(),
        provider: world.sent.iter().any(|sent| sent.provider),
        host: world
            .sent
            .iter()
            .any(|sent| sent.provider && in_host(&sent.request.url)),
    };
    (judge::verdict(run.name, run.expect, outcome, console, world), reached)
}

fn not_run(problem: String) -> Rehearsal {
    Rehearsal {
        caller: "not run".to_owned(),
        problem: Some(problem),
        ..Rehearsal::default()
    }
}
