//! A21, A22: hostile text in every field that takes text, and every command and format over it: none of it comes out raw.

use std::path::PathBuf;
use std::sync::Mutex;

use crate::workshop::Workshop;

/// Everything that came out raw, told at once.
static RAW: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn must(holds: bool, what: impl FnOnce() -> String) {
    if !holds {
        RAW.lock().expect("one test").push(what());
    }
}

/// What each field is told, the worst first; the first that it takes is what it holds.
fn payloads(field: &str) -> Vec<String> {
    let markup = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'|`x`[pwn](javascript:alert(1))";
    let unseen = "\u{1b}[31m\u{1b}]8;;http://pwn\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}";
    let lines = "\n::error::pwn\n::add-mask::pwn\n##[pwn]x ##vso[pwn]y\n# pwn\n";
    let whole = format!("=pwn({field}) {markup} {unseen} {lines}");
    vec![
        whole.clone(),
        whole.replace('\n', " "),
        format!("=pwn({field}) {markup} \u{202e}\u{200b} ::error::pwn ##[pwn]"),
        format!("=pwn({field}) {markup} ::error::pwn ##[pwn]"),
        format!("@pwn-{field}<script>alert(1)</script>"),
        format!("=pwn-{field}"),
        format!("pwn-{field}"),
    ]
}

/// A project with hostile text wherever somebody can write it, with a release.
struct Hostile {
    workshop: Workshop,
    taken: Vec<(String, String)>,
}

impl Hostile {
    /// Runs a command with the worst that the field takes; says whether it took any.
    fn put(&mut self, who: &str, field: &str, before: &[&str], after: &[&str]) {
        for payload in payloads(field) {
            let run = self.workshop.qms_as(who, &[before, &[&payload], after].concat());
            is_inert(&run.err, &format!("the refusal of {field}"));
            if run.code == 0 {
                self.taken.push((field.to_owned(), payload));
                return;
            }
        }
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.workshop.path(name);
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    }
}

/// What the tools of a build say, with the worst in every member.
fn reports(hostile: &mut Hostile) {
    let worst = payloads("report").remove(0);
    let json = |text: &str| serde_json::to_string(text).expect("JSON");
    let xml: Vec<String> = payloads("xml")[2].chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let xml = xml.concat();
    let junit = hostile.file(
        "hostile.xml",
        &format!(
            "<testsuite name=\"{xml}\" tests=\"2\" failures=\"1\"><testcase classname=\"{xml}\" name=\"{xml}\"/>\
             <testcase classname=\"{xml}\" name=\"b{xml}\"><failure message=\"{xml}\" type=\"{xml}\">{xml}</failure></testcase></testsuite>"
        ),
    );
    let worst = json(&worst);
    let package = format!(
        "{{\"VulnerabilityID\":{worst},\"PkgName\":{worst},\"InstalledVersion\":{worst},\"Severity\":\"HIGH\",\"Title\":{worst}}}"
    );
    let trivy = hostile.file(
        "hostile-trivy.json",
        &format!(
            "{{\"SchemaVersion\":2,\"ArtifactName\":{worst},\"Trivy\":{{\"Version\":{worst}}},\"Results\":[{{\"Target\":{worst},\"Class\":\"lang-pkgs\",\"Type\":\"cargo\",\"Vulnerabilities\":[{package}]}}]}}"
        ),
    );
    let sarif = hostile.file(
        "hostile.sarif",
        &format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":{worst},\"version\":{worst},\"rules\":[{{\"id\":{worst}}}]}}}},\"results\":[{{\"ruleId\":{worst},\"level\":\"error\",\"message\":{{\"text\":{worst}}}}}]}}]}}"
        ),
    );
    let inventory = hostile.file(
        "hostile.cdx.json",
        &format!(
            "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{{\"type\":\"library\",\"name\":{worst},\"version\":{worst},\"licenses\":[{{\"license\":{{\"name\":{worst}}}}}]}}]}}"
        ),
    );
    // Names of files, as far as the file system goes.
    let odd: PathBuf =
        hostile.workshop.path("=pwn <script>alert(1)</script>\u{1b}[31m\u{202e}.tgz".replace('/', "-").as_str());
    std::fs::write(&odd, "artifact").expect("a file");
    let odd = odd.display().to_string();
    let workshop = &hostile.workshop;
    for args in [
        &["record", "test", "--suite", "integration", "--from", &junit][..],
        &["record", "scan", "--from", &trivy],
        &["record", "analysis", "--from", &sarif],
        &["record", "build", "--build-id", "1", "--artifact", &odd, "--from", &inventory],
        &["record", "build", "--build-id", "1", "--artifact", &junit, "--from", &inventory],
        &["record", "test", "--suite", "e2e", "--from", &junit, "--attach", &odd],
    ] {
        let run = workshop.qms_as("ci", args);
        is_inert(&format!("{}{}", run.out, run.err), &format!("{args:?}"));
        if run.code == 0 {
            hostile.taken.push((args[..2].join(" "), worst.clone()));
        }
    }
}

/// Some of the text before a place.
fn around(said: &str, at: usize) -> &str {
    said.get(said.floor_char_boundary(at.saturating_sub(100))..at).unwrap_or_default()
}

/// Nothing that a terminal, or a pipeline that reads a log, would obey.
fn is_inert(said: &str, what: &str) {
    for raw in ["\u{1b}", "\u{7}", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200b}"] {
        let at = said.find(raw);
        must(at.is_none(), || format!("{what}: {raw:?} behind {:?}", around(said, at.unwrap_or_default())));
    }
    for line in said.lines() {
        let obeyed = line.trim_start();
        let is_command = obeyed.starts_with("::error::pwn") || obeyed.starts_with("::add-mask");
        must(!is_command && !line.contains("##[pwn") && !line.contains("##vso[pwn"), || format!("{what}: {line}"));
    }
}

/// Nor what a browser would.
fn is_text_in_a_page(said: &str, what: &str) {
    for markup in ["<script>alert", "<img src=x", "href=\"javascript:"] {
        let at = said.find(markup);
        must(at.is_none(), || format!("{what}: {markup} is live behind {:?}", around(said, at.unwrap_or_default())));
    }
}

/// Nor what a spreadsheet would.
fn is_no_formula(said: &str, what: &str) {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(said.as_bytes());
    for row in rows.records().flatten() {
        for cell in &row {
            let begins = cell.trim_start().starts_with(['=', '@', '+', '\t']);
            must(!begins || cell.parse::<f64>().is_ok(), || format!("{what}: {cell:?} is a formula"));
        }
    }
}

/// A string of TOML: those of JSON are, too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// The catalog, with the worst that each of its texts takes, ratified; names of services and environments too.
fn catalog(all: &mut Hostile) {
    let path = all.workshop.repo().join(".qms/policy.toml");
    let first = std::fs::read_to_string(&path).expect("a catalog");
    let mut text = first.replacen("title = \"The tests pass\"", "title = {title}", 1);
    let at = text.find("objective = ").expect("an objective");
    let end = at + text[at..].find('\n').expect("a line");
    text.replace_range(at..end, "objective = {objective}");
    let appended = [
        ("service", "[[service]]", "paths = [\"elsewhere/**\"]"),
        ("environment", "[[environment]]", "production = false"),
    ];
    for (field, table, more) in appended {
        text.extend(["\n", table, "\nname = {", field, "}\n", more, "\n"]);
    }
    let fields = ["title", "objective", "service", "environment"];
    let plain = |text: &str, skip: &str| {
        let others = fields.iter().filter(|field| **field != skip);
        others.fold(text.to_owned(), |text, field| text.replace(&format!("{{{field}}}"), "\"plain\""))
    };
    for field in fields {
        let hole = format!("{{{field}}}");
        let taken = payloads(field).into_iter().find(|payload| {
            let filled = plain(&text, field).replace(&hole, &quoted(payload));
            std::fs::write(&path, filled).expect("a catalog");
            let run = all.workshop.qms(&["policy", "check"]);
            is_inert(&format!("{}{}", run.out, run.err), &format!("policy check of {field}"));
            run.code == 0
        });
        let taken = taken.unwrap_or_else(|| panic!("the catalog takes no {field}"));
        text = text.replace(&hole, &quoted(&taken));
        all.taken.push((format!("catalog {field}"), taken));
    }
    all.workshop.commit(".qms/policy.toml", &text);
    all.workshop.qms(&["policy", "ratify"]).ok();
    let deploy = ["record", "deploy", "--release", &all.workshop.made.tag.clone(), "--outcome", "success"];
    all.put("ci", "--environment", &[&deploy[..], &["--environment"]].concat(), &[]);
    all.put("ada", "--service", &["record", "plan", "--change", "CHG-1", "--reason", "x", "--service"], &[]);
}

fn hostile() -> Hostile {
    let mut all = Hostile { workshop: Workshop::new(), taken: Vec::new() };
    catalog(&mut all);
    let key = all.workshop.key("mallory.pub");
    let member =
        ["trust", "add", "mallory", "--public-key", &key, "--role", "developer", "--email", "m@example.com", "--name"];
    all.put("ada", "member", &member, &[]);
    let plan = ["record", "plan", "--service", "payments-api", "--change"];
    all.put("ada", "change", &plan, &["--reason", "x", "--rollback", "y"]);
    let plan = [&plan[..], &["CHG-1", "--reason", "More"]].concat();
    for option in [
        "--known-risk",
        "--rollback",
        "--monitoring",
        "--rollout",
        "--requirement",
        "--run",
        "--run-actor",
        "--run-ref",
    ] {
        all.put("ada", option, &[&plan[..], &[option]].concat(), &[]);
    }
    all.put("ada", "reason", &["record", "plan", "--service", "payments-api", "--change", "CHG-1", "--reason"], &[]);
    reports(&mut all);
    all.put("grace", "comment", &["approve", "--role", "qa", "--comment"], &[]);
    let tag = all.workshop.made.tag.clone();
    let deploy = ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "success"];
    for option in ["--migration", "--actor", "--infra-revision"] {
        all.put("ci", option, &[&deploy[..], &[option]].concat(), &[]);
    }
    let monitor = ["record", "monitor", "--release", &tag, "--environment", "production", "--smoke", "pass", "--note"];
    all.put("ci", "note", &monitor, &[]);
    for kind in ["incident", "defect"] {
        all.put("ada", "title", &["record", kind, "--id", "X-1", "--severity", "high", "--title"], &[]);
        all.put("ada", "remediation", &["record", kind, "--id", "X-1", "--severity", "high", "--remediation"], &[]);
        all.put("ada", "id", &["record", kind, "--severity", "low", "--title", "x", "--id"], &[]);
    }
    let proof = all.file("proof.txt", "proof");
    let ask = ["exception", "request", "TEST-01", "--expires", "30d", "--attach", &proof];
    all.put("ada", "compensating", &[&ask[..], &["--reason", "x", "--compensating"]].concat(), &[]);
    all.put("ada", "exception", &[&ask[..], &["--compensating", "x", "--reason"]].concat(), &[]);
    all
}

/// What others write with git alone: commits, branches, tags, notes, names in the tree of notes.
fn by_git(workshop: &Workshop) {
    let worst = payloads("git").remove(1);
    let message = format!("{worst}\n\nRefs: {worst}\nCo-authored-by: {worst} <x@example.com>");
    std::fs::write(workshop.repo().join("=pwn<script>alert(1)<script>\u{202e}.txt"), "x").expect("a file");
    workshop.git(&["add", "."]);
    workshop.git(&["-c", "user.name=E\u{1b}[1m<script>alert(1)</script>\u{202e}", "commit", "-q", "-m", &message]);
    for name in ["pwn<script>alert(1)<\u{202e}\u{200b}", "=pwn'|\"`x`"] {
        workshop.git_in(&workshop.repo(), &["branch", name]);
        workshop.git_in(&workshop.repo(), &["tag", "-a", "-m", &worst, name]);
    }
    workshop.put_line(&workshop.made.commit.clone(), &worst);
    let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], b"x");
    let tree = workshop.git(&["ls-tree", "refs/notes/qms"]);
    let tree = format!("{tree}\n100644 blob {blob}\t\"=pwn\\033[31m<script>\\342\\200\\256\"\n");
    let tree = workshop.git_with(&["mktree"], tree.as_bytes());
    let commit = workshop.git(&["commit-tree", &tree, "-p", "refs/notes/qms", "-m", &worst]);
    workshop.git(&["update-ref", "refs/notes/qms", &commit]);
}

#[test]
fn a22_hostile_text_in_every_field_reaches_no_output_of_any_command_raw() {
    let hostile = hostile();
    let fields: std::collections::BTreeSet<&str> = hostile.taken.iter().map(|(field, _)| &field[..]).collect();
    assert!(fields.len() > 20, "only {fields:?} took text");
    let workshop = &hostile.workshop;
    // Once while everything counts, and once with what others wrote by git.
    over_all(workshop, &EVERY, &[]);
    by_git(workshop);
    over_all(workshop, &OTHERS, &[]);
    over_all(workshop, &OTHERS, &["--json"]);
    let raw = RAW.lock().expect("one test");
    assert!(raw.is_empty(), "{} places:\n{}", raw.len(), raw.join("\n"));
}

/// Commands that tell what is recorded. `TAG` and `FOLDER` are filled in.
const EVERY: [&str; 56] = [
    "verify --all",
    "log",
    "log --json",
    "status",
    "status --json",
    "audit --html FOLDER/audit.html",
    "audit --full --completeness",
    "audit --full --sample 3 --json",
    "show",
    "show --full",
    "show --json",
    "show TAG --full",
    "show TAG --json",
    "gate",
    "gate --explain",
    "gate --json",
    "gate --format sarif",
    "gate --format junit",
    "gate --format github",
    "gate --format gitlab",
    "gate --format markdown",
    "trace CHG-1",
    "trace CHG-1 --format dot",
    "trace CHG-1 --format mermaid",
    "trace CHG-1 --format svg",
    "trace CHG-1 --format html",
    "trace TAG --json",
    "trace X-1",
    "trace --matrix --format csv",
    "trace --matrix",
    "trust who --role developer",
    "trust export",
    "policy show",
    "policy show --json",
    "policy check",
    "policy check --json",
    "policy log",
    "control list",
    "control list --json",
    "control gaps",
    "control show TEST-01",
    "control show TEST-01 --json",
    "exception list",
    "exception list --json",
    "measure",
    "measure --csv",
    "measure --controls",
    "measure --html FOLDER/measure.html",
    "export --format csv --to -",
    "export --format jsonl --to -",
    "export --format json --to FOLDER/rows.json",
    "export TAG --format html --to -",
    "export TAG --format oscal --to FOLDER/oscal.json",
    "export TAG --format in-toto --to FOLDER/in-toto.jsonl",
    "export TAG --format bundle --to FOLDER/package.qms",
    "completions bash",
];

/// Those that tell also what others wrote by git.
const OTHERS: [&str; 8] =
    ["verify --all", "log", "status", "doctor", "trust log", "trust show", "sync --dry-run", "hook status"];

/// Runs all of them, as many at a time as there are cores, with the hostile records, too.
fn over_all(workshop: &Workshop, commands: &[&str], more: &[&str]) {
    let folder = workshop.path("written");
    std::fs::create_dir_all(&folder).expect("a folder");
    let folder = folder.display().to_string();
    let ids = workshop.qms(&["log", "--ids"]).out;
    let shown = ids.lines().rev().take(12).map(|id| format!("show {id}"));
    let commands = commands.iter().map(|line| (*line).to_owned()).chain(shown.filter(|_| more.is_empty()));
    let commands: Vec<String> =
        commands.map(|line| line.replace("TAG", &workshop.made.tag).replace("FOLDER", &folder)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                while let Some(line) = commands.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    tells_nothing_raw(workshop, &[&line.split(' ').collect::<Vec<_>>()[..], more].concat());
                }
            });
        }
    });
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let (name, bytes) = (entry.file_name().display().to_string(), std::fs::read(entry.path()).expect("a file"));
        // A package is a bundle of git's: it holds what was written as it was written, deflated.
        let ends_in = |wanted: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == wanted);
        if !ends_in("qms") {
            is_inert(&String::from_utf8(bytes.clone()).expect("text"), &name);
        }
        if ends_in("html") || ends_in("md") {
            is_text_in_a_page(&String::from_utf8_lossy(&bytes), &name);
        }
    }
}

fn tells_nothing_raw(workshop: &Workshop, args: &[&str]) {
    let mut command = workshop.command(env!("CARGO_BIN_EXE_git-qms"), &workshop.repo());
    let has = |text: &str| args.iter().any(|arg| arg.contains(text));
    if has("github") {
        command.env("GITHUB_STEP_SUMMARY", workshop.path("written").join("summary.md"));
    }
    let run = crate::workshop::run(command.args(args), &[]);
    let (what, is_json) = (format!("{args:?}"), has("--json"));
    must(run.code != 2 || has("status") || has("doctor"), || format!("{what} could not tell: {}", run.err));
    is_inert(&run.err, &what);
    is_inert(&run.out, &what);
    // What is drawn from DOT is escaped by Graphviz.
    if !is_json && (has("html") || has("markdown") || has("mermaid") || has("junit") || has("svg")) {
        is_text_in_a_page(&run.out, &what);
    }
    if !is_json && has("markdown") {
        must(!run.out.contains("](javascript:"), || format!("{what}: a link"));
    }
    if !is_json && has("csv") {
        is_no_formula(&run.out, &what);
    }
}
