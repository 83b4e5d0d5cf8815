//! The policy: catalogs, evidence and verdicts, over ledgers that are verified like those in git.

mod catalog;
#[path = "../support/claims.rs"]
mod claims;
mod counting;
mod exceptions;
mod history;
mod measures;
#[path = "../support/memory.rs"]
mod memory;
mod own_lines;
mod people;
mod plans;
mod project;
mod properties;
mod random;
mod range;
mod renderings;
mod rules;
mod tiers;
mod verdicts;
