//! `linchpin [APP]`: the chat. The first frame is drawn before anything is read or started: the
//! agent's thread begins when it is on the terminal.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use linchpin_agent::driver::{BrokerProcess, Browser, Driver, Setup};
use linchpin_protocol::Op;
use linchpin_screen::{ExitReason, Mailbox, Ports, Start, ToStore, mailbox, run as run_screen, run_linear};
use linchpin_socket::{Finish, Reply};
use tokio::sync::mpsc;

use crate::cli::ChatArgs;
use crate::fail::Fail;
use crate::{context, look, out};

pub(crate) fn run(args: &ChatArgs) -> Result<ExitCode, Fail> {
    let root = context::root(&args.app)?;
    if !root.is_dir() {
        return Err(Fail::usage(format!(
            "`{}` is not a folder. Give the folder of an app, such as `linchpin examples/bookings`.",
            args.app.display()
        )));
    }
    let browser = if args.no_browser {
        Browser::ShowOnly
    } else {
        Browser::System
    };
    let (look, settings) = context::Config::load()?.screen(args.ascii)?;
    let mind = context::mind()?;
    let setup = Setup {
        notes: context::notes(&mind),
        shown_root: args.app.display().to_string(),
        mind,
        paths: context::paths(),
        broker: context::broker_plan(),
        browser,
        time_zone: context::time_zone(),
        resume: !args.fresh,
        keep_log: true,
        root: root.clone(),
    };
    let (mailbox, inbox) = mailbox();
    let lookups = look::start(root, mailbox.clone());
    let (ops, received) = mpsc::channel(1024);
    let (secrets, to_store) = mpsc::channel(4);
    let agent = Agent {
        setup,
        mailbox,
        received,
        to_store,
    };
    let start = Start {
        app: args.app.display().to_string(),
        look,
        settings,
    };
    let ports = Ports {
        // A person is slower than this channel is long; a closed one means that the agent has ended.
        send: Box::new(move |op| drop(ops.try_send(op))),
        store: Box::new(move |secret| drop(secrets.try_send(secret))),
        find: Box::new(move |wanted| drop(lookups.send(wanted))),
        open_url: Box::new(move |url| browser.open(url)),
        on_first_frame: Box::new(move || {
            std::thread::spawn(move || agent.run());
        }),
    };
    let ended = match is_plain(args) {
        true => run_linear(start, inbox, ports),
        false => run_screen(start, inbox, ports),
    };
    match ended {
        Ok(ExitReason::Left | ExitReason::Stopped) => Ok(ExitCode::SUCCESS),
        Ok(ExitReason::TerminalGone) => Ok(ExitCode::from(1)),
        Err(error) => Err(Fail::refused(error.to_string())),
    }
}

/// Plain lines for screen readers, pipes, and terminals that can do no more.
fn is_plain(args: &ChatArgs) -> bool {
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    args.plain
        || var("TERM") == "dumb"
        || !matches!(var("ACCESSIBLE").as_str(), "" | "0")
        || !std::io::stdout().is_terminal()
        || !std::io::stdin().is_terminal()
}

/// The agent's half, in a thread of its own.
struct Agent {
    setup: Setup,
    mailbox: Mailbox,
    received: mpsc::Receiver<Op>,
    to_store: mpsc::Receiver<ToStore>,
}

impl Agent {
    fn run(self) {
        context::install_tls();
        let Self {
            setup,
            mailbox,
            received,
            mut to_store,
        } = self;
        let runtime = match context::runtime() {
            Ok(runtime) => runtime,
            Err(fail) => {
                out::complain(fail.message());
                return mailbox.stop();
            }
        };
        let (events, root) = (mailbox.clone(), setup.root.clone());
        let driver = Driver::new(setup, Arc::new(move |event| events.send(event)));
        let broker = driver.broker();
        let answers = mailbox.clone();
        runtime.spawn(async move {
            while let Some(secret) = to_store.recv().await {
                answers.stored(hand_over(&broker, &root, secret).await);
            }
        });
        runtime.spawn(stop_when_told(mailbox.clone()));
        runtime.block_on(driver.run(received));
        mailbox.stop();
    }
}

/// Closes the screen in good order when the system or a closing terminal says so.
async fn stop_when_told(mailbox: Mailbox) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut end), Ok(mut hang_up)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return;
    };
    tokio::select! {
        _ = end.recv() => {}
        _ = hang_up.recv() => {}
    }
    mailbox.stop();
}

/// Hands a secret to the broker. It goes nowhere else, and is wiped when this ends.
async fn hand_over(broker: &BrokerProcess, root: &Path, secret: ToStore) -> Result<(), String> {
    let socket = broker.socket().await?;
    let reply = match &secret {
        ToStore::Client(client) => {
            let secret = client.secret.as_ref().map_or(&[][..], |s| s.expose().as_bytes());
            socket.put_client(&client.family, &client.client_id, secret).await
        }
        ToStore::Token(token) => {
            let app = context::app_id(root)?;
            let (mode, bytes) = (token.mode.as_str(), token.token.expose().as_bytes());
            let other = token.other_account;
            let config = &token.config;
            socket.paste(&app, &token.connector, mode, other, config, bytes).await
        }
    };
    let finish = match reply.map_err(|e| e.to_string())? {
        Reply::Ok => return Ok(()),
        Reply::Error { message, .. } => return Err(message),
        Reply::Finished { finish } => finish,
        _ => return Err("The broker gave an unexpected answer. Try again.".to_owned()),
    };
    match finish {
        Finish::Connected { .. } => Ok(()),
        Finish::Failed { message, .. } => Err(message),
    }
}
