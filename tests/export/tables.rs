//! Exports as tables and statements: what is in them, what is not, and what happens to wrong input.

use std::collections::BTreeSet;

use serde_json::Value;

use super::desk::Desk;

const HOSTILE: &str = "=cmd|' /C calc'!A0;\"x\",\nnext";

/// The played walk-through with a plan whose reason is a formula, and its release.
fn played() -> (Desk, String) {
    let (desk, played) = Desk::played();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-9", "--reason", HOSTILE];
    desk.qms(&plan).exit(0);
    (desk, played["tag"].as_str().expect("a tag").to_owned())
}

fn export(desk: &Desk, args: &[&str]) -> Value {
    desk.qms(&[&["--json", "export"], args].concat()).exit(0).json()
}

fn lines(desk: &Desk, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(desk.path(file)).expect("a file");
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

fn python(desk: &Desk, script: &str) -> Value {
    let output = desk.program("python3", &["-c", script], &desk.path(".")).output().expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn f06_a_row_for_each_record_in_every_format_and_no_cell_is_a_formula() {
    let (desk, _) = played();
    let ids: Vec<String> = desk.say("log --ids").exit(0).out.lines().map(str::to_owned).collect();
    let told = export(&desk, &["--format", "jsonl", "--to", "../all.jsonl"]);
    assert_eq!((&told["records"], &told["result"], told.get("release")), (&ids.len().into(), &"pass".into(), None));
    let rows = lines(&desk, "all.jsonl");
    let of = |rows: &[Value], name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(of(&rows, "record_id"), ids, "all of them, in the order of the ledger");
    // Typed: numbers, times, yes and no; what is not said is null.
    let test = rows.iter().find(|row| row["kind"] == "test").expect("a test record");
    assert_eq!(
        (&test["tests_passed"], &test["tests_failed"], &test["is_dirty"]),
        (&11.into(), &0.into(), &false.into())
    );
    assert_eq!((&test["gate_result"], &test["recorder_name"]), (&Value::Null, &"CI".into()));
    let plan = rows.iter().find(|row| row["change_id"] == "CHG-9").expect("the plan");
    assert_eq!(plan["plan_reason"], HOSTILE);
    export(&desk, &["--format", "csv", "--to", "../all.csv"]);
    let read = "import csv, json; print(json.dumps(list(csv.DictReader(open('all.csv', newline='')))))";
    let cells = python(&desk, read);
    let cells = cells.as_array().expect("rows");
    assert_eq!(of(cells, "record_id"), ids);
    let plan = cells.iter().find(|row| row["change_id"] == "CHG-9").expect("the plan");
    // One line, or a log would take the next one for its own.
    let shown = HOSTILE.replace('\n', "\\u{a}");
    assert_eq!(plan["plan_reason"], format!("'{shown}"), "a spreadsheet takes it for text");
    let begins = |cell: &Value| cell.as_str().is_some_and(|text| text.starts_with(['=', '+', '-', '@', '\t', '\r']));
    assert!(!cells.iter().any(|row| row.as_object().expect("a row").values().any(begins)));
    // The same in one object, with what it is about.
    export(&desk, &["--format", "json", "--to", "../all.json"]);
    let whole: Value = serde_json::from_slice(&std::fs::read(desk.path("all.json")).expect("a file")).expect("JSON");
    assert_eq!((&whole["schema"], &whole["records"]), (&"git-qms/tables/v1".into(), &Value::from(rows)));
    assert_eq!(whole["controls"].as_array().map(Vec::len), Some(4));
}

#[test]
fn f06_a_database_is_read_by_stock_python_with_its_types_and_views() {
    let (desk, tag) = played();
    export(&desk, &["--format", "sqlite", "--to", "../all.db"]);
    let told = python(
        &desk,
        "import json, sqlite3
db = sqlite3.connect('file:all.db?mode=ro', uri=True)
one = lambda sql: db.execute(sql).fetchall()
print(json.dumps({
    'whole': one('PRAGMA integrity_check'),
    'release': one('SELECT release_tag, released_by, deployed_to FROM releases'),
    'deployment': one('SELECT deploy_outcome, approvals, observations FROM deployments'),
    'tests': one('SELECT tests_passed, round(line_coverage, 3), typeof(tests_passed), typeof(recorded_at) FROM tests'),
    'control': one(\"SELECT decisions, excepted FROM control_outcomes WHERE control_id = 'COV-01'\"),
    'exception': one('SELECT exception_control, approvals, endings FROM exceptions'),
    'incidents': one('SELECT count(*) FROM incidents'),
    'approvals': one('SELECT recorder_name, approval_role FROM approvals'),
    'evidence': one('SELECT count(*) FROM evidence e JOIN records r ON r.record_id = e.evidence_id AND r.project = e.project'),
    'orphans': one('SELECT count(*) FROM controls WHERE record_id NOT IN (SELECT record_id FROM records)'),
    'reason': one(\"SELECT plan_reason FROM records WHERE change_id = 'CHG-9'\"),
    'year': one(\"SELECT strftime('%Y', recorded_at) > '2020' FROM records LIMIT 1\"),
}))",
    );
    let expected = serde_json::json!({
        "whole": [["ok"]], "release": [[tag, "grace", "production"]], "deployment": [["success", 1, 1]],
        "tests": told["tests"], "control": [[1, 1]], "exception": [["COV-01", 1, 0]], "incidents": [[0]],
        "approvals": [["Grace Hopper", "release-manager"]], "evidence": told["evidence"], "orphans": [[0]],
        "reason": [[HOSTILE]], "year": [[1]],
    });
    assert_eq!(told, expected);
    assert_eq!((&told["tests"][0][0], &told["tests"][0][2]), (&11.into(), &"integer".into()), "{told}");
    assert!(told["evidence"][0][0].as_u64() > Some(0), "{told}");
}

#[test]
fn f06_a_release_a_period_or_a_service_is_a_part_of_everything() {
    let (desk, tag) = played();
    let count = |args: &[&str]| {
        let all = [&["--format", "jsonl", "--to", "../part.jsonl"], args].concat();
        export(&desk, &all)["records"].as_u64().expect("a number")
    };
    let all = count(&[]);
    let release = count(&[&tag]);
    assert!(release > 0 && release < all, "{release} of {all}");
    let rows = lines(&desk, "part.jsonl");
    let kinds: BTreeSet<&str> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    let whole = [
        "plan",
        "build",
        "test",
        "scan",
        "approval",
        "gate",
        "release",
        "deploy",
        "monitor",
        "exception",
        "exception-decision",
        "policy",
    ];
    assert_eq!(kinds, BTreeSet::from(whole));
    assert_eq!(count(&["--period", "today"]), all);
    assert!(count(&["--service", "payments-api", "--since", "today"]) < all);
    for args in [&["--period", "2001"][..], &["--service", "web"]] {
        let said = desk.qms(&[&["export", "--format", "csv", "--to", "../none.csv"], args].concat()).exit(1);
        assert!(said.err.contains("no record is in") && said.err.contains("hint: "), "{said:?}");
        assert!(!desk.path("none.csv").exists());
    }
}

#[test]
fn f06_partitions_are_by_table_project_and_month_and_written_whole() {
    let (desk, _) = played();
    let root = desk.say("trust show --root").exit(0).out.trim().to_owned();
    let told = export(&desk, &["--format", "jsonl", "--partition", "../lake"]);
    assert_eq!(told["files"], 11, "ten tables of one month, and their declaration");
    let months =
        std::fs::read_dir(desk.path(&format!("lake/records/project={root}"))).expect("a folder of the project");
    let months: Vec<String> =
        months.map(|one| one.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    let [month] = &months[..] else { panic!("{months:?}") };
    let day = lines(&desk, &format!("lake/records/project={root}/{month}/rows.jsonl"))[0]["recorded_at"].clone();
    assert_eq!(Some(month.as_str()), day.as_str().map(|day| format!("month={}", &day[..7])).as_deref());
    // A table without rows has its file, too; and nothing else is left.
    assert!(lines(&desk, &format!("lake/findings/project={root}/{month}/rows.jsonl")).is_empty());
    let again = export(&desk, &["--format", "jsonl", "--partition", "../lake", "--period", &month["month=".len()..]]);
    assert_eq!((&again["files"], &again["bytes"]), (&told["files"], &told["bytes"]));
    let script = "find ../lake -type f | wc -l";
    let found = desk.program("sh", &["-c", script], &desk.path("payments")).output().expect("sh runs");
    assert_eq!(String::from_utf8_lossy(&found.stdout).trim(), "11");
}

#[test]
fn f06_the_same_records_give_the_same_bytes() {
    let (desk, tag) = played();
    for format in ["csv", "jsonl", "json", "sqlite", "in-toto", "oscal"] {
        let make = |file: &str| {
            let at = ["export", &tag, "--format", format, "--at", "2030-01-01T00:00:00Z", "--to", file];
            desk.qms(&at).exit(0);
            std::fs::read(desk.path("payments").join(file)).expect("a file")
        };
        assert_eq!(make("../one"), make("../two"), "{format}");
    }
}

#[test]
fn f06_the_signed_statements_are_those_of_the_ledger_byte_for_byte() {
    let (desk, tag) = played();
    export(&desk, &[&tag, "--format", "in-toto", "--to", "../release.intoto.jsonl"]);
    let bundle = std::fs::read_to_string(desk.path("release.intoto.jsonl")).expect("a file");
    let notes = desk.git(&["log", "--all", "--notes=qms", "--format=%N"]);
    let stored: BTreeSet<&str> = notes.lines().collect();
    assert!(bundle.lines().count() > 10 && bundle.lines().all(|line| stored.contains(line)));
    assert!(bundle.lines().all(|line| line.contains("\"payloadType\":\"application/vnd.in-toto+json\"")));
}

#[test]
fn f06_wrong_input_is_told_with_the_next_step_and_changes_nothing() {
    let (desk, tag) = played();
    std::fs::write(desk.path("kept.csv"), "mine").expect("a file");
    std::fs::create_dir_all(desk.path("folder")).expect("a folder");
    std::fs::write(desk.path("folder/tables.sql"), "mine").expect("a file");
    let before = std::fs::read_dir(desk.path(".")).expect("a folder").count();
    for (args, code, what) in [
        ("--format xlsx --to ../x", 2, "expected html, bundle, csv, jsonl, json, sqlite, in-toto or oscal"),
        ("--format csv", 2, "--to <FILE>"),
        ("--to ../x", 2, "--format <FORMAT>"),
        ("--format html --to ../x", 2, "html tells of one release, and none is named"),
        ("--format bundle --to ../x --period 2026", 2, "bundle tells of one release"),
        ("nothing@1+x --format csv --to ../x", 1, "names no release, record or commit here"),
        ("HEAD --format csv --to ../x", 1, "is no release"),
        ("TAG --format csv --to ../x --period 2026", 2, "cannot be used with"),
        ("--format csv --to ../x --since 2026-05 --until 2026-04", 2, "no time lies between"),
        ("--format csv --to ../x --period someday", 2, "expected a time like"),
        ("--format csv --to ../x --table people", 2, "tables are: records, suites"),
        ("--format oscal --to ../x --table records", 2, "--table is for csv and jsonl"),
        ("--format csv --to ../gone/x", 2, "name a file in a folder that is there"),
        ("--format sqlite --to ../gone/x", 2, "name a file in a folder that is there"),
        ("--format csv --to ../folder", 2, "is a folder"),
        ("--format csv --partition ../lake", 2, "--partition is for jsonl"),
        ("--format jsonl --partition ../kept.csv", 2, "writing ../kept.csv"),
        ("--format jsonl --partition ../lake --since 2026-04-13", 2, "is within a month"),
        ("--format jsonl --partition ../lake --table cases", 2, "cannot be used with"),
        ("--format sqlite --to -", 2, "a database is no stream"),
        ("--format oscal --to ../x --service web", 1, "no record is in"),
        ("--json --format csv --to -", 2, "--json has it already"),
    ] {
        let args = args.replace("TAG", &tag);
        let said = desk.say(&format!("export {args}")).exit(code);
        assert!(said.err.contains(what), "{args}: {said:?}");
        assert!(said.err.contains("hint: ") || said.err.contains("--help"), "{args}: {said:?}");
        assert_eq!(std::fs::read_dir(desk.path(".")).expect("a folder").count(), before, "{args}");
    }
    assert_eq!(std::fs::read_to_string(desk.path("kept.csv")).expect("a file"), "mine");
    // A pipe gets the export and nothing else.
    let piped = desk.say("export --format csv --to -").exit(0);
    assert!(piped.out.starts_with("project,record_id,") && piped.err.is_empty(), "{piped:?}");
}

#[test]
fn f06_what_does_not_verify_is_in_no_export_and_said() {
    let (desk, _) = played();
    let count = |desk: &Desk| lines(desk, "x.jsonl").len();
    export(&desk, &["--format", "jsonl", "--to", "../x.jsonl"]);
    let before = count(&desk);
    let note = desk.git(&["notes", "--ref=qms", "show", "HEAD"]);
    let forged = note.replacen("\"sig\":\"", "\"sig\":\"AAAA", 1);
    std::fs::write(desk.path("note"), forged).expect("a file");
    desk.git(&["notes", "--ref=qms", "add", "-f", "-F", "../note", "HEAD"]);
    let said = desk.say("export --format jsonl --to ../x.jsonl").exit(1);
    assert!(said.out.contains("rejected"), "{said:?}");
    assert!(count(&desk) < before);
}
