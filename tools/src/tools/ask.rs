//! `ask`: one short question, when a slot is missing or two fit.

use linchpin_question::{Answer, ChoiceQuestion, Failure, Outcome, Output, Question};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// One word that names the missing value, such as `recipient` or `channel`.
    key: String,
    /// The question, one sentence.
    text: String,
    /// Answers to choose from; may be empty.
    #[serde(default)]
    options: Vec<String>,
    /// Whether the builder may answer in their own words.
    #[serde(default)]
    free: bool,
    /// An example of an answer.
    #[serde(default)]
    placeholder: String,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "ask",
    about: include_str!("ask.md"),
    title: |args| format!("ask: {}", args.text),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    match cx.answers.last() {
        Some(Answer::Text(text)) => Outcome::Done(Output {
            summary: text.clone(),
            data: json!({"answer": text}),
        }),
        Some(_) => Outcome::Failed(Failure::new("no_answer", "The question was not answered.")),
        None => Outcome::Ask(Box::new(Question::Choice(ChoiceQuestion {
            key: args.key,
            text: args.text,
            free: args.free || args.options.is_empty(),
            options: args.options,
            placeholder: args.placeholder,
        }))),
    }
}
