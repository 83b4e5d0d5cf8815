//! Attached files, written by the store and read with stock git, and the reverse.

mod support;

use git_qms::record::FileDigest;
use git_qms::store::{FILES, Repository, WriteError};
use git_qms::verify::FileState;
use support::TestRepo;

fn add(repo: &Repository, contents: &[&[u8]]) {
    repo.with_lock(|locked| locked.add_files(contents.iter().copied())).expect("added");
}

/// `ab/cdef…`.
fn path_of(content: &[u8]) -> String {
    let digest = FileDigest::of(content).to_string();
    format!("{}/{}", &digest[..2], &digest[2..])
}

fn state(repo: &Repository, content: &[u8]) -> FileState {
    repo.check_files(&repo.files().expect("readable"), &[FileDigest::of(content)]).remove(0)
}

/// A tree of files made with stock git: paths and what stands there.
fn tree_by_hand(repo: &TestRepo, entries: &[(String, &[u8])]) -> String {
    let index = repo.outside().join("index").display().to_string();
    std::fs::remove_file(&index).ok();
    let git = |args: &[&str]| {
        let output = support::git_command(repo.path()).args(args).env("GIT_INDEX_FILE", &index).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    };
    for (path, content) in entries {
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], Some(content));
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")]);
    }
    let tree = git(&["write-tree"]);
    repo.git(&["commit-tree", "-m", "by hand", &tree])
}

#[test]
fn e11_stock_git_reads_an_attached_file_by_its_digest() {
    let repo = TestRepo::new();
    add(&repo.open(), &[b"one\n", b"\0two"]);
    assert_eq!(repo.git(&["cat-file", "blob", &format!("{FILES}:{}", path_of(b"one\n"))]), "one");
    assert_eq!(repo.git(&["ls-tree", "-r", "--name-only", FILES]).lines().count(), 2);
    assert_eq!(
        repo.git(&["log", "--format=%an <%ae> %at %cn <%ce> %ct %P %B", FILES]).trim_end(),
        "git-qms <git-qms@localhost> 0 git-qms <git-qms@localhost> 0  qms: attached files"
    );
    repo.git(&["fsck", "--strict", "--full"]);
    let opened = repo.open();
    let files = opened.files().expect("readable");
    assert_eq!(opened.read_file(&files, &FileDigest::of(b"\0two")).as_deref(), Ok(&b"\0two"[..]));
    assert_eq!(opened.read_file(&files, &FileDigest::of(b"three")), Err(FileState::Missing));
}

#[test]
fn e11_equal_files_make_equal_commits_in_whatever_order() {
    let (one, other) = (TestRepo::new(), TestRepo::new());
    add(&one.open(), &[b"a", b"b", b"c"]);
    for content in [&b"c"[..], b"a", b"c", b"b"] {
        add(&other.open(), &[content]);
    }
    assert_eq!(one.id(FILES), other.id(FILES));
    let before = one.id(FILES);
    add(&one.open(), &[b"b"]);
    assert_eq!(one.id(FILES), before, "the same file twice is one");
}

#[test]
fn e11_no_trace_stays_of_where_the_files_were() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.logAllRefUpdates", "always"]);
    add(&repo.open(), &[b"a"]);
    add(&repo.open(), &[b"b"]);
    assert!(!repo.path().join(".git/logs/refs/qms/files").exists());
    assert_eq!(repo.git(&["rev-list", "--count", FILES]), "1");
}

#[test]
fn e11_files_outlive_housekeeping_and_come_by_the_hundred() {
    let repo = TestRepo::new();
    let many: Vec<Vec<u8>> = (0..300).map(|number| format!("file {number}\n").repeat(50).into_bytes()).collect();
    add(&repo.open(), &many.iter().map(Vec::as_slice).collect::<Vec<_>>());
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    add(&repo.open(), &[b"one more"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let opened = repo.open();
    let files = opened.files().expect("readable");
    let digests: Vec<FileDigest> = files.digests().copied().collect();
    assert_eq!(digests.len(), 301);
    assert!(opened.check_files(&files, &digests).iter().all(|state| *state == FileState::Verified));
    repo.git(&["fsck", "--strict", "--full", "--no-dangling"]);
}

#[test]
fn e11_a_write_that_fails_leaves_the_files_as_they_were() {
    let repo = TestRepo::new();
    let opened = repo.open();
    let fail = |content: &[u8]| {
        opened.with_lock(|locked| {
            let before = locked.tip(FILES)?;
            locked.add_files([content])?;
            locked.restore_files(before)
        })
    };
    fail(b"a").expect("restored");
    assert!(!repo.try_git(&["rev-parse", "-q", "--verify", FILES]));
    add(&opened, &[b"b"]);
    let before = repo.id(FILES);
    fail(b"c").expect("restored");
    assert_eq!(repo.id(FILES), before);
}

#[test]
fn e11_two_sets_become_one() {
    let (one, other) = (TestRepo::new(), TestRepo::new());
    add(&one.open(), &[b"a", b"both"]);
    add(&other.open(), &[b"b", b"both"]);
    let fetch = |to: &TestRepo, from: &TestRepo| {
        to.git(&["fetch", "-q", &from.path().display().to_string(), &format!("+{FILES}:refs/theirs")]);
        to.open().with_lock(|locked| locked.unite_files(to.id("refs/theirs"))).expect("united")
    };
    assert_eq!((fetch(&one, &other).came, fetch(&other, &one).came), (1, 1));
    assert_eq!(one.id(FILES), other.id(FILES));
    assert_eq!(fetch(&one, &other).came, 0);
    for content in [&b"a"[..], b"b", b"both"] {
        assert_eq!(state(&one.open(), content), FileState::Verified);
    }
}

#[test]
fn a38_bytes_of_another_digest_do_not_come_in_and_right_ones_mend() {
    let repo = TestRepo::new();
    let entries: [(String, &[u8]); 3] =
        [(path_of(b"report"), b"forged"), (path_of(b"true"), b"true"), ("readme".to_owned(), b"odd")];
    let theirs = tree_by_hand(&repo, &entries).parse().expect("an id");
    let united = repo.open().with_lock(|locked| locked.unite_files(theirs)).expect("united");
    assert_eq!((united.came, &united.refused[..]), (1, &[FileDigest::of(b"report")][..]));
    assert_eq!(repo.git(&["ls-tree", "-r", "--name-only", FILES]), path_of(b"true"));
    // Ours forged, theirs right: the right one takes the place.
    repo.git(&["update-ref", FILES, &theirs.to_string()]);
    assert!(matches!(state(&repo.open(), b"report"), FileState::Mismatched(_)));
    let right = tree_by_hand(&repo, &[(path_of(b"report"), b"report")]).parse().expect("an id");
    repo.open().with_lock(|locked| locked.unite_files(right)).expect("united");
    assert_eq!(state(&repo.open(), b"report"), FileState::Verified);
}

#[test]
fn what_is_no_file_is_told_and_left_out_by_the_next_write() {
    let repo = TestRepo::new();
    let upper = path_of(b"upper").to_ascii_uppercase();
    let entries: [(String, &[u8]); 5] = [
        ("readme".to_owned(), b"odd"),
        (upper.clone(), b"odd"),
        ("ab/short".to_owned(), b"odd"),
        (format!("{}/below", path_of(b"a folder")), b"odd"),
        (path_of(b"sound"), b"sound"),
    ];
    let parent = repo.commit("file", "1", 0);
    let tree = format!("{}^{{tree}}", tree_by_hand(&repo, &entries));
    let grown = repo.git(&["commit-tree", "-m", "grown", "-p", &parent.to_string(), &tree]);
    repo.git(&["update-ref", FILES, &grown]);
    let files = repo.open().files().expect("readable");
    let mut odd: Vec<&str> = files.odd().iter().map(|(path, _)| path.as_str()).collect();
    odd.sort_unstable();
    let mut expected = vec![&upper[..2], "ab/short", "readme", FILES];
    let folder = path_of(b"a folder");
    expected.push(&folder);
    expected.sort_unstable();
    assert_eq!(odd, expected);
    add(&repo.open(), &[b"next"]);
    let files = repo.open().files().expect("readable");
    assert_eq!((files.odd().len(), files.digests().count()), (0, 2));
}

#[test]
fn files_of_a_tree_that_cannot_be_read_are_not_written_over() {
    let repo = TestRepo::new();
    let blob = repo.git_with(&["hash-object", "-w", "--stdin"], Some(b"no commit"));
    repo.write(".git/refs/qms/files", &format!("{blob}\n"));
    let failed = repo.open().with_lock(|locked| locked.add_files([&b"a"[..]]));
    assert!(matches!(failed, Err(WriteError::Read(_))), "{failed:?}");
    assert_eq!(repo.id(FILES).to_string(), blob);
}
