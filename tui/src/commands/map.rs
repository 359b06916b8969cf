//! `linchpin map`: who can reach what, as text, SVG, Mermaid or JSON.

use std::process::ExitCode;

use linchpin_protocol::{Found, Wanted};
use linchpin_screen::{Look, map_lines, mermaid};

use crate::cli::MapArgs;
use crate::fail::Fail;
use crate::{context, look, out, svg};

/// Cells of a line where nobody says how many there are.
const CELLS: usize = 120;

pub(crate) fn run(args: &MapArgs, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(&args.app)?;
    let map = match look::find(&root, Wanted::Map) {
        Found::Map { map } => map,
        Found::Nothing { why, .. } => return Err(Fail::refused(why)),
        _ => {
            return Err(Fail::refused(
                "The map could not be made. Run `linchpin check` to see why.",
            ));
        }
    };
    if json {
        out::json(&map);
    } else if args.svg {
        out::lines(&svg::of(&map));
    } else if args.mermaid {
        out::lines(&mermaid(&map));
    } else {
        map_lines(&map, CELLS, Look::of_env(false))
            .iter()
            .for_each(|line| out::line(line));
    }
    Ok(ExitCode::SUCCESS)
}
