//! Two clones and a server between them.

mod support;

use git_qms::record::UtcTime;
use git_qms::record::ids::CommitId;
use git_qms::store::{LEDGER, Repository, SyncError, TRUST, United, WriteError, tracking_ledger, tracking_trust};
use support::{EPOCH, TestRepo};

fn now() -> UtcTime {
    UtcTime::from_seconds(EPOCH + 100)
}

/// A server, and two clones that have its three commits.
struct Team {
    server: TestRepo,
    ada: TestRepo,
    grace: TestRepo,
    commits: Vec<CommitId>,
}

fn team() -> Team {
    let server = TestRepo::bare();
    let ada = TestRepo::clone_of(server.path(), &[]);
    ada.git(&["checkout", "-q", "-b", "main"]);
    let commits = (0..3).map(|n| ada.commit("file", &n.to_string(), n)).collect();
    ada.git(&["push", "-q", "origin", "main"]);
    let grace = TestRepo::clone_of(server.path(), &[]);
    Team { server, ada, grace, commits }
}

fn append(repo: &Repository, commit: &CommitId, text: &str) -> CommitId {
    let written: Result<_, WriteError> = repo.with_lock(|locked| {
        let tip = locked.tip(LEDGER)?;
        locked.append(&[(*commit, text.to_owned())], "Record", tip, now())
    });
    written.expect("written")
}

fn unite(repo: &Repository) -> United {
    let theirs = repo.ref_tip(&tracking_ledger("origin")).expect("readable").expect("fetched");
    let united: Result<_, WriteError> = repo.with_lock(|locked| {
        let ours = locked.tip(LEDGER)?;
        locked.unite(ours, theirs, now())
    });
    united.expect("united")
}

#[test]
fn two_clones_that_recorded_at_once_both_keep_everything() {
    let Team { server, ada, grace, commits } = team();
    let (a, g) = (ada.open(), grace.open());
    assert_eq!(a.fetch("origin").expect("an empty server").ledger, None);
    append(&a, &commits[0], "ada 1");
    append(&a, &commits[1], "ada 2");
    append(&g, &commits[0], "grace 1");
    append(&g, &commits[2], "grace 2");
    a.push("origin", &[LEDGER]).expect("first");
    let error = g.push("origin", &[LEDGER]).expect_err("late");
    assert!(matches!(&error, SyncError::Behind { references, .. } if references == &[LEDGER]), "{error}");
    let fetched = g.fetch("origin").expect("fetched");
    assert_eq!(fetched.ledger, a.ref_tip(LEDGER).expect("readable"));
    assert!(matches!(unite(&g), United::Merged(_)));
    g.push("origin", &[LEDGER]).expect("united");
    a.fetch("origin").expect("fetched");
    assert!(matches!(unite(&a), United::FastForward(_)));
    assert!(matches!(unite(&a), United::Unchanged(_)));
    for repo in [&ada, &grace, &server] {
        assert_eq!(repo.git(&["notes", "--ref=qms", "show", &commits[0].to_string()]), "ada 1\ngrace 1");
        assert_eq!(repo.git(&["notes", "--ref=qms", "show", &commits[1].to_string()]), "ada 2");
        assert_eq!(repo.git(&["notes", "--ref=qms", "show", &commits[2].to_string()]), "grace 2");
        repo.git(&["fsck", "--strict", "--full"]);
    }
}

#[test]
fn uniting_makes_the_tree_that_stock_git_makes_of_additions() {
    for count in [3, 400] {
        let repo = TestRepo::new();
        repo.import_notes(count, false);
        let opened = repo.open();
        let commits: Vec<CommitId> =
            repo.git(&["rev-list", "main"]).lines().map(|id| id.parse().expect("an id")).collect();
        let base = repo.git(&["rev-parse", LEDGER]);
        for (n, commit) in commits.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
            append(&opened, commit, &format!("ours {n}"));
            if n > 40 {
                break;
            }
        }
        let ours = repo.id(LEDGER);
        repo.git(&["update-ref", "refs/notes/stock", &ours.to_string()]);
        repo.git(&["update-ref", LEDGER, &base]);
        for (n, commit) in commits.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
            append(&opened, commit, &format!("theirs {n}"));
            if n > 40 {
                break;
            }
        }
        let theirs = repo.id(LEDGER);
        repo.git(&["update-ref", "refs/notes/theirs", &theirs.to_string()]);
        repo.git(&["update-ref", LEDGER, &ours.to_string()]);
        let united = opened.with_lock(|locked| locked.unite(Some(ours), theirs, now())).expect("united");
        repo.git(&["notes", "--ref=stock", "merge", "-q", "-s", "cat_sort_uniq", "theirs"]);
        assert_eq!(
            repo.git(&["rev-parse", "refs/notes/qms^{tree}"]),
            repo.git(&["rev-parse", "refs/notes/stock^{tree}"])
        );
        let parents = format!("{ours} {theirs}");
        assert_eq!(repo.git(&["log", "-1", "--format=%P", &united.tip().to_string()]), parents);
    }
}

#[test]
fn a_line_that_one_side_deleted_stays() {
    let Team { ada, commits, .. } = team();
    let opened = ada.open();
    let base = append(&opened, &commits[0], "kept");
    ada.git(&["notes", "--ref=qms", "remove", &commits[0].to_string()]);
    let theirs = ada.id(LEDGER);
    ada.git(&["update-ref", LEDGER, &base.to_string()]);
    let ours = append(&opened, &commits[1], "other");
    opened.with_lock(|locked| locked.unite(Some(ours), theirs, now())).expect("united");
    assert_eq!(ada.git(&["notes", "--ref=qms", "show", &commits[0].to_string()]), "kept");
}

#[test]
fn a_remote_that_went_back_is_told_with_both_tips() {
    let Team { server, ada, commits, .. } = team();
    let a = ada.open();
    let first = append(&a, &commits[0], "one");
    let second = append(&a, &commits[0], "two");
    a.push("origin", &[LEDGER]).expect("pushed");
    a.fetch("origin").expect("seen");
    let lost = |expected: Option<CommitId>| {
        let error = a.fetch("origin").expect_err("records were taken away");
        assert!(
            matches!(&error, SyncError::Lost { had, now, reference, .. }
                if (*had, *now, reference.as_str()) == (second, expected, LEDGER)),
            "{error}"
        );
        assert!(error.to_string().contains(&second.to_string()), "{error}");
        assert_eq!(a.ref_tip(&tracking_ledger("origin")).expect("readable"), Some(second));
    };
    server.git(&["update-ref", LEDGER, &first.to_string()]);
    lost(Some(first));
    let tree = server.git(&["rev-parse", &format!("{second}^{{tree}}")]);
    let other = server.git(&["commit-tree", "-m", "rewritten", &tree]);
    server.git(&["update-ref", LEDGER, &other]);
    lost(Some(other.parse().expect("an id")));
    server.git(&["update-ref", "-d", LEDGER]);
    lost(None);
}

#[test]
fn a_moved_or_deleted_tag_is_told_and_the_first_one_remembered() {
    let Team { server, ada, commits, .. } = team();
    let a = ada.open();
    server.git(&["tag", "-a", "-m", "1", "v1", &commits[0].to_string()]);
    server.git(&["tag", "v2", &commits[1].to_string()]);
    let first = a.fetch("origin").expect("fetched");
    assert_eq!(first.tags.keys().collect::<Vec<_>>(), ["v1", "v2"]);
    assert_eq!(ada.git(&["tag"]), "", "tags of ours do not move");
    server.git(&["tag", "-f", "-a", "-m", "2", "v1", &commits[2].to_string()]);
    server.git(&["tag", "-d", "v2"]);
    server.git(&["tag", "v3", &commits[1].to_string()]);
    let second = a.fetch("origin").expect("fetched");
    assert_eq!(second.tags.keys().collect::<Vec<_>>(), ["v1", "v2", "v3"]);
    let [v1, v2] = &second.moved_tags[..] else { panic!("{:?}", second.moved_tags) };
    assert_eq!((v1.name.as_str(), v1.had, v1.now.is_some()), ("v1", first.tags["v1"], true));
    assert_eq!((v2.name.as_str(), v2.had, v2.now), ("v2", first.tags["v2"], None));
    assert_eq!(second.tags["v1"], first.tags["v1"]);
}

#[test]
fn trust_and_tags_travel_with_the_ledger_or_not_at_all() {
    let Team { server, ada, grace, commits } = team();
    let (a, g) = (ada.open(), grace.open());
    append(&a, &commits[0], "a");
    let trust = a.write_trust(b"one", None, "Trust version 1", now()).expect("written");
    ada.git(&["tag", "-a", "-m", "x", "v1"]);
    a.push("origin", &[LEDGER, TRUST, "refs/tags/v1"]).expect("pushed");
    append(&g, &commits[0], "g");
    g.write_trust(b"other", None, "Trust version 1", now()).expect("written");
    grace.git(&["tag", "-a", "-m", "x", "v2"]);
    let error = g.push("origin", &[LEDGER, TRUST, "refs/tags/v2"]).expect_err("behind");
    assert!(matches!(&error, SyncError::Behind { .. }), "{error}");
    assert_eq!(server.git(&["tag"]), "v1", "all or none");
    let fetched = g.fetch("origin").expect("fetched");
    assert_eq!(fetched.trust, Some(trust));
    let error = g.with_lock(|locked| locked.fast_forward(TRUST, &trust)).expect_err("two chains");
    assert!(matches!(error, WriteError::Diverged { .. }), "{error}");
    grace.git(&["update-ref", "-d", TRUST]);
    assert_eq!(g.with_lock(|locked| locked.fast_forward(TRUST, &trust)).expect("created"), Some(trust));
    assert_eq!(g.with_lock(|locked| locked.fast_forward(TRUST, &trust)).expect("there"), None);
}

#[test]
fn a_refusal_of_the_server_is_told_in_its_words() {
    let Team { server, ada, commits, .. } = team();
    let hook = server.path().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().expect("a parent")).expect("made");
    std::fs::write(&hook, "#!/bin/sh\necho no ledger today >&2\nexit 1\n").expect("written");
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
    let a = ada.open();
    append(&a, &commits[0], "a");
    let error = a.push("origin", &[LEDGER]).expect_err("refused");
    assert!(matches!(&error, SyncError::Refused { reference, .. } if reference == LEDGER), "{error}");
    assert!(error.to_string().contains("no ledger today"), "{error}");
}

#[test]
fn an_unknown_remote_is_refused() {
    let repo = TestRepo::new();
    let opened = repo.open();
    for bad in ["origin", "--upload-pack=touch x", "", "../x"] {
        assert!(matches!(opened.fetch(bad), Err(SyncError::NoRemote(_))), "{bad}");
        assert!(matches!(opened.push(bad, &[LEDGER]), Err(SyncError::NoRemote(_))), "{bad}");
    }
}

#[test]
fn a_remote_that_is_set_up_brings_the_ledger_with_plain_git() {
    let Team { server, ada, grace, commits } = team();
    let g = grace.open();
    assert!(g.set_up_remote("origin").expect("set up"));
    assert!(!g.set_up_remote("origin").expect("once"));
    grace.git(&["fetch", "-q", "origin"]);
    let a = ada.open();
    let first = append(&a, &commits[0], "a");
    let trust = a.write_trust(b"one", None, "Trust version 1", now()).expect("written");
    let second = append(&a, &commits[0], "b");
    a.push("origin", &[LEDGER, TRUST]).expect("pushed");
    grace.git(&["fetch", "-q", "origin"]);
    assert_eq!(g.ref_tip(&tracking_ledger("origin")).expect("readable"), Some(second));
    assert_eq!(g.ref_tip(&tracking_trust("origin")).expect("readable"), Some(trust));
    assert_eq!(g.ref_tip(LEDGER).expect("readable"), None, "ours is never moved by a fetch");
    assert_eq!(g.ledger(&tracking_ledger("origin")).expect("readable").history().commits.len(), 2);
    server.git(&["update-ref", LEDGER, &first.to_string()]);
    assert!(!grace.try_git(&["fetch", "-q", "origin"]), "plain git notices a server that went back");
    assert_eq!(g.ref_tip(&tracking_ledger("origin")).expect("readable"), Some(second));
}
