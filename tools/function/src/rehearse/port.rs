//! The host's side of the sandbox: the few functions the shims may call.
//!
//! They compute (addresses, bytes, digests, calendars) or leave something behind (a line of
//! console, a call in the outbox). None of them reaches outside: a call is answered later, by
//! whoever empties the outbox.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rquickjs::prelude::Opt;
use rquickjs::{Ctx, Function, Object, TypedArray, Value};
use sha2::{Digest, Sha256, Sha384, Sha512};
use url::Url;

use super::calendar;
use super::number;

/// Lines of console that are kept.
const CONSOLE_LINES: usize = 200;
/// Bytes of console that are kept.
const CONSOLE_BYTES: usize = 64 * 1024;

/// What a run leaves behind while it runs.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The clock, in milliseconds since 1970.
    pub(super) now: f64,
    /// State of the random numbers.
    seed: u64,
    /// Calls that wait for an answer: id, kind, JSON.
    pub(super) outbox: Vec<(u32, String, String)>,
    console: Vec<String>,
    console_bytes: usize,
    dropped: usize,
}

impl Desk {
    /// An empty desk whose clock stands at `now`.
    pub(super) fn at(now: f64) -> Self {
        Self {
            now,
            seed: 0x9e37_79b9_7f4a_7c15,
            ..Self::default()
        }
    }

    /// Keeps a line of console, unless enough was said already.
    fn print(&mut self, line: String) {
        if self.console.len() >= CONSOLE_LINES || self.console_bytes + line.len() > CONSOLE_BYTES {
            self.dropped += 1;
            return;
        }
        self.console_bytes += line.len();
        self.console.push(line);
    }

    /// What was printed, with a last line that says how much was left out.
    pub(super) fn printed(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.console);
        if self.dropped > 0 {
            lines.push(format!("({} further lines left out)", self.dropped));
        }
        lines
    }

    /// The next random number in 0..1 (xorshift64*).
    fn random(&mut self) -> f64 {
        let mut x = self.seed | 1;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.seed = x;
        let bits = x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        // 53 bits fit a double exactly.
        bits as f64 / (1u64 << 53) as f64
    }
}

type Shared = Rc<RefCell<Desk>>;

/// Makes the port object.
pub(super) fn open<'js>(ctx: &Ctx<'js>, desk: &Shared, ticks: &Rc<Cell<u32>>) -> rquickjs::Result<Object<'js>> {
    let port = Object::new(ctx.clone())?;
    time_and_talk(ctx, &port, desk)?;
    text(ctx, &port)?;
    addresses(ctx, &port)?;
    digests(ctx, &port)?;
    let ticks = Rc::clone(ticks);
    port.set("tire", Function::new(ctx.clone(), move || ticks.set(u32::MAX))?)?;
    port.set(
        "zone",
        Function::new(ctx.clone(), |name: String| calendar::zone_name(&name))?,
    )?;
    port.set("zones", Function::new(ctx.clone(), calendar::zone_names)?)?;
    port.set(
        "date",
        Function::new(ctx.clone(), |ms: f64, locale: String, options: String| {
            calendar::parts(ms, &locale, &options)
        })?,
    )?;
    port.set(
        "number",
        Function::new(ctx.clone(), |value: f64, locale: String, options: String| {
            number::format(value, &locale, &options)
        })?,
    )?;
    Ok(port)
}

fn time_and_talk<'js>(ctx: &Ctx<'js>, port: &Object<'js>, desk: &Shared) -> rquickjs::Result<()> {
    let at = Rc::clone(desk);
    port.set("now", Function::new(ctx.clone(), move || at.borrow().now)?)?;
    let at = Rc::clone(desk);
    port.set(
        "advance",
        Function::new(ctx.clone(), move |to: f64| {
            let mut desk = at.borrow_mut();
            if to > desk.now {
                desk.now = to;
            }
        })?,
    )?;
    let at = Rc::clone(desk);
    port.set("random", Function::new(ctx.clone(), move || at.borrow_mut().random())?)?;
    let at = Rc::clone(desk);
    port.set(
        "log",
        Function::new(ctx.clone(), move |line: String| at.borrow_mut().print(line))?,
    )?;
    let at = Rc::clone(desk);
    port.set(
        "ask",
        Function::new(ctx.clone(), move |id: u32, kind: String, json: String| {
            at.borrow_mut().outbox.push((id, kind, json));
        })?,
    )?;
    port.set(
        "part",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| part(&ctx, &name))?,
    )
}

/// Compiles one of the parts that load when first touched.
fn part<'js>(ctx: &Ctx<'js>, name: &str) -> rquickjs::Result<Value<'js>> {
    let source = match name {
        "url" => include_str!("js/url.js"),
        "http" => include_str!("js/http.js"),
        "crypto" => include_str!("js/crypto.js"),
        "intl" => include_str!("js/intl.js"),
        _ => "undefined",
    };
    ctx.eval(source)
}

fn text<'js>(ctx: &Ctx<'js>, port: &Object<'js>) -> rquickjs::Result<()> {
    port.set(
        "bytes",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, text: String| {
            // Copied, so that it counts against the engine's memory.
            TypedArray::<u8>::new_copy(ctx, text.as_bytes())
        })?,
    )?;
    port.set(
        "text",
        Function::new(
            ctx.clone(),
            |raw: String, label: String, fatal: bool| -> Option<String> {
                if label == "windows-1252" {
                    return Some(raw);
                }
                match String::from_utf8(narrow(&raw)) {
                    Ok(text) => Some(text),
                    Err(_) if fatal => None,
                    Err(bad) => Some(String::from_utf8_lossy(bad.as_bytes()).into_owned()),
                }
            },
        )?,
    )?;
    port.set(
        "label",
        Function::new(ctx.clone(), |label: String| -> Option<&'static str> {
            match label.trim().to_ascii_lowercase().as_str() {
                "utf-8" | "utf8" | "unicode-1-1-utf-8" => Some("utf-8"),
                "latin1" | "iso-8859-1" | "windows-1252" | "ascii" | "us-ascii" => Some("windows-1252"),
                _ => None,
            }
        })?,
    )?;
    port.set(
        "btoa",
        Function::new(ctx.clone(), |text: String| -> Option<String> {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            Some(base64::engine::general_purpose::STANDARD.encode(bytes?))
        })?,
    )?;
    port.set("atob", Function::new(ctx.clone(), |text: String| forgiving(&text))?)
}

/// Bytes that came as a string of characters below 256.
fn narrow(raw: &str) -> Vec<u8> {
    raw.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}

/// Forgiving base64, as the web's `atob` has it: white space goes, padding may be missing.
fn forgiving(text: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let mut clean: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    if clean.len().is_multiple_of(4) {
        for _ in 0..2 {
            if clean.ends_with('=') {
                clean.pop();
            }
        }
    }
    if clean.contains('=') {
        return None;
    }
    let bytes = GeneralPurpose::new(&STANDARD, config).decode(clean).ok()?;
    Some(bytes.into_iter().map(char::from).collect())
}

fn addresses<'js>(ctx: &Ctx<'js>, port: &Object<'js>) -> rquickjs::Result<()> {
    port.set(
        "url",
        Function::new(ctx.clone(), |href: String, base: Opt<Option<String>>| {
            let url = match base.0.flatten() {
                Some(base) => Url::parse(&base).and_then(|base| base.join(&href)),
                None => Url::parse(&href),
            };
            url.ok().map(|url| url_parts(&url))
        })?,
    )?;
    port.set(
        "urlSet",
        Function::new(ctx.clone(), |href: String, name: String, value: String| {
            url_set(&href, &name, &value)
        })?,
    )?;
    port.set(
        "form",
        Function::new(ctx.clone(), |query: String| -> Vec<String> {
            url::form_urlencoded::parse(query.as_bytes())
                .flat_map(|(k, v)| [k.into_owned(), v.into_owned()])
                .collect()
        })?,
    )?;
    port.set(
        "unform",
        Function::new(ctx.clone(), |flat: Vec<String>| -> String {
            let pairs = flat.chunks_exact(2).filter_map(|two| Some((two.first()?, two.get(1)?)));
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish()
        })?,
    )
}

fn url_parts(url: &Url) -> Vec<String> {
    let q = url::quirks::host(url).to_owned();
    vec![
        url::quirks::href(url).to_owned(),
        url::quirks::protocol(url).to_owned(),
        url::quirks::username(url).to_owned(),
        url::quirks::password(url).to_owned(),
        q,
        url::quirks::hostname(url).to_owned(),
        url::quirks::port(url).to_owned(),
        url::quirks::pathname(url).to_owned(),
        url::quirks::search(url).to_owned(),
        url::quirks::hash(url).to_owned(),
        url::quirks::origin(url),
    ]
}

fn url_set(href: &str, name: &str, value: &str) -> Option<Vec<String>> {
    let mut url = Url::parse(href).ok()?;
    match name {
        "href" => url::quirks::set_href(&mut url, value).ok()?,
        "protocol" => url::quirks::set_protocol(&mut url, value).unwrap_or(()),
        "username" => url::quirks::set_username(&mut url, value).unwrap_or(()),
        "password" => url::quirks::set_password(&mut url, value).unwrap_or(()),
        "host" => url::quirks::set_host(&mut url, value).unwrap_or(()),
        "hostname" => url::quirks::set_hostname(&mut url, value).unwrap_or(()),
        "port" => url::quirks::set_port(&mut url, value).unwrap_or(()),
        "pathname" => url::quirks::set_pathname(&mut url, value),
        "search" => url::quirks::set_search(&mut url, value),
        "hash" => url::quirks::set_hash(&mut url, value),
        _ => return None,
    }
    Some(url_parts(&url))
}

fn digests<'js>(ctx: &Ctx<'js>, port: &Object<'js>) -> rquickjs::Result<()> {
    port.set(
        "digest",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, hash: String, data: String| {
            TypedArray::<u8>::new_copy(ctx, digest(&hash, &narrow(&data)))
        })?,
    )?;
    port.set(
        "hmac",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, hash: String, key: String, data: String| {
            TypedArray::<u8>::new_copy(ctx, hmac(&hash, &narrow(&key), &narrow(&data)))
        })?,
    )
}

fn digest(hash: &str, data: &[u8]) -> Vec<u8> {
    match hash {
        "SHA-512" => Sha512::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        _ => Sha256::digest(data).to_vec(),
    }
}

/// RFC 2104.
fn hmac(hash: &str, key: &[u8], data: &[u8]) -> Vec<u8> {
    let block = if hash == "SHA-256" { 64 } else { 128 };
    let mut padded = if key.len() > block {
        digest(hash, key)
    } else {
        key.to_vec()
    };
    padded.resize(block, 0);
    let with = |byte: u8| padded.iter().map(move |b| b ^ byte);
    let mut inner: Vec<u8> = with(0x36).collect();
    inner.extend_from_slice(data);
    let mut outer: Vec<u8> = with(0x5c).collect();
    outer.extend(digest(hash, &inner));
    digest(hash, &outer)
}
