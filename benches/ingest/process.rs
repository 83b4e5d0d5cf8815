//! This program once more, as a child whose memory is watched.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A finished process.
pub(crate) struct Finished {
    pub(crate) took: Duration,
    /// Largest resident size in KiB, as the system counted it until shortly before the end; 0 where it does not.
    pub(crate) peak_kib: u64,
}

/// Reads a report in a process of its own.
pub(crate) fn watched_read(path: &Path) -> Finished {
    let own = std::env::current_exe().expect("this program");
    let started = Instant::now();
    let mut child = Command::new(own).arg("--read").arg(path).stdin(Stdio::null()).spawn().expect("starts");
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{}", path.display());
    Finished { took: started.elapsed(), peak_kib }
}

/// `VmHWM` of Linux: it only grows.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
