//! A server with a ledger, one who has more records than it, and one who has other records.

use std::path::{Path, PathBuf};

use git_qms::record::UtcTime;
use git_qms::store::{self, LEDGER, WriteError};
use git_qms::trust::Chain;

use crate::Once;
use crate::corpus::{Corpus, Shape};
use crate::process::{git, output, qms, timed};
use crate::signed::Scribe;

/// References that a first push of a project takes along.
const ALL: [&str; 5] = ["main", "refs/notes/qms", "refs/qms/trust", "refs/qms/files", "refs/tags/*:refs/tags/*"];

pub(crate) struct Team {
    _corpus: Corpus,
    /// Has all, and the new records.
    writer: PathBuf,
    /// Has all that was there, and one record of its own.
    reader: PathBuf,
    /// Had all before the new records.
    before: PathBuf,
}

impl Team {
    pub(crate) fn make(there: usize, new: usize) -> Self {
        let corpus = Corpus::make(Shape::Bulk, there, None);
        let writer = corpus.repository();
        let root = writer.parent().expect("a folder").to_owned();
        let [after, before, reader] = ["after.git", "before.git", "reader"].map(|name| root.join(name));
        output(git(&root, &["init", "-q", "--bare", "-b", "main", "after.git"]));
        output(git(&writer, &["remote", "add", "origin", &url(&after)]));
        output(git(&writer, &[&["push", "-q", "--no-verify", "origin"][..], &ALL].concat()));
        copy(&after, &before);
        output(git(&root, &["clone", "-q", &url(&after), "reader"]));
        for setting in [["user.name", "Grace Hopper"], ["user.email", "grace@example.com"]] {
            output(git(&reader, &["config", setting[0], setting[1]]));
        }
        output(qms(&reader, &["sync", "--fetch-only"]));
        let plan = ["record", "plan", "--change", "CHG-9", "--reason", "Beside", "--key", "../keys/grace"];
        output(qms(&reader, &plan));
        append(&writer, &root.join("keys"), new);
        output(git(&writer, &["push", "-q", "--no-verify", "origin", LEDGER]));
        Self { _corpus: corpus, writer, reader, before }
    }

    pub(crate) fn bring_by_sync(&self) -> Once {
        let reader = Self::copied(&self.reader, "reader-sync");
        // As whoever works there has it.
        output(qms(&reader, &["verify"]));
        grown(&reader.join(".git"), || timed(qms(&reader, &["sync", "--fetch-only"])).took)
    }

    pub(crate) fn bring_by_git(&self) -> Once {
        let reader = Self::copied(&self.reader, "reader-git");
        let fetch = ["fetch", "-q", "--no-tags", "origin", "refs/notes/qms:refs/notes/theirs"];
        let merge = ["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "theirs"];
        grown(&reader.join(".git"), || timed(git(&reader, &fetch)).took + timed(git(&reader, &merge)).took)
    }

    pub(crate) fn send_by_sync(&self) -> Once {
        let (writer, server) = self.about_to_send("sync");
        output(qms(&writer, &["verify"]));
        grown(&server, || timed(qms(&writer, &["sync"])).took)
    }

    pub(crate) fn send_by_git(&self) -> Once {
        let (writer, server) = self.about_to_send("git");
        let fetch = ["fetch", "-q", "--no-tags", "origin", "refs/notes/qms:refs/notes/theirs"];
        let push = ["push", "-q", "--no-verify", "origin", LEDGER];
        grown(&server, || timed(git(&writer, &fetch)).took + timed(git(&writer, &push)).took)
    }

    fn about_to_send(&self, how: &str) -> (PathBuf, PathBuf) {
        let server = Self::copied(&self.before, &format!("server-{how}.git"));
        let writer = Self::copied(&self.writer, &format!("writer-{how}"));
        output(git(&writer, &["remote", "set-url", "origin", &url(&server)]));
        (writer, server)
    }

    /// A copy beside it, instead of the one of the round before.
    fn copied(of: &Path, name: &str) -> PathBuf {
        let to = of.parent().expect("a folder").join(name);
        let _ = std::fs::remove_dir_all(&to);
        copy(of, &to);
        to
    }
}

fn url(of: &Path) -> String {
    format!("file://{}", of.display())
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()), "{} is copied", from.display());
}

/// As many records more, each on a commit of its own, in one commit of the ledger.
fn append(writer: &Path, keys: &Path, count: usize) {
    let log = output(git(writer, &["log", "--reverse", "--format=%H %T", "main"]));
    let place = |line: &str| line.split_once(' ').map(|(c, t)| (c.parse().expect("an id"), t.parse().expect("an id")));
    let places: Vec<_> = log.lines().filter_map(place).take(count).collect();
    let opened = store::open(writer).expect("a repository");
    let stored = opened.trust_chain().expect("trust");
    let chain = Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..]))).expect("sound");
    let tip = opened.ref_tip(LEDGER).expect("reads").expect("a ledger");
    let lines = Scribe { chain, keys: keys.to_owned() }.lines(&places, tip);
    let write = opened.with_lock(|locked| {
        locked.append(&lines, "qms: more records", Some(tip), UtcTime::from_seconds(1_776_000_000))
    });
    write.unwrap_or_else(|error: WriteError| panic!("{error}"));
}

fn grown(git_dir: &Path, act: impl FnOnce() -> std::time::Duration) -> Once {
    let objects = git_dir.join("objects");
    let before = size(&objects);
    let took = act();
    Once { took, grew: size(&objects).saturating_sub(before) }
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(file) if file.is_dir() => size(&entry.path()),
        Ok(file) => file.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
