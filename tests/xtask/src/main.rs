//! `cargo xtask ready`: everything CI runs, with nothing but Rust needed.
//!
//! Tests against real counterparts (Node, Deno, PostgreSQL) run when these are there; with
//! `LINCHPIN_PEERS=required`, as in CI, a missing one is a failure.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a chore speaks to the terminal and runs cargo"
)]

mod licences;
mod sizes;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ready"] => ready(),
        ["licences"] => licences::check(),
        ["sizes"] => sizes::check(),
        ["docs"] => docs(),
        _ => {
            eprintln!("usage: cargo xtask ready | licences | sizes | docs");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the pages under `docs/` that are made of fixtures.
fn docs() -> Result<()> {
    let status = Command::new("cargo")
        .args([
            "test",
            "--quiet",
            "--locked",
            "--package",
            "linchpin-screen",
            "--test",
            "docs",
        ])
        .env("LINCHPIN_WRITE_DOCS", "1")
        .status()
        .context("cargo can't be started")?;
    if !status.success() {
        bail!("the pages could not be made");
    }
    println!("xtask: docs/terminal.md is written");
    Ok(())
}

fn ready() -> Result<()> {
    step("format", &["fmt", "--all", "--check"])?;
    sizes::check()?;
    licences::check()?;
    // Tests before clippy: what fails a user matters more than what fails a reader.
    if Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|o| o.status.success())
    {
        step("tests", &["nextest", "run", "--workspace", "--locked"])?;
    } else {
        step("tests", &["test", "--workspace", "--locked", "--tests"])?;
    }
    step("doc tests", &["test", "--workspace", "--locked", "--doc", "--quiet"])?;
    step(
        "catalog",
        &[
            "run",
            "--quiet",
            "--locked",
            "--package",
            "linchpin",
            "--",
            "catalog",
            "check",
        ],
    )?;
    step(
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--locked",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    println!("xtask: ready");
    Ok(())
}

fn step(name: &str, args: &[&str]) -> Result<()> {
    println!("xtask: {name}: cargo {}", args.join(" "));
    let status = Command::new("cargo")
        .args(args)
        .status()
        .with_context(|| format!("cargo could not be run for {name}"))?;
    if !status.success() {
        bail!("{name} failed; the lines above say why");
    }
    Ok(())
}
