//! The ledger's history and notes, against what stock git wrote.

mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;

use git_qms::record::ids::{BlobId, CommitId};
use git_qms::store::{LEDGER, Ledger};
use git_qms::verify::notes::{Annotated, Notes, Unreadable};
use support::TestRepo;

/// Every note at the tip, with its bytes.
fn notes_at_tip(ledger: &Ledger<'_>) -> BTreeMap<CommitId, Vec<u8>> {
    let mut tip: BTreeMap<CommitId, BlobId> = BTreeMap::new();
    for change in ledger.history().commits.iter().flat_map(|commit| &commit.changes) {
        match change.after {
            Some(note) => tip.insert(change.annotated, note),
            None => tip.remove(&change.annotated),
        };
    }
    let (commits, blobs): (Vec<_>, Vec<_>) = tip.into_iter().unzip();
    let read = Mutex::new(BTreeMap::new());
    ledger.for_each(&blobs, &|notes| {
        for (place, note) in notes {
            let note = note.clone().expect("readable").to_vec();
            assert_eq!(read.lock().expect("sound").insert(commits[*place], note), None, "read once");
        }
    });
    read.into_inner().expect("sound")
}

fn history_of_single_appends_is_read(count: usize) {
    let repo = TestRepo::new();
    repo.import_notes(count, true);
    let opened = repo.open();
    let started = std::time::Instant::now();
    let ledger = opened.ledger(LEDGER).expect("readable");
    eprintln!("{count} ledger commits in {:?}", started.elapsed());
    let history = ledger.history();
    assert_eq!((history.commits.len(), &history.odd_paths, &history.missing), (count, &vec![], &vec![]));
    assert_eq!(history.commits.last().map(|commit| commit.id), ledger.tip());
    for (place, commit) in history.commits.iter().enumerate() {
        assert_eq!(commit.parents, if place == 0 { vec![] } else { vec![place - 1] });
        let [change] = &commit.changes[..] else { panic!("{} changes at {place}", commit.changes.len()) };
        assert_eq!(change.before, vec![None; commit.parents.len()]);
        assert!(change.after.is_some());
    }
    let started = std::time::Instant::now();
    let notes = notes_at_tip(&ledger);
    eprintln!("{count} notes in {:?}", started.elapsed());
    assert_eq!(notes.len(), count);
    let commits = repo.git(&["rev-list", "--reverse", "main"]);
    let started = std::time::Instant::now();
    for (n, commit) in commits.lines().enumerate() {
        let commit = commit.parse().expect("an id");
        assert_eq!(notes[&commit], format!("record {}\n", n + 1).into_bytes());
        assert!(matches!(ledger.annotated(&commit), Annotated::Here(_)));
    }
    eprintln!("{count} commits reached in {:?}", started.elapsed());
    assert_eq!(ledger.unread(), []);
}

#[test]
fn ten_notes_of_stock_git_are_read() {
    history_of_single_appends_is_read(10);
}

#[test]
fn a_thousand_notes_of_stock_git_are_read_across_a_change_of_fanout() {
    history_of_single_appends_is_read(1000);
}

#[test]
fn twenty_thousand_notes_appended_by_one_are_read() {
    history_of_single_appends_is_read(20_000);
}

#[test]
fn a_hundred_thousand_notes_of_one_commit_are_read() {
    const COUNT: usize = 100_000;
    let repo = TestRepo::new();
    repo.import_notes(COUNT, false);
    let opened = repo.open();
    let started = std::time::Instant::now();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let [commit] = &ledger.history().commits[..] else { panic!("one commit") };
    assert_eq!((commit.changes.len(), ledger.history().odd_paths.len()), (COUNT, 0));
    assert_eq!(notes_at_tip(&ledger).len(), COUNT);
    eprintln!("{COUNT} notes of one commit in {:?}", started.elapsed());
}

#[test]
fn notes_written_one_at_a_time_by_git_notes_are_read() {
    let repo = TestRepo::new();
    let mut expected = BTreeMap::new();
    for n in 0..12 {
        let commit = repo.commit("file", &n.to_string(), n);
        repo.git(&["notes", "--ref=qms", "add", "-m", &format!("line {n}")]);
        expected.insert(commit, format!("line {n}\n").into_bytes());
    }
    let removed = repo.id("HEAD~3");
    repo.git(&["notes", "--ref=qms", "remove", "HEAD~3"]);
    expected.remove(&removed);
    repo.git(&["notes", "--ref=qms", "append", "-m", "more", "HEAD"]);
    expected.insert(repo.id("HEAD"), b"line 11\n\nmore\n".to_vec());
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    assert_eq!(notes_at_tip(&ledger), expected);
    let commits = &ledger.history().commits;
    assert_eq!(commits.len(), 14);
    let change = &commits[12].changes[0];
    assert_eq!((change.annotated, change.after), (removed, None));
    assert!(change.before[0].is_some());
}

#[test]
fn no_ledger_is_an_empty_history() {
    let repo = TestRepo::new();
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    assert_eq!((ledger.tip(), ledger.history().commits.len()), (None, 0));
}

/// Commits a notes tree built by hand from `mode type id\tpath` lines; directories are made of the paths.
fn commit_tree(repo: &TestRepo, entries: &[(&str, &str)], parent: Option<&str>) -> String {
    let index = repo.outside().join("notes-index");
    std::fs::remove_file(&index).ok();
    let lines = entries.iter().map(|(path, blob)| format!("100644 {blob}\t{path}\n")).collect::<Vec<_>>().concat();
    let run = |args: &[&str], stdin: &str| {
        use std::io::Write as _;
        let mut child = support::git_command(repo.path())
            .env("GIT_INDEX_FILE", &index)
            .args(args)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("git");
        child.stdin.take().expect("piped").write_all(stdin.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    };
    run(&["update-index", "--add", "--index-info"], &lines);
    let tree = run(&["write-tree"], "");
    let mut args = vec!["commit-tree", "-m", "by hand", &tree];
    args.extend(parent.iter().flat_map(|parent| ["-p", parent]));
    let commit = repo.git(&args);
    repo.git(&["update-ref", "refs/notes/qms", &commit]);
    commit
}

fn blob(repo: &TestRepo, text: &str) -> String {
    repo.git_with(&["hash-object", "-w", "--stdin"], Some(text.as_bytes()))
}

#[test]
fn every_depth_of_fanout_is_read_and_moving_is_no_change() {
    let repo = TestRepo::new();
    let id = repo.commit("file", "1", 0).to_string();
    let note = blob(&repo, "note\n");
    let mut parent: Option<String> = None;
    for depth in 0..20 {
        let mut path = String::new();
        for pair in 0..depth {
            path.push_str(&id[2 * pair..2 * pair + 2]);
            path.push('/');
        }
        path.push_str(&id[2 * depth..]);
        parent = Some(commit_tree(&repo, &[(&path, &note)], parent.as_deref()));
    }
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let commits = &ledger.history().commits;
    assert_eq!(commits.len(), 20);
    assert_eq!(commits[0].changes.len(), 1);
    assert!(commits[1..].iter().all(|commit| commit.changes.is_empty()), "{commits:?}");
    assert_eq!(ledger.history().odd_paths, []);
    assert_eq!(notes_at_tip(&ledger)[&id.parse().expect("an id")], b"note\n");
    assert_eq!(repo.git(&["notes", "--ref=qms", "show", &id]), "note");
}

#[test]
fn a_second_path_for_one_object_is_odd() {
    let repo = TestRepo::new();
    let id = repo.commit("file", "1", 0).to_string();
    let (one, two) = (blob(&repo, "one\n"), blob(&repo, "two\n"));
    let parent = commit_tree(&repo, &[(&id, &one)], None);
    let split = format!("{}/{}", &id[..2], &id[2..]);
    let second = commit_tree(&repo, &[(&id, &one), (&split, &two)], Some(&parent));
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let [odd] = &ledger.history().odd_paths[..] else { panic!("{:?}", ledger.history().odd_paths) };
    assert_eq!(
        (odd.commit.to_string(), odd.path.as_str(), odd.reason),
        (second, split.as_str(), "a second note of one object")
    );
}

#[test]
fn paths_that_are_no_notes_are_odd_once() {
    let repo = TestRepo::new();
    let id = repo.commit("file", "1", 0).to_string();
    let note = blob(&repo, "note\n");
    let upper = format!("AB/{}", "0".repeat(38));
    let odd = ["README", upper.as_str(), "ab/short", "ab/cd/x/y"];
    let mut entries: Vec<(&str, &str)> = odd.iter().map(|path| (*path, note.as_str())).collect();
    entries.push((&id, &note));
    let parent = commit_tree(&repo, &entries, None);
    let other = blob(&repo, "other\n");
    entries.pop();
    entries.push((&id, &other));
    commit_tree(&repo, &entries, Some(&parent));
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let found: Vec<_> = ledger.history().odd_paths.iter().map(|odd| odd.path.as_str()).collect();
    assert_eq!(found, ["AB", "README", "ab/cd/x", "ab/short"]);
    assert!(ledger.history().odd_paths.iter().all(|odd| odd.commit.to_string() == parent));
    assert_eq!(ledger.history().commits[1].changes.len(), 1);
}

#[test]
fn a_merge_of_ledgers_compares_with_each_parent() {
    let repo = TestRepo::new();
    let base = repo.commit("file", "0", 0);
    repo.git(&["notes", "--ref=qms", "add", "-m", "base"]);
    repo.git(&["update-ref", "refs/notes/theirs", "refs/notes/qms"]);
    let other = repo.commit("file", "1", 1);
    repo.git(&["notes", "--ref=qms", "append", "-m", "ours", &base.to_string()]);
    repo.git(&["notes", "--ref=theirs", "append", "-m", "theirs", &base.to_string()]);
    repo.git(&["notes", "--ref=theirs", "add", "-m", "new", &other.to_string()]);
    repo.git(&["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "theirs"]);
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let commits = &ledger.history().commits;
    let merge = commits.last().expect("a merge");
    assert_eq!(merge.parents.len(), 2);
    assert_eq!(commits[merge.parents[0]].id.to_string(), repo.git(&["rev-parse", "refs/notes/qms^1"]));
    assert_eq!(merge.changes.len(), 2);
    let of = |id: CommitId| merge.changes.iter().find(|change| change.annotated == id).expect("changed");
    assert!(of(base).before.iter().all(Option::is_some));
    assert_eq!(of(other).before.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    assert_eq!(notes_at_tip(&ledger)[&base], b"base\nours\ntheirs\n");
}

#[test]
fn what_a_note_is_on_is_told_apart() {
    let repo = TestRepo::new();
    let here = repo.commit("file", "1", 0);
    let tagged = repo.commit("file", "2", 1);
    repo.git(&["tag", "-a", "-m", "x", "v1"]);
    let gone = repo.commit("file", "3", 2);
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
    let not_commit: CommitId = blob(&repo, "data").parse().expect("an id");
    let absent: CommitId = "12".repeat(20).parse().expect("an id");
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let tree = |id: &CommitId| repo.git(&["rev-parse", &format!("{id}^{{tree}}")]).parse().expect("an id");
    assert_eq!(ledger.annotated(&gone), Annotated::Orphaned(Some(tree(&gone))));
    assert_eq!(ledger.annotated(&here), Annotated::Here(tree(&here)));
    assert_eq!(ledger.annotated(&tagged), Annotated::Here(tree(&tagged)));
    assert_eq!(ledger.annotated(&not_commit), Annotated::NotACommit);
    assert_eq!(ledger.annotated(&absent), Annotated::Orphaned(None));
    assert_eq!(ledger.unread(), []);
}

#[test]
fn a_shallow_ledger_names_what_is_missing() {
    let repo = TestRepo::new();
    for n in 0..3 {
        repo.commit("file", &n.to_string(), n);
        repo.git(&["notes", "--ref=qms", "add", "-m", "x"]);
    }
    let clone = TestRepo::clone_of(repo.path(), &["--depth=1"]);
    clone.git(&["fetch", "-q", "--depth=2", "origin", "refs/notes/qms:refs/notes/qms"]);
    let opened = clone.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    assert_eq!(ledger.history().commits.len(), 2);
    let [missing] = &ledger.history().missing[..] else { panic!("{:?}", ledger.history().missing) };
    let expected = repo.git(&["rev-parse", "refs/notes/qms~2"]);
    assert!(missing.contains(&expected), "{missing}");
    assert!(matches!(ledger.annotated(&repo.id("HEAD~2")), Annotated::Orphaned(None)));
    assert!(matches!(&ledger.unread()[..], [Unreadable::Missing(_)]), "{:?}", ledger.unread());
}

#[test]
fn a_note_with_other_bytes_than_its_id_says_is_told_from_a_missing_one() {
    let repo = TestRepo::new();
    repo.commit("file", "1", 0);
    let path = |id: &str| repo.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    let (good, forged) = (blob(&repo, "good\n"), blob(&repo, "forged\n"));
    std::fs::remove_file(path(&good)).expect("removed");
    std::fs::copy(path(&forged), path(&good)).expect("copied");
    let opened = repo.open();
    let ledger = opened.ledger(LEDGER).expect("readable");
    let ids: Vec<BlobId> = [good, "34".repeat(20)].map(|id| id.parse().expect("an id")).to_vec();
    let read = Mutex::new(BTreeMap::new());
    ledger.for_each(&ids, &|notes| {
        let notes = notes.iter().map(|(place, note)| (*place, note.clone().map(<[u8]>::to_vec)));
        read.lock().expect("sound").extend(notes);
    });
    let read = read.into_inner().expect("sound");
    assert!(matches!(&read[&0], Err(Unreadable::WrongHash(text)) if text.contains("other bytes")), "{:?}", read[&0]);
    assert!(matches!(&read[&1], Err(Unreadable::Missing(_))), "{:?}", read[&1]);
}
