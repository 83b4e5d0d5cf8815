//! What changed between two catalogs: section by section, key by key, as they are written.

use serde_json::Value;

/// One service, environment, control or other section that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `control`, for instance, or a key of the file itself.
    pub section: String,
    /// Which one of several.
    pub name: Option<String>,
    /// What became of it.
    pub what: What,
}

/// What became of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// These keys of it changed; of a section without keys its value, under an empty key.
    Changed(Vec<KeyChange>),
}

impl What {
    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed(_) => "changed",
        }
    }
}

/// One key; its values as JSON, nothing where it is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The key.
    pub key: String,
    /// Before.
    pub before: Option<Value>,
    /// After.
    pub after: Option<Value>,
}

/// The changes from one catalog to another, in the order of the sections; nothing where a text is no TOML.
pub fn difference(before: &str, after: &str) -> Option<Vec<Change>> {
    let (before, after) = (sections(before)?, sections(after)?);
    let same = |one: &Section, other: &Section| (&one.name, &one.of) == (&other.name, &other.of);
    let mut changes = Vec::new();
    for section in &before {
        let what = match after.iter().find(|other| same(section, other)) {
            None => What::Removed,
            Some(other) => match keys(&section.value, &other.value) {
                changed if changed.is_empty() => continue,
                changed => What::Changed(changed),
            },
        };
        changes.push(Change { section: section.of.clone(), name: section.name.clone(), what });
    }
    let new = after.iter().filter(|section| before.iter().all(|other| !same(section, other)));
    changes.extend(new.map(|one| Change { section: one.of.clone(), name: one.name.clone(), what: What::Added }));
    Some(changes)
}

struct Section {
    of: String,
    name: Option<String>,
    value: Value,
}

fn sections(text: &str) -> Option<Vec<Section>> {
    let Value::Object(root) = toml::from_str::<Value>(text).ok()? else { return None };
    let mut sections = Vec::new();
    for (of, value) in root {
        match value {
            Value::Array(all) if all.iter().any(Value::is_object) => {
                sections.extend(all.into_iter().enumerate().map(|(at, value)| {
                    let name = value.get("id").or(value.get("name")).and_then(Value::as_str);
                    let name = name.map_or_else(|| (at + 1).to_string(), str::to_owned);
                    Section { of: of.clone(), name: Some(name), value }
                }));
            }
            value => sections.push(Section { of, name: None, value }),
        }
    }
    Some(sections)
}

fn keys(before: &Value, after: &Value) -> Vec<KeyChange> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        let (before, after) = (Some(before.clone()), Some(after.clone()));
        return if before == after { Vec::new() } else { vec![KeyChange { key: String::new(), before, after }] };
    };
    let added = new.keys().filter(|key| !old.contains_key(*key));
    let changed = old.keys().chain(added).filter(|key| old.get(*key) != new.get(*key));
    let change =
        |key: &String| KeyChange { key: key.clone(), before: old.get(key).cloned(), after: new.get(key).cloned() };
    changed.map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starter() -> String {
        crate::policy::starter(None, &"till".parse().expect("a name"))
    }

    fn told(before: &str, after: &str) -> Vec<String> {
        let told = |change: Change| {
            let keys = match &change.what {
                What::Changed(keys) => keys.iter().fold(String::new(), |all, key| all + " " + &key.key),
                _ => String::new(),
            };
            format!("{} {} {}{keys}", change.what.as_str(), change.section, change.name.unwrap_or_default())
        };
        difference(before, after).expect("catalogs").into_iter().map(told).collect()
    }

    #[test]
    fn what_is_added_removed_and_changed_is_told_by_name() {
        let before = starter();
        assert_eq!(told(&before, &before), [""; 0]);
        let after = before.replace("approvals >= 1", "approvals >= 2").replace("TEST-01", "TEST-02");
        let expected = ["changed control APPROVE-01 require", "removed control TEST-01", "added control TEST-02"];
        let mut found = told(&before, &after);
        found.sort();
        let mut expected = expected.map(str::to_owned);
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(told(&before, &format!("late-after = \"2d\"\n{before}")), ["added late-after "]);
    }

    #[test]
    fn comments_and_layout_are_no_changes() {
        let before = starter();
        assert_eq!(told(&before, &before.replace('#', "##").replace(" = ", "  =  ")), [""; 0]);
    }

    #[test]
    fn what_is_no_toml_cannot_be_told() {
        assert_eq!(difference("version = ", &starter()), None);
    }
}
