//! The walk-through: what is run, and why.

/// One command of the walk-through.
pub(super) struct Step {
    /// Why it is run, in a line.
    pub(super) why: &'static str,
    /// As typed in a shell: a command, `name=$(command)`, `cd DIR` or `export NAME=VALUE`.
    pub(super) command: &'static str,
    /// How it has to end.
    pub(super) exit: i32,
}

const fn step(why: &'static str, command: &'static str) -> Step {
    Step { why, command, exit: 0 }
}

const fn refused(why: &'static str, command: &'static str) -> Step {
    Step { why, command, exit: 1 }
}

/// A chapter's title and its steps.
pub(super) type Chapter = (&'static str, &'static [Step]);

/// The walk-through, from an empty repository to the auditor's clone.
pub(super) const CHAPTERS: &[Chapter] = &[
    (
        "A repository, a remote, and keys for two people and a pipeline",
        &[
            step("an ordinary repository", "git init -q -b main"),
            step("with an ordinary file", "git add payments"),
            step("and a first commit", "git commit -q -m \"Payments\""),
            step("a bare repository stands in for the server", "git init -q --bare -b main ../payments.git"),
            step("as our remote", "git remote add origin ../payments.git"),
            step("where the branch lives", "git push -q -u origin main"),
            step("Ada writes the code", "git qms key new ../keys/ada"),
            step("Grace manages releases", "git qms key new ../keys/grace"),
            step("the pipeline is a member, too, and never counts as a person", "git qms key new ../keys/ci"),
        ],
    ),
    (
        "The project: trust and policy",
        &[
            step(
                "one command sets up the trust root, a policy of three controls, the hook and the refspecs",
                "git qms init --name payments-api --key ../keys/ada --member ada",
            ),
            step(
                "the policy is a file like any other: here it gets a fourth control",
                "sh -c \"cat ../reports/cov-01.toml >> .qms/policy.toml\"",
            ),
            step("it is reviewed like any other", "git add .qms"),
            step("and travels with the code", "git commit -q -m \"Quality policy\""),
            step("from here on, Ada signs unless --key says otherwise", "export QMS_SIGNING_KEY=../keys/ada"),
            step(
                "who may sign what is itself signed, and chained",
                "git qms trust add grace --name \"Grace Hopper\" --email grace@example.com --public-key ../keys/grace.pub --role release-manager --role qa",
            ),
            step(
                "the pipeline may record what it ran",
                "git qms trust add ci --bot --name CI --public-key ../keys/ci.pub --role ci",
            ),
            step("a policy is in force once its owner has signed it", "git qms policy ratify"),
        ],
    ),
    (
        "A change, and its evidence",
        &[
            step(
                "why the change is made, and how it is taken back",
                "git qms record plan --service payments-api --change CHG-1842 --reason \"Refund limits\" --requirement REQ-7 --known-risk \"touches the ledger\" --rollback \"restore previous\" --monitoring \"error rate for 30 min\"",
            ),
            step(
                "what was built: the artifact by digest, the dependencies from the SBOM",
                "git qms record build --key ../keys/ci --build-id 77 --artifact ../dist/payments.tar.gz --from ../reports/sbom.cdx.json",
            ),
            step(
                "what the tests found, counted from the cases",
                "git qms record test --key ../keys/ci --suite unit --from ../reports/junit.xml --from ../reports/coverage.xml",
            ),
            step("what the scanner found", "git qms record scan --key ../keys/ci --from ../reports/trivy.json"),
            step("what there is, what is open, and the next step", "git qms status"),
            refused("may it go out? No: nobody else has approved it yet", "git qms gate --environment production"),
        ],
    ),
    (
        "Approval, an exception, and release",
        &[
            step(
                "Grace approves with her own key; nobody can do it for her",
                "git qms approve --key ../keys/grace --role release-manager --meaning approved",
            ),
            refused(
                "still no: too few branches are tested, and it says by how much",
                "git qms gate --environment production",
            ),
            step(
                "Ada asks that the control may go unsatisfied: why, what is done instead, until when, and evidence",
                "git qms exception request COV-01 --reason \"legacy module\" --compensating \"manual regression run\" --expires 30d --attach ../reports/notes.txt",
            ),
            step(
                "that is not hers to decide: Grace answers for the control",
                "git qms exception approve COV-01 --key ../keys/grace",
            ),
            step("now the gate passes, and says which record proves what", "git qms gate --environment production"),
            step(
                "the gate once more, a signed decision, and one signed tag",
                "tag=$(git qms release --quiet --key ../keys/grace --service payments-api --change CHG-1842 --environment production)",
            ),
            step("stock git verifies the tag", "git verify-tag $tag"),
            step(
                "what went where",
                "git qms record deploy --key ../keys/ci --release $tag --environment production --outcome success --infra-revision 4f2c --migration 0042_refunds",
            ),
            step(
                "and how it did there",
                "git qms record monitor --key ../keys/ci --release $tag --environment production --smoke pass",
            ),
            step("the whole story of the release, verified", "git qms show $tag"),
            step("the code goes to the server; the hook verifies what is pushed", "git push -q origin main"),
            step("evidence, trust and the tag go there, too", "git qms sync"),
        ],
    ),
    (
        "The auditor: a clone, and nothing else",
        &[
            step(
                "the project's people hand over one digest, outside the repository",
                "root=$(git qms trust show --root)",
            ),
            step("a fresh clone", "git clone -q ../payments.git ../auditor"),
            step("without anybody's key", "export QMS_SIGNING_KEY="),
            step("on another machine, as it were", "cd ../auditor"),
            step("a clone brings no notes, so fetch them", "git qms sync --fetch-only"),
            step(
                "everything is checked against that one digest, offline",
                "git qms verify --trust-root $root --strict",
            ),
        ],
    ),
];
