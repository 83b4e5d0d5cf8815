//! T08: every way in which a clone can lack something. None is a pass, each names what is missing and the command that gets it.

use std::path::{Path, PathBuf};

use crate::workshop::Workshop;

type Names<'a> = &'a [&'a str];

/// Nothing that answers yes or no says yes, and verify names a step.
#[track_caller]
fn is_incomplete(workshop: &Workshop, clone: &Path, what: &str, steps: &[&str]) {
    let root = workshop.made.root.clone();
    let tag = workshop.made.tag.clone();
    let verify = workshop.qms_in(clone, &["verify", "--strict", "--trust-root", &root]);
    assert_eq!(verify.code, 2, "{what}: {}{}", verify.out, verify.err);
    let said = format!("{}{}", verify.out, verify.err);
    assert!(said.contains("incomplete: ") || said.contains("not verified: "), "{what}: {said}");
    for step in steps {
        assert!(
            said.lines().any(|line| line.contains("hint: ") && line.contains(step)),
            "{what}: no {step:?} in:\n{said}"
        );
    }
    for command in [&["gate"][..], &["audit"], &["show", &tag], &["status"], &["release", "--change", "CHG-9"]] {
        let key = workshop.key("grace");
        let ran = workshop.qms_in(clone, &[command, &["--key", &key]].concat());
        // A tag alone may be missing from what is listed as there.
        assert!(
            ran.code == 2 || (ran.code == 1 && command[0] != "gate"),
            "{what}: {command:?}: {}{}",
            ran.out,
            ran.err
        );
    }
}

/// A copy of the repository whose objects are all in one pack; with the pack.
fn packed(workshop: &Workshop, name: &str) -> (PathBuf, PathBuf) {
    let copy = workshop.path(name);
    let copied = std::process::Command::new("cp").arg("-a").arg(workshop.repo()).arg(&copy).status();
    assert!(copied.is_ok_and(|status| status.success()));
    workshop.git_in(&copy, &["repack", "-adq"]).ok();
    workshop.git_in(&copy, &["prune-packed"]).ok();
    let files = std::fs::read_dir(copy.join(".git/objects/pack")).expect("packs").flatten();
    let pack = files.map(|file| file.path()).find(|path| path.extension().is_some_and(|ext| ext == "pack"));
    (copy, pack.expect("a pack"))
}

fn rewritten(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(file).expect("a file");
    change(&mut bytes);
    std::fs::remove_file(file).expect("a file");
    std::fs::write(file, bytes).expect("a file");
}

#[test]
fn t08_a_damaged_pack_is_never_a_pass_and_names_the_way_out() {
    let workshop = Workshop::new();
    let fsck = &["git fsck", "git qms sync --fetch-only"];
    let (copy, pack) = packed(&workshop, "truncated");
    rewritten(&pack, |bytes| bytes.truncate(bytes.len() / 2));
    is_incomplete(&workshop, &copy, "a truncated pack", fsck);
    let (copy, pack) = packed(&workshop, "missing");
    std::fs::remove_file(&pack).expect("a pack");
    is_incomplete(&workshop, &copy, "a missing pack", fsck);
    let (copy, pack) = packed(&workshop, "no-index");
    std::fs::remove_file(pack.with_extension("idx")).expect("an index");
    is_incomplete(&workshop, &copy, "a pack without its index", fsck);
    let (copy, pack) = packed(&workshop, "cut-index");
    rewritten(&pack.with_extension("idx"), |bytes| bytes.truncate(bytes.len() / 2));
    is_incomplete(&workshop, &copy, "a truncated index of a pack", fsck);
    let (copy, pack) = packed(&workshop, "rotten");
    rewritten(&pack, |bytes| {
        let half = bytes.len() / 2;
        bytes[half..half + 400].iter_mut().for_each(|byte| *byte ^= 0x55);
    });
    is_incomplete(&workshop, &copy, "a pack with rotten bytes", fsck);
    // A pack that is whole, and not the whole.
    let (copy, pack) = packed(&workshop, "two");
    let keep =
        workshop.git_in(&copy, &["rev-list", "--objects", "--no-object-names", "main", "refs/qms/trust"]).ok().text();
    let all = pack.parent().expect("a folder").join("pack");
    let mut command = workshop.command("git", &copy);
    crate::workshop::run(command.args(["pack-objects", "-q"]).arg(&all), (keep + "\n").as_bytes()).ok();
    std::fs::remove_file(&pack).expect("a pack");
    std::fs::remove_file(pack.with_extension("idx")).expect("an index");
    is_incomplete(&workshop, &copy, "a pack of branch and trust alone", &["git qms sync --fetch-only"]);
}

#[test]
fn t08_a_damaged_loose_object_is_never_a_pass_and_names_the_way_out() {
    let workshop = Workshop::new();
    let note = workshop.git(&["ls-tree", "-r", "refs/notes/qms"]);
    let note = note.split_whitespace().nth(2).expect("a note").to_owned();
    let names =
        ["refs/notes/qms", "refs/notes/qms^{tree}", "refs/qms/trust", &format!("{}^{{tree}}", workshop.made.commit)];
    let mut victims: Vec<String> = names.iter().map(|name| workshop.git(&["rev-parse", name])).collect();
    victims.push(note);
    for victim in victims {
        let file = workshop.repo().join(".git/objects").join(&victim[..2]).join(&victim[2..]);
        let whole = std::fs::read(&file).expect("a loose object");
        let halves: [&[u8]; 3] = [&whole[..whole.len() / 2], b"", b"no zlib"];
        for bytes in halves {
            std::fs::remove_file(&file).expect("a loose object");
            std::fs::write(&file, bytes).expect("a file");
            let what = format!("{victim} of {} bytes", bytes.len());
            let run = workshop.qms(&["verify", "--strict", "--trust-root", &workshop.made.root]);
            assert_eq!(run.code, 2, "{what}: {}{}", run.out, run.err);
            run.says("hint: ").says("git fsck");
        }
        std::fs::write(&file, &whole).expect("a file");
    }
    workshop.qms(&["verify"]).ok();
}

#[test]
fn t08_every_kind_of_clone_that_lacks_something_names_the_command_that_gets_it() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.git(&["push", "-q", "origin", "main"]);
    let origin = workshop.path("origin.git");
    workshop.git_in(&origin, &["config", "uploadpack.allowFilter", "true"]).ok();
    let url = format!("file://{}", origin.display());
    let all = ["refs/notes/qms:refs/notes/qms", "refs/qms/trust:refs/qms/trust", "refs/qms/files:refs/qms/files"];
    let clones: [(&str, Names<'_>, Names<'_>, Names<'_>); 4] = [
        ("shallow", &["--depth", "1"], &all, &["git fetch --unshallow"]),
        ("blobless", &["--filter=blob:none"], &all, &["git clone"]),
        ("treeless", &["--filter=tree:0"], &all, &["git clone"]),
        ("without-files", &[], &all[..2], &["git qms sync --fetch-only"]),
    ];
    for (name, options, refs, steps) in clones {
        workshop.git_in(workshop.dir.path(), &[&["clone", "-q"], options, &[&url, name]].concat()).ok();
        let clone = workshop.path(name);
        workshop.git_in(&clone, &[&["fetch", "-q", "origin"][..], refs].concat()).ok();
        // Of partial clones, the trust with its content: git brings what it is asked for.
        workshop.git_in(&clone, &["log", "-p", "refs/qms/trust"]).ok();
        let root = workshop.made.root.clone();
        let run = workshop.qms_in(&clone, &["verify", "--strict", "--trust-root", &root]);
        assert_eq!(run.code, 2, "{name}: {}{}", run.out, run.err);
        for step in steps {
            let is_hint = |line: &str| line.contains("hint: ") && line.contains(step);
            assert!(run.out.lines().chain(run.err.lines()).any(is_hint), "{name}: {step}: {}{}", run.out, run.err);
        }
    }
    // The command that gets it, got it.
    let shallow = workshop.path("shallow");
    workshop.git_in(&shallow, &["fetch", "-q", "--unshallow"]).ok();
    let root = workshop.made.root.clone();
    workshop.qms_in(&shallow, &["sync", "--fetch-only"]);
    workshop.qms_in(&shallow, &["verify", "--strict", "--trust-root", &root]).ok();
    let without = workshop.path("without-files");
    workshop.qms_in(&without, &["sync", "--fetch-only"]);
    workshop.qms_in(&without, &["verify", "--strict", "--trust-root", &root]).ok();
}

#[test]
fn t08_a_list_of_records_that_may_lack_some_says_so() {
    let workshop = Workshop::new();
    let note = workshop.git(&["ls-tree", "-r", "refs/notes/qms"]);
    let note = note.split_whitespace().nth(2).expect("a note").to_owned();
    workshop.qms(&["log"]).ok();
    std::fs::remove_file(workshop.repo().join(".git/objects").join(&note[..2]).join(&note[2..])).expect("loose");
    for args in [&["log"][..], &["log", "--ids"], &["log", "--json"]] {
        workshop.qms(args).exits(2).says("records may be missing");
    }
}
