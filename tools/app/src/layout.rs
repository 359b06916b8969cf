//! Where an app keeps what: the folders of both layouts, and what its configuration says of them.

use std::path::Path;

use crate::json::{self, Doc};
use crate::walk::{Found, Holds};
use crate::{Layout, Problem, link};

/// An app's folders, relative to it, without a slash at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) layout: Layout,
    /// The folder of the configuration (`base44`), or empty for the root.
    pub(crate) base: String,
    pub(crate) name: Option<String>,
    pub(crate) entities: Vec<String>,
    pub(crate) functions: Vec<String>,
    pub(crate) connectors: String,
    pub(crate) agents: Vec<String>,
    pub(crate) workflows: String,
}

/// The shape of the app, or `None` when nothing says it is one.
pub(crate) fn detect(root: &Path, files: &[Found], problems: &mut Vec<Problem>) -> Option<Shape> {
    let has = |name: &str| files.iter().any(|found| found.file == name);
    let under = |folder: &str| {
        let folder = format!("{folder}/");
        files.iter().any(move |found| found.file.starts_with(&folder))
    };
    let config = ["base44/config", "src/base44/config", "config"]
        .iter()
        .flat_map(|stem| [format!("{stem}.jsonc"), format!("{stem}.json")])
        .find(|file| has(file));
    let base = ["base44", "src/base44"].iter().find(|base| under(base));
    let inside = if base.is_none() && config.is_none() && has("package.json") {
        nested(files)
    } else {
        None
    };
    let base = match (&config, inside) {
        (Some(file), _) => file.rsplit_once('/').map_or("", |(base, _)| base).to_owned(),
        (None, Some(inside)) => inside,
        (None, None) => base.map_or_else(String::new, |base| (*base).to_owned()),
    };
    let config = config.or_else(|| {
        let beside = |end: &str| format!("{base}/config.{end}");
        ["jsonc", "json"].iter().map(|end| beside(end)).find(|file| has(file))
    });
    // A `config.json` at the root says nothing by itself: other tools have one too.
    let current = !base.is_empty() || (config.is_some() && (under("entities") || entry_under(files, "functions")));
    let mut shape = Shape {
        base: base.clone(),
        ..Shape::default()
    };
    let folder = |name: &str| link::join(&base, name).unwrap_or_default();
    if current {
        let (mut entities, mut functions) = (folder("entities"), folder("functions"));
        shape.connectors = folder("connectors");
        let mut agents = folder("agents");
        shape.workflows = folder("workflows");
        if let Some(file) = &config {
            let text = read_plain(root, file).unwrap_or_default();
            match Doc::parse(file, &text) {
                Ok(doc) => {
                    if let Some(object) = doc.object() {
                        shape.name = json::text(object, "name").filter(|name| !name.trim().is_empty());
                        let mut named = |key: &str, into: &mut String| {
                            let Some(written) = json::text(object, key) else { return };
                            match link::join(&base, &written)
                                .filter(|path| !written.starts_with('/') && !path.is_empty())
                            {
                                Some(path) => *into = path,
                                None => problems.push(Problem {
                                    at: json::prop(object, key)
                                        .map(|prop| doc.at_prop(prop))
                                        .unwrap_or_default(),
                                    message: format!(
                                        "{key} leads out of the app, so {into} is used. Name a folder inside the app."
                                    ),
                                }),
                            }
                        };
                        named("entitiesDir", &mut entities);
                        named("functionsDir", &mut functions);
                        named("connectorsDir", &mut shape.connectors);
                        named("agentsDir", &mut agents);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        shape.entities.push(entities);
        shape.functions.push(functions);
        shape.agents.push(agents);
    } else {
        let old = under("entities")
            || under("Entities")
            || under("src/entities")
            || has("src/api/entities.js")
            || has("src/api/base44Client.js")
            || code_in(files, "functions")
            || names_sdk(root);
        if old {
            shape.layout = Layout::Root;
            shape.connectors = "connectors".to_owned();
            shape.workflows = "workflows".to_owned();
        } else if is_other_app(files) {
            // Not Base44's: what is written for it goes where Base44's tools would put it.
            shape.connectors = "base44/connectors".to_owned();
            shape.workflows = "base44/workflows".to_owned();
            shape.functions.push("base44/functions".to_owned());
        } else {
            return None;
        }
    }
    for older in ["entities", "Entities", "src/entities"] {
        push_new(&mut shape.entities, older);
    }
    for older in ["agents", "src/agents"] {
        push_new(&mut shape.agents, older);
    }
    push_new(&mut shape.functions, "functions");
    Some(shape)
}

/// The only `base44/` folder further inside, where there is one.
fn nested(files: &[Found]) -> Option<String> {
    let mut bases: Vec<&str> = files
        .iter()
        .filter_map(|found| {
            let (above, rest) = found.file.split_once("/base44/")?;
            let telling =
                rest.starts_with("entities/") || rest.starts_with("functions/") || rest.starts_with("config.");
            telling.then(|| &found.file[..above.len() + "/base44".len()])
        })
        .collect();
    bases.dedup();
    match bases.as_slice() {
        [only] => Some((*only).to_owned()),
        _ => None,
    }
}

/// Whether there are tables, or a package with pages, that make an app of another kind.
fn is_other_app(files: &[Found]) -> bool {
    let tables = files
        .iter()
        .any(|found| matches!(found.holds, Holds::Prisma | Holds::Sql));
    let package = files.iter().any(|found| found.file.ends_with("package.json"));
    tables
        || (package
            && files
                .iter()
                .any(|found| found.file.ends_with(".jsx") || found.file.ends_with(".tsx")))
}

fn push_new(list: &mut Vec<String>, one: &str) {
    if !list.iter().any(|known| known == one) {
        list.push(one.to_owned());
    }
}

/// Reads a file of the app that is a file and not a link.
pub(crate) fn read_plain(root: &Path, file: &str) -> Option<String> {
    let path = root.join(file);
    let plain = std::fs::symlink_metadata(&path).ok()?.is_file();
    plain.then(|| std::fs::read_to_string(&path).ok()).flatten()
}

fn names_sdk(root: &Path) -> bool {
    read_plain(root, "package.json").is_some_and(|text| text.contains("\"@base44/"))
}

/// Whether backend code of the older layout lies there: `functions/*.ts`.
fn code_in(files: &[Found], folder: &str) -> bool {
    files.iter().any(|found| {
        found.holds == Holds::Code
            && found
                .file
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| !rest.contains('/'))
    })
}

fn entry_under(files: &[Found], folder: &str) -> bool {
    files.iter().any(|found| {
        found.file.starts_with(folder) && (found.file.ends_with("/entry.ts") || found.file.ends_with("/entry.js"))
    })
}
