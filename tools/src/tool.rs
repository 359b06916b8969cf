//! The shape of a tool: a name, a description and a schema for models, and a function.

use linchpin_question::{Failure, Outcome};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Cx, Pending};

/// What a model is told of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What it does and when to use it. A constant: nothing of an app or a model gets in.
    pub about: &'static str,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

/// A tool.
pub trait Tool: Sync {
    /// What a model is told of it.
    fn spec(&self) -> Spec;
    /// What it is doing, in a few words for the transcript.
    fn title(&self, args: &Value) -> String;
    /// Runs it. Arguments that don't fit the schema are a failure the model can mend.
    fn run<'a>(&self, args: Value, cx: &'a Cx<'a>) -> Pending<'a, Outcome>;
}

/// A tool made of a typed function.
pub(crate) struct Typed<A: 'static> {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) title: fn(&A) -> String,
    pub(crate) run: for<'a> fn(A, &'a Cx<'a>) -> Pending<'a, Outcome>,
}

impl<A: DeserializeOwned + JsonSchema + Send + 'static> Tool for Typed<A> {
    fn spec(&self) -> Spec {
        Spec {
            name: self.name,
            about: self.about.trim(),
            schema: schema::<A>(),
        }
    }

    fn title(&self, args: &Value) -> String {
        match serde_json::from_value::<A>(args.clone()) {
            Ok(args) => (self.title)(&args),
            Err(_) => self.name.replace('_', " "),
        }
    }

    fn run<'a>(&self, args: Value, cx: &'a Cx<'a>) -> Pending<'a, Outcome> {
        // Models send `null` for "no arguments".
        let args = if args.is_null() {
            Value::Object(Default::default())
        } else {
            args
        };
        match serde_json::from_value::<A>(args) {
            Ok(args) => (self.run)(args, cx),
            Err(error) => {
                let message = format!(
                    "`{}` got arguments that don't fit: {error}. Look at the tool's schema and call it again.",
                    self.name
                );
                Box::pin(std::future::ready(Outcome::Failed(Failure::new(
                    "bad_arguments",
                    message,
                ))))
            }
        }
    }
}

/// JSON Schema of an argument type, without what tool schemas don't take.
fn schema<A: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    let mut schema = settings.into_generator().into_root_schema_for::<A>().to_value();
    strip(&mut schema);
    schema
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["title", "format", "minimum", "maximum", "default"] {
                // A property may bear one of these names: then its value is a schema, not a scalar.
                if map.get(key).is_some_and(|v| !v.is_object()) {
                    map.remove(key);
                }
            }
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
