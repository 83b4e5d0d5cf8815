//! How the program speaks: JSON, quiet, colour, `-C`, the pager, help, completions, manual pages, schemas.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use clap::CommandFactory as _;
use git_qms::cli::Cli;
use serde_json::Value;

use super::desk::Desk;

const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/command/demo/reports");

/// Called by git with a push on standard input; what it has to say is its exit code.
const WITHOUT_RESULT: [&str; 2] = ["hook pre-push", "hook pre-receive"];

/// Every command with arguments that work in the played project. `TAG` and `REPORTS` are filled in.
const COMMANDS: &[(&str, &str)] = &[
    ("init", ""),
    ("record plan", "--change CHG-2 --reason Because --rollback restore --monitoring errors"),
    ("record build", "--key ../keys/ci --build-id 78 --artifact ../dist/payments.tar.gz --from REPORTS/sbom.cdx.json"),
    ("record test", "--key ../keys/ci --from REPORTS/junit.xml"),
    ("record scan", "--key ../keys/ci --from REPORTS/trivy.json"),
    ("record analysis", "--key ../keys/ci --from REPORTS/../../../../../tests/fixtures/reports/sarif-ruff.json"),
    ("record deploy", "--key ../keys/ci --release TAG --environment production --outcome success"),
    ("record monitor", "--key ../keys/ci --release TAG --environment production --smoke pass"),
    ("record incident", "--id INC-7 --severity high --release TAG --environment production"),
    ("record defect", "--id BUG-1 --severity low --release TAG"),
    ("approve", "--key ../keys/grace --role release-manager"),
    ("status", ""),
    ("status", "TAG"),
    ("gate", ""),
    ("gate", "--record"),
    ("gate", "--explain --report sarif=../gate.sarif"),
    ("exception request", "TEST-01 --reason R --compensating C --expires 9d --attach REPORTS/junit.xml"),
    ("exception approve", "TEST-01 --key ../keys/grace"),
    ("exception review", "TEST-01 --key ../keys/grace --comment still"),
    ("exception renew", "TEST-01 --key ../keys/grace --comment more --expires 20d"),
    ("exception close", "TEST-01 --comment done"),
    ("exception request", "SCAN-01 --reason R --compensating C --expires 9d --emergency --review-within 1d"),
    ("exception reject", "SCAN-01 --comment mistaken"),
    ("exception list", ""),
    ("exception show", "COV-01"),
    ("release", "--key ../keys/grace --change CHG-1842"),
    ("rollback", "TAG --environment production"),
    ("show", "TAG"),
    ("show", "HEAD"),
    ("log", ""),
    ("audit", "--sample 1"),
    ("sync", ""),
    ("sync", "--dry-run"),
    ("expunge", ""),
    ("measure", ""),
    ("measure", "change-fail-rate --records"),
    ("verify", ""),
    ("verify", "--artifact ../dist/payments.tar.gz"),
    ("trust show", ""),
    ("trust show", "--root"),
    ("trust log", ""),
    ("trust who", "--role qa"),
    ("trust add", "mary --name Mary --email mary@example.com --public-key ../keys/mary.pub --role qa"),
    ("trust grant", "mary --role security"),
    ("trust remove", "mary --role security"),
    ("trust grant", "ci --role developer --to ../proposal.json"),
    ("trust sign", "../proposal.json --dry-run"),
    ("trust grant", "grace --role root"),
    ("trust threshold", "root 2 --to ../two.json"),
    ("trust compromised", "mary --now"),
    ("trust known", "--line aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("trust recover", "--member ada"),
    ("trust follow", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("trust export", ""),
    ("trust export", "--to ../signers"),
    ("policy check", ""),
    ("policy ratify", ""),
    ("policy show", ""),
    ("policy show", "TAG"),
    ("policy test", ""),
    ("policy backtest", "HEAD"),
    ("policy log", ""),
    ("policy gaps", ""),
    ("control list", ""),
    ("control show", "TEST-01"),
    ("control gaps", ""),
    ("gate", "--replay TAG"),
    ("export", "TAG --format html --to ../dossier.html"),
    ("export", "TAG --format bundle --to ../payments.qms"),
    ("import", "../payments.qms"),
    ("trace", "REQ-7"),
    ("trace", "--requirements"),
    ("checkpoint", ""),
    ("checkpoint", "--to ../seen.json"),
    ("hook install", ""),
    ("hook status", ""),
    ("key new", "../keys/new"),
    ("key show", ""),
    ("doctor", ""),
    ("demo", "../again"),
    ("schema", "test"),
    ("schema", "test --stdin"),
    ("completions", "bash"),
    ("man", ""),
    ("man", "--to ../man"),
];

fn leaves(command: &clap::Command, name: &str, found: &mut BTreeSet<String>) {
    let mut below = command.get_subcommands().filter(|below| below.get_name() != "help").peekable();
    if below.peek().is_none() {
        found.insert(name.to_owned());
    }
    for below in below {
        leaves(below, format!("{name} {}", below.get_name()).trim(), found);
    }
}

#[test]
fn u03_every_command_says_exactly_one_json_object() {
    let mut all = BTreeSet::new();
    leaves(&Cli::command(), "", &mut all);
    let tried: BTreeSet<String> =
        COMMANDS.iter().map(|(name, _)| *name).chain(WITHOUT_RESULT).map(str::to_owned).collect();
    assert_eq!(all, tried, "every command of the table, and no other, has a line in COMMANDS");

    let (desk, played) = Desk::played();
    let tag = played["tag"].as_str().expect("a tag");
    desk.say("key new ../keys/mary").exit(0);
    // Requirements to trace; the catalog is ratified before that.
    let catalog = desk.path("payments/.qms/policy.toml");
    let text = std::fs::read_to_string(&catalog).expect("a catalog");
    std::fs::write(&catalog, format!("{text}\n[requirements]\npaths = [\"reqs.csv\"]\n")).expect("a file");
    std::fs::write(desk.path("payments/reqs.csv"), "id,title\nREQ-7,Refund limit\n").expect("a file");
    desk.git(&["add", "reqs.csv", ".qms"]);
    desk.git(&["commit", "-q", "-m", "Requirements"]);
    for (name, args) in COMMANDS {
        let args = args.replace("TAG", tag).replace("REPORTS", REPORTS);
        let line = format!("{name} {args} --json");
        let said = desk.say(&line);
        assert!(said.code != 2, "{line}: {said:?}");
        let json: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{line}: {error}: {said:?}"));
        let schema = json["schema"].as_str().or(json["$schema"].as_str()).unwrap_or_default();
        assert!(schema.starts_with("git-qms/") || *name == "schema", "{line}: {schema:?}");
    }
}

#[test]
fn u03_an_error_is_one_json_object_too() {
    let desk = Desk::founded();
    for (args, code) in [
        ("show nothing-of-the-kind --json", 1),
        ("approve --json --key ../keys/ci", 2),
        ("gate --moon --json", 2),
        ("schema moon --json", 2),
    ] {
        let said = desk.say(args).exit(code);
        let json = said.json();
        assert_eq!((json["schema"].as_str(), json["exit"].as_i64()), (Some("git-qms/error/v1"), Some(code.into())));
        assert!(json["error"].is_string() && said.err.starts_with("error: "), "{said:?}");
    }
}

#[test]
fn u03_quiet_prints_the_id_or_tag_alone() {
    let (desk, played) = Desk::played();
    let tag = played["tag"].as_str().expect("a tag");
    let commit = desk.git(&["rev-parse", "HEAD"]);
    let root = played["root"].as_str().expect("a root");
    for (args, expected) in [
        (format!("show --quiet {tag}"), tag),
        ("show --quiet HEAD".to_owned(), &*commit),
        (format!("status --quiet {tag}"), tag),
        ("release --quiet --key ../keys/grace --change CHG-1842".to_owned(), tag),
        ("trust show --quiet".to_owned(), root),
        ("init --quiet".to_owned(), root),
        ("gate --quiet".to_owned(), ""),
        ("verify --quiet".to_owned(), ""),
        ("hook install --quiet".to_owned(), ""),
    ] {
        let said = desk.say(&args).exit(0);
        assert_eq!((said.out.trim_end(), &*said.err), (expected, ""), "{args}");
    }
    let report = format!("record scan --quiet --key ../keys/ci --from {REPORTS}/trivy.json");
    for args in
        [&*report, "approve --quiet --key ../keys/grace --role qa", "gate --record --quiet", "checkpoint --quiet"]
    {
        let id = desk.say(args).exit(0).out;
        let shown = desk.qms(&["show", "--quiet", id.trim()]).exit(0).out;
        assert!(id.trim().len() == 64 && shown == id, "{args}: {id}");
    }
}

#[test]
fn u03_c_runs_as_if_started_elsewhere() {
    let desk = Desk::founded();
    let there = desk.qms(&["log", "--ids"]).exit(0).out;
    assert_eq!(desk.qms_in("home", &["-C", "../payments", "log", "--ids"]).exit(0).out, there);
    let said = desk.qms_in("home", &["-C", "../nowhere", "log"]).exit(2);
    assert!(said.err.starts_with("error: -C ../nowhere: "), "{}", said.err);
}

#[test]
fn u03_colour_is_for_terminals_unless_asked_for() {
    let desk = Desk::founded();
    assert!(!desk.say("gate").exit(1).out.contains('\u{1b}'));
    assert!(desk.say("gate --color always").exit(1).out.contains("\u{1b}[31m"));
    let error = desk.say("show nothing --color always").exit(1).err;
    assert!(error.starts_with("\u{1b}[31merror\u{1b}[0m: "), "{error}");
}

/// Runs the program at a terminal, by script(1); `None` where there is none.
fn at_terminal(desk: &Desk, args: &str, env: &[(&str, &str)]) -> Option<String> {
    let has_script =
        Command::new("script").arg("--version").stdout(Stdio::null()).status().is_ok_and(|it| it.success());
    if !has_script {
        eprintln!("skipped: script(1) of util-linux is not here");
        return None;
    }
    let line = format!("{} {args}", env!("CARGO_BIN_EXE_git-qms"));
    let mut command = desk.program("script", &["-qec", &line, "/dev/null"], &desk.path("payments"));
    command.env("TERM", "xterm").env("QMS_SIGNING_KEY", "../keys/ada").envs(env.iter().copied());
    let output = command.stdin(Stdio::null()).output().expect("runs");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn u03_no_color_is_honoured_at_a_terminal() {
    let desk = Desk::founded();
    let Some(coloured) = at_terminal(&desk, "gate", &[]) else { return };
    assert!(coloured.contains("\u{1b}[31m"), "{coloured:?}");
    for (args, env) in [("gate", ("NO_COLOR", "1")), ("gate --color never", ("X", "")), ("gate", ("TERM", "dumb"))] {
        let plain = at_terminal(&desk, args, &[env]).expect("as before");
        assert!(plain.contains("FAIL  payments-api") && !plain.contains('\u{1b}'), "{args} {env:?}: {plain:?}");
    }
}

#[test]
fn u03_log_and_show_go_through_gits_pager_at_a_terminal() {
    let desk = Desk::founded();
    let pager = [("GIT_PAGER", "sed s/^/paged:/")];
    for args in ["log", "show HEAD"] {
        let Some(said) = at_terminal(&desk, args, &pager) else { return };
        assert!(said.lines().all(|line| line.starts_with("paged:")) && said.lines().count() > 2, "{args}: {said}");
    }
    for args in ["log --json", "log --quiet", "log --ids", "status"] {
        let said = at_terminal(&desk, args, &pager).expect("as before");
        assert!(!said.contains("paged:") && !said.is_empty(), "{args}: {said}");
    }
    // Nobody is there to read pages.
    assert!(
        !desk
            .command(&desk.path("payments"), &["log"])
            .envs(pager)
            .output()
            .expect("runs")
            .stdout
            .starts_with(b"paged")
    );
    // A pager that quits at once takes nothing down.
    let quit = at_terminal(&desk, "show HEAD", &[("GIT_PAGER", "true")]).expect("as before");
    assert!(!quit.contains("error") && !quit.contains("panic"), "{quit}");
}

#[test]
fn u04_completions_complete_commands_and_values() {
    let desk = Desk::bare();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.qms_in("home", &["completions", shell]).exit(0).out;
        assert!(script.contains("git-qms") && script.contains("approve"), "{shell}");
    }
    let script = desk.qms_in("home", &["completions", "bash"]).exit(0).out;
    std::fs::write(desk.path("complete"), script).expect("a file");
    let complete = |words: &[&str]| {
        let last = words.len() - 1;
        let line = format!(
            "source ../complete; COMP_WORDS=({}); COMP_CWORD={last}; f=$(complete -p git-qms | sed 's/.*-F \\([^ ]*\\).*/\\1/'); \
             $f git-qms {:?} {:?}; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words[last],
            words[last - 1],
        );
        let output =
            Command::new("bash").args(["--norc", "-c", &line]).current_dir(desk.path("home")).output().expect("bash");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    assert_eq!(complete(&["git-qms", "stat"]), "status");
    assert_eq!(complete(&["git-qms", "record", "moni"]), "monitor");
}

#[test]
fn u04_every_command_has_a_manual_page() {
    let desk = Desk::bare();
    let files = desk.qms_in("home", &["man", "--to", "../man", "--json"]).exit(0).json();
    let mut all = BTreeSet::new();
    leaves(&Cli::command(), "", &mut all);
    for name in all.iter().map(|name| format!("../man/git-qms-{}.1", name.replace(' ', "-"))) {
        assert!(files["files"].as_array().is_some_and(|files| files.contains(&name.clone().into())), "{name}");
    }
    let page = std::fs::read_to_string(desk.path("man/git-qms-record-test.1")).expect("a page");
    assert!(page.contains(".TH git-qms-record-test 1") && page.contains("git qms record test"), "{page}");
    assert!(std::fs::read_to_string(desk.path("man/git-qms.1")).expect("a page").contains("git\\-qms\\-status(1)"));
}

#[test]
fn u04_schemas_are_those_of_the_specification() {
    let desk = Desk::bare();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/spec/schema");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        let Some(kind) = name.strip_suffix(".schema.json") else { continue };
        let text = std::fs::read_to_string(format!("{folder}/{name}")).expect("a file");
        assert_eq!(desk.qms_in("home", &["schema", kind]).exit(0).out, text, "{kind}");
        count += 1;
    }
    assert!(count >= 20, "{count}");
    let said = desk.qms_in("home", &["schema", "moon"]).exit(2);
    assert!(said.err.contains("there is no schema \"moon\"") && said.err.contains("approval, build"), "{}", said.err);
}

#[test]
fn u02_every_command_says_in_its_help_what_it_does_and_the_daily_ones_show_examples() {
    fn visit(command: &clap::Command, name: &str) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!((10..=90).contains(&about.chars().count()) && !about.ends_with('.'), "{name}: {about:?}");
        let undocumented: Vec<_> = command.get_arguments().filter(|arg| arg.get_help().is_none()).collect();
        assert!(undocumented.is_empty(), "{name}: {undocumented:?}");
        for below in command.get_subcommands() {
            visit(below, &format!("{name} {}", below.get_name()));
        }
    }
    let program = Cli::command();
    for command in program.get_subcommands() {
        visit(command, command.get_name());
    }
    for name in ["init", "record", "gate", "release", "sync", "verify"] {
        let help = program.find_subcommand(name).and_then(|command| command.get_after_help()).map(ToString::to_string);
        assert!(help.is_some_and(|help| help.contains(&format!("git qms {name}"))), "{name} shows no example");
    }
}
