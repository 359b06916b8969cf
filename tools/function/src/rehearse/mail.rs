//! A MIME message as its reader would see it.
//!
//! Reads what functions write: folded headers, RFC 2047 words, base64 and quoted-printable,
//! multiparts. What can't be decoded is shown as it stands. Source: RFC 5322, 2045, 2047.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::MailView;

/// A message's headers, in order, with lower-case names and decoded values.
pub(super) type Headers = Vec<(String, String)>;

fn lenient(alphabet: &base64::alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Decodes Gmail's `raw`: base64url. The plain alphabet is refused, as Gmail's own reader may.
pub(super) fn from_raw(raw: &str) -> Option<Vec<u8>> {
    lenient(&URL_SAFE).decode(raw.trim().trim_end_matches('=')).ok()
}

/// The message and its headers.
pub(super) fn view(message: &[u8]) -> (MailView, Headers) {
    let text = String::from_utf8_lossy(message);
    let (headers, body) = split(&text);
    let get = |name: &str| {
        let found: Vec<&str> = headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .collect();
        found.join(", ")
    };
    let view = MailView {
        to: get("to"),
        cc: get("cc"),
        subject: get("subject"),
        text: body_text(&headers, body, 0),
    };
    (view, headers)
}

/// Headers and body; a message without an empty line is all headers.
fn split(text: &str) -> (Headers, &str) {
    let (head, body) = match (text.find("\r\n\r\n"), text.find("\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => cut(text, lf, 2),
        (Some(crlf), _) => cut(text, crlf, 4),
        (None, Some(lf)) => cut(text, lf, 2),
        (None, None) => (text, ""),
    };
    let mut headers: Headers = Vec::new();
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    for (_, value) in &mut headers {
        *value = decode_words(value);
    }
    (headers, body)
}

fn cut(text: &str, at: usize, width: usize) -> (&str, &str) {
    (
        text.get(..at).unwrap_or_default(),
        text.get(at + width..).unwrap_or_default(),
    )
}

fn body_text(headers: &Headers, body: &str, depth: usize) -> String {
    let get = |name: &str| headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let kind = get("content-type").to_ascii_lowercase();
    if kind.starts_with("multipart/") && depth < 5 {
        let Some(boundary) = parameter(get("content-type"), "boundary") else {
            return body.to_owned();
        };
        let mark = format!("--{boundary}");
        let parts: Vec<(Headers, &str)> = body
            .split(&mark)
            .skip(1)
            .take_while(|part| !part.starts_with("--"))
            .map(|part| split(part.trim_start_matches(['\r', '\n'])))
            .collect();
        let is = |headers: &Headers, what: &str| {
            let kind = headers
                .iter()
                .find(|(n, _)| n == "content-type")
                .map_or("text/plain", |(_, v)| v.as_str());
            kind.to_ascii_lowercase().starts_with(what)
        };
        for what in ["text/plain", "multipart/", "text/html"] {
            if let Some((headers, body)) = parts.iter().find(|(headers, _)| is(headers, what)) {
                return body_text(headers, body, depth + 1);
            }
        }
        return String::new();
    }
    let bytes = match get("content-transfer-encoding").to_ascii_lowercase().as_str() {
        "base64" => {
            let clean: String = body.chars().filter(|c| !c.is_ascii_whitespace() && *c != '=').collect();
            lenient(&STANDARD)
                .decode(clean)
                .unwrap_or_else(|_| body.as_bytes().to_vec())
        }
        "quoted-printable" => quoted(body, false),
        _ => body.as_bytes().to_vec(),
    };
    let charset = parameter(get("content-type"), "charset").unwrap_or_else(|| "utf-8".to_owned());
    let text = read(&bytes, &charset).replace("\r\n", "\n");
    if kind.starts_with("text/html") {
        plain(&text)
    } else {
        text.trim_end().to_owned()
    }
}

/// `name=value` or `name="value"` among a header's parameters.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn read(bytes: &[u8], charset: &str) -> String {
    if matches!(
        charset.to_ascii_lowercase().as_str(),
        "iso-8859-1" | "latin1" | "windows-1252"
    ) {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Quoted-printable; in an encoded word `_` is a space and there are no soft line ends.
fn quoted(text: &str, word: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'_' if word => out.push(b' '),
            b'=' => {
                let rest = text.get(at..).unwrap_or_default();
                if let Some(soft) = ["\r\n", "\n"].iter().find(|end| rest.starts_with(**end)) {
                    at += soft.len();
                } else if let Some(byte) = rest.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    out.push(byte);
                    at += 2;
                } else {
                    out.push(b'=');
                }
            }
            other => out.push(*other),
        }
    }
    out
}

/// Decodes RFC 2047 words; white space between two of them goes. The bytes of neighbouring words
/// of one charset are joined before they are read, since encoders do cut inside a character.
fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, tail) = rest.split_at(start);
        let Some((charset, bytes, after)) = word(tail) else {
            flush(&mut out, &mut pending);
            out.push_str(before);
            out.push_str("=?");
            rest = tail.get(2..).unwrap_or_default();
            continue;
        };
        let joins = before.trim().is_empty() && pending.is_some();
        if !joins {
            flush(&mut out, &mut pending);
            out.push_str(before);
        }
        match &mut pending {
            Some((known, held)) if known.eq_ignore_ascii_case(&charset) => held.extend(bytes),
            _ => {
                flush(&mut out, &mut pending);
                pending = Some((charset, bytes));
            }
        }
        rest = after;
    }
    flush(&mut out, &mut pending);
    out.push_str(rest);
    out
}

fn flush(out: &mut String, pending: &mut Option<(String, Vec<u8>)>) {
    if let Some((charset, bytes)) = pending.take() {
        let _ = write!(out, "{}", read(&bytes, &charset));
    }
}

/// One `=?charset?B|Q?text?=` at the start, and what follows it.
fn word(text: &str) -> Option<(String, Vec<u8>, &str)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, inner) = inner.split_once('?')?;
    let (encoding, inner) = inner.split_once('?')?;
    let (data, after) = inner.split_once("?=")?;
    if data.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => lenient(&STANDARD).decode(data.trim_end_matches('=')).ok()?,
        "Q" | "q" => quoted(data, true),
        _ => return None,
    };
    Some((charset.to_owned(), bytes, after))
}

/// HTML without its tags, with the commonest entities read.
fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let text = out
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_as_its_reader_sees_it() {
        let raw = "To: mara@example.org\r\nCc: a@example.org,\r\n b@example.org\r\nSubject: =?UTF-8?B?WmHFvMOzxYLEhw==?= =?UTF-8?Q?_=E6=9D=B1?= now\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8s\r\nIMWBw7Nkxbo=\r\n";
        let (mail, headers) = view(raw.as_bytes());
        assert_eq!(mail.to, "mara@example.org");
        assert_eq!(mail.cc, "a@example.org, b@example.org");
        assert_eq!(mail.subject, "Zażółć 東 now");
        assert_eq!(mail.text, "Hello, Łódź");
        assert_eq!(headers.len(), 5);
    }

    #[test]
    fn a_character_cut_between_two_words_is_whole_again() {
        assert_eq!(decode_words("=?utf-8?B?5p0=?=\r\n =?utf-8?B?sQ==?="), "東");
        assert_eq!(decode_words("a =? b"), "a =? b");
        assert_eq!(decode_words("=?x?Z?a?="), "=?x?Z?a?=");
    }

    #[test]
    fn parts_and_quoted_printable() {
        let raw = "Subject: s\nContent-Type: multipart/alternative; boundary=\"b1\"\n\n--b1\nContent-Type: text/html\n\n<p>H&amp;M</p>\n--b1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\nand more\n--b1--\n";
        assert_eq!(view(raw.as_bytes()).0.text, "café and more");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = view(&bytes);
            let _ = from_raw(&String::from_utf8_lossy(&bytes));
        }
    }
}
