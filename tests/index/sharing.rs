//! Several commands at once, a kill in the middle, a disk without room: the index is lost at worst, and no answer.

use std::process::Stdio;
use std::time::Duration;

use crate::project::{PROGRAM, Project};
use crate::{file, indexed, same_answers, without};

fn verify(project: &Project) -> std::process::Command {
    let mut command = project.command(PROGRAM, project.path());
    command.args(["verify", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn commands_at_once_all_get_the_right_answer() {
    let project = indexed(Project::proven());
    for round in 0..3 {
        let mut running: Vec<_> = (0..6).map(|_| verify(&project).spawn().expect("runs")).collect();
        if round == 1 {
            project.plan("CHG-1843");
        }
        for running in running.drain(..) {
            let output = running.wait_with_output().expect("ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        same_answers(&project, "after commands at once");
    }
}

#[test]
fn a_command_killed_at_any_moment_spoils_no_answer() {
    let project = indexed(Project::proven());
    let expected = without(&project, &["verify", "--json"]).out;
    for wait in 0..24 {
        if wait % 3 == 0 {
            let _gone = std::fs::remove_file(file(&project));
        }
        let mut running = verify(&project).spawn().expect("runs");
        std::thread::sleep(Duration::from_millis(2 * wait));
        let _gone = running.kill();
        running.wait().expect("ends");
        assert_eq!(project.qms(&["verify", "--json"]).ok().out, expected);
    }
    same_answers(&project, "after kills");
}

#[test]
fn no_room_and_no_place_for_it_cost_no_answer() {
    let project = indexed(Project::proven());
    let expected = without(&project, &["verify", "--json"]).out;
    // No file may grow beyond a kilobyte.
    let script = format!("trap '' XFSZ; ulimit -f 2; exec '{PROGRAM}' verify --json");
    let output = project.command("sh", project.path()).args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(project.qms(&["verify", "--json"]).ok().out, expected);
    // A file where the folder should be, as where nothing can be written.
    std::fs::remove_dir_all(project.path().join(".git/qms")).expect("an index");
    std::fs::write(project.path().join(".git/qms"), "").expect("a file");
    assert_eq!(project.qms(&["verify", "--json"]).ok().out, expected);
    // No home directory, no key, no index.
    std::fs::remove_file(project.path().join(".git/qms")).expect("a file");
    let output = verify(&project).env_remove("HOME").output().expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert!(!file(&project).exists());
}

#[test]
fn the_key_is_outside_the_repository_and_for_its_owner_alone() {
    let project = indexed(Project::proven());
    project.qms(&["verify"]).ok();
    let key = project.outside().join("home/.local/state/git-qms/index.key");
    assert_eq!(std::fs::read(&key).expect("a key").len(), 32);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&key), mode(&file(&project))), (0o600, 0o600));
        // A key that others may read guards nothing.
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("changed");
        std::fs::remove_file(file(&project)).expect("an index");
        project.qms(&["verify"]).ok();
        assert!(!file(&project).exists());
    }
    // Nor does one that lies in the work tree.
    let output = verify(&project).env("XDG_STATE_HOME", project.path().join("state")).output().expect("runs");
    assert!(output.status.success());
    assert!(!file(&project).exists());
}

/// In a mount namespace of its own, where the kernel lets people have one.
#[test]
fn a_full_disk_and_a_mount_that_is_read_only_cost_no_answer() {
    let project = indexed(Project::proven());
    let expected = without(&project, &["verify", "--json"]).out;
    std::fs::create_dir_all(project.path().join(".git/qms")).expect("a folder");
    let mounts = [
        ("a disk of one page", "mount -t tmpfs -o size=4k tmpfs .git/qms"),
        ("an empty folder that nobody can write to", "mount -t tmpfs -o ro tmpfs .git/qms"),
        ("a repository that nobody can write to", "mount --bind . . && mount -o remount,ro,bind . && cd ."),
    ];
    for (what, mount) in mounts {
        let script = format!(
            "cd .. && cd payments && {mount} && cd ../payments && echo mounted >&2 && '{PROGRAM}' verify --json"
        );
        let output = project.command("unshare", project.path()).args(["-rm", "sh", "-c", &script]).output();
        let said = output.as_ref().map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        let (Ok(output), true) = (&output, said.as_ref().is_ok_and(|said| said.contains("mounted"))) else {
            eprintln!("skipped: {what}: unshare (util-linux) cannot mount here: {said:?}");
            continue;
        };
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{what}: {said:?}");
        assert_eq!(output.status.code(), Some(0), "{what}");
    }
    same_answers(&project, "after mounts");
}
