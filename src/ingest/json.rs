//! JSON reports: a first look at their members, and reading them without ambiguity.

use std::fmt;

use serde::de::{Deserialize as _, DeserializeOwned, Deserializer as _, IgnoredAny, MapAccess, Visitor};

use crate::record::strict::{self, JsonError};

/// How many members of the outermost object are looked at to guess a format.
const MAX_MEMBERS: usize = 100;

/// Checks that `bytes` are one JSON value that every reader understands alike, then reads it as `T`.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    strict::check_foreign(bytes)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Checks that `bytes` are one JSON value that every reader understands alike.
pub(super) fn check(bytes: &[u8]) -> Result<(), JsonError> {
    strict::check_foreign(bytes)
}

/// The names of the members of the outermost object. A broken document has those up to the break, so
/// that a truncated report is called truncated and not unknown.
pub(super) fn members(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if bytes.trim_ascii_start().starts_with(b"{") {
        // What is wrong with it is said by whoever reads it.
        let _broken = serde_json::Deserializer::from_slice(bytes).deserialize_map(Members(&mut found));
    }
    found
}

/// Whether the first value stands there to its end.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    IgnoredAny::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).is_ok()
}

struct Members<'a>(&'a mut Vec<String>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.0.len() < MAX_MEMBERS {
                self.0.push(key);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_object_shows_the_members_before_the_break() {
        assert_eq!(members(br#" {"a":1,"b":{"c":2},"d":[3"#), ["a", "b", "d"]);
        assert!(members(b"[1]").is_empty());
    }

    #[test]
    fn of_json_lines_the_first_value_is_looked_at() {
        assert!(is_complete(b"{\"a\":1}\n{\"b\":"));
        assert!(!is_complete(b"{\"a\":"));
        assert_eq!(members(b"{\"a\":1}\n{\"b\":2}"), ["a"]);
    }
}
