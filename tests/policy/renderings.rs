//! One verdict in every rendering, and hostile texts in each: nothing breaks out.

use git_qms::policy::exception::Excepted;
use git_qms::policy::{Judgement, Shortfall, Verdict};
use git_qms::record::kind::scan::Severities;
use git_qms::report::{FORMATS, Paint, explained, format};
use serde_json::Value;

use crate::project::Project;

fn excepted() -> Excepted {
    Excepted {
        record: "ab".repeat(32).parse().expect("an id"),
        reason: "legacy module".into(),
        compensating: "manual regression run".into(),
        expires: "2026-05-13T09:30:00Z".parse().expect("a time"),
        requester: "ada".parse().expect("a name"),
        approver: "grace".parse().ok(),
        review_by: None,
    }
}

/// Lines of every outcome but `incomplete`: ok, missing, warning, excepted, not asked for, and the gate's own.
fn verdict() -> Verdict {
    let mut project = Project::full();
    project.scan(Severities { high: 2, ..Severities::default() });
    project.catalog = project.catalog.replacen("\nid = ", "\nescalation = \"release-manager\"\nid = ", 3);
    project.ratify();
    let mut verdict = project.verdict();
    let mut add = |id: &str, outcome, shortfall| {
        let mut control = verdict.controls[2].clone();
        control.id = id.parse().expect("a name");
        (control.outcome, control.shortfall) = (outcome, shortfall);
        control.exception = (outcome == Judgement::Excepted).then(excepted);
        verdict.controls.push(control);
    };
    add("EXC-01", Judgement::Excepted, Some(Shortfall::Breach));
    add("WARN-01", Judgement::Warn, Some(Shortfall::Breach));
    add("ELSEWHERE-01", Judgement::NotApplicable, None);
    add("UNREAD-01", Judgement::Incomplete, None);
    verdict
}

fn written(verdict: &Verdict, name: &str) -> String {
    (format(name).expect("in the table").write)(verdict, Paint::Plain)
}

fn json(verdict: &Verdict, name: &str) -> Value {
    serde_json::from_str(&written(verdict, name)).expect("JSON")
}

#[test]
fn g07_one_verdict_in_every_rendering() {
    let verdict = verdict();
    let all = FORMATS.iter().map(|one| format!("== {}\n{}\n", one.name, written(&verdict, one.name)));
    let all = format!("{}== explained\n{}", all.collect::<Vec<_>>().concat(), explained(&verdict, Paint::Plain));
    insta::assert_snapshot!(all.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn g07_every_rendering_says_what_was_required_found_proved_and_what_to_do() {
    let verdict = verdict();
    let failing = verdict.controls.iter().find(|one| one.outcome == Judgement::Fail).expect("one fails");
    let proof = failing.records[0].record.short();
    for name in ["sarif", "junit", "github", "gitlab", "markdown"] {
        // Character references are what a reader sees.
        let text = written(&verdict, name).replace("&#45;", "-").replace("&#46;", ".").replace("&#61;", "=");
        for said in ["scan.high == 0", "2 high", &proof, "security", "release-manager", "EXC-01", "exception"] {
            assert!(text.contains(said), "{name} does not say {said}:\n{text}");
        }
    }
}

#[test]
fn g07_sarif_has_a_rule_for_each_control_and_a_result_for_each_that_is_not_ok() {
    let verdict = verdict();
    let run = &json(&verdict, "sarif")["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), verdict.controls.len());
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    for result in results {
        let at = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
        assert_eq!(result["ruleId"], rules[at]["id"]);
        assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], ".qms/policy.toml");
        assert_eq!(result["suppressions"].is_array(), result["ruleId"] == "EXC-01");
        assert_eq!(
            result["level"] == "error",
            ["SCAN-01", "UNREAD-01"].contains(&result["ruleId"].as_str().expect("an id"))
        );
    }
}

#[test]
fn g07_junit_is_read_back_with_the_same_counts() {
    let verdict = verdict();
    let text = written(&verdict, "junit");
    let report = git_qms::ingest::read("gate.xml", text.as_bytes()).expect("JUnit XML");
    let shown = format!("{report:?}");
    assert!(shown.contains("SCAN-01"), "{shown}");
    assert_eq!(text.matches("<testcase ").count(), verdict.controls.len());
    assert_eq!((text.matches("<failure ").count(), text.matches("<error ").count()), (1, 1));
    assert_eq!(text.matches("<skipped ").count(), 3);
}

#[test]
fn g07_gitlab_knows_a_control_again_whatever_was_found() {
    let before = json(&verdict(), "gitlab");
    let mut later = verdict();
    later.controls.iter_mut().for_each(|control| "something else".clone_into(&mut control.found));
    let later = json(&later, "gitlab");
    let prints = |report: &Value| -> Vec<String> {
        report.as_array().expect("entries").iter().map(|entry| entry["fingerprint"].to_string()).collect()
    };
    assert_eq!(prints(&before), prints(&later));
    let distinct: std::collections::BTreeSet<_> = prints(&before).into_iter().collect();
    assert_eq!(distinct.len(), 4);
}

#[test]
fn a_control_is_shown_at_its_line_unless_the_tree_has_another_catalog() {
    let mut verdict = verdict();
    let lines = |verdict: &Verdict| -> Vec<u64> {
        let entries = json(verdict, "gitlab");
        entries
            .as_array()
            .expect("entries")
            .iter()
            .map(|one| one["location"]["lines"]["begin"].as_u64().expect("a number"))
            .collect()
    };
    let text = Project::full().catalog;
    let expected = text.lines().take_while(|line| !line.contains("SCAN-01")).count();
    assert!(lines(&verdict)[0].abs_diff(expected as u64) <= 3, "{:?} {expected}", lines(&verdict));
    verdict.state = git_qms::policy::PolicyState::TreeDiffers;
    assert!(lines(&verdict).iter().all(|line| *line == 1));
}

/// Each breaks out of something, were it not escaped.
const HOSTILE: &str = "<script>alert(1)</script><!-- --> --> ]]> \"' & </failure></testcase> | `x` ``` [a](javascript:b) ![i](http://e.example/i) \
     @everyone #1 GH-1 www.e.example https://e.example **b** __c__ ~~d~~ $e$ :tada: \r\n::set-output name=a::b\n::error::c\n# heading\n\
     %0A::error::d ##vso[task.setvariable variable=x]y ##[add-matcher]z \u{1b}[31m\u{9b}2J\u{202e}\u{0}\u{fffe}{0} \\";

fn hostile() -> Verdict {
    saying(HOSTILE)
}

/// A verdict whose every text is this one.
fn saying(said: &str) -> Verdict {
    let mut verdict = verdict();
    for control in &mut verdict.controls {
        for text in [&mut control.title, &mut control.required, &mut control.found] {
            said.clone_into(text);
        }
        control.hint = Some(said.into());
        control.objective = Some(said.into());
        control.frameworks = vec![said.into()];
    }
    verdict
}

/// The lines that a hostile verdict has, and a plain one has too.
#[track_caller]
fn as_many_lines(name: &str) -> String {
    let text = written(&hostile(), name);
    assert_eq!(text.lines().count(), written(&saying("harmless"), name).lines().count(), "{text}");
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(steers), "{text:?}");
    assert!(!text.contains("##[") && !text.contains("##vso["), "{text}");
    text
}

#[test]
fn a22_nothing_breaks_out_of_the_text() {
    let text = as_many_lines("text");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    let text = explained(&hostile(), Paint::Plain);
    assert!(text.lines().all(|line| !line.trim_start().starts_with(['#', ':'])), "{text}");
}

#[test]
fn a22_nothing_breaks_out_of_json_sarif_and_gitlab() {
    for name in ["json", "sarif", "gitlab"] {
        as_many_lines(name);
    }
    assert_eq!(json(&hostile(), "json")["controls"][0]["found"], HOSTILE);
    let sarif = json(&hostile(), "sarif");
    let message = sarif["runs"][0]["results"][0]["message"]["text"].as_str().expect("a message").to_owned();
    let unescaped = message.replace("\\\\", "").replace("\\[", "").replace("\\]", "");
    assert!(!unescaped.contains(['[', ']']), "a link: {message}");
    assert!(!message.replace("{{", "").replace("}}", "").contains(['{', '}']), "a placeholder: {message}");
}

#[test]
fn a22_nothing_breaks_out_of_junit() {
    let text = as_many_lines("junit");
    assert!(!text.contains('\u{fffe}') && !text.contains("<script") && !text.contains("]]>"), "{text}");
    git_qms::ingest::read("gate.xml", text.as_bytes()).expect("JUnit XML still");
    assert_eq!(text.matches("<failure ").count(), 1);
}

#[test]
fn a22_nothing_breaks_out_of_github_annotations() {
    let text = as_many_lines("github");
    for line in text.lines() {
        let rest = line.strip_prefix("::").expect("a command");
        let (command, data) = rest.split_once("::").expect("and its data");
        let (name, properties) = command.split_once(' ').expect("and properties");
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        let keys: Vec<_> = properties.split(',').map(|one| one.split_once('=').expect("a value").0).collect();
        assert!(keys == ["file", "line", "title"] || keys == ["title"], "{line}");
        assert!(data.match_indices('%').all(|(at, _)| ["25", "0A"].contains(&&data[at + 1..at + 3])), "{line}");
    }
}

#[test]
fn a22_nothing_breaks_out_of_markdown() {
    let text = as_many_lines("markdown");
    let mut outside = String::new();
    for (at, part) in text.split("<code>").enumerate() {
        let (code, rest) = if at == 0 { ("", part) } else { part.split_once("</code>").expect("it ends") };
        let references =
            code.split("&#").skip(1).all(|one| one.split_once(';').is_some_and(|(n, _)| n.parse::<u8>().is_ok()));
        let bare = code.replace("&#", "").replace(';', "");
        assert!(references && !bare.contains(|c: char| c.is_ascii_punctuation()), "{code}");
        outside += rest;
    }
    for bad in ["script", "everyone", "example", "heading", "tada"] {
        assert!(!outside.contains(bad), "{bad} stands outside of code: {outside}");
    }
    let cells = |line: &str| line.matches('|').count();
    assert!(text.lines().filter(|line| line.starts_with('|')).all(|line| cells(line) == 8), "{text}");
}

#[test]
fn a_comment_has_room_in_a_forge_whatever_was_found() {
    let mut verdict = hostile();
    verdict.controls.iter_mut().for_each(|control| control.found = "<".repeat(100_000));
    // GitHub takes 65536 characters.
    assert!(written(&verdict, "markdown").len() < 65_536);
    assert!(written(&verdict, "markdown").starts_with("<!-- git-qms-gate payments:production -->\n"));
}

#[test]
fn g13_every_rendering_says_why_until_when_by_whom_and_what_is_done_instead() {
    let verdict = verdict();
    let explained = explained(&verdict, Paint::Plain);
    for (name, text) in
        FORMATS.iter().map(|one| (one.name, written(&verdict, one.name))).chain([("explained", explained)])
    {
        let text = text.replace("&#45;", "-").replace("&#58;", ":");
        let text = text.replace("%3A", ":");
        for said in ["abababababab", "legacy module", "manual regression run", "2026-05-13T09:30:00Z", "grace"] {
            assert!(text.contains(said), "{name} does not say {said}:\n{text}");
        }
    }
}
