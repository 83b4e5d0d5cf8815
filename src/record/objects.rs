//! A deserializer in front of another: what two readers could understand differently is refused while it is read.
//!
//! Structs are read from JSON objects alone: serde also reads one from an array of its fields in order, so that `["…","…"]`
//! would pass for `{"start":"…","end":"…"}`: a second spelling, which no other reader of the format has. `null` and numbers
//! of 2^53 and above are refused as in [`strict`](super::strict). So are keys that stand twice, by serde, in structs that
//! know all their members; a type that reads a map of any keys has to refuse them itself.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Numbers from here on have no exact double, so readers disagree about them.
pub(super) const TOO_LARGE: u64 = 1 << 53;

/// The name under which a type asks for a value that may be `null`.
const NULLABLE: &str = "git-qms nullable";

/// Reads what may be `null`, and has to be there.
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_newtype_struct(NULLABLE, Nullable(PhantomData))
}

struct Nullable<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Nullable<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::deserialize(Objects(deserializer)).map(Some)
    }

    /// Read by serde_json alone, which makes nothing of the name.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

pub(super) fn small<E: Error>(number: u64, written: impl fmt::Display) -> Result<(), E> {
    if number < TOO_LARGE {
        Ok(())
    } else {
        Err(E::custom(format_args!("number {written} is 2^53 or above: write it as a string")))
    }
}

pub(super) fn small_float<E: Error>(number: f64) -> Result<(), E> {
    // 2^53 is exact as a double.
    if number.abs() < 9_007_199_254_740_992.0 {
        Ok(())
    } else {
        Err(E::custom(format_args!("number {number} is 2^53 or above: write it as a string")))
    }
}

/// Why `null` is refused.
pub(super) const NULL: &str = "null is not allowed here: leave the member out";

/// Wraps a deserializer, a visitor, a seed or an access; each hands the wrapping on.
pub(super) struct Objects<T>(pub(super) T);

macro_rules! pass_on {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Objects(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    pass_on! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_unit deserialize_seq deserialize_map deserialize_identifier
        deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Objects(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        if name == NULLABLE {
            return self.0.deserialize_option(visitor);
        }
        self.0.deserialize_newtype_struct(name, Objects(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Objects(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Objects(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // The format's enums are words, and hold no structs.
        self.0.deserialize_enum(name, variants, visitor)
    }
}

macro_rules! visit_plain {
    ($($method:ident $value:ty;)*) => {
        $(fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit_plain! {
        visit_bool bool;
        visit_str &str; visit_borrowed_str &'de str; visit_string String;
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        small(number, number)?;
        self.0.visit_u64(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        small(number.unsigned_abs(), number)?;
        self.0.visit_i64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        small_float(number)?;
        self.0.visit_f64(number)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        Err(E::custom(NULL))
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        Err(E::custom(NULL))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(map))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    /// JSON does not tell. Most lists of the format hold one thing, and without a hint one takes the room of four.
    fn size_hint(&self) -> Option<usize> {
        Some(self.0.size_hint().unwrap_or(1))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }
}
