//! git's pager, between what is told and the terminal.

#![expect(clippy::disallowed_methods, reason = "this is the file that starts the pager")]

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use super::environment::Environment;

/// The pager of this process, while it runs: standard output is one, so is this.
static PAGER: Mutex<Option<Child>> = Mutex::new(None);

/// Starts the pager that git would use here. Without one, or where it cannot be started, output goes on to
/// the terminal.
pub(super) fn start(environment: &Environment) {
    // Git knows: GIT_PAGER, core.pager, PAGER, and what it was built with.
    let Ok(said) = Command::new("git").args(["var", "GIT_PAGER"]).stderr(Stdio::null()).output() else { return };
    let pager = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    if !said.status.success() || pager.is_empty() || pager == "cat" {
        return;
    }
    let mut command = Command::new("sh");
    command.args(["-c", &pager]).stdin(Stdio::piped());
    // As git does: short output is not paged, colours are shown.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if environment.get(name).is_none() {
            command.env(name, value);
        }
    }
    if let (Ok(child), Ok(mut running)) = (command.spawn(), PAGER.lock()) {
        *running = Some(child);
    }
}

/// Hands text to the pager. Says whether there is one.
pub(super) fn write(text: &str) -> bool {
    let Ok(mut running) = PAGER.lock() else { return false };
    let Some(stdin) = running.as_mut().and_then(|child| child.stdin.as_mut()) else { return false };
    // A pager that was quit has seen enough.
    stdin.write_all(text.as_bytes()).ok();
    true
}

/// Waits until the reader has read.
pub(super) fn finish() {
    if let Some(mut child) = PAGER.lock().ok().and_then(|mut running| running.take()) {
        drop(child.stdin.take());
        child.wait().ok();
    }
}
