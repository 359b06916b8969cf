//! `linchpin serve`: the broker, in a process of its own.

use std::process::ExitCode;

use linchpin_broker::{KeySource, Options, Store, serve};

use crate::cli::ServeArgs;
use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode, Fail> {
    context::install_tls();
    let folder = context::paths().data;
    let mut options = Options::in_folder(&folder).map_err(|e| Fail::configuration(e.to_string()))?;
    match args.database.as_deref() {
        None => {}
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            options.store = Store::Postgres(url.to_owned())
        }
        Some(place) => {
            let place = std::path::PathBuf::from(place);
            options.store = Store::Sqlite(place.join("vault.db"));
            options.key = KeySource::File(place.join("vault.key"));
        }
    }
    // A chat brings a socket of its own; by itself the broker listens where `--listen` says.
    options.socket = args.socket.clone();
    options.listen = args.listen;
    options.parent_pipe = args.with_parent;
    if options.socket.is_none() && options.listen.is_none() {
        options.listen = Some(([127, 0, 0, 1], 4404).into());
    }
    let runtime = context::runtime()?;
    let quiet = args.socket.is_some();
    let ended = runtime.block_on(serve(options, |running| {
        if let (Some(address), false) = (running.http(), quiet) {
            out::note(&format!("linchpin: the broker listens on http://{address}"));
        }
    }));
    match ended {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.is_configuration() => Err(Fail::configuration(error.to_string())),
        Err(error) => Err(Fail::refused(error.to_string())),
    }
}
