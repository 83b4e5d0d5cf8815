//! Child processes: what they say, how long they take, and how much memory they have at their height.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program under test, as cargo built it beside this benchmark.
const GIT_QMS: &str = env!("CARGO_BIN_EXE_git-qms");

/// A finished process.
pub(crate) struct Finished {
    pub(crate) took: Duration,
    /// Largest resident size in KiB, as the system counted it until shortly before the end; 0 where it does not.
    pub(crate) peak_kib: u64,
}

/// `git-qms` in a directory, cut off from the machine's own configuration.
pub(crate) fn qms(dir: &Path, args: &[&str]) -> Command {
    isolated(GIT_QMS, dir, args)
}

/// Stock git in a directory, cut off likewise.
pub(crate) fn git(dir: &Path, args: &[&str]) -> Command {
    isolated("git", dir, args)
}

fn isolated(program: &str, dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") || name.to_string_lossy().starts_with("QMS_") {
            command.env_remove(name);
        }
    }
    command.args(args).current_dir(dir).env("HOME", dir).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C").env("TZ", "UTC");
    command
}

/// The output of a process that has to succeed, without its last newline.
pub(crate) fn output(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// Runs it to its end. It has to succeed.
pub(crate) fn timed(mut command: Command) -> Finished {
    let started = Instant::now();
    let finished = command.stdin(Stdio::null()).output().expect("starts");
    let took = started.elapsed();
    assert!(finished.status.success(), "{command:?}: {}", String::from_utf8_lossy(&finished.stderr));
    Finished { took, peak_kib: 0 }
}

/// As [`timed`], and watches its memory; waking up for that costs it a little time.
pub(crate) fn watched(mut command: Command) -> Finished {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{command:?}");
    Finished { took: started.elapsed(), peak_kib }
}

/// `VmHWM` of Linux: it only grows.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
