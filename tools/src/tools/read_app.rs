//! `read_app`: what is in the app, or one entity or page of it.

use linchpin_question::{Failure, Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Name of an entity or page to see whole; leave out for the overview.
    #[serde(default)]
    name: Option<String>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "read_app",
    about: include_str!("read_app.md"),
    title: |args| match &args.name {
        Some(name) => format!("look at {name}"),
        None => "look at the app".to_owned(),
    },
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let app = cx.app;
    let Some(name) = args.name else {
        let summary = format!(
            "{} pages, {} entities, {} functions",
            app.pages.len(),
            app.entities.len(),
            app.functions.len()
        );
        return Outcome::Done(Output {
            summary,
            data: overview(cx),
        });
    };
    let entity = app.entities.iter().find(|e| e.name.eq_ignore_ascii_case(&name));
    let page = app.pages.iter().find(|p| p.name.eq_ignore_ascii_case(&name));
    let data = match (entity, page) {
        (Some(entity), _) => serde_json::to_value(entity),
        (None, Some(page)) => serde_json::to_value(page),
        (None, None) => {
            let message = format!(
                "The app has no entity or page called `{name}`. Call read_app without a name for the overview."
            );
            return Outcome::Failed(Failure::new("not_found", message));
        }
    };
    Outcome::Done(Output {
        summary: format!("read {name}"),
        data: data.unwrap_or(Value::Null),
    })
}

fn overview(cx: &Cx<'_>) -> Value {
    let app = cx.app;
    let entity = |e: &linchpin_app::Entity| {
        let fields: Vec<String> = e
            .fields
            .iter()
            .map(|f| match f.options.is_empty() {
                true => f.name.clone(),
                false => format!("{} ({})", f.name, f.options.join(" | ")),
            })
            .collect();
        json!({"name": e.name, "about": e.description, "fields": fields, "owner_only": e.owner_only})
    };
    json!({
        "name": app.name,
        "entities": app.entities.iter().map(entity).collect::<Vec<_>>(),
        "pages": app.pages.iter().map(|p| json!({"name": p.name, "title": p.title, "per_user": p.per_user.is_some()})).collect::<Vec<_>>(),
        "functions": app.functions.iter().map(|f| &f.name).collect::<Vec<_>>(),
        "connectors": app.connectors.iter().map(|c| &c.id).collect::<Vec<_>>(),
        "services_in_use": app.integrations.iter().map(|i| format!("{} ({}:{})", i.service, i.at.file, i.at.line)).collect::<Vec<_>>(),
    })
}
