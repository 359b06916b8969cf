//! Pages: which files are pages, how one gets there, and what each is made of.
//!
//! A page is a file in a `pages` folder or one that a route renders. Its facts are its own first, then
//! those of its components and hooks; other pages and the drawing kit (`components/ui`) are left out.

use std::collections::{HashMap, HashSet};

use crate::facts::Facts;
use crate::link::Links;
use crate::visit::METHODS;
use crate::{At, EntityUse, FunctionCall, Page};

/// Folders of pages, the usual one first; the first that holds any is taken.
const FOLDERS: &[&str] = &[
    "src/pages/",
    "frontend/src/pages/",
    "client/src/pages/",
    "app/src/pages/",
    "pages/",
];
/// The most texts kept of a page.
const MAX_WORDS: usize = 200;

/// The app's pages, by name.
pub(crate) fn all(files: &[String], facts: &[Facts], links: &Links) -> Vec<Page> {
    let folder = FOLDERS
        .iter()
        .find(|folder| files.iter().any(|file| file.starts_with(**folder)));
    let mut routes = routes(facts, links);
    let mut pages: Vec<usize> = (0..files.len())
        .filter(|at| folder.is_some_and(|folder| is_page(folder, &files[*at], &facts[*at])))
        .collect();
    let in_folder: HashSet<usize> = pages.iter().copied().collect();
    let mut rendered: Vec<usize> = routes
        .iter()
        .filter(|(at, _)| !in_folder.contains(at) && stands_alone(&files[**at]))
        .map(|(at, _)| *at)
        .collect();
    rendered.sort_unstable();
    pages.extend(rendered);
    let known: HashSet<usize> = pages.iter().copied().collect();
    let enter = |at: usize| {
        let file = &files[at];
        !known.contains(&at)
            && !file.contains("/components/ui/")
            && !file.contains("/api/")
            && !file.ends_with("pages.config.js")
    };
    let main = facts.iter().find_map(|one| one.main_page.as_deref());
    let mut list: Vec<Page> = pages
        .iter()
        .map(|at| {
            let name = name(&files[*at]);
            let route = routes
                .remove(at)
                .unwrap_or_else(|| default_route(folder.copied(), &files[*at]));
            let mut page = page(&links.reach(*at, &enter), files, facts);
            page.main = main.map_or(route == "/", |main| main == name);
            page.name = name;
            page.route = route;
            page
        })
        .collect();
    list.sort_by(|one, other| one.name.cmp(&other.name).then_with(|| one.at.cmp(&other.at)));
    list
}

/// What a page and the files it is made of say together.
fn page(reach: &[usize], files: &[String], facts: &[Facts]) -> Page {
    let own = reach[0];
    let mut page = Page {
        title: facts[own].heading.as_ref().map(|(_, text)| text.clone()),
        at: At {
            file: files[own].clone(),
            line: 1,
        },
        ..Page::default()
    };
    let mut shown = HashSet::new();
    let mut fields = HashSet::new();
    for at in reach {
        let place = |line: u32| At {
            file: files[*at].clone(),
            line,
        };
        let facts = &facts[*at];
        for call in &facts.uses {
            let one = EntityUse {
                entity: call.entity.clone(),
                method: call.method.clone(),
                at: place(call.line),
            };
            if is_write(&call.method) {
                page.writes.push(one);
            } else if METHODS.contains(&call.method.as_str()) {
                page.reads.push(one);
            }
        }
        for (function, line) in &facts.invokes {
            page.calls.push(FunctionCall {
                function: function.clone(),
                at: place(*line),
            });
        }
        if page.per_user.is_none() {
            page.per_user = facts.per_user.map(place);
        }
        for word in &facts.words {
            if page.words.len() < MAX_WORDS && shown.insert(word.as_str()) {
                page.words.push(word.clone());
            }
        }
        for field in &facts.form_fields {
            if fields.insert(field.as_str()) {
                page.form_fields.push(field.clone());
            }
        }
    }
    page
}

/// Whether an SDK method changes records.
pub(crate) fn is_write(method: &str) -> bool {
    ["create", "bulk", "update", "upsert", "delete", "import", "restore"]
        .iter()
        .any(|begin| method.starts_with(begin))
}

fn is_page(folder: &str, file: &str, facts: &Facts) -> bool {
    let Some(rest) = file.strip_prefix(folder) else {
        return false;
    };
    let drawn = file.ends_with(".jsx") || file.ends_with(".tsx") || !facts.words.is_empty();
    let part_of = rest.split('/').any(|part| {
        matches!(
            part,
            "components" | "hooks" | "utils" | "lib" | "ui" | "shared" | "_components"
        )
    });
    // `pages/index.jsx` of the older layout is the router.
    let router = !rest.contains('/') && rest.starts_with("index.") && !facts.routes.is_empty();
    let frame = rest.starts_with("_") || (rest.starts_with("Layout.") && !rest.contains('/'));
    drawn && !part_of && !router && !frame
}

/// Whether a file outside the pages' folder that a route renders is a page, not a frame around one.
fn stands_alone(file: &str) -> bool {
    let name = name(file);
    file.ends_with("x")
        && ![
            "NotFound",
            "Layout",
            "Protected",
            "Guard",
            "Provider",
            "Wrapper",
            "Boundary",
            "Redirect",
        ]
        .iter()
        .any(|part| name.contains(part))
        && name != "App"
}

/// Routes that files declare: the rendered file and its path. A path below `/` is preferred to `/`.
fn routes(facts: &[Facts], links: &Links) -> HashMap<usize, String> {
    let mut routes: HashMap<usize, String> = HashMap::new();
    for (at, facts) in facts.iter().enumerate() {
        for (path, named) in &facts.routes {
            if path.contains('*') {
                continue;
            }
            let target = named.iter().rev().find_map(|name| {
                links
                    .from(at)
                    .iter()
                    .find(|edge| edge.locals.iter().any(|local| local == name))
                    .map(|edge| edge.to)
            });
            if let Some(target) = target {
                let known = routes.entry(target).or_insert_with(|| path.clone());
                if known == "/" {
                    *known = path.clone();
                }
            }
        }
    }
    routes
}

fn name(file: &str) -> String {
    let mut parts = file.rsplit('/');
    let last = parts.next().unwrap_or(file);
    let stem = last.split('.').next().unwrap_or(last);
    match (stem, parts.next()) {
        ("index" | "page", Some(folder)) if folder != "pages" => folder.to_owned(),
        _ => stem.to_owned(),
    }
}

fn default_route(folder: Option<&str>, file: &str) -> String {
    let rest = folder.and_then(|folder| file.strip_prefix(folder)).unwrap_or(file);
    let path = rest.rsplit_once('.').map_or(rest, |(path, _)| path);
    let path = path.strip_suffix("/index").unwrap_or(path);
    match path {
        "index" => "/".to_owned(),
        path => format!("/{path}"),
    }
}
