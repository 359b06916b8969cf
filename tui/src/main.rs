//! The composition root: the only place that names everything.
//!
//! `linchpin [APP]` opens the chat; every other command is a door to one room. The chat and the
//! broker are two processes of this one binary, and the chat's half holds no key and no token.

mod cli;
mod commands;
mod context;
mod fail;
mod look;
mod out;
mod svg;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::fail::Fail;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    context::install_connectors(&cli);
    match run(cli) {
        Ok(code) => code,
        Err(fail) => fail.report(json),
    }
}

fn run(cli: Cli) -> Result<ExitCode, Fail> {
    let json = cli.json;
    match cli.command {
        None => commands::chat::run(&cli.chat),
        Some(Command::Read { app, database: None }) => commands::read::run(&app, json),
        Some(Command::Read {
            database: Some(url), ..
        }) => commands::read::database(&url, json),
        Some(Command::Suggest { app, limit }) => commands::suggest::run(&app, limit, json),
        Some(Command::Catalog(command)) => commands::catalog::run(&command, json),
        Some(Command::Connect(args)) => commands::connect::run(&args, json),
        Some(Command::Connections(command)) => commands::connections::run(&command, json),
        Some(Command::Plan { file, app }) => commands::plan::run(&file, &app, json),
        Some(Command::Check(args)) => commands::check::run(&args, json),
        Some(Command::Apply { changeset, app }) => commands::changes::apply(&changeset, &app, json),
        Some(Command::Undo { app }) => commands::changes::undo(&app, json),
        Some(Command::History { app }) => commands::changes::history(&app, json),
        Some(Command::Map(args)) => commands::map::run(&args, json),
        Some(Command::Exec(args)) => commands::exec::run(&args),
        Some(Command::Serve(args)) => commands::serve::run(&args),
        Some(Command::Doctor { app }) => commands::doctor::run(&app, json),
        Some(Command::Completions { shell }) => commands::completions::run(shell),
    }
}
