//! The broker as a process: it starts, keeps its memory to itself, and ends with its chat or on SIGTERM.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use linchpin_broker::{Options, serve};
use linchpin_socket::{BrokerSocket, Reply, Request, VERSION};

const FOLDER: &str = "LINCHPIN_TEST_SERVE";
const PARENT: &str = "LINCHPIN_TEST_PARENT";

/// Not a test of its own: the broker process that the tests below start from this same program.
#[test]
fn the_child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(async {
        let mut options = Options::in_folder(Path::new(&folder)).unwrap();
        options.parent_pipe = std::env::var_os(PARENT).is_some();
        options.listen = Some("127.0.0.1:0".parse().unwrap());
        serve(options, |running| {
            let mut out = std::io::stdout();
            let dumpable = rustix::process::dumpable_behavior().unwrap();
            writeln!(out, "\nready {} {dumpable:?}", running.http().unwrap()).unwrap();
            out.flush().unwrap();
        })
        .await
    });
    match outcome {
        Ok(()) => std::process::exit(0),
        Err(error) => {
            println!("\nfailed {error}");
            std::process::exit(if error.is_configuration() { 78 } else { 1 });
        }
    }
}

fn spawn(folder: &Path, parent: bool) -> (Child, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "the_child", "--nocapture"])
        .env(FOLDER, folder)
        .env_remove("LINCHPIN_PROVIDERS");
    if parent {
        command.env(PARENT, "1");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.as_mut().unwrap());
    let mut line = String::new();
    while !line.contains("ready ") && !line.contains("failed ") {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it said nothing");
    }
    (child, line.trim().to_owned())
}

fn home() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("linchpin");
    (folder, home)
}

fn proc(child: &Child, file: &str) -> std::io::Result<String> {
    std::fs::read_to_string(format!("/proc/{}/{file}", child.id()))
}

#[test]
fn t_sec_08_it_leaves_no_core_and_stays_with_its_chat() {
    let (_keep, home) = home();
    let (mut child, said) = spawn(&home, true);
    assert!(said.starts_with("ready 127.0.0.1:"), "{said}");
    let limits = proc(&child, "limits").unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    assert!(said.ends_with("NotDumpable"), "nobody else may read its memory: {said}");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let hello = runtime
        .block_on(BrokerSocket::at(home.join("broker.sock")).ask(&Request::Hello { version: VERSION }))
        .unwrap();
    assert!(matches!(hello, Reply::Hello { .. }), "{hello:?}");
    drop(child.stdin.take());
    assert!(
        child.wait().unwrap().success(),
        "it ends when the chat's end of the pipe closes"
    );
    assert!(!home.join("broker.sock").exists());
}

#[test]
fn it_goes_on_without_a_pipe_and_ends_on_sigterm() {
    let (_keep, home) = home();
    let (mut child, _) = spawn(&home, false);
    drop(child.stdin.take());
    let pid = rustix::process::Pid::from_child(&child);
    assert!(child.try_wait().unwrap().is_none());
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!home.join("broker.sock").exists());
}

#[test]
fn after_a_kill_the_next_one_starts_over_the_old_socket() {
    let (_keep, home) = home();
    let (mut child, _) = spawn(&home, true);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(home.join("broker.sock").exists());
    let (mut next, said) = spawn(&home, true);
    assert!(said.starts_with("ready"), "{said}");
    drop(next.stdin.take());
    assert!(next.wait().unwrap().success());
}

#[test]
fn t_tok_14_a_lost_key_is_a_configuration_error_and_makes_no_new_one() {
    let (_keep, home) = home();
    let (mut child, _) = spawn(&home, true);
    drop(child.stdin.take());
    child.wait().unwrap();
    std::fs::remove_file(home.join("vault.key")).unwrap();
    let (mut child, said) = spawn(&home, true);
    assert!(
        said.starts_with("failed") && said.contains("no new key is made"),
        "{said}"
    );
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(78));
    assert!(!home.join("vault.key").exists());
}
