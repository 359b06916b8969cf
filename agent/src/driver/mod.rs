//! The one place with IO: carries out the machine's effects and feeds back what came of them.
//!
//! One loop receives one input at a time, logs it, steps the machine, and starts what the machine
//! wants done; work that takes time runs in tasks that report back as inputs. Only [`Effect::Apply`]
//! and [`Effect::Undo`] touch the app, and only here.

mod broker;
mod browser;
mod tasks;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linchpin_catalog::Catalog;
use linchpin_protocol::{Event, Level, Op, TurnId};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

pub use broker::{BrokerPlan, BrokerProcess};
pub use browser::Browser;
pub use tasks::rows as connection_rows;
pub use world::{Folder, World, dismissed};

use crate::apply::Applier;
use crate::machine::{Effect, Input, Machine};
use crate::model::Mind;
use crate::paths::{Paths, app_id};
use crate::session::{Log, Replay};

/// What a driver needs to know.
#[derive(Debug)]
pub struct Setup {
    /// The app's folder, absolute, links resolved.
    pub root: PathBuf,
    /// The app's folder as given, for the screen.
    pub shown_root: String,
    /// Where things outside the app are kept.
    pub paths: Paths,
    /// Who answers.
    pub mind: Mind,
    /// How the broker is started.
    pub broker: BrokerPlan,
    /// How a link is opened.
    pub browser: Browser,
    /// The builder's time zone (IANA).
    pub time_zone: String,
    /// Whether a session that was cut is taken up again.
    pub resume: bool,
    /// Whether a session is written at all (`exec` doesn't).
    pub keep_log: bool,
    /// Things the builder should know from the start.
    pub notes: Vec<String>,
}

/// What the loop receives.
#[derive(Debug)]
pub(crate) enum Incoming {
    Input(Input),
    /// The app was read; the machine gets the summary.
    World(Box<World>),
    /// The app could not be read.
    NoApp(String),
}

/// Where events go: a screen, or lines of JSON.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// The driver of one session.
pub struct Driver {
    pub(crate) setup: Arc<Setup>,
    machine: Machine,
    log: Option<Log>,
    events: Sink,
    pub(crate) inbox: mpsc::Sender<Incoming>,
    incoming: mpsc::Receiver<Incoming>,
    pub(crate) broker: Arc<BrokerProcess>,
    pub(crate) world: World,
    pub(crate) applier: Applier,
    pub(crate) state: PathBuf,
    thinking: Option<(TurnId, AbortHandle)>,
    /// Effects that need the app, until it is read for the first time.
    held: Option<Vec<Effect>>,
}

/// A session was ended by the person, or its screen went away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended;

impl Driver {
    /// A driver whose events go to `events`. Nothing is read or started yet.
    pub fn new(setup: Setup, events: Sink) -> Self {
        let (inbox, incoming) = mpsc::channel(256);
        let state = setup.paths.of_app(&setup.root);
        Self {
            machine: Machine::new(),
            log: None,
            events,
            inbox,
            incoming,
            broker: Arc::new(BrokerProcess::new(setup.broker.clone())),
            world: World::default(),
            applier: Applier::new(&setup.root, &state),
            state,
            thinking: None,
            held: Some(Vec::new()),
            setup: Arc::new(setup),
        }
    }

    /// The broker, for what a screen hands to it directly (a masked client secret).
    pub fn broker(&self) -> Arc<BrokerProcess> {
        self.broker.clone()
    }

    /// Runs the session until the person leaves or `ops` closes.
    pub async fn run(mut self, mut ops: mpsc::Receiver<Op>) -> Ended {
        self.start();
        loop {
            let incoming = tokio::select! {
                biased;
                op = ops.recv() => match op {
                    Some(op) => Incoming::Input(Input::Op { op }),
                    None => return Ended,
                },
                Some(incoming) = self.incoming.recv() => incoming,
            };
            if self.receive(incoming).is_some() {
                return Ended;
            }
        }
    }

    fn start(&mut self) {
        let mut notes = self.setup.notes.clone();
        match self.applier.recover() {
            Ok(files) if files.is_empty() => {}
            Ok(files) => notes.push(format!(
                "A change was cut while it was being applied; {} file(s) are as they were before it.",
                files.len()
            )),
            Err(error) => notes.push(error.to_string()),
        }
        let folder = self.state.join("sessions");
        let earlier = match self.setup.resume {
            true => Replay::newest(&folder).filter(|replay| !replay.was_left() && !replay.inputs.is_empty()),
            false => None,
        };
        let resumed = earlier.is_some();
        let session = earlier
            .as_ref()
            .map_or_else(new_session, |replay| replay.session.clone());
        if let Some(replay) = earlier {
            let (machine, events) = replay.run();
            self.machine = machine;
            // The new process says its own hello.
            events
                .into_iter()
                .filter(|e| !matches!(e, Event::Hello { .. }))
                .for_each(|e| self.show(e));
        }
        if self.setup.keep_log {
            match Log::open(&folder, &session) {
                Ok(log) => self.log = Some(log),
                Err(error) => notes.push(error.to_string()),
            }
        }
        let started = Input::Started {
            session,
            app: self.setup.shown_root.clone(),
            model: self.setup.mind.name(),
            notes,
            resumed,
        };
        self.step(started);
        self.read_app();
    }

    fn receive(&mut self, incoming: Incoming) -> Option<Ended> {
        match incoming {
            Incoming::Input(input) => return self.step(input),
            Incoming::World(world) => {
                self.world = *world;
                let summary = self.world.summary();
                self.step(Input::AppRead { summary });
                let suggestions = self.world.suggested(Catalog::embedded());
                self.step(Input::Suggested { suggestions });
                self.release();
            }
            Incoming::NoApp(text) => {
                self.step(Input::Noticed {
                    level: Level::Error,
                    text,
                });
                self.release();
            }
        }
        None
    }

    /// The app is read: what was waiting for it begins.
    fn release(&mut self) {
        for effect in self.held.take().unwrap_or_default() {
            self.carry_out(effect);
        }
    }

    fn step(&mut self, input: Input) -> Option<Ended> {
        if let Some(log) = &mut self.log
            && let Err(error) = log.append(&input)
        {
            self.log = None;
            self.show(Event::Notice {
                level: Level::Warning,
                text: error.to_string(),
            });
        }
        let mut ended = None;
        for effect in self.machine.step(input) {
            ended = ended.or(self.carry_out(effect));
        }
        ended
    }

    pub(crate) fn show(&self, event: Event) {
        (self.events)(event);
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Ended> {
        if let (Some(held), Effect::CallModel { .. } | Effect::RunTool { .. }) = (&mut self.held, &effect) {
            held.push(effect);
            return None;
        }
        match effect {
            Effect::Emit(event) => {
                self.keep_for_later(&event);
                self.show(event);
            }
            Effect::CallModel { turn } => {
                let messages = self.machine.messages().to_vec();
                self.thinking = Some((turn, self.think(turn, messages)));
            }
            Effect::AbortModel { turn } => {
                if let Some((_, task)) = self.thinking.take_if(|(t, _)| *t == turn) {
                    task.abort();
                }
            }
            Effect::RunTool {
                call,
                tool,
                args,
                answers,
            } => self.run_tool(call, tool, args, answers),
            Effect::OpenSignIn { ask, flow, url } => self.open_sign_in(ask, flow, url),
            Effect::EndSignIn { flow } => self.end_sign_in(flow),
            Effect::Recheck { was, changeset, title } => self.recheck(was, changeset, title),
            Effect::Apply {
                reviewed,
                changeset,
                whole,
                title,
            } => self.apply(reviewed, changeset, whole, title),
            Effect::Undo => self.undo(),
            Effect::ReadApp => self.read_app(),
            Effect::FetchConnections => self.fetch_connections(),
            Effect::Disconnect { connector, mode } => self.disconnect(connector, mode),
            Effect::Dismiss { suggestion } => {
                if let Err(error) = world::dismiss(&self.state, &suggestion) {
                    self.show(Event::Notice {
                        level: Level::Warning,
                        text: format!("The dismissal could not be kept ({error}); it holds for this session."),
                    });
                }
            }
            Effect::Quit => return Some(Ended),
        }
        None
    }

    /// A changeset that was shown can later be applied by its name (`linchpin apply`).
    fn keep_for_later(&self, event: &Event) {
        if let Event::ReviewReady { changeset, review } = event {
            let kept = crate::shelf::put(&self.state, changeset, review);
            if let Err(error) = kept {
                tracing::warn!(%error, "the changeset could not be kept for `linchpin apply`");
            }
        }
    }

    fn read_app(&self) {
        let (setup, state, inbox, events) = (
            self.setup.clone(),
            self.state.clone(),
            self.inbox.clone(),
            self.events.clone(),
        );
        tokio::task::spawn_blocking(move || {
            let begun = now_ms();
            let progress = |p: linchpin_app::Progress| {
                events(Event::Reading {
                    done: p.done,
                    total: p.total,
                });
            };
            let incoming = match linchpin_app::read(&setup.root, &progress) {
                Ok(app) => {
                    let id = app_id(&app.id, &setup.root);
                    let millis = u64::try_from(now_ms() - begun).unwrap_or_default();
                    let world = World::new(
                        app,
                        id,
                        Catalog::embedded(),
                        &dismissed(&state),
                        &setup.time_zone,
                        millis,
                    );
                    Incoming::World(Box::new(world))
                }
                Err(error) => Incoming::NoApp(error.to_string()),
            };
            let _ = inbox.blocking_send(incoming);
        });
    }
}

/// Sessions are named by their start, so that the newest is the last by name.
fn new_session() -> String {
    let now = now_ms();
    format!("{now:014}")
}

/// Unix milliseconds: the agent's one look at the clock.
#[expect(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Resolves an app's folder as given on the command line.
pub fn resolve(given: &Path) -> Result<PathBuf, String> {
    std::fs::canonicalize(given).map_err(|e| {
        format!(
            "`{}` can't be opened ({e}). Give the folder of an app, such as `linchpin examples/bookings`.",
            given.display()
        )
    })
}
