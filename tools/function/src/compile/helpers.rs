//! The helper functions a function may need, as a person would keep them below the handler.
//! Each is written once, in full; a function gets only those it uses.

use std::collections::BTreeSet;

use super::text::Need;

const DATE_IN: &str = r#"/** The date in so many days, on the clock of TIME_ZONE. */
function dateIn(days: number): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE }).format(new Date());
  return new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
}
"#;

const FORMAT_DATE: &str = r#"function formatDate(value: string | undefined, timeZone = "UTC"): string {
  return inWords(value, timeZone, { dateStyle: "medium" });
}
"#;

const FORMAT_TIME: &str = r#"function formatTime(value: string | undefined, timeZone: string): string {
  return inWords(value, timeZone, { timeStyle: "short" });
}
"#;

const FORMAT_DATE_TIME: &str = r#"function formatDateTime(value: string | undefined, timeZone: string): string {
  return inWords(value, timeZone, { dateStyle: "medium", timeStyle: "short" });
}
"#;

const IN_WORDS: &str = r#"/** A stored date in words; one that names no zone is shown as it stands. */
function inWords(
  value: string | undefined,
  timeZone: string,
  style: Intl.DateTimeFormatOptions,
): string {
  if (!value) return "";
  const zoned = /T.*(z|[+-]\d\d:?\d\d)$/i.test(value);
  const date = new Date(zoned || value.length <= 10 ? value : `${value}Z`);
  if (Number.isNaN(date.getTime())) return value;
  const shown = { ...style, timeZone: zoned ? timeZone : "UTC" };
  return new Intl.DateTimeFormat("en-GB", shown).format(date);
}
"#;

const FORMAT_MONEY: &str = r#"function formatMoney(amount: number | undefined, currency: string): string {
  if (typeof amount !== "number") return "";
  return new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(amount);
}
"#;

const ESCAPE: &str = r#"/** In Slack's markup `<!channel>` would call everyone. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
"#;

const PLAIN_CELL: &str = r#"/** Text that a sheet would run as a formula, kept as text. */
function plainCell(value: unknown) {
  return typeof value === "string" && /^[=+@-]/.test(value) ? `'${value}` : value;
}
"#;

const IS_ADDRESS: &str = r#"/** Whether a value is one plain address: no list, no line break. */
function isAddress(value: unknown): value is string {
  const address = /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+\.[^\s@<>,;:"()]+$/;
  return typeof value === "string" && address.test(value);
}
"#;

const STABLE_ID: &str = r#"/** The same id for the same record, in letters and digits that the calendar takes. */
function stableId(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
"#;

const MIME: &str = r#"/** A plain-text message as the Gmail API takes it. */
function mime(to: string, subject: string, text: string): string {
  const message = [
    `To: ${to}`,
    `Subject: ${encodeWords(subject)}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...(base64(text.replace(/\r?\n/g, "\r\n")).match(/.{1,76}/g) ?? []),
  ].join("\r\n");
  return base64(message).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
"#;

const ENCODE_WORDS: &str = r#"/** A header's text on one line; what isn't plain ASCII becomes RFC 2047 encoded words. */
function encodeWords(value: string): string {
  const text = value.replace(/\p{Cc}+/gu, " ").trim();
  if (/^(?!.*=\?)[\x20-\x7e]{0,900}$/.test(text)) return text;
  const words = text.match(/.{1,11}/gsu) ?? [];
  return words.map((word) => `=?UTF-8?B?${base64(word)}?=`).join("\r\n ");
}
"#;

const MAILBOX: &str = r#"function mailbox(name: string, address: string): string {
  const words = encodeWords(name);
  return /^[\w '-]*$/.test(words) || words.startsWith("=?")
    ? `${words} <${address}>`
    : `"${words.replace(/["\\]/g, "")}" <${address}>`;
}
"#;

const BASE64: &str = r#"function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
"#;

const HOUR_AT: &str = r#"function hourAt(moment: Date): number {
  const clock = { hour: "2-digit", hourCycle: "h23", timeZone: TIME_ZONE } as const;
  return Number(new Intl.DateTimeFormat("en-GB", clock).format(moment));
}
"#;

const REASON: &str = r"function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
";

const PARSE: &str = r"function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
";

const RELATED: &str = r#"/** Metadata and a file in one `multipart/related` body. */
function related(metadata: unknown, file: Blob): Blob {
  const boundary = crypto.randomUUID();
  const head = `--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n`;
  const next = `\r\n--${boundary}\r\nContent-Type: ${file.type}\r\n\r\n`;
  const parts = [head, JSON.stringify(metadata), next, file, `\r\n--${boundary}--\r\n`];
  return new Blob(parts, { type: `multipart/related; boundary=${boundary}` });
}
"#;

const DOWNLOAD: &str = r#"/** A file that is stored with the app, of at most 20 MB. */
async function download(address: unknown, type = ""): Promise<Blob> {
  const url = String(address);
  if (!FILES.test(url)) throw new Error("The file is not one of this app's.");
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`The file could not be read (${response.status}).`);
  const parts = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > 20_000_000) throw new Error("The file is larger than 20 MB.");
    parts.push(part);
  }
  return new Blob(parts, { type });
}
"#;

const HEADER_TEXT: &str = r#"/** Text on one line, in the letters a header can have. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]+/g, " ").trim();
}
"#;

const HEADER_JSON: &str = r#"/** JSON in the letters a header can have. */
function headerJson(value: unknown): string {
  const escape = (text: string) => `\\u${text.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escape);
}
"#;

const NEXT_QUERY: &str = r#"/** The query of the next page's address, which has to be this call's own but for that. */
function nextQuery(next: unknown, url: string): string {
  if (typeof next !== "string" || !next) return "";
  const address = URL.canParse(next, url) ? new URL(next, url) : null;
  if (!address?.search || address.origin !== new URL(url).origin) {
    // A list that is cut short would look whole.
    throw new Error("There are further pages, at an address that is not this call's.");
  }
  address.searchParams.delete("access_token");
  return address.search.slice(1);
}
"#;

const NEXT_LINK: &str = r#"/** The next page's address out of a `Link` header. */
function nextLink(headers: Headers): string | undefined {
  return headers.get("link")?.match(/<([^>]+)>\s*;[^,]*rel="?next\b/)?.[1];
}
"#;

/// What the helper that calls the provider must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Calling {
    /// Who answers, when it is always the same.
    pub(crate) name: Option<String>,
    /// How errors are worded: by family of vendors.
    pub(crate) families: BTreeSet<String>,
    /// Whether some answers say `ok: false` with status 200, and in which member.
    pub(crate) ok_fields: BTreeSet<String>,
    /// Whether there are calls that are safe to repeat whatever happened.
    pub(crate) safe: bool,
    /// Whether there are calls that are not.
    pub(crate) unsafe_: bool,
    /// Where the errors of GraphQL are, which come with status 200.
    pub(crate) faults: BTreeSet<String>,
    /// Whether some see the answer alone.
    pub(crate) plain: bool,
    /// Whether some have a key in the address, which errors of the network would show.
    pub(crate) secret_url: bool,
    /// Whether some have to see the headers of an answer.
    pub(crate) headers: bool,
}

impl Calling {
    /// The helper, or nothing when the function calls nobody.
    pub(crate) fn helper(&self) -> Option<String> {
        if !self.safe && !self.unsafe_ {
            return None;
        }
        let statuses = match (self.safe, self.unsafe_) {
            (true, false) => "[429, 502, 503, 504].includes(response.status)",
            (false, _) => "[429, 503].includes(response.status)",
            (true, true) => "busy.includes(response.status)",
        };
        let (subject, whose) = match &self.name {
            Some(name) => (name.clone(), name.clone()),
            None => ("the provider".to_owned(), "${new URL(url).host}".to_owned()),
        };
        let mut out = match self.unsafe_ {
            false => format!("/** Calls {subject}; waits and tries again when it is busy. */\n"),
            true => format!("/** Calls {subject}; tries again only where the call can't have been carried out. */\n"),
        };
        let helper = if self.headers { "callPage" } else { "call" };
        out.push_str(&format!("async function {helper}(url: string, init: RequestInit) {{\n"));
        if self.safe && self.unsafe_ {
            out.push_str("  const busy = init.method ? [429, 503] : [429, 502, 503, 504];\n");
        }
        out.push_str("  for (let attempt = 1; ; attempt++) {\n");
        out.push_str("    const response = await fetch(url, {\n      ...init,\n      redirect: \"error\",\n");
        out.push_str("      signal: AbortSignal.timeout(15_000),\n    })");
        out.push_str(match self.secret_url {
            false => ";\n",
            true => ".catch(() => null);\n",
        });
        if self.secret_url {
            // What the runtime says of it holds the whole address.
            out.push_str(&format!(
                "    if (!response) throw new Error(`{whose} could not be reached.`);\n"
            ));
        }
        out.push_str(&format!("    if (attempt < 3 && {statuses}) {{\n"));
        out.push_str("      const seconds = Number(response.headers.get(\"retry-after\")) || attempt;\n");
        out.push_str("      await response.body?.cancel();\n");
        out.push_str("      await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 20) * 1000));\n");
        out.push_str("      continue;\n    }\n");
        out.push_str("    const answer = await response.json().catch(() => null);\n");
        if !self.faults.is_empty() {
            let faults: Vec<&str> = self.faults.iter().map(String::as_str).collect();
            let faults = format!("const faults = {};\n", faults.join(" ?? "));
            match faults.len() + 4 <= super::ts::WIDTH {
                true => out.push_str(&format!("    {faults}")),
                false => out.push_str(&format!(
                    "    {}",
                    faults.replace(" = ", " =\n      ").replace(" ?? ", " ??\n      ")
                )),
            }
        }
        let failed: Vec<String> = std::iter::once("!response.ok".to_owned())
            .chain((!self.faults.is_empty()).then(|| "faults?.length > 0".to_owned()))
            .chain(self.ok_fields.iter().map(|field| format!("answer?.{field} === false")))
            .collect();
        out.push_str(&format!("    if ({}) {{\n", failed.join(" || ")));
        let reason = format!("{} ?? response.statusText;\n", self.reason());
        match reason.len() + 21 <= super::ts::WIDTH {
            true => out.push_str(&format!("      const reason = {reason}")),
            false => out.push_str(&format!("      const reason =\n        {reason}")),
        }
        let message = format!("`{whose} answered ${{response.status}}: ${{reason}}`");
        let thrown = format!("      throw new Error({message}, {{ cause: response.status }});\n");
        match thrown.len() <= super::ts::WIDTH + 1 {
            true => out.push_str(&thrown),
            false => out.push_str(&format!(
                "      throw new Error({message}, {{\n        cause: response.status,\n      }});\n"
            )),
        }
        match self.headers {
            false => out.push_str("    }\n    return answer;\n  }\n}\n"),
            true => {
                out.push_str("    }\n    return { answer, headers: response.headers };\n  }\n}\n");
            }
        }
        if self.headers && self.plain {
            out.push_str("\nasync function call(url: string, init: RequestInit) {\n");
            out.push_str("  return (await callPage(url, init)).answer;\n}\n");
        }
        Some(out)
    }

    fn reason(&self) -> String {
        let plain = self.plain_reason();
        match self.faults.is_empty() {
            true => plain.to_owned(),
            false => format!("faults?.[0]?.message ?? {plain}"),
        }
    }

    fn plain_reason(&self) -> &'static str {
        let only = (self.families.len() == 1)
            .then(|| self.families.first().map(String::as_str))
            .flatten();
        match only {
            Some("google" | "microsoft" | "meta") => "answer?.error?.message",
            Some("slack") => "answer?.error",
            Some("telegram") => "answer?.description",
            Some("hubspot" | "notion" | "github") => "answer?.message",
            _ => "answer?.error?.message ?? answer?.message ?? answer?.error",
        }
    }
}

/// The helpers in the order a reader meets them.
pub(crate) fn helpers(needs: &BTreeSet<Need>, calling: &Calling) -> Vec<String> {
    let mail = needs.contains(&Need::Mime) || needs.contains(&Need::MoreHeaders);
    let mut out: Vec<String> = Vec::new();
    if mail {
        out.push(match needs.contains(&Need::MoreHeaders) {
            false => MIME.to_owned(),
            true => MIME
                .replace(
                    "function mime(to: string, subject: string, text: string): string {",
                    "function mime(to: string, subject: string, text: string, more: Record<string, string>): string {",
                )
                .replace(
                    "    `Subject: ",
                    "    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),\n    `Subject: ",
                ),
        });
    }
    let dates = [Need::FormatDate, Need::FormatTime, Need::FormatDateTime];
    let dated = dates.iter().any(|need| needs.contains(need));
    let used = [
        (Need::Mailbox, MAILBOX),
        (Need::IsAddress, IS_ADDRESS),
        (Need::FormatDate, FORMAT_DATE),
        (Need::FormatTime, FORMAT_TIME),
        (Need::FormatDateTime, FORMAT_DATE_TIME),
        (Need::FormatMoney, FORMAT_MONEY),
        (Need::DateIn, DATE_IN),
        (Need::Escape, ESCAPE),
        (Need::PlainCell, PLAIN_CELL),
        (Need::StableId, STABLE_ID),
        (Need::HourAt, HOUR_AT),
        (Need::Parse, PARSE),
        (Need::Reason, REASON),
        (Need::Related, RELATED),
        (Need::Download, DOWNLOAD),
        (Need::HeaderText, HEADER_TEXT),
        (Need::HeaderJson, HEADER_JSON),
        (Need::NextQuery, NEXT_QUERY),
        (Need::NextLink, NEXT_LINK),
    ];
    for (need, code) in used {
        if needs.contains(&need) {
            out.push(code.to_owned());
        }
        if need == Need::FormatDateTime && dated {
            out.push(IN_WORDS.to_owned());
        }
    }
    if mail {
        out.push(ENCODE_WORDS.to_owned());
        out.push(BASE64.to_owned());
    }
    out.extend(calling.helper());
    out
}
