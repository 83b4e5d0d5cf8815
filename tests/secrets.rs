//! What looks like a secret is not seen where there is none: in this project's own sources, and in real reports.

use std::path::{Path, PathBuf};

use git_qms::secrets;

/// What fuzzing begins with to look for secrets looks like some; and so may what it finds.
const FUZZED: [&str; 3] = ["fuzz/kept/secrets", "fuzz/corpus", "fuzz/artifacts"];

/// Every file below a folder, without what is built, fuzzed or git's own.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                let is_fuzzed = FUZZED.iter().any(|fuzzed| path.ends_with(fuzzed));
                if !is_fuzzed && !["target", ".git", "__pycache__", "node_modules"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if !path.is_symlink() {
                found.push(path);
            }
        }
    }
    found
}

fn seen_below(folder: &Path) -> (usize, Vec<String>) {
    let files = files(folder);
    let mut seen = Vec::new();
    for path in &files {
        let bytes = std::fs::read(path).expect("a file can be read");
        let Some(text) = secrets::text_of(&bytes) else { continue };
        let suspects = secrets::find(&text).into_iter();
        seen.extend(suspects.map(|suspect| format!("{}:{}: {:?}", path.display(), suspect.line, suspect.pattern)));
    }
    (files.len(), seen)
}

#[test]
fn e15_nothing_in_our_own_sources_looks_like_a_secret() {
    let (count, seen) = seen_below(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(count > 200, "{count} files");
    assert_eq!(seen, [""; 0], "{}", seen.join("\n"));
}

#[test]
fn e15_nothing_in_real_reports_looks_like_a_secret() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("QMS_CORPUS").map_or(beside, PathBuf::from);
    if !corpus.is_dir() {
        eprintln!("SKIPPED: no corpus at {}; set QMS_CORPUS", corpus.display());
        return;
    }
    let (count, seen) = seen_below(&corpus);
    assert!(count > 5, "{count} files");
    assert_eq!(seen, [""; 0], "{}", seen.join("\n"));
}

#[test]
fn every_form_is_documented() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/secrets.md")).expect("the page");
    for pattern in secrets::PATTERNS {
        assert!(page.contains(&format!("`{}`", pattern.name)), "docs/secrets.md says nothing of {}", pattern.name);
    }
}
