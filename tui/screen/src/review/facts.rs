//! The facts about each function, from its code: what breaks a rule first.

use linchpin_protocol::question::{CallFact, FunctionFacts, Review, ScopeFact};

use super::runs::run_rows;
use crate::card::mode_name;
use crate::text::Row;
use crate::theme::{Label, Look};

/// Cells of the column of names.
const NAME: usize = 12;

/// What is to be known before the diff.
pub(crate) fn facts_rows(review: &Review, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let mut rows = Row::new().tell(Label::Strong, &review.title).wrap(cells, 0);
    let broken: Vec<_> = review
        .functions
        .iter()
        .flat_map(|f| f.violations.iter().map(move |rule| (f, rule)))
        .collect();
    if review.blocked || !broken.is_empty() {
        rows.push(Row::new());
        let words = match review.blocked {
            true => "This can't be applied: the policy forbids it.",
            false => "Rules to look at:",
        };
        rows.push(Row::new().say(Label::Bad, glyphs.cross).gap(1).say(Label::Bad, words));
        for (function, rule) in broken {
            let place = format!("{}:{}", function.file, rule.line);
            let row = Row::new()
                .gap(2)
                .tell(Label::Strong, &rule.rule)
                .gap(2)
                .tell(Label::Text, &rule.message);
            rows.extend(row.gap(2).tell(Label::Code, &place).wrap(cells, 4));
        }
    }
    for function in &review.functions {
        rows.push(Row::new());
        rows.extend(function_rows(function, cells, look));
    }
    rows
}

/// The facts about one function.
pub(crate) fn function_rows(function: &FunctionFacts, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let head = Row::new()
        .tell(Label::Heading, &function.name)
        .gap(2)
        .tell(Label::Dim, &function.file);
    let mut rows = head.wrap(cells, 2);
    let mut fact = |name: &'static str, facts: Vec<Row>| {
        for (i, fact) in facts.into_iter().enumerate() {
            let mut row = Row::new()
                .gap(2)
                .say(Label::Dim, if i == 0 { name } else { "" })
                .pad(NAME);
            row.spans.extend(fact.spans);
            rows.extend(row.wrap(cells, NAME));
        }
    };
    let told = |text: &str| {
        if text.is_empty() {
            vec![]
        } else {
            vec![Row::new().tell(Label::Text, text)]
        }
    };
    fact("Starts", told(&function.trigger));
    fact("May call", told(&function.callers));
    let connectors: Vec<String> = function
        .connectors
        .iter()
        .map(|(id, mode)| format!("{id} ({})", mode_name(*mode)))
        .collect();
    fact("Connects", told(&connectors.join(", ")));
    fact("Calls", function.calls.iter().map(call_row).collect());
    let unresolved = function.unresolved.iter().map(|(line, why)| {
        let row = Row::new()
            .say(Label::Warning, glyphs.warning)
            .gap(1)
            .tell(Label::Text, why);
        row.tell(Label::Dim, &format!("  line {line}"))
    });
    fact("Unclear", unresolved.collect());
    fact("Needs", function.scopes.iter().map(scope_row).collect());
    fact("Data", told(&function.entities.join(", ")));
    fact(
        "Note",
        function
            .notes
            .iter()
            .map(|note| Row::new().tell(Label::Text, note))
            .collect(),
    );
    if function.calls.is_empty() && function.unresolved.is_empty() {
        fact("Calls", vec![Row::fixed(Label::Text, "nobody outside the app")]);
    }
    if !function.rehearsals.is_empty() {
        rows.push(Row::new());
        rows.push(Row::new().gap(2).say(Label::Strong, "Rehearsed here, nothing was sent"));
        function
            .rehearsals
            .iter()
            .for_each(|run| rows.extend(run_rows(run, cells, look)));
    }
    rows
}

fn call_row(call: &CallFact) -> Row {
    let row = Row::new()
        .tell(Label::Strong, &call.method)
        .gap(1)
        .tell(Label::Code, &format!("{}{}", call.host, call.path));
    let mut row = row.gap(2);
    match &call.title {
        Some(title) => {
            row = row
                .tell(Label::Text, title)
                .tell(Label::Dim, &format!(" ({})", call.operation))
        }
        None if call.operation.is_empty() => row = row.say(Label::Warning, "not in the catalog"),
        None => row = row.tell(Label::Text, &call.operation),
    }
    row.tell(Label::Dim, &format!("  line {}", call.line))
}

fn scope_row(scope: &ScopeFact) -> Row {
    let mut row = Row::new().tell(Label::Text, &scope.sentence);
    if let Some((some, of)) = scope.unlocks {
        row = row.tell(Label::Strong, &format!("  {some} of {of} methods"));
    }
    row = row.tell(Label::Dim, &format!("  {}", scope.scope));
    if scope.declared {
        row
    } else {
        row.say(Label::Accent, "  new")
    }
}
