//! The pre-push hook: put beside what is there, never in its place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::{Error, Result, While as _};

/// By this line a hook of ours is known.
const MARK: &str = "# git-qms pre-push hook, version 1";

/// Where a hook that was there before goes.
const BEFORE: &str = "pre-push.before-qms";

/// What stands where git looks for the hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// Only ours.
    Installed,
    /// Ours, which runs first the one that was there before.
    Beside,
    /// Somebody else's only.
    Foreign,
}

/// The directory that git takes hooks from: `core.hooksPath`, or the one of the repository.
pub fn folder(context: &Context) -> PathBuf {
    let own = context.repo.common_dir().join("hooks");
    let Some(configured) = context.repo.config("core.hooksPath").filter(|path| !path.is_empty()) else { return own };
    let home = context.environment.path("HOME");
    match (configured.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        // A relative path counts from where hooks run: the top of the work tree, or the git directory.
        _ => context.repo.workdir().unwrap_or_else(|| context.repo.git_dir()).join(configured),
    }
}

/// What stands there now.
pub fn state(context: &Context) -> State {
    let folder = folder(context);
    match std::fs::read_to_string(folder.join("pre-push")) {
        Err(_) if folder.join("pre-push").exists() => State::Foreign,
        Err(_) => State::Absent,
        Ok(text) if !text.contains(MARK) => State::Foreign,
        Ok(_) if folder.join(BEFORE).exists() => State::Beside,
        Ok(_) => State::Installed,
    }
}

/// Installs the hook. Says whether anything changed.
pub fn install(context: &Context) -> Result<bool> {
    let folder = folder(context);
    let hook = folder.join("pre-push");
    std::fs::create_dir_all(&folder).while_(format!("making {}", folder.display()))?;
    if state(context) == State::Foreign {
        let before = folder.join(BEFORE);
        if before.exists() {
            return Err(Error::new(format!("{} is not git-qms's, and {} is taken", hook.display(), before.display()))
                .hint("look at both; rename one of them, and again: git qms hook install"));
        }
        std::fs::rename(&hook, &before).while_(format!("moving {}", hook.display()))?;
    }
    let text = script(folder.join(BEFORE).exists());
    if std::fs::read_to_string(&hook).is_ok_and(|found| found == text) {
        return Ok(false);
    }
    std::fs::write(&hook, text).while_(format!("writing {}", hook.display()))?;
    make_executable(&hook)?;
    Ok(true)
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).while_(format!("making {} executable", file.display()))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

/// The hook: first the one that was there before, then ours; both read what is pushed.
fn script(has_before: bool) -> String {
    let mut text = format!("#!/bin/sh\n{MARK}. Written by git qms hook install; do not edit.\n");
    text += "pushed=$(cat; printf x)\npushed=${pushed%x}\n";
    if has_before {
        let _ = writeln!(text, "before=$(dirname \"$0\")/{BEFORE}");
        text += "if [ -x \"$before\" ]; then\n    printf '%s' \"$pushed\" | \"$before\" \"$@\" || exit $?\nfi\n";
    }
    let program = std::env::current_exe().ok().map(|path| path.display().to_string().replace('\'', "'\\''"));
    text += "if command -v git-qms >/dev/null 2>&1; then\n    qms=git-qms\n";
    if let Some(program) = program {
        let _ = writeln!(text, "elif [ -x '{program}' ]; then\n    qms='{program}'");
    }
    text += "else\n    echo 'error: git-qms is not on PATH, so what is pushed cannot be verified' >&2\n    exit 1\nfi\n";
    text += "printf '%s' \"$pushed\" | \"$qms\" hook pre-push \"$@\"\n";
    text
}
