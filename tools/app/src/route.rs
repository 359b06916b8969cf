//! Which files are pages, and under which route: by folder, by framework, by a router's table.
//!
//! Base44 and Vite apps keep pages in `src/pages`; Next.js says it with `app/**/page.*` or `pages/**`;
//! React Router with elements, tables, `routes.ts` or files in `app/routes`. What the folder says
//! of a route gives way to what a router declares.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::Framework;
use crate::facts::Facts;
use crate::link::Links;

/// Folders of pages, the usual one first; the first that holds any is taken.
const FOLDERS: &[&str] = &[
    "src/pages/",
    "frontend/src/pages/",
    "client/src/pages/",
    "app/src/pages/",
    "pages/",
];

/// A file that is a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its index.
    pub(crate) file: usize,
    /// Its route.
    pub(crate) route: String,
    /// Where the route is declared: file's index and line.
    pub(crate) declared: Option<(usize, u32)>,
}

/// What is known of the packages an app is made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packages {
    /// Folders whose package depends on Next.js, with a slash at the end, or empty.
    pub(crate) next: Vec<String>,
    /// Whether any package depends on React Router.
    pub(crate) router: bool,
}

/// The app's pages in the order of their files, and the frameworks that make them pages.
pub(crate) fn pages(
    base: &str,
    files: &[String],
    facts: &[Arc<Facts>],
    links: &Links,
    packages: &Packages,
) -> (Vec<Found>, Vec<Framework>) {
    let mut declared = declared(facts, links);
    let mut frameworks = Vec::new();
    if packages.router && facts.iter().any(|one| !one.routes.is_empty()) {
        frameworks.push(Framework::ReactRouter);
    }
    let mut found: Vec<Found> = Vec::new();
    let mut taken: HashSet<usize> = HashSet::new();
    let mut add = |file: usize, route: String, declared: Option<(usize, u32)>| {
        if taken.insert(file) {
            found.push(Found { file, route, declared });
        }
    };
    for (at, file) in files.iter().enumerate() {
        if let Some((route, framework)) = next_route(file, packages) {
            if !frameworks.contains(&framework) {
                frameworks.push(framework);
            }
            add(at, route, None);
        } else if let Some(route) = packages.router.then(|| flat_route(file)).flatten() {
            if !frameworks.contains(&Framework::ReactRouter) {
                frameworks.push(Framework::ReactRouter);
            }
            match declared.remove(&at) {
                Some((route, place)) => add(at, route, Some(place)),
                None => add(at, route, None),
            }
        }
    }
    let next_pages = frameworks.contains(&Framework::NextPages);
    if let Some(folder) = folder(base, files).filter(|_| !next_pages) {
        for at in 0..files.len() {
            if !is_page(&folder, &files[at], &facts[at]) {
                continue;
            }
            match declared.remove(&at) {
                Some((route, place)) => add(at, route, Some(place)),
                None => add(at, folder_route(&folder, &files[at]), None),
            }
        }
    }
    let mut rest: Vec<_> = declared
        .into_iter()
        .filter(|(at, _)| stands_alone(&files[*at]))
        .collect();
    rest.sort_unstable_by_key(|(at, _)| *at);
    for (at, (route, place)) in rest {
        add(at, route, Some(place));
    }
    (found, frameworks)
}

/// The folder of pages: a usual one, beside the Base44 folder where that is further inside, or the
/// `src/pages` that holds the most.
fn folder(base: &str, files: &[String]) -> Option<String> {
    let above = base.rsplit_once('/').map_or("", |(above, _)| above);
    let beside = (!above.is_empty()).then(|| format!("{}/src/pages/", above.trim_end_matches("/src")));
    let usual = beside
        .into_iter()
        .chain(FOLDERS.iter().map(|folder| (*folder).to_owned()));
    for folder in usual {
        if files.iter().any(|file| file.starts_with(&folder)) {
            return Some(folder);
        }
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for file in files {
        if let Some(at) = file.find("/src/pages/") {
            *counts.entry(&file[..at + "/src/pages/".len()]).or_default() += 1;
        }
    }
    let best = counts
        .into_iter()
        .max_by_key(|(folder, count)| (*count, std::cmp::Reverse(*folder)));
    best.map(|(folder, _)| folder.to_owned())
}

/// The route of a file of a Next.js app, if it is a page of one.
fn next_route(file: &str, packages: &Packages) -> Option<(String, Framework)> {
    let root = packages.next.iter().find(|root| file.starts_with(root.as_str()))?;
    let rest = &file[root.len()..];
    let rest = rest.strip_prefix("src/").unwrap_or(rest);
    let (path, end) = rest.rsplit_once('.')?;
    if !matches!(end, "js" | "jsx" | "ts" | "tsx") {
        return None;
    }
    if let Some(path) = path.strip_prefix("app/") {
        let folder = path
            .strip_suffix("page")
            .filter(|before| before.is_empty() || before.ends_with('/'))?;
        return Some((next_path(folder.trim_end_matches('/')), Framework::NextApp));
    }
    let path = path.strip_prefix("pages/")?;
    let frame = path.starts_with("api/") || path.split('/').any(|part| part.starts_with('_'));
    let part = path.split('/').any(|part| PARTS.contains(&part));
    let path = path
        .strip_suffix("index")
        .map_or(path, |before| before.trim_end_matches('/'));
    (!frame && !part).then(|| (next_path(path), Framework::NextPages))
}

/// `(shop)/orders/[id]` → `/orders/:id`.
fn next_path(folder: &str) -> String {
    let mut route = String::new();
    for part in folder.split('/') {
        let silent = part.is_empty() || part.starts_with('@') || (part.starts_with('(') && part.ends_with(')'));
        if silent {
            continue;
        }
        route.push('/');
        match part.trim_matches(['[', ']']) {
            inner if inner.len() == part.len() => route.push_str(part),
            inner if inner.starts_with("...") => route.push('*'),
            inner => {
                route.push(':');
                route.push_str(inner);
            }
        }
    }
    if route.is_empty() { "/".to_owned() } else { route }
}

/// The route of a file in React Router's `app/routes`: `orders.$id.tsx` → `/orders/:id`.
fn flat_route(file: &str) -> Option<String> {
    let rest = file
        .split_once("app/routes/")
        .filter(|(above, _)| above.is_empty() || above.ends_with('/'))?
        .1;
    let (path, end) = rest.rsplit_once('.')?;
    let path = path.strip_suffix("/route").unwrap_or(path);
    if !matches!(end, "jsx" | "tsx") || path.contains('/') {
        return None;
    }
    let mut route = String::new();
    for part in path.split('.') {
        let part = part.trim_end_matches('_');
        match part {
            "_index" | "index" | "" => {}
            part if part.starts_with('_') => {}
            "$" => route.push_str("/*"),
            part => {
                route.push('/');
                match part.strip_prefix('$') {
                    Some(name) => {
                        route.push(':');
                        route.push_str(name);
                    }
                    None => route.push_str(part),
                }
            }
        }
    }
    Some(if route.is_empty() { "/".to_owned() } else { route })
}

/// Folders below the pages' that hold parts of pages.
const PARTS: &[&str] = &["components", "hooks", "utils", "lib", "ui", "shared", "_components"];

fn is_page(folder: &str, file: &str, facts: &Facts) -> bool {
    let Some(rest) = file.strip_prefix(folder) else {
        return false;
    };
    let drawn = file.ends_with(".jsx") || file.ends_with(".tsx") || !facts.words.is_empty();
    let part_of = rest.split('/').any(|part| PARTS.contains(&part));
    // `pages/index.jsx` of the older layout is the router.
    let router = !rest.contains('/') && rest.starts_with("index.") && !facts.routes.is_empty();
    let frame = rest.starts_with("_") || (rest.starts_with("Layout.") && !rest.contains('/'));
    drawn && !part_of && !router && !frame
}

/// Whether a file outside the pages' folder that a route renders is a page, not a frame around one.
fn stands_alone(file: &str) -> bool {
    let name = name(file);
    file.ends_with('x')
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

/// Routes that files declare: the rendered file, its path, and where. A path below `/` is preferred to `/`.
fn declared(facts: &[Arc<Facts>], links: &Links) -> HashMap<usize, (String, (usize, u32))> {
    let mut routes: HashMap<usize, (String, (usize, u32))> = HashMap::new();
    for (at, facts) in facts.iter().enumerate() {
        for route in facts.routes.iter().filter(|route| !route.path.contains('*')) {
            let target = route.named.iter().rev().find_map(|name| {
                links
                    .from(at)
                    .iter()
                    .find(|edge| edge.locals.iter().any(|local| local == name))
                    .map(|edge| edge.to)
            });
            if let Some(target) = target {
                let known = routes
                    .entry(target)
                    .or_insert_with(|| (route.path.clone(), (at, route.line)));
                if known.0 == "/" {
                    *known = (route.path.clone(), (at, route.line));
                }
            }
        }
    }
    routes
}

/// A page's name by its file.
pub(crate) fn name(file: &str) -> String {
    let mut parts = file.rsplit('/');
    let last = parts.next().unwrap_or(file);
    let stem = last.split('.').next().unwrap_or(last);
    match (stem, parts.next()) {
        ("index" | "page" | "route", Some(folder)) if folder != "pages" => {
            let plain = folder.trim_matches(['(', ')', '[', ']', '.']);
            match plain {
                "app" => "Home".to_owned(),
                plain => plain.to_owned(),
            }
        }
        _ => stem.trim_matches(['[', ']']).to_owned(),
    }
}

fn folder_route(folder: &str, file: &str) -> String {
    let rest = file.strip_prefix(folder).unwrap_or(file);
    let path = rest.rsplit_once('.').map_or(rest, |(path, _)| path);
    let path = path.strip_suffix("/index").unwrap_or(path);
    match path {
        "index" => "/".to_owned(),
        path => format!("/{path}"),
    }
}
