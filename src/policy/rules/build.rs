//! `build.*`: whether it is known what was built, by whom, and from what.

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::rule::Rule;
use crate::record::Kind;

macro_rules! metrics {
    ($($name:literal $unit:literal $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: $unit, doc: $doc, kind: Kind::Build, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "build.recorded" "records" recorded "Builds of this very tree that are not superseded.";
    "build.artifacts" "artifacts" artifacts "Artifacts that these name by SHA-256, each once: who recorded the build has signed for them.";
    "build.manual" "records" manual "Those of the builds that a person signed for and no bot.";
    "build.without-inventory" "records" without_inventory "Those of the builds that name artifacts and no inventory of what is in them.";
    "build.unattested" "artifacts" unattested "Artifacts of which no build brings a signed attestation of its builder, such as SLSA provenance. Whose that signature is, is not checked.";
}

fn builds<'a>(standing: &Standing<'a>, read: impl FnOnce(Vec<Proof<'a>>) -> Reading<'a>) -> Reading<'a> {
    let builds: Vec<_> = standing.counted(Kind::Build).collect();
    if builds.is_empty() { absent(standing, Kind::Build, "build") } else { read(builds) }
}

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    builds(standing, |builds| {
        let found = match builds.as_slice() {
            [one] => one.summary(),
            several => format!("{} builds", several.len()),
        };
        Reading::count(builds.len(), found, builds)
    })
}

fn artifacts<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    builds(standing, |builds| {
        let mut digests: Vec<_> = builds.iter().flat_map(|build| &build.artifacts).map(|one| one.sha256).collect();
        digests.sort_unstable();
        digests.dedup();
        Reading::count(digests.len(), format!("{} artifacts signed for", digests.len()), builds)
            .hint("git qms record build --artifact FILE")
    })
}

fn manual<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    builds(standing, |builds| {
        let by_hand: Vec<_> = builds.iter().filter(|build| !standing.is_bot(&build.header.recorder)).collect();
        let whose = by_hand.first().map_or(String::new(), |build| format!(", by {}", build.header.recorder));
        Reading::count(by_hand.len(), format!("{} builds by hand{whose}", by_hand.len()), builds)
            .hint("build it in the pipeline, which records it with its own key")
    })
}

fn without_inventory<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    builds(standing, |builds| {
        let lacks = |build: &&Proof<'_>| {
            !build.artifacts.is_empty() && build.header.build.as_ref().is_none_or(|build| build.inventory.is_none())
        };
        let count = builds.iter().filter(lacks).count();
        Reading::count(count, format!("{count} builds without inventory"), builds)
            .hint("git qms record build --artifact FILE --from sbom.cdx.json")
    })
}

fn unattested<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    builds(standing, |builds| {
        let signed = |attested| {
            builds.iter().filter_map(|build| build.header.build.as_ref()).any(|build| {
                let signed = build.attestations.iter().filter(|attestation| attestation.signatures > 0);
                signed.flat_map(|attestation| &attestation.matches).any(|matched| *matched == attested)
            })
        };
        let mut open: Vec<_> = builds.iter().flat_map(|build| &build.artifacts).collect();
        open.retain(|artifact| !signed(artifact.sha256));
        open.sort_unstable_by_key(|artifact| artifact.sha256);
        open.dedup_by_key(|artifact| artifact.sha256);
        let first = open.first().map_or(String::new(), |artifact| format!(": {}", artifact.name));
        Reading::count(open.len(), format!("{} artifacts without attestation{first}", open.len()), builds).hint(
            "record what the builder attests: git qms record build --artifact FILE --from provenance.intoto.jsonl",
        )
    })
}
