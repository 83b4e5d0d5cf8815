//! Attached files that are replaced, dropped or hidden.

use crate::workshop::Workshop;

const FILES: &str = "refs/qms/files";

impl Workshop {
    /// The path of the attached test report among the files.
    fn report_path(&self) -> String {
        let digest = self.git(&["hash-object", "../junit.xml"]);
        let listed = self.git(&["ls-tree", "-r", FILES]);
        let line = listed.lines().find(|line| line.contains(&digest)).expect("the report is attached");
        line.split('\t').nth(1).expect("a path").to_owned()
    }

    /// Makes the files anew from what `git ls-tree -r` would say of them.
    fn set_files(&self, listing: &str) {
        let index = self.path("index").display().to_string();
        std::fs::remove_file(&index).ok();
        let git = |args: &[&str], stdin: &[u8]| {
            let mut command = self.command("git", &self.repo());
            crate::workshop::run(command.args(args).env("GIT_INDEX_FILE", &index), stdin).ok().text()
        };
        git(&["update-index", "--add", "--index-info"], format!("{listing}\n").as_bytes());
        let tree = git(&["write-tree"], b"");
        let commit = self.git(&["commit-tree", "-m", "qms: attached files", &tree]);
        self.git(&["update-ref", FILES, &commit]);
    }

    /// The listing without the report, and with another blob in its place.
    fn listings(&self) -> (String, String) {
        let (listing, path) = (self.git(&["ls-tree", "-r", FILES]), self.report_path());
        let other = self.git_with(&["hash-object", "-w", "--stdin"], b"<testsuite tests=\"999\"/>");
        let without: Vec<&str> = listing.lines().filter(|line| !line.ends_with(&path)).collect();
        let without = without.join("\n");
        let replaced = format!("{without}\n100644 blob {other}\t{path}");
        (without, replaced)
    }

    fn digest(&self) -> String {
        self.report_path().replace('/', "")
    }
}

#[test]
fn a38_a_replaced_file_is_rejected_and_names_digest_and_record() {
    let workshop = Workshop::new();
    let (digest, (_, replaced)) = (workshop.digest(), workshop.listings());
    let before = workshop.verify();
    assert_eq!(
        (&before.passes().json["files"]["verified"], &before.json["files"]["mismatched"]),
        (&2.into(), &0.into())
    );
    workshop.set_files(&replaced);
    let verdict = workshop.verify();
    verdict.rejects("file-wrong", &workshop.made.test).rejects("file-wrong", FILES);
    assert_eq!((&verdict.json["files"]["verified"], &verdict.json["files"]["mismatched"]), (&1.into(), &1.into()));
    let told = verdict.json["findings"].to_string();
    assert!(told.contains(&digest) && told.contains("was replaced"), "{told}");
    workshop.qms(&["show", "--file", &digest]).exits(1).says("was replaced in refs/qms/files");
    workshop.qms(&["show", &workshop.made.test]).ok().says("mismatched");
    // Nothing else of the record is in doubt.
    workshop.qms(&["gate"]).ok();
}

#[test]
fn a38_a_dropped_file_is_rejected_and_a_clone_that_has_it_mends() {
    let workshop = Workshop::new();
    let (digest, (without, _)) = (workshop.digest(), workshop.listings());
    workshop.set_files(&without);
    let verdict = workshop.verify();
    verdict.rejects("file-missing", &workshop.made.test);
    assert_eq!(verdict.json["files"]["missing"], 1);
    workshop.qms(&["show", "--file", &digest]).exits(2).says("is not in refs/qms/files here").says("hint:");
    workshop.qms(&["sync"]).ok().says("files   1 came, 0 went");
    workshop.verify().passes();
}

#[test]
fn a38_files_that_were_never_fetched_are_incomplete_and_never_a_pass() {
    let workshop = Workshop::new();
    let digest = workshop.digest();
    workshop.git(&["update-ref", "-d", FILES]);
    let verdict = workshop.verify();
    verdict.is_incomplete();
    assert!(verdict.has("incomplete", "file-missing", &workshop.made.test), "{:#}", verdict.json);
    workshop.qms(&["show", "--file", &digest]).exits(2);
    workshop.qms(&["sync", "--fetch-only"]).ok();
    workshop.verify().passes();
}

#[test]
fn a38_a_file_whose_blob_is_gone_is_incomplete_and_one_with_other_bytes_rejected() {
    let workshop = Workshop::new();
    let blob = workshop.git(&["hash-object", "../junit.xml"]);
    let object = workshop.repo().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    let bytes = std::fs::read(&object).expect("a loose object");
    std::fs::remove_file(&object).expect("removed");
    let verdict = workshop.verify();
    verdict.is_incomplete();
    assert!(verdict.has("incomplete", "object-missing", &workshop.made.test), "{:#}", verdict.json);
    let other = workshop.git_with(&["hash-object", "-w", "--stdin"], b"other bytes");
    let other = workshop.repo().join(".git/objects").join(&other[..2]).join(&other[2..]);
    std::fs::copy(other, &object).expect("copied");
    workshop.verify().rejects("object-wrong", &workshop.made.test);
    std::fs::remove_file(&object).expect("removed");
    std::fs::write(&object, bytes).expect("put back");
    workshop.verify().passes();
}

#[test]
fn what_is_no_file_is_a_warning_and_the_next_attachment_cleans_up() {
    let workshop = Workshop::new();
    let listing = workshop.git(&["ls-tree", "-r", FILES]);
    let blob = workshop.git(&["hash-object", "../junit.xml"]);
    workshop.set_files(&format!("{listing}\n100644 blob {blob}\tnotes/readme.txt"));
    workshop.verify().passes_with("warning", "files-path", FILES);
    std::fs::write(workshop.path("more.txt"), "more\n").expect("a file");
    let more = workshop.path("more.txt").display().to_string();
    let plan = ["record", "plan", "--change", "CHG-2", "--reason", "More", "--attach", &more];
    workshop.qms(&plan).ok();
    let verdict = workshop.verify();
    assert!(!verdict.passes().has("warning", "files-path", FILES));
    assert_eq!(verdict.json["files"]["verified"], 3);
}
