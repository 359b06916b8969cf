//! Found by a few letters, as in a file finder: the one place that ranks.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The places of the texts that fit, best first; all in their order if nothing is looked for.
pub(crate) fn rank(wanted: &str, texts: impl Iterator<Item = String>) -> Vec<usize> {
    if wanted.trim().is_empty() {
        return texts.enumerate().map(|(at, _)| at).collect();
    }
    let pattern = Pattern::parse(wanted, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut found: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(at, text)| Some((pattern.score(Utf32Str::new(&text, &mut letters), &mut matcher)?, at)))
        .collect();
    found.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    found.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn a_few_letters_find_what_they_begin_with_first() {
        let texts = ["Google Sheets", "Slack", "Gmail", "Google Calendar"];
        let found = |wanted: &str| {
            rank(wanted, texts.iter().map(|t| (*t).to_owned()))
                .into_iter()
                .map(|at| texts[at])
                .collect::<Vec<_>>()
        };
        assert_eq!(found("gcal"), ["Google Calendar"]);
        assert_eq!(found("sl"), ["Slack"]);
        assert_eq!(found("").len(), 4);
        assert_eq!(found("zzz"), [] as [&str; 0]);
    }
}
