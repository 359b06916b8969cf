//! Reads an app: list, read and parse in parallel, put together.
//!
//! Each thread parses into one arena that it reuses, and keeps only facts. What threads do never shows
//! in the result: files are numbered first and put together in that order.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use oxc_allocator::Allocator;

use crate::assemble::{self, Parts};
use crate::data::{self, Data};
use crate::facts::Facts;
use crate::layout::Shape;
use crate::walk::{self, Found};
use crate::{App, At, Problem, ReadError, guard, layout, parse};

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
/// More threads than this do not pay.
const MAX_THREADS: usize = 8;

/// Reads the app in `root`. What cannot be read is in [`App::problems`] and the rest is read; an
/// error means that there is no app to speak of.
///
/// `progress` is called on this thread, at least at the beginning and at the end.
pub fn read(root: &Path, progress: &dyn Fn(Progress)) -> Result<App, ReadError> {
    let path = || root.display().to_string();
    let meta = match std::fs::metadata(root) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ReadError::Missing { path: path() }),
        Err(source) => return Err(ReadError::Unreadable { path: path(), source }),
    };
    if !meta.is_dir() {
        return Err(ReadError::NotAFolder { path: path() });
    }
    if let Err(source) = std::fs::read_dir(root) {
        return Err(ReadError::Unreadable { path: path(), source });
    }
    let mut problems = Vec::new();
    let found = walk::list(root, &mut problems);
    let Some(shape) = layout::detect(root, &found, &mut problems) else {
        return Err(ReadError::NotAnApp {
            path: path(),
            hint: hint(root, &found),
        });
    };
    let contents = contents(root, &shape, &found, progress);
    let mut parts = Parts {
        shape,
        files: Vec::new(),
        facts: Vec::new(),
        data: Vec::new(),
        problems,
    };
    let (mut files_read, mut bytes_read) = (0, 0);
    for (found, one) in found.into_iter().zip(contents) {
        parts.problems.extend(one.problem);
        if let Some(bytes) = one.bytes {
            files_read += 1;
            bytes_read += bytes;
        }
        match one.content {
            Some(Content::Code(facts)) => {
                parts.files.push(found.file);
                parts.facts.push(*facts);
            }
            Some(Content::Data(data)) => parts.data.push(data),
            None => {}
        }
    }
    let base = parts.shape.base.clone();
    let mut app = assemble::app(parts);
    app.id = app_id(root, &base);
    app.files_read = files_read;
    app.bytes_read = bytes_read;
    if app.name.is_empty() {
        app.name = folder_name(root);
    }
    Ok(app)
}

/// What reading one file gave.
#[derive(Default)]
struct One {
    content: Option<Content>,
    problem: Option<Problem>,
    bytes: Option<usize>,
}

enum Content {
    Code(Box<Facts>),
    Data(Data),
}

/// Reads and parses all files; the answers are in the order of `found`.
fn contents(root: &Path, shape: &Shape, found: &[Found], progress: &dyn Fn(Progress)) -> Vec<One> {
    let total = found.len();
    progress(Progress { done: 0, total });
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MAX_THREADS)
        .min(total.div_ceil(8).max(1));
    let mut answers: Vec<One> = std::iter::repeat_with(One::default).take(total).collect();
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let work = || {
            let tell = tell.clone();
            let next = &next;
            move || {
                let mut arena = Allocator::default();
                let mut done = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = found.get(at) else { break };
                    done.push((at, read_one(root, shape, one, &arena)));
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
        for (at, one) in joined.chain(alone).flatten() {
            answers[at] = one;
        }
    });
    progress(Progress { done: total, total });
    answers
}

fn read_one(root: &Path, shape: &Shape, found: &Found, arena: &Allocator) -> One {
    let problem = |message: String| Problem {
        at: At {
            file: found.file.clone(),
            line: 1,
        },
        message,
    };
    let bytes = match std::fs::read(root.join(&found.file)) {
        Ok(bytes) => bytes,
        Err(error) => {
            return One {
                problem: Some(problem(format!("could not be read: {error}. Check who may read it."))),
                ..One::default()
            };
        }
    };
    let size = bytes.len();
    let Ok(text) = String::from_utf8(bytes) else {
        return One {
            problem: Some(problem("is not UTF-8 text. Save it as UTF-8.".to_owned())),
            bytes: Some(size),
            ..One::default()
        };
    };
    if found.json {
        if size > guard::MAX_BYTES {
            return One {
                problem: Some(problem("is larger than 1 MB and was left out.".to_owned())),
                bytes: Some(size),
                ..One::default()
            };
        }
        let (content, problem) = match data::of(shape, &found.file, &text) {
            Ok(data) => (data.map(Content::Data), None),
            Err(problem) => (None, Some(problem)),
        };
        return One {
            content,
            problem,
            bytes: Some(size),
        };
    }
    let (facts, problem) = parse::parse(arena, &found.file, &text);
    One {
        content: Some(Content::Code(Box::new(facts))),
        problem,
        bytes: Some(size),
    }
}

/// The id in `.app.jsonc`; git ignores that file, so the listing does not have it.
fn app_id(root: &Path, base: &str) -> String {
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

fn folder_name(root: &Path) -> String {
    let named = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    named(root)
        .or_else(|| named(&root.canonicalize().ok()?))
        .unwrap_or_else(|| "app".to_owned())
}

/// What to do about a folder that is no app: name one inside it or around it, if there is one.
fn hint(root: &Path, found: &[Found]) -> String {
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
