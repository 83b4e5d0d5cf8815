//! Attached files travel with the records that name them.

use std::path::Path;

use crate::workshop::{Run, Workshop};

const FILES: &str = "refs/qms/files";

impl Workshop {
    /// Records a plan with a file in a clone.
    fn attach_in(&self, clone: &Path, content: &str) -> Run {
        let file = self.path("attached.txt");
        std::fs::write(&file, content).expect("a file");
        let plan = ["record", "plan", "--change", "CHG-7", "--reason", "More", "--attach"];
        self.qms_in(clone, &[&plan[..], &[&file.display().to_string()]].concat()).ok()
    }

    fn files_in(&self, dir: &Path) -> Vec<String> {
        let listed = self.git_in(dir, &["ls-tree", "-r", "--name-only", FILES]).ok().text();
        listed.lines().map(str::to_owned).collect()
    }
}

#[test]
fn e11_two_clones_that_attach_at_once_both_keep_everything() {
    let workshop = Workshop::new();
    let (ada, grace, origin) = (workshop.repo(), workshop.clone_of_origin("grace"), workshop.path("origin.git"));
    let before = workshop.files_in(&origin).len();
    workshop.attach_in(&ada, "hers\n");
    workshop.attach_in(&grace, "his\n");
    workshop.attach_in(&grace, "both\n");
    workshop.attach_in(&ada, "both\n");
    workshop.qms_in(&ada, &["sync"]).ok().says("files   0 came, 2 went");
    workshop.qms_in(&grace, &["sync"]).ok().says("files   1 came, 1 went");
    workshop.qms_in(&ada, &["sync"]).ok().says("files   1 came, 0 went");
    let tips = [&ada, &grace, &origin].map(|dir| workshop.tip_in(dir, FILES));
    assert!(tips[0] == tips[1] && tips[1] == tips[2], "{tips:?}");
    assert_eq!(workshop.files_in(&ada).len(), before + 3);
    let quiet = workshop.qms_in(&ada, &["sync"]).ok();
    assert!(!quiet.out.contains("files "), "{}", quiet.out);
    for clone in [&ada, &grace] {
        workshop.verify_in(clone).passes();
    }
    let told = workshop.qms_in(&ada, &["sync", "--json"]).ok().json();
    assert_eq!(told["files"], serde_json::json!({ "came": 0, "went": 0, "refused": [], "expunged": 0 }));
}

#[test]
fn e11_push_only_takes_nothing_away_from_the_remote() {
    let workshop = Workshop::new();
    let (ada, grace) = (workshop.repo(), workshop.clone_of_origin("grace"));
    workshop.attach_in(&ada, "hers\n");
    workshop.qms_in(&ada, &["sync"]).ok();
    workshop.attach_in(&grace, "his\n");
    let late = workshop.qms_in(&grace, &["sync", "--push-only"]);
    assert_ne!(late.code, 0);
    late.says("fetch, unite and push again");
    // A plain fetch moves the lease; what it brought is united all the same.
    workshop.git_in(&grace, &["fetch", "-q"]).ok();
    workshop.qms_in(&grace, &["sync"]).ok();
    let origin = workshop.files_in(&workshop.path("origin.git"));
    assert!(workshop.files_in(&ada).iter().all(|file| origin.contains(file)));
    workshop.attach_in(&grace, "more\n");
    workshop.qms_in(&grace, &["sync", "--push-only"]).ok().says("files   0 came, 1 went");
    assert_eq!(workshop.files_in(&workshop.path("origin.git")).len(), origin.len() + 1);
}

#[test]
fn a38_forged_bytes_at_the_remote_are_not_taken_in_and_are_put_right() {
    let workshop = Workshop::new();
    let (ada, origin) = (workshop.repo(), workshop.path("origin.git"));
    let sound = workshop.files_in(&origin);
    let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], b"forged");
    let folder = workshop.git_with(&["mktree"], format!("100644 blob {blob}\t{}\n", &sound[0][3..]).as_bytes());
    let tree = workshop.git_with(&["mktree"], format!("040000 tree {folder}\t{}\n", &sound[0][..2]).as_bytes());
    let forged = workshop.git(&["commit-tree", "-m", "forged", &tree]);
    workshop.git(&["push", "-q", "--no-verify", "-f", "origin", &format!("{forged}:{FILES}")]);
    let fresh = workshop.path("fresh");
    let url = format!("file://{}", origin.display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &url, "fresh"]).ok();
    let digest = sound[0].replace('/', "");
    workshop
        .qms_in(&fresh, &["sync", "--fetch-only"])
        .ok()
        .says(&format!("under the name of file {digest}: they were not taken"));
    assert_ne!(workshop.verify_in(&fresh).code, 0);
    workshop.qms_in(&ada, &["sync"]).ok().says("they were not taken");
    assert_eq!(workshop.files_in(&origin), sound);
    workshop.qms_in(&fresh, &["sync", "--fetch-only"]).ok();
    workshop.verify_in(&fresh).passes();
}

#[test]
fn e11_a_plain_fetch_brings_replaced_files_too() {
    let workshop = Workshop::new();
    let grace = workshop.clone_of_origin("grace");
    for content in ["one\n", "two\n"] {
        workshop.attach_in(&workshop.repo(), content);
        workshop.qms(&["sync"]).ok();
        workshop.git_in(&grace, &["fetch", "-q"]).ok();
        let theirs = workshop.tip_in(&grace, "refs/qms/remotes/origin/files");
        assert_eq!(theirs, workshop.tip_in(&workshop.repo(), FILES));
    }
}
