//! Kills at every system call that touches the disk: strace stops the real program right there.
//!
//! A clean run under strace says which calls there are and how many of each; then the same run is
//! killed at each of them in turn. `LINCHPIN_SWEEP` says how many points a sweep takes (the
//! nightly script asks for more than CI); when there are more than that, they are spread evenly.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::playground::Playground;

/// What changes or commits something on a disk: each of these is a point of every sweep.
const CHANGES: &str = "write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,\
                       ftruncate,fchmod,fchmodat,flock";
/// What leads there: a sweep is filled up with these.
const LOOKS: &str = "openat,statx,newfstatat,fcntl";

/// One place to kill: the n-th of one system call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The call's name.
    pub call: String,
    /// Which of them, counted from 1.
    pub nth: usize,
}

/// Whether programs can be traced here. A system that forbids it (some containers do) is named.
pub fn strace() -> bool {
    if crate::peers::program("strace").is_none() {
        return false;
    }
    let tried = Command::new("strace")
        .args(["-qq", "-e", "trace=none", "true"])
        .output()
        .unwrap();
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr).into_owned();
        eprintln!("not tested here: this system lets no program be traced: {}", why.trim());
    }
    tried.status.success()
}

/// How many points a sweep takes, when nothing is said.
pub fn points(short: usize) -> usize {
    std::env::var("LINCHPIN_SWEEP")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(short)
}

fn traced(playground: &Playground, binary: &str, args: &[&str], log: &Path, more: &[String]) -> Command {
    let log = log.to_string_lossy().into_owned();
    let mut all: Vec<&str> = vec!["-f", "-qq", "-o", &log];
    let trace = format!("trace={CHANGES},{LOOKS}");
    all.extend(["-e", &trace]);
    for text in more {
        all.extend(["-e", text.as_str()]);
    }
    all.push(binary);
    all.extend(args);
    playground.command("strace", &all)
}

/// Every point of one run of the binary, which is let run to its end.
pub fn every_point(playground: &Playground, binary: &str, args: &[&str]) -> Vec<Point> {
    let log = playground.path().join("calls");
    let output = traced(playground, binary, args, &log, &[]).output().unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(&log).unwrap();
    // `when` counts each call of each thread by itself: the busiest thread has the most points.
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(thread), Some(rest)) = (words.next(), words.next()) else {
            continue;
        };
        if let Some((call, _)) = rest.split_once('(') {
            *counts.entry((call.to_owned(), thread.to_owned())).or_default() += 1;
        }
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((call, _), count) in counts {
        let known = most.entry(call).or_default();
        *known = (*known).max(count);
    }
    most.into_iter()
        .flat_map(|(call, count)| {
            (1..=count).map(move |nth| Point {
                call: call.clone(),
                nth,
            })
        })
        .collect()
}

/// `most` of them: those that change something, and then as many of the others, spread evenly.
pub fn spread(points: Vec<Point>, most: usize) -> Vec<Point> {
    let (mut chosen, others): (Vec<Point>, Vec<Point>) = points
        .into_iter()
        .partition(|point| CHANGES.split(',').any(|call| call == point.call));
    let room = most.saturating_sub(chosen.len()).min(others.len());
    chosen.extend((0..room).map(|i| others[i * others.len() / room].clone()));
    chosen
}

/// Runs the binary and kills it at the point. Whether it was killed: a run may take another way.
pub fn kill_at(playground: &Playground, binary: &str, args: &[&str], point: &Point) -> bool {
    let inject = format!("inject={}:signal=SIGKILL:when={}", point.call, point.nth);
    let log = playground.path().join("killed");
    let output = traced(playground, binary, args, &log, &[inject]).output().unwrap();
    !output.status.success()
}
