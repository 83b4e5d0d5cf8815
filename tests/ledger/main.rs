//! The ledger's verification, rule by rule, over histories in memory: each test fails when its check is taken away.

mod cases;
#[path = "../support/claims.rs"]
#[expect(dead_code, reason = "shared with the policy's tests")]
mod claims;
mod heads;
mod incomplete;
mod lines;
#[path = "../support/memory.rs"]
#[expect(dead_code, reason = "shared with the policy's tests")]
mod memory;
mod merges;
mod order;
mod properties;
mod roles;
mod roots;
mod superseding;
mod trust;
mod unread;
mod world;
