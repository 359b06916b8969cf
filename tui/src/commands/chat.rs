//! `linchpin [APP]`: the chat. The first frame is drawn before anything is read or started: the
//! agent's thread begins when it is on the terminal.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use linchpin_agent::driver::{Browser, Driver, Setup};
use linchpin_protocol::Op;
use linchpin_screen::{ClientToStore, ExitReason, Look, Mailbox, Ports, Start, mailbox, run as run_screen, run_linear};
use linchpin_socket::Reply;
use tokio::sync::mpsc;

use crate::cli::ChatArgs;
use crate::fail::Fail;
use crate::{context, out};

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
    let setup = Setup {
        shown_root: args.app.display().to_string(),
        mind: context::mind()?,
        paths: context::paths(),
        broker: context::broker_plan(),
        browser,
        time_zone: context::time_zone(),
        resume: !args.fresh,
        keep_log: true,
        notes: Vec::new(),
        root,
    };
    let (mailbox, inbox) = mailbox();
    let (ops, received) = mpsc::channel(1024);
    let (clients, to_store) = mpsc::channel(4);
    let agent = Agent {
        setup,
        mailbox,
        received,
        to_store,
    };
    let start = Start {
        app: args.app.display().to_string(),
        look: Look::of_env(args.ascii),
    };
    let ports = Ports {
        // A person is slower than this channel is long; a closed one means that the agent has ended.
        send: Box::new(move |op| drop(ops.try_send(op))),
        store_client: Box::new(move |client| drop(clients.try_send(client))),
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
    to_store: mpsc::Receiver<ClientToStore>,
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
        let events = mailbox.clone();
        let driver = Driver::new(setup, Arc::new(move |event| events.send(event)));
        let broker = driver.broker();
        let answers = mailbox.clone();
        runtime.spawn(async move {
            while let Some(client) = to_store.recv().await {
                let secret = client.secret.as_ref().map_or(&[][..], |s| s.expose().as_bytes());
                let stored = match broker.socket().await {
                    Ok(socket) => socket
                        .put_client(&client.family, &client.client_id, secret)
                        .await
                        .map_err(|e| e.to_string()),
                    Err(message) => Err(message),
                };
                answers.stored(match stored {
                    Ok(Reply::Ok) => Ok(()),
                    Ok(Reply::Error { message, .. }) | Err(message) => Err(message),
                    Ok(_) => Err("The broker gave an unexpected answer. Try again.".to_owned()),
                });
            }
        });
        runtime.block_on(driver.run(received));
        mailbox.stop();
    }
}
