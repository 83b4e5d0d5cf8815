//! What git and the catalog know, as plain values: nothing here asks either.

use std::collections::BTreeMap;

use super::weights::Weights;
use crate::record::{CommitId, Name, RecordId, UtcTime};

/// What is added to the records. What is not there is not known, and the measures that need it say so.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// How many services the catalog has: a record without a service is for the only one there is.
    pub services: usize,
    /// When commits were made, by the committer's clock.
    pub committed: BTreeMap<CommitId, UtcTime>,
    /// What each deployment brought for the first time, by service, environment and commit.
    pub deliveries: BTreeMap<(Name, Name, CommitId), Delivery>,
    /// How large releases are, by service and commit.
    pub sizes: BTreeMap<(Name, CommitId), Size>,
    /// Which requirements the tests of a release cover, by service and commit.
    pub coverage: BTreeMap<(Name, CommitId), Coverage>,
    /// The exceptions that held, or hold.
    pub grants: Vec<Grant>,
    /// How much incidents and defects weigh.
    pub weights: Weights,
    /// The controls of the catalog, in its order.
    pub controls: Vec<Name>,
}

/// Commits that reached an environment for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Without merges, which bring no change of their own, and within the files of the service.
    pub commits: Vec<Commit>,
}

/// A commit, as far as lead time asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// When it was made, by the committer's clock.
    pub committed: UtcTime,
    /// What it changes, whatever commit it is: `git patch-id --stable`. Only where another commit may be the same change.
    pub patch: Option<String>,
}

/// How large a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Whether there is none of the service before it: then it is everything up to it.
    pub first: bool,
    /// Commits since the release before.
    pub commits: u64,
    /// Files that differ from it.
    pub files: u64,
    /// Lines added and removed.
    pub lines: u64,
}

/// Which requirements are covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Requirements in force.
    pub active: u64,
    /// Those of them that a soundly linked test covers.
    pub covered: u64,
    /// Those in force that are critical.
    pub critical: u64,
    /// Those of them that are covered.
    pub critical_covered: u64,
}

/// An exception that let its control go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The request.
    pub record: RecordId,
    /// The decision that let it hold.
    pub by: RecordId,
    /// The control.
    pub control: Name,
    /// The service it is for.
    pub service: Option<Name>,
    /// The environment it is for.
    pub environment: Option<Name>,
    /// When it was granted.
    pub granted: UtcTime,
    /// The first second at which it does not hold any more, renewals included; of an emergency that nobody reviewed, the
    /// moment at which that was due, if it is earlier.
    pub expires: UtcTime,
    /// When it was closed or rejected, if it was.
    pub ended: Option<UtcTime>,
    /// How often it was renewed.
    pub renewals: u64,
}
