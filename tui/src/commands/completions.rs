//! `linchpin completions`: for a shell.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::fail::Fail;

pub(crate) fn run(shell: clap_complete::Shell) -> Result<ExitCode, Fail> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "linchpin", &mut text);
    std::io::Write::write_all(&mut std::io::stdout().lock(), &text).map_err(|e| Fail::refused(e.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
