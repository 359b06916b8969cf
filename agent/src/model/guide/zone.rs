//! Time zones, as IANA names, abbreviations, cities and countries.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::vocab::ZONES;
use super::words::{Said, squeeze};

pub(super) fn zone(said: &Said) -> Option<String> {
    for at in 0..said.words.len() {
        let word = &said.words[at];
        if word.raw.contains('/') && word.raw.parse::<Tz>().is_ok() {
            return Some(word.raw.clone());
        }
        if word.raw.contains('/') {
            let typed = squeeze(&word.raw);
            let found = TZ_VARIANTS.iter().find(|zone| squeeze(zone.name()) == typed);
            if let Some(zone) = found {
                return Some(zone.name().to_owned());
            }
        }
    }
    for n in [2, 1] {
        for at in 0..said.words.len() {
            let Some(typed) = said.joined(at, n) else { continue };
            let after = said.at(at + n);
            let cue = ["in", "zone", "timezone"].contains(&said.before(at, 1))
                || ["time", "timezone", "zone"].contains(&after)
                || said.before(at, 1).starts_with(|c: char| c.is_ascii_digit())
                || ["am", "pm", "oclock"].contains(&said.before(at, 1));
            if !cue || typed.len() < 2 {
                continue;
            }
            if let Some((_, zone)) = ZONES.iter().find(|(name, _)| *name == typed) {
                return Some((*zone).to_owned());
            }
            let city = |zone: &&Tz| {
                let name = zone.name();
                typed.len() > 3
                    && name.contains('/')
                    && name.rsplit('/').next().is_some_and(|city| squeeze(city) == typed)
            };
            if let Some(zone) = TZ_VARIANTS.iter().find(city) {
                return Some(zone.name().to_owned());
            }
        }
    }
    None
}
