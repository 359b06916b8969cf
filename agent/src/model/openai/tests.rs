//! Laws of the parts: what holds for any event, any split, any conversation, any text.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::context::{self, ITEM, Line, WHOLE};
use super::gather::Gathered;
use super::*;
use crate::model::ToolCall;

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("index"),
        Just("delta"),
        Just("content"),
        Just("tool_calls"),
        Just("function"),
        Just("arguments"),
        Just("name"),
        Just("id"),
        Just("choices"),
        Just("usage"),
        Just("error"),
        Just("finish_reason"),
        Just("message")
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z{}\":<>/ ]{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(6, 40, 5, move |inner| {
        let map = prop::collection::vec((word.clone(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            map.prop_map(|m| m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
        ]
    })
}

fn event(call: usize, id: &str, name: &str, arguments: &str) -> Chunk {
    let mut function = json!({"arguments": arguments});
    if !name.is_empty() {
        function["name"] = name.into();
    }
    let choice = json!({"delta": {"tool_calls": [{"index": call, "id": id, "function": function}]}});
    Chunk::from(json!({"choices": [choice]}))
}

fn end() -> Chunk {
    Chunk::from(json!({"choices": [{"finish_reason": "tool_calls"}]}))
}

proptest! {
    #[test]
    fn no_event_is_too_odd(events in prop::collection::vec(any_json(), 0..12)) {
        let mut gathered = Gathered::default();
        for event in events {
            if gathered.take(Chunk::from(event)).is_err() {
                return Ok(());
            }
        }
        let _ = gathered.take(end());
        let _ = gathered.finish(false, |n| format!("call_{n}"));
    }

    #[test]
    fn the_choices_of_an_event_may_be_anything(choice in any_json(), delta in any_json()) {
        let _ = Chunk::from(json!({"choices": [choice, {"index": 0, "delta": delta}]}));
        let _ = Chunk::from(json!({"choices": [{"index": 0, "delta": {"tool_calls": [delta]}}]}));
    }

    #[test]
    fn however_calls_are_cut_and_mixed_they_come_out_the_same(
        calls in prop::collection::vec(prop::collection::btree_map("[a-z]{1,6}", "[ -~é🎈]{0,12}", 0..4), 1..4),
        cuts in prop::collection::vec((0usize..4, 1usize..9), 0..60),
        numbered in any::<bool>(),
    ) {
        let texts: Vec<Vec<char>> = calls.iter().map(|args| json!(args).to_string().chars().collect()).collect();
        let mut done = vec![0; texts.len()];
        let mut gathered = Gathered::default();
        let mut send = |call: usize, n: usize, gathered: &mut Gathered| {
            let from = done[call];
            let to = (from + n).min(texts[call].len());
            done[call] = to;
            let piece: String = texts[call][from..to].iter().collect();
            let (id, name) = if from == 0 { (format!("id{call}"), "tool") } else { (String::new(), "") };
            gathered.take(event(call, &id, name, &piece)).unwrap();
        };
        if numbered {
            for call in 0..texts.len() {
                send(call, 1, &mut gathered);
            }
            for (call, n) in cuts {
                send(call % texts.len(), n, &mut gathered);
            }
        }
        for (call, text) in texts.iter().enumerate() {
            send(call, text.len(), &mut gathered);
        }
        gathered.take(end()).unwrap();
        let reply = gathered.finish(false, |n| format!("call_{n}")).unwrap();
        let expected: Vec<ToolCall> = calls.iter().enumerate().map(|(n, args)| ToolCall { id: format!("id{n}"), tool: "tool".into(), args: json!(args) }).collect();
        prop_assert_eq!(reply.calls, expected);
    }

    #[test]
    fn however_words_are_cut_they_come_out_the_same(text in "(<think>|</think>|<th|\n| |[a-zé<>/]){0,30}", size in 1usize..7) {
        let gather = |pieces: Vec<String>| {
            let mut gathered = Gathered::default();
            let mut said = String::new();
            for piece in pieces {
                said += &gathered.take(Chunk { text: piece, ..Chunk::default() }).unwrap();
            }
            gathered.take(end()).unwrap();
            let reply = gathered.finish(false, |n| format!("{n}")).unwrap();
            assert!(reply.text.starts_with(&said));
            reply.text
        };
        let chars: Vec<char> = text.chars().collect();
        let cut = gather(chars.chunks(size).map(|c| c.iter().collect()).collect());
        prop_assert_eq!(&cut, &gather(vec![text.clone()]));
        if !text.trim_start().starts_with("<think>") {
            prop_assert_eq!(cut, text);
        }
    }

    #[test]
    fn t_inj_05_data_keeps_its_value_and_loses_its_power(text in "(<\\|im_start\\|>|</tool_result><system>|\\[INST\\]|\\[/INST\\]|\\[gMASK\\]|<｜User｜>|\u{200b}|\u{202e}|\u{feff}|\u{e0049}|\u{e0100}|\\\\|\"|\\[A\\]|.){0,40}") {
        let value = json!({ text.clone(): [text] });
        let out = escape::json(&value);
        prop_assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
        for token in ["<", "[INST]", "[/INST]", "[gMASK]", "\u{200b}", "\u{202e}", "\u{feff}", "\u{e0049}", "\u{e0100}"] {
            prop_assert!(!out.contains(token), "{token:?} in {out}");
        }
        let words = escape::words(&text).into_owned();
        for token in ["<|", "<｜", "</tool", "<system", "[INST]", "[/INST]", "[gMASK]"] {
            prop_assert!(!words.contains(token), "{token:?} in {words}");
        }
        let twice = escape::words(&words).into_owned();
        prop_assert_eq!(twice, words);
    }
}

proptest! {
    // Whole conversations are large; a few dozen of them say enough.
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_call_has_its_result_and_every_request_its_bounds(steps in prop::collection::vec((0u8..4, 0usize..30_000), 1..40), cut in 0usize..40) {
        let mut messages = Vec::new();
        let id = |n: usize| format!("c{n}");
        for (n, (kind, size)) in steps.into_iter().enumerate() {
            let text = "x".repeat(size);
            let call = |k: usize| ToolCall { id: id(n + k), tool: "t".into(), args: json!({ "text": text }) };
            messages.push(match kind {
                0 => Message::User { text },
                1 => Message::Assistant { text, calls: vec![] },
                2 => Message::Assistant { text: String::new(), calls: (0..2).map(call).collect() },
                _ => Message::Tool { id: id(n.saturating_sub(1)), tool: "t".into(), ok: true, data: json!([text]) },
            });
        }
        let (lines, left_out) = context::lines(&messages);
        let mut open: Vec<&str> = Vec::new();
        for line in &lines {
            match line {
                Line::Tool { id, content, .. } => {
                    let at = open.iter().position(|waiting| waiting == id);
                    prop_assert!(at.is_some(), "a result without a call");
                    open.remove(at.unwrap());
                    prop_assert!(content.len() <= ITEM);
                }
                other => {
                    prop_assert!(open.is_empty(), "a call without a result");
                    if let Line::Model { calls, .. } = other {
                        open = calls.iter().map(|(id, ..)| id.as_str()).collect();
                    }
                }
            }
        }
        prop_assert!(open.is_empty());
        // What is left out stays out.
        let (_, earlier) = context::lines(&messages[..cut.min(messages.len())]);
        prop_assert!(left_out >= earlier);
    }
}

#[test]
fn a_long_conversation_moves_its_front_in_large_steps() {
    let mut messages = Vec::new();
    let mut fronts = Vec::new();
    for n in 0..400 {
        messages.push(Message::User {
            text: format!("{n} {}", "word ".repeat(400)),
        });
        messages.push(Message::Assistant {
            text: "yes ".repeat(100),
            calls: vec![],
        });
        if n % 8 > 0 {
            continue;
        }
        let (lines, front) = context::lines(&messages);
        let size: usize = lines
            .iter()
            .map(|line| match line {
                Line::User(text) | Line::Model { text, .. } => text.len(),
                Line::Tool { content, .. } => content.len(),
            })
            .sum();
        assert!(size <= WHOLE, "{size}");
        assert!(matches!(lines.first(), Some(Line::User(_))));
        fronts.push(front);
    }
    fronts.dedup();
    assert!(fronts.len() <= 12, "{fronts:?}");
}

#[test]
fn a_turn_that_is_too_large_by_itself_gives_up_its_oldest_results() {
    let mut messages = vec![Message::User { text: "go".into() }];
    for n in 0..24 {
        messages.push(Message::Assistant {
            text: String::new(),
            calls: vec![ToolCall {
                id: n.to_string(),
                tool: "read_app".into(),
                args: json!({}),
            }],
        });
        messages.push(Message::Tool {
            id: n.to_string(),
            tool: "read_app".into(),
            ok: true,
            data: json!((0..60).map(|_| "x".repeat(380)).collect::<Vec<_>>()),
        });
    }
    let (lines, left_out) = context::lines(&messages);
    assert_eq!((left_out, lines.len()), (0, messages.len()));
    let sizes: Vec<usize> = lines
        .iter()
        .filter_map(|l| {
            if let Line::Tool { content, .. } = l {
                Some(content.len())
            } else {
                None
            }
        })
        .collect();
    assert!(sizes.iter().sum::<usize>() <= WHOLE);
    assert!(sizes[0] < 100 && sizes[23] > 20_000, "{sizes:?}");
}

#[test]
fn a_result_that_is_too_large_says_what_is_missing() {
    let rows: Vec<Value> = (0..5000).map(|n| json!({"n": n, "text": "long ".repeat(50)})).collect();
    let messages = [
        Message::Assistant {
            text: String::new(),
            calls: vec![ToolCall {
                id: "a".into(),
                tool: "read_app".into(),
                args: json!({}),
            }],
        },
        Message::Tool {
            id: "a".into(),
            tool: "read_app".into(),
            ok: true,
            data: json!(rows),
        },
    ];
    let (lines, _) = context::lines(&messages);
    let Line::Tool { content, .. } = &lines[1] else {
        panic!("{lines:?}")
    };
    assert!(
        content.len() <= ITEM && content.contains("… 4960 more") || content.contains("… 4985 more"),
        "{content}"
    );
}

#[test]
fn t_mod_02_arguments_are_read_strictly() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(50 << 20));
    let table = [
        ("{\"a\":1,}", "trailing comma"),
        ("{\"a\":1,\"a\":2}", "the key `a` is there twice"),
        ("{\"b\":{\"a\":1,\"a\":2}}", "there twice"),
        ("{\"a\":NaN}", "expected value"),
        ("{\"a\":18446744073709551616}", "too large to be exact"),
        ("{\"a\":9007199254740993}", "too large to be exact"),
        ("{\"a\":1e999}", "out of range"),
        ("{\"a\":\"\\ud800\"}", "surrogate"),
        ("{} {}", "trailing"),
        (&deep, "recursion limit"),
        (&large, "longer than 512 KiB"),
    ];
    for (text, why) in table {
        let Value::String(told) = arguments::read(text) else {
            panic!("read {}", &text[..text.len().min(40)])
        };
        assert!(
            told.starts_with("arguments that are not valid JSON") && (told.contains(why) || why == "surrogate"),
            "{told}"
        );
    }
    // A tool that gets this says to the model what was wrong.
    let error =
        serde_json::from_value::<std::collections::BTreeMap<String, Value>>(arguments::read("{\"a\":")).unwrap_err();
    assert!(error.to_string().contains("not valid JSON: EOF"), "{error}");
    assert_eq!(arguments::read(" "), json!({}));
    assert_eq!(
        arguments::read("{\"a\":[1,2.5,-3,null,true,\"x\"]}"),
        json!({"a": [1, 2.5, -3, null, true, "x"]})
    );
}

#[test]
fn forms_are_read_leniently() {
    let read = |text: &str| {
        form::read(
            Reply {
                text: text.into(),
                ..Reply::default()
            },
            |n| format!("call_{n}"),
        )
    };
    let called = |text: &str| {
        read(text)
            .calls
            .into_iter()
            .map(|c| (c.tool, c.args))
            .collect::<Vec<_>>()
    };
    let expected = vec![("suggest".to_owned(), json!({}))];
    for text in [
        r#"{"say": "", "calls": [{"tool": "suggest", "arguments": {}}]}"#,
        "Sure!\n```json\n{\"calls\": [{\"tool\": \"suggest\"}]}\n```\nDone {x}.",
        r#"{"thought": "hm"} {"say": "", "calls": [{"name": "suggest", "arguments": "{}"}]}"#,
    ] {
        assert_eq!(called(text), expected, "{text}");
    }
    assert_eq!(read("Just words {not json}.").text, "Just words {not json}.");
    assert_eq!(read("{\"name\": \"an example\"}").text, "{\"name\": \"an example\"}");
    assert_eq!(
        called(r#"{"calls": [{"tool": "suggest", "arguments": {"a":1,"a":2}}, 7, null]}"#).len(),
        3
    );
}

#[test]
fn the_forms_schema_is_whole() {
    let specs: Vec<_> = linchpin_tools::registry().iter().map(|tool| tool.spec()).collect();
    let schema = form::schema(&specs);
    // Every reference leads somewhere, and no schema is a mere `true`.
    fn walk(value: &Value, root: &Value, refs: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(to) = map.get("$ref").and_then(Value::as_str) {
                    *refs += 1;
                    assert!(root.pointer(to.trim_start_matches('#')).is_some(), "{to}");
                }
                if let Some(properties) = map.get("properties").and_then(Value::as_object) {
                    assert!(properties.values().all(Value::is_object), "{properties:?}");
                }
                map.values().for_each(|v| walk(v, root, refs));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(v, root, refs)),
            _ => {}
        }
    }
    let mut refs = 0;
    walk(&schema, &schema, &mut refs);
    for spec in &specs {
        let tidy = schema::tidy(&spec.schema);
        assert!(
            tidy["type"] == "object" && tidy["properties"].is_object(),
            "{}",
            spec.name
        );
        walk(&tidy, &tidy, &mut refs);
    }
    assert!(refs > 0, "a plan's steps refer to themselves");
}

#[test]
fn the_key_is_masked_wherever_it_stands() {
    let endpoint = Endpoint::new("http://127.0.0.1/v1", Some("sk-0123456789".into()))
        .ok()
        .unwrap();
    let mut bytes = b"sk-0123456789 and xsk-0123456789sk-0123456789".to_vec();
    endpoint.mask(&mut bytes);
    assert_eq!(bytes, b"*** and x******");
    let short = Endpoint::new("http://127.0.0.1/v1", Some("none".into())).ok().unwrap();
    let mut bytes = b"none".to_vec();
    short.mask(&mut bytes);
    assert_eq!(bytes, b"none");
}
