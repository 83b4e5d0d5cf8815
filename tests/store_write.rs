//! Writing notes, trust and tags, read back with stock git.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use git_qms::record::UtcTime;
use git_qms::record::ids::CommitId;
use git_qms::store::{self, LEDGER, LockError, Repository, TRUST, WriteError};
use support::{EPOCH, TestRepo, git_command};

fn now() -> UtcTime {
    UtcTime::from_seconds(EPOCH + 100)
}

fn line(commit: &CommitId, text: &str) -> (CommitId, String) {
    (*commit, text.to_owned())
}

fn tip(repo: &Repository) -> Option<CommitId> {
    repo.ref_tip(LEDGER).expect("readable")
}

fn assert_sound(repo: &TestRepo) {
    repo.git(&["fsck", "--strict", "--full", "--no-dangling"]);
}

#[test]
fn stock_git_shows_what_was_appended() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let opened = repo.open();
    let first = opened.append(&[line(&commit, "b"), line(&commit, "a")], "Record", None, now()).expect("written");
    assert_eq!(tip(&opened), Some(first));
    assert_eq!(repo.git(&["notes", "--ref=qms", "show", "HEAD"]), "a\nb");
    assert!(repo.git(&["log", "--notes=qms", "-1"]).contains("Notes (qms):\n    a\n    b"));
    let second =
        opened.append(&[line(&commit, "aa"), line(&commit, "b")], "Record", Some(first), now()).expect("written");
    assert_eq!(repo.git(&["notes", "--ref=qms", "show", "HEAD"]), "a\naa\nb");
    assert_eq!(repo.git(&["rev-parse", "refs/notes/qms^"]), first.to_string());
    assert_eq!(
        repo.git(&["log", "-1", "--format=%an <%ae> %ct %s", LEDGER]),
        format!("Ada Lovelace <ada@example.com> {} Record", EPOCH + 100)
    );
    assert_eq!(repo.git(&["reflog", "show", "--format=%H %gs", LEDGER]), format!("{second} Record\n{first} Record"));
    assert_sound(&repo);
}

#[test]
fn who_commits_is_read_from_git_configuration() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    repo.git(&["config", "user.name", "Grace <Hopper>"]);
    repo.git(&["config", "user.email", "grace@example.com"]);
    repo.open().append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    assert_eq!(repo.git(&["log", "-1", "--format=%cn <%ce>", LEDGER]), "Grace Hopper <grace@example.com>");
}

#[test]
fn without_any_identity_the_program_commits_in_its_own_name() {
    const NAME: &str = "without_any_identity_the_program_commits_in_its_own_name";
    if !support::in_child(NAME) {
        let nothing = std::path::Path::new("/dev/null");
        let home = tempfile::tempdir().expect("a directory");
        let env = [("GIT_CONFIG_GLOBAL", nothing), ("GIT_CONFIG_SYSTEM", nothing), ("HOME", home.path())];
        return support::again_with(NAME, &env);
    }
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    repo.git(&["config", "--remove-section", "user"]);
    repo.git(&["config", "user.useConfigOnly", "true"]);
    repo.open().append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    assert_eq!(repo.git(&["log", "-1", "--format=%cn <%ce>", LEDGER]), "git-qms <git-qms@localhost>");
}

#[test]
fn lines_that_nobody_knows_stay_and_nothing_is_written_twice() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let odd = "\u{0}\u{1}not json\r\nz\n\n\na";
    std::fs::write(repo.outside().join("odd"), odd).expect("written");
    let blob = repo.git(&["hash-object", "-w", repo.outside().join("odd").to_str().expect("UTF-8")]);
    repo.git(&["notes", "--ref=qms", "add", "-C", &blob]);
    let opened = repo.open();
    let before = tip(&opened);
    let after = opened.append(&[line(&commit, "m")], "Record", before, now()).expect("written");
    let raw = repo.git(&["cat-file", "blob", &format!("{LEDGER}:{commit}")]);
    assert_eq!(format!("{raw}\n"), "\u{0}\u{1}not json\r\na\nm\nz\n");
    assert_eq!(opened.append(&[line(&commit, "m")], "Record", Some(after), now()).expect("nothing to do"), after);
}

#[test]
fn a_moved_tip_is_told_and_nothing_written() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let opened = repo.open();
    let first = opened.append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    for expected in [None, Some(commit)] {
        let error = opened.append(&[line(&commit, "b")], "Record", expected, now()).expect_err("stale");
        assert!(matches!(&error, WriteError::Moved { now, .. } if *now == Some(first)), "{error}");
    }
    assert_eq!(repo.git(&["rev-list", "--count", LEDGER]), "1");
}

#[test]
fn a_reference_moved_by_stock_git_between_reading_and_writing_is_told() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let opened = repo.open();
    let result = opened.with_lock(|locked| {
        repo.git(&["notes", "--ref=qms", "add", "-m", "theirs"]);
        locked.append(&[line(&commit, "ours")], "Record", None, now())
    });
    assert!(matches!(result, Err(WriteError::Moved { now: Some(_), .. })));
}

/// The same notes, of one text, written by git in one process.
fn tree_of_stock_git(repo: &TestRepo, commits: &[CommitId]) -> String {
    repo.git(&["notes", "--ref=stock", "add", "-m", "x", &commits[0].to_string()]);
    let copies = commits[1..].iter().map(|to| format!("{} {to}\n", commits[0])).collect::<Vec<_>>().concat();
    repo.git_with(&["notes", "--ref=stock", "copy", "--stdin"], Some(copies.as_bytes()));
    repo.git(&["rev-parse", "refs/notes/stock^{tree}"])
}

fn commits(repo: &TestRepo, count: usize) -> Vec<CommitId> {
    repo.import_notes(count, false);
    repo.git(&["update-ref", "-d", LEDGER]);
    repo.git(&["rev-list", "main"]).lines().map(|id| id.parse().expect("an id")).collect()
}

fn trees_equal_those_of_stock_git(count: usize) {
    let repo = TestRepo::new();
    let commits = commits(&repo, count);
    let lines: Vec<_> = commits.iter().map(|commit| line(commit, "x")).collect();
    let opened = repo.open();
    let started = std::time::Instant::now();
    opened.append(&lines, "Record", None, now()).expect("written");
    eprintln!("{count} notes written in {:?}", started.elapsed());
    assert_eq!(repo.git(&["rev-parse", "refs/notes/qms^{tree}"]), tree_of_stock_git(&repo, &commits));
    assert_sound(&repo);
    let packs = std::fs::read_dir(repo.path().join(".git/objects/pack")).expect("readable");
    let keeps =
        packs.filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|end| end == "keep")));
    assert_eq!(keeps.count(), 0, "no pack is kept from being collected later");
}

#[test]
fn a_few_notes_make_the_tree_that_stock_git_makes() {
    trees_equal_those_of_stock_git(10);
}

#[test]
fn a_thousand_notes_in_one_pack_make_the_tree_that_stock_git_makes() {
    trees_equal_those_of_stock_git(1000);
}

#[test]
fn notes_appended_one_by_one_make_the_tree_that_stock_git_makes() {
    let repo = TestRepo::new();
    let commits = commits(&repo, 120);
    let opened = repo.open();
    let mut at = None;
    for commit in &commits {
        at = Some(opened.append(&[line(commit, "x")], "Record", at, now()).expect("written"));
    }
    assert_eq!(repo.git(&["rev-parse", "refs/notes/qms^{tree}"]), tree_of_stock_git(&repo, &commits));
}

#[test]
fn a_note_at_its_limit_is_refused() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let opened = repo.open();
    let lines: Vec<_> = (0..1000).map(|n| line(&commit, &format!("{n}"))).collect();
    let full = opened.append(&lines, "Record", None, now()).expect("written");
    let error = opened.append(&[line(&commit, "more")], "Record", Some(full), now()).expect_err("full");
    assert!(matches!(error, WriteError::NoteFull { records: 1001, .. }), "{error}");
    let other = repo.commit("file", "2", 1);
    let long = "x".repeat(1 << 20);
    let lines: Vec<_> = (0..4).map(|n| line(&other, &format!("{n}{}", &long[1..]))).collect();
    let error = opened.append(&lines, "Record", Some(full), now()).expect_err("over 4 MiB");
    assert!(matches!(error, WriteError::NoteFull { records: 4, .. }), "{error}");
    assert_eq!(tip(&opened), Some(full));
}

#[test]
fn what_is_no_line_of_a_note_is_refused() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let opened = repo.open();
    for bad in ["", "two\nlines", "NUL\0", &"x".repeat((1 << 20) + 1)] {
        let error = opened.append(&[line(&commit, bad)], "Record", None, now()).expect_err("refused");
        assert!(matches!(error, WriteError::Line { .. }), "{error}");
    }
    let blob: CommitId = repo.git(&["rev-parse", "HEAD:file"]).parse().expect("an id");
    for absent in [blob, "12".repeat(20).parse().expect("an id")] {
        let error = opened.append(&[line(&absent, "a")], "Record", None, now()).expect_err("no commit");
        assert!(matches!(error, WriteError::Read(_)), "{error}");
    }
    assert_eq!(tip(&opened), None);
}

#[test]
fn nothing_is_written_on_a_ledger_that_is_cut_off() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let source = repo.open();
    let first = source.append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    source.append(&[line(&commit, "b")], "Record", Some(first), now()).expect("written");
    let clone = TestRepo::clone_of(repo.path(), &["--depth=1"]);
    clone.git(&["fetch", "-q", "--depth=1", "origin", "refs/notes/qms:refs/notes/qms"]);
    let opened = clone.open();
    let error = opened.append(&[line(&commit, "c")], "Record", tip(&opened), now()).expect_err("cut off");
    assert!(matches!(&error, WriteError::Incomplete(text) if text.contains(&first.to_string())), "{error}");
    // A shallow clone with the whole ledger can record: what CI does.
    clone.git(&["fetch", "-q", "--depth=10", "origin", "refs/notes/qms:refs/notes/qms"]);
    opened.append(&[line(&commit, "c")], "Record", tip(&opened), now()).expect("whole");
}

#[test]
fn nothing_is_written_over_a_note_that_a_partial_clone_lacks() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.open().append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    let clone = TestRepo::clone_of(repo.path(), &["--filter=blob:none", "--no-checkout"]);
    clone.git(&["fetch", "-q", "origin", "refs/notes/qms:refs/notes/qms"]);
    let opened = clone.open();
    let error = opened.append(&[line(&commit, "b")], "Record", tip(&opened), now()).expect_err("the note is not here");
    assert!(matches!(error, WriteError::Read(store::ReadError::Missing { .. })), "{error}");
}

#[test]
fn a_second_writer_waits_and_gives_up_with_the_name_of_the_lock() {
    let repo = TestRepo::new();
    let (one, two) = (repo.open(), repo.open());
    let result: Result<(), WriteError> = one.with_lock(|_| {
        let inner: Result<(), WriteError> = two.with_lock_within(Duration::from_millis(30), |_| Ok(()));
        let error = inner.expect_err("held");
        assert!(
            matches!(&error, WriteError::Lock(LockError::Held { path, .. }) if path.ends_with("qms.lock")),
            "{error}"
        );
        Ok(())
    });
    result.expect("the first one has it");
    let free: Result<(), WriteError> = two.with_lock_within(Duration::from_millis(30), |_| Ok(()));
    free.expect("free again");
}

#[test]
fn eight_writers_lose_nothing_while_git_packs_and_collects() {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    let repo = TestRepo::new();
    let commits: Vec<_> = (0..4).map(|n| repo.commit("file", &n.to_string(), n)).collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for args in [["pack-refs", "--all", "--prune"], ["gc", "--quiet", "--prune=1.day.ago"]] {
            let (repo, done) = (&repo, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    // Both may meet each other's locks; that is what the writers are tried with.
                    git_command(repo.path()).args(args).output().expect("git runs");
                }
            });
        }
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (repo, commits) = (&repo, &commits);
                scope.spawn(move || {
                    let opened = repo.open();
                    for n in 0..EACH {
                        let record = line(&commits[n % commits.len()], &format!("writer {writer} record {n}"));
                        let written: Result<_, WriteError> = opened.with_lock(|locked| {
                            let tip = locked.tip(LEDGER)?;
                            locked.append(&[record], "Record", tip, now())
                        });
                        written.expect("written");
                    }
                })
            })
            .collect();
        let failed = writers.into_iter().map(std::thread::ScopedJoinHandle::join).filter(Result::is_err).count();
        done.store(true, Ordering::Relaxed);
        assert_eq!(failed, 0);
    });
    assert_eq!(repo.git(&["rev-list", "--count", "--first-parent", LEDGER]), (WRITERS * EACH).to_string());
    let lines: usize = commits
        .iter()
        .map(|commit| repo.git(&["notes", "--ref=qms", "show", &commit.to_string()]).lines().count())
        .sum();
    assert_eq!(lines, WRITERS * EACH);
    assert_sound(&repo);
}

#[test]
fn a_killed_writer_leaves_a_valid_repository_and_no_lock() {
    const NAME: &str = "a_killed_writer_leaves_a_valid_repository_and_no_lock";
    if support::in_child(NAME) {
        let opened =
            store::open(std::path::Path::new(&std::env::var_os("QMS_TEST_REPO").expect("set"))).expect("opened");
        let commit = opened.head().expect("readable").expect("a commit");
        for n in 0.. {
            let record = line(&commit, &format!("{} {n}", std::process::id()));
            let written: Result<_, WriteError> = opened.with_lock(|locked| {
                let tip = locked.tip(LEDGER)?;
                locked.append(&[record], "Record", tip, now())
            });
            written.expect("written");
        }
    }
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    for round in 0..12 {
        let mut child = std::process::Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", NAME, "--quiet"])
            .env("QMS_TEST_CHILD", NAME)
            .env("QMS_TEST_REPO", repo.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("runs");
        let (opened, started) = (repo.open(), std::time::Instant::now());
        let before = tip(&opened);
        while tip(&opened) == before && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        // It writes now; each round meets it at another step.
        std::thread::sleep(Duration::from_millis(3 * round));
        child.kill().expect("killed");
        child.wait().expect("ended");
        // A git process of the killed one may still be moving the reference.
        let mut written = Err(WriteError::Damaged("not tried".to_owned()));
        for _ in 0..50 {
            let opened = repo.open();
            written = opened.with_lock_within(Duration::from_secs(5), |locked| {
                let tip = locked.tip(LEDGER)?;
                locked.append(&[line(&commit, &format!("survivor {round}"))], "Record", tip, now())
            });
            if !matches!(written, Err(WriteError::Moved { .. })) {
                break;
            }
        }
        written.expect("written");
    }
    assert_sound(&repo);
    let note = repo.git(&["notes", "--ref=qms", "show", "HEAD"]);
    assert!(note.lines().count() > 12, "the killed ones wrote too");
    assert_eq!(note.lines().filter(|line| line.starts_with("survivor")).count(), 12);
    let commits = repo.git(&["rev-list", "--count", LEDGER]);
    assert_eq!(note.lines().count().to_string(), commits, "one line each, none lost");
}

#[test]
fn bare_repositories_and_linked_worktrees_share_one_ledger() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "1", 0);
    let linked = repo.outside().join("linked");
    repo.git(&["worktree", "add", "-q", "--detach", linked.to_str().expect("UTF-8")]);
    let there = store::open(&linked).expect("opened");
    let first = there.append(&[line(&commit, "a")], "Record", None, now()).expect("written");
    let second = repo.open().append(&[line(&commit, "b")], "Record", Some(first), now()).expect("written");
    assert_eq!(tip(&there), Some(second));
    assert!(repo.path().join(".git/qms.lock").exists());

    let bare = TestRepo::clone_of(repo.path(), &["--bare"]);
    bare.open().append(&[line(&commit, "c")], "Record", None, now()).expect("written");
    assert_eq!(bare.git(&["notes", "--ref=qms", "show", &commit.to_string()]), "c");
    assert!(!bare.git(&["reflog", "show", LEDGER]).is_empty());
}

#[test]
fn trust_versions_are_read_back_oldest_first() {
    let repo = TestRepo::new();
    let opened = repo.open();
    assert_eq!(opened.trust_chain().expect("readable"), []);
    let one = opened.write_trust(b"one", None, "Trust version 1", now()).expect("written");
    let two = opened.write_trust(b"two", Some(one), "Trust version 2", now()).expect("written");
    let expected = vec![(one, b"one".to_vec()), (two, b"two".to_vec())];
    assert_eq!(opened.trust_chain().expect("readable"), expected);
    assert_eq!(repo.git(&["ls-tree", "--name-only", TRUST]), "trust.json");
    let error = opened.write_trust(b"three", Some(one), "x", now()).expect_err("stale");
    assert!(matches!(error, WriteError::Moved { now: Some(now), .. } if now == two));
    assert_sound(&repo);
}

#[test]
fn a_trust_chain_of_another_shape_has_no_version_there() {
    let repo = TestRepo::new();
    let opened = repo.open();
    let one = opened.write_trust(b"one", None, "1", now()).expect("written").to_string();
    let tree = repo.git(&["rev-parse", &format!("{one}^{{tree}}")]);
    let side = repo.git(&["commit-tree", "-m", "side", &tree]);
    let merge = repo.git(&["commit-tree", "-m", "merge", "-p", &one, "-p", &side, &tree]);
    repo.git(&["update-ref", TRUST, &merge]);
    // No version: verification ends the chain there and uses what came before.
    let last = |opened: &git_qms::store::Repository| opened.trust_chain().expect("readable").pop().expect("a tip").1;
    assert_eq!(last(&opened), b"", "a merge");
    let commit = repo.commit("trust.json", "x", 0);
    let other = repo.commit("more", "x", 0);
    repo.git(&["update-ref", TRUST, &other.to_string()]);
    assert_eq!(last(&opened), b"", "two files");
    repo.git(&["update-ref", TRUST, &commit.to_string()]);
    assert_eq!(opened.trust_chain().expect("one file").len(), 1);
}
