//! What pages say: each its own facts first, then those of its components and hooks; other pages and
//! the drawing kit (`components/ui`) are left out.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::call::METHODS;
use crate::facts::Facts;
use crate::link::Links;
use crate::route::{self, Found};
use crate::{At, EntityUse, Form, FormField, FunctionCall, Integration, Page};

/// The most texts kept of a page.
const MAX_WORDS: usize = 200;

/// The pages that were found, by name.
pub(crate) fn all(found: &[Found], files: &[String], facts: &[Arc<Facts>], links: &Links) -> Vec<Page> {
    let mut entered: Vec<bool> = files
        .iter()
        .map(|file| !file.contains("/components/ui/") && !file.contains("/api/") && !file.ends_with("pages.config.js"))
        .collect();
    for page in found {
        entered[page.file] = false;
    }
    let main = facts.iter().find_map(|one| one.main_page.as_deref());
    let mut list: Vec<Page> = found
        .iter()
        .map(|one| {
            let name = route::name(&files[one.file]);
            let mut page = page(&links.reach(one.file, &|at| entered[at]), files, facts);
            page.main = main.map_or(one.route == "/", |main| main == name);
            page.name = name;
            page.route.clone_from(&one.route);
            page.route_at = one.declared.map(|(file, line)| At {
                file: files[file].clone(),
                line,
            });
            page
        })
        .collect();
    list.sort_by(|one, other| one.name.cmp(&other.name).then_with(|| one.at.cmp(&other.at)));
    list
}

/// What a page and the files it is made of say together.
fn page(reach: &[usize], files: &[String], facts: &[Arc<Facts>]) -> Page {
    let own = reach[0];
    let place = |file: usize, line: u32| At {
        file: files[file].clone(),
        line,
    };
    let heading = facts[own].heading.as_ref();
    let mut page = Page {
        title: heading.map(|(_, text, _)| text.clone()),
        title_at: heading.map(|(_, _, line)| place(own, *line)),
        at: place(own, 1),
        files: reach.iter().map(|at| files[*at].clone()).collect(),
        ..Page::default()
    };
    let mut shown = FxHashSet::default();
    let mut fields = FxHashSet::default();
    let mut services = FxHashSet::default();
    for (nth, at) in reach.iter().enumerate() {
        let facts = &facts[*at];
        for call in &facts.uses {
            let write = is_write(&call.method);
            if !write && !METHODS.contains(&call.method.as_str()) {
                continue;
            }
            let list = if write { &mut page.writes } else { &mut page.reads };
            list.push(EntityUse {
                entity: call.entity.clone(),
                method: call.method.clone(),
                at: place(*at, call.line),
            });
        }
        page.calls
            .extend(facts.invokes.iter().map(|(function, line)| FunctionCall {
                function: function.clone(),
                at: place(*at, *line),
            }));
        if page.per_user.is_none() {
            page.per_user = facts.per_user.map(|line| place(*at, line));
        }
        for (word, line) in facts.words.iter() {
            if page.words.len() >= MAX_WORDS {
                break;
            }
            if shown.insert(word) {
                page.words.push(word.to_owned());
                page.word_places.push((u32::try_from(nth).unwrap_or(u32::MAX), line));
            }
        }
        for (name, _, _) in &facts.form_fields {
            if fields.insert(name.as_str()) {
                page.form_fields.push(name.clone());
            }
        }
        page.forms.extend(form(facts, &|line| place(*at, line)));
        for service in &facts.services {
            if services.insert(service.name.as_str()) {
                page.services.push(integration(service, place(*at, service.line)));
            }
        }
    }
    page
}

/// The form of a file, if it has fields.
fn form(facts: &Facts, place: &dyn Fn(u32) -> At) -> Option<Form> {
    let (_, _, first) = facts.form_fields.first()?;
    let mut written = facts
        .uses
        .iter()
        .filter(|call| matches!(call.method.as_str(), "create" | "update" | "upsert"));
    let entity = written
        .next()
        .map(|call| call.entity.as_str())
        .filter(|entity| written.all(|call| call.entity == *entity));
    Some(Form {
        entity: entity.map(str::to_owned),
        fields: facts
            .form_fields
            .iter()
            .map(|(name, input, line)| FormField {
                name: name.clone(),
                input: input.clone(),
                at: place(*line),
            })
            .collect(),
        at: place(*first),
    })
}

/// A service in use, at its place.
pub(crate) fn integration(service: &crate::facts::Service, at: At) -> Integration {
    Integration {
        service: service.name.clone(),
        variable: service.variable.clone(),
        host: service.host.clone(),
        at,
    }
}

/// Whether an SDK method changes records.
pub(crate) fn is_write(method: &str) -> bool {
    ["create", "bulk", "update", "upsert", "delete", "import", "restore"]
        .iter()
        .any(|begin| method.starts_with(begin))
}
