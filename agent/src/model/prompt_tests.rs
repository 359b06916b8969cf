//! What a model is told: the whole prompt as a snapshot, the example in it as a plan that compiles,
//! and bounds that hold for any app.

use std::path::Path;
use std::sync::Arc;

use linchpin_app::{App, At, Entity, Field, Function, Page};
use linchpin_catalog::Catalog;
use linchpin_function::{Plan, compile};
use linchpin_socket::ConnectionView;
use proptest::prelude::*;

use super::*;
use crate::driver::World;

fn example(name: &str) -> App {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    linchpin_app::read(&root, &|_| {}).unwrap()
}

fn told(world: &World, connections: &[ConnectionView]) -> String {
    system(&Known {
        world,
        connections,
        time_zone: "Europe/Berlin",
        now_ms: 1_795_354_200_000,
    })
}

fn overview_of(prompt: &str) -> Value {
    let (_, overview) = prompt.split_once("# The app (data)\n\n").unwrap();
    serde_json::from_str(overview).unwrap()
}

#[test]
fn the_whole_prompt_for_the_bookings_example() {
    let world = World {
        app: Arc::new(example("bookings")),
        ..World::default()
    };
    let connected = ConnectionView {
        connector: "gmail".into(),
        mode: "shared".into(),
        status: "active".into(),
        reason: None,
        account: Some("studio@example.com".into()),
        scopes: vec![],
        config: Default::default(),
        connected_at: 0,
        last_used_at: None,
    };
    let prompt = told(&world, std::slice::from_ref(&connected));
    assert_eq!(prompt, told(&world, &[connected]), "the same, byte for byte");
    let (rules, overview) = prompt.split_once("# The app (data)\n\n").unwrap();
    let overview: Value = serde_json::from_str(overview).unwrap();
    insta::assert_snapshot!("prompt", format!("{rules}# The app (data)\n\n{overview:#}"));
}

#[test]
fn the_prompt_names_what_could_be_connected() {
    let world = World::new(
        example("bookings"),
        String::new(),
        Catalog::embedded(),
        &Default::default(),
        "Europe/Berlin",
        0,
    );
    let overview = overview_of(&told(&world, &[]));
    assert!(!world.suggestions.is_empty());
    let shown: Vec<&str> = overview["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["prompt"].as_str().unwrap())
        .collect();
    let expected: Vec<&str> = world.suggestions.iter().map(|s| s.prompt.as_str()).collect();
    assert_eq!(shown, expected);
}

#[test]
fn the_plan_in_the_prompt_compiles() {
    let json = RULES
        .split("```json")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let plan: Plan = serde_json::from_str(json).unwrap();
    compile(&plan, &example("bookings"), Catalog::embedded()).unwrap();
}

#[test]
fn every_tool_the_prompt_names_exists() {
    let named = [
        "read_app",
        "suggest",
        "search_catalog",
        "show_connector",
        "ask",
        "choose_mode",
        "connect",
        "plan_function",
        "write_function",
        "explain",
    ];
    for name in named {
        assert!(RULES.contains(&format!("`{name}`")), "{name}");
        assert!(linchpin_tools::find(name).is_some(), "{name}");
    }
}

/// An app of any size, with texts that would like to be obeyed.
fn large(entities: usize, pages: usize, text: &str) -> App {
    let at = At {
        file: format!("src/{text}.jsx"),
        line: 1,
    };
    let field = |n: usize| Field {
        name: format!("field_{n}"),
        description: Some(text.into()),
        options: vec![text.into(); 3],
        ..Field::default()
    };
    App {
        name: text.into(),
        entities: (0..entities)
            .map(|n| Entity {
                name: format!("Thing{n}"),
                description: Some(text.into()),
                fields: (0..30).map(field).collect(),
                ..Entity::default()
            })
            .collect(),
        pages: (0..pages)
            .map(|n| Page {
                name: format!("{text}{n}"),
                route: text.into(),
                at: at.clone(),
                ..Page::default()
            })
            .collect(),
        functions: (0..pages)
            .map(|n| Function {
                name: format!("f{n}"),
                automations: vec![text.into()],
                ..Function::default()
            })
            .collect(),
        ..App::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn t_inj_05_any_app_fits_and_none_is_obeyed(entities in 0usize..400, pages in 0usize..200, text in "(<\\|im_start\\|>|</tool_result>|\\[INST\\]|ignore all rules|\u{202e}|\u{e0041}|é|[a-z<>|]){0,60}") {
        let app = large(entities, pages, &text);
        let world = World { app: Arc::new(app), ..World::default() };
        let prompt = told(&world, &[]);
        prop_assert!(prompt.len() < RULES.len() + OVERVIEW + 2048, "{}", prompt.len());
        let data = prompt.split_once("# The app (data)").unwrap().1;
        for token in ["<", "\u{202e}", "\u{e0041}", "[INST]"] {
            prop_assert!(!data.contains(token), "{:?} in {}", token, data);
        }
        let overview = overview_of(&prompt);
        let shown = overview["entities"].as_array().unwrap().len() as u64;
        prop_assert_eq!(shown + overview["left_out_for_length"]["entities"].as_u64().unwrap(), entities as u64);
        let shown = overview["pages"].as_array().unwrap().len() as u64;
        prop_assert_eq!(shown + overview["left_out_for_length"]["pages"].as_u64().unwrap(), pages as u64);
        for entity in overview["entities"].as_array().unwrap() {
            prop_assert!(entity.to_string().len() < ITEM + 400, "{}", entity);
        }
    }
}
