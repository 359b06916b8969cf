//! Dates as people write them, in a time zone: what `Intl.DateTimeFormat` gives.
//!
//! Languages that functions ask for most are written out here (see `words.rs`); others read as
//! American English. Compared with a real engine over the table in `tests/rehearse/intl.json`.

use chrono::{DateTime, Datelike, Offset, TimeZone, Timelike, Utc};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
use serde::Deserialize;

use super::words::{Lang, Words};

/// What a format asks for; strings as the caller wrote them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    time_zone: String,
    weekday: Option<String>,
    year: Option<String>,
    month: Option<String>,
    day: Option<String>,
    hour: Option<String>,
    minute: Option<String>,
    second: Option<String>,
    fractional_second_digits: Option<usize>,
    hour12: Option<bool>,
    hour_cycle: Option<String>,
    time_zone_name: Option<String>,
    date_style: Option<String>,
    time_style: Option<String>,
}

/// The zone's name in its proper spelling, if there is such a zone.
pub(super) fn zone_name(name: &str) -> Option<String> {
    if let Ok(zone) = name.parse::<Tz>() {
        return Some(if zone == Tz::Etc__UTC {
            "UTC".to_owned()
        } else {
            zone.name().to_owned()
        });
    }
    let found = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name))?;
    Some(found.name().to_owned())
}

/// All zones by name.
pub(super) fn zone_names() -> Vec<String> {
    TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect()
}

/// The parts of a date as `type, value, type, value, …`.
pub(super) fn parts(ms: f64, locale: &str, options: &str) -> Vec<String> {
    let mut options: Options = serde_json::from_str(options).unwrap_or_default();
    let zone = options.time_zone.parse::<Tz>().unwrap_or(Tz::UTC);
    #[expect(clippy::cast_possible_truncation, reason = "the shim refuses dates out of range")]
    let utc = DateTime::<Utc>::from_timestamp_millis(ms.floor() as i64).unwrap_or_default();
    let lang = Lang::of(locale);
    options.expand(lang);
    let mut out = Parts { list: Vec::new() };
    let at = zone.from_utc_datetime(&utc.naive_utc());
    let has_date =
        options.weekday.is_some() || options.year.is_some() || options.month.is_some() || options.day.is_some();
    let has_time = options.hour.is_some() || options.minute.is_some() || options.second.is_some();
    if has_date {
        options.date(&at, lang, has_time, &mut out);
    }
    if has_date && has_time {
        out.literal(options.joint(lang));
    }
    if has_time {
        options.time(&at, lang, &mut out);
    }
    if let Some(style) = &options.time_zone_name {
        if has_date || has_time {
            let apart = has_date && !has_time && !matches!(lang, Lang::Swedish | Lang::French);
            out.literal(if apart { ", " } else { " " });
        }
        out.push("timeZoneName", zone_label(&at, style, lang));
    }
    out.list
}

struct Parts {
    list: Vec<String>,
}

impl Parts {
    fn push(&mut self, kind: &str, value: String) {
        self.list.push(kind.to_owned());
        self.list.push(value);
    }

    /// Adds a literal; literals that touch become one.
    fn literal(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let before = self.list.len().checked_sub(2).and_then(|i| self.list.get(i));
        if before.map(String::as_str) == Some("literal")
            && let Some(last) = self.list.last_mut()
        {
            last.push_str(text);
            return;
        }
        self.push("literal", text.to_owned());
    }
}

impl Options {
    /// Turns `dateStyle` and `timeStyle` into fields.
    fn expand(&mut self, lang: Lang) {
        let set = |field: &mut Option<String>, value: &str| *field = Some(value.to_owned());
        let style = self.date_style.clone();
        match style.as_deref() {
            Some("full" | "long") => {
                if style.as_deref() == Some("full") {
                    set(&mut self.weekday, "long");
                }
                set(&mut self.month, "long");
                set(&mut self.day, "numeric");
                set(&mut self.year, "numeric");
            }
            Some("medium") => {
                let month = if lang == Lang::German { "2-digit" } else { "short" };
                set(&mut self.month, month);
                set(&mut self.day, if lang == Lang::German { "2-digit" } else { "numeric" });
                set(&mut self.year, "numeric");
            }
            Some(_) => {
                let wide = lang == Lang::German;
                set(&mut self.month, if wide { "2-digit" } else { "numeric" });
                set(&mut self.day, if wide { "2-digit" } else { "numeric" });
                let year = if matches!(lang, Lang::American | Lang::German | Lang::Spanish) {
                    "2-digit"
                } else {
                    "numeric"
                };
                set(&mut self.year, year);
            }
            None => {}
        }
        if let Some(style) = self.time_style.clone() {
            set(&mut self.hour, "numeric");
            set(&mut self.minute, "2-digit");
            if style != "short" {
                set(&mut self.second, "2-digit");
            }
            if matches!(style.as_str(), "long" | "full") {
                set(&mut self.time_zone_name, "short");
            }
        }
    }

    fn in_words(&self) -> bool {
        matches!(self.month.as_deref(), Some("long" | "short" | "narrow"))
    }

    fn date(&self, at: &DateTime<Tz>, lang: Lang, with_time: bool, out: &mut Parts) {
        let words = lang.words();
        let alone = self.year.is_none() && self.month.is_none() && self.day.is_none();
        if let Some(style) = &self.weekday {
            let index = at.weekday().num_days_from_sunday() as usize;
            let abbreviated = !alone || (with_time && self.minute.is_some());
            out.push("weekday", words.weekday(index, style, abbreviated));
            if alone {
                return;
            }
            let gap = match lang {
                Lang::Swedish | Lang::French => " ",
                Lang::British if self.in_words() && self.year.is_none() => " ",
                _ => ", ",
            };
            out.literal(gap);
        }
        let pattern = if self.in_words() {
            lang.worded(
                self.year.is_some(),
                self.day.is_some(),
                self.month.as_deref() == Some("long"),
            )
        } else {
            lang.numbered(self.year.is_some(), self.month.is_some(), self.day.is_some())
        };
        self.fill(at, lang, &words, pattern, out);
    }

    /// Fills `y`, `M`, `d` of a pattern; `MM` and `dd` are always two digits, `{…}` is literal.
    fn fill(&self, at: &DateTime<Tz>, lang: Lang, words: &Words, pattern: &str, out: &mut Parts) {
        let wide = |field: &Option<String>| field.as_deref() == Some("2-digit");
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let run = rest.chars().take_while(|c| *c == first).count();
            let two = run > 1;
            match first {
                'y' => {
                    let year = at.year();
                    let text = if wide(&self.year) {
                        format!("{:02}", year.rem_euclid(100))
                    } else {
                        year.to_string()
                    };
                    out.push("year", text);
                }
                'M' => {
                    let month = at.month();
                    let text = match self.month.as_deref() {
                        Some(style @ ("long" | "short" | "narrow")) => {
                            let alone = self.day.is_none() && self.year.is_none();
                            words.month(month as usize - 1, style, alone)
                        }
                        _ if two
                            || (wide(&self.month) && !lang.keeps_narrow(self.year.is_some(), self.day.is_some())) =>
                        {
                            format!("{month:02}")
                        }
                        _ => month.to_string(),
                    };
                    out.push("month", text);
                }
                'd' => {
                    let day = at.day();
                    let narrow = lang.keeps_narrow(self.year.is_some(), self.month.is_some());
                    let text = if two || (wide(&self.day) && !(narrow && self.month.is_some())) {
                        format!("{day:02}")
                    } else {
                        day.to_string()
                    };
                    out.push("day", text);
                }
                '{' => {
                    let end = rest.find('}').unwrap_or(rest.len());
                    out.literal(rest.get(1..end).unwrap_or_default());
                    rest = rest.get(end + 1..).unwrap_or_default();
                    continue;
                }
                other => {
                    let text = other.to_string().repeat(run);
                    out.literal(&text);
                }
            }
            rest = rest.get(first.len_utf8() * run..).unwrap_or_default();
        }
    }

    /// What stands between a date and a time.
    fn joint(&self, lang: Lang) -> &'static str {
        let alone = self.year.is_none() && self.month.is_none() && self.day.is_none();
        if alone {
            return match lang {
                Lang::American | Lang::British | Lang::Canadian if self.minute.is_none() => ", ",
                Lang::American | Lang::British | Lang::Canadian | Lang::Swedish | Lang::French => " ",
                _ => ", ",
            };
        }
        let long = self.month.as_deref() == Some("long");
        match lang {
            Lang::American | Lang::British | Lang::Canadian if long => " at ",
            Lang::Swedish => {
                if long {
                    " kl. "
                } else {
                    " "
                }
            }
            Lang::German if long => " um ",
            Lang::French => {
                if long {
                    " à "
                } else if self.in_words() {
                    ", "
                } else {
                    " "
                }
            }
            Lang::Portuguese if long => " às ",
            _ => ", ",
        }
    }

    fn time(&self, at: &DateTime<Tz>, lang: Lang, out: &mut Parts) {
        let twelve = match (self.hour12, self.hour_cycle.as_deref()) {
            (Some(yes), _) => yes,
            (None, Some(cycle)) => matches!(cycle, "h12" | "h11"),
            (None, None) => matches!(lang, Lang::American | Lang::Canadian),
        };
        let mut first = true;
        if let Some(style) = &self.hour {
            let hour = at.hour();
            let shown = match (twelve, self.hour_cycle.as_deref()) {
                (true, _) => (hour + 11) % 12 + 1,
                (false, Some("h24")) if hour == 0 && self.hour12.is_none() => 24,
                (false, _) => hour,
            };
            // After a date with its month written out, a 24-hour clock asked for field by field is bare.
            let beside = self.month.as_deref() == Some("long") && self.time_style.is_none();
            let pad = style == "2-digit" || !(twelve || beside || lang.bare_hour());
            out.push("hour", if pad { format!("{shown:02}") } else { shown.to_string() });
            first = false;
        }
        let digits = |value: u32, field: &str, alone: bool| {
            if alone && field != "2-digit" {
                value.to_string()
            } else {
                format!("{value:02}")
            }
        };
        if let Some(style) = &self.minute {
            if !first {
                out.literal(":");
            }
            let alone = self.hour.is_none() && self.second.is_none();
            out.push(
                "minute",
                if alone {
                    at.minute().to_string()
                } else {
                    digits(at.minute(), style, false)
                },
            );
            first = false;
        }
        if let Some(style) = &self.second {
            if !first {
                out.literal(":");
            }
            out.push(
                "second",
                if first {
                    digits(at.second(), style, true)
                } else {
                    digits(at.second(), style, false)
                },
            );
            if let Some(places) = self.fractional_second_digits {
                out.literal(".");
                let text = format!("{:03}", at.timestamp_subsec_millis());
                out.push("fractionalSecond", text.chars().take(places.min(3)).collect());
            }
        }
        if self.hour.is_none() {
            return;
        }
        if twelve {
            let (gap, before, after) = lang.day_period();
            out.literal(gap);
            out.push("dayPeriod", (if at.hour() < 12 { before } else { after }).to_owned());
        } else if self.minute.is_none() {
            out.literal(lang.hour_suffix());
        }
    }
}

fn zone_label(at: &DateTime<Tz>, style: &str, lang: Lang) -> String {
    let offset = at.offset().fix().local_minus_utc();
    let base = if lang == Lang::French { "UTC" } else { "GMT" };
    let name = at.timezone().name();
    if matches!(name, "UTC" | "Etc/UTC") && matches!(style, "short" | "long") {
        return if style == "long" {
            "Coordinated Universal Time".to_owned()
        } else {
            "UTC".to_owned()
        };
    }
    if style == "short"
        && let Some(abbreviation) = at.offset().abbreviation()
        && lang.knows_zone(name, abbreviation)
    {
        return lang.zone_word(abbreviation).to_owned();
    }
    if offset == 0 {
        return base.to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 3600, offset.abs() % 3600 / 60);
    let sign = if matches!(lang, Lang::French | Lang::Swedish) && sign == '-' {
        '−'
    } else {
        sign
    };
    if matches!(style, "longOffset" | "long") {
        return format!("{base}{sign}{hours:02}:{minutes:02}");
    }
    if minutes == 0 {
        format!("{base}{sign}{hours}")
    } else {
        format!("{base}{sign}{hours}:{minutes:02}")
    }
}
