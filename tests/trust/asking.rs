//! What the chain tells whoever asks: its story, and who could do what then.

use crate::workshop::Workshop;

#[test]
fn the_log_tells_what_each_version_changed_by_the_versions_and_not_by_the_commits() {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "remove", "grace", "--role", "release-manager"]).ok();
    let log = workshop.qms(&["trust", "log"]).ok();
    let log = log.says("version 1, ").says("ada joins: ").says("grace joins: ").says("signed by ada");
    log.says("    grace no longer has the role release-manager");
    let json = workshop.qms(&["trust", "log", "--json"]).ok().json();
    let versions = json["versions"].as_array().expect("versions");
    let last = versions.last().expect("a version");
    assert_eq!(last["changes"], serde_json::json!(["grace no longer has the role release-manager"]));
    assert_eq!(last["signers"], serde_json::json!(["ada"]));
    let quiet = workshop.qms(&["trust", "log", "--quiet"]).ok().text();
    assert_eq!(quiet.lines().count(), versions.len());
    // A commit's message is nobody's signed word.
    let tree = workshop.git(&["rev-parse", "refs/qms/trust^{tree}"]);
    let parent = workshop.git(&["rev-parse", "refs/qms/trust^"]);
    let other = workshop.git(&["commit-tree", &tree, "-p", &parent, "-m", "mallory becomes root"]);
    workshop.git(&["update-ref", "refs/qms/trust", &other]);
    let log = workshop.qms(&["trust", "log"]).ok().says("grace no longer has").text();
    assert!(!log.contains("mallory"), "{log}");
}

#[test]
fn who_could_approve_is_answered_for_now_for_a_time_and_for_a_release() {
    let workshop = Workshop::new();
    let tag = workshop.made.tag.clone();
    let who = ["trust", "who", "--role", "release-manager"];
    let now = workshop.qms(&who).ok();
    now.says("role    release-manager: may sign").says("grace").says("since version");
    workshop.qms(&["trust", "remove", "grace", "--role", "release-manager"]).ok();
    let nobody = workshop.qms(&who).exits(1);
    nobody.says("nobody holds the role release-manager under this version");
    // The release's signed manifest names the version, and so who could.
    let then = workshop.qms(&[&who[..], &["--at", &tag, "--json"]].concat()).ok().json();
    assert_eq!(then["members"][0]["id"], "grace");
    assert!(then["maySign"].as_array().expect("kinds").contains(&"approval".into()), "{then:#}");
    assert!(then["members"][0]["until"]["version"].is_u64(), "{then:#}");
    assert_eq!(workshop.qms(&[&who[..], &["--at", &tag, "--quiet"]].concat()).ok().text().trim(), "grace");
    workshop.qms(&[&who[..], &["--at", "2001-01-01"]].concat()).exits(1).says("there was no trust");
    workshop.qms(&[&who[..], &["--at", "2100-01-01"]].concat()).exits(1).says("nobody holds the role");
    workshop.qms(&[&who[..], &["--at", "none@1+c"]].concat()).exits(1).says("no such release");
    workshop.qms(&[&who[..], &["--at", "noon"]].concat()).exits(2).says("or a release");
    // Without a role: everybody.
    workshop.qms(&["trust", "who"]).ok().says("ada").says("root").says("grace");
    // Every command that takes a time takes a release.
    workshop.qms(&["gate", "--at", &tag, "--environment", "production"]).says("production");
}
