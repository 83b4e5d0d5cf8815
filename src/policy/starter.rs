//! The catalogs that `git qms init` writes, each line explained: three controls, or those of teams that are audited; and
//! the cases that show what they do.

use crate::record::{CommitId, Name};

/// The text of a first `.qms/policy.toml`. Nothing is asked for of `baseline` and what came before it.
pub fn starter(baseline: Option<CommitId>, service: &Name) -> String {
    filled(TEXT, baseline, service)
}

/// The text of a first `.qms/policy.toml` for teams that are audited: tiers, types of change, and a dozen controls.
pub fn regulated(baseline: Option<CommitId>, service: &Name) -> String {
    filled(include_str!("presets/regulated.toml"), baseline, service)
}

/// The file of cases that goes with [`starter`]: each of its controls passes in one and fails in another.
pub fn starter_cases() -> &'static str {
    include_str!("presets/starter-cases.toml")
}

/// The file of cases that goes with [`regulated`].
pub fn regulated_cases() -> &'static str {
    include_str!("presets/regulated-cases.toml")
}

fn filled(text: &str, baseline: Option<CommitId>, service: &Name) -> String {
    let baseline = match baseline {
        Some(commit) => format!("baseline = \"{commit}\""),
        None => "# baseline = \"…\"   (the repository had no commit yet)".into(),
    };
    text.replacen("{baseline}", &baseline, 1).replacen("{service}", service.as_str(), 1)
}

const TEXT: &str = r#"# What has to be true before something goes out. `git qms gate` judges a commit by it.
# It is in force once the policy owner has signed it: git qms policy ratify
# The language, with every metric: docs/guide/policy.md of git-qms.

version = 1

# History up to here came before this policy; from the next commit on, evidence is asked for.
{baseline}

# Addresses of authors who are no members (git qms trust show) but may contribute.
outside-contributors = []

# What is released. One service is the whole repository, unless it names `paths = ["services/a/**"]`.
[[service]]
name = "{service}"

# Where it goes. Controls with trigger "release" guard the production environments.
[[environment]]
name = "production"
production = true

[[control]]
id = "TEST-01"
title = "The tests pass"
objective = "Nothing that is known to be broken is released"
trigger = ["release"]             # when it is asked for: release, gate (always), or an environment
enforcement = "block"             # block: the gate fails; warn: it only says so
evidence = ["test"]               # kinds of record that have to be there: git qms record test
require = ["test.failed == 0"]    # of every suite that was recorded; without one the control fails
owner = "qa"                      # the role that answers for the control
retention = "7y"                  # how long its evidence is kept: y, m or d
frameworks = ["ISO 9001:2015 8.6"]
# Where its parts live: what is wanted, what carries it out, where the proof is.
systems = { requirement = "git", execution = "CI", evidence = "git" }

[[control]]
id = "APPROVE-01"
title = "Somebody else has approved it"
objective = "No one person can bring a change to production alone"
trigger = ["release"]
enforcement = "block"
evidence = ["approval"]           # git qms approve
require = ["approvals >= 1"]      # by people who neither wrote nor asked for the change
owner = "release-manager"
retention = "7y"
frameworks = ["ISO 9001:2015 8.6", "ISO/IEC 27001:2022 A.5.3"]
systems = { requirement = "git", execution = "git", evidence = "git" }

[[control]]
id = "SCAN-01"
title = "No grave vulnerability is known"
objective = "Dependencies with known grave vulnerabilities are not released"
trigger = ["release"]
enforcement = "block"
evidence = ["scan"]               # git qms record scan --from trivy.json
require = ["scan.critical == 0", "scan.high == 0"]
owner = "security"
retention = "7y"
frameworks = ["ISO/IEC 27001:2022 A.8.8"]
systems = { requirement = "git", execution = "CI", evidence = "git" }
"#;
