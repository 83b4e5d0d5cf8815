//! The table of tests/prove-attacks, held against the sources: it must not rot between two runs of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    mutation: Vec<Mutation>,
}

#[derive(Deserialize)]
struct Mutation {
    of: String,
    check: String,
    file: String,
    old: String,
    new: String,
    test: String,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_attack_has_a_mutation_that_applies_and_a_test_that_is_there() {
    let table: Table = toml::from_str(&read("tests/prove/mutations.toml")).expect("a table");
    for mutation in &table.mutation {
        let Mutation { of, check, file, old, new, test } = mutation;
        assert_eq!(read(file).matches(old.as_str()).count(), 1, "{of}, {check}: {old:?} has to be once in {file}");
        assert!(new.contains("OFF"), "{of}, {check}: what replaces it has to ask OFF");
        let (target, name) = test.split_once(' ').expect("target and name");
        let is_there = sources(target).contains(&format!("fn {}(", last(name)));
        assert!(is_there, "{of}: there is no test {name} in {target}");
    }
    let proven: BTreeSet<&str> = table.mutation.iter().map(|mutation| &mutation.of[..]).collect();
    let model = read("docs/threat-model.md");
    let attacks = model.lines().filter_map(|line| line.strip_prefix("| A")?.split(' ').next());
    for attack in attacks.map(|number| format!("A{number}")) {
        assert!(proven.contains(&attack[..]), "{attack} needs a mutation in tests/prove/mutations.toml");
    }
}

fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Everything in a test target, a file or a folder.
fn sources(target: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(target);
    let mut all = std::fs::read_to_string(folder.with_extension("rs")).unwrap_or_default();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        all += &std::fs::read_to_string(entry.path()).unwrap_or_default();
    }
    all
}
