//! The crate graph: which room may know which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Normal dependencies of every package that is built on this platform, by name.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .other_options(vec!["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .unwrap();
    let names: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|p| (p.id.clone(), p.name.to_string()))
        .collect();
    let resolve = metadata.resolve.unwrap();
    resolve
        .nodes
        .iter()
        .map(|node| {
            let normal = node
                .deps
                .iter()
                .filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
            (names[&node.id].clone(), normal.map(|d| names[&d.pkg].clone()).collect())
        })
        .collect()
}

/// Everything that `root` links.
fn reach(graph: &BTreeMap<String, BTreeSet<String>>, root: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(name) = open.pop() {
        for next in graph.get(&name).unwrap_or_else(|| panic!("no crate {name}")) {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen
}

#[test]
fn the_chat_never_links_vault_or_oauth() {
    let graph = graph();
    for root in ["linchpin-agent", "linchpin-tools", "linchpin-screen"] {
        let linked = reach(&graph, root);
        for secret in [
            "linchpin-vault",
            "linchpin-oauth",
            "linchpin-broker",
            "linchpin-database",
            "oauth2",
            "sqlx",
            "chacha20poly1305",
        ] {
            assert!(!linked.contains(secret), "{root} links {secret}");
        }
    }
    // The test would notice: the broker does link them.
    assert!(reach(&graph, "linchpin-broker").contains("linchpin-vault"));
}

#[test]
fn the_screen_knows_only_the_protocol() {
    let graph = graph();
    let own: Vec<&String> = graph["linchpin-screen"]
        .iter()
        .filter(|n| n.starts_with("linchpin-"))
        .collect();
    let allowed = ["linchpin-patch", "linchpin-protocol", "linchpin-question"];
    assert!(own.iter().all(|n| allowed.contains(&n.as_str())), "{own:?}");
    let linked = reach(&graph, "linchpin-screen");
    for name in [
        "tokio",
        "reqwest",
        "linchpin-app",
        "linchpin-agent",
        "linchpin-tools",
        "linchpin-function",
    ] {
        assert!(!linked.contains(name), "the screen links {name}");
    }
}

#[test]
fn lower_rooms_stay_low() {
    let graph = graph();
    for room in [
        "linchpin-catalog",
        "linchpin-patch",
        "linchpin-app",
        "linchpin-suggest",
        "linchpin-function",
        "linchpin-question",
        "linchpin-protocol",
    ] {
        let linked = reach(&graph, room);
        for name in ["tokio", "reqwest", "hyper", "ratatui", "crossterm"] {
            assert!(!linked.contains(name), "{room} links {name}");
        }
    }
    let tools = reach(&graph, "linchpin-tools");
    assert!(!tools.contains("reqwest") && !tools.contains("ratatui"));
    assert!(!reach(&graph, "linchpin-agent").contains("ratatui"));
}

#[test]
fn the_broker_knows_no_model() {
    let linked = reach(&graph(), "linchpin-broker");
    for name in [
        "async-openai",
        "linchpin-agent",
        "linchpin-tools",
        "linchpin-protocol",
        "rquickjs",
    ] {
        assert!(!linked.contains(name), "the broker links {name}");
    }
}
