//! The files behind what `--from` names: a file, all reports of a folder, or what matches a pattern, always in
//! the same order. Nothing is followed out of a folder, and nothing found there is left out without a word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reports::{self, ReportFile};
use crate::cli::error::{Error, Result};
use crate::ingest::requirement::Names;
use crate::policy::Glob;
use crate::record::{Kind, Name};

/// How many reports one record names.
const MAX_REPORTS: usize = 2_000;

/// How many files of one folder are looked into.
const MAX_FILES: usize = 20_000;

/// How many entries are walked over.
const MAX_ENTRIES: usize = 1_000_000;

/// How deep folders are entered.
const MAX_DEPTH: usize = 64;

/// Every report, with the type of suite that its tests are of, and what was left out.
pub struct Gathered {
    /// In the order of the sources, and of the paths behind each.
    pub reports: Vec<(Name, ReportFile)>,
    /// Where each of them is.
    pub paths: Vec<PathBuf>,
    /// For people.
    pub notes: Vec<String>,
}

/// Reads all reports that the sources name for a record of `kind`; `names` link test cases.
pub fn gather(sources: &[(Name, PathBuf)], kind: Kind, names: Option<&Arc<Names>>) -> Result<Gathered> {
    let mut gathered = Gathered { reports: Vec::new(), paths: Vec::new(), notes: Vec::new() };
    let mut seen: BTreeMap<PathBuf, Name> = BTreeMap::new();
    for (suite, source) in sources {
        let files = expand(source)?;
        let mut skipped = Vec::new();
        let mut found = 0;
        for file in &files.paths {
            let same = std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
            match seen.get(&same) {
                Some(other) if other == suite => {
                    found += 1;
                    continue;
                }
                Some(other) => {
                    let shown = file.display();
                    return Err(Error::new(format!("{shown} is given as {other} and as {suite}"))
                        .hint("a report is of one type of suite; name it once"));
                }
                None => {}
            }
            let read = if files.is_folder {
                reports::read_if_any(file, kind, names)?
            } else {
                Some(reports::read(file, names)?)
            };
            if let Some(report) = read {
                seen.insert(same, suite.clone());
                gathered.reports.push((suite.clone(), report));
                gathered.paths.push(file.clone());
                found += 1;
            } else {
                skipped.push(file.strip_prefix(source).unwrap_or(file));
            }
            if gathered.reports.len() > MAX_REPORTS {
                return Err(Error::new(format!("more than {MAX_REPORTS} reports for one record"))
                    .hint("make a record of each type of suite, or of each part: --suite TYPE"));
            }
        }
        if found == 0 {
            return Err(Error::new(format!("{} has no report of a {kind} record", source.display()))
                .hint("nothing was recorded; did the tool run, and did it write here?"));
        }
        gathered.notes.extend(note_of(source, &skipped, files.links));
    }
    Ok(gathered)
}

/// What was left out of a folder.
fn note_of(folder: &Path, skipped: &[&Path], links: usize) -> Option<String> {
    let (count, named) = (skipped.len(), skipped.iter().take(3).map(|path| path.display().to_string()));
    let mut parts = Vec::new();
    if count > 0 {
        let more = if count > 3 { ", …" } else { "" };
        parts.push(format!("{count} that are no such reports ({}{more})", named.collect::<Vec<_>>().join(", ")));
    }
    if links > 0 {
        parts.push(format!("{links} symbolic links, devices or pipes"));
    }
    (!parts.is_empty()).then(|| format!("skipped in {}: {}", folder.display(), parts.join(", ")))
}

/// The files behind one source.
#[derive(Default)]
struct Files {
    /// Sorted.
    paths: Vec<PathBuf>,
    /// Whether the source is a folder, where other files may lie too.
    is_folder: bool,
    /// What is no file of its own there.
    links: usize,
}

fn expand(source: &Path) -> Result<Files> {
    let text = source.to_string_lossy();
    match std::fs::metadata(source) {
        Ok(found) if found.is_dir() => {
            let mut files = Files { is_folder: true, ..Files::default() };
            walk(source, &mut files, &|_| true)?;
            if files.paths.len() > MAX_FILES {
                return Err(Error::new(format!("{text} has more than {MAX_FILES} files"))
                    .hint("name the folder of the reports, or a pattern: --from 'build/**/TEST-*.xml'"));
            }
            Ok(files)
        }
        Err(_) if text.contains(['*', '?']) => matching(&text),
        _ => Ok(Files { paths: vec![source.to_owned()], ..Files::default() }),
    }
}

/// The files that a pattern names; at least one.
fn matching(text: &str) -> Result<Files> {
    let whole: Vec<&str> = text.split('/').collect();
    let plain = whole.iter().take_while(|part| !part.contains(['*', '?'])).count();
    let (base, pattern) = whole.split_at(plain);
    let base = match base {
        [] => PathBuf::from("."),
        [""] => PathBuf::from("/"),
        parts => PathBuf::from(parts.join("/")),
    };
    let refused = |error: &dyn std::fmt::Display| Error::new(format!("{text:?} is no pattern: {error}"));
    let glob: Glob = pattern.join("/").parse().map_err(|error| refused(&error))?;
    let mut files = Files::default();
    if base.is_dir() {
        walk(&base, &mut files, &|path| {
            let parts: Vec<_> =
                path.strip_prefix(&base).unwrap_or(path).iter().map(std::ffi::OsStr::to_string_lossy).collect();
            glob.matches(&parts.join("/"))
        })?;
    }
    if files.paths.is_empty() {
        return Err(Error::new(format!("no file matches {text}"))
            .hint("nothing was recorded; * stays within a folder, ** goes through any number of them"));
    }
    if base == Path::new(".") {
        for path in &mut files.paths {
            *path = path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_owned);
        }
    }
    Ok(files)
}

/// Adds the regular files below `folder` that are wanted, sorted. Links are counted and not followed; `.git` is not entered.
fn walk(folder: &Path, files: &mut Files, wanted: &dyn Fn(&Path) -> bool) -> Result<()> {
    let mut open = vec![(folder.to_owned(), 0)];
    let mut entries = 0;
    while let Some((folder, depth)) = open.pop() {
        let failed = |error: std::io::Error| Error::new(format!("cannot read {}: {error}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries += 1;
            if entries > MAX_ENTRIES {
                return Err(Error::new(format!("more than {MAX_ENTRIES} files and folders to look through"))
                    .hint("name a folder nearer to the reports"));
            }
            let (kind, path) = (entry.file_type().map_err(failed)?, entry.path());
            if kind.is_dir() {
                if entry.file_name() == ".git" {
                    continue;
                }
                if depth >= MAX_DEPTH {
                    return Err(Error::new(format!("{} lies deeper than {MAX_DEPTH} folders", path.display())));
                }
                open.push((path, depth + 1));
            } else if kind.is_file() {
                if wanted(&path) {
                    files.paths.push(path);
                }
            } else {
                files.links += 1;
            }
        }
    }
    files.paths.sort_unstable();
    Ok(())
}
