//! The catalog by category, each connector with prompts made from this app.

use linchpin_protocol::Offer;
use linchpin_protocol::question::Sensitivity;

use super::{Item, fact};
use crate::card::{mode_name, mode_words, sensitivity_word};
use crate::fuzzy;
use crate::text::Row;
use crate::theme::{Label, Look};

/// Categories by name, in them connectors by name.
pub(super) fn sort(offers: &mut [Offer]) {
    offers.sort_by(|a, b| (a.categories.first(), &a.name).cmp(&(b.categories.first(), &b.name)));
}

pub(super) fn items(offers: &[Offer], filter: &str, look: Look) -> Vec<Item> {
    let line = |offer: &Offer| {
        let row = Row::new().tell(Label::Text, &offer.name);
        match offer.declared {
            true => row.gap(1).say(Label::Good, look.glyphs().tick),
            false => row,
        }
    };
    if filter.trim().is_empty() {
        let item = |(at, offer): (usize, &Offer)| Item {
            group: offer.categories.first().map(|name| title(name)),
            line: line(offer),
            at,
        };
        return offers.iter().enumerate().map(item).collect();
    }
    let words = |offer: &Offer| {
        format!(
            "{} {} {} {}",
            offer.name,
            offer.id,
            offer.aliases.join(" "),
            offer.categories.join(" ")
        )
    };
    let ranked = fuzzy::rank(filter, offers.iter().map(words));
    let found = ranked.into_iter().filter_map(|at| {
        Some(Item {
            group: None,
            line: line(offers.get(at)?),
            at,
        })
    });
    found.collect()
}

/// `project_management` as people write it.
fn title(category: &str) -> String {
    if category.len() <= 3 {
        return category.to_uppercase();
    }
    let words = category.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(crate) fn offer_rows(offer: &Offer, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let mut rows = Row::new()
        .tell(Label::Heading, &offer.name)
        .gap(2)
        .tell(Label::Dim, &offer.id)
        .wrap(cells, 0);
    rows.extend(Row::new().tell(Label::Text, &offer.purpose).wrap(cells, 0));
    if offer.declared {
        rows.push(
            Row::new()
                .say(Label::Good, glyphs.tick)
                .say(Label::Text, " The app has it already."),
        );
    }
    rows.push(Row::new());
    rows.push(Row::fixed(Label::Strong, "In this app"));
    for (i, prompt) in offer.prompts.iter().enumerate() {
        let row = Row::new()
            .tell(Label::Key, &(i + 1).to_string())
            .gap(2)
            .tell(Label::Text, prompt);
        rows.extend(row.wrap(cells, 3));
    }
    rows.push(Row::new());
    let (mode, why) = &offer.advised;
    let advice = Row::new()
        .say(Label::Text, mode_name(*mode))
        .say(Label::Text, ": ")
        .say(Label::Text, mode_words(*mode));
    rows.extend(fact(
        "Advised",
        advice.say(Label::Text, ". ").tell(Label::Text, why),
        cells,
    ));
    let words = "asked for only when a function needs them";
    if !offer.permissions.is_empty() {
        rows.extend(fact("Permissions", Row::fixed(Label::Dim, words), cells));
    }
    for (sentence, sensitivity) in &offer.permissions {
        let (label, word) = sensitivity_word(*sensitivity);
        let row = Row::new().tell(Label::Text, sentence);
        let row = if *sensitivity == Sensitivity::Basic {
            row
        } else {
            row.gap(2).say(label, word)
        };
        rows.extend(fact("", row, cells));
    }
    if !offer.setup.is_empty() {
        rows.push(Row::new());
        rows.push(Row::fixed(Label::Strong, "Set up once"));
        rows.extend(Row::new().tell(Label::Link, &offer.console_url).chop(cells, 0));
        for (i, step) in offer.setup.iter().enumerate() {
            let row = Row::new()
                .tell(Label::Dim, &format!("{}. ", i + 1))
                .tell(Label::Text, step);
            rows.extend(row.wrap(cells, 3));
        }
    }
    for trap in &offer.traps {
        let row = Row::new()
            .say(Label::Warning, glyphs.warning)
            .gap(1)
            .tell(Label::Text, trap);
        rows.extend(row.wrap(cells, 2));
    }
    rows
}
