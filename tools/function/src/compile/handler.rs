//! The handler: its lines, in the order in which a run meets them.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_app::App;
use linchpin_catalog::Catalog;

use super::helpers::{Calling, helpers};
use super::steps::At;
use super::text::{Lower, Need};
use super::ts::{Ts, WIDTH, string, width};
use crate::plan::scope::{Scope, find_entity, record_name};
use crate::{Caller, Plan, PlanError, Trigger};

/// The first SDK with `getConnection` and `getCurrentAppUserConnection`, and the one we pin
/// when the app has none or an older one.
const SDK_SINCE: [u32; 3] = [0, 8, 25];
const SDK: &str = "0.8.31";

/// A function being written.
pub(crate) struct Handler<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) app: &'a App,
    pub(crate) catalog: &'a Catalog,
    pub(crate) lower: Lower<'a>,
    pub(crate) calling: Calling,
    /// Constants at the top of the file: name and expression.
    pub(crate) constants: Vec<(String, String)>,
    /// Whether the connections are at hand.
    pub(crate) connected: bool,
    /// What the answer says besides `ok`.
    pub(crate) answers: Vec<(String, Ts)>,
    /// Whether a repetition may be answered with 409 by the provider.
    pub(crate) conflicts: bool,
    /// The record that a call is about: its variable.
    pub(crate) subject: Option<String>,
    /// The record that set the function off: its variable.
    pub(crate) record: Option<String>,
    /// How many calls carry a key of ours.
    pub(crate) keyed: usize,
    /// The code of each connector's credential.
    pub(crate) credentials: BTreeMap<String, String>,
    /// The variables of the values a connection comes with, by connector and field.
    pub(crate) values: BTreeMap<(String, String), String>,
    /// Loops that count: the variables of what was done and of what failed.
    pub(crate) loops: Vec<(String, String)>,
    lines: String,
    /// The columns before a line.
    pub(crate) indent: usize,
    tried: bool,
}

/// The whole source of a plan that has been validated.
pub(crate) fn write(plan: &Plan, app: &App, catalog: &Catalog) -> Result<String, PlanError> {
    let scope = Scope::of(plan, app);
    let mut zone = None;
    if let Trigger::Schedule { schedule } = &plan.trigger {
        zone = Some(schedule.time_zone.as_str());
    }
    let handler = Handler {
        plan,
        app,
        catalog,
        lower: Lower::new(scope, app, zone),
        calling: Calling::default(),
        constants: Vec::new(),
        connected: false,
        answers: Vec::new(),
        conflicts: false,
        subject: None,
        record: None,
        keyed: 0,
        credentials: BTreeMap::new(),
        values: BTreeMap::new(),
        loops: Vec::new(),
        lines: String::new(),
        indent: 2,
        tried: false,
    };
    handler.whole()
}

impl<'a> Handler<'a> {
    fn whole(mut self) -> Result<String, PlanError> {
        if let Trigger::Entity { entity, .. } = &self.plan.trigger
            && let Some(entity) = find_entity(self.app, entity)
        {
            let name = record_name(&entity.name);
            self.subject = self.lower.scope.record("trigger", &name).ok().map(|(_, code)| code);
            self.record.clone_from(&self.subject);
        }
        self.caller();
        self.start()?;
        let steps = &self.plan.steps;
        self.steps("steps", steps, At::Top)?;
        self.end();
        Ok(self.file())
    }

    fn file(self) -> String {
        let mut out = format!(
            "import {{ createClientFromRequest }} from \"npm:@base44/sdk@{}\";\n\n",
            sdk(self.app.sdk_version.as_deref())
        );
        let mut constants = self.constants;
        if self.lower.needs.contains(&Need::TimeZone) {
            constants.push(("TIME_ZONE".to_owned(), string(&self.lower.zone)));
        }
        for (name, code) in &constants {
            out.push_str(&format!("const {name} = {code};\n"));
        }
        if !constants.is_empty() {
            out.push('\n');
        }
        out.push_str(&comment(&self.plan.purpose));
        out.push_str("Deno.serve(async (req) => {\n");
        out.push_str(&self.lines);
        out.push_str("});\n");
        for helper in helpers(&self.lower.needs, &self.calling) {
            out.push('\n');
            out.push_str(&helper);
        }
        out
    }

    // Lines

    pub(crate) fn line(&mut self, text: &str) {
        for before in std::mem::take(&mut self.lower.before) {
            self.line(&before);
        }
        self.lines.push_str(&" ".repeat(self.indent));
        self.lines.push_str(text);
        self.lines.push('\n');
    }

    /// The columns left beside `rest` in a line.
    pub(crate) fn room(&self, rest: &str) -> usize {
        WIDTH.saturating_sub(self.indent + width(rest))
    }

    /// An empty line, unless a block has just begun.
    pub(crate) fn gap(&mut self) {
        if !self.lines.is_empty() && !self.lines.ends_with("\n\n") && !self.lines.ends_with("{\n") {
            self.lines.push('\n');
        }
    }

    pub(crate) fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 2;
    }

    pub(crate) fn close(&mut self, text: &str) {
        self.indent = self.indent.saturating_sub(2);
        while self.lines.ends_with("\n\n") {
            self.lines.pop();
        }
        self.line(text);
    }

    /// `head expression tail`, broken where it doesn't fit.
    pub(crate) fn statement(&mut self, head: &str, code: &Ts, tail: &str) {
        let column = self.indent + width(head);
        let printed = code.print(self.indent, column, width(tail));
        self.line(&format!("{head}{printed}{tail}"));
    }

    /// A chain of calls, each on its own line where one line is too long.
    pub(crate) fn chain(&mut self, head: &str, base: &str, calls: &[&str]) {
        let flat = format!("{head}{base}{};", calls.concat());
        if self.indent + width(&flat) <= WIDTH {
            return self.line(&flat);
        }
        self.line(&format!("{head}{base}"));
        for (i, call) in calls.iter().enumerate() {
            let end = if i + 1 == calls.len() { ";" } else { "" };
            self.line(&format!("  {call}{end}"));
        }
    }

    /// `if (…) {`, with an operand a line where it is too long.
    pub(crate) fn condition_line(&mut self, condition: &str) {
        let flat = format!("if ({condition}) {{");
        if self.indent + width(&flat) <= WIDTH {
            return self.open(&flat);
        }
        self.line("if (");
        let mut operator = " ||";
        let mut operands = split_at(condition, "|| ");
        if operands.len() == 1 {
            operator = " &&";
            operands = split_at(condition, "&& ");
        }
        for (i, operand) in operands.iter().enumerate() {
            let end = if i + 1 == operands.len() { "" } else { operator };
            self.line(&format!("  {operand}{end}"));
        }
        self.open(") {");
    }

    /// `return Response.json({ key: text }, { status });`
    pub(crate) fn answer(&mut self, key: &str, text: &str, status: Option<u16>) {
        let mut arguments = vec![Ts::Object(vec![(key.to_owned(), Ts::text(text))])];
        if let Some(status) = status {
            arguments.push(Ts::Object(vec![("status".to_owned(), Ts::raw(status.to_string()))]));
        }
        self.statement("return ", &Ts::call("Response.json", arguments), ";");
    }

    /// Nothing is to be done for this record: the next one, or the end.
    pub(crate) fn leave(&mut self, at: At, condition: &str, reason: &str) {
        if at == At::Loop {
            return self.line(&format!("if ({condition}) continue;"));
        }
        let flat = format!(
            "if ({condition}) return Response.json({{ skipped: {} }});",
            string(reason)
        );
        if self.indent + width(&flat) <= WIDTH {
            return self.line(&flat);
        }
        self.condition_line(condition);
        self.answer("skipped", reason, None);
        self.close("}");
    }

    /// What can't be done because of what is missing: an error for a person, else a note.
    pub(crate) fn refuse(&mut self, at: At, condition: &str, reason: &str, status: u16) {
        if at == At::Loop {
            return self.line(&format!("if ({condition}) throw new Error({});", string(reason)));
        }
        if self.plan.trigger != Trigger::Call {
            return self.leave(at, condition, reason);
        }
        self.condition_line(condition);
        self.answer("error", reason, Some(status));
        self.close("}");
    }

    /// Opens the block whose errors become an answer.
    pub(crate) fn begin(&mut self) {
        if !self.tried {
            self.tried = true;
            self.gap();
            self.open("try {");
        }
    }

    /// The answer, and what an error becomes.
    fn end(&mut self) {
        let mut answer = Vec::new();
        match self.loops.as_slice() {
            [] => answer.push(("ok".to_owned(), Ts::raw("true"))),
            loops => {
                let fine: Vec<String> = loops
                    .iter()
                    .map(|(_, failures)| format!("{failures}.length === 0"))
                    .collect();
                answer.push(("ok".to_owned(), Ts::raw(fine.join(" && "))));
            }
        }
        let mut seen: BTreeSet<String> = ["ok", "failed", "error", "skipped"].map(str::to_owned).into();
        for (key, code) in std::mem::take(&mut self.answers) {
            if seen.insert(key.clone()) {
                answer.push((key, code));
            }
        }
        for (done, failures) in self.loops.clone() {
            answer.push((done.clone(), Ts::raw(done)));
            answer.push((
                failures.replace("failures", "failed"),
                Ts::raw(format!("{failures}.length")),
            ));
            answer.push((failures.clone(), Ts::raw(format!("{failures}.slice(0, 20)"))));
        }
        self.gap();
        let mut arguments = vec![Ts::Object(answer)];
        if let [(done, failures)] = self.loops.as_slice() {
            let line = format!("const status = {done} === 0 && {failures}.length > 0 ? 502 : 200;");
            self.line(&line);
            arguments.push(Ts::Object(vec![("status".to_owned(), Ts::raw("status"))]));
        }
        self.statement("return ", &Ts::call("Response.json", arguments), ";");
        if !self.tried {
            return;
        }
        self.close("} catch (error) {");
        self.indent += 2;
        let parts = match self.plan.caller == Caller::Anyone && !self.conflicts {
            true => "{ message }",
            false => "{ message, cause }",
        };
        self.line(&format!(
            "const {parts} = error instanceof Error ? error : new Error(String(error));"
        ));
        if self.conflicts {
            self.line("if (cause === 409) return Response.json({ skipped: \"It is there already.\" });");
        }
        self.line(&format!(
            "console.error(`{}: ${{message}}`);",
            super::ts::literal(&self.plan.name)
        ));
        if self.plan.caller == Caller::Anyone {
            // Strangers learn nothing about the accounts behind this.
            self.answer("error", "That did not work. Try again later.", Some(502));
            return self.close("}");
        }
        self.line("const status = typeof cause === \"number\" ? cause : undefined;");
        self.line("return Response.json({ error: message, provider_status: status }, { status: 502 });");
        self.close("}");
    }
}

/// The operands of an operator, as far as they are not inside brackets or quotes.
fn split_at<'c>(condition: &'c str, operator: &str) -> Vec<&'c str> {
    let (mut depth, mut from, mut quoted, mut out) = (0_i32, 0, None, Vec::new());
    let mut escaped = false;
    for (i, c) in condition.char_indices() {
        match quoted {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(mark) if c == mark => quoted = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' | '`' => quoted = Some(c),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ if depth == 0 && condition[i..].starts_with(operator) => {
                    out.push(condition[from..i].trim_end());
                    from = i + operator.len();
                }
                _ => {}
            },
        }
    }
    out.push(&condition[from..]);
    out
}

/// The builder's words above the handler, wrapped.
fn comment(text: &str) -> String {
    let words = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>());
    let mut out = String::new();
    let mut line = String::from("//");
    for word in words {
        let word = string(&word);
        let word = word
            .get(1..word.len().saturating_sub(1))
            .unwrap_or_default()
            .replace("\\\"", "\"")
            .replace("\\\\", "\\");
        if width(&line) + 1 + width(&word) > WIDTH && line != "//" {
            out.push_str(&line);
            out.push('\n');
            line = String::from("//");
        }
        line.push(' ');
        line.push_str(&word);
    }
    if line != "//" {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn sdk(version: Option<&str>) -> String {
    let version = version.unwrap_or_default().trim_start_matches(['^', '~', '=', 'v']);
    let parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    match parts.len() == 3 && parts.as_slice() >= SDK_SINCE.as_slice() {
        true => version.to_owned(),
        false => SDK.to_owned(),
    }
}
