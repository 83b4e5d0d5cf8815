//! Beside the hook managers that people use: pre-commit, husky, lefthook. Each test needs its tool on `PATH`.

use std::path::Path;

use crate::workshop::Workshop;

/// Whether the tool is there; says so where it is not.
fn has(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    if !found {
        assert!(std::env::var_os("QMS_REQUIRE_MANAGERS").is_none(), "{tool} is required here");
        eprintln!("SKIPPED: {tool} is not on PATH");
    }
    found
}

impl Workshop {
    /// Runs a tool in the repository, which has to succeed.
    #[track_caller]
    fn tool(&self, program: &str, args: &[&str]) {
        crate::workshop::run(self.command(program, &self.repo()).args(args), &[]).ok();
    }

    fn write_in_repo(&self, file: &str, text: &str) {
        let path = self.repo().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    /// Both hooks run: theirs leaves a trace, ours refuses.
    #[track_caller]
    fn both_run(&self, trace: &Path) {
        let _ = std::fs::remove_file(trace);
        self.refuses(&["--delete", &self.made.tag], "a release stays");
        let head = self.commit("file", &format!("after {}\n", self.git(&["rev-parse", "HEAD"])));
        self.push(&["main"]).ok();
        assert!(trace.exists(), "theirs ran");
        assert!(self.remote().contains(&head));
    }
}

#[test]
fn s02_beside_pre_commit_in_either_order() {
    if !has("pre-commit") {
        return;
    }
    for ours_first in [true, false] {
        let workshop = Workshop::new();
        let trace = workshop.path("trace");
        let local = format!(
            "repos:\n- repo: local\n  hooks:\n  - {{id: trace, name: trace, language: system, entry: touch {}, pass_filenames: false, always_run: true, stages: [pre-push]}}\n",
            trace.display()
        );
        workshop.write_in_repo(".pre-commit-config.yaml", &local);
        workshop.git(&["add", ".pre-commit-config.yaml"]);
        workshop.git(&["commit", "-q", "-m", "Hooks"]);
        if !ours_first {
            std::fs::remove_file(workshop.repo().join(".git/hooks/pre-push")).expect("the hook of init");
        }
        workshop.tool("pre-commit", &["install", "-t", "pre-push"]);
        workshop.qms(&["hook", "install"]).ok();
        workshop.qms(&["hook", "status"]).ok();
        workshop.both_run(&trace);
    }
}

#[test]
fn s02_beside_lefthook() {
    if !has("lefthook") {
        return;
    }
    let workshop = Workshop::new();
    let trace = workshop.path("trace");
    std::fs::remove_file(workshop.repo().join(".git/hooks/pre-push")).expect("the hook of init");
    let config = format!("pre-push:\n  jobs:\n    - name: trace\n      run: touch {}\n", trace.display());
    workshop.write_in_repo("lefthook.yml", &config);
    workshop.git(&["add", "lefthook.yml"]);
    workshop.git(&["commit", "-q", "-m", "Hooks"]);
    workshop.tool("lefthook", &["install"]);
    workshop.qms(&["hook", "install"]).ok();
    workshop.qms(&["hook", "status"]).ok().says("after the hook that was there before");
    workshop.both_run(&trace);
}

#[test]
fn s02_beside_husky() {
    if !has("husky") {
        return;
    }
    let workshop = Workshop::new();
    let trace = workshop.path("trace");
    workshop.write_in_repo("package.json", "{}\n");
    workshop.tool("husky", &[]);
    assert_eq!(workshop.git(&["config", "core.hooksPath"]), ".husky/_");
    workshop.write_in_repo(".husky/pre-push", &format!("touch {}\n", trace.display()));
    // init's hook lies where git does not look any more: that is told.
    workshop.qms(&["hook", "status"]).exits(1);
    workshop.qms(&["hook", "install"]).ok().says(".husky");
    workshop.qms(&["hook", "status"]).ok().says("after the hook that was there before");
    workshop.both_run(&trace);
    // husky writes its folder anew with every `npm install`; what it runs from the tree stays.
    workshop.tool("husky", &[]);
    workshop.qms(&["hook", "status"]).ok();
    workshop.both_run(&trace);
    // It stops a push that theirs stops, as husky's own way of running does.
    workshop.write_in_repo(".husky/pre-push.before-qms", "false\ntrue\n");
    assert_ne!(workshop.push(&["main:theirs"]).code, 0);
    // What goes into the tree names nothing of this machine.
    let script = std::fs::read_to_string(workshop.repo().join(".husky/pre-push")).expect("a hook");
    assert!(!script.contains(env!("CARGO_BIN_EXE_git-qms")), "{script}");
}
