//! Numbers as people write them: what `Intl.NumberFormat` gives for plain numbers, money and
//! percentages. British and American English have every currency; other languages share its signs.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    style: Option<String>,
    currency: Option<String>,
    minimum_fraction_digits: Option<usize>,
    maximum_fraction_digits: Option<usize>,
    use_grouping: Option<serde_json::Value>,
}

/// Currencies without a smaller unit in use.
const WHOLE: [&str; 30] = [
    "AFN", "ALL", "BIF", "CLP", "DJF", "GNF", "IQD", "IRR", "ISK", "JPY", "KMF", "KPW", "KRW", "LAK", "LBP", "MGA",
    "MMK", "PYG", "RSD", "RWF", "SLL", "SOS", "SYP", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "YER",
];

/// How a language writes numbers: group mark, decimal mark, and whether the currency follows.
fn marks(locale: &str) -> (&'static str, &'static str, bool) {
    let lower = locale.to_ascii_lowercase();
    match lower.split(['-', '_']).next().unwrap_or_default() {
        "de" | "it" | "es" | "nl" | "da" | "tr" | "id" => (".", ",", true),
        "pt" => (".", ",", lower != "pt-br"),
        "fr" => ("\u{202f}", ",", true),
        "sv" | "nb" | "no" | "fi" | "pl" | "cs" | "uk" | "ru" | "bg" => ("\u{a0}", ",", true),
        _ => (",", ".", false),
    }
}

/// A number in words of a locale.
pub(super) fn format(value: f64, locale: &str, options: &str) -> String {
    let options: Options = serde_json::from_str(options).unwrap_or_default();
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let (group, decimal, after) = marks(locale);
    let style = options.style.as_deref().unwrap_or("decimal");
    let currency = options.currency.as_deref().unwrap_or_default().to_ascii_uppercase();
    let places = if WHOLE.contains(&currency.as_str()) {
        0
    } else if matches!(currency.as_str(), "BHD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND") {
        3
    } else {
        2
    };
    let (low, high) = match style {
        "currency" => (places, places),
        "percent" => (0, 0),
        _ => (0, 3),
    };
    let least = options
        .minimum_fraction_digits
        .unwrap_or(low.min(options.maximum_fraction_digits.unwrap_or(low)))
        .min(20);
    let most = options
        .maximum_fraction_digits
        .unwrap_or(high.max(least))
        .min(20)
        .max(least);
    let scaled = if style == "percent" { value * 100.0 } else { value };
    let grouped = !matches!(options.use_grouping, Some(serde_json::Value::Bool(false)));
    let digits = digits(scaled.abs(), least, most, grouped.then_some(group), decimal);
    let minus = if scaled.is_sign_negative() { "-" } else { "" };
    match style {
        "percent" if after => format!("{minus}{digits}\u{a0}%"),
        "percent" => format!("{minus}{digits}%"),
        "currency" => {
            let symbol = symbol(&currency, locale);
            if after {
                format!("{minus}{digits}\u{a0}{symbol}")
            } else if symbol.chars().last().is_some_and(char::is_alphabetic) || locale.eq_ignore_ascii_case("pt-br") {
                format!("{minus}{symbol}\u{a0}{digits}")
            } else {
                format!("{minus}{symbol}{digits}")
            }
        }
        _ => format!("{minus}{digits}"),
    }
}

fn symbol<'a>(currency: &'a str, locale: &str) -> &'a str {
    match currency {
        "USD"
            if ["en-ca", "en-gb"]
                .iter()
                .any(|other| locale.eq_ignore_ascii_case(other)) =>
        {
            "US$"
        }
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" if locale.eq_ignore_ascii_case("en-gb") => "JP¥",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "HKD" => "HK$",
        "NZD" => "NZ$",
        "PHP" => "₱",
        "TWD" => "NT$",
        "VND" => "₫",
        "XAF" => "FCFA",
        "XCD" => "EC$",
        "XOF" => "F\u{202f}CFA",
        "XPF" => "CFPF",
        "INR" => "₹",
        "ILS" => "₪",
        "BRL" => "R$",
        "CAD" if !locale.eq_ignore_ascii_case("en-ca") => "CA$",
        "CAD" => "$",
        "AUD" => "A$",
        "KRW" => "₩",
        "MXN" => "MX$",
        "SEK" if locale.to_ascii_lowercase().starts_with("sv") => "kr",
        other => other,
    }
}

fn digits(value: f64, least: usize, most: usize, group: Option<&str>, decimal: &str) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    let text = rounded(value, most);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut fraction = fraction.to_owned();
    while fraction.len() > least && fraction.ends_with('0') {
        fraction.pop();
    }
    while fraction.len() < least {
        fraction.push('0');
    }
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if let Some(mark) = group
            && i > 0
            && (whole.len() - i) % 3 == 0
        {
            out.push_str(mark);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push_str(decimal);
        out.push_str(&fraction);
    }
    out
}

/// Rounds half away from zero on the shortest decimal that reads back as the value, as engines do.
fn rounded(value: f64, places: usize) -> String {
    let text = format!("{value}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.len() <= places {
        return text;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    let up = fraction.as_bytes().get(places).is_some_and(|next| *next >= b'5');
    let mut carry = up;
    for digit in digits.iter_mut().rev() {
        if !carry {
            break;
        }
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            carry = false;
        }
    }
    if carry {
        digits.insert(0, b'1');
    }
    let point = digits.len() - places;
    let text = String::from_utf8(digits).unwrap_or_default();
    let (whole, fraction) = text.split_at_checked(point).unwrap_or((&text, ""));
    if places == 0 {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}
