//! The index: whatever happens to a repository, the answers are those of a verification of the whole.

#[path = "../support/project.rs"]
mod project;

mod answers;
mod growing;
mod looking;
mod program;
mod sharing;

use std::path::PathBuf;

use project::{Project, Ran};

/// A project that keeps an index of however few records.
pub(crate) fn indexed(project: Project) -> Project {
    project.git(&["config", "qms.index", "true"]);
    project
}

/// Where the index is.
pub(crate) fn file(project: &Project) -> PathBuf {
    project.path().join(".git").join("qms").join("index.sqlite")
}

/// What a command says without an index.
pub(crate) fn without(project: &Project, args: &[&str]) -> Ran {
    let off = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "qms.index"), ("GIT_CONFIG_VALUE_0", "false")];
    project.run_in(project.path(), args, &off)
}

/// The chunks of the index, and how many of them came by growth since the whole was verified.
pub(crate) fn chunks(project: &Project) -> (u32, u32) {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = rusqlite::Connection::open_with_flags(file(project), flags).expect("an index");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, u32>(0)? - row.get::<_, u32>(1)?));
    connection.query_row("SELECT chunks, sealed FROM state", [], row).expect("a state")
}

/// With an index and without, every command says the same.
#[track_caller]
pub(crate) fn same_answers(project: &Project, when: &str) {
    for args in [&["verify", "--json", "--all"][..], &["log", "--json"], &["status", "--json"], &["verify"]] {
        let (cold, warm) = (without(project, args), project.qms(args));
        assert_eq!((cold.code, &cold.out), (warm.code, &warm.out), "{args:?} {when}\n{}\n{}", cold.err, warm.err);
    }
}
