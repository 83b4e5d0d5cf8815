//! One TOML table of a catalog, read key by key; whatever is missing, odd or unknown is noted.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near;
use super::problem::Problems;

/// A value and the bytes it was read from.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

/// A table on the way to being read.
pub(super) struct Table<'t> {
    /// `[[control]]`, for instance.
    name: &'static str,
    at: Range<usize>,
    entries: &'t DeTable<'t>,
    known: BTreeSet<&'static str>,
}

impl<'t> Table<'t> {
    pub(super) fn of(name: &'static str, at: Range<usize>, entries: &'t DeTable<'t>) -> Self {
        Self { name, at, entries, known: BTreeSet::new() }
    }

    /// Where the table begins.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// The value of a key that may be absent.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.insert(key);
        self.entries.get(key)
    }

    /// The value of a key that may not be absent; `example` shows how it looks.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        example: &str,
        problems: &mut Problems<'_>,
    ) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.optional(key);
        if value.is_none() {
            let found = format!("{} has no {key}", self.name);
            problems.add(self.at(), found, format!("{key} is missing here"), format!("add: {key} = {example}"));
        }
        value
    }

    /// Whatever was never asked for.
    pub(super) fn finish(self, problems: &mut Problems<'_>) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !self.known.contains(key.get_ref().as_ref())) {
            let known: Vec<_> = self.known.iter().copied().collect();
            let found = format!("{} has an unknown key {}", self.name, key.get_ref());
            let meant = near::meant(key.get_ref(), known.iter().copied());
            let mend = format!("{meant}take it out or correct it; these are known: {}", known.join(", "));
            problems.add(key.span(), found, "no such key", mend);
        }
    }
}

fn wrong_type(value: &Spanned<DeValue<'_>>, expected: &str, problems: &mut Problems<'_>) {
    let found = format!("found {}", article(value.get_ref().type_str()));
    problems.add(value.span(), found, format!("expected {expected}"), format!("write {expected}"));
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

/// A string.
pub(super) fn string<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<&'t str> {
    let text = value.get_ref().as_str();
    if text.is_none() {
        wrong_type(value, "a string in quotes", problems);
    }
    text
}

/// A string that says something, in one line.
pub(super) fn sentence(value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<String> {
    let text = string(value, problems)?;
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        problems.add(
            value.span(),
            "an empty text, or one of several lines",
            "one line that says something",
            "fill it in",
        );
        return None;
    }
    Some(text.to_owned())
}

/// A string of a type that reads itself.
pub(super) fn parsed<T>(value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    let text = string(value, problems)?;
    text.parse()
        .map_err(|error: T::Err| {
            problems.add(value.span(), format!("{text:?} cannot stand here"), error.to_string(), "correct the value");
        })
        .ok()
}

/// `true` or `false`.
pub(super) fn truth(value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<bool> {
    let truth = value.get_ref().as_bool();
    if truth.is_none() {
        wrong_type(value, "true or false", problems);
    }
    truth
}

/// A whole number, up to `most`.
pub(super) fn number(value: &Spanned<DeValue<'_>>, most: u64, problems: &mut Problems<'_>) -> Option<u64> {
    let found = value.get_ref().as_integer().filter(|number| number.radix() == 10);
    let found = found.and_then(|number| number.as_str().parse().ok()).filter(|number| *number <= most);
    if found.is_none() {
        wrong_type(value, &format!("a whole number from 0 to {most}"), problems);
    }
    found
}

/// A list, each element read by `each`.
pub(super) fn list<'t, T>(
    value: &'t Spanned<DeValue<'t>>,
    problems: &mut Problems<'_>,
    each: impl Fn(&'t Spanned<DeValue<'t>>, &mut Problems<'_>) -> Option<T>,
) -> Vec<Placed<T>> {
    let Some(values) = value.get_ref().as_array() else {
        wrong_type(value, "a list in brackets", problems);
        return Vec::new();
    };
    let placed = |one: &'t Spanned<DeValue<'t>>| Some(Placed { value: each(one, problems)?, at: one.span() });
    values.iter().filter_map(placed).collect()
}

/// A table.
pub(super) fn table<'t>(
    name: &'static str,
    value: &'t Spanned<DeValue<'t>>,
    problems: &mut Problems<'_>,
) -> Option<Table<'t>> {
    let entries = value.get_ref().as_table();
    if entries.is_none() {
        wrong_type(value, "a table", problems);
    }
    entries.map(|entries| Table::of(name, value.span(), entries))
}
