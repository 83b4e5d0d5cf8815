//! Replacements, grafts, wrong bytes; shallow, partial and damaged clones; odd paths in the notes tree.

use std::path::Path;

use crate::forge::plan;
use crate::workshop::Workshop;

#[test]
fn a17_a_replaced_object_is_never_read_and_said() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    // A note without the test record in place of the real one.
    let tree = workshop.git(&["ls-tree", "-r", "refs/notes/qms"]);
    let note = tree.lines().find(|line| line.replace('/', "").ends_with(&made.commit)).expect("the note");
    let note = note.split_whitespace().nth(2).expect("an id");
    let other = workshop.git_with(&["hash-object", "-w", "--stdin"], b"nothing to see\n");
    workshop.git(&["replace", note, &other]);
    assert_eq!(workshop.git(&["notes", "--ref=qms", "show", &made.commit]), "nothing to see", "git follows it");
    workshop.verify().passes_with("warning", "not-read", "");
}

#[test]
fn a17_grafts_are_never_read_and_said() {
    let workshop = Workshop::new();
    let tip = workshop.git(&["rev-parse", "refs/notes/qms"]);
    std::fs::create_dir_all(workshop.repo().join(".git/info")).expect("a directory");
    std::fs::write(workshop.repo().join(".git/info/grafts"), format!("{tip}\n")).expect("a file");
    workshop.verify().passes_with("warning", "not-read", "");
}

#[test]
fn a17_a_forged_commit_graph_is_never_read_and_said() {
    let workshop = Workshop::new();
    workshop.git(&["commit-graph", "write", "--reachable"]);
    let graph = workshop.repo().join(".git/objects/info/commit-graph");
    let mut bytes = std::fs::read(&graph).expect("a graph");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let _ = std::fs::remove_file(&graph);
    std::fs::write(&graph, bytes).expect("a file");
    workshop.verify().passes_with("warning", "not-read", "");
}

/// The file of a loose object.
fn loose(workshop: &Workshop, id: &str) -> std::path::PathBuf {
    workshop.repo().join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// The blob of the note on a commit.
fn note_of(workshop: &Workshop, commit: &str) -> String {
    let tree = workshop.git(&["ls-tree", "-r", "refs/notes/qms"]);
    let line = tree.lines().find(|line| line.replace('/', "").ends_with(commit)).expect("the note");
    line.split_whitespace().nth(2).expect("an id").to_owned()
}

/// Puts the bytes of one object in the place of another.
fn swap(workshop: &Workshop, victim: &str, bytes_of: &str) {
    let (to, from) = (loose(workshop, victim), loose(workshop, bytes_of));
    std::fs::remove_file(&to).expect("a loose object");
    std::fs::copy(from, to).expect("a copy");
}

#[test]
fn a17_a_note_with_other_bytes_than_its_id_says_is_rejected() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let rest: Vec<String> = workshop.lines_on(&commit).into_iter().skip(1).collect();
    let other = workshop.git_with(&["hash-object", "-w", "--stdin"], (rest.join("\n") + "\n").as_bytes());
    swap(&workshop, &note_of(&workshop, &commit), &other);
    workshop.verify().rejects("object-wrong", "refs/notes/qms");
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a17_a_ledger_commit_with_other_bytes_than_its_id_says_is_rejected() {
    let workshop = Workshop::new();
    let tip = workshop.git(&["rev-parse", "refs/notes/qms"]);
    let tree = workshop.git(&["rev-parse", "refs/notes/qms^{tree}"]);
    let other = workshop.git(&["commit-tree", &tree, "-m", "without a past"]);
    swap(&workshop, &tip, &other);
    workshop.verify().rejects("object-wrong", "refs/notes/qms");
}

#[test]
fn a17_a_commit_with_another_tree_than_its_id_says_is_no_pass() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let tree = workshop.git(&["mktree"]);
    let other = workshop.git(&["commit-tree", &tree, "-m", "emptied"]);
    swap(&workshop, &commit, &other);
    assert_ne!(workshop.qms(&["gate"]).code, 0);
    let run = workshop.qms(&["verify", "--strict", "--trust-root", &workshop.made.root.clone()]);
    run.exits(1).says("object-wrong");
}

#[test]
fn a17_a_released_file_with_other_bytes_than_its_id_says_is_rejected() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    let victim = workshop.git(&["rev-parse", &format!("{}:file", made.commit)]);
    let other = workshop.git_with(&["hash-object", "-w", "--stdin"], b"two\n");
    swap(&workshop, &victim, &other);
    workshop.verify().rejects("object-wrong", "").rejects("object-wrong", &format!("refs/tags/{}", made.tag));
    // One that is not there proves nothing wrong.
    std::fs::remove_file(loose(&workshop, &victim)).expect("a loose object");
    let verdict = workshop.verify();
    verdict.is_incomplete();
    assert!(verdict.has("incomplete", "object-missing", &format!("refs/tags/{}", made.tag)), "{:#}", verdict.json);
}

#[test]
fn a18_a_pack_that_holds_branch_and_trust_alone_is_incomplete() {
    let workshop = Workshop::new();
    let clone = workshop.path("part");
    std::fs::create_dir(&clone).expect("a directory");
    workshop.git_in(&clone, &["init", "-q"]).ok();
    let held = workshop.git(&["rev-list", "--objects", "--no-object-names", "main", "refs/qms/trust"]);
    let pack = clone.join(".git/objects/pack/part").display().to_string();
    workshop.git_with(&["pack-objects", "-q", &pack], (held + "\n").as_bytes());
    for name in ["refs/heads/main", "refs/qms/trust", "refs/notes/qms"] {
        let tip = workshop.git(&["rev-parse", name]) + "\n";
        std::fs::create_dir_all(clone.join(".git").join(name).parent().expect("a folder")).expect("a folder");
        std::fs::write(clone.join(".git").join(name), tip).expect("a reference");
    }
    workshop.verify_in(&clone).is_incomplete();
}

/// Neither verify, gate nor release says yes.
fn never_passes(workshop: &Workshop, clone: &Path) {
    workshop.verify_in(clone).is_incomplete();
    assert_eq!(workshop.qms_in(clone, &["gate"]).code, 2);
    let key = workshop.key("grace");
    let release = workshop.qms_in(clone, &["release", "--change", "CHG-9", "--key", &key]);
    assert_ne!(release.code, 0, "{}", release.out);
    assert_eq!(workshop.git_in(clone, &["tag", "-l"]).out.lines().count(), 1, "no tag was made");
}

fn cloned(workshop: &Workshop, options: &[&str]) -> std::path::PathBuf {
    workshop.git_in(&workshop.path("origin.git"), &["config", "uploadpack.allowFilter", "true"]).ok();
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &[&["clone", "-q"][..], options, &[&url, "clone"]].concat()).ok();
    let clone = workshop.path("clone");
    workshop.qms_in(&clone, &["sync", "--fetch-only"]);
    clone
}

#[test]
fn a18_a_shallow_clone_is_incomplete() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.git(&["push", "-q", "origin", "main"]);
    let clone = cloned(&workshop, &["--depth", "1"]);
    workshop.git_in(&clone, &["fetch", "-q", "--tags", "--depth", "1"]);
    never_passes(&workshop, &clone);
}

#[test]
fn a18_a_shallow_ledger_is_incomplete() {
    let workshop = Workshop::new();
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &url, "clone"]).ok();
    let clone = workshop.path("clone");
    let specs = ["refs/notes/qms:refs/notes/qms", "refs/qms/trust:refs/qms/trust"];
    workshop.git_in(&clone, &["fetch", "-q", "origin", specs[1]]).ok();
    workshop.git_in(&clone, &["fetch", "-q", "--depth", "2", "origin", specs[0]]).ok();
    never_passes(&workshop, &clone);
}

/// Brings the references of a partial clone with stock git, and of their content the trust alone.
fn bring_the_trust(workshop: &Workshop, clone: &Path) {
    for command in [&["sync", "--fetch-only"][..], &["verify"], &["gate"], &["release", "--change", "CHG-9"]] {
        workshop.qms_in(clone, command).exits(2);
    }
    let references = ["refs/notes/qms:refs/notes/qms", "refs/qms/trust:refs/qms/trust"];
    workshop.git_in(clone, &["fetch", "-q", "origin", references[0], references[1]]).ok();
    workshop.git_in(clone, &["log", "-p", "refs/qms/trust"]).ok();
}

#[test]
fn a18_a_clone_without_blobs_is_incomplete() {
    let workshop = Workshop::new();
    let clone = cloned(&workshop, &["--filter=blob:none"]);
    bring_the_trust(&workshop, &clone);
    never_passes(&workshop, &clone);
}

#[test]
fn a18_a_clone_without_trees_is_incomplete() {
    let workshop = Workshop::new();
    let clone = cloned(&workshop, &["--filter=tree:0", "--no-checkout"]);
    bring_the_trust(&workshop, &clone);
    never_passes(&workshop, &clone);
}

#[test]
fn a18_a_missing_note_is_incomplete() {
    let workshop = Workshop::new();
    std::fs::remove_file(loose(&workshop, &note_of(&workshop, &workshop.made.commit))).expect("a loose object");
    never_passes(&workshop, &workshop.repo());
    assert!(workshop.verify().has("incomplete", "object-missing", "refs/notes/qms"));
}

#[test]
fn a18_a_missing_note_of_the_past_is_incomplete() {
    let workshop = Workshop::new();
    let past = workshop.git(&["rev-parse", &format!("{}^{{tree}}", workshop.made.before_release)]);
    let tree = workshop.git(&["ls-tree", "-r", &past]);
    let line = tree.lines().find(|line| line.replace('/', "").ends_with(&workshop.made.commit)).expect("the note");
    std::fs::remove_file(loose(&workshop, line.split_whitespace().nth(2).expect("an id"))).expect("a loose object");
    never_passes(&workshop, &workshop.repo());
}

#[test]
fn a18_a_missing_ledger_commit_is_incomplete() {
    let workshop = Workshop::new();
    std::fs::remove_file(loose(&workshop, &workshop.made.before_release)).expect("a loose object");
    never_passes(&workshop, &workshop.repo());
}

#[test]
fn a18_a_missing_notes_tree_is_incomplete() {
    let workshop = Workshop::new();
    let tree = workshop.git(&["rev-parse", "refs/notes/qms^{tree}"]);
    std::fs::remove_file(loose(&workshop, &tree)).expect("a loose object");
    never_passes(&workshop, &workshop.repo());
}

#[test]
fn a18_a_missing_tag_object_is_no_pass() {
    let workshop = Workshop::new();
    let object = workshop.git(&["rev-parse", &format!("refs/tags/{}", workshop.made.tag)]);
    std::fs::remove_file(loose(&workshop, &object)).expect("a loose object");
    assert_eq!(workshop.verify().code, 2, "{:#}", workshop.verify().json);
    assert_eq!(workshop.qms(&["gate"]).code, 2);
}

#[test]
fn a18_a_missing_trust_version_is_no_pass() {
    let workshop = Workshop::new();
    let commit = workshop.git(&["rev-parse", "refs/qms/trust~1"]);
    std::fs::remove_file(loose(&workshop, &commit)).expect("a loose object");
    for command in [&["verify"][..], &["gate"], &["release", "--change", "CHG-1842"]] {
        workshop.qms(command).exits(2);
    }
}

#[test]
fn a18_an_error_outweighs_what_is_missing() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let other = workshop.git(&["rev-parse", &format!("{commit}~1")]);
    workshop.put_line(&other, "garbage");
    std::fs::remove_file(loose(&workshop, &note_of(&workshop, &commit))).expect("a loose object");
    workshop.verify().rejects("envelope-form", &other);
}

/// A ledger commit on the tip with this tree entry added.
fn with_entry(workshop: &Workshop, entry: &str) -> String {
    let tree = workshop.git(&["ls-tree", "refs/notes/qms"]);
    let tree = workshop.git_with(&["mktree"], format!("{tree}\n{entry}\n").as_bytes());
    let commit = workshop.git(&["commit-tree", &tree, "-p", "refs/notes/qms", "-m", "odd"]);
    workshop.git(&["update-ref", "refs/notes/qms", &commit]);
    commit
}

#[test]
fn a19_a_second_path_for_one_commit_is_rejected_by_name() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let note = note_of(&workshop, &commit);
    let inner = workshop.git_with(&["mktree"], format!("100644 blob {note}\t{}\n", &commit[2..]).as_bytes());
    let odd = with_entry(&workshop, &format!("040000 tree {inner}\t{}", &commit[..2]));
    let verdict = workshop.verify();
    verdict.rejects("notes-path", &odd);
    assert!(verdict.json.to_string().contains(&commit[2..]), "it names the path");
}

#[test]
fn a19_entries_that_are_no_notes_are_rejected_by_name() {
    let workshop = Workshop::new();
    let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], b"hello\n");
    let odd = with_entry(&workshop, &format!("100644 blob {blob}\tREADME"));
    let verdict = workshop.verify();
    verdict.rejects("notes-path", &odd);
    assert!(verdict.json.to_string().contains("README"));
    // A link, or an executable, where a note should be.
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], b"/etc/passwd");
    let odd = with_entry(&workshop, &format!("120000 blob {blob}\t{head}"));
    workshop.verify().rejects("notes-path", &odd);
}

#[test]
fn a19_a_note_on_a_tree_counts_for_nothing() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let tree = workshop.git(&["rev-parse", &format!("{commit}^{{tree}}")]);
    let (_, line) = workshop.line("ada", "ada", &commit, &plan("elsewhere"), |_| ());
    workshop.put_line(&tree, &line);
    workshop.verify().rejects("subject-differs", &tree);
}
