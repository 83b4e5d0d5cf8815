//! Who there is, and who had a hand in which commit.

use std::collections::BTreeSet;

use super::Reader;
use super::values::{Value, entries};
use crate::policy::case::{Hands, Person, address};
use crate::policy::problem::Problems;
use crate::policy::table::{Placed, list, parsed, string, table};
use crate::record::name::NameError;
use crate::record::{MemberId, Name};

/// People or bots, with their roles.
pub(super) fn people<'t>(value: &'t Value<'t>, is_bot: bool, problems: &mut Problems<'_>) -> Vec<Person> {
    let mut people = Vec::new();
    for (id, roles) in entries(value, "ada = [\"developer\"], below [people]", problems) {
        let roles: Vec<Placed<Name>> = list(roles, problems, parsed);
        let roles = roles.into_iter().map(|role| role.value).collect::<BTreeSet<_>>();
        match id.get_ref().parse() {
            Ok(id) => people.push(Person { id, roles, is_bot, has_hardware: false }),
            Err(error) => {
                let error: NameError = error;
                problems.add(id.span(), format!("member {:?}", id.get_ref()), error.to_string(), "correct the id");
            }
        }
    }
    people
}

impl Reader<'_> {
    /// A member of the file.
    pub(super) fn member(&self, value: &Value<'_>, problems: &mut Problems<'_>) -> Option<MemberId> {
        let id: MemberId = parsed(value, problems)?;
        if self.people.iter().all(|person| person.id != id) {
            let ids: Vec<&str> = self.people.iter().map(|person| person.id.as_str()).collect();
            let mend = format!("name one of: {}; or add it to [people] or [bots]", ids.join(", "));
            problems.add(value.span(), format!("member {id}"), "somebody that the file knows", mend);
            return None;
        }
        Some(id)
    }

    /// Those whose keys lie in hardware.
    pub(super) fn harden(&mut self, value: &Value<'_>, problems: &mut Problems<'_>) {
        for one in list(value, problems, |one, problems| self.member(one, problems)) {
            let held = self.people.iter_mut().filter(|person| person.id == one.value);
            held.for_each(|person| person.has_hardware = true);
        }
    }

    /// The address of a member, or an address that is nobody's.
    fn address(&self, value: &Value<'_>, problems: &mut Problems<'_>) -> Option<String> {
        match string(value, problems)? {
            text if text.contains('@') => Some(text.to_owned()),
            _ => self.member(value, problems).map(|id| address(&id)),
        }
    }

    /// A commit: its author, or a table of all who had a hand in it.
    pub(super) fn commit<'t>(&self, value: &'t Value<'t>, problems: &mut Problems<'_>) -> Option<Hands> {
        if value.get_ref().as_table().is_none() {
            let author = self.address(value, problems)?;
            return Some(Hands { committer: author.clone(), author, co_authors: Vec::new() });
        }
        let mut hands = table("a commit", value, problems)?;
        let author = hands.required("author", "\"ada\"", problems).and_then(|value| self.address(value, problems));
        let committer = hands.optional("committer").map(|value| self.address(value, problems));
        let co_authors = hands.optional("co-authors");
        let co_authors = co_authors.map(|value| list(value, problems, |one, problems| self.address(one, problems)));
        hands.finish(problems);
        let author = author?;
        Some(Hands {
            committer: committer.unwrap_or_else(|| Some(author.clone()))?,
            author,
            co_authors: co_authors.unwrap_or_default().into_iter().map(|one| one.value).collect(),
        })
    }
}
