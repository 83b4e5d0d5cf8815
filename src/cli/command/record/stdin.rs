//! `git qms record KIND -`: one JSON object on standard input.

use std::io::Read as _;

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::record::kind::Resource;
use crate::record::{Claim, CommitId, Input, Kind, Misfit, input};

/// No record is larger: the line that carries it is 1 MiB at most.
const MAX_INPUT: u64 = 1 << 20;

/// The one word that asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Dash;

/// Reads the word.
pub fn dash(word: &str) -> std::result::Result<Dash, String> {
    if word == "-" { Ok(Dash) } else { Err("only - can stand here: one JSON object on standard input".to_owned()) }
}

/// Reads the object.
pub fn read(kind: Kind) -> Result<Input> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes).while_("reading standard input")?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(Error::new(format!("standard input is larger than {MAX_INPUT} bytes"))
            .hint("what is large is attached, not recorded: a record holds counts and names"));
    }
    input::read(kind, &bytes).map_err(|misfit| refused(kind, &misfit))
}

/// Names the place, what stands there, what was expected, and where the shape is written.
fn refused(kind: Kind, misfit: &Misfit) -> Error {
    let error = Error::new(format!("standard input is no {kind} record: {misfit}"));
    let error = match &misfit.found {
        Some(found) => error.detail(format!("found {found}")),
        None => error,
    };
    error.hint(format!("the shape of the object: git qms schema {kind} --stdin"))
}

/// Records an object that says everything there is to say of a build, tests or a scan.
pub fn record(about: About, start: &Start, kind: Kind, next: &str) -> Result<Exit> {
    let input = read(kind)?;
    let happened = input.happened();
    let Input { place, artifacts, detail, claim } = input;
    let about = about.over(place);
    let mut making = about.begin(start, kind, happened)?;
    let url = making.header.source.as_ref().and_then(|source| source.url.clone());
    let claim = about_commit(claim, making.commit.id, url).map_err(|misfit| refused(kind, &misfit))?;
    if let Some(detail) = detail {
        detail.into_header(&mut making.header);
    }
    making.finish(artifacts, Vec::new(), claim, Some(next))
}

/// A claim about this commit, and no other.
fn about_commit(claim: Claim, commit: CommitId, url: Option<String>) -> std::result::Result<Claim, Misfit> {
    let source = || Resource {
        name: Some("commit".to_owned()),
        uri: None,
        digest: [("gitCommit".to_owned(), commit.to_string())].into(),
    };
    Ok(match claim {
        Claim::Test(mut result) => {
            if result.configuration.is_empty() {
                result.configuration.push(source());
            }
            result.url = result.url.or(url);
            Claim::Test(result)
        }
        Claim::Build(build) => {
            let built = &build.build_definition.external_parameters.source;
            let expected = format!("git+commit:{commit}");
            if *built != expected {
                let at = "/predicate/buildDefinition/externalParameters/source";
                let message = format!("the record is about another commit: expected {expected:?}");
                return Err(Misfit::new(at, message).with(&built.as_str().into()));
            }
            Claim::Build(build)
        }
        other => other,
    })
}
