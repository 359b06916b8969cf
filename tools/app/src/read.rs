//! Reads an app: list, read and parse in parallel, put together.
//!
//! Each thread parses into one arena that it reuses, and keeps only facts. What threads do never shows
//! in the result: files are numbered first and put together in that order. What is kept between two
//! readings is in `reader`.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use oxc_allocator::Allocator;

use crate::data::{self, Data};
use crate::facts::Facts;
use crate::layout::Shape;
use crate::walk::{Found, Holds};
use crate::{App, At, Entity, Problem, ReadError, Reader, guard, layout, parse, tables};

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub done: usize,
    /// Files there are to read.
    pub total: usize,
}

/// Files between two reports of progress.
const REPORT: usize = 32;
/// Room for a file to be read in one go.
const BUFFER: usize = 128 << 10;
/// More threads than this do not pay.
const MAX_THREADS: usize = 8;

/// Reads the app in `root`. What cannot be read is in [`App::problems`] and the rest is read; an
/// error means that there is no app to speak of.
///
/// `progress` is called on this thread, at least at the beginning and at the end. Whoever reads the
/// same app again keeps a [`Reader`].
pub fn read(root: &Path, progress: &dyn Fn(Progress)) -> Result<App, ReadError> {
    Reader::once(root).read(progress).map(|reading| reading.app)
}

/// The files of code that a reading of `root` would parse, sorted.
pub fn sources(root: &Path) -> Vec<String> {
    crate::walk::list(root, &mut Vec::new())
        .into_iter()
        .filter(|found| found.holds == Holds::Code)
        .map(|found| found.file)
        .collect()
}

/// What reading one file gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct One {
    pub(crate) content: Option<Content>,
    pub(crate) problem: Option<Problem>,
    /// Its size, if it could be read.
    pub(crate) bytes: Option<usize>,
    /// What tells its bytes from others.
    pub(crate) digest: u64,
}

/// What a file says.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Code(Arc<Facts>),
    Data(Data),
    /// A Prisma schema's models.
    Models(Vec<Entity>),
    /// An SQL file's changes.
    Changes(Vec<tables::Change>),
}

/// What is known of a file's bytes from before: their digest and what they said.
pub(crate) type Before<'b> = dyn Fn(usize, u64) -> Option<One> + Sync + 'b;

/// Reads and parses the files of `found` whose numbers are in `open`; answers go with the numbers.
pub(crate) fn contents(
    root: &Path,
    shape: &Shape,
    found: &[Found],
    open: &[usize],
    before: &Before<'_>,
    digest: &(dyn Fn(&[u8]) -> u64 + Sync),
    progress: &dyn Fn(Progress),
) -> Vec<(usize, One)> {
    let total = open.len();
    progress(Progress { done: 0, total });
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MAX_THREADS)
        .min(total.div_ceil(8).max(1));
    let mut answers = Vec::with_capacity(total);
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let work = || {
            let tell = tell.clone();
            let next = &next;
            move || {
                let mut arena = Allocator::default();
                let mut buffer = Vec::new();
                let mut done = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(number) = open.get(at) else { break };
                    let one = read_one(root, shape, &found[*number], (&arena, &mut buffer), digest, &|digest| {
                        before(*number, digest)
                    });
                    done.push((*number, one));
                    arena.reset();
                    if at % REPORT == REPORT - 1 {
                        let _ = tell.send(at + 1);
                    }
                }
                done
            }
        };
        let handles: Vec<_> = (0..threads)
            .filter_map(|_| {
                std::thread::Builder::new()
                    .name("read".to_owned())
                    .stack_size(guard::STACK)
                    .spawn_scoped(scope, work())
                    .ok()
            })
            .collect();
        let alone = handles.is_empty().then(|| work()());
        drop(tell);
        for done in told {
            progress(Progress { done, total });
        }
        let joined = handles.into_iter().filter_map(|handle| handle.join().ok());
        answers.extend(joined.chain(alone).flatten());
    });
    progress(Progress { done: total, total });
    answers
}

/// A file's bytes, in a buffer that is used again: nothing is asked of the system but the bytes.
fn bytes_of<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> std::io::Result<&'b [u8]> {
    let mut file = std::fs::File::open(path)?;
    let mut length = 0;
    loop {
        if buffer.len() - length < BUFFER {
            buffer.resize(length + 2 * BUFFER, 0);
        }
        match file.read(buffer.get_mut(length..).unwrap_or_default()) {
            Ok(0) => return Ok(buffer.get(..length).unwrap_or_default()),
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn read_one(
    root: &Path,
    shape: &Shape,
    found: &Found,
    (arena, buffer): (&Allocator, &mut Vec<u8>),
    digest: &(dyn Fn(&[u8]) -> u64 + Sync),
    before: &dyn Fn(u64) -> Option<One>,
) -> One {
    let problem = |message: &str| {
        Some(Problem {
            at: At {
                file: found.file.clone(),
                line: 1,
            },
            message: message.to_owned(),
        })
    };
    let bytes = match bytes_of(&root.join(&found.file), buffer) {
        Ok(bytes) => bytes,
        Err(error) => {
            return One {
                problem: problem(&format!("could not be read: {error}. Check who may read it.")),
                ..One::default()
            };
        }
    };
    let digest = digest(bytes);
    if let Some(known) = before(digest) {
        return known;
    }
    let mut one = One {
        bytes: Some(bytes.len()),
        digest,
        ..One::default()
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        one.problem = problem("is not UTF-8 text. Save it as UTF-8.");
        return one;
    };
    if found.holds != Holds::Code && text.len() > guard::MAX_BYTES {
        one.problem = problem("is larger than 1 MB and was left out.");
        return one;
    }
    match found.holds {
        Holds::Code => {
            let (facts, problem) = parse::parse(arena, &found.file, text);
            one.content = Some(Content::Code(Arc::new(facts)));
            one.problem = problem;
        }
        Holds::Json => match data::of(shape, &found.file, text) {
            Ok(data) => one.content = data.map(Content::Data),
            Err(problem) => one.problem = Some(problem),
        },
        Holds::Prisma => one.content = Some(Content::Models(tables::models(&found.file, text))),
        Holds::Sql => one.content = Some(Content::Changes(tables::changes(&found.file, text))),
    }
    one
}

/// The id in `.app.jsonc`; git ignores that file, so the listing does not have it.
pub(crate) fn app_id(root: &Path, base: &str) -> String {
    let folder = if base.is_empty() {
        String::new()
    } else {
        format!("{base}/")
    };
    [".app.jsonc", ".app.json"]
        .iter()
        .find_map(|name| {
            let file = format!("{folder}{name}");
            let text = layout::read_plain(root, &file)?;
            let doc = crate::json::Doc::parse(&file, &text).ok()?;
            crate::json::text(doc.object()?, "id")
        })
        .unwrap_or_default()
}

pub(crate) fn folder_name(root: &Path) -> String {
    let named = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    named(root)
        .or_else(|| named(&root.canonicalize().ok()?))
        .unwrap_or_else(|| "app".to_owned())
}

/// What to do about a folder that is no app: name one inside it or around it, if there is one.
pub(crate) fn hint(root: &Path, found: &[Found]) -> String {
    let inside = found.iter().find_map(|found| {
        let (folder, rest) = found.file.split_once("/base44/")?;
        rest.starts_with("config.json").then_some(folder)
    });
    if let Some(folder) = inside {
        return format!("There is one in {folder}: give that folder.");
    }
    let around = root.canonicalize().ok().and_then(|full| {
        full.ancestors()
            .skip(1)
            .take(4)
            .find(|above| above.join("base44").is_dir())
            .map(Path::to_path_buf)
    });
    match around {
        Some(above) => format!("It lies inside one: give {}.", above.display()),
        None => "Give the folder of an exported app, such as `linchpin examples/bookings`.".to_owned(),
    }
}
