//! The hook of this repository, pre-push, or pre-receive where it is bare: put beside what is there, never in its place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::{Error, Result, While as _};

/// The hook that this repository needs: a bare one is pushed to, and its work is at a server.
pub fn name(context: &Context) -> &'static str {
    if context.repo.workdir().is_none() { "pre-receive" } else { "pre-push" }
}

/// By this line a hook of ours is known.
fn mark(name: &str) -> String {
    format!("# git-qms {name} hook, version 1")
}

/// Where a hook that was there before goes.
fn before(name: &str) -> String {
    format!("{name}.before-qms")
}

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

/// The directory that hooks are written to: `core.hooksPath`, or the one of the repository; with husky the one that its
/// own hooks run from, as those are written anew by every `npm install`.
pub fn folder(context: &Context) -> PathBuf {
    let folder = configured_folder(context);
    husky(&folder).unwrap_or(folder)
}

/// The folder of the project's scripts, where git is given husky's. Its scripts are found by their name, so that none of
/// them may be renamed.
fn husky(folder: &Path) -> Option<PathBuf> {
    let is_it = folder.file_name().is_some_and(|name| name == "_") && folder.join("h").is_file();
    folder.parent().filter(|_| is_it).map(Path::to_owned)
}

fn configured_folder(context: &Context) -> PathBuf {
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
    let (folder, name) = (folder(context), name(context));
    match std::fs::read_to_string(folder.join(name)) {
        Err(_) if folder.join(name).exists() => State::Foreign,
        Err(_) => State::Absent,
        Ok(text) if !text.contains(&mark(name)) => State::Foreign,
        Ok(_) if folder.join(before(name)).exists() => State::Beside,
        Ok(_) => State::Installed,
    }
}

/// Installs the hook. Says whether anything changed.
pub fn install(context: &Context) -> Result<bool> {
    let (folder, name) = (folder(context), name(context));
    let hook = folder.join(name);
    std::fs::create_dir_all(&folder).while_(format!("making {}", folder.display()))?;
    if state(context) == State::Foreign {
        let before = folder.join(before(name));
        if before.exists() {
            return Err(Error::new(format!("{} is not git-qms's, and {} is taken", hook.display(), before.display()))
                .hint("look at both; rename one of them, and again: git qms hook install"));
        }
        std::fs::rename(&hook, &before).while_(format!("moving {}", hook.display()))?;
    }
    let runner = if husky(&configured_folder(context)).is_some() { Runner::Husky } else { Runner::Git };
    let text = script(name, runner, folder.join(before(name)).exists());
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
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
        .while_(format!("making {} executable", file.display()))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

/// Who runs the hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    /// git: the hook is a program of this clone.
    Git,
    /// husky, by `sh -e`: the hook is a file of the tree, the same in every clone.
    Husky,
}

/// The hook: first the one that was there before, then ours; both read what is pushed.
fn script(name: &str, runner: Runner, has_before: bool) -> String {
    let mut text = format!("#!/bin/sh\n{}. Written by git qms hook install; do not edit.\n", mark(name));
    text += "pushed=$(cat; printf x)\npushed=${pushed%x}\n";
    if has_before {
        let _ = writeln!(text, "before=$(dirname \"$0\")/{}", before(name));
        let (test, how) = match runner {
            Runner::Git => ("-x", ""),
            Runner::Husky => ("-f", "sh -e "),
        };
        let _ = writeln!(
            text,
            "if [ {test} \"$before\" ]; then\n    printf '%s' \"$pushed\" | {how}\"$before\" \"$@\" || exit $?\nfi"
        );
    }
    let program = std::env::current_exe().ok().filter(|_| runner == Runner::Git);
    let program = program.map(|path| path.display().to_string().replace('\'', "'\\''"));
    text += "if command -v git-qms >/dev/null 2>&1; then\n    qms=git-qms\n";
    if let Some(program) = program {
        let _ = writeln!(text, "elif [ -x '{program}' ]; then\n    qms='{program}'");
    }
    text +=
        "else\n    echo 'error: git-qms is not on PATH, so what is pushed cannot be verified' >&2\n    exit 1\nfi\n";
    let _ = writeln!(text, "printf '%s' \"$pushed\" | \"$qms\" hook {name} \"$@\"");
    text
}
