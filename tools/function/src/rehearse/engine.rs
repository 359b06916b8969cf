//! The engine: one QuickJS context with its limits, in which one function runs many times.
//!
//! A run evaluates the function's modules afresh. It ends when the handler has answered and
//! nothing it asked to be waited for is left, or when it hits a limit: memory, work (counted in
//! the engine's own ticks rather than in time, so that the limit falls at the same place every
//! time; a clock is only the backstop), depth, or nothing left to wait for. After a limit the
//! context is thrown away.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rquickjs::{CatchResultExt, Context, Ctx, Function, Module, Object, Persistent, Runtime};
use serde::Deserialize;

use super::imports::{Embedded, embedded};
use super::port::{self, Desk};
use super::strip::Stripped;

/// Memory a run may use.
const MEMORY: usize = 64 * 1024 * 1024;
/// Native stack a run may use.
const STACK: usize = 512 * 1024;
/// Work a run may do: the engine calls back every ten thousand jumps and calls.
const WORK: u32 = 4_000;
/// When a run is ended whatever its count says: ticks that hide a lot of work each.
const BACKSTOP: Duration = Duration::from_secs(10);
/// Steps of promises in one run.
const JOBS: u32 = 100_000;
/// Timers that fire in one run.
const TIMERS: u32 = 10_000;
/// Calls out of the sandbox in one run.
const CALLS: u32 = 500;
/// How far the clock may move in one run, in milliseconds.
const PATIENCE: f64 = 15.0 * 60.0 * 1000.0;
/// Bytes of an answer that are kept.
pub(super) const ANSWER: usize = 1024 * 1024;

/// The function's files, ready to run.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// The function's own path.
    pub(super) entry: String,
    /// All files by path, imported ones before those that import them.
    pub(super) files: Vec<(String, Stripped)>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// It answered.
    Answered {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        /// Length of the whole answer.
        length: usize,
    },
    /// It threw, or could not be started: the error's words.
    Threw(String),
    /// It hit a limit: which, as a sentence.
    Stopped(String),
}

/// Answers a call from inside: kind and JSON in, JSON out; `None` leaves it without an answer.
pub(super) trait World {
    fn answer(&mut self, kind: &str, json: &str, now: f64) -> Option<String>;
}

/// The engine with its context, kept between runs.
pub(super) struct Engine {
    live: Option<Live>,
    runs: u32,
}

// Fields are dropped in this order: what lives in the runtime goes before it.
struct Live {
    kit: Persistent<Object<'static>>,
    port: Persistent<Object<'static>>,
    context: Context,
    runtime: Runtime,
    desk: Rc<RefCell<Desk>>,
    ticks: Rc<Cell<u32>>,
    // Modules of ours that this context has.
    lent: RefCell<BTreeSet<String>>,
}

/// What a run is started with.
#[derive(Debug, Clone)]
pub(super) struct Input<'a> {
    /// Milliseconds since 1970.
    pub(super) now: f64,
    /// What `Deno.env` holds.
    pub(super) env: &'a BTreeMap<String, String>,
    /// The request, as JSON for the shims.
    pub(super) request: String,
}

#[derive(Deserialize)]
struct Raw {
    kind: String,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    length: usize,
    #[serde(default)]
    error: Option<String>,
}

impl Engine {
    pub(super) fn new() -> Self {
        Self { live: None, runs: 0 }
    }

    /// Runs the program once and hands back what came of it and what was printed.
    pub(super) fn run(
        &mut self,
        program: &Program,
        input: &Input<'_>,
        world: &mut dyn World,
    ) -> (Outcome, Vec<String>) {
        self.runs += 1;
        if self.live.is_none() {
            match Live::start() {
                Ok(live) => self.live = Some(live),
                Err(error) => {
                    return (
                        Outcome::Stopped(format!("The sandbox did not start: {error}.")),
                        Vec::new(),
                    );
                }
            }
        }
        let Some(live) = &self.live else {
            return (Outcome::Stopped("The sandbox did not start.".to_owned()), Vec::new());
        };
        let outcome = live.run(program, input, world, self.runs);
        let console = live.desk.borrow_mut().printed();
        if matches!(outcome, Outcome::Stopped(_)) {
            self.live = None;
        }
        (outcome, console)
    }
}

impl Live {
    fn start() -> rquickjs::Result<Self> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        let ticks = Rc::new(Cell::new(0u32));
        let counted = Rc::clone(&ticks);
        let mut began = now();
        runtime.set_interrupt_handler(Some(Box::new(move || {
            counted.set(counted.get().saturating_add(1));
            if counted.get() == 1 {
                began = now();
            }
            if began.elapsed() > BACKSTOP {
                counted.set(WORK + 1);
            }
            counted.get() > WORK
        })));
        let context = Context::full(&runtime)?;
        let desk = Rc::new(RefCell::new(Desk::default()));
        let (kit, port) = context.with(|ctx| -> rquickjs::Result<_> {
            let port = port::open(&ctx, &desk, &ticks)?;
            let make: Function<'_> = ctx.eval(include_str!("js/core.js"))?;
            let kit: Object<'_> = make.call((port.clone(),))?;
            Ok((Persistent::save(&ctx, kit), Persistent::save(&ctx, port)))
        })?;
        Ok(Self {
            context,
            runtime,
            desk,
            ticks,
            kit,
            port,
            lent: RefCell::new(BTreeSet::new()),
        })
    }

    fn run(&self, program: &Program, input: &Input<'_>, world: &mut dyn World, number: u32) -> Outcome {
        self.ticks.set(0);
        *self.desk.borrow_mut() = Desk::at(input.now);
        let ended = self.context.with(|ctx| {
            let mut run = || -> rquickjs::Result<Option<Outcome>> {
                let kit = self.kit.clone().restore(&ctx)?;
                let env = serde_json::to_string(input.env).unwrap_or_default();
                kit.get::<_, Function<'_>>("reset")?.call::<_, ()>((env,))?;
                self.load(&ctx, &kit, program, input, number)?;
                self.drive(&ctx, &kit, world, input.now)
            };
            run().catch(&ctx).map_err(|error| first_line(&error.to_string()))
        });
        match ended {
            _ if self.exhausted() => Outcome::Stopped(self.too_much()),
            Ok(Some(Outcome::Threw(error))) | Err(error) => {
                if self.is_full(&error) {
                    full()
                } else {
                    Outcome::Threw(error)
                }
            }
            Ok(Some(outcome)) => outcome,
            Ok(None) if self.is_full("") => full(),
            Ok(None) => Outcome::Stopped(
                "It waits for something that never comes. Give calls a timeout with AbortSignal.timeout().".to_owned(),
            ),
        }
    }

    /// Whether a failure is the memory's: an engine without memory throws nothing but `null`.
    fn is_full(&self, error: &str) -> bool {
        let used = || self.runtime.memory_usage().malloc_size;
        error.contains("out of memory") || usize::try_from(used()).is_ok_and(|used| used > MEMORY / 4 * 3)
    }

    fn exhausted(&self) -> bool {
        self.ticks.get() > WORK
    }

    fn too_much(&self) -> String {
        "It worked longer than a run may. Look for a loop that does not end.".to_owned()
    }

    /// Declares the modules under this run's own names and starts the function.
    fn load<'js>(
        &self,
        ctx: &Ctx<'js>,
        kit: &Object<'js>,
        program: &Program,
        input: &Input<'_>,
        number: u32,
    ) -> rquickjs::Result<()> {
        let root = format!("run{number}/");
        let mut entry = None;
        for (path, file) in &program.files {
            for import in &file.imports {
                if let Some(module) = embedded(&import.specifier) {
                    self.lend(ctx, kit, &import.specifier, module)?;
                }
            }
            let module = Module::declare(ctx.clone(), format!("{root}{path}"), file.code.as_str())?;
            if *path == program.entry {
                entry = Some(module);
            }
        }
        let Some(entry) = entry else { return Ok(()) };
        let (module, done) = entry.eval()?;
        let space = module.namespace()?;
        let start: Function<'js> = kit.get("start")?;
        start.call((done, space, input.request.as_str()))
    }

    /// Declares one of our own modules, once a context.
    fn lend<'js>(&self, ctx: &Ctx<'js>, kit: &Object<'js>, specifier: &str, module: Embedded) -> rquickjs::Result<()> {
        if !self.lent.borrow_mut().insert(specifier.to_owned()) {
            return Ok(());
        }
        let inner: Object<'js> = kit.get("inner")?;
        let object: Object<'js> = match module {
            Embedded::Runtime => inner.get("runtime")?,
            Embedded::Sdk => {
                let make: Function<'js> = ctx.eval(include_str!("js/sdk.js"))?;
                make.call((self.port.clone().restore(ctx)?, inner))?
            }
        };
        let mut source = String::from("const lent = globalThis.lent;");
        for name in object.keys::<String>() {
            let name = name?;
            source.push_str(&format!("export const {name} = lent.{name};"));
        }
        // The module takes what it re-exports from a global that is gone before anything else runs.
        ctx.globals().set("lent", object)?;
        let (_, done) = Module::declare(ctx.clone(), specifier, source)?.eval()?;
        done.finish::<()>()?;
        ctx.globals().remove("lent")
    }

    /// Runs jobs, answers calls and moves the clock until the function has answered. `None` when
    /// it hangs.
    fn drive<'js>(
        &self,
        ctx: &Ctx<'js>,
        kit: &Object<'js>,
        world: &mut dyn World,
        began: f64,
    ) -> rquickjs::Result<Option<Outcome>> {
        let outcome: Function<'js> = kit.get("outcome")?;
        let answer: Function<'js> = kit.get("answer")?;
        let tick: Function<'js> = kit.get("tick")?;
        let (mut calls, mut jobs, mut timers) = (0u32, 0u32, 0u32);
        loop {
            while ctx.execute_pending_job() {
                jobs += 1;
                if self.exhausted() || jobs > JOBS {
                    return Ok(Some(Outcome::Stopped(self.too_much())));
                }
            }
            if let Some(json) = outcome.call::<_, Option<String>>(())? {
                return Ok(Some(read(&json)));
            }
            let next = {
                let mut desk = self.desk.borrow_mut();
                (!desk.outbox.is_empty()).then(|| desk.outbox.remove(0))
            };
            if let Some((id, kind, json)) = next {
                calls += 1;
                if calls > CALLS {
                    return Ok(Some(Outcome::Stopped(format!(
                        "It made more than {CALLS} calls in one run. Bound the loop that makes them."
                    ))));
                }
                let now = self.desk.borrow().now;
                if let Some(json) = world.answer(&kind, &json, now) {
                    answer.call::<_, ()>((id, json))?;
                }
                continue;
            }
            if !tick.call::<_, bool>(())? {
                return Ok(None);
            }
            timers += 1;
            if timers > TIMERS {
                return Ok(Some(Outcome::Stopped(self.too_much())));
            }
            if self.desk.borrow().now - began > PATIENCE {
                return Ok(Some(Outcome::Stopped(
                    "It would wait longer than 15 minutes. Bound what it waits for.".to_owned(),
                )));
            }
        }
    }
}

fn read(json: &str) -> Outcome {
    let raw: Raw = match serde_json::from_str(json) {
        Ok(raw) => raw,
        Err(error) => return Outcome::Threw(format!("its answer can't be read: {error}")),
    };
    match (raw.kind.as_str(), raw.error) {
        ("answer", None) => Outcome::Answered {
            status: raw.status,
            headers: raw.headers,
            body: raw.body,
            length: raw.length,
        },
        ("shape", _) => {
            Outcome::Threw("there is no handler: call Deno.serve(handler) or export a default function".to_owned())
        }
        (_, error) => Outcome::Threw(error.unwrap_or_default()),
    }
}

/// The machine's clock, which no function sees.
#[allow(clippy::disallowed_methods, reason = "only the backstop reads it")]
fn now() -> Instant {
    Instant::now()
}

fn full() -> Outcome {
    Outcome::Stopped(format!(
        "It filled the {} MB of memory a run may use.",
        MEMORY / 1024 / 1024
    ))
}

fn first_line(text: &str) -> String {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned()
}
