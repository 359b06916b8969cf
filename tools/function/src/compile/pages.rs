//! Lists that come in pages: each vendor's way to the next page, in a loop with a bound.
//!
//! Where an answer names the next page's address, only its query is taken, and only from an
//! address of the same origin: the host and the path stay those written here, so a call never goes
//! where an answer wants it to.

use linchpin_catalog::{Operation, PageStyle, Pagination};

use super::body::Payload;
use super::handler::Handler;
use super::steps::At;
use super::text::Need;
use super::ts::{Ts, string};
use super::url::Url;
use crate::PlanError;
use crate::plan::scope::{answer_shape, camel};
use crate::template::is_name;

/// How many pages of a list are followed.
const PAGES: u32 = 10;

impl Handler<'_> {
    /// Requests until there is no further page.
    #[expect(clippy::too_many_arguments, reason = "the parts of one loop")]
    pub(crate) fn pages(
        &mut self,
        place: &str,
        bind: &str,
        operation: &Operation,
        pages: &Pagination,
        url: Url,
        members: Vec<(String, Ts)>,
        payload: Option<Payload>,
        at: At,
    ) -> Result<(), PlanError> {
        let list = self.lower.scope.declare(place, bind, answer_shape(operation))?;
        self.gap();
        self.line(&format!("const {list} = [];"));
        self.calling.plain |= pages.style != PageStyle::LinkHeader;
        match pages.style {
            PageStyle::Cursor => self.by_cursor(&list, operation, pages, url, members, payload),
            PageStyle::Page | PageStyle::Offset => self.by_number(&list, operation, pages, url, members, payload),
            PageStyle::NextUrl | PageStyle::LinkHeader => self.by_address(&list, pages, url, members, payload),
        }
        self.close("}");
        self.gap();
        if at == At::Top {
            self.answers.push((bind.to_owned(), Ts::raw(format!("{list}.length"))));
        }
        Ok(())
    }

    fn by_cursor(
        &mut self,
        list: &str,
        operation: &Operation,
        pages: &Pagination,
        mut url: Url,
        mut members: Vec<(String, Ts)>,
        payload: Option<Payload>,
    ) {
        let last = pages.param.rsplit('.').next().unwrap_or(&pages.param);
        // The loop counts by `page`.
        let name = Some(variable(last)).filter(|name| name != "page");
        let cursor = self.lower.scope.own(name.as_deref().unwrap_or("cursor"));
        self.line(&format!("let {cursor} = \"\";"));
        self.open(&format!("for (let page = 0; page < {PAGES}; page++) {{"));
        if pages.in_body {
            let more = Ts::raw(format!("({cursor} && {{ {last}: {cursor} }})"));
            let entry = (String::new(), Ts::Spread(Box::new(more)));
            self.in_body(operation, pages, entry, &mut members, payload);
        } else {
            self.first_query(&mut url);
            self.line(&format!("if ({cursor}) query.set({}, {cursor});", string(&pages.param)));
            members.extend(payload.map(|payload| ("body".to_owned(), payload.code())));
        }
        self.page(list, pages, url, members);
        self.line(&format!("{cursor} = {} ?? \"\";", pointer("answer", &pages.next)));
        let last = match &pages.more {
            Some(more) => format!("!{cursor} || !{}", pointer("answer", more)),
            None => format!("!{cursor}"),
        };
        self.line(&format!("if ({last}) break;"));
    }

    fn by_number(
        &mut self,
        list: &str,
        operation: &Operation,
        pages: &Pagination,
        mut url: Url,
        mut members: Vec<(String, Ts)>,
        payload: Option<Payload>,
    ) {
        let size = pages.size.unwrap_or(100);
        let number = match pages.style {
            PageStyle::Page => {
                let number = self.lower.scope.own("page");
                let bound = match pages.first.unwrap_or(1) {
                    1 => format!("{number} = 1; {number} <= {PAGES}"),
                    first => format!("{number} = {first}; {number} < {}", first.saturating_add(PAGES)),
                };
                self.open(&format!("for (let {bound}; {number}++) {{"));
                number
            }
            _ => {
                let number = self.lower.scope.own("offset");
                let most = size.saturating_mul(PAGES);
                self.open(&format!(
                    "for (let {number} = 0; {number} < {most}; {number} += {size}) {{"
                ));
                number
            }
        };
        if pages.in_body {
            let last = pages.param.rsplit('.').next().unwrap_or(&pages.param);
            let entry = (last.to_owned(), Ts::raw(number));
            self.in_body(operation, pages, entry, &mut members, payload);
        } else {
            self.first_query(&mut url);
            self.line(&format!("query.set({}, String({number}));", string(&pages.param)));
            members.extend(payload.map(|payload| ("body".to_owned(), payload.code())));
        }
        let items = self.lower.scope.own("items");
        let url = self.placed(url, "const answer = await ");
        let call = Ts::call("call", vec![url, Ts::Object(members)]);
        self.statement("const answer = await ", &call, ";");
        self.line(&format!("const {items} = {} ?? [];", pointer("answer", &pages.items)));
        self.line(&format!("{list}.push(...{items});"));
        self.line(&format!("if ({items}.length < {size}) break;"));
    }

    fn by_address(
        &mut self,
        list: &str,
        pages: &Pagination,
        mut url: Url,
        mut members: Vec<(String, Ts)>,
        payload: Option<Payload>,
    ) {
        let by_header = pages.style == PageStyle::LinkHeader;
        self.lower.needs.insert(Need::NextQuery);
        let query = Ts::Object(url.query.drain(..).map(|(name, value)| (name, value.code())).collect());
        let more = self.lower.scope.own("query");
        let first = Ts::Then(
            Box::new(Ts::call("new URLSearchParams", vec![query])),
            ".toString()".to_owned(),
        );
        let none = matches!(&first, Ts::Then(call, _) if call.flat() == "new URLSearchParams({})");
        match none {
            true => self.line(&format!("let {more} = \"\";")),
            false => self.statement(&format!("let {more} = "), &first, ";"),
        }
        self.open(&format!("for (let page = 0; page < {PAGES}; page++) {{"));
        url.search = Some(more.clone());
        let address = url.flat();
        let name = self.lower.scope.own("url");
        self.line(&format!("const {name} = {address};"));
        members.extend(payload.map(|payload| ("body".to_owned(), payload.code())));
        let (helper, out) = match by_header {
            true => ("callPage", "{ answer, headers }"),
            false => ("call", "answer"),
        };
        let call = Ts::call(helper, vec![Ts::raw(name.clone()), Ts::Object(members)]);
        self.statement(&format!("const {out} = await "), &call, ";");
        self.line(&format!("{list}.push(...({} ?? []));", pointer("answer", &pages.items)));
        let next = match by_header {
            true => {
                self.lower.needs.insert(Need::NextLink);
                self.calling.headers = true;
                "nextLink(headers)".to_owned()
            }
            false => pointer("answer", &pages.next),
        };
        self.line(&format!("{more} = nextQuery({next}, {name});"));
        self.line(&format!("if (!{more}) break;"));
    }

    /// One page, and what is in it.
    fn page(&mut self, list: &str, pages: &Pagination, url: Url, members: Vec<(String, Ts)>) {
        let head = "const answer = await ";
        let url = self.placed(url, head);
        self.statement(head, &Ts::call("call", vec![url, Ts::Object(members)]), ";");
        let items = pointer("answer", &pages.items);
        self.line(&format!("{list}.push(...({items} ?? []));"));
    }

    /// The query as a variable, to which each page adds its own.
    fn first_query(&mut self, url: &mut Url) {
        let query = Ts::Object(url.query.drain(..).map(|(name, value)| (name, value.code())).collect());
        self.statement("const query = ", &Ts::call("new URLSearchParams", vec![query]), ";");
        url.search = Some("query".to_owned());
    }

    /// Puts what leads to a page where the vendor looks for it in the body.
    fn in_body(
        &mut self,
        operation: &Operation,
        pages: &Pagination,
        entry: (String, Ts),
        members: &mut Vec<(String, Ts)>,
        payload: Option<Payload>,
    ) {
        let mut body = match payload {
            Some(Payload::Json(body @ Ts::Object(_))) => body,
            _ => Ts::Object(Vec::new()),
        };
        let mut path: Vec<&str> = pages.param.split('.').collect();
        path.pop();
        if operation.graphql.is_some() {
            path.insert(0, "variables");
        }
        insert(&mut body, &path, entry);
        if let Some((_, Ts::Object(headers))) = members.iter_mut().find(|(name, _)| name == "headers")
            && !headers.iter().any(|(name, _)| name == "content-type")
        {
            headers.push(("content-type".to_owned(), Ts::text("application/json")));
        }
        members.push(("body".to_owned(), Ts::call("JSON.stringify", vec![body])));
    }
}

/// Adds an entry to an object within an object, making those that are missing.
fn insert(body: &mut Ts, path: &[&str], entry: (String, Ts)) {
    let Ts::Object(entries) = body else { return };
    let Some((first, rest)) = path.split_first() else {
        entries.retain(|(name, _)| name.is_empty() || *name != entry.0);
        return entries.push(entry);
    };
    if !entries.iter().any(|(name, _)| name == first) {
        entries.push(((*first).to_owned(), Ts::Object(Vec::new())));
    }
    if let Some((_, inner)) = entries.iter_mut().find(|(name, _)| name == first) {
        insert(inner, rest, entry);
    }
}

/// A vendor's parameter as a variable: `$skip` is `skip`.
fn variable(param: &str) -> String {
    let plain: String = param
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    camel(plain.trim_matches('_'))
}

/// `/a/b` of a variable, each step safe.
pub(crate) fn pointer(variable: &str, pointer: &str) -> String {
    let mut code = variable.to_owned();
    for part in pointer.split('/').filter(|part| !part.is_empty()) {
        let part = part.replace("~1", "/").replace("~0", "~");
        match (is_name(&part), part.bytes().all(|b| b.is_ascii_digit())) {
            (true, _) => code.push_str(&format!("?.{part}")),
            (false, true) => code.push_str(&format!("?.[{part}]")),
            (false, false) => code.push_str(&format!("?.[{}]", string(&part))),
        }
    }
    code
}
