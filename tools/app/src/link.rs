//! Which file imports which, within the app.
//!
//! A page's facts are its own and those of the components and hooks it is made of; a function's are
//! its own and its helpers'. Packages resolve to nothing, and so does anything outside the app.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::Facts;

/// The most files one page or function is followed into.
const MAX_REACH: usize = 300;

/// An import that resolved to a file of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The file's index.
    pub(crate) to: usize,
    /// The local names it is known by; left out where no router asks for them.
    pub(crate) locals: Vec<String>,
}

/// The app's source files and what each imports.
pub(crate) struct Links {
    edges: Vec<Vec<Edge>>,
}

impl Links {
    /// Resolves every import of every file.
    pub(crate) fn of(files: &[String], facts: &[Arc<Facts>]) -> Self {
        let index: FxHashMap<&str, usize> = files
            .iter()
            .enumerate()
            .rev()
            .map(|(at, file)| (stem(file), at))
            .collect();
        let find = |from: usize, source: &str| -> Option<usize> {
            let path = written_path(&files[from], source)?;
            let known = index.get(stem(&path)).or_else(|| index.get(path.as_str()));
            known
                .or_else(|| index.get(format!("{path}/index").as_str()))
                .copied()
                .filter(|to| *to != from)
        };
        let edges = facts
            .iter()
            .enumerate()
            .map(|(from, own)| {
                let mut edges = Vec::new();
                for import in &own.imports {
                    let Some(to) = find(from, &import.source) else {
                        continue;
                    };
                    let locals = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
                        import
                            .names()
                            .filter(|(imported, _)| wanted(imported))
                            .map(|(_, local)| local.to_owned())
                            .collect()
                    };
                    if facts[to].reexports.is_empty() {
                        // Only a router's names are asked for.
                        let asked = !own.routes.is_empty();
                        let locals = if asked { locals(&|_| true) } else { Vec::new() };
                        edges.push(Edge { to, locals });
                        continue;
                    }
                    for (exported, source) in &facts[to].reexports {
                        let known = locals(&|name| exported == "*" || name == "*" || name == exported);
                        if let (false, Some(to)) = (known.is_empty(), find(to, source)) {
                            edges.push(Edge { to, locals: known });
                        }
                    }
                }
                edges
            })
            .collect();
        Self { edges }
    }

    /// What a file imports.
    pub(crate) fn from(&self, file: usize) -> &[Edge] {
        &self.edges[file]
    }

    /// The file and all it is made of, itself first, nearest first; `enter` says which files are followed.
    pub(crate) fn reach(&self, start: usize, enter: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let mut seen = FxHashSet::default();
        seen.insert(start);
        let mut order = vec![start];
        let mut next = 0;
        while next < order.len() && order.len() < MAX_REACH {
            for edge in &self.edges[order[next]] {
                if enter(edge.to) && seen.insert(edge.to) {
                    order.push(edge.to);
                }
            }
            next += 1;
        }
        order
    }
}

/// The path without a source ending.
fn stem(path: &str) -> &str {
    [".jsx", ".tsx", ".js", ".ts", ".mjs"]
        .iter()
        .find_map(|end| path.strip_suffix(end))
        .unwrap_or(path)
}

/// The app-relative path that an import names, if it names one.
fn written_path(from: &str, source: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    if source.starts_with('.') {
        return join(folder, source);
    }
    let rest = source.strip_prefix("@/").or_else(|| source.strip_prefix("~/"));
    if let Some(rest) = rest {
        let base = if from.starts_with("src/") {
            "src"
        } else {
            from.find("/src/").map_or("src", |at| &from[..at + "/src".len()])
        };
        // Nearly every import of a real app: nothing in it to resolve.
        if !rest.contains("./") && !rest.contains("//") && !rest.ends_with(['.', '/']) {
            return Some([base, rest].join("/"));
        }
        return join(base, rest);
    }
    source.starts_with("src/").then(|| source.to_owned())
}

/// `folder` and a relative path as one; `None` when it leaves the app.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
