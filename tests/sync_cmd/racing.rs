//! Many processes in several clones of one remote, at once and killed, and a disk that is full: no record is lost, none is
//! half there, and nothing blocks for ever.
//!
//! A few seconds; `QMS_RACES_SECONDS=60` for a minute (`just races`).

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use git_qms::envelope::Envelope;

use crate::workshop::Workshop;

const CLONES: usize = 4;
/// In each clone.
const WRITERS: usize = 2;

fn lasting() -> Duration {
    let seconds = std::env::var("QMS_RACES_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

impl Workshop {
    /// How often each record stands in the notes of a repository, by stock git.
    fn lines_in(&self, dir: &Path) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let listed = self.git_in(dir, &["notes", "--ref=qms", "list"]).ok().text();
        for blob in listed.lines().filter_map(|line| line.split(' ').next()) {
            let note = self.git_in(dir, &["cat-file", "blob", blob]).ok().out;
            for line in note.lines() {
                let envelope = Envelope::parse(line.as_bytes()).expect("no half record");
                *counts.entry(envelope.record_id().to_string()).or_default() += 1;
            }
        }
        counts
    }

    #[track_caller]
    fn is_sound(&self, dir: &Path) {
        let run = self.git_in(dir, &["fsck", "--full", "--strict", "--no-dangling"]);
        let said = format!("{}{}", run.out, run.err);
        assert!(run.code == 0 && !said.contains("error") && !said.contains("missing"), "{}: {said}", dir.display());
    }

    /// Records a plan; with `kill`, ends the whole process group after so long. The id, where it was told.
    fn plan_raced(&self, clone: &Path, commit: &str, change: &str, kill: Option<Duration>) -> Option<String> {
        let mut command = self.command(env!("CARGO_BIN_EXE_git-qms"), clone);
        command.args([
            "record",
            "plan",
            "--service",
            "payments-api",
            "--reason",
            "Race",
            "--quiet",
            "--commit",
            commit,
        ]);
        command.args(["--change", change]).process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("it runs");
        if let Some(after) = kill {
            std::thread::sleep(after);
            kill_group(child.id());
        }
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(kill.is_some() || output.status.success(), "{said}");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Workshop {
    /// Begins to bring what is new, and is ended with all its processes.
    fn fetch_killed(&self, clone: &Path, after: Duration) {
        let mut command = self.command(env!("CARGO_BIN_EXE_git-qms"), clone);
        command.args(["sync", "--fetch-only"]).process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it runs");
        std::thread::sleep(after);
        kill_group(child.id());
        child.wait().expect("it ends");
    }
}

/// git's own processes, too, wherever they are.
fn kill_group(id: u32) {
    let group = format!("-{id}");
    let _ = std::process::Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
}

/// All record and sync for a while; every record that was told of is everywhere afterwards, once.
fn race(kill: bool) {
    let workshop = Workshop::new();
    let commits: Vec<String> = (0..3).map(|number| workshop.commit("file", &format!("race {number}\n"))).collect();
    workshop.git(&["push", "-q", "origin", "main"]);
    let clones: Vec<PathBuf> = (0..CLONES).map(|number| workshop.clone_of_origin(&format!("clone{number}"))).collect();
    let (written, syncs) = (Mutex::new(BTreeSet::new()), Mutex::new((0_u32, 0_u32)));
    let end = Instant::now() + lasting();
    std::thread::scope(|scope| {
        for (at, clone) in clones.iter().enumerate() {
            for writer in 0..WRITERS {
                let (workshop, commits, written) = (&workshop, &commits, &written);
                scope.spawn(move || {
                    let mut number = 0_u32;
                    while Instant::now() < end {
                        // Even writers share a commit, odd ones change theirs.
                        let commit =
                            if writer % 2 == 0 { &commits[0] } else { &commits[number as usize % commits.len()] };
                        let moment =
                            Duration::from_millis(u64::from(number * 37 + u32::try_from(at).unwrap_or(0) * 13) % 160);
                        let killed = (kill && number % 3 == 2).then_some(moment);
                        let id = workshop.plan_raced(clone, commit, &format!("R-{at}-{writer}-{number}"), killed);
                        written.lock().expect("no panic").extend(id);
                        number += 1;
                    }
                });
            }
            let (workshop, syncs) = (&workshop, &syncs);
            scope.spawn(move || {
                let mut number = 0_u32;
                while Instant::now() < end {
                    number += 1;
                    if kill && number.is_multiple_of(3) {
                        workshop.fetch_killed(clone, Duration::from_millis(u64::from(number * 29) % 120));
                    }
                    let run = workshop.qms_in(clone, &["sync", "--quiet"]);
                    let mut syncs = syncs.lock().expect("no panic");
                    // Who lost the race each time says so, and has lost nothing.
                    assert!(run.code == 0 || run.err.contains("has moved on"), "{}", run.err);
                    if run.code == 0 {
                        syncs.0 += 1;
                    } else {
                        syncs.1 += 1;
                    }
                    drop(syncs);
                    std::thread::sleep(Duration::from_millis(50));
                }
            });
            scope.spawn(move || {
                while Instant::now() < end {
                    for housekeeping in [&["pack-refs", "--all"][..], &["gc", "-q"]] {
                        // It may meet a lock of a writer; that is its affair.
                        let _ = workshop.git_in(clone, housekeeping);
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    for _ in 0..2 {
        for clone in &clones {
            workshop.qms_in(clone, &["sync"]).ok();
        }
    }
    let (written, syncs) = (written.into_inner().expect("no panic"), syncs.into_inner().expect("no panic"));
    assert!(!written.is_empty());
    for dir in clones.iter().chain([&workshop.path("origin.git")]) {
        let lines = workshop.lines_in(dir);
        let lost: Vec<&String> = written.iter().filter(|id| !lines.contains_key(*id)).collect();
        assert!(lost.is_empty(), "{} lost {lost:?}", dir.display());
        assert!(lines.values().all(|times| *times == 1), "{}: a record stands twice", dir.display());
        workshop.is_sound(dir);
    }
    for clone in &clones {
        workshop.verify_in(clone).passes();
    }
    eprintln!(
        "{} records by {} processes, {} syncs, {} of which lost every race",
        written.len(),
        CLONES * WRITERS,
        syncs.0 + syncs.1,
        syncs.1
    );
}

#[test]
fn s03_clones_that_record_and_sync_at_once_lose_nothing_while_git_packs_and_collects() {
    race(false);
}

#[test]
fn s03_processes_killed_at_any_moment_lose_nothing_that_was_told() {
    race(true);
}

#[test]
fn a25_a_lock_that_a_killed_git_left_blocks_nobody_for_ever() {
    let workshop = Workshop::new();
    for name in ["refs/notes/qms", "refs/qms/files"] {
        let lock = workshop.repo().join(".git").join(format!("{name}.lock"));
        std::fs::write(&lock, "").expect("a file");
        std::fs::write(workshop.path("note.txt"), name).expect("a file");
        let note = workshop.path("note.txt").display().to_string();
        let plan = ["record", "plan", "--change", "CHG-7", "--reason", "More", "--attach", &note];
        workshop.qms(&plan).ok();
        assert!(!lock.exists());
    }
    workshop.verify().passes();
    // One that remembers the remote, which a killed fetch leaves.
    let other = workshop.clone_of_origin("other");
    workshop.qms(&["sync"]).ok();
    let lock = other.join(".git/refs/qms/remotes/origin/notes.lock");
    std::fs::create_dir_all(lock.parent().expect("a folder")).expect("a folder");
    std::fs::write(&lock, "").expect("a file");
    workshop.qms_in(&other, &["sync"]).ok();
    assert!(!lock.exists());
}

#[test]
fn a25_a_lock_that_stays_at_the_server_is_named_with_who_deletes_it() {
    let workshop = Workshop::new();
    workshop.qms(&["sync"]).ok();
    workshop.qms(&["record", "plan", "--change", "CHG-7", "--reason", "More"]).ok();
    let lock = workshop.path("origin.git/refs/notes/qms.lock");
    std::fs::write(&lock, "").expect("a file");
    let run = workshop.qms(&["sync"]);
    assert_eq!(run.code, 2, "{}", run.err);
    for words in ["origin could not move its references", "refs/notes/qms.lock': File exists", "whoever keeps origin"] {
        assert!(run.err.contains(words), "{words:?} in {}", run.err);
    }
    std::fs::remove_file(&lock).expect("deleted");
    workshop.qms(&["sync"]).ok();
}

/// A small disk that goes away with the test.
struct Disk(PathBuf);

impl Disk {
    fn mounted_at(path: PathBuf) -> Option<Self> {
        std::fs::create_dir(&path).expect("a directory");
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&path);
        mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a25_a_full_disk_leaves_a_valid_repository_and_no_half_record() {
    let workshop = Workshop::new();
    let Some(disk) = Disk::mounted_at(workshop.path("disk")) else {
        eprintln!("SKIPPED: a small disk can only be mounted by root");
        return;
    };
    let repo = disk.0.join("repo");
    let copied = std::process::Command::new("cp").arg("-a").arg(workshop.repo()).arg(&repo).status();
    assert!(copied.is_ok_and(|status| status.success()), "the project fits");
    let filler = disk.0.join("filler");
    let plan = ["record", "plan", "--change", "CHG-7", "--reason", "More", "--quiet"];
    let mut outcomes = BTreeSet::new();
    for pages in 0..14_u64 {
        // Full, but for so many pages.
        let _ = std::fs::remove_file(&filler);
        let mut fill = std::process::Command::new("dd");
        fill.args(["if=/dev/zero", "bs=4096", &format!("of={}", filler.display())]);
        let _ = fill.stderr(Stdio::null()).status();
        let full = std::fs::metadata(&filler).expect("a file").len();
        std::fs::File::options()
            .write(true)
            .open(&filler)
            .and_then(|file| file.set_len(full.saturating_sub(pages * 4096)))
            .expect("smaller");
        let before = workshop.tip_in(&repo, "refs/notes/qms");
        let run = workshop.qms_in(&repo, &plan);
        let after = workshop.tip_in(&repo, "refs/notes/qms");
        assert_eq!(run.code == 0, before != after, "{pages}: {}", run.err);
        outcomes.insert(run.code == 0);
        workshop.is_sound(&repo);
        workshop.lines_in(&repo);
    }
    std::fs::remove_file(&filler).expect("a file");
    assert!(outcomes.contains(&false), "the disk was full at least once");
    workshop.qms_in(&repo, &plan).ok();
    workshop.verify_in(&repo).passes();
}
