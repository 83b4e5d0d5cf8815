//! What a push changes, as git tells its hooks, and where everything would stand after it.

use std::io::Read as _;

use crate::cli::context::{Context, FILES, LEDGER, TRUST, Tips};
use crate::cli::error::{Error, Result, While as _};
use crate::record::{CommitId, TagId};
use crate::release::ReleaseTag;

/// One reference that a push makes, moves or deletes.
pub(super) struct Update {
    /// What it becomes; `None` is a deletion.
    pub(super) new: Option<CommitId>,
    /// The ref at the remote.
    pub(super) at: String,
    /// What it is; `None` when it is new.
    pub(super) old: Option<CommitId>,
}

impl Update {
    /// The tag that it makes, moves or deletes.
    pub(super) fn tag(&self) -> Option<&str> {
        self.at.strip_prefix("refs/tags/")
    }

    /// The branch.
    pub(super) fn branch(&self) -> Option<&str> {
        self.at.strip_prefix("refs/heads/")
    }

    /// Whether it is ledger, trust or attached files.
    pub(super) fn is_evidence(&self) -> bool {
        [LEDGER, TRUST, FILES].contains(&&self.at[..])
    }
}

/// The most that git says of one push: 16 MiB, some 100,000 refs.
const MAX_INPUT: u64 = 16 << 20;

/// How git words a line.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// `<local ref> <local id> <remote ref> <remote id>`, to pre-push.
    PrePush,
    /// `<old id> <new id> <ref>`, to pre-receive.
    PreReceive,
}

/// Reads what standard input tells of a push.
pub(super) fn read(form: Form) -> Result<Vec<Update>> {
    let mut input = String::new();
    std::io::stdin().lock().take(MAX_INPUT + 1).read_to_string(&mut input).while_("reading what is pushed")?;
    if input.len() as u64 > MAX_INPUT {
        return Err(Error::new("git told the hook more than 16 MiB").hint("push fewer references at a time"));
    }
    input.lines().map(|line| parse(form, line)).collect()
}

fn parse(form: Form, line: &str) -> Result<Update> {
    let fields: Vec<&str> = line.split(' ').collect();
    let (new, at, old) = match (form, &fields[..]) {
        (Form::PrePush, [_, new, at, old]) | (Form::PreReceive, [old, new, at]) => (*new, *at, *old),
        (Form::PrePush, _) => {
            return Err(Error::new(format!("git told the hook {line:?}, where four words were expected")));
        }
        (Form::PreReceive, _) => {
            return Err(Error::new(format!("git told the hook {line:?}, where three words were expected")));
        }
    };
    let id = |text: &str| {
        let none = !text.is_empty() && text.bytes().all(|byte| byte == b'0');
        if none { Ok(None) } else { Ok::<_, Error>(Some(text.parse()?)) }
    };
    Ok(Update { new: id(new)?, at: at.to_owned(), old: id(old)? })
}

/// Where everything would stand after the push.
pub(super) fn tips(context: &Context, updates: &[Update]) -> Result<Tips> {
    let mut tips = context.tips()?;
    for update in updates {
        let Some(new) = update.new else { continue };
        match (&update.at[..], update.tag()) {
            (LEDGER, _) => tips.ledger = Some(new),
            (TRUST, _) => tips.trust = Some(new),
            (_, tag) => {
                tips.also.push(new);
                let tag = tag.map(|name| ReleaseTag { name: name.to_owned(), object: annotated(context, new) });
                tips.tags.extend(tag);
            }
        }
    }
    Ok(tips)
}

/// The tag object of this id; `None` where it is a commit or anything else that is no tag object.
pub(super) fn annotated(context: &Context, id: CommitId) -> Option<(TagId, Vec<u8>)> {
    let id = TagId::from_bytes(id.as_bytes())?;
    context.repo.tag_object(&id).ok().map(|raw| (id, raw))
}
