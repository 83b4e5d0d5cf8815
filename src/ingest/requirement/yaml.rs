//! YAML in one strict reading: one document, no alias, no tag, no key twice. Scalars stay text, with a word on
//! whether they were quoted, since `no` and `1.0` mean something else to every reader.
//!
//! Source: <https://yaml.org/spec/1.2.2/>.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// How deep lists and mappings may nest.
const MAX_DEPTH: usize = 16;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    /// Without quotes: a number, a truth, null, or plain text.
    Plain(String),
    /// Quoted or a block: text.
    Text(String),
    /// A list.
    List(Vec<Yaml>),
    /// A mapping, in its order.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// The text of a scalar; of null, the empty one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) if matches!(text.as_str(), "null" | "~" | "Null" | "NULL") => Some(""),
            Self::Plain(text) | Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The elements of a list; of nothing, none.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            other if other.text() == Some("") => Some(&[]),
            _ => None,
        }
    }
}

/// What is wrong, and on which line.
pub(super) type YamlError = (Option<usize>, String);

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Yaml, YamlError> {
    let mut root: Option<Yaml> = None;
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| (Some(error.marker().line()), error.info().to_owned()))?;
        let fail = |reason: &str| (Some(span.start.line()), reason.to_owned());
        let done = match event {
            Event::Scalar(text, style, _, None) => {
                let text = text.into_owned();
                Some(if style == ScalarStyle::Plain { Yaml::Plain(text) } else { Yaml::Text(text) })
            }
            Event::SequenceStart(_, None) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(_, None) => {
                open.push(Open::Map(Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            Event::Alias(_) => return Err(fail("an alias (*name), which is not read: write the value out")),
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                return Err(fail("a tag (!name), which is not read"));
            }
            Event::DocumentStart(_) if root.is_some() => return Err(fail("a second document")),
            _ => None,
        };
        if open.len() > MAX_DEPTH {
            return Err(fail("nested deeper than 16"));
        }
        match (done, open.last_mut()) {
            (None, _) => {}
            (Some(value), None) => root = Some(value),
            (Some(value), Some(into)) => into.take(value).map_err(|reason| fail(&reason))?,
        }
    }
    root.ok_or_else(|| (None, "is empty".to_owned()))
}

/// A list or mapping that has not ended.
enum Open {
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>, Option<String>),
}

impl Open {
    fn take(&mut self, value: Yaml) -> Result<(), String> {
        match self {
            Self::List(list) => list.push(value),
            Self::Map(entries, key @ None) => {
                let name = value.text().ok_or("a key that is no text")?.to_owned();
                if entries.len() < 1_000 && entries.iter().any(|(known, _)| *known == name) {
                    return Err(format!("the key {name:?} is there twice"));
                }
                if entries.len() == 1_000 {
                    return Err("a mapping of more than 1000 keys".to_owned());
                }
                *key = Some(name);
            }
            Self::Map(entries, key) => {
                if let Some(key) = key.take() {
                    entries.push((key, value));
                }
            }
        }
        Ok(())
    }

    fn close(self) -> Yaml {
        match self {
            Self::List(list) => Yaml::List(list),
            Self::Map(entries, _) => Yaml::Map(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_what_they_were_written_as() {
        let value = read("a: no\nb: 'no'\nc: |\n  text\n\nd: [1.0, ~]\n").expect("YAML");
        assert_eq!(value.get("a"), Some(&Yaml::Plain("no".into())));
        assert_eq!(value.get("b"), Some(&Yaml::Text("no".into())));
        assert_eq!(value.get("c"), Some(&Yaml::Text("text\n".into())));
        let list: Vec<_> = value.get("d").and_then(Yaml::list).expect("a list").iter().map(Yaml::text).collect();
        assert_eq!(list, [Some("1.0"), Some("")]);
    }

    #[test]
    fn what_has_two_readings_is_refused_with_its_line() {
        for (text, line, reason) in [
            ("a: 1\na: 2\n", Some(2), "twice"),
            ("a: &x 1\nb: *x\n", Some(2), "alias"),
            ("a: !!binary x\n", Some(1), "tag"),
            ("a: 1\n---\nb: 2\n", Some(2), "second document"),
            ("a:\n  - b\n c\n", Some(3), ""),
            ("", None, "empty"),
        ] {
            let (at, found) = read(text).expect_err(text);
            assert!(found.contains(reason), "{text}: {found}");
            assert_eq!(at, line, "{text}: {found}");
        }
        let deep = "[".repeat(40);
        assert!(read(&deep).is_err());
    }
}
