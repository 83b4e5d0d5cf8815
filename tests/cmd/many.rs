//! Many processes at once, and processes that are killed: no record is lost, none is half there.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::project::{PROGRAM, Project, junit};

const WRITERS: usize = 8;
const EACH: usize = 10;

#[test]
fn s03_eight_processes_at_once_lose_nothing_while_git_packs_and_collects() {
    let project = Project::founded();
    let mut commits = Vec::new();
    for n in 0..3 {
        project.commit("app.txt", &format!("{n}\n"));
        commits.push(project.git(&["rev-parse", "HEAD"]));
    }
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let before: BTreeSet<String> = ids(&project);
    let done = AtomicBool::new(false);
    let written: Vec<String> = std::thread::scope(|scope| {
        for housekeeping in [&["pack-refs", "--all"][..], &["gc", "-q"]] {
            let (project, done) = (&project, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    // It may meet a lock of a writer; that is its affair.
                    let _ = project.command("git", project.path()).args(housekeeping).output();
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (project, report, commits) = (&project, &report, &commits);
                scope.spawn(move || {
                    let record = |n: usize| {
                        // Even writers share a commit, odd ones change theirs.
                        let commit = if writer % 2 == 0 { &commits[0] } else { &commits[n % commits.len()] };
                        let suite = format!("w{writer}-{n}");
                        let args =
                            ["record", "test", "--quiet", "--suite", &suite, "--commit", commit, "--from", report];
                        project.by("ci", &args).ok().id()
                    };
                    (0..EACH).map(record).collect::<Vec<_>>()
                })
            })
            .collect();
        let written = writers.into_iter().map(std::thread::ScopedJoinHandle::join);
        let written: std::thread::Result<Vec<Vec<String>>> = written.collect();
        done.store(true, Ordering::Relaxed);
        written.expect("every record is written").concat()
    });
    assert_eq!(written.len(), WRITERS * EACH);
    let mut expected = before;
    expected.extend(written);
    let listed = project.qms(&["log", "--ids"]).ok().out;
    assert_eq!(listed.lines().count(), expected.len(), "each is there once");
    assert_eq!(ids(&project), expected);
    project.qms(&["verify"]).ok();
    assert_sound(&project);
}

#[cfg(unix)]
#[test]
fn s03_a_process_killed_at_any_moment_leaves_a_valid_repository() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let start = std::time::Instant::now();
    project.by("ci", &["record", "test", "--from", &report]).ok();
    let whole = start.elapsed();
    for n in 0..24_u32 {
        let mut command = project.command(PROGRAM, project.path());
        command.env("QMS_SIGNING_KEY", project.key("ci")).args(["record", "test", "--from", &report]);
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("it runs");
        // Spread over the whole run, with no regard to what it is doing.
        std::thread::sleep(whole * (n + 1) / 22);
        let _ = child.kill();
        child.wait().expect("it ended");
        assert_sound(&project);
    }
    project.by("ci", &["record", "test", "--from", &report]).ok();
    project.qms(&["verify"]).ok();
}

fn ids(project: &Project) -> BTreeSet<String> {
    project.qms(&["log", "--ids"]).ok().out.lines().map(str::to_owned).collect()
}

#[track_caller]
fn assert_sound(project: &Project) {
    let output = project
        .command("git", project.path())
        .args(["fsck", "--full", "--strict", "--no-dangling"])
        .output()
        .expect("git runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !said.contains("error") && !said.contains("missing"), "git fsck: {said}");
}
