//! Every format of reports and every form of requirements is fuzzed by name: a folder of `fuzz/kept`, which is what
//! `fuzz/run` goes through.

use std::path::Path;

use git_qms::ingest::{FORMATS, requirement};

/// As in `fuzz/targets/chosen`.
fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// The names in a folder of `fuzz`, sorted.
fn names(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn every_format_and_form_is_fuzzed() {
    let sorted = |all: Vec<&str>| {
        let mut all: Vec<String> = all.into_iter().map(slug).collect();
        all.sort();
        all
    };
    assert_eq!(names("kept/report"), sorted(FORMATS.iter().map(|format| format.name).collect()));
    assert_eq!(names("kept/requirements"), sorted(requirement::FORMS.iter().map(|form| form.name).collect()));
}

#[test]
fn every_target_has_something_to_begin_with() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).expect("a file");
    let files = names("targets").into_iter().filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()));
    let files: Vec<String> = files.collect();
    assert_eq!(names("kept"), files);
    for name in files {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "fuzz/Cargo.toml has no target {name}");
        assert!(!names(&format!("kept/{name}")).is_empty(), "fuzz/kept/{name} is empty");
    }
}
