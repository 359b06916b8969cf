//! A call's arguments, read strictly.
//!
//! A model's arguments become code that a person reviews, so nothing about them is guessed: a key
//! given twice, a number that JavaScript can't hold exactly, a depth or a size beyond reason are
//! refused in a sentence the model can act on (T-MOD-02).

use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most bytes a call's arguments may have.
pub(super) const MOST: usize = 512 << 10;

/// From here on a double doesn't tell whole numbers apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads arguments as they came over the wire. What can't be read is told in their place: the tool
/// then refuses a text where it wants an object, and the model learns why.
pub(super) fn read(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return Value::Object(Map::new());
    }
    if text.len() > MOST {
        return told("they are longer than 512 KiB");
    }
    match serde_json::from_str::<Strict>(text) {
        // Some servers hand on an object that was written into a text.
        Ok(Strict(Value::String(inner))) if inner.trim_start().starts_with('{') => {
            match serde_json::from_str::<Strict>(&inner) {
                Ok(Strict(value)) => value,
                Err(error) => told(&error.to_string()),
            }
        }
        Ok(Strict(value)) => value,
        Err(error) => told(&error.to_string()),
    }
}

/// Whether a text is a whole JSON value.
pub(super) fn is_whole(text: &str) -> bool {
    serde_json::from_str::<de::IgnoredAny>(text).is_ok()
}

fn told(why: &str) -> Value {
    Value::String(format!("arguments that are not valid JSON: {why}"))
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Value, E> {
        exact(v.into())
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Value, E> {
        exact(v.into())
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Value, E> {
        exact(Number::from_f64(v).ok_or_else(|| E::custom("a number that is none"))?)
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if object.contains_key(&key) {
                let shown: String = key.chars().take(40).collect();
                return Err(de::Error::custom(format!("the key `{shown}` is there twice")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

fn exact<E: de::Error>(number: Number) -> Result<Value, E> {
    match number.as_f64() {
        Some(v) if v.abs() < EXACT => Ok(Value::Number(number)),
        _ => Err(E::custom(format!(
            "the number {number} is too large to be exact; write it as a text"
        ))),
    }
}
