//! What one JSON file says: an entity, a connector, an agent, a workflow, a function's settings.

use crate::json::{self, Doc};
use crate::layout::Shape;
use crate::{Agent, At, DeclaredConnector, Entity, Problem, Trigger, automation, entity};

/// The facts of one JSON file.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Entity(Entity),
    Connector(DeclaredConnector),
    Agent(Agent),
    /// The functions it runs, and what starts it.
    Workflow(Vec<String>, Trigger),
    /// What lies beside a function's entry.
    Function {
        /// The function's folder.
        folder: String,
        name: Option<String>,
        /// The file it begins with, when it is named.
        entry: Option<String>,
        triggers: Vec<Trigger>,
    },
    Package {
        /// Its folder, empty for the app's own.
        folder: String,
        name: Option<String>,
        /// The version of the SDK it depends on.
        sdk: Option<String>,
        /// Whether it depends on Next.js.
        next: bool,
        /// Whether it depends on React Router.
        router: bool,
    },
}

/// What a file is about, by its place.
enum Place {
    Entity,
    Connector,
    Agent,
    Workflow,
    Function,
    Package,
}

/// Reads a file. `Ok(None)` when it says nothing of the app.
pub(crate) fn of(shape: &Shape, file: &str, text: &str) -> Result<Option<Data>, Problem> {
    let Some(place) = place(shape, file) else {
        return Ok(None);
    };
    let doc = Doc::parse(file, text)?;
    let Some(object) = doc.object() else {
        return Ok(None);
    };
    Ok(match place {
        Place::Entity => match entity::of(&doc, file) {
            Some(entity) => Some(Data::Entity(entity)),
            None => {
                return Err(Problem {
                    at: At {
                        file: file.to_owned(),
                        line: 1,
                    },
                    message: "is no entity: there is no object `properties`. Mend it or move it elsewhere.".to_owned(),
                });
            }
        },
        Place::Connector => connector(&doc, file).map(Data::Connector),
        Place::Agent => agent(&doc, file).map(Data::Agent),
        Place::Workflow => {
            let (functions, trigger) = automation::workflow(&doc, object);
            Some(Data::Workflow(functions, trigger))
        }
        Place::Function => Some(Data::Function {
            folder: file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            name: json::text(object, "name").filter(|name| !name.is_empty()),
            entry: json::text(object, "entry").filter(|entry| !entry.is_empty()),
            triggers: automation::declared(&doc, object),
        }),
        Place::Package => {
            let version = |name: &str| {
                json::get(object, "dependencies")
                    .and_then(|list| list.as_object())
                    .and_then(|list| json::text(list, name))
            };
            let router = [
                "react-router",
                "react-router-dom",
                "@remix-run/react",
                "@react-router/node",
            ];
            Some(Data::Package {
                folder: file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
                name: json::text(object, "name"),
                sdk: version("@base44/sdk").map(|version| version.trim_start_matches(['^', '~', '=', 'v']).to_owned()),
                next: version("next").is_some(),
                router: router.iter().any(|name| version(name).is_some()),
            })
        }
    })
}

fn place(shape: &Shape, file: &str) -> Option<Place> {
    let under = |folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    if file == "package.json" || file.ends_with("/package.json") {
        return Some(Place::Package);
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    if matches!(name, "function.jsonc" | "function.json") {
        return shape
            .functions
            .iter()
            .any(|folder| under(folder))
            .then_some(Place::Function);
    }
    if shape.entities.iter().any(|folder| under(folder)) {
        return Some(Place::Entity);
    }
    if under(&shape.connectors) {
        Some(Place::Connector)
    } else if shape.agents.iter().any(|folder| under(folder)) {
        Some(Place::Agent)
    } else if under(&shape.workflows) {
        Some(Place::Workflow)
    } else {
        None
    }
}

fn connector(doc: &Doc<'_>, file: &str) -> Option<DeclaredConnector> {
    let object = doc.object()?;
    let stem = file.rsplit('/').next()?.split('.').next()?;
    let at = json::prop(object, "type").map_or_else(|| doc.at(0), |prop| doc.at_prop(prop));
    Some(DeclaredConnector {
        id: json::text(object, "type").unwrap_or_else(|| stem.to_owned()),
        scopes: json::texts(object, "scopes"),
        at,
    })
}

fn agent(doc: &Doc<'_>, file: &str) -> Option<Agent> {
    let object = doc.object()?;
    let stem = file.rsplit('/').next()?.split('.').next()?;
    let tools = json::get(object, "tool_configs").and_then(|tools| tools.as_array());
    let named = |key: &str| -> Vec<String> {
        tools
            .iter()
            .flat_map(|tools| &tools.elements)
            .filter_map(|tool| json::text(tool.as_object()?, key))
            .collect()
    };
    Some(Agent {
        name: json::text(object, "name").unwrap_or_else(|| stem.to_owned()),
        description: json::text(object, "description").filter(|text| !text.is_empty()),
        entities: named("entity_name"),
        functions: named("function_name"),
        at: json::prop(object, "name").map_or_else(|| doc.at(0), |prop| doc.at_prop(prop)),
    })
}
