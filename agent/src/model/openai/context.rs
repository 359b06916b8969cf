//! The conversation as a request carries it: whole, capped, and within a budget.
//!
//! The conversation only grows, so what a request holds begins like the one before it, and a server
//! can go on from what it has read. When the budget is used up, whole turns are left out from the
//! front, half of the budget at once, so that this happens seldom. No item is larger than its cap.
//!
//! Invariants: every call has exactly one result, right after it; what is left out is the oldest;
//! the same messages give the same lines.

use serde_json::{Value, json};

use super::escape;
use crate::model::Message;

/// The most bytes of one message.
pub(super) const ITEM: usize = 24 << 10;
/// The most bytes of a conversation, about sixty thousand tokens.
pub(super) const WHOLE: usize = 240 << 10;
/// So many lines at the end are never shortened for room.
const FRESH: usize = 4;

/// One message, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// The builder's words.
    User(String),
    /// The model's words and calls.
    Model {
        /// Its words.
        text: String,
        /// Id, tool, and arguments as JSON.
        calls: Vec<(String, String, String)>,
    },
    /// What came of a call, as JSON.
    Tool {
        /// The call's id.
        id: String,
        /// The tool.
        tool: String,
        /// The result.
        content: String,
    },
}

impl Line {
    fn size(&self) -> usize {
        match self {
            Self::User(text) => text.len(),
            Self::Model { text, calls } => {
                text.len()
                    + calls
                        .iter()
                        .map(|(id, tool, args)| id.len() + tool.len() + args.len())
                        .sum::<usize>()
            }
            Self::Tool { content, .. } => content.len(),
        }
    }
}

/// The lines of a request, and how many earlier ones were left out.
pub(super) fn lines(messages: &[Message]) -> (Vec<Line>, usize) {
    let lines = whole(messages);
    let first = first(&lines);
    let mut kept = lines;
    kept.drain(..first);
    make_room(&mut kept);
    (kept, first)
}

/// All messages as lines, calls and results paired.
fn whole(messages: &[Message]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // Calls of the last model line that have no result yet.
    let mut open: Vec<(String, String)> = Vec::new();
    for message in messages {
        match message {
            Message::Tool { id, tool, ok, data } => {
                if let Some(at) = open.iter().position(|(waiting, _)| waiting == id) {
                    open.remove(at);
                    lines.push(Line::Tool {
                        id: id.clone(),
                        tool: tool.clone(),
                        content: result(*ok, data),
                    });
                }
            }
            Message::User { text } => {
                close(&mut open, &mut lines);
                let text = clip(&escape::words(text), ITEM);
                // Some models take turns strictly.
                match lines.last_mut() {
                    Some(Line::User(before)) if before.len() + text.len() < ITEM => {
                        before.push_str("\n\n");
                        before.push_str(&text);
                    }
                    _ => lines.push(Line::User(text)),
                }
            }
            Message::Assistant { text, calls } if text.is_empty() && calls.is_empty() => {}
            Message::Assistant { text, calls } => {
                close(&mut open, &mut lines);
                open = calls.iter().map(|call| (call.id.clone(), call.tool.clone())).collect();
                let calls = calls
                    .iter()
                    .map(|call| (call.id.clone(), call.tool.clone(), sent_back(&call.args)))
                    .collect();
                lines.push(Line::Model {
                    text: clip(&escape::words(text), ITEM),
                    calls,
                });
            }
        }
    }
    close(&mut open, &mut lines);
    lines
}

fn close(open: &mut Vec<(String, String)>, lines: &mut Vec<Line>) {
    for (id, tool) in open.drain(..) {
        let content = result(false, &json!({"code": "not_run", "message": "This call was not made."}));
        lines.push(Line::Tool { id, tool, content });
    }
}

/// Arguments as the model is shown them again: an object, as templates of servers want it.
fn sent_back(args: &Value) -> String {
    let shown = match args {
        Value::Object(_) => escape::json(args),
        other => escape::json(&json!({ "unreadable": other })),
    };
    if shown.len() <= ITEM {
        shown
    } else {
        escape::json(&json!({"left_out": "long arguments"}))
    }
}

/// A result as JSON, no larger than its cap.
fn result(ok: bool, data: &Value) -> String {
    for (text, items) in [
        (usize::MAX, usize::MAX),
        (4000, 100),
        (1000, 40),
        (300, 15),
        (100, 5),
        (40, 2),
    ] {
        let content = escape::json(&json!({"ok": ok, "data": shorter(data, text, items)}));
        if content.len() <= ITEM {
            return content;
        }
    }
    escape::json(&json!({"ok": ok, "data": "too large to be shown; ask for a part of it"}))
}

/// A value whose texts and lists are at most so long, and say how much is missing.
fn shorter(value: &Value, text: usize, items: usize) -> Value {
    match value {
        Value::String(s) if s.len() > text => Value::String(clip(s, text)),
        Value::Array(list) => {
            let mut shown: Vec<Value> = list.iter().take(items).map(|item| shorter(item, text, items)).collect();
            if list.len() > items {
                shown.push(format!("… {} more", list.len() - items).into());
            }
            shown.into()
        }
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| (key.clone(), shorter(item, text, items)))
            .collect(),
        other => other.clone(),
    }
}

/// A text of at most so many bytes, which says how much is missing.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}… ({} more bytes)", &text[..end], text.len() - end)
}

/// The first line that is still sent. Found by going through the conversation as it grew, so that
/// it moves only when the budget is used up.
fn first(lines: &[Line]) -> usize {
    let (mut first, mut size) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        size += line.size();
        if size <= WHOLE {
            continue;
        }
        let mut turns = (first + 1..=at).filter(|at| matches!(lines[*at], Line::User(_)));
        let rest = |from: usize| lines[from..=at].iter().map(Line::size).sum::<usize>();
        if let Some(turn) = turns
            .clone()
            .find(|from| rest(*from) <= WHOLE / 2)
            .or_else(|| turns.next_back())
        {
            first = turn;
            size = rest(turn);
        }
    }
    first
}

/// A turn that is too large by itself gives up its oldest results.
fn make_room(lines: &mut [Line]) {
    let mut size: usize = lines.iter().map(Line::size).sum();
    let old = lines.len().saturating_sub(FRESH);
    for line in &mut lines[..old] {
        if size <= WHOLE {
            return;
        }
        let before = line.size();
        if let Line::Tool { content, .. } = line {
            *content = r#"{"data":"left out to make room; call the tool again if you need it"}"#.to_owned();
        }
        size = size + line.size() - before;
    }
}
