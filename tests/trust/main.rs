//! The life of a trust chain on real repositories: thresholds, leaving, lost and stolen keys, accepted flaws.

mod asking;
#[path = "../support/forge.rs"]
mod forge;
mod leaving;
mod signing;
#[path = "../support/workshop.rs"]
mod workshop;
