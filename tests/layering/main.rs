//! Holds every source to the layer table of `docs/architecture.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod source;
mod table;

use source::Named;
use table::Tables;

/// What a pure layer may not name of the standard library: all that knows more than its arguments.
const OUTSIDE_WORLD: [&str; 11] = [
    "fs",
    "env",
    "process",
    "net",
    "os",
    "path",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "time::SystemTime",
    "time::Instant",
];

/// Turns the bans of `clippy.toml` on for the program and leaves its tests alone.
const BANS_ON: &str = "#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]";

struct House {
    tables: Tables,
    /// Every dependency of Cargo.toml, in the spelling of paths.
    dependencies: BTreeSet<String>,
}

impl House {
    fn read() -> Self {
        let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
        let dependencies = ["dependencies", "dev-dependencies"]
            .into_iter()
            .flat_map(|table| manifest[table].as_table().expect("a table of crates").keys())
            .map(|name| name.replace('-', "_"))
            .collect();
        Self { tables: Tables::parse(&read("docs/architecture.md")), dependencies }
    }

    /// What is wrong with one source, each as `file:line: use: rule`.
    fn faults(&self, file: &str, source: &str) -> Vec<String> {
        let module = module_of(file);
        let layer = module.first().map(String::as_str);
        let mut faults = Vec::new();
        if let Some(name) = layer
            && name != "test_support"
            && !self.tables.layers.contains_key(name)
        {
            faults.push(format!("{file}:1: {name} has no row in the layer table of docs/architecture.md"));
            return faults;
        }
        for named in source::paths(source) {
            if let Some((used, rule)) = self.fault(file, &module, &named) {
                faults.push(format!("{file}:{}: {used}: {rule}", named.line));
            }
        }
        faults
    }

    /// The use and the rule it breaks, if it breaks one.
    fn fault(&self, file: &str, module: &[String], named: &Named) -> Option<(String, String)> {
        let for_tests = named.for_tests || is_for_tests(file);
        let here = [module, &named.inside].concat();
        match within(&here, &named.path) {
            Some(inside) => self.fault_inside(module, inside.first()?, &named.path[0], for_tests),
            None => self.fault_outside(file, module, &named.path, for_tests),
        }
    }

    fn fault_inside(&self, module: &[String], used: &str, first: &str, for_tests: bool) -> Option<(String, String)> {
        let name = module.first().map_or("", String::as_str);
        let rule = if used == name {
            return None;
        } else if used == "test_support" {
            (!for_tests).then(|| "only tests may use it".to_owned())
        } else if !self.tables.layers.contains_key(used) {
            // The root of the library declares modules and holds nothing to use.
            matches!(first, "crate" | "super" | "git_qms").then(|| "no layer of that name is in the table".to_owned())
        } else {
            let allowed = &self.tables.layers.get(name)?.layers;
            (!allowed.contains(used)).then(|| format!("{name} may use only {}", list(allowed)))
        };
        Some((format!("crate::{used}"), rule?))
    }

    fn fault_outside(
        &self,
        file: &str,
        module: &[String],
        path: &[String],
        for_tests: bool,
    ) -> Option<(String, String)> {
        let name = module.first()?;
        let layer = self.tables.layers.get(name).filter(|_| !for_tests)?;
        let (first, rest) = (path[0].as_str(), path[1..].join("::"));
        if self.dependencies.contains(first) && !layer.crates.contains(first) {
            return Some((first.to_owned(), format!("{name} may use only the crates {}", list(&layer.crates))));
        }
        let lifts = first == "clippy" && rest.starts_with("disallowed_") && file != "src/main.rs";
        let reaches = first == "std"
            && !layer.edge
            && OUTSIDE_WORLD.iter().any(|banned| rest == *banned || rest.starts_with(&format!("{banned}::")));
        let rule = if lifts && !self.tables.exempt.contains(file) {
            format!("bans are lifted only in {}", list(&self.tables.exempt))
        } else if reaches {
            format!("{name} is pure: it knows no file, environment, process or clock")
        } else {
            return None;
        };
        Some((path.join("::"), rule))
    }
}

/// The path from the root of the library, if it leads into the library.
fn within(here: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" | "git_qms" => Some(rest.to_vec()),
        "self" => Some([here, rest].concat()),
        "super" => {
            let ups = path.iter().take_while(|segment| *segment == "super").count();
            let kept = here.len().saturating_sub(ups);
            Some([&here[..kept], &path[ups..]].concat())
        }
        // At the root, a path may begin with a layer's name.
        _ if here.is_empty() && !matches!(first.as_str(), "std" | "clippy") => Some(path.to_vec()),
        _ => None,
    }
}

/// The module a file is, from the root; `src/main.rs` is a program of its own.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { vec![] } else { path.split('/').map(str::to_owned).collect() }
}

fn is_for_tests(file: &str) -> bool {
    let module = module_of(file);
    module.iter().any(|name| name == "tests") || module.first().is_some_and(|name| name == "test_support")
}

fn list(items: &BTreeSet<String>) -> String {
    if items.is_empty() { "itself".into() } else { items.iter().cloned().collect::<Vec<_>>().join(", ") }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every Rust file below `folder`, as paths from the root of the project.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path: PathBuf = entry.expect("its entries can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let path = path.strip_prefix(root()).expect("it is below the root");
                found.push(path.to_str().expect("names of sources are text").to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_source_keeps_to_its_layer() {
    let house = House::read();
    let sources = sources("src");
    assert!(sources.len() > 40, "found only {} sources", sources.len());
    let faults: Vec<_> = sources.iter().flat_map(|file| house.faults(file, &read(file))).collect();
    assert!(faults.is_empty(), "docs/architecture.md says who may use what:\n{}", faults.join("\n"));
}

#[test]
fn every_source_opens_with_what_it_makes() {
    let silent: Vec<_> =
        sources("src").into_iter().filter(|file| !is_for_tests(file) && !read(file).starts_with("//! ")).collect();
    assert!(silent.is_empty(), "a module's first line says what it makes (//! …): {silent:?}");
}

#[test]
fn the_bans_of_clippy_are_on_in_library_and_program() {
    for file in ["src/lib.rs", "src/main.rs"] {
        assert!(read(file).contains(BANS_ON), "{file} has to turn the bans of clippy.toml on: {BANS_ON}");
    }
}

/// The faults of a snippet, without the file's name.
fn faults(file: &str, source: &str) -> Vec<String> {
    let faults = House::read().faults(file, source);
    faults.into_iter().map(|fault| fault.strip_prefix(&format!("{file}:")).expect("it names the file").into()).collect()
}

fn only_fault(file: &str, source: &str) -> String {
    let mut faults = faults(file, source);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.pop().expect("there is one")
}

#[test]
fn a_layer_that_uses_a_later_one_is_named_with_line_and_rule() {
    assert_eq!(
        only_fault("src/verify/x.rs", "//! X.\n\nuse crate::store::Ledger;\n"),
        "3: crate::store: verify may use only envelope, record, trust"
    );
    assert_eq!(
        only_fault("src/record/x.rs", "use crate::trust::Chain;"),
        "1: crate::trust: record may use only itself"
    );
}

#[test]
fn no_way_of_writing_a_path_hides_it() {
    for source in [
        "use crate::{record::Kind, store::Ledger};",
        "fn f() { crate::store::open() }",
        "fn f() -> Vec<crate::store::Ledger> { vec![] }",
        "use super::super::store::Ledger;",
        "mod inner { use super::super::super::store::Ledger; }",
        "use super::super::{self, store};",
        "pub use crate::store as keeper;",
        "use crate::store::*;",
        "const QUOTE: char = '\"'; use crate::store::X; const OTHER: char = '\"';",
        "fn f<'a>(x: &'a str) { crate::store::X }",
        "macro_rules! m { () => { $crate::store::X } }",
    ] {
        assert_eq!(
            only_fault("src/verify/x.rs", source),
            "1: crate::store: verify may use only envelope, record, trust",
            "{source}"
        );
    }
}

#[test]
fn what_is_not_code_is_no_use() {
    for source in [
        "//! See crate::store::Ledger.\n/* and /* gix::open */ crate::cli::Ui */",
        "const TEXT: &str = \"crate::store::Ledger \\\" gix::open\";",
        "const TEXT: &str = r#\"crate::store \"quoted\" gix::open\"#;",
        "use crate::trust::gix::Thing; use super::toml::Thing;",
        "use crate::record::{self, ids::{CommitId, TreeId as Tree}, time::*};",
    ] {
        assert_eq!(faults("src/verify/x.rs", source), [""; 0], "{source}");
    }
}

#[test]
fn an_outside_crate_in_another_layer_is_refused() {
    for (file, source, used) in [
        ("src/verify/x.rs", "fn f() { gix::open(\".\") }", "gix"),
        ("src/record/x.rs", "use ed25519_dalek::VerifyingKey;", "ed25519_dalek"),
        ("src/policy/x.rs", "use quick_xml::Reader;", "quick_xml"),
        ("src/ingest/x.rs", "use toml as t;", "toml"),
        ("src/report/x.rs", "use ::clap::Parser;", "clap"),
        ("src/cli/x.rs", "use {gix, clap};", "gix"),
        ("src/store/x.rs", "#[derive(clap::Parser)] struct X;", "clap"),
        ("src/trust/x.rs", "use proptest::prelude::*;", "proptest"),
    ] {
        let fault = only_fault(file, source);
        assert!(fault.starts_with(&format!("1: {used}: ")) && fault.contains("may use only the crates"), "{fault}");
    }
    assert_eq!(faults("src/store/x.rs", "use gix::Repository; use serde::Serialize;"), [""; 0]);
}

#[test]
fn a_pure_layer_that_reaches_out_is_refused_and_an_edge_may() {
    for source in [
        "use std::fs;",
        "use std::{env::var, fmt};",
        "fn f() { std::process::exit(1) }",
        "use std::io::{self, stdout};",
        "use std::time::Instant;",
        "use std::path::Path;",
    ] {
        assert!(only_fault("src/ingest/x.rs", source).contains("ingest is pure"), "{source}");
        assert_eq!(faults("src/keys/x.rs", source), [""; 0], "{source}");
    }
    assert_eq!(faults("src/ingest/x.rs", "use std::io::Read; use std::time::Duration;"), [""; 0]);
}

#[test]
fn tests_may_use_any_crate_and_the_test_support_but_no_later_layer() {
    let tests = "#[cfg(test)]\nmod tests { use proptest::prelude::*; use crate::test_support::id; }";
    assert_eq!(faults("src/verify/x.rs", tests), [""; 0]);
    assert_eq!(faults("src/verify/x/tests.rs", "use tempfile::TempDir; use crate::test_support::id;"), [""; 0]);
    assert!(only_fault("src/verify/x.rs", "use crate::test_support::id;").contains("only tests"));
    assert!(only_fault("src/verify/x.rs", &format!("{tests}\nuse gix::open;")).starts_with("3: gix"));
    assert!(only_fault("src/verify/x/tests.rs", "use crate::store::X;").starts_with("1: crate::store"));
}

#[test]
fn a_ban_is_lifted_only_where_the_document_says() {
    let lifted = "#[expect(clippy::disallowed_methods, reason = \"because\")] fn f() {}";
    assert!(only_fault("src/cli/context.rs", lifted).contains("src/cli/clock.rs"));
    assert_eq!(faults("src/cli/clock.rs", lifted), [""; 0]);
    assert_eq!(faults("src/cli/x.rs", &format!("#[cfg(test)] mod tests {{ {lifted} }}")), [""; 0]);
}

#[test]
fn a_folder_without_a_row_and_a_use_of_no_layer_are_named() {
    assert!(only_fault("src/utils/mod.rs", "").contains("utils has no row"));
    assert!(only_fault("src/verify/x.rs", "use crate::VERSION;").contains("no layer of that name"));
    assert!(only_fault("src/main.rs", "use git_qms::store::X;").contains("main may use only cli"));
}
