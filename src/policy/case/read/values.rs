//! Values that several parts of a case are made of.

use toml::Spanned;
use toml::de::DeValue;

use crate::policy::problem::Problems;
use crate::policy::table::{Table, string, truth};
use crate::record::kind::findings::{Run, RunOutcome};

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A whole number, 0 or more.
pub(super) fn count(value: &Value<'_>, problems: &mut Problems<'_>) -> Option<u64> {
    let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
    let number = number.and_then(|number| number.as_str().parse().ok());
    if number.is_none() {
        problems.add(value.span(), "found no count", "expected a whole number, 0 or more", "write it in digits");
    }
    number
}

/// The same, of a key; 0 where it is absent.
pub(super) fn number(table: &mut Table<'_>, key: &'static str, problems: &mut Problems<'_>) -> u64 {
    table.optional(key).and_then(|value| count(value, problems)).unwrap_or_default()
}

/// `true` or `false`, of a key.
pub(super) fn flag(table: &mut Table<'_>, key: &'static str, absent: bool, problems: &mut Problems<'_>) -> bool {
    table.optional(key).and_then(|value| truth(value, problems)).unwrap_or(absent)
}

/// One of some words.
pub(super) fn one_of<T: Copy>(
    value: &Value<'_>,
    what: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let text = string(value, problems)?;
    let found = all.iter().copied().find(|one| word(*one) == text);
    if found.is_none() {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        problems.add(value.span(), format!("{what} {text:?}"), words.join(", "), "write one of these");
    }
    found
}

/// The same, of a key that may be absent.
pub(super) fn choice<T: Copy>(
    table: &mut Table<'_>,
    key: &'static str,
    (all, absent): (&[T], T),
    word: impl Fn(T) -> &'static str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    table.optional(key).map_or(Some(absent), |value| one_of(value, key, all, word, problems))
}

/// Tables by name, as in `files = { "src/a.rs" = { line = [9, 10] } }`.
pub(super) fn entries<'t>(
    value: &'t Value<'t>,
    example: &str,
    problems: &mut Problems<'_>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'t, str>>, &'t Value<'t>)> {
    let Some(entries) = value.get_ref().as_table() else {
        problems.add(value.span(), "found no table", "expected a table", format!("write: {example}"));
        return Vec::new();
    };
    entries.iter().collect()
}

/// A run to its end, unless the record says how it broke off.
pub(super) fn run(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Run {
    let reason = record.optional("broke-off").and_then(|value| crate::policy::table::sentence(value, problems));
    reason.map_or_else(Run::complete, |reason| Run { outcome: RunOutcome::Failed, reasons: vec![reason], merged: None })
}
