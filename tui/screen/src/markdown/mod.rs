//! Markdown as rows.
//!
//! Prose begins at column 0 and code stands unboxed, so that what is copied is what was written.
//! A link always shows where it goes; nothing is fetched and nothing is opened. HTML is text.
//! Total: any input gives rows, and every byte of them went through [`Clean`].

mod blocks;
mod table;

pub(crate) use blocks::{Block, Blocks};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::clean::Clean;
use crate::code::Lexer;
use crate::text::Row;
use crate::theme::{Glyphs, Label};
pub(crate) use table::Table;

/// The rows of a markdown text, `cells` wide.
pub(crate) fn rows(source: &str, cells: usize, glyphs: &'static Glyphs) -> Vec<Row> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = Writer::new(cells.max(1), glyphs);
    for event in Parser::new_ext(source, options) {
        writer.take(event);
    }
    writer.flush();
    writer.out
}

/// The last code block of a text, as it was written.
pub(crate) fn last_code(source: &str) -> Option<String> {
    let mut last = None;
    let mut code: Option<String> = None;
    for event in Parser::new(source) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = Some(String::new()),
            Event::Text(text) => code.iter_mut().for_each(|code| code.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => last = code.take().or(last),
            _ => {}
        }
    }
    last
}

/// What every line of a quotation or list item begins with.
struct Indent {
    marker: Option<Row>,
    rest: Row,
}

struct Writer {
    cells: usize,
    glyphs: &'static Glyphs,
    out: Vec<Row>,
    line: Row,
    labels: Vec<Label>,
    indents: Vec<Indent>,
    lists: Vec<Option<u64>>,
    code: Option<(Lexer, String)>,
    table: Option<Table>,
    links: Vec<(String, usize)>,
}

impl Writer {
    fn new(cells: usize, glyphs: &'static Glyphs) -> Self {
        Self {
            cells,
            glyphs,
            out: Vec::new(),
            line: Row::new(),
            labels: Vec::new(),
            indents: Vec::new(),
            lists: Vec::new(),
            code: None,
            table: None,
            links: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.say(&text),
            },
            Event::Code(code) => self.inline(Label::Code, &code),
            Event::Html(html) | Event::InlineHtml(html) => {
                for line in html.lines() {
                    self.say(line);
                    if html.ends_with('\n') {
                        self.flush();
                    }
                }
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.say(&text),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.flush(),
            Event::Rule => {
                self.separate();
                self.push(Row::new().add(Label::Dim, Clean::line(&self.glyphs.rule.repeat(self.cells.min(24)))));
            }
            Event::TaskListMarker(done) => self.inline(Label::Text, if done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.separate(),
            Tag::Heading { .. } => {
                self.separate();
                self.labels.push(Label::Heading);
            }
            Tag::BlockQuote(_) => {
                self.separate();
                let bar = Row::fixed(Label::Dim, self.glyphs.bar);
                self.indents.push(Indent {
                    marker: None,
                    rest: bar,
                });
            }
            Tag::CodeBlock(kind) => {
                self.separate();
                let name = match &kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                self.code = Some((Lexer::of(name), String::new()));
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.separate();
                } else {
                    self.flush();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.labels.push(Label::Emphasis),
            Tag::Strong => self.labels.push(Label::Strong),
            Tag::Strikethrough => self.labels.push(Label::Dim),
            Tag::Link { dest_url, .. } => {
                self.links.push((dest_url.to_string(), self.line.plain().len()));
                self.labels.push(Label::Link);
            }
            Tag::Image { dest_url, .. } => {
                self.links.push((dest_url.to_string(), self.line.plain().len()));
                self.say("image: ");
            }
            Tag::Table(_) => {
                self.separate();
                self.table = Some(Table::default());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.line = Row::new(),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Item => {
                self.flush();
                if self.indents.last().is_some_and(|indent| indent.marker.is_some()) {
                    self.push(Row::new());
                }
                self.indents.pop();
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.labels.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.indents.pop();
            }
            TagEnd::CodeBlock => {
                let Some((mut lexer, code)) = self.code.take() else {
                    return;
                };
                for line in Clean::lines(&code) {
                    self.push_code(lexer.row(Row::new(), &line));
                }
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.labels.pop();
            }
            TagEnd::Link => {
                self.labels.pop();
                self.link_target();
            }
            TagEnd::Image => self.link_target(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let (prefix, cells) = self.room();
                if let Some(table) = self.table.take() {
                    for row in table.draw(cells, self.glyphs) {
                        self.out.push(joined(&prefix, row));
                    }
                }
            }
            _ => {}
        }
    }

    /// A link says where it goes, unless its text is that already.
    fn link_target(&mut self) {
        let Some((url, from)) = self.links.pop() else { return };
        let text = self.line.plain();
        if text.get(from..).is_some_and(|text| text.trim() == url) || url.is_empty() {
            return;
        }
        self.inline(Label::Dim, &format!(" ({url})"));
    }

    fn item(&mut self) {
        self.flush();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                Row::new().tell(Label::Dim, &marker)
            }
            _ => Row::new().say(Label::Dim, self.glyphs.bullet).gap(1),
        };
        let rest = Row::new().gap(marker.width());
        self.indents.push(Indent {
            marker: Some(marker),
            rest,
        });
    }

    fn say(&mut self, text: &str) {
        let label = match self.labels.last() {
            Some(label) => *label,
            None => Label::Text,
        };
        self.inline(label, text);
    }

    fn inline(&mut self, label: Label, text: &str) {
        let line = std::mem::take(&mut self.line);
        self.line = line.tell(label, text);
    }

    /// An empty row between blocks that stand free.
    fn separate(&mut self) {
        self.flush();
        let free = self.indents.iter().all(|indent| indent.marker.is_none()) && self.lists.is_empty();
        if free && self.out.last().is_some_and(|row| !row.spans.is_empty()) {
            let (prefix, _) = self.room();
            self.out.push(prefix);
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.spans.is_empty() {
            self.push(line);
        }
    }

    /// What the next line begins with, and the cells left for it. Markers are used up.
    fn room(&mut self) -> (Row, usize) {
        let mut prefix = Row::new();
        for indent in &mut self.indents {
            let part = indent.marker.take().unwrap_or_else(|| indent.rest.clone());
            prefix.spans.extend(part.spans);
        }
        let cells = self.cells.saturating_sub(prefix.width()).max(8.min(self.cells));
        (prefix, cells)
    }

    fn push(&mut self, line: Row) {
        let (first, cells) = self.room();
        let rest: Row = Row {
            spans: self
                .indents
                .iter()
                .flat_map(|indent| indent.rest.spans.clone())
                .collect(),
        };
        for (i, row) in line.wrap(cells, 0).into_iter().enumerate() {
            self.out.push(joined(if i == 0 { &first } else { &rest }, row));
        }
    }

    fn push_code(&mut self, line: Row) {
        let (prefix, cells) = self.room();
        for row in line.chop(cells, 0) {
            self.out.push(joined(&prefix, row));
        }
    }
}

fn joined(prefix: &Row, row: Row) -> Row {
    let mut joined = prefix.clone();
    joined.spans.extend(row.spans);
    joined
}
