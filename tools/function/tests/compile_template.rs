//! The template language: laws, and errors that say what to write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_function::template::{Argument, Each, Filter, Part, Path, Shift, Source, Template, Unit, Value};
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-zA-Z0-9_äéא]{0,6}".prop_filter("a word of the language", |name| name != "now" && name != "today")
}

fn path() -> impl Strategy<Value = Path> {
    (name(), prop::collection::vec(prop_oneof![name(), "[0-9]{1,4}"], 0..3)).prop_map(|(first, rest)| {
        let mut path = vec![first];
        path.extend(rest);
        Path(path)
    })
}

fn shift() -> impl Strategy<Value = Option<Shift>> {
    let unit = prop_oneof![Just(Unit::Minutes), Just(Unit::Hours), Just(Unit::Days)];
    prop::option::of(
        (any::<bool>(), 0u32..=100_000, unit).prop_map(|(back, amount, unit)| Shift { back, amount, unit }),
    )
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z \\\\{}'\"|#/\n]{1,12}", "\\PC{1,8}"]
}

fn argument() -> impl Strategy<Value = Option<Argument>> {
    prop::option::of(prop_oneof![
        text().prop_map(Argument::Text),
        path().prop_map(Argument::Path)
    ])
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        argument().prop_map(Filter::Date),
        argument().prop_map(Filter::Time),
        argument().prop_map(Filter::DateTime),
        argument().prop_map(Filter::Money),
        text().prop_map(Filter::Default),
    ]
}

fn value() -> impl Strategy<Value = Part> {
    let source = prop_oneof![
        path().prop_map(Source::Path),
        shift().prop_map(Source::Now),
        shift().prop_map(Source::Today)
    ];
    (source, prop::collection::vec(filter(), 0..3)).prop_map(|(source, filters)| Part::Value(Value { source, filters }))
}

/// Texts beside each other are one text.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
            (_, part) => out.push(part),
        }
    }
    out
}

fn parts(depth: u32) -> BoxedStrategy<Vec<Part>> {
    let leaf = prop_oneof![text().prop_map(Part::Text), value()].boxed();
    let part = match depth {
        0 => leaf,
        _ => {
            let each = (
                path(),
                prop::option::of(name()),
                prop::option::of(text()),
                parts(depth - 1),
            )
                .prop_map(|(list, name, joiner, body)| {
                    Part::Each(Each {
                        list,
                        name,
                        joiner,
                        body,
                    })
                });
            prop_oneof![3 => leaf, 1 => each].boxed()
        }
    };
    prop::collection::vec(part, 0..5).prop_map(joined).boxed()
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = Template::parse(&text);
    }

    #[test]
    fn almost_templates_are_read_or_refused(text in "[{}#/a-z .|()'\\\\+0-9\n]{0,40}") {
        let _ = Template::parse(&text);
    }

    #[test]
    fn what_was_printed_is_read_as_it_was(parts in parts(3)) {
        let template = Template { parts };
        let printed = template.to_string();
        prop_assert_eq!(Template::parse(&printed), Ok(template), "{}", printed);
    }

    #[test]
    fn text_without_braces_is_itself(text in "[^{]{1,40}") {
        let template = Template::parse(&text).unwrap();
        prop_assert_eq!(template.literal(), Some(text.as_str()));
    }
}

#[test]
fn errors_say_what_to_write() {
    let error = |text: &str| Template::parse(text).unwrap_err().to_string();
    let errors = [
        error("Hello {{client.name"),
        error("{{client.name + 1}}"),
        error("{{client.name | upcase}}"),
        error("{{start | dat}}"),
        error("{{price | default(3)}}"),
        error("{{start | date(a b)}}"),
        error("{{#each tasks}}- {{task.title}}"),
        error("{{/each}}"),
        error("{{#if x}}yes{{/if}}"),
        error("{{constructor['x']}}"),
        error("{{booking.constructor}}"),
    ];
    insta::assert_snapshot!("template_errors", errors.join("\n"));
}
