//! What the conversation is about: the plan that was last on the table, and how far it got.

use linchpin_catalog::Mode;
use linchpin_function::Plan;
use serde_json::Value;

use super::turn::results;
use crate::model::Message;

/// How a proposal ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was not decided: it is being talked about, or it was never proposed.
    #[default]
    Open,
    /// It is in the app.
    Applied,
    /// The builder said no.
    Rejected,
    /// It could not be made.
    Failed,
}

/// The plan on the table.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// The plan last handed to a tool.
    pub(super) plan: Option<Plan>,
    /// How it ended.
    pub(super) fate: Fate,
    /// Whether its account's mode was chosen in this conversation.
    pub(super) mode: Option<Mode>,
    /// Whether connecting it was done, or skipped on purpose.
    pub(super) connected: bool,
    /// The connector that was last talked about.
    pub(super) connector: Option<String>,
    /// What the guide said last.
    pub(super) said: String,
}

/// Reads the context out of a conversation.
pub(super) fn context(messages: &[Message]) -> Context {
    let mut out = Context::default();
    for message in messages {
        if let Message::Assistant { text, .. } = message
            && !text.is_empty()
        {
            out.said.clone_from(text);
        }
    }
    for done in results(messages) {
        let args = &done.call.args;
        if let Some(connector) = args.get("connector").and_then(Value::as_str) {
            if out.connector.as_deref() != Some(connector) {
                (out.mode, out.connected) = (None, false);
            }
            out.connector = Some(connector.to_owned());
        }
        if let Some(plan) = args
            .get("plan")
            .and_then(|plan| serde_json::from_value::<Plan>(plan.clone()).ok())
        {
            if out.connector.as_ref() != Some(&plan.connector) {
                (out.mode, out.connected) = (None, false);
            }
            out.connector = Some(plan.connector.clone());
            out.plan = Some(plan);
            out.fate = Fate::Open;
        }
        match done.call.tool.as_str() {
            "choose_mode" if done.ok => {
                let mode = done
                    .data
                    .get("mode")
                    .and_then(|mode| serde_json::from_value(mode.clone()).ok());
                (out.mode, out.connected) = (mode, false);
            }
            "connect" | "switch_account" => {
                out.connected = done.ok;
                if out.mode.is_none() {
                    out.mode = args
                        .get("mode")
                        .and_then(|mode| serde_json::from_value(mode.clone()).ok());
                }
            }
            "disconnect" if done.flag("disconnected") => out.connected = false,
            "plan_function" => {
                out.fate = if done.flag("applied") {
                    Fate::Applied
                } else if done.flag("rejected") {
                    Fate::Rejected
                } else if !done.ok {
                    Fate::Failed
                } else {
                    Fate::Open
                };
                // A plan that was proposed had its account settled, whoever proposed it.
                if let (Some(plan), true) = (&out.plan, done.ok) {
                    out.mode = Some(plan.mode);
                    out.connected = true;
                }
            }
            _ => {}
        }
    }
    out
}

/// The turns of a conversation, the last one first: what was said, and what lay before it.
pub(super) fn turns(messages: &[Message]) -> impl Iterator<Item = (&str, &[Message], &[Message])> {
    let mut end = messages.len();
    std::iter::from_fn(move || {
        let at = messages
            .get(..end)?
            .iter()
            .rposition(|message| matches!(message, Message::User { .. }))?;
        let (before, since) = (messages.get(..at)?, messages.get(at + 1..end)?);
        end = at;
        match messages.get(at) {
            Some(Message::User { text }) => Some((text.as_str(), before, since)),
            _ => None,
        }
    })
}
