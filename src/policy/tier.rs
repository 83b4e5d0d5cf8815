//! `[[tier]]` and `[[change-type]]` of the catalog: how much is asked of what.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::glob::Glob;
use super::problem::Problems;
use super::table::{Placed, list, number, parsed, table};
use crate::record::Name;

/// The largest size that a tier can be for: beyond it, lines are not counted on.
const MAX_SIZE: u64 = 10_000;

/// The types of change that every catalog knows, unless it lists its own.
pub const CHANGE_TYPES: [&str; 5] = ["standard", "normal", "emergency", "infrastructure", "partial-rollout"];

/// One risk tier. Tiers stand in the order of the file, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Its name.
    pub name: Name,
    /// The line of the file it begins on, from 1.
    pub line: usize,
    /// The files that are in it.
    pub paths: Vec<Glob>,
    /// The types of change that are in it at least.
    pub change_types: Vec<Name>,
    /// A change of more files is in it at least.
    pub files_over: Option<u64>,
    /// A change of more lines is in it at least.
    pub lines_over: Option<u64>,
}

/// A type of change that the catalog lets plans name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeType {
    /// Its name.
    pub name: Name,
    /// The tiers in which a change may be of this type; empty for all.
    pub tiers: Vec<Name>,
}

/// The tiers and types of change of a catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiers {
    /// The tiers, the lowest first.
    pub all: Vec<Tier>,
    /// The tier of a file that none names; the highest, unless said.
    pub default: Option<Name>,
    /// The types of change that plans may name; empty for the five that every catalog knows.
    pub change_types: Vec<ChangeType>,
}

impl Tiers {
    /// How high a tier is, from 0.
    pub fn rank(&self, name: &Name) -> Option<usize> {
        self.all.iter().position(|tier| tier.name == *name)
    }

    /// The tier of a file that none names; none where there are no tiers.
    pub fn fallback(&self) -> Option<&Tier> {
        let named = self.default.as_ref().and_then(|name| self.all.iter().find(|tier| tier.name == *name));
        named.or(self.all.last())
    }

    /// The types of change that plans may name.
    pub fn known_types(&self) -> Vec<&str> {
        match self.change_types.as_slice() {
            [] => CHANGE_TYPES.to_vec(),
            own => own.iter().map(|one| one.name.as_str()).collect(),
        }
    }

    /// The most lines that any tier asks about; none where no tier does.
    pub fn lines_asked(&self) -> Option<u64> {
        self.all.iter().filter_map(|tier| tier.lines_over).max()
    }
}

/// As read, with the places of names that have to be there.
#[derive(Debug, Default)]
pub(super) struct UncheckedTiers {
    pub(super) tiers: Vec<Placed<Tier>>,
    pub(super) default: Option<Placed<Name>>,
    pub(super) change_types: Vec<Placed<ChangeType>>,
    /// Types of change that tiers name.
    types_named: Vec<Placed<Name>>,
    /// Tiers that types of change name.
    tiers_named: Vec<Placed<Name>>,
}

impl UncheckedTiers {
    pub(super) fn read_tiers<'t>(&mut self, value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) {
        let read = list(value, problems, read_tier);
        for Placed { value: (tier, named), at } in read {
            self.types_named.extend(named);
            self.tiers.push(Placed { value: tier, at });
        }
    }

    pub(super) fn read_types<'t>(&mut self, value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) {
        let read = list(value, problems, read_type);
        for Placed { value: (change_type, named), at } in read {
            self.tiers_named.extend(named);
            self.change_types.push(Placed { value: change_type, at });
        }
    }

    /// Checks that the names agree, those of the controls too.
    pub(super) fn check(
        self,
        of_controls: impl IntoIterator<Item = (Asked, Name, Range<usize>)>,
        problems: &mut Problems<'_>,
    ) -> Tiers {
        let tiers = Tiers {
            all: self.tiers.into_iter().map(|one| one.value).collect(),
            default: self.default.as_ref().map(|one| one.value.clone()),
            change_types: self.change_types.into_iter().map(|one| one.value).collect(),
        };
        let of_tiers = self.tiers_named.into_iter().chain(self.default).map(|one| (Asked::Tier, one.value, one.at));
        let of_types = self.types_named.into_iter().map(|one| (Asked::ChangeType, one.value, one.at));
        let names: BTreeSet<&str> = tiers.all.iter().map(|tier| tier.name.as_str()).collect();
        let types = tiers.known_types();
        for (asked, name, at) in of_controls.into_iter().chain(of_tiers).chain(of_types) {
            let (what, known, mend) = match asked {
                Asked::Tier if names.contains(name.as_str()) => continue,
                Asked::ChangeType if types.contains(&name.as_str()) => continue,
                Asked::Tier if names.is_empty() => {
                    ("tier", "a [[tier]] of this catalog, which has none".into(), "[[tier]]")
                }
                Asked::Tier => {
                    ("tier", format!("one of {}", names.iter().copied().collect::<Vec<_>>().join(", ")), "[[tier]]")
                }
                Asked::ChangeType => ("change type", format!("one of {}", types.join(", ")), "[[change-type]]"),
            };
            problems.add(at, format!("{what} {name}"), known, format!("add: {mend} with name = \"{name}\""));
        }
        tiers
    }
}

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Tier,
    ChangeType,
}

fn read_tier<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<(Tier, Vec<Placed<Name>>)> {
    let mut tier = table("[[tier]]", value, problems)?;
    let name = tier.required("name", "\"high\"", problems).and_then(|name| parsed(name, problems));
    let paths = tier.optional("paths").map(|paths| list(paths, problems, parsed)).unwrap_or_default();
    let types = tier.optional("change-types").map(|types| list(types, problems, parsed)).unwrap_or_default();
    let mut size = |key| tier.optional(key).and_then(|value| number(value, MAX_SIZE, problems));
    let (files_over, lines_over) = (size("files-over"), size("lines-over"));
    tier.finish(problems);
    let tier = Tier {
        name: name?,
        line: problems.line_of(value.span().start),
        paths: paths.into_iter().map(|path| path.value).collect(),
        change_types: types.iter().map(|one: &Placed<Name>| one.value.clone()).collect(),
        files_over,
        lines_over,
    };
    Some((tier, types))
}

fn read_type<'t>(
    value: &'t Spanned<DeValue<'t>>,
    problems: &mut Problems<'_>,
) -> Option<(ChangeType, Vec<Placed<Name>>)> {
    let mut change_type = table("[[change-type]]", value, problems)?;
    let name = change_type.required("name", "\"standard\"", problems).and_then(|name| parsed(name, problems));
    let tiers = change_type.optional("tiers").map(|tiers| list(tiers, problems, parsed)).unwrap_or_default();
    change_type.finish(problems);
    Some((ChangeType { name: name?, tiers: tiers.iter().map(|one: &Placed<Name>| one.value.clone()).collect() }, tiers))
}
