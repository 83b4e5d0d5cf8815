//! The guard: what is opened, what is refused, and what is never read.

mod support;

use git_qms::store::{self, OpenError, Warning};
use support::TestRepo;

fn refusal(repo: &TestRepo) -> OpenError {
    match store::open(repo.path()) {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

#[test]
fn a_repository_is_found_from_a_subdirectory() {
    let repo = TestRepo::new();
    repo.commit("a/b/file", "1", 0);
    let opened = store::open(&repo.path().join("a/b")).expect("found");
    let canonical = |path: &std::path::Path| path.canonicalize().expect("there");
    assert_eq!(opened.workdir().map(canonical), Some(canonical(repo.path())));
    assert_eq!(opened.warnings(), []);
    assert_eq!(opened.conditions(), store::Conditions::default());
}

#[test]
fn bare_repositories_and_linked_worktrees_are_opened() {
    let bare = TestRepo::bare();
    assert_eq!(bare.open().workdir(), None);

    let repo = TestRepo::new();
    let first = repo.commit("file", "1", 0);
    let linked = repo.outside().join("linked");
    repo.git(&["worktree", "add", "-q", "--detach", linked.to_str().expect("UTF-8")]);
    let opened = store::open(&linked).expect("a linked worktree");
    assert!(opened.git_dir().ends_with(".git/worktrees/linked"), "{}", opened.git_dir().display());
    assert_eq!(
        opened.common_dir().canonicalize().expect("there"),
        repo.path().join(".git").canonicalize().expect("there")
    );
    assert_eq!(opened.head().expect("readable"), Some(first));
    assert_eq!(opened.resolve("HEAD").expect("resolves"), first);
}

#[test]
fn git_dir_of_the_environment_is_honoured() {
    const NAME: &str = "git_dir_of_the_environment_is_honoured";
    if support::in_child(NAME) {
        let opened = store::open(std::path::Path::new("/")).expect("GIT_DIR names it");
        let named = std::path::PathBuf::from(std::env::var_os("GIT_DIR").expect("set"));
        assert_eq!(opened.git_dir(), named);
        assert_eq!(opened.workdir(), std::env::var_os("GIT_WORK_TREE").as_ref().map(std::path::Path::new));
        assert!(opened.resolve("HEAD").is_ok());
        return;
    }
    let repo = TestRepo::new();
    repo.commit("file", "1", 0);
    let tree = repo.outside().join("elsewhere");
    std::fs::create_dir(&tree).expect("made");
    support::again_with(NAME, &[("GIT_DIR", &repo.path().join(".git")), ("GIT_WORK_TREE", &tree)]);
    let bad = TestRepo::with(&["init", "-q", "--object-format=sha256"]);
    assert!(matches!(refusal(&bad), OpenError::ObjectFormat { .. }));
}

#[test]
fn objects_in_the_quarantine_of_a_push_are_read() {
    const NAME: &str = "objects_in_the_quarantine_of_a_push_are_read";
    if support::in_child(NAME) {
        let opened = store::open(std::path::Path::new("/")).expect("GIT_DIR names it");
        let pushed = std::env::var("QMS_TEST_PUSHED").expect("set").parse().expect("an id");
        assert_eq!(opened.commit(&pushed).expect("in quarantine").parents.len(), 1);
        return;
    }
    let repo = TestRepo::bare();
    let source = TestRepo::new();
    source.commit("file", "1", 0);
    let pushed = source.commit("file", "2", 1).to_string();
    assert!(repo.open().commit(&pushed.parse().expect("an id")).is_err());
    let objects = source.path().join(".git/objects");
    let env = [("GIT_DIR", repo.path()), ("GIT_OBJECT_DIRECTORY", &objects), ("QMS_TEST_PUSHED", pushed.as_ref())];
    support::again_with(NAME, &env);
}

#[test]
fn known_extensions_are_accepted() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    for (name, value) in [
        ("noop", "true"),
        ("noop-v1", "true"),
        ("preciousObjects", "true"),
        ("worktreeConfig", "true"),
        ("objectFormat", "sha1"),
        ("refStorage", "files"),
        ("relativeWorktrees", "true"),
    ] {
        repo.git(&["config", &format!("extensions.{name}"), value]);
        assert!(!repo.open().conditions().partial, "{name}");
    }
}

#[test]
fn an_unknown_extension_is_refused_by_name() {
    let repo = TestRepo::new();
    repo.git(&["config", "extensions.shinyNew", "true"]);
    let error = refusal(&repo);
    assert!(matches!(&error, OpenError::Extension { name } if name.eq_ignore_ascii_case("shinyNew")), "{error}");
}

#[test]
fn a_format_of_the_future_is_refused() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "2"]);
    assert!(matches!(refusal(&repo), OpenError::Version { value } if value == "2"));
}

#[test]
fn sha256_is_refused_by_name() {
    let repo = TestRepo::with(&["init", "-q", "--object-format=sha256"]);
    let error = refusal(&repo).to_string();
    assert!(error.starts_with("extensions.objectFormat is \"sha256\""), "{error}");
}

#[test]
fn reftable_is_refused_with_the_way_out() {
    let repo = TestRepo::with(&["init", "-q", "--ref-format=reftable"]);
    let error = refusal(&repo).to_string();
    assert!(error.contains("git refs migrate --ref-format=files"), "{error}");
    repo.git(&["refs", "migrate", "--ref-format=files"]);
    repo.open();
}

#[test]
fn a_repository_of_somebody_else_is_refused() {
    let repo = TestRepo::new();
    let other = std::process::Command::new("chown").args(["-R", "54321"]).arg(repo.path()).status();
    if !other.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: only root can give files away");
        return;
    }
    let error = refusal(&repo);
    assert!(matches!(error, OpenError::Untrusted { .. }), "{error}");
    assert!(error.to_string().contains("safe.directory"), "{error}");
}

#[test]
fn no_repository_is_an_error_that_says_what_to_do() {
    let empty = tempfile::tempdir().expect("a directory");
    let error = store::open(empty.path()).map(|_| ()).expect_err("no repository");
    assert!(matches!(error, OpenError::NotFound { .. }), "{error}");
}

#[test]
fn broken_configuration_is_refused() {
    let repo = TestRepo::new();
    std::fs::write(repo.path().join(".git/config"), "[core\nx").expect("written");
    assert!(matches!(refusal(&repo), OpenError::Config { .. }));
}

#[test]
fn replacements_are_seen_and_never_followed() {
    let repo = TestRepo::new();
    let first = repo.commit("file", "1", 0);
    let second = repo.commit("file", "2", 1);
    repo.git(&["replace", &second.to_string(), &first.to_string()]);
    assert_eq!(repo.git(&["log", "-1", "--format=%P", "HEAD"]), "", "git follows the replacement");
    let opened = repo.open();
    assert_eq!(opened.warnings(), [Warning::ReplaceRefs]);
    assert_eq!(opened.commit(&second).expect("readable").parents, [first]);
    assert_eq!(opened.resolve("HEAD^").expect("resolves"), first);
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(repo.open().warnings(), [Warning::ReplaceRefs]);
}

#[test]
fn grafts_and_commit_graphs_are_seen_and_never_read() {
    let repo = TestRepo::new();
    let first = repo.commit("file", "1", 0);
    let second = repo.commit("file", "2", 1);
    repo.git(&["commit-graph", "write", "--reachable"]);
    std::fs::write(repo.path().join(".git/info/grafts"), format!("{second}\n")).expect("written");
    let opened = repo.open();
    assert_eq!(opened.warnings(), [Warning::Grafts, Warning::CommitGraph]);
    assert_eq!(opened.commit(&second).expect("readable").parents, [first]);
}

#[test]
fn shallow_and_partial_clones_are_seen() {
    let repo = TestRepo::new();
    repo.commit("file", "1", 0);
    repo.commit("file", "2", 1);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let shallow = TestRepo::clone_of(repo.path(), &["--depth=1"]);
    assert_eq!(shallow.open().conditions(), store::Conditions { shallow: true, partial: false });
    let partial = TestRepo::clone_of(repo.path(), &["--filter=blob:none", "--no-checkout"]);
    let opened = partial.open();
    assert_eq!(opened.conditions(), store::Conditions { shallow: false, partial: true });
    let head = opened.head().expect("readable").expect("a commit");
    let error = opened.read_blob_at(&head, "file", 10).expect_err("not fetched on demand");
    assert!(matches!(error, store::ReadError::Missing { .. }), "{error}");
}
