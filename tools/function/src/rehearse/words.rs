//! Names of months and days and the order in which a language writes a date.
//! Source: what a current engine prints (`tests/rehearse/intl.json` is its table).

/// A way of writing dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lang {
    American,
    British,
    Canadian,
    Swedish,
    German,
    French,
    Spanish,
    Portuguese,
}

/// Names in one language: twelve months, seven days from Sunday.
pub(super) struct Words {
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    days: [&'static str; 7],
    days_short: [&'static str; 7],
    lang: Lang,
}

impl Words {
    pub(super) fn month(&self, index: usize, style: &str, alone: bool) -> String {
        let list = if style == "long" {
            &self.months
        } else {
            &self.months_short
        };
        let name = list.get(index).copied().unwrap_or_default();
        if style == "narrow" {
            return name.chars().take(1).flat_map(char::to_uppercase).collect();
        }
        if alone && style == "short" && self.lang == Lang::German {
            return name.trim_end_matches('.').chars().take(3).collect();
        }
        name.to_owned()
    }

    pub(super) fn weekday(&self, index: usize, style: &str, in_date: bool) -> String {
        let list = if style == "long" { &self.days } else { &self.days_short };
        let name = list.get(index).copied().unwrap_or_default();
        if style == "narrow" {
            return name.chars().take(1).flat_map(char::to_uppercase).collect();
        }
        if style == "short" && in_date && self.lang == Lang::German {
            return format!("{name}.");
        }
        name.to_owned()
    }
}

const ENGLISH: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    days: [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ],
    days_short: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    lang: Lang::American,
};

impl Lang {
    /// The way a locale writes; American where it is not one of ours.
    pub(super) fn of(locale: &str) -> Self {
        let lower = locale.to_ascii_lowercase().replace('_', "-");
        let language = lower.split('-').next().unwrap_or_default();
        match (language, lower.as_str()) {
            (_, "en-gb" | "en-ie") => Self::British,
            (_, "en-ca") => Self::Canadian,
            ("sv", _) => Self::Swedish,
            ("de", _) => Self::German,
            ("fr", _) => Self::French,
            ("es", _) => Self::Spanish,
            ("pt", _) => Self::Portuguese,
            _ => Self::American,
        }
    }

    pub(super) fn words(self) -> Words {
        match self {
            Self::American | Self::Canadian => ENGLISH,
            Self::British => {
                let mut words = ENGLISH;
                if let Some(september) = words.months_short.get_mut(8) {
                    *september = "Sept";
                }
                words
            }
            Self::Swedish => Words {
                months: [
                    "januari",
                    "februari",
                    "mars",
                    "april",
                    "maj",
                    "juni",
                    "juli",
                    "augusti",
                    "september",
                    "oktober",
                    "november",
                    "december",
                ],
                months_short: [
                    "jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.",
                ],
                days: ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
                days_short: ["sön", "mån", "tis", "ons", "tors", "fre", "lör"],
                lang: self,
            },
            Self::German => Words {
                months: [
                    "Januar",
                    "Februar",
                    "März",
                    "April",
                    "Mai",
                    "Juni",
                    "Juli",
                    "August",
                    "September",
                    "Oktober",
                    "November",
                    "Dezember",
                ],
                months_short: [
                    "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
                ],
                days: [
                    "Sonntag",
                    "Montag",
                    "Dienstag",
                    "Mittwoch",
                    "Donnerstag",
                    "Freitag",
                    "Samstag",
                ],
                days_short: ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"],
                lang: self,
            },
            Self::French => Words {
                months: [
                    "janvier",
                    "février",
                    "mars",
                    "avril",
                    "mai",
                    "juin",
                    "juillet",
                    "août",
                    "septembre",
                    "octobre",
                    "novembre",
                    "décembre",
                ],
                months_short: [
                    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
                ],
                days: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
                days_short: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
                lang: self,
            },
            Self::Spanish => Words {
                months: [
                    "enero",
                    "febrero",
                    "marzo",
                    "abril",
                    "mayo",
                    "junio",
                    "julio",
                    "agosto",
                    "septiembre",
                    "octubre",
                    "noviembre",
                    "diciembre",
                ],
                months_short: [
                    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
                ],
                days: ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
                days_short: ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"],
                lang: self,
            },
            Self::Portuguese => Words {
                months: [
                    "janeiro",
                    "fevereiro",
                    "março",
                    "abril",
                    "maio",
                    "junho",
                    "julho",
                    "agosto",
                    "setembro",
                    "outubro",
                    "novembro",
                    "dezembro",
                ],
                months_short: [
                    "jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez.",
                ],
                days: [
                    "domingo",
                    "segunda-feira",
                    "terça-feira",
                    "quarta-feira",
                    "quinta-feira",
                    "sexta-feira",
                    "sábado",
                ],
                days_short: ["dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."],
                lang: self,
            },
        }
    }

    /// The pattern of a date whose month is a word.
    pub(super) fn worded(self, year: bool, day: bool, long: bool) -> &'static str {
        match (self, year, day) {
            (_, false, false) => "M",
            (Self::American | Self::Canadian, true, true) => "M d{, }y",
            (Self::American | Self::Canadian, false, true) => "M d",
            (Self::German, true, true) => "d{. }M y",
            (Self::German, false, true) => "d{. }M",
            (Self::Spanish, true, true) if long => "d{ de }M{ de }y",
            (Self::Spanish, false, true) if long => "d{ de }M",
            (Self::Spanish, true, false) if long => "M{ de }y",
            (Self::Portuguese, true, true) => "d{ de }M{ de }y",
            (Self::Portuguese, false, true) => "d{ de }M",
            (Self::Portuguese, true, false) => "M{ de }y",
            (_, true, true) => "d M y",
            (_, false, true) => "d M",
            (_, true, false) => "M y",
        }
    }

    /// The pattern of a date in figures.
    pub(super) fn numbered(self, year: bool, month: bool, day: bool) -> &'static str {
        match (self, year, month, day) {
            (_, true, false, false) => "y",
            (_, false, true, false) => "M",
            (_, _, false, true) => "d",
            (Self::American, true, true, true) => "M/d/y",
            (Self::American, false, true, true) => "M/d",
            (Self::American, true, true, false) => "M/y",
            (Self::Canadian, true, true, true) | (Self::Swedish, true, true, true) => "y-MM-dd",
            (Self::Canadian | Self::Swedish, true, true, false) => "y-MM",
            (Self::Canadian, false, true, true) => "MM-dd",
            (Self::Swedish, false, true, true) => "d/M",
            (Self::German, true, true, true) => "d.M.y",
            (Self::German, false, true, true) => "d.M.",
            (Self::German, true, true, false) => "M.y",
            (Self::Spanish, true, true, true) => "d/M/y",
            (Self::Spanish, false, true, true) => "d/M",
            (Self::Spanish, true, true, false) => "M/y",
            (_, true, true, true) => "dd/MM/y",
            (_, false, true, true) => "dd/MM",
            (_, true, true, false) => "MM/y",
            (_, false, false, false) => "",
        }
    }

    /// Whether figures stay narrow although two digits were asked (Spanish, without all three).
    pub(super) fn keeps_narrow(self, one: bool, other: bool) -> bool {
        self == Self::Spanish && (one != other)
    }

    /// Whether a 24-hour clock leaves the leading zero out unless asked.
    pub(super) fn bare_hour(self) -> bool {
        self == Self::Spanish
    }

    /// What follows the hour when it stands alone.
    pub(super) fn hour_suffix(self) -> &'static str {
        match self {
            Self::German => " Uhr",
            Self::French => " h",
            _ => "",
        }
    }

    /// The gap before the half of the day, and the two halves.
    pub(super) fn day_period(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::British => (" ", "am", "pm"),
            Self::Canadian => (" ", "a.m.", "p.m."),
            Self::Swedish => (" ", "fm", "em"),
            Self::Spanish => (" ", "a.\u{a0}m.", "p.\u{a0}m."),
            _ => (" ", "AM", "PM"),
        }
    }

    /// Whether the language has its own short word for a zone.
    pub(super) fn knows_zone(self, zone: &str, abbreviation: &str) -> bool {
        let america = zone.starts_with("America/") && abbreviation.chars().all(|c| c.is_ascii_uppercase());
        let europe = zone.starts_with("Europe/")
            && matches!(
                abbreviation,
                "CET" | "CEST" | "GMT" | "BST" | "WET" | "WEST" | "EET" | "EEST"
            );
        match self {
            Self::American | Self::Canadian => america,
            Self::British | Self::Swedish | Self::German | Self::Spanish => europe,
            Self::French | Self::Portuguese => false,
        }
    }

    /// The word for a zone's abbreviation.
    pub(super) fn zone_word(self, abbreviation: &str) -> &str {
        match (self, abbreviation) {
            (Self::German, "CET") => "MEZ",
            (Self::German, "CEST") => "MESZ",
            (_, other) => other,
        }
    }
}
