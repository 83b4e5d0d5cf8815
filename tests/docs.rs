//! Holds `docs/` to the code, and the code to `docs/requirements.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use git_qms::record::Kind;
use git_qms::verify::Code;

/// How many requirements each group has; ids are numbered from 01.
const GROUPS: [(char, usize); 9] =
    [('E', 18), ('R', 12), ('G', 16), ('T', 11), ('S', 6), ('F', 7), ('K', 3), ('U', 5), ('A', 40)];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn texts(folder: &str, extension: &str) -> String {
    files(folder, extension).iter().map(|path| fs::read_to_string(path).expect("a text")).collect()
}

/// The rows of all tables whose head is `head`, without its cells' outer blanks.
fn rows(document: &str, head: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut lines = document.lines();
    while lines.by_ref().any(|line| line == head) {
        let table = lines.by_ref().skip(1).take_while(|line| line.starts_with('|'));
        rows.extend(table.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()));
    }
    assert!(!rows.is_empty(), "no table begins with {head:?}");
    rows
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of all test functions, and `group/name` of all vectors.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let sources = texts("src", "rs") + &texts("tests", "rs");
    let mut marked = false;
    for line in sources.lines().map(str::trim) {
        if line == "#[test]" {
            marked = true;
        } else if marked && let Some(rest) = line.strip_prefix("fn ") {
            names.insert(rest.split('(').next().expect("split gives one at least").to_owned());
            marked = false;
        }
    }
    for path in files("tests/vectors", "json") {
        let group = path.file_stem().expect("a file has a name").to_str().expect("vector files are named in ASCII");
        let vectors: Vec<BTreeMap<String, serde_json::Value>> =
            serde_json::from_slice(&fs::read(&path).expect("a vector file can be read")).expect("an array of vectors");
        names.extend(vectors.iter().filter_map(|vector| Some(format!("{group}/{}", vector.get("name")?.as_str()?))));
    }
    names
}

/// Everything wrong with the rows of a table of ids, texts, states and tests.
fn faults(rows: &[Vec<String>], groups: &[(char, usize)], tests: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expected: BTreeSet<String> =
        groups.iter().flat_map(|(group, count)| (1..=*count).map(move |at| format!("{group}{at:02}"))).collect();
    for row in rows {
        let [id, text, .., status, named] = row.as_slice() else {
            faults.push(format!("{row:?} has too few cells"));
            continue;
        };
        if !expected.remove(id) {
            faults.push(format!("{id}: no such id, or a second row of it"));
        }
        if text.is_empty() {
            faults.push(format!("{id}: says nothing"));
        }
        let named = quoted(named);
        match status.as_str() {
            "done" | "part" if named.is_empty() => faults.push(format!("{id}: is {status} and names no test")),
            "planned" if !named.is_empty() => {
                faults.push(format!("{id}: is planned and names a test: it is part at least"));
            }
            "done" | "part" | "planned" => {}
            other => faults.push(format!("{id}: status {other:?}, expected done, part or planned")),
        }
        let absent = named.iter().filter(|name| !tests.contains(**name));
        faults.extend(absent.map(|name| format!("{id}: there is no test or vector {name}")));
    }
    faults.extend(expected.iter().map(|id| format!("{id}: has no row")));
    faults
}

#[test]
fn every_requirement_has_its_row_and_its_tests_exist() {
    let document = read("docs/requirements.md");
    let rows = rows(&document, "| id | what a user gets | status | tests |");
    let faults = faults(&rows, &GROUPS[..8], &tests());
    assert!(faults.is_empty(), "docs/requirements.md:\n{}", faults.join("\n"));
}

#[test]
fn every_attack_has_its_row_and_its_tests_exist() {
    let document = read("docs/threat-model.md");
    let rows = rows(&document, "| id | attack | answer | status | tests |");
    let faults = faults(&rows, &GROUPS[8..], &tests());
    assert!(faults.is_empty(), "docs/threat-model.md:\n{}", faults.join("\n"));
}

#[test]
fn g06_every_clause_on_what_counts_and_who_approves_has_its_tests() {
    let (rows, tests) = (rows(&read("docs/spec/policy.md"), "| clause | tests |"), tests());
    for row in &rows {
        let [clause, named] = row.as_slice() else { panic!("{row:?} has not two cells") };
        let named = quoted(named);
        assert!(!named.is_empty(), "no test of {clause}");
        for name in named {
            assert!(tests.contains(name), "there is no test {name} of {clause}");
        }
    }
    assert_eq!(rows.len(), 29);
}

#[test]
fn every_finding_code_has_its_row_with_its_severity() {
    let document = read("docs/findings.md");
    let mut rows: BTreeMap<String, String> = rows(&document, "| code | severity | meaning | what to do |")
        .into_iter()
        .map(|row| {
            assert!(row.len() == 4 && row.iter().all(|cell| !cell.is_empty()), "a cell is empty: {row:?}");
            (row[0].trim_matches('`').to_owned(), row[1].clone())
        })
        .collect();
    for code in Code::ALL {
        let severity = rows.remove(code.as_str()).unwrap_or_else(|| panic!("docs/findings.md has no row `{code}`"));
        assert_eq!(severity, code.severity().to_string(), "severity of {code} in docs/findings.md");
    }
    assert!(rows.is_empty(), "docs/findings.md has rows of codes that do not exist: {rows:?}");
}

#[test]
fn u03_every_shape_of_json_output_is_documented() {
    let sources = texts("src", "rs");
    let documented = read("docs/json.md");
    let shapes: BTreeSet<&str> = quoted_shapes(&sources).collect();
    assert!(shapes.len() > 10, "{shapes:?}");
    let missing: Vec<_> = shapes.into_iter().filter(|shape| !documented.contains(&format!("| `{shape}` |"))).collect();
    assert!(missing.is_empty(), "docs/json.md has no row of {missing:?}");
}

/// `git-qms/…/v1` wherever it stands as a whole string.
fn quoted_shapes(sources: &str) -> impl Iterator<Item = &str> {
    sources.split('"').filter(|text| text.starts_with("git-qms/") && text.ends_with("/v1"))
}

#[test]
fn every_kind_has_a_place_in_the_specification() {
    let specification = texts("docs/spec", "md");
    assert!(!specification.is_empty(), "docs/spec has no page");
    for kind in Kind::ALL {
        let (name, predicate) = (format!("`{kind}`"), kind.predicate_type());
        assert!(specification.contains(&name), "docs/spec says nothing about the kind {name}");
        assert!(specification.contains(predicate), "docs/spec does not name the predicate type {predicate} of {kind}");
    }
}

#[test]
fn e14_every_format_has_its_row_in_the_guide() {
    let document = read("docs/guide/formats.md");
    let rows = rows(&document, "| format | feeds | what is taken | what is not |");
    let written: Vec<(String, String)> = rows
        .into_iter()
        .map(|row| {
            assert!(row.len() == 4 && row.iter().all(|cell| !cell.is_empty()), "a cell is empty: {row:?}");
            (row[0].clone(), row[1].clone())
        })
        .collect();
    let feeds = |kinds: &[Kind]| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let read: Vec<(String, String)> =
        git_qms::ingest::FORMATS.iter().map(|format| (format.name.to_owned(), feeds(format.feeds))).collect();
    for row in &read {
        assert!(written.contains(row), "docs/guide/formats.md has no row of {row:?}");
    }
    for row in &written {
        assert!(read.contains(row), "docs/guide/formats.md has a row of a format that is not read: {row:?}");
    }
}

/// The links of a page that point at nothing.
fn broken_links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).expect("a page is text");
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = links.filter(|link| !link.contains("://") && !link.contains(' '));
    let folder = page.parent().expect("a file has a folder");
    local
        .filter(|link| {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.to_owned() } else { folder.join(file) };
            match (fs::read_to_string(&target), anchor) {
                (Ok(_), "") => false,
                (Ok(text), anchor) => !text.lines().any(|line| line.starts_with('#') && slug(line) == anchor),
                (Err(_), _) => !target.is_dir(),
            }
        })
        .map(|link| format!("{}: {link}", page.strip_prefix(root()).unwrap_or(page).display()))
        .collect()
}

/// The anchor that forges give a heading.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_between_pages_resolves() {
    let at_the_root = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|page| root().join(page));
    let pages = at_the_root.into_iter().chain(files("docs", "md"));
    let broken: Vec<_> = pages.flat_map(|page| broken_links(&page)).collect();
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_row_without_test_with_a_wrong_one_or_missing_is_named() {
    let row = |id: &str, status: &str, tests: &str| [id, "text", status, tests].map(str::to_owned).to_vec();
    let known = BTreeSet::from(["real".to_owned()]);
    let rows = [
        row("E01", "done", ""),
        row("E02", "done", "`real`, `imagined`"),
        row("E03", "finished", ""),
        row("E04", "planned", "`real`"),
        row("E05", "planned", ""),
    ];
    assert_eq!(
        faults(&rows, &[('E', 4), ('F', 1)], &known),
        [
            "E01: is done and names no test",
            "E02: there is no test or vector imagined",
            "E03: status \"finished\", expected done, part or planned",
            "E04: is planned and names a test: it is part at least",
            "E05: no such id, or a second row of it",
            "F01: has no row",
        ]
    );
    assert_eq!(faults(&[row("E01", "done", "`real`")], &[('E', 1)], &known), [""; 0]);
}

#[test]
fn f06_every_table_column_and_view_of_an_export_is_documented() {
    use git_qms::report::table::{TABLES, VIEWS};
    let page = read("docs/guide/tables.md");
    let mut expected: Vec<String> = Vec::new();
    for table in TABLES {
        let head = format!("### {}\n\n{}\n\n| column | type | what it says |\n|---|---|---|\n", table.name, table.doc);
        let rows = (table.columns)();
        let rows = rows.iter().map(|one| format!("| `{}` | {} | {} |\n", one.name, one.kind.as_str(), one.doc));
        expected.push(head + &rows.collect::<Vec<_>>().concat() + "\n");
    }
    let views: Vec<String> = VIEWS.iter().map(|view| format!("| `{}` | {} |\n", view.name, view.doc)).collect();
    expected.push(format!("| view | what one row is |\n|---|---|\n{}", views.concat()));
    for part in expected {
        assert!(page.contains(&part), "docs/guide/tables.md lacks:\n{part}");
    }
}
