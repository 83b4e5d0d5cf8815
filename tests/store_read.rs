//! Commits, trees and histories, read as git tells them.

mod support;

use git_qms::store::{ReadError, ResolveError};
use support::{EPOCH, TestRepo};

#[test]
fn a_commit_is_read_as_git_shows_it() {
    let repo = TestRepo::new();
    let first = repo.commit("file", "1", 5);
    repo.write("file", "2");
    repo.git(&[
        "commit",
        "-qam",
        "Subject\n\nCo-authored-by: Grace <grace@example.com>",
        "--author=Bob <bob@example.com>",
    ]);
    let id = repo.id("HEAD");
    let commit = repo.open().commit(&id).expect("readable");
    assert_eq!(commit.tree.to_string(), repo.git(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(commit.parents, [first]);
    assert_eq!((commit.author.name.as_str(), commit.author.email.as_str()), ("Bob", "bob@example.com"));
    assert_eq!((commit.committer.email.as_str(), commit.committer.time.seconds()), ("ada@example.com", EPOCH));
    assert_eq!(commit.co_authors, ["grace@example.com"]);
    assert!(commit.message.starts_with("Subject\n"));
    assert!(!commit.signed);
}

#[test]
fn revisions_resolve_as_git_resolves_them() {
    let repo = TestRepo::new();
    repo.commit("file", "1", 0);
    repo.commit("file", "2", 1);
    repo.git(&["tag", "-a", "-m", "x", "v1", "HEAD^"]);
    let opened = repo.open();
    for revision in ["HEAD", "HEAD~1", "main", "v1", "v1^{}", "HEAD@{0}", ":/Change", "main^0"] {
        let expected = repo.git(&["log", "-1", "--format=%H", revision]);
        assert_eq!(opened.resolve(revision).expect(revision).to_string(), expected, "{revision}");
    }
    assert!(matches!(opened.resolve("--all"), Err(ResolveError::Dash(_))));
    for unknown in ["nothing", "", "HEAD^{tree}", "HEAD:file", "a\0b"] {
        assert!(matches!(opened.resolve(unknown), Err(ResolveError::Unknown { .. })), "{unknown:?}");
    }
}

#[test]
fn a_loose_object_with_other_bytes_than_its_id_says_is_refused() {
    let repo = TestRepo::new();
    let id = repo.commit("file", "1", 0);
    let other = repo.commit("file", "2", 1);
    let path = |id: &str| repo.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    std::fs::remove_file(path(&id.to_string())).expect("removed");
    std::fs::copy(path(&other.to_string()), path(&id.to_string())).expect("copied");
    let error = repo.open().commit(&id).expect_err("wrong bytes");
    assert!(matches!(&error, ReadError::WrongHash { id: named, .. } if *named == id.to_string()), "{error}");
}

#[test]
fn a_file_at_a_commit_is_read_within_its_limit() {
    let repo = TestRepo::new();
    let id = repo.commit(".qms/policy.toml", "x = 1\n", 0);
    let opened = repo.open();
    assert_eq!(opened.read_blob_at(&id, ".qms/policy.toml", 6).expect("readable"), Some(b"x = 1\n".to_vec()));
    for none in [".qms", ".qms/other", "policy.toml", ".qms/policy.toml/x", "", "/"] {
        assert_eq!(opened.read_blob_at(&id, none, 100).expect("readable"), None, "{none:?}");
    }
    let error = opened.read_blob_at(&id, ".qms/policy.toml", 5).expect_err("too large");
    assert!(error.to_string().contains("the limit is 5"), "{error}");
}

#[test]
fn changed_paths_are_those_of_git_diff_tree() {
    let repo = TestRepo::new();
    for path in ["a", "a.b/x", "a0", "dir/sub/one", "dir/sub/two", "dir/file", "gone/deep/er", "mode"] {
        repo.commit(path, path, 0);
    }
    let base = repo.id("HEAD");
    repo.git(&["rm", "-q", "-r", "gone", "a"]);
    repo.write("a/now/a/tree", "1");
    repo.write("dir/sub/two", "changed");
    repo.git(&["update-index", "--chmod=+x", "mode"]);
    repo.git(&["add", "a", "dir"]);
    repo.git(&["commit", "-qm", "many"]);
    let head = repo.id("HEAD");
    let opened = repo.open();
    let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let expected = lines(repo.git(&["diff-tree", "-r", "--name-only", "--no-renames", &base.to_string(), "HEAD"]));
    let mut sorted = expected.clone();
    sorted.sort();
    assert_eq!(opened.changed_paths(Some(&base), &head).expect("readable"), sorted);
    let mut all = lines(repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]));
    all.sort();
    assert_eq!(opened.changed_paths(None, &head).expect("readable"), all);
    assert_eq!(opened.changed_paths(Some(&head), &head).expect("readable"), Vec::<String>::new());
}

/// The merges claim to be older than what they merge: dates must not decide.
/// main: 1 – 2 – M1 – 5 – M2, where M1 merges side (3 – 4, from 1) and M2 merges late (6, from side).
fn merged() -> TestRepo {
    let repo = TestRepo::new();
    repo.commit("one", "1", 1);
    repo.git(&["branch", "side"]);
    repo.commit("two", "2", 2);
    repo.git(&["checkout", "-q", "side"]);
    repo.commit("three", "3", 3);
    repo.commit("four", "4", 4);
    repo.git(&["branch", "late"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "M1", "side"]);
    repo.git(&["tag", "m1"]);
    repo.commit("five", "5", 5);
    repo.git(&["checkout", "-q", "late"]);
    repo.commit("six", "6", 6);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "M2", "late"]);
    repo
}

#[test]
fn containment_is_that_of_git_merge_base() {
    let repo = merged();
    let opened = repo.open();
    for a in ["main", "side", "late", "m1", "m1^", "main~3"] {
        for b in ["main", "side", "late", "m1", "m1^", "main~3"] {
            let expected = repo.try_git(&["merge-base", "--is-ancestor", a, b]);
            assert_eq!(opened.is_ancestor(&repo.id(a), &repo.id(b)).expect("readable"), expected, "{a} in {b}");
        }
    }
}

#[test]
fn ranges_and_merges_are_those_of_git_rev_list() {
    let repo = merged();
    let opened = repo.open();
    let list = |args: &[&str]| -> Vec<_> {
        let mut full = vec!["rev-list"];
        full.extend(args);
        repo.git(&full).lines().map(|line| line.parse().expect("an id")).collect()
    };
    let range = |from: Option<&str>| {
        let from = from.map(|from| repo.id(from));
        opened.first_parent_range(from.as_ref(), &repo.id("main")).expect("readable")
    };
    assert_eq!(range(None), list(&["--first-parent", "--reverse", "main"]));
    assert_eq!(range(Some("m1")), list(&["--first-parent", "--reverse", "m1..main"]));
    assert_eq!(range(Some("side")), list(&["--first-parent", "--reverse", "side..main"]));
    assert_eq!(range(Some("main")), []);
    for merge in ["main", "m1"] {
        let mut expected = list(&[&format!("{merge}^1..{merge}^2")]);
        let mut found = opened.merged_by(&repo.id(merge)).expect("readable");
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{merge}");
    }
    assert_eq!(opened.merged_by(&repo.id("side")).expect("readable"), []);
}

#[test]
fn changed_lines_are_those_of_git_diff_numstat() {
    let repo = TestRepo::new();
    repo.write("kept", "a\nb\nc\n");
    repo.write("moved", "1\n2\n3\n4\n5\n6\n");
    repo.git(&["add", "."]);
    let base = repo.commit("gone", "x\ny\n", 0);
    repo.write("moved", "4\n5\n6\n1\n2\n3\n");
    repo.write("kept", "a\nB\nc\nd\n");
    repo.git(&["rm", "-q", "gone"]);
    repo.git(&["add", "."]);
    let head = repo.commit("new", "n\n", 1);
    let range = format!("{base}..{head}");
    let numstat = repo.git(&["diff", "--numstat", "--no-renames", "--minimal", &range]);
    let told: u64 = numstat.split_whitespace().filter_map(|word| word.parse::<u64>().ok()).sum();
    let opened = repo.open();
    let count = |most| opened.changed_lines(Some(&base), &head, &|_| true, most).expect("readable");
    assert_eq!(told, 12, "{numstat}");
    assert_eq!([count(100), count(12), count(5)], [12, 12, 5]);
    let one = opened.changed_lines(Some(&base), &head, &|path| path == "new", 100).expect("readable");
    assert_eq!(one, 1);
    assert_eq!(opened.changed_lines(None, &base, &|_| true, 100).expect("readable"), 11);
}

#[test]
fn files_of_many_commits_are_those_of_each_by_itself_though_folders_are_read_once() {
    let repo = TestRepo::new();
    let mut commits = Vec::new();
    let files = [
        ("req/a.yml", "one"),
        ("src/main.rs", "fn main() {}"),
        ("deep/er/req/b.yml", "two"),
        // The same tree in another place, and then another one here.
        ("copy/req/b.yml", "two"),
        ("req/a.yml", "three"),
        ("deep/er/req/c.yml", "four"),
    ];
    for (path, content) in files {
        let file = repo.path().join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(&file, content).expect("written");
        repo.git(&["add", "."]);
        repo.git(&["commit", "-q", "-m", path]);
        commits.push(repo.git(&["rev-parse", "HEAD"]).parse().expect("an id"));
    }
    let opened = repo.open();
    let mut folders = git_qms::store::Folders::default();
    let is_wanted = |path: &str| path.contains("req/");
    for commit in &commits {
        let mut all = opened.blobs_of(commit).expect("read");
        all.retain(|(path, _)| is_wanted(path));
        assert_eq!(opened.wanted_blobs(commit, &mut folders, &is_wanted).expect("read"), all);
    }
}

#[test]
fn what_housekeeping_moves_is_found_however_often_it_does() {
    let repo = TestRepo::new();
    let mut commits = vec![repo.commit("file", "0", 0)];
    let opened = repo.open();
    let mut reader = opened.reader();
    // More often than gix has places for packs that came and went.
    for number in 1..40_i64 {
        commits.push(repo.commit("file", &number.to_string(), number));
        repo.git(&["repack", "-q", "-a", "-d"]);
        let newest = commits.last().expect("one");
        assert!(opened.has_object(newest));
        for commit in [&commits[0], newest] {
            assert_eq!(reader.commit(commit).expect("found").id, *commit);
            assert_eq!(opened.commit(commit).expect("found").id, *commit);
        }
    }
    repo.git(&["multi-pack-index", "write"]);
    repo.commit("file", "packed beside", 50);
    repo.git(&["repack", "-q", "-d"]);
    repo.git(&["multi-pack-index", "write"]);
    let last = repo.id("HEAD");
    assert_eq!(reader.commit(&last).expect("found").id, last);
    let absent = "0123456789012345678901234567890123456789".parse().expect("an id");
    assert!(!opened.has_object(&absent));
    assert!(matches!(reader.commit(&absent), Err(ReadError::Missing { .. })));
}

#[test]
fn references_are_all_listed_while_git_packs_them() {
    let repo = TestRepo::new();
    let commit = repo.commit("file", "0", 0);
    let opened = repo.open();
    let names: Vec<String> = (0..30).map(|number| format!("refs/heads/{number}/topic")).collect();
    std::thread::scope(|scope| {
        let packer = scope.spawn(|| {
            let create: Vec<String> = names.iter().map(|name| format!("create {name} {commit}\n")).collect();
            repo.git_with(&["update-ref", "--stdin"], Some(create.concat().as_bytes()));
            for turn in 0..40 {
                // Written anew, each is a file again, which packing takes away.
                let other = repo.commit("file", &format!("turn {turn}"), turn);
                let update: Vec<String> = names.iter().map(|name| format!("update {name} {other}\n")).collect();
                repo.git_with(&["update-ref", "--stdin"], Some(update.concat().as_bytes()));
                repo.git(&["pack-refs", "--all"]);
            }
        });
        let mut most = 0;
        while !packer.is_finished() {
            let listed = opened.branches().expect("listed").len();
            assert!(listed >= most, "{listed} of {most}");
            most = listed;
        }
        packer.join().expect("packed");
        assert_eq!(opened.branches().expect("listed").len(), names.len() + 1);
    });
}
