//! The `git-qms` program.

#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

fn main() {}
