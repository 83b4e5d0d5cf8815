//! The page of an audit in a browser: of a project in order, and of one that is not, with hostile text in whatever people write.

use super::browser;
use super::desk::Desk;

const HOSTILE: &str =
    "</pre></style><script>alert(1)</script><img src=//evil.example onerror=alert(1)> =cmd|' /C calc'!A0";

#[test]
fn pages_an_audit_can_be_read_by_everybody_and_says_what_the_answer_says() {
    let (desk, played) = Desk::played();
    let tag = played["tag"].as_str().expect("a tag");
    let root = desk.say("trust show --root").exit(0).out.trim().to_owned();
    let folder = browser::folder("audit");
    let audit = |name: &str, exit: i32, more: &[&str]| {
        let file = folder.join(name);
        let args = [
            "audit",
            "--html",
            file.to_str().expect("a path"),
            "--sample",
            "5",
            "--seed",
            "it's <b>",
            "--trust-root",
            &root,
        ];
        let said = desk.qms(&[&args[..], more].concat()).exit(exit);
        (file.clone(), std::fs::read_to_string(&file).expect("a page"), said)
    };
    let (_, page, said) = audit("audit.html", 0, &["--record"]);
    assert_eq!(said.out, "in order: nothing that had to be there is missing\n");
    for part in [
        tag,
        "in order",
        "Grace Hopper",
        "1 of 1 changes",
        "COV-01",
        "legacy module",
        "no audit is on record",
        "the one given to the verifier",
        &root,
    ] {
        assert!(page.contains(part), "{part}");
    }
    // The command at its end asks the same again: nothing was invented.
    let again = page.lines().find(|line| line.starts_with("git qms audit ")).expect("a command");
    let again = again.replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("git qms", "\"$0\"");
    assert!(again.contains("--sample 1 --seed 'it'\\''s <b>'"), "{again}");
    let mut shell =
        desk.program("sh", &["-c", &format!("{again} --quiet"), env!("CARGO_BIN_EXE_git-qms")], &desk.path("payments"));
    let asked = shell.output().expect("sh runs");
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "pass\n", "{}", String::from_utf8_lossy(&asked.stderr));

    std::fs::write(desk.path("payments/code"), "2\n").expect("a file");
    desk.git(&["add", "code"]);
    desk.git(&["-c", &format!("user.name={}", HOSTILE.replace(['<', '>'], "\"")), "commit", "-q", "-m", HOSTILE]);
    desk.qms(&["record", "plan", "--service", "payments-api", "--change", "CHG-9", "--reason", HOSTILE]).exit(0);
    let deploy =
        "record deploy --key ../keys/ci --unreleased --service payments-api --environment production --outcome success";
    desk.say(deploy).exit(0);
    let ask = [
        "exception",
        "request",
        "COV-01",
        "--service",
        "payments-api",
        "--environment",
        "production",
        "--expires",
        "30d",
    ];
    desk.qms(&[&ask[..], &["--reason", HOSTILE, "--compensating", HOSTILE, "--attach", "code"]].concat()).exit(0);
    let (hostile, page, said) = audit("hostile.html", 1, &[]);
    assert!(said.out.contains("fault  1 change of production went out before it was released"), "{said:?}");
    for part in
        ["not in order", "went out before a person approved it", "Records that came since", "&lt;script&gt;alert(1)"]
    {
        assert!(page.contains(part), "{part}");
    }
    for tag in ["<script", "<img"] {
        assert!(!page.contains(tag), "{tag}");
    }
    // The other has the same parts, and fewer.
    browser::look_at(&[hostile]);
}
