//! Where a JSON value does not have its shape: by JSON pointer, with what stands there.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::objects::Objects;

/// How much of a value is shown.
const SHOWN: usize = 80;

/// Where a JSON value does not have its shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{message}", place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") })]
pub struct Misfit {
    /// RFC 6901; empty for the whole.
    pub pointer: String,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What stands there, as JSON, cut off where it is long.
    pub found: Option<String>,
}

impl Misfit {
    /// At a place, without the value.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), found: None }
    }

    /// With what stands there, where that is more than the message says.
    #[must_use]
    pub fn with(mut self, value: &Value) -> Self {
        let text = value.to_string();
        let cut: String = text.chars().take(SHOWN).collect();
        self.found = Some(if cut.len() < text.len() { format!("{cut}…") } else { cut });
        self
    }

    /// Of a part of something, which lies at `prefix` in it.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

/// Reads a value that has been checked as strict JSON.
pub(super) fn fit<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            let step = match segment {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
                Segment::Enum { .. } | Segment::Unknown => continue,
            };
            pointer.extend(["/", &step]);
        }
        let misfit = Misfit::new(&*pointer, in_json(&error.inner().to_string()));
        // The whole is what they sent: they know it.
        match value.pointer(&pointer).filter(|_| !pointer.is_empty()) {
            Some(value) => misfit.with(value),
            None => misfit,
        }
    })
}

/// What the parser says of its own types, in the words of JSON.
fn in_json(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let found = match found.split_once("invalid type: ") {
        Some((before, "map")) => format!("{before}invalid type: object"),
        Some((before, "sequence")) => format!("{before}invalid type: array"),
        _ => found.to_owned(),
    };
    let expected = match expected {
        "u64" | "u32" | "u16" | "u8" => "a whole number, not below 0",
        "a sequence" => "an array",
        "a map" => "an object",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    };
    format!("{found}, expected {expected}")
}
