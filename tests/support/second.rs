//! The second reader, tests/interop/reader, asked about every repository that a test has verified: two programs that
//! share nothing but docs/spec have to come to one answer.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::Verdict;

/// Result, exit code, counts, and every finding by severity, code and what it names have to be the same.
///
/// Without python3 and its cryptography it is left out, and says so; with `QMS_REQUIRE_INTEROP=1` that fails.
#[track_caller]
pub fn agrees(dir: &Path, options: &[&str], ours: &Verdict) {
    if !is_there() {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/second_reader.py");
    let mut command = Command::new("python3");
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.current_dir(dir).arg(script).args(options).arg(dir).output().expect("python3 runs");
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said()));
    let answers = |json: &Value| (json["result"].clone(), json["counts"].clone(), findings(json));
    let (our, their) = (answers(&ours.json), answers(&theirs));
    let told = || format!("git-qms: {:#}\nsecond reader: {:#}", ours.json["findings"], theirs["findings"]);
    assert_eq!((Some(ours.code), our), (output.status.code(), their), "{}", told());
}

/// `error line-removed 4e1a…`: the record or, where none is named, the ref.
fn findings(json: &Value) -> BTreeSet<String> {
    let found = json["findings"].as_array().into_iter().flatten();
    let text = |finding: &Value, member: &str| finding[member].as_str().map(str::to_owned);
    found
        .map(|finding| {
            let what = text(finding, "record").or_else(|| text(finding, "ref")).unwrap_or_default();
            [text(finding, "severity"), text(finding, "code"), Some(what)].map(Option::unwrap_or_default).join(" ")
        })
        .collect()
}

fn is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| {
        let probe = Command::new("python3").args(["-c", "import cryptography"]).output();
        let there = probe.is_ok_and(|output| output.status.success());
        assert!(
            there || std::env::var_os("QMS_REQUIRE_INTEROP").is_none(),
            "python3 with cryptography is required here"
        );
        if !there {
            eprintln!("SKIPPED: the second reader: python3 with cryptography is not installed");
        }
        there
    })
}
