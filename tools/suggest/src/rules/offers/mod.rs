//! What connectors could do for an app, as data: one file a field of work.
//!
//! Words are in English, Spanish, Portuguese, German, French, Italian, Hebrew and Czech, as names in
//! real apps are. A word is a reason that can be shown to a builder, or it does not belong here.

use super::offer::Offer;

mod books;
mod files;
mod learning;
mod people;
mod shop;
mod social;
mod tables;
mod web;
mod work;

/// All offers.
pub(crate) const ALL: &[&[Offer]] = &[
    books::OFFERS,
    files::OFFERS,
    learning::OFFERS,
    people::OFFERS,
    shop::OFFERS,
    social::OFFERS,
    tables::OFFERS,
    web::OFFERS,
    work::OFFERS,
];
