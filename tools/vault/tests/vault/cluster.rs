//! PostgreSQL started for a test that ends with it, in a folder of its own. The live database's tests
//! (`tools/database`) include this file too.

#![allow(clippy::print_stderr, reason = "a test that cannot run says so")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// PostgreSQL in a folder of its own, on a Unix socket.
pub(crate) struct Cluster {
    pub(crate) folder: PathBuf,
    /// Its shell stops the server and removes the folder when this pipe closes, however we end.
    _shell: Child,
}

impl Cluster {
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres://linchpin@localhost/{database}?host={}",
            self.folder.display()
        )
    }
}

const SHELL: &str = r#"
set -e
D=$(mktemp -d "${TMPDIR:-/tmp}/lp-pg.XXXXXX"); cd "$D"
trap 'kill -QUIT "$P" 2>/dev/null || true; wait "$P" 2>/dev/null || true; cd /; rm -rf "$D"' EXIT
P=
"$BIN/initdb" -D data -A trust -U linchpin -E UTF8 --locale=C --no-sync >initdb.log 2>&1
"$BIN/postgres" -D data -k "$D" -c listen_addresses= -c fsync=off -c max_connections=200 </dev/null >server.log 2>&1 &
P=$!
until "$BIN/pg_isready" -q -h "$D"; do kill -0 "$P"; sleep 0.05; done
echo "$D"
exec >/dev/null 2>&1
read -r _ || true
"#;

/// A server of the test's own; `None` when PostgreSQL isn't installed, which `LINCHPIN_PEERS=required` forbids.
pub(crate) fn start() -> Option<Cluster> {
    let Some(bin) = binaries() else {
        assert!(
            std::env::var("LINCHPIN_PEERS").as_deref() != Ok("required"),
            "PostgreSQL is required (LINCHPIN_PEERS=required), and no initdb was found"
        );
        eprintln!("not run on PostgreSQL: no initdb found (install postgresql, or set LINCHPIN_PG_BIN)");
        return None;
    };
    // The server refuses to run as root.
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            "sh",
            "-c",
            SHELL,
        ]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", SHELL]);
        command
    };
    let mut shell = command
        .env("BIN", bin)
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap())
        .read_line(&mut folder)
        .unwrap();
    let folder = folder.trim();
    assert!(!folder.is_empty(), "PostgreSQL did not start");
    Some(Cluster {
        folder: folder.into(),
        _shell: shell,
    })
}

fn binaries() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("LINCHPIN_PG_BIN")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|dir| dir.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    places.extend(versions.into_iter().rev());
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.into_iter().find(|place| place.join("initdb").is_file())
}
