//! Files that go with a record.

use crate::project::{Project, TRIVY, junit};

const FILES: &str = "refs/qms/files";

impl Project {
    /// The header of the newest record.
    fn newest(&self) -> serde_json::Value {
        let ids = self.qms(&["log", "--ids"]).ok().out;
        let id = ids.lines().last().expect("a record");
        self.qms(&["show", id, "--json"]).ok().json()["header"].clone()
    }

    fn stored(&self) -> usize {
        self.git(&["ls-tree", "-r", FILES]).lines().count()
    }
}

const PLAN: [&str; 6] = ["record", "plan", "--change", "CHG-1", "--reason", "R"];

fn plan<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&PLAN[..], more].concat()
}

#[test]
fn e11_a_file_is_attached_read_by_stock_git_and_shown() {
    let project = Project::founded();
    let (notes, photo) = (project.report("notes.txt", "what we saw\n"), project.outside().join("photo.png"));
    std::fs::write(&photo, b"\x89PNG\r\n\x1a\n\0\0").expect("a file");
    let photo = photo.display().to_string();
    project.by("ada", &plan(&["--attach", &notes, &photo])).ok().says("photo.png is not text");
    let files = &project.newest()["files"];
    let digest = files[0]["sha256"].as_str().expect("a digest");
    assert_eq!((&files[0]["name"], &files[0]["size"]), (&"notes.txt".into(), &12.into()));
    assert_eq!((&files[0]["mediaType"], &files[0]["stored"]), (&"text/plain".into(), &true.into()));
    assert_eq!(files[1]["mediaType"], "image/png");
    let path = format!("{FILES}:{}/{}", &digest[..2], &digest[2..]);
    assert_eq!(project.git(&["cat-file", "blob", &path]), "what we saw");
    assert_eq!(project.qms(&["show", "--file", &digest[..12]]).ok().out, "what we saw\n");
    assert_eq!(project.qms(&["show", "--file", &format!("sha256:{digest}")]).ok().out, "what we saw\n");
    let told = project.qms(&["show", "--file", digest, "--json"]).ok().json();
    assert_eq!((&told["schema"], &told["state"]), (&"git-qms/file/v1".into(), &"verified".into()));
    project.qms(&["show", "--full"]).ok().says(&format!("{}  notes.txt  verified, 12 bytes", &digest[..12]));
    let verified = project.qms(&["verify"]).ok().says("files: 2 verified");
    assert!(verified.out.starts_with("verified:"), "{}", verified.out);
    assert_eq!(project.qms(&["verify", "--json"]).ok().json()["files"]["verified"], 2);
    project.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn e11_reports_are_attached_and_one_file_is_stored_once() {
    let project = Project::founded();
    let (report, scan) = (project.report("junit.xml", &junit(3, 0, 0)), project.report("trivy.json", TRIVY));
    project.by("ci", &["record", "test", "--from", &report]).ok();
    assert_eq!(project.newest()["files"][0]["stored"], true);
    let before = project.git(&["rev-parse", FILES]);
    project.by("ci", &["record", "test", "--from", &report, "--attach", &report]).ok();
    assert_eq!((project.git(&["rev-parse", FILES]), project.stored()), (before, 1));
    assert_eq!(project.newest()["files"].as_array().map(Vec::len), Some(1));
    project.by("ci", &["record", "scan", "--from", &scan]).ok();
    project.write("app.bin", "a");
    project.by("ci", &["record", "build", "--build-id", "7", "--artifact", "app.bin", "--attach", &report]).ok();
    project.by("grace", &["approve", "--role", "qa", "--attach", &scan]).ok();
    assert_eq!(project.newest()["files"][0]["name"], "trivy.json");
    assert_eq!(project.stored(), 2);
    project.qms(&["verify"]).ok().says("files: 2 verified");
}

#[test]
fn e11_a_report_can_be_recorded_by_its_digest_alone() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(3, 0, 0));
    project.by("ci", &["record", "test", "--from", &report, "--no-attach"]).ok();
    let digest = project.newest()["files"][0]["sha256"].as_str().expect("a digest").to_owned();
    assert_eq!(project.newest()["files"][0]["stored"], false);
    assert!(!project.git(&["for-each-ref"]).contains(FILES));
    project.qms(&["verify"]).ok().says("files: 1 unavailable");
    project.qms(&["show", "--file", &digest]).exit(2).says("is not stored in git").says("sha256sum");
    // Another record stores it: then it is there for both.
    project.by("ci", &["record", "test", "--from", &report]).ok();
    project.qms(&["verify"]).ok().says("files: 1 verified").never_says("unavailable");
    project.qms(&["show", "--file", &digest]).ok();
}

#[test]
fn e11_a_report_from_a_pipe_is_recorded_by_its_digest() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(3, 0, 0));
    let line = format!("git-qms record test --from <(cat {report})");
    let mut command = project.command("bash", project.path());
    let output = command.args(["-c", &line]).env("QMS_SIGNING_KEY", project.key("ci")).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("not stored: it is no file"), "{said}");
    assert_eq!(project.newest()["files"][0]["stored"], false);
}

#[test]
fn e11_a_file_beyond_the_limit_is_refused_with_the_words_to_go_on() {
    let project = Project::founded();
    let (large, report) = (project.report("large.txt", &"0123456789\n".repeat(200)), junit(30, 0, 0));
    let report = project.report("junit.xml", &report);
    project.git(&["config", "qms.maxFileSize", "2k"]);
    let refused = project.unchanged(|| project.by("ada", &plan(&["--attach", &large])));
    let refused = refused.exit(2).says("large.txt has 2200 bytes; up to 2048 are stored in git").says("--size 2200");
    let words = refused.err.split("--sha256 ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a digest");
    let elsewhere = ["--attach-uri", "https://files.example.com/a/large.txt?v=1", "--sha256", words, "--size", "2200"];
    project.by("ada", &plan(&elsewhere)).ok();
    let file = project.newest()["files"][0].clone();
    assert_eq!((&file["name"], &file["stored"], &file["sha256"]), (&"large.txt".into(), &false.into(), &words.into()));
    assert_eq!(file["uri"], "https://files.example.com/a/large.txt?v=1");
    project.qms(&["verify"]).ok().says("files: 1 unavailable");
    project.qms(&["show", "--file", words]).exit(2).says("it is kept at https://files.example.com/a/large.txt");
    // A report is evidence whatever its size.
    let by_digest = "junit.xml is recorded by its digest and not stored";
    project.by("ci", &["record", "test", "--from", &report]).ok().says(by_digest);
    assert_eq!(project.newest()["files"][0]["stored"], false);
    project.git(&["config", "qms.maxFileSize", "1m"]);
    project.by("ada", &plan(&["--attach", &large])).ok();
    for wrong in ["lots", "-1", "1g", "18446744073709551615k"] {
        project.git(&["config", "qms.maxFileSize", wrong]);
        let refused = project.unchanged(|| project.by("ada", &plan(&["--attach", &large])));
        refused.exit(2).says("expected a number of bytes up to 100m");
    }
}

#[test]
fn e11_what_is_incomplete_or_no_file_is_refused_and_nothing_is_written() {
    let project = Project::founded();
    let digest = "7".repeat(64);
    let uri = "https://files.example.com/a";
    let refused = |more: &[&str], words: &[&str]| {
        let run = project.unchanged(|| project.by("ada", &plan(more))).exit(2);
        words.iter().fold(run, |run, word| run.says(word));
    };
    refused(&["--attach", "absent.txt"], &["cannot read absent.txt", "nothing was recorded"]);
    refused(&["--attach", "."], &["."]);
    refused(&["--attach", "/dev/zero"], &["/dev/zero is larger than"]);
    refused(&["--attach-uri", uri], &["--sha256"]);
    refused(&["--attach-uri", uri, "--sha256", &digest], &["with 1 digests and 0 sizes", "--size BYTES"]);
    refused(&["--sha256", &digest, "--size", "1"], &["--attach-uri"]);
    refused(&["--attach-uri", uri, "--sha256", &digest[1..], "--size", "1"], &["64"]);
    refused(&["--attach-uri", "files/a b", "--sha256", &digest, "--size", "1"], &["is not a URI", "hint:"]);
    project.qms(&["show", "--file", "abc"]).exit(2).says("in 12 to 64 lower-case hex digits");
    project.qms(&["show", "--file", &digest]).exit(2).says("no record that counts names a file");
    project.qms(&["show", "--file", &digest, "HEAD"]).exit(2);
}

#[test]
fn e11_a_record_that_cannot_be_written_leaves_no_file() {
    let project = Project::founded();
    let notes = project.report("notes.txt", "what we saw\n");
    // The commit is there, its note is full.
    let line = "x".repeat(5 << 20);
    std::fs::write(project.outside().join("full"), line).expect("a file");
    project.git(&["notes", "--ref=qms", "add", "-f", "-F", "../full"]);
    let refused = project.unchanged(|| project.by("ada", &plan(&["--attach", &notes])));
    refused.exit(2).says("the note of");
    assert!(!project.git(&["for-each-ref"]).contains(FILES));
}

#[test]
fn e11_eight_processes_that_attach_at_once_lose_nothing() {
    let project = Project::founded();
    let files: Vec<String> = (0..8).map(|at| project.report(&format!("{at}.txt"), &format!("file {at}\n"))).collect();
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            files.iter().map(|file| scope.spawn(|| project.by("ada", &plan(&["--attach", file])))).collect();
        project.git(&["pack-refs", "--all"]);
        project.git(&["gc", "-q"]);
        for run in runs {
            run.join().expect("it ends").ok();
        }
    });
    assert_eq!(project.stored(), 8);
    project.qms(&["verify"]).ok().says("files: 8 verified");
    project.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn e11_text_reaches_a_terminal_escaped_and_a_pipe_as_it_is() {
    if std::process::Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIPPED: script(1) is not installed");
        return;
    }
    let project = Project::founded();
    let (text, binary) = (project.report("text.txt", "a\u{1b}[31mb\tc\n"), project.report("binary", "a\0b"));
    project.by("ada", &plan(&["--attach", &text, &binary])).ok();
    let files = project.newest()["files"].clone();
    let on_terminal = |at: usize| {
        let digest = files[at]["sha256"].as_str().expect("a digest");
        let line = format!("git-qms show --file {digest}");
        let mut command = project.command("script", project.path());
        let output = command.args(["-qec", &line, "/dev/null"]).env("GIT_PAGER", "cat").output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, out) = on_terminal(0);
    assert!(code == Some(0) && out.contains("a\\u{1b}[31mb\tc") && !out.contains('\u{1b}'), "{out:?}");
    let (code, out) = on_terminal(1);
    assert!(code == Some(2) && out.contains("is no text for a terminal") && out.contains("> FILE"), "{out:?}");
    assert_eq!(project.qms(&["show", "--file", files[1]["sha256"].as_str().expect("a digest")]).ok().out, "a\0b");
}
