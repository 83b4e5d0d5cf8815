//! The attacks of docs/threat-model.md on real repositories, with stock git, and what `git qms verify` answers.

mod continuity;
mod duties;
mod exceptions;
mod files;
mod flips;
#[path = "../support/forge.rs"]
mod forge;
mod hiding;
mod hostile;
mod incomplete;
mod index;
mod inert;
mod ledger;
mod lines;
mod outside;
mod policies;
mod proving;
mod range;
mod releases;
mod trust;
#[path = "../support/workshop.rs"]
mod workshop;

#[test]
fn the_project_that_is_attacked_is_sound() {
    let workshop = workshop::Workshop::new();
    let verdict = workshop.verify();
    assert_eq!((verdict.passes().count("void"), verdict.count("orphaned")), (0, 0));
    assert_eq!(workshop.qms(&["gate"]).code, 0);
}
