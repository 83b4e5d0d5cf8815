//! The first commands: `init` and `key`.

use crate::project::Project;

#[test]
fn init_in_a_repository_with_history_needs_no_flags() {
    let project = Project::bare_of_evidence();
    project.commit("more.txt", "two\n");
    let key = project.outside().join("home/.ssh/id_ed25519");
    project.qms(&["key", "new", &key.display().to_string()]).ok();
    project.qms(&["init"]).ok().says("you     ada, Ada Lovelace <ada@example.com>, key ~/.ssh/id_ed25519").says("next");
    let baseline = project.git(&["rev-parse", "HEAD"]);
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    assert!(catalog.contains(&format!("baseline = \"{baseline}\"")), "{catalog}");
    project.qms(&["verify"]).ok();
}

#[test]
fn init_twice_changes_nothing() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init"]).ok();
    let files = || {
        let catalog = std::fs::read(project.path().join(".qms/policy.toml")).expect("a catalog");
        let hook = std::fs::read(project.path().join(".git/hooks/pre-push")).expect("a hook");
        (catalog, hook, project.git(&["config", "--local", "--list"]))
    };
    let before = files();
    project.unchanged(|| project.by("ada", &["init"]).ok().says("nothing was missing"));
    assert_eq!(before, files());
}

#[test]
fn init_keeps_the_catalog_and_the_hook_that_are_there() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init"]).ok();
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.write(".qms/policy.toml", &catalog.replace("payments", "refunds"));
    project.by("ada", &["init"]).ok();
    let kept = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    assert_eq!(kept, catalog.replace("payments", "refunds"));
}

#[test]
fn init_without_a_key_says_how_to_make_one_and_writes_nothing() {
    let project = Project::bare_of_evidence();
    project.unchanged(|| project.qms(&["init"]).exit(2).says("no signing key").says("git qms key new"));
    assert!(!project.path().join(".qms").exists());
}

#[test]
fn init_without_a_name_says_what_to_set_and_writes_nothing() {
    let project = Project::bare_of_evidence();
    project.git(&["config", "--global", "--unset", "user.name"]);
    let said = project.unchanged(|| project.by("ada", &["init"]).exit(2));
    said.says("user.name is not set").says("git config --global user.name");
    assert!(!project.path().join(".qms").exists());
}

#[test]
fn outside_a_repository_it_says_so() {
    let project = Project::bare_of_evidence();
    project.run_in(project.outside(), &["log"], &[]).exit(2).says("error:").says("repository");
}

#[test]
fn a_key_is_not_made_inside_the_work_tree_nor_over_another() {
    let project = Project::bare_of_evidence();
    project.qms(&["key", "new", "id_qms"]).exit(2).says("inside the work tree").says("hint:");
    project.qms(&["key", "new", "sub/../id_qms"]).exit(2);
    assert!(!project.path().join("id_qms").exists());
    let ada = project.key("ada");
    let before = std::fs::read(&ada).expect("a key");
    project.qms(&["key", "new", &ada]).exit(2).says(&ada).says("exists");
    assert_eq!(before, std::fs::read(&ada).expect("a key"));
}

#[cfg(unix)]
#[test]
fn a_new_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::bare_of_evidence();
    let mode = std::fs::metadata(project.key("ada")).expect("a key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_encrypted_key_file_is_sent_to_the_agent() {
    let project = Project::founded();
    let locked = project.key("locked");
    let made = project
        .command("ssh-keygen", project.outside())
        .args(["-q", "-t", "ed25519", "-N", "secret", "-f", &locked])
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: ssh-keygen is not installed");
        return;
    }
    let said = project.unchanged(|| project.by("locked", &["approve"]).exit(2));
    said.says("is encrypted").says("ssh-add");
}
