//! Beside the hook managers that people use: lefthook, where it is on `PATH`.

use std::path::Path;

use crate::workshop::Workshop;

/// Whether the tool is there; says so where it is not.
fn has(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    if !found {
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
        let before = std::fs::read_to_string(trace).unwrap_or_default();
        let head = self.commit("file", &format!("more {}\n", before.len()));
        self.push(&["main"]).ok();
        assert!(trace.exists(), "theirs ran");
        assert!(self.remote().contains(&head));
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
