//! The `git-qms` program.

#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use std::process::ExitCode;

fn main() -> ExitCode {
    git_qms::cli::run()
}
