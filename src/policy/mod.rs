//! May this go out? From a control catalog and verified evidence to a [`Verdict`].
//!
//! [`parse`] reads the catalog, [`in_force`] says which one is ratified, [`Evidence::gather`] finds what
//! counts for a commit, and [`evaluate`] judges. A new rule is one line in a table below `rules`.

pub mod case;
pub mod catalog;
mod check;
pub mod difference;
mod deployment;
mod evaluate;
pub mod evidence;
pub mod exception;
pub mod glob;
mod in_force;
mod interval;
pub mod near;
pub mod number;
mod own_lines;
mod problem;
mod requirements;
pub mod rule;
pub mod rules;
mod starter;
mod table;
pub mod track_record;
pub mod tier;
mod tiering;
mod unchecked;
pub mod verdict;
mod view;
mod weights;

pub use catalog::{
    Control, DirtyEvidence, Enforcement, Environment, ExceptionsFrom, Policy, Retention, Service, Systems, Trigger,
};
pub use evaluate::evaluate;
pub use evidence::{CommitFacts, Evidence, Lineage, Linked, Purpose, Subject, Traced};
pub use glob::Glob;
pub use in_force::{InForce, in_force};
pub use interval::Interval;
pub use problem::{PolicyError, PolicyErrors};
pub use requirements::Requirements;
pub use rule::Rule;
pub use starter::{regulated, regulated_cases, starter, starter_cases};
pub use tier::{ChangeType, Tier, Tiers};
pub use tiering::{Changes, Reason};
pub use verdict::{ControlVerdict, Judgement, PolicyState, Shortfall, Verdict};
pub use view::View;

/// Where the catalog lies in the tree.
pub const PATH: &str = ".qms/policy.toml";

/// Where the cases that `git qms init` writes lie.
pub const EXAMPLE: &str = ".qms/cases/example.toml";

/// Reads `.qms/policy.toml`. `file_name` is only for the errors, all of which are reported.
pub fn parse(text: &str, file_name: &str) -> Result<Policy, PolicyErrors> {
    let mut problems = problem::Problems::of(text);
    let policy = unchecked::UncheckedPolicy::read(text, &mut problems).check(&mut problems);
    problems.finish(file_name)?;
    Ok(policy)
}
