//! The `git-qms` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_qms::cli::run()
}
