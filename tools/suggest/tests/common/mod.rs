//! Small apps written down in a few lines, and the proof of a suggested plan.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;

use linchpin_app::App;
use linchpin_catalog::{Catalog, Connector, Place};
use linchpin_function::police::Policy;
use linchpin_function::rehearse::{Stage, rehearse};
use linchpin_function::{CallStep, Plan, PlanError, Step, check, compile};
use serde_json::{Map, Value, json};

/// An app in a folder of its own, read as any app is.
///
/// A line is `Entity: field, field, …` with fields as `name`, `name:date`, `name:date-time`,
/// `name:email`, `name:number`, `name:bool`, `name:list` or `name=one|two`; `+Entity: …` keeps records
/// to who made them; `page Name Entity` reads and creates the entity; `function name code` is a
/// backend function.
pub(crate) fn app(lines: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), lines);
    linchpin_app::read(folder.path(), &|_| {}).unwrap()
}

/// Writes such an app's files.
pub(crate) fn write(root: &Path, lines: &str) {
    let put = |path: String, text: String| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("page ") {
            let (name, entity) = rest.split_once(' ').unwrap_or((rest, ""));
            let uses = if entity.is_empty() {
                String::new()
            } else {
                format!(
                    "const list = () => base44.entities.{entity}.list();\n  const add = (one) => base44.entities.{entity}.create(one);\n"
                )
            };
            let text = format!(
                "import {{ base44 }} from \"@/api/base44Client\";\nexport default function {name}() {{\n  {uses}  return <h1>{name}</h1>;\n}}\n"
            );
            put(format!("src/pages/{name}.jsx"), text);
        } else if let Some(rest) = line.strip_prefix("function ") {
            let (name, code) = rest.split_once(' ').unwrap_or((rest, ""));
            let text = format!(
                "import {{ createClientFromRequest }} from \"npm:@base44/sdk@0.8.31\";\nDeno.serve(async (req) => {{\n  const base44 = createClientFromRequest(req);\n  {code}\n  return Response.json({{}});\n}});\n"
            );
            put(format!("base44/functions/{name}/entry.ts"), text);
        } else {
            let (name, fields) = line.split_once(':').unwrap();
            let (name, own) = match name.strip_prefix('+') {
                Some(name) => (name, true),
                None => (name, false),
            };
            let mut schema = json!({ "name": name, "type": "object", "properties": fields_of(fields) });
            if own {
                let rule = json!({ "created_by": "{{user.email}}" });
                schema["rls"] = json!({ "create": rule, "read": rule, "update": rule, "delete": rule });
            }
            put(
                format!("base44/entities/{name}.jsonc"),
                serde_json::to_string_pretty(&schema).unwrap(),
            );
        }
    }
    put("package.json".to_owned(), r#"{"name":"small"}"#.to_owned());
}

fn fields_of(list: &str) -> Value {
    let mut fields = Map::new();
    for field in list.split(',').map(str::trim).filter(|field| !field.is_empty()) {
        let (name, value) = if let Some((name, options)) = field.split_once('=') {
            let options: Vec<&str> = options.split('|').collect();
            (
                name,
                json!({ "type": "string", "enum": options, "default": options[0] }),
            )
        } else {
            let (name, kind) = field.split_once(':').unwrap_or((field, "string"));
            let value = match kind {
                "number" => json!({ "type": "number" }),
                "bool" => json!({ "type": "boolean" }),
                "list" => json!({ "type": "array", "items": { "type": "string" } }),
                "string" => json!({ "type": "string" }),
                format => json!({ "type": "string", "format": format }),
            };
            (name, value)
        };
        fields.insert(name.to_owned(), value);
    }
    Value::Object(fields)
}

/// What keeps a plan from being used once the catalog's questions are answered: that it does not
/// compile, breaks a rule, or does not do what it should in a rehearsal.
pub(crate) fn proved(plan: &Plan, app: &App, catalog: &Catalog) -> Result<(), String> {
    let mut plan = plan.clone();
    let facts = catalog.get(&plan.connector).unwrap();
    for error in plan.validate(app, catalog).err().unwrap_or_default() {
        let known = match &error {
            PlanError::Missing { operation, param, .. } => {
                asked(facts, operation, param).map(|(place, value)| (operation, place, param, value))
            }
            _ => None,
        };
        let Some((operation, place, param, value)) = known else {
            return Err(format!("{error}\n{}", told(&plan)));
        };
        answer(&mut plan.steps, operation, place, param, &value);
    }
    let draft = compile(&plan, app, catalog).map_err(|error| format!("{error}\n{}", told(&plan)))?;
    let scopes = facts.scopes.iter().map(|scope| scope.name.clone()).collect();
    let declared = [(plan.connector.clone(), scopes)].into();
    let (entry, policy) = (draft.entry.as_str(), Policy::of(catalog));
    let checked = check(&draft.source, &draft.function, entry, catalog, &declared, &policy)
        .map_err(|error| format!("{error}\n{}", draft.source))?;
    if !checked.verdict.ok || !checked.proof.unresolved.is_empty() {
        let (verdict, unresolved) = (&checked.verdict, &checked.proof.unresolved);
        return Err(format!("{verdict:?} {unresolved:?}\n{}", draft.source));
    }
    let mut stage = Stage::new(entry, &draft.source, app, catalog).of_plan(&plan);
    stage.proof = Some(&checked.proof);
    match rehearse(&stage).into_iter().find(|run| !run.ok) {
        Some(run) => Err(format!("as {}: {run:#?}\n{}", run.caller, draft.source)),
        None => Ok(()),
    }
}

fn told(plan: &Plan) -> String {
    serde_json::to_string_pretty(plan).unwrap()
}

/// Where a parameter that the catalog asks for goes, and what its sample has there.
fn asked(facts: &Connector, operation: &str, param: &str) -> Option<(Place, String)> {
    let operation = facts.operation(operation)?;
    let known = operation
        .params
        .iter()
        .find(|one| one.name == param && one.ask.is_some())?;
    let sample: Value = operation
        .sample_request
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let pointer = format!("/{}", param.replace('.', "/"));
    let value = sample.pointer(&pointer).and_then(Value::as_str).unwrap_or("12345");
    Some((known.place, value.to_owned()))
}

fn answer(steps: &mut [Step], operation: &str, place: Place, param: &str, value: &str) {
    for step in steps {
        match step {
            Step::Each { steps, .. } => answer(steps, operation, place, param, value),
            Step::Call(call) if call.operation == operation => put(call, place, param, value),
            _ => {}
        }
    }
}

fn put(call: &mut CallStep, place: Place, param: &str, value: &str) {
    match place {
        Place::Path => drop(call.path.insert(param.to_owned(), value.to_owned())),
        Place::Query => drop(call.query.insert(param.to_owned(), value.to_owned())),
        Place::Header => drop(call.header.insert(param.to_owned(), value.into())),
        Place::Body => {
            let mut at = call.body.get_or_insert_with(|| json!({}));
            for name in param.split('.') {
                at = match name.parse::<usize>() {
                    Ok(index) => {
                        if !at.is_array() {
                            *at = json!([{}]);
                        }
                        &mut at[index]
                    }
                    Err(_) => &mut at[name],
                };
            }
            *at = Value::from(value);
        }
    }
}
