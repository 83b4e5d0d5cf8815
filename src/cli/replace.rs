//! A file that is put in the place of another, whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes `bytes` beside `file`, flushes them and renames. What fails leaves `file` as it was, and nothing beside it.
pub fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = file.with_file_name(name);
    // Not one that is there: it may be a link to somewhere else.
    let mut new = std::fs::File::create_new(&beside)?;
    let written = new.write_all(bytes).and_then(|()| new.sync_all()).and_then(|()| std::fs::rename(&beside, file));
    if written.is_err() {
        let _gone = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_replaced_and_a_failure_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("seen.json");
        for bytes in [&b"one"[..], b"two"] {
            replace(&file, bytes).expect("written");
            assert_eq!(std::fs::read(&file).expect("a file"), bytes);
        }
        // A folder cannot be replaced by a file.
        let folder = dir.path().join("folder");
        std::fs::create_dir(&folder).expect("a folder");
        replace(&folder, b"three").expect_err("a folder");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 2);
    }
}
