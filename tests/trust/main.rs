//! The life of a trust chain on real repositories: thresholds, leaving, lost and stolen keys, accepted flaws.

mod asking;
#[path = "../support/forge.rs"]
mod forge;
mod hardware;
mod leaving;
#[path = "../support/security_key.rs"]
mod security_key;
mod signing;
#[path = "../support/workshop.rs"]
mod workshop;
