//! Every kind of repository: it works, or says why not.

use std::time::{Duration, Instant};

use crate::workshop::Workshop;

impl Workshop {
    fn url(&self) -> String {
        format!("file://{}", self.path("origin.git").display())
    }

    fn cloned(&self, name: &str, options: &[&str]) -> std::path::PathBuf {
        let url = self.url();
        self.git_in(self.dir.path(), &[&["clone", "-q"], options, &[&*url, name]].concat()).ok();
        self.path(name)
    }
}

#[test]
fn s05_a_bare_repository_records_and_syncs() {
    let workshop = Workshop::new();
    let bare = workshop.cloned("mine.git", &["--bare"]);
    workshop.qms_in(&bare, &["sync", "--fetch-only"]).ok();
    workshop.verify_in(&bare).passes();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-7", "--reason", "More"];
    workshop.qms_in(&bare, &[&plan[..], &["--commit", "main"]].concat()).ok();
    workshop.qms_in(&bare, &["sync"]).ok().says("went    1 plan by ada");
}

#[test]
fn s05_a_mirror_is_told_that_a_fetch_would_replace_its_ledger() {
    let workshop = Workshop::new();
    let mirror = workshop.cloned("mirror.git", &["--mirror"]);
    workshop.qms_in(&mirror, &["verify"]).ok();
    let run = workshop.qms_in(&mirror, &["sync", "--fetch-only"]).ok();
    run.says("lets every git fetch replace the ledger here").says("+refs/*:refs/*");
    workshop.verify_in(&mirror).passes();
}

#[test]
fn s05_a_submodule_and_a_linked_worktree_have_the_ledger_of_their_repository() {
    let workshop = Workshop::new();
    workshop.git(&["init", "-q", "../super"]);
    let outer = workshop.path("super");
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", &workshop.url(), "payments"];
    workshop.git_in(&outer, &add).ok();
    let module = outer.join("payments");
    workshop.qms_in(&module, &["sync", "--fetch-only"]).ok();
    workshop.verify_in(&module).passes();
    workshop.plan_in(&module, "CHG-7");
    workshop.git_in(&module, &["worktree", "add", "-q", "-b", "side", "../../side"]).ok();
    let side = workshop.path("side");
    workshop.plan_in(&side, "CHG-8");
    workshop.qms_in(&side, &["sync"]).ok().says("went    2 plan by ada");
    assert_eq!(workshop.tip_in(&module, "refs/notes/qms"), workshop.tip_in(&side, "refs/notes/qms"));
    // The outer repository has none of it.
    workshop.qms_in(&outer, &["verify"]).exits(2).says("no trust root");
}

#[test]
fn s05_borrowed_objects_are_read() {
    let workshop = Workshop::new();
    let origin = workshop.path("origin.git").display().to_string();
    for (name, options) in [("shared", vec!["--shared"]), ("referring", vec!["--reference", &origin])] {
        let source = if name == "shared" { origin.clone() } else { workshop.url() };
        workshop.git_in(workshop.dir.path(), &[&["clone", "-q"], &options[..], &[&*source, name]].concat()).ok();
        let clone = workshop.path(name);
        workshop.qms_in(&clone, &["sync", "--fetch-only"]).ok();
        workshop.verify_in(&clone).passes();
        workshop.plan_in(&clone, "CHG-7");
        workshop.qms_in(&clone, &["sync"]).ok();
    }
}

#[test]
fn t08_sync_in_a_shallow_or_partial_clone_is_never_a_pass() {
    let workshop = Workshop::new();
    for (name, option) in [("shallow", "--depth=1"), ("partial", "--filter=blob:none")] {
        workshop.at_origin(&["config", "uploadpack.allowFilter", "true"]);
        let clone = workshop.cloned(name, &[option, "--no-checkout"]);
        workshop.qms_in(&clone, &["sync", "--fetch-only"]).exits(2).says(name);
        // How far each reader walks before it has found all that it needs differs, and with it what each misses.
        workshop.qms_in(&clone, &["verify"]).exits(2).says("incomplete");
    }
    // Made whole, it passes.
    let shallow = workshop.path("shallow");
    workshop.git_in(&shallow, &["fetch", "-q", "--unshallow"]).ok();
    workshop.qms_in(&shallow, &["sync", "--fetch-only"]).ok();
    workshop.verify_in(&shallow).passes();
}

#[test]
fn s05_sha256_and_reftable_are_refused_by_name_and_with_the_way_out() {
    let workshop = Workshop::new();
    for (option, said) in
        [("--object-format=sha256", "git init --object-format=sha1"), ("--ref-format=reftable", "git refs migrate")]
    {
        let dir = workshop.path(option.rsplit('=').next().expect("a name"));
        if workshop.git_in(workshop.dir.path(), &["init", "-q", option, &dir.display().to_string()]).code != 0 {
            eprintln!("SKIPPED: this git knows no {option}");
            continue;
        }
        for command in [&["init"][..], &["sync"], &["verify"], &["hook", "pre-receive"]] {
            workshop.qms_in(&dir, command).exits(2).says(said);
        }
    }
}

#[test]
fn s05_fifty_thousand_tags_are_carried() {
    let workshop = Workshop::new();
    let head = workshop.git(&["rev-parse", "main"]);
    let origin = workshop.path("origin.git");
    let mut packed = std::fs::read_to_string(origin.join("packed-refs"))
        .unwrap_or_else(|_| "# pack-refs with: peeled fully-peeled sorted \n".to_owned());
    workshop.git_in(&origin, &["pack-refs", "--all"]).ok();
    packed = std::fs::read_to_string(origin.join("packed-refs")).unwrap_or(packed);
    let mut lines: Vec<String> = Vec::new();
    for line in packed.lines().skip(1) {
        match (line.starts_with('^'), lines.last_mut()) {
            (true, Some(last)) => last.extend(["\n", line]),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.extend((0..50_000).map(|number| format!("{head} refs/tags/build-{number:05}")));
    lines.sort_by(|a, b| a[41..].cmp(&b[41..]));
    let head = "# pack-refs with: peeled fully-peeled sorted \n";
    std::fs::write(origin.join("packed-refs"), format!("{head}{}\n", lines.join("\n"))).expect("a file");
    let started = Instant::now();
    workshop.plan_in(&workshop.repo(), "CHG-7");
    workshop.qms(&["sync"]).ok().says("went    1 plan by ada");
    workshop.qms(&["sync"]).ok().says("went    nothing new");
    assert!(started.elapsed() < Duration::from_mins(2), "{:?}", started.elapsed());
    eprintln!("50,000 tags: two syncs in {:?}", started.elapsed());
    workshop.verify().passes();
    // One of them moves: it is noticed among all.
    workshop.at_origin(&["update-ref", "refs/tags/build-31415", "refs/heads/main~1"]);
    workshop.qms(&["sync"]).ok().says("build-31415");
}
