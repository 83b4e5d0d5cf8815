//! What keeps a work tree from being the commit, each in a real repository; and what does not.

#[path = "support/mod.rs"]
mod support;

use std::os::unix::fs::{PermissionsExt as _, symlink};

use git_qms::record::ids::CommitId;
use git_qms::store::{Reason, Repository};
use support::TestRepo;

fn reasons(repo: &Repository, commit: &CommitId) -> Vec<Reason> {
    repo.dirty_state(commit).expect("readable").reasons
}

fn changed(path: &str) -> Vec<Reason> {
    vec![Reason::Changed(path.to_owned())]
}

/// A repository with `file` and `link`, its HEAD, and the store.
fn with_file() -> (TestRepo, CommitId, Repository) {
    let repo = TestRepo::new();
    symlink("file", repo.path().join("link")).expect("linked");
    repo.git(&["add", "link"]);
    let head = repo.commit("file", "1\n", 0);
    let opened = repo.open();
    assert_eq!(reasons(&opened, &head), []);
    (repo, head, opened)
}

#[test]
fn e18_another_head_is_told_with_what_it_is() {
    let (repo, first, opened) = with_file();
    let head = repo.commit("file", "2\n", 1);
    assert_eq!(reasons(&opened, &first), [Reason::OtherHead(Some(head))]);
    repo.git(&["checkout", "-q", "--detach", &first.to_string()]);
    assert_eq!(reasons(&opened, &first), []);
    repo.git(&["checkout", "-q", "--orphan", "unborn"]);
    assert!(reasons(&opened, &first).contains(&Reason::OtherHead(None)));
}

#[test]
fn e18_a_changed_mode_is_told() {
    let (repo, head, opened) = with_file();
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(repo.path().join("file"), mode).expect("executable");
    assert_eq!(reasons(&opened, &head), changed("file"));
}

#[test]
fn e18_a_link_that_points_elsewhere_or_is_a_file_now_is_told() {
    let (repo, head, opened) = with_file();
    let link = repo.path().join("link");
    std::fs::remove_file(&link).expect("removed");
    symlink("elsewhere", &link).expect("linked");
    assert_eq!(reasons(&opened, &head), changed("link"));
    std::fs::remove_file(&link).expect("removed");
    std::fs::write(&link, "file").expect("written");
    assert_eq!(reasons(&opened, &head), changed("link"), "the same bytes, of another type");
}

#[test]
fn e18_what_is_staged_and_undone_in_the_work_tree_is_told() {
    let (repo, head, opened) = with_file();
    repo.write("file", "2\n");
    repo.git(&["add", "file"]);
    repo.write("file", "1\n");
    assert_eq!(reasons(&opened, &head), changed("file"));
}

#[test]
fn e18_a_file_that_is_only_meant_to_be_added_is_told() {
    let (repo, head, opened) = with_file();
    repo.write("new", "1\n");
    assert_eq!(reasons(&opened, &head), [], "untracked");
    repo.git(&["add", "-N", "new"]);
    assert_eq!(reasons(&opened, &head), changed("new"));
}

#[test]
fn e18_a_file_taken_out_of_the_index_alone_is_told() {
    let (repo, head, opened) = with_file();
    repo.git(&["rm", "-q", "--cached", "file"]);
    assert_eq!(reasons(&opened, &head), changed("file"));
}

#[test]
fn e18_untracked_and_ignored_files_do_not_count() {
    let (repo, _, opened) = with_file();
    let head = repo.commit(".gitignore", "*.o\n", 1);
    repo.write("main.o", "object");
    repo.write("notes", "untracked");
    assert_eq!(reasons(&opened, &head), []);
}

#[test]
fn e18_line_endings_that_git_converts_are_no_change() {
    let (repo, _, opened) = with_file();
    repo.git(&["config", "core.autocrlf", "true"]);
    let head = repo.commit(".gitattributes", "*.txt text\n", 1);
    let head = [head, repo.commit("a.txt", "one\r\ntwo\r\n", 2)][1];
    std::fs::remove_file(repo.path().join("a.txt")).expect("removed");
    repo.git(&["checkout", "-q", "--", "a.txt"]);
    let content = std::fs::read(repo.path().join("a.txt")).expect("readable");
    assert_eq!(content, b"one\r\ntwo\r\n", "as it lies in the work tree");
    assert_eq!(repo.git(&["cat-file", "-p", "HEAD:a.txt"]), "one\ntwo", "as it lies in the commit");
    assert_eq!(reasons(&opened, &head), []);
    repo.write("a.txt", "one\r\nthree\r\n");
    assert_eq!(reasons(&opened, &head), changed("a.txt"));
}

#[test]
fn e18_a_sparse_checkout_is_a_part_of_the_commit_and_says_so() {
    let (repo, _, opened) = with_file();
    repo.commit("docs/guide", "1\n", 1);
    let head = repo.commit("src/main", "1\n", 2);
    repo.git(&["sparse-checkout", "set", "src"]);
    assert!(!repo.path().join("docs/guide").exists());
    assert_eq!(reasons(&opened, &head), [Reason::LeftOut("docs/guide".to_owned())]);
    repo.git(&["sparse-checkout", "set", "--sparse-index", "src"]);
    assert_eq!(reasons(&opened, &head), [Reason::LeftOut("docs/guide".to_owned())], "with a sparse index");
    repo.git(&["sparse-checkout", "disable"]);
    assert_eq!(reasons(&opened, &head), []);
    repo.git(&["update-index", "--skip-worktree", "docs/guide"]);
    assert_eq!(reasons(&opened, &head), [Reason::Hidden("docs/guide".to_owned())], "a flag over a file that is there");
}

/// A repository with a submodule at `sub`, its HEAD, and the store.
fn with_submodule() -> (TestRepo, CommitId, Repository) {
    let inner = TestRepo::new();
    inner.commit("file", "1\n", 0);
    let repo = TestRepo::new();
    let url = inner.path().display().to_string();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "sub"]);
    repo.git(&["-C", "sub", "config", "user.name", "Ada"]);
    repo.git(&["-C", "sub", "config", "user.email", "ada@example.com"]);
    repo.git(&["commit", "-qm", "A submodule"]);
    let (head, opened) = (repo.id("HEAD"), repo.open());
    assert_eq!(reasons(&opened, &head), []);
    (repo, head, opened)
}

#[test]
fn e18_a_submodule_at_another_commit_is_told() {
    let (repo, head, opened) = with_submodule();
    repo.git(&["-C", "sub", "commit", "-q", "--allow-empty", "-m", "On"]);
    assert_eq!(reasons(&opened, &head), changed("sub"));
}

#[test]
fn e18_what_is_staged_or_hidden_inside_a_submodule_is_told_and_what_is_untracked_is_not() {
    let (repo, head, opened) = with_submodule();
    repo.write("sub/notes", "untracked");
    assert_eq!(reasons(&opened, &head), []);
    repo.git(&["-C", "sub", "add", "notes"]);
    assert_eq!(reasons(&opened, &head), changed("sub"));
    repo.git(&["-C", "sub", "reset", "-q"]);
    repo.git(&["-C", "sub", "update-index", "--assume-unchanged", "file"]);
    repo.write("sub/file", "2\n");
    assert_eq!(reasons(&opened, &head), [Reason::Hidden("sub/file".to_owned())]);
}

#[test]
fn e18_a_submodule_that_is_not_checked_out_does_not_stop_the_telling() {
    let (repo, head, _) = with_submodule();
    let clone = TestRepo::clone_of(repo.path(), &[]);
    assert_eq!(reasons(&clone.open(), &head), []);
}

#[test]
fn e18_a_linked_work_tree_is_judged_by_itself() {
    let (repo, head, opened) = with_file();
    let linked = repo.outside().join("linked");
    repo.git(&["worktree", "add", "-q", "--detach", &linked.display().to_string()]);
    repo.write("file", "2\n");
    assert_eq!(reasons(&opened, &head), changed("file"));
    let there = git_qms::store::open(&linked).expect("a sound repository");
    assert_eq!(reasons(&there, &head), []);
    std::fs::write(linked.join("link2"), "x").expect("written");
    std::fs::remove_file(linked.join("link")).expect("removed");
    assert_eq!(reasons(&there, &head), changed("link"));
}
