//! Written things that people want to read and work on elsewhere.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{Evidence, phrase};

const CONNECTOR: &str = "notion";
const WRITTEN: &[&str] = &[
    "note",
    "project",
    "article",
    "post",
    "document",
    "doc",
    "knowledge",
    "idea",
    "content",
    "meeting",
    "minutes",
    "wiki",
    "research",
    "journal",
    "roadmap",
    "story",
    "brief",
    "lesson",
    "recipe",
    "nota",
    "notiz",
    "projekt",
    "proyecto",
    "projeto",
    "artikel",
    "articulo",
    "artigo",
    "conteudo",
    "contenido",
    "contenu",
    "projet",
    "פתק",
    "פרויקט",
    "מאמר",
];

pub(super) fn page(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let title = entity.with_role(Role::Title)?;
    if !subject.is_a(WRITTEN) {
        return None;
    }
    let text = entity.with_role(Role::Text);
    let moment = Moment::Created;
    let plan = plans::notion_page(subject.cx, entity, &moment, None)?;
    let why = format!("{} is something people write and keep", phrase::a(&entity.name));
    let mut idea = subject.idea(CONNECTOR, "page", plan, 34, Evidence::at(&entity.at, why));
    idea.because(4, subject.field(&title.name, "becomes the page's title"));
    if let Some(text) = text {
        let rich = text.format.as_deref() == Some("richtext");
        idea.because(if rich { 12 } else { 8 }, subject.field(&text.name, "is the text"));
    }
    idea.title = format!("{} in Notion", phrase::capital(&phrase::plural(&entity.name)));
    idea.prompt = format!(
        "When {} {}, add it to a Notion database",
        phrase::a(&entity.name),
        moment.words()
    );
    Some(idea)
}
