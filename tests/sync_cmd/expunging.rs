//! A file that two people expunge is gone everywhere, and nothing brings it back.

use std::path::{Path, PathBuf};

use crate::workshop::Workshop;

const SECRET: &str = "Jane Roe, 3 Elm Street, account 4711\n";

struct Case {
    workshop: Workshop,
    digest: String,
    blob: String,
    record: String,
}

impl Case {
    /// A record with a file that names a customer, in the origin and in a second clone.
    fn new() -> (Self, PathBuf) {
        let workshop = Workshop::new();
        let file = workshop.path("notes.txt");
        std::fs::write(&file, SECRET).expect("a file");
        let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-9", "--reason", "More", "--quiet"];
        let record = workshop.qms(&[&plan[..], &["--attach", &file.display().to_string()]].concat()).ok().text();
        workshop.qms(&["sync"]).ok();
        let grace = workshop.clone_of_origin("grace");
        let digest = git_qms::record::FileDigest::of(SECRET.as_bytes()).to_string();
        let blob = workshop.git_with(&["hash-object", "--stdin"], SECRET.as_bytes());
        (Self { workshop, digest, blob, record }, grace)
    }

    /// Ada asks, Grace signs in her clone, all sync.
    fn expunge(&self, grace: &Path) {
        let workshop = &self.workshop;
        let basis = ["--reason", "names a customer", "--legal-basis", "GDPR Art. 17(1)(b)"];
        workshop.qms(&[&["expunge", &self.digest[..12]][..], &basis].concat()).ok().says("a second person has to sign");
        workshop.qms(&["sync"]).ok();
        workshop.qms_in(grace, &["sync"]).ok();
        let key = workshop.key("grace");
        workshop.qms_in(grace, &["expunge", &self.digest, "--key", &key]).ok().says("expunged by ada and grace");
        workshop.qms_in(grace, &["sync"]).ok();
        workshop.qms(&["sync"]).ok();
    }

    /// Whether the bytes are still in a repository once it was cleaned up.
    fn is_in(&self, dir: &Path) -> bool {
        self.workshop.git_in(dir, &["reflog", "expire", "--expire=now", "--all"]).ok();
        self.workshop.git_in(dir, &["gc", "-q", "--prune=now"]).ok();
        self.workshop.git_in(dir, &["cat-file", "-e", &self.blob]).code == 0
    }
}

#[test]
fn e17_two_people_take_a_file_out_of_every_clone_and_the_server() {
    let (case, grace) = Case::new();
    let workshop = &case.workshop;
    let (repo, origin) = (workshop.repo(), workshop.path("origin.git"));
    for dir in [&repo, &grace, &origin] {
        assert!(case.is_in(dir), "{}", dir.display());
    }
    case.expunge(&grace);
    for dir in [&repo, &grace, &origin] {
        assert!(!case.is_in(dir), "{}", dir.display());
    }
    // What stays says so: expunged, by whom, why; not tampered, not missing.
    let verdict = workshop.verify();
    verdict.passes_with("info", "file-expunged", &case.record);
    assert!(!verdict.has("error", "file-missing", ""));
    let verified = workshop.qms(&["verify", "--json"]).json();
    assert_eq!((&verified["files"]["expunged"], &verified["files"]["missing"]), (&1.into(), &0.into()));
    workshop.qms(&["verify", "--all"]).says("expunged by ada and grace: names a customer (GDPR Art. 17(1)(b))");
    let shown = workshop.qms(&["show", &case.record]).ok();
    shown.says("expunged");
    workshop.qms(&["show", "--file", &case.digest]).exits(1).says("was expunged by ada and grace: names a customer");
    // The clone of a late comer has the rest.
    let late = workshop.clone_of_origin("late");
    workshop.verify_in(&late).passes();
    assert!(!case.is_in(&late));
}

#[test]
fn e17_sync_does_not_bring_it_back() {
    let (case, grace) = Case::new();
    let workshop = &case.workshop;
    let (old, origin) = (workshop.tip_in(&workshop.repo(), "refs/qms/files"), workshop.path("origin.git"));
    // A clone that was away meanwhile, and whose plain fetches remember the file.
    let away = workshop.clone_of_origin("away");
    workshop.git_in(&away, &["fetch", "-q"]).ok();
    case.expunge(&grace);
    workshop.plan_in(&away, "CHG-10");
    workshop.qms_in(&away, &["sync"]).ok().says("1 expunged");
    assert!(!case.is_in(&away));
    // Somebody puts it back at the server by force.
    workshop.git_in(&away, &["fetch", "-q", "origin"]).ok();
    let forced = workshop.git_with(&["hash-object", "-w", "--stdin"], SECRET.as_bytes());
    assert_eq!(forced, case.blob);
    let entry = format!("100644 blob {}\t{}\n", case.blob, &case.digest[2..]);
    let folder = workshop.git_with(&["mktree"], entry.as_bytes());
    let tree = workshop.git_with(&["mktree"], format!("040000 tree {folder}\t{}\n", &case.digest[..2]).as_bytes());
    let back = workshop.git(&["commit-tree", "-m", "back", &tree]);
    let spec = format!("{back}:refs/qms/files");
    let refused = workshop.git_in(&workshop.repo(), &["push", "-q", "-f", "origin", &spec]);
    assert_ne!(refused.code, 0);
    refused.says("would bring back file");
    workshop.git(&["push", "-q", "-f", "--no-verify", "origin", &spec]);
    workshop.qms(&["sync"]).ok();
    workshop.qms_in(&grace, &["sync"]).ok();
    for dir in [&workshop.repo(), &grace, &origin] {
        assert!(!case.is_in(dir), "{}", dir.display());
    }
    assert_ne!(workshop.tip_in(&origin, "refs/qms/files"), old);
    workshop.verify().passes();
}

#[test]
fn e17_one_person_alone_expunges_nothing() {
    let (case, _) = Case::new();
    let workshop = &case.workshop;
    workshop.qms(&["expunge", &case.digest]).exits(2).says("--reason is missing");
    workshop.qms(&["expunge", &case.digest, "--reason", "names a customer"]).exits(2).says("--legal-basis is missing");
    let basis = ["--reason", "names a customer", "--legal-basis", "GDPR"];
    let bot = workshop.qms_as("ci", &[&["expunge", &case.digest][..], &basis].concat());
    bot.exits(2).says("expunging files is for people");
    workshop.qms(&[&["expunge", &case.digest][..], &basis].concat()).ok();
    workshop.qms(&[&["expunge", &case.digest][..], &basis].concat()).exits(1).says("has signed");
    workshop.qms(&["expunge"]).ok().says("a second person has to sign");
    workshop.qms(&["sync"]).ok();
    assert!(case.is_in(&workshop.repo()) && case.is_in(&workshop.path("origin.git")));
    assert_eq!(workshop.qms(&["show", "--file", &case.digest]).ok().out, SECRET);
    workshop.qms(&["expunge", &"ab".repeat(32), "--reason", "x", "--legal-basis", "y"]).exits(2).says("no record");
    // The second time it is said that it is done.
    workshop.qms_as("grace", &["expunge", &case.digest]).ok();
    workshop.qms_as("grace", &["expunge", &case.digest]).exits(1).says("was expunged by ada and grace");
    let listed = workshop.qms(&["expunge", "--json"]).ok().json();
    assert_eq!(
        (&listed["files"][0]["state"], &listed["files"][0]["people"]),
        (&"expunged".into(), &serde_json::json!(["ada", "grace"]))
    );
}
