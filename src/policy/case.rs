//! Cases of a catalog: given records, in short, and the verdict that is expected of them.

mod claim;
mod given;
mod read;

pub use claim::Before;
pub use given::{Build, Given, Request, Scan, Trouble, What, Word};
pub use read::read;

use std::collections::BTreeSet;

use super::evidence::{Purpose, Traced};
use crate::record::{ChangeRef, MemberId, Name, TagName};
use crate::verify::Outcome;

/// The moment that every case is judged at: 2026-01-01T12:00:00Z.
pub const NOW: i64 = 1_767_268_800;

/// One file of cases.
#[derive(Debug, Default)]
pub struct CaseFile {
    /// Who there is.
    pub people: Vec<Person>,
    /// The cases, in the order of the file; at least one.
    pub cases: Vec<Case>,
}

/// A person or a bot.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub id: MemberId,
    /// What it holds.
    pub roles: BTreeSet<Name>,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Whether its key lies in hardware.
    pub has_hardware: bool,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// In a few words.
    pub name: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The verdict expected.
    pub expect: Outcome,
    /// Outcomes expected of controls.
    pub controls: Vec<(Name, Name)>,
    /// What would go out.
    pub service: Option<Name>,
    /// Where.
    pub environment: Option<Name>,
    /// For which change.
    pub change: Option<ChangeRef>,
    /// As which release.
    pub release: Option<TagName>,
    /// What the gate is asked for.
    pub purpose: Purpose,
    /// What is written of requirements.
    pub requirements: Traced,
    /// The files that the commits change, as tiers look at them.
    pub paths: Vec<String>,
    /// How many lines they change.
    pub lines: u64,
    /// Who made the commits since the last release, the oldest first; the last one is judged.
    pub commits: Vec<Hands>,
    /// The records, in signed order.
    pub given: Vec<Given>,
}

/// The addresses of who had a hand in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// Who wrote it.
    pub author: String,
    /// Who committed it.
    pub committer: String,
    /// Whom its trailers name.
    pub co_authors: Vec<String>,
}

/// The address of a member.
pub fn address(member: &MemberId) -> String {
    format!("{member}@cases.invalid")
}
