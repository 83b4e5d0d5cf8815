//! Strict JSON: what two readers could understand differently is refused.
//!
//! serde_json alone keeps the last of two equal keys and turns large integers into floats. This pass
//! reads the whole text first and refuses duplicate keys (also when spelled with escapes), nesting
//! deeper than [`MAX_DEPTH`], numbers of 2^53 and above, `null` outside a member named `ledger`,
//! lone surrogates, bytes that are not UTF-8, and anything after the value. Structs are read from objects
//! alone.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::objects::{NULL, Objects, small, small_float};

/// How deep objects and arrays may nest; the outermost object is depth 1.
pub const MAX_DEPTH: u8 = 32;

/// The same for JSON that other tools wrote.
const MAX_FOREIGN_DEPTH: u8 = 64;

/// Why a text is not strict JSON of the expected shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Checks `bytes` as strict JSON, then reads them as `T`.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    check(bytes)?;
    read(bytes)
}

/// Reads `bytes` as `T`, strictly, where `T` and all that it holds are structs and lists: see [`Objects`].
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Objects(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// Checks that `bytes` are one strict JSON value and nothing else.
pub fn check(bytes: &[u8]) -> Result<(), JsonError> {
    pass(bytes, Dialect::Record)
}

/// The same for JSON that other tools wrote: `null` and any number may stand anywhere, and nesting
/// may go down to 64. Duplicate keys are refused here too.
pub fn check_foreign(bytes: &[u8]) -> Result<(), JsonError> {
    pass(bytes, Dialect::Foreign)
}

fn pass(bytes: &[u8], dialect: Dialect) -> Result<(), JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict { depth: 0, null: false, dialect }.deserialize(&mut reader)?;
    Ok(reader.end()?)
}

/// Whose JSON it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Ours: written to be read alike by everybody.
    Record,
    /// A tool's.
    Foreign,
}

impl Dialect {
    fn max_depth(self) -> u8 {
        match self {
            Self::Record => MAX_DEPTH,
            Self::Foreign => MAX_FOREIGN_DEPTH,
        }
    }
}

/// Reads one value and keeps nothing of it.
struct Strict {
    /// How many objects and arrays enclose the value.
    depth: u8,
    /// Whether the value may be `null`: only the ledger head of the first checkpoint is.
    null: bool,
    dialect: Dialect,
}

impl Strict {
    /// What stands one level below.
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        let max = self.dialect.max_depth();
        if self.depth < max {
            Ok(Self { depth: self.depth + 1, null: false, dialect: self.dialect })
        } else {
            Err(E::custom(format_args!("nested deeper than {max}")))
        }
    }

    fn with_null(&self, null: bool) -> Self {
        Self { null, ..*self }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a strict JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        if self.null || self.dialect == Dialect::Foreign { Ok(()) } else { Err(E::custom(NULL)) }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        if self.dialect == Dialect::Foreign { Ok(()) } else { small(number, number) }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        if self.dialect == Dialect::Foreign { Ok(()) } else { small(number.unsigned_abs(), number) }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        if self.dialect == Dialect::Foreign { Ok(()) } else { small_float(number) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while seq.next_element_seed(inner.with_null(false))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut seen = Keys::default();
        while let Some(key) = map.next_key_seed(Key)? {
            if seen.contains(&key) {
                return Err(de::Error::custom(format_args!("duplicate key {key:?}")));
            }
            let null = key == "ledger";
            seen.insert(key);
            map.next_value_seed(inner.with_null(null))?;
        }
        Ok(())
    }
}

/// Reads one key, where it lies if no escape is in it.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// The keys of one object so far. Most objects have few, which are sooner compared than hashed.
#[derive(Default)]
struct Keys<'de> {
    few: Vec<Cow<'de, str>>,
    many: HashSet<Cow<'de, str>>,
}

impl<'de> Keys<'de> {
    const FEW: usize = 24;

    fn contains(&self, key: &str) -> bool {
        self.few.iter().any(|seen| seen == key) || self.many.contains(key)
    }

    fn insert(&mut self, key: Cow<'de, str>) {
        if self.few.len() < Self::FEW {
            self.few.push(key);
        } else {
            self.many.insert(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        check(text.as_bytes()).expect_err("must be refused").to_string()
    }

    #[test]
    fn duplicate_keys_are_refused_also_by_escape() {
        assert!(refusal(r#"{"a":1,"a":2}"#).contains("duplicate key \"a\""));
        assert!(refusal(r#"{"a":1,"\u0061":2}"#).contains("duplicate key \"a\""));
    }

    #[test]
    fn a_duplicate_is_found_among_many_keys() {
        let object = |last: usize| {
            let keys: Vec<_> = (0..100).chain([last]).map(|n| format!("\"k{n}\":1")).collect();
            format!("{{{}}}", keys.join(","))
        };
        assert!(check(object(100).as_bytes()).is_ok());
        for again in [0, 23, 24, 99] {
            assert!(refusal(&object(again)).contains(&format!("duplicate key \"k{again}\"")));
        }
    }

    #[test]
    fn depth_counts_the_outermost_object_as_one() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(nested(32).as_bytes()).is_ok());
        assert!(refusal(&nested(33)).contains("deeper than 32"));
        assert!(check(nested(10_000).as_bytes()).is_err());
    }

    #[test]
    fn numbers_without_an_exact_double_are_refused() {
        assert!(check(b"9007199254740991").is_ok());
        for text in
            ["9007199254740992", "-9007199254740992", "9007199254740993", "1e16", "1e400", "18446744073709551616"]
        {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn null_stands_only_for_an_absent_ledger() {
        assert!(check(br#"{"ledger":null}"#).is_ok());
        assert!(refusal(r#"{"service":null}"#).contains("null"));
    }

    #[test]
    fn foreign_json_may_hold_null_and_large_numbers_but_no_duplicate_key() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check_foreign(br#"{"a":null,"b":18446744073709551615,"c":1e300}"#).is_ok());
        assert!(check_foreign(nested(64).as_bytes()).is_ok());
        assert!(check_foreign(nested(65).as_bytes()).is_err());
        for bad in [r#"{"a":1,"\u0061":2}"#, r#"[{"b":null,"b":null}]"#, r#""\ud800""#, "{} {}", "{"] {
            assert!(check_foreign(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_array_of_its_fields_is_not_an_object() {
        let [from, to] = ["2026-04-13T09:30:00Z"; 2];
        let object = format!(r#"{{"start":"{from}","end":"{to}"}}"#);
        assert!(from_slice::<crate::record::Span>(object.as_bytes()).is_ok());
        let array = format!(r#"["{from}","{to}"]"#);
        assert!(from_slice::<crate::record::Span>(array.as_bytes()).is_err());
        assert!(from_slice::<Vec<crate::record::Span>>(format!("[{array}]").as_bytes()).is_err());
    }

    #[test]
    fn text_that_is_not_unicode_is_refused() {
        assert!(check(b"\"\xff\"").is_err());
        assert!(check(br#""\ud800""#).is_err());
        assert!(check(b"{}\0").is_err());
        assert!(check(b"{} {}").is_err());
    }
}
