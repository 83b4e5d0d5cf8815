//! Digests by algorithm, as in-toto writes them.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md>.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Algorithm → lower-case hex, sorted by algorithm. Nearly always one, for which a tree would take half a kilobyte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(Vec<(String, String)>);

impl Digests {
    /// The digest of an algorithm.
    pub fn get(&self, algorithm: &str) -> Option<&str> {
        self.iter().find_map(|(name, hex)| (name == algorithm).then_some(hex))
    }

    /// All of them, by algorithm.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, hex)| (name.as_str(), hex.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn insert(&mut self, name: String, hex: String) {
        match self.0.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(at) => self.0[at].1 = hex,
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (name, hex));
            }
        }
    }
}

impl FromIterator<(String, String)> for Digests {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(digests: I) -> Self {
        let mut all = Self::default();
        digests.into_iter().for_each(|(name, hex)| all.insert(name, hex));
        all
    }
}

impl<const N: usize> From<[(String, String); N]> for Digests {
    fn from(digests: [(String, String); N]) -> Self {
        digests.into_iter().collect()
    }
}

impl Serialize for Digests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Digests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Set)
    }
}

struct Set;

impl<'de> Visitor<'de> for Set {
    type Value = Digests;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Digests, A::Error> {
        let mut all = Digests::default();
        while let Some((name, hex)) = map.next_entry::<String, _>()? {
            if all.get(&name).is_some() {
                return Err(A::Error::custom(format_args!("duplicate key {name:?}")));
            }
            all.insert(name, hex);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_by_algorithm_and_read_back() {
        let digests: Digests = [("sha512", "cd"), ("sha256", "ab")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        let text = serde_json::to_string(&digests).expect("text");
        assert_eq!(text, r#"{"sha256":"ab","sha512":"cd"}"#);
        assert_eq!(serde_json::from_str::<Digests>(&text).expect("digests"), digests);
        assert_eq!((digests.get("sha512"), digests.get("sha1"), digests.len()), (Some("cd"), None, 2));
    }
}
