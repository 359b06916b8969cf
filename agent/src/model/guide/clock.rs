//! Cadence, time of day and time zone out of words.
//!
//! What is not said stays `None`, so that a follow-up ("weekly instead", "at 9") changes only what it
//! names. What no schedule can keep is told apart from what was not said. Pure.

use linchpin_function::{Repeat, Schedule, Weekday};

use super::words::Said;
use super::zone::zone;

/// What was said about the clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Clock {
    /// How often.
    pub(super) repeat: Option<Repeat>,
    /// Time of day, `HH:MM`.
    pub(super) at: Option<String>,
    /// IANA time zone.
    pub(super) zone: Option<String>,
    /// A wish that no schedule keeps, with the nearest that one does.
    pub(super) beyond: Option<(&'static str, &'static str)>,
    /// An hour from 1 to 6 without a half of the day: 17:00 or 05:00?
    pub(super) half: Option<(String, String)>,
}

impl Clock {
    /// Whether a cadence was said.
    pub(super) fn is_set(&self) -> bool {
        self.repeat.is_some() || self.beyond.is_some()
    }

    /// Whether anything was said.
    pub(super) fn says_anything(&self) -> bool {
        self.is_set() || self.at.is_some() || self.zone.is_some() || self.half.is_some()
    }

    /// The schedule, what was not said being as in `known`, else every day at eight.
    pub(super) fn schedule(&self, known: Option<&Schedule>, zone: &str) -> Schedule {
        let or = |said: &Option<String>, known: Option<&String>, default: &str| {
            said.clone()
                .or_else(|| known.cloned())
                .unwrap_or_else(|| default.to_owned())
        };
        Schedule {
            repeat: self
                .repeat
                .clone()
                .or_else(|| known.map(|known| known.repeat.clone()))
                .unwrap_or(Repeat::Daily),
            at: or(&self.at, known.map(|known| &known.at), "08:00"),
            time_zone: or(&self.zone, known.map(|known| &known.time_zone), zone),
        }
    }
}

/// Reads what was said about the clock.
pub(super) fn clock(said: &Said) -> Clock {
    let (at, half) = time(said);
    Clock {
        repeat: repeat(said),
        at,
        zone: zone(said),
        beyond: beyond(said),
        half,
    }
}

const BEYOND: &[(&[&str], &str, &str)] = &[
    (
        &["minute", "minutes", "second", "seconds", "real time", "constantly"],
        "more often than every hour",
        "every hour",
    ),
    (
        &[
            "every other week",
            "biweekly",
            "bi weekly",
            "fortnightly",
            "every two weeks",
            "every 2 weeks",
        ],
        "every other week",
        "every week",
    ),
    (
        &["every other day", "every two days", "every 2 days"],
        "every other day",
        "every day",
    ),
    (
        &["yearly", "every year", "annually", "once a year"],
        "once a year",
        "every month",
    ),
    (&["quarterly", "every quarter"], "every quarter", "every month"),
    (
        &[
            "last day of the month",
            "end of the month",
            "last day of every month",
            "end of every month",
        ],
        "on the last day of the month",
        "on the 28th of every month",
    ),
];

fn beyond(said: &Said) -> Option<(&'static str, &'static str)> {
    BEYOND
        .iter()
        .find(|(phrases, ..)| {
            phrases.iter().any(|phrase| {
                said.find(phrase).is_some_and(|at| {
                    let minutes = phrase.starts_with("minute") || phrase.starts_with("second");
                    !minutes
                        || ["every", "each"]
                            .iter()
                            .any(|each| said.before(at, 1) == *each || said.before(at, 2) == *each)
                })
            })
        })
        .map(|(_, wish, near)| (*wish, *near))
}

const DAYS: &[(&str, &str, Weekday)] = &[
    ("monday", "mon", Weekday::Monday),
    ("tuesday", "tue", Weekday::Tuesday),
    ("wednesday", "wed", Weekday::Wednesday),
    ("thursday", "thu", Weekday::Thursday),
    ("friday", "fri", Weekday::Friday),
    ("saturday", "sat", Weekday::Saturday),
    ("sunday", "sun", Weekday::Sunday),
];

fn weekday(word: &str) -> Option<Weekday> {
    let one = word.strip_suffix('s').unwrap_or(word);
    let known = |name: &str| one == name || (name.len() > 6 && strsim::damerau_levenshtein(one, name) == 1);
    DAYS.iter()
        .find(|(name, short, _)| known(name) || word == *short)
        .map(|(.., day)| *day)
}

fn repeat(said: &Said) -> Option<Repeat> {
    let hours = |word: &str| match word {
        "two" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "six" => Some(6),
        "eight" => Some(8),
        "twelve" => Some(12),
        other => other.parse::<u8>().ok(),
    };
    for at in 0..said.words.len() {
        let each = ["every", "each"].contains(&said.before(at, 1));
        match said.at(at) {
            "hourly" => return Some(Repeat::Hourly { every: 1 }),
            "hour" if each => return Some(Repeat::Hourly { every: 1 }),
            "hours" if ["every", "each"].contains(&said.before(at, 2)) => {
                return Some(Repeat::Hourly {
                    every: hours(said.before(at, 1)).unwrap_or(1),
                });
            }
            _ => {}
        }
    }
    let weekdays = [
        "weekday",
        "weekdays",
        "workday",
        "workdays",
        "working day",
        "working days",
        "business day",
        "business days",
    ];
    if said.any(&weekdays).is_some()
        || said
            .any(&[
                "monday to friday",
                "monday through friday",
                "mon fri",
                "monday until friday",
            ])
            .is_some()
    {
        return Some(Repeat::Weekdays);
    }
    let mut days: Vec<Weekday> = said.words.iter().filter_map(|word| weekday(&word.text)).collect();
    if said.any(&["weekend", "weekends"]).is_some() && days.is_empty() {
        days = vec![Weekday::Saturday, Weekday::Sunday];
    }
    days.sort_unstable();
    days.dedup();
    if !days.is_empty() {
        return Some(Repeat::Weekly { days });
    }
    if said
        .any(&[
            "monthly",
            "every month",
            "each month",
            "once a month",
            "a month",
            "of the month",
            "per month",
        ])
        .is_some()
    {
        return Some(Repeat::Monthly {
            day: day_of_month(said),
        });
    }
    if said
        .any(&["weekly", "every week", "each week", "once a week", "per week"])
        .is_some()
    {
        return Some(Repeat::Weekly {
            days: vec![Weekday::Monday],
        });
    }
    let daily = [
        "daily",
        "every day",
        "each day",
        "everyday",
        "every morning",
        "each morning",
        "every evening",
        "each evening",
        "every night",
        "each night",
        "nightly",
        "every afternoon",
        "every noon",
        "once a day",
        "per day",
        "a day",
        "every single day",
        "at night",
        "mornings",
        "in the mornings",
    ];
    if said.any(&daily).is_some() {
        return Some(Repeat::Daily);
    }
    // "every dya", "dialy"
    let slip = said
        .words
        .iter()
        .any(|word| word.text.len() > 4 && strsim::damerau_levenshtein(&word.text, "daily") == 1);
    slip.then_some(Repeat::Daily)
}

fn day_of_month(said: &Said) -> u8 {
    if said.any(&["first of", "first day of"]).is_some() {
        return 1;
    }
    let ordinal = |word: &str| {
        let end = word.find(|c: char| !c.is_ascii_digit())?;
        let (number, suffix) = word.split_at(end);
        ["st", "nd", "rd", "th"]
            .contains(&suffix)
            .then(|| number.parse::<u8>().ok())
            .flatten()
    };
    said.words
        .iter()
        .find_map(|word| ordinal(&word.text))
        .map_or(1, |day| day.clamp(1, 28))
}

/// The time of day; the second value holds both times that may be meant.
fn time(said: &Said) -> (Option<String>, Option<(String, String)>) {
    let late = said
        .any(&["evening", "tonight", "night", "nightly", "afternoon", "pm"])
        .is_some();
    let early = said.any(&["morning", "mornings", "am"]).is_some();
    for at in 0..said.words.len() {
        let word = said.at(at);
        let cue =
            ["at", "around", "by", "@", "to"].contains(&said.before(at, 1)) || weekday(said.before(at, 1)).is_some();
        let next = said.at(at + 1);
        let clock = word.contains(':') || (word.contains('.') && cue);
        let halved = ["am", "pm", "a.m", "p.m"].iter().any(|half| word.ends_with(half))
            || ["am", "pm", "oclock", "o"].contains(&next);
        if !word.starts_with(|c: char| c.is_ascii_digit()) || !(clock || halved || cue) {
            continue;
        }
        let digits: String = word
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == ':' || *c == '.')
            .collect();
        let mut parts = digits.trim_end_matches('.').splitn(2, [':', '.']);
        let (Some(Ok(hour)), minute) = (parts.next().map(str::parse::<u32>), parts.next()) else {
            continue;
        };
        let minute = minute.map_or(Some(0), |minute| {
            if minute.len() == 2 {
                minute.parse::<u32>().ok()
            } else {
                None
            }
        });
        let rest = word.get(digits.len()..).unwrap_or_default();
        if !(rest.is_empty() || ["am", "pm", "a.m", "p.m", "h", "m"].contains(&rest)) {
            continue;
        }
        let Some(minute) = minute.filter(|minute| *minute < 60 && hour < 25) else {
            continue;
        };
        let after = rest.starts_with('p') || next == "pm";
        let before = rest.starts_with('a') || next == "am";
        let told = |hour: u32| Some(format!("{:02}:{minute:02}", hour % 24));
        if before {
            return (told(if hour == 12 { 0 } else { hour }), None);
        }
        if after || (late && hour < 12 && !early) {
            return (told(if hour < 12 { hour + 12 } else { hour }), None);
        }
        if (1..=6).contains(&hour) && !word.contains(':') && !early && !digits.starts_with('0') {
            return (
                None,
                Some((
                    format!("{hour:02}:{minute:02}"),
                    format!("{:02}:{minute:02}", hour + 12),
                )),
            );
        }
        return (told(hour), None);
    }
    let named = [
        (&["noon", "midday", "lunch", "lunchtime"][..], "12:00"),
        (&["midnight"][..], "00:00"),
        (
            &[
                "end of day",
                "end of the day",
                "end of each day",
                "end of every day",
                "close of business",
                "eod",
            ][..],
            "17:00",
        ),
        (&["evening", "evenings", "tonight"][..], "18:00"),
        (&["night", "nightly"][..], "21:00"),
        (&["afternoon"][..], "14:00"),
        (&["morning", "mornings", "breakfast"][..], "08:00"),
    ];
    (
        named
            .iter()
            .find(|(words, _)| said.any(words).is_some())
            .map(|(_, at)| (*at).to_owned()),
        None,
    )
}

/// How many days before (negative: after) something a reminder goes out: "the day before".
pub(super) fn days_ahead(said: &Said) -> Option<i64> {
    let number = |word: &str| match word {
        "one" | "a" | "the" | "an" => Some(1),
        "two" => Some(2),
        "three" => Some(3),
        "seven" => Some(7),
        other => other.parse::<i64>().ok(),
    };
    for (side, sign) in [("before", 1), ("ahead", 1), ("prior", 1), ("after", -1)] {
        let Some(at) = said.find(side) else { continue };
        let (unit, many) = match said.before(at, 1) {
            "in" | "of" => (said.before(at, 2), said.before(at, 3)),
            unit => (unit, said.before(at, 2)),
        };
        let many = number(many).unwrap_or(1);
        let days = match unit {
            "day" | "days" | "night" | "evening" => many,
            "week" | "weeks" => many * 7,
            "hour" | "hours" if many % 24 == 0 => many / 24,
            _ => continue,
        };
        return Some(sign * days.clamp(1, 60));
    }
    said.any(&["on the day of", "the day of", "the same day", "the morning of"])
        .map(|_| 0)
}

/// Whether a reminder some hours before was asked for, which no daily run can keep.
pub(super) fn hours_ahead(said: &Said) -> bool {
    ["before", "prior"].iter().filter_map(|side| said.find(side)).any(|at| {
        let unit = said.before(at, 1);
        let many = said.before(at, 2).parse::<i64>().unwrap_or(1);
        (["hour", "hours"].contains(&unit) && many % 24 != 0) || ["minute", "minutes"].contains(&unit)
    })
}
