//! The `git-qms` program.

fn main() {}
