//! `git qms export`, `import` and `verify FILE`: a release as one file, and that file on machines that have nothing else.

#![cfg(feature = "cli")]

#[path = "support/desk.rs"]
mod desk;
#[path = "export/tables.rs"]
mod tables;

use desk::{Desk, Said};

/// The played walk-through, its release and trust root, and a package of it beside Ada's clone.
fn packed() -> (Desk, String, String) {
    let (desk, played) = Desk::played();
    let text = |name: &str| played[name].as_str().expect("text").to_owned();
    let tag = text("tag");
    let root = desk.say("trust show --root").exit(0).out.trim().to_owned();
    desk.qms(&["export", &tag, "--format", "bundle", "--to", "../payments.qms"]).exit(0);
    (desk, tag, root)
}

/// Runs the program in a folder that is no repository.
fn alone(desk: &Desk, folder: &str, args: &[&str]) -> Said {
    std::fs::create_dir_all(desk.path(folder)).expect("a folder");
    desk.qms_in(folder, args)
}

fn sh(desk: &Desk, folder: &str, script: &str) -> String {
    let output = desk.program("sh", &["-euc", script], &desk.path(folder)).output().expect("sh runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{script}\n{said}");
    said
}

#[test]
fn r12_a_package_verifies_where_there_is_nothing_but_it() {
    let (desk, _, root) = packed();
    std::fs::create_dir(desk.path("elsewhere")).expect("a folder");
    std::fs::copy(desk.path("payments.qms"), desk.path("elsewhere/p")).expect("a copy");
    for gone in ["payments", "payments.git", "auditor"] {
        std::fs::remove_dir_all(desk.path(gone)).expect("it was there");
    }
    let said = alone(&desk, "elsewhere", &["verify", "p", "--trust-root", &root, "--strict"]).exit(0);
    assert!(said.out.contains("root pinned") && said.out.contains("files: 5 verified"), "{said:?}");
    let other = "0".repeat(64);
    let said = alone(&desk, "elsewhere", &["verify", "p", "--trust-root", &other, "--json"]).exit(1);
    assert_eq!(said.json()["result"], "fail");
    // Not even git.
    let mut bare =
        desk.program(env!("CARGO_BIN_EXE_git-qms"), &["verify", "p", "--trust-root", &root], &desk.path("elsewhere"));
    let output = bare.env("PATH", "/nowhere").output().expect("runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("files: 5 verified"), "{output:?}");
    // Nobody's word but the package's own: strictly, that is not enough.
    alone(&desk, "elsewhere", &["verify", "p", "--strict"]).exit(2);
}

#[test]
fn r12_what_the_readme_of_a_package_says_works_without_git_qms() {
    let (desk, tag, root) = packed();
    std::fs::create_dir(desk.path("stock")).expect("a folder");
    sh(&desk, "stock", "git clone -q ../payments.qms plain");
    let readme = std::fs::read_to_string(desk.path("stock/plain/README.md")).expect("a clone shows the README");
    let (_, stock) = readme.split_once("## With git, ssh-keygen and Python alone").expect("its section");
    let steps: Vec<&str> = stock.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    assert_eq!(steps.len(), 7, "{steps:?}");
    let script = steps.join("\n").replace("PACKAGE", "../payments.qms").replace("ROOT", &root);
    let said = sh(&desk, "stock", &script);
    for part in ["good: 3 trust versions, 15 records", "Good \"git\" signature for grace@example.com", &tag] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The program it carries rejects: another root, and a record whose signature was changed.
    let check = |root: &str| {
        let mut command = desk.program("python3", &["check.py", "evidence.git", root], &desk.path("stock"));
        let output = command.output().expect("python3 runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = check(&"0".repeat(64));
    assert!(code == Some(1) && said.contains("does not follow from ROOT"), "{said}");
    sh(
        &desk,
        "stock/evidence.git",
        "c=$(git ls-tree -r --name-only refs/notes/qms | tail -1); c=$(echo $c | tr -d /)
         git notes --ref=qms show $c | sed 's/\"sig\":\"..../\"sig\":\"AAAA/' > note
         git notes --ref=qms add -f -F note $c",
    );
    let (code, said) = check(&root);
    assert!(code == Some(1) && said.contains("its signature does not hold"), "{said}");
}

#[test]
fn r12_a_package_goes_into_another_repository_and_back_and_nothing_is_lost() {
    let (desk, _, _) = packed();
    // Behind the gap, a repository without anything takes it, records, and sends its own package back.
    sh(
        &desk,
        ".",
        "git init -q far && git -C far fetch -q ../payments main && git -C far checkout -q -b main FETCH_HEAD",
    );
    desk.qms_in("far", &["import", "../payments.qms"]).exit(0);
    let plan = |folder: &str, change: &str| {
        let args = ["record", "plan", "--quiet", "--service", "payments-api", "--reason", "More", "--change", change];
        desk.qms_in(folder, &args).exit(0).out.trim().to_owned()
    };
    let (here, far) = (plan("payments", "CHG-2"), plan("far", "CHG-3"));
    desk.qms_in("far", &["export", "payments-api", "--format", "bundle", "--to", "../back.qms"]).exit(0);
    desk.qms(&["import", "../back.qms"]).exit(0);
    let ids = desk.say("log --ids").exit(0).out;
    assert!(ids.contains(&here) && ids.contains(&far), "{ids}");
    desk.say("verify").exit(0);
    // Once more changes nothing, and leaves no reference of its own.
    let before = desk.git(&["for-each-ref"]);
    let again = desk.qms(&["import", "../back.qms"]).exit(0);
    assert!(again.out.contains("came    nothing new"), "{again:?}");
    assert_eq!(desk.git(&["for-each-ref"]), before);
    assert!(!before.contains("qms-package") && !before.contains("refs/qms/imports"), "{before}");
}

#[test]
fn r12_a_package_that_was_altered_is_rejected() {
    let (desk, tag, root) = packed();
    let script = "git clone -q --mirror ../payments.qms ev && cd ev
        git notes --ref=qms list | head -1 | cut -d' ' -f2 | xargs git notes --ref=qms remove
        git bundle create -q ../less.qms HEAD --branches --tags refs/notes/qms refs/qms/trust refs/qms/files";
    std::fs::create_dir(desk.path("mallory")).expect("a folder");
    sh(&desk, "mallory", script);
    let said = alone(&desk, "mallory", &["verify", "less.qms", "--trust-root", &root, "--json"]).exit(1);
    assert!(said.out.contains("line-removed"), "{said:?}");
    let script = format!(
        "cd ev && git update-ref -d 'refs/tags/{tag}' && git fetch -q ../../payments.qms refs/notes/qms:n
        git update-ref refs/notes/qms n && git branch -q -D n
        git bundle create -q ../untagged.qms HEAD --branches refs/notes/qms refs/qms/trust refs/qms/files"
    );
    sh(&desk, "mallory", &script);
    let said = alone(&desk, "mallory", &["verify", "untagged.qms", "--trust-root", &root, "--json"]).exit(1);
    assert!(said.out.contains("tag-missing"), "{said:?}");
}

#[test]
fn r12_what_is_no_whole_package_is_told_with_the_next_step_and_changes_nothing() {
    let (desk, _, _) = packed();
    let bytes = std::fs::read(desk.path("payments.qms")).expect("a package");
    std::fs::write(desk.path("cut.qms"), &bytes[..bytes.len() / 2]).expect("written");
    let mut flipped = bytes.clone();
    let middle = flipped.len() * 3 / 4;
    flipped[middle] ^= 1;
    std::fs::write(desk.path("flipped.qms"), &flipped).expect("written");
    std::fs::write(desk.path("junk.qms"), "PK\u{3}\u{4}").expect("written");
    sh(&desk, "payments", "git bundle create -q ../thin.qms refs/notes/qms refs/qms/trust ^refs/notes/qms~1");
    sh(&desk, "payments", "git bundle create -q ../code.qms main");
    sh(&desk, ".", "git init -q empty");
    let before = sh(&desk, "empty", "git for-each-ref");
    for (file, what) in [
        ("cut.qms", "damaged or cut off"),
        ("flipped.qms", "damaged or cut off"),
        ("thin.qms", "needs commit"),
        ("code.qms", "no package: it holds no trust"),
        ("junk.qms", "no git bundle"),
        ("missing.qms", "opening ../missing.qms"),
    ] {
        let file = format!("../{file}");
        let said = desk.qms_in("empty", &["import", &file]).exit(2);
        assert!(said.err.contains(what) && said.err.contains("hint: "), "{file}: {said:?}");
        assert_eq!(sh(&desk, "empty", "git for-each-ref"), before, "{file}");
        // Nor is it taken for whole where all that it should hold is there already.
        if ["../cut.qms", "../flipped.qms"].contains(&&*file) {
            desk.qms(&["import", &file]).exit(2);
        }
        if !["../junk.qms", "../missing.qms"].contains(&&*file) {
            let said = alone(&desk, "nowhere", &["verify", &file]).exit(2);
            assert!(said.err.contains(what) && said.err.contains("hint: "), "{file}: {said:?}");
        }
    }
}

#[test]
fn r12_a_package_of_another_project_is_not_taken() {
    let (desk, _, _) = packed();
    let other = Desk::founded();
    let before = other.git(&["for-each-ref"]);
    let file = desk.path("payments.qms").display().to_string();
    let said = other.qms(&["import", &file]).exit(1);
    assert!(said.err.contains("it is of another project") && said.err.contains("nothing was taken over"), "{said:?}");
    assert_eq!(other.git(&["for-each-ref"]), before);
}

#[test]
fn r12_a_package_of_a_part_is_not_made() {
    let (desk, tag, _) = packed();
    let from = format!("file://{}", desk.path("payments").display());
    sh(
        &desk,
        ".",
        &format!(
            "git clone -q --depth 1 {from} shallow && git -C shallow fetch -q {from} 'refs/notes/qms:refs/notes/qms' 'refs/qms/*:refs/qms/*' '+refs/tags/*:refs/tags/*'"
        ),
    );
    let said = desk.qms_in("shallow", &["export", &tag, "--format", "bundle", "--to", "../part.qms"]).exit(2);
    assert!(said.err.contains("a package has to be whole"), "{said:?}");
    assert!(!desk.path("part.qms").exists());
}

#[test]
fn r12_the_export_of_what_is_no_release_is_refused() {
    let (desk, _, _) = packed();
    let said = desk.say("export HEAD --format html --to ../x.html").exit(1);
    assert!(said.err.contains("is no release") && !desk.path("x.html").exists(), "{said:?}");
    let said = desk.say("export payments-api --format pdf --to ../x.pdf").exit(2);
    assert!(said.err.contains("expected html, bundle, csv"), "{said:?}");
}

#[test]
fn r12_two_exports_of_one_moment_are_the_same_bytes() {
    let (desk, tag, _) = packed();
    let make = |file: &str| {
        let args = ["export", &tag, "--format", "html", "--at", "2030-01-01T00:00:00Z", "--to", file];
        desk.qms(&args).exit(0);
        std::fs::read(desk.path("payments").join(file)).expect("a file")
    };
    assert_eq!(make("../one.html"), make("../two.html"));
}

/// A page says what an auditor asks for; its look is judged in `tests/pages`.
#[test]
fn r10_a_dossier_names_every_part_of_the_release() {
    let (desk, tag, root) = packed();
    desk.qms(&["export", &tag, "--format", "html", "--trust-root", &root, "--to", "../d.html"]).exit(0);
    let page = std::fs::read_to_string(desk.path("d.html")).expect("a page");
    for part in [
        "Grace Hopper",
        "release-manager",
        "approved",
        "Refund limits",
        "payments.tar.gz",
        "11 passed, 0 failed",
        "trivy",
        "COV-01",
        "legacy module",
        "manual regression run",
        "excepted",
        "deploy",
        "smoke test pass",
        "junit.xml",
        "SHA256:",
        "the one given to the verifier",
        "Every stage has its records",
        "REQ-7",
        "touches the ledger",
        &root,
        &tag,
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Every signature says in which role it was given: where the record names none, the one that let its signer sign.
    let (_, signatures) = page.split_once("<caption>Signatures</caption>").expect("a table of signatures");
    let rows = signatures.split_once("</table>").map_or("", |(rows, _)| rows).split("<tr>").skip(2);
    let roles: Vec<&str> =
        rows.map(|row| row.split("<td>").nth(1).and_then(|cell| cell.split("</td>").next()).expect("a role")).collect();
    assert!(roles.len() >= 6 && !roles.contains(&"–"), "{roles:?}");
    assert!(roles.iter().any(|role| role.contains("developer")), "the plan was Ada's as a developer: {roles:?}");
}
