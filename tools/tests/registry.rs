//! What a model can reach, and what it is told: a change shows in review.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_tools::registry;

#[test]
fn no_tool_can_act() {
    let names: Vec<&str> = registry().iter().map(|t| t.spec().name).collect();
    for never in [
        "approve",
        "apply",
        "decide",
        "token",
        "fetch",
        "http",
        "run_command",
        "bash",
        "shell",
        "read_file",
        "write_file",
        "secret",
    ] {
        assert!(
            !names.iter().any(|n| *n == never || n.ends_with(&format!("_{never}"))),
            "{names:?} has {never}"
        );
    }
    assert_eq!(names.len(), 15);
}

#[test]
fn what_models_are_told() {
    let told: Vec<String> = registry()
        .iter()
        .map(|tool| {
            let spec = tool.spec();
            format!(
                "## {}\n{}\n\n{}\n",
                spec.name,
                spec.about,
                serde_json::to_string_pretty(&spec.schema).unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn schemas_are_closed() {
    for tool in registry() {
        let schema = tool.spec().schema;
        assert_eq!(schema["type"], "object", "{}", tool.spec().name);
        assert_eq!(schema["additionalProperties"], false, "{}", tool.spec().name);
        assert!(schema.get("$schema").is_none());
    }
}
