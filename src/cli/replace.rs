//! A file that is put in the place of another, whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes `bytes` beside `file`, flushes them and renames. What fails leaves `file` as it was, and nothing beside it.
pub fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = New::beside(file)?;
    new.write_all(bytes)?;
    new.put()
}

/// A file that is being written beside the one whose place it is to take. Dropped before that, it is gone.
#[derive(Debug)]
pub struct New {
    writer: BufWriter<File>,
    place: Finished,
}

impl New {
    /// An empty one.
    pub fn beside(file: &Path) -> io::Result<Self> {
        let mut name: OsString = file.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = file.with_file_name(name);
        // Not one that is there: it may be a link to somewhere else.
        let writer = BufWriter::new(File::create_new(&beside)?);
        Ok(Self { writer, place: Finished { beside, file: file.to_owned(), is_put: false } })
    }

    /// Where it is, for who writes it by its path.
    pub fn path(&self) -> &Path {
        &self.place.beside
    }

    /// Flushes and closes it.
    pub fn finish(self) -> io::Result<Finished> {
        let Self { mut writer, place } = self;
        writer.flush()?;
        writer.get_ref().sync_all()?;
        Ok(place)
    }

    /// Flushes it and puts it in its place.
    pub fn put(self) -> io::Result<()> {
        self.finish()?.put()
    }
}

impl Write for New {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A file that is written whole, beside the one whose place it is to take. Dropped before that, it is gone.
#[derive(Debug)]
pub struct Finished {
    beside: PathBuf,
    file: PathBuf,
    is_put: bool,
}

impl Finished {
    /// Puts it in its place.
    pub fn put(mut self) -> io::Result<()> {
        std::fs::rename(&self.beside, &self.file)?;
        self.is_put = true;
        Ok(())
    }
}

impl Drop for Finished {
    fn drop(&mut self) {
        if !self.is_put {
            let _gone = std::fs::remove_file(&self.beside);
        }
    }
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
        // A folder cannot be replaced by a file, and what nobody puts is gone.
        let folder = dir.path().join("folder");
        std::fs::create_dir(&folder).expect("a folder");
        replace(&folder, b"three").expect_err("a folder");
        let mut left = New::beside(&file).expect("begun");
        left.write_all(b"four").expect("written");
        drop(left);
        assert_eq!(std::fs::read(&file).expect("a file"), b"two");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 2);
    }
}
