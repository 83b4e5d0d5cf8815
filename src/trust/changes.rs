//! What a trust version changes against the one before, in words: everything it changes, so that nobody signs unseen.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::version::{Known, Member, MemberType, TrustVersion};

/// Each change a sentence without a full stop; empty when nothing changes. Without `before`: what the first version
/// says. Names in it are as the version has them: escape them.
pub fn changes(before: Option<&TrustVersion>, after: &TrustVersion) -> Vec<String> {
    // Taken apart, so that a new member of the payload cannot be forgotten here.
    let TrustVersion {
        name,
        members,
        grants,
        thresholds,
        compromised,
        known: Known { lines, heads },
        version: _,
        previous: _,
        ledger: _,
        created: _,
        nonce: _,
        continues,
    } = after;
    let mut told = Vec::new();
    told.extend(continues.iter().map(|before| {
        format!(
            "continues project {}, by its trust version {} and its ledger up to {}; no key of that project says so",
            before.project,
            before.trust.short(),
            before.ledger.short()
        )
    }));
    if before.is_none_or(|before| before.name != *name) {
        told.push(format!("the project is called {name}"));
    }
    let old_members = before.map_or(&[][..], |before| &before.members);
    for member in members {
        match old_members.iter().find(|old| old.id == member.id) {
            Some(old) => of_member(&mut told, old, member),
            None => told.push(joins(member)),
        }
    }
    let gone = old_members.iter().filter(|old| after.member(&old.id).is_none());
    told.extend(gone.map(|old| format!("{} leaves", old.id)));
    if is_reordered(old_members, members, |member| &member.id) {
        told.push("the members are listed in another order".into());
    }
    // The grants that a project begins with are many, and the same in each.
    let none = BTreeSet::new();
    for kind in before.iter().flat_map(|before| before.grants.keys().chain(grants.keys())).collect::<BTreeSet<_>>() {
        let old = before.and_then(|before| before.grants.get(kind)).unwrap_or(&none);
        let new = grants.get(kind).unwrap_or(&none);
        told.extend(new.difference(old).map(|role| format!("role {role} may sign records of kind {kind}")));
        told.extend(old.difference(new).map(|role| format!("role {role} may no longer sign records of kind {kind}")));
        if old.is_empty()
            && new.is_empty()
            && before.is_some_and(|b| b.grants.contains_key(kind)) != grants.contains_key(kind)
        {
            told.push(format!("kind {kind} is listed among the grants, or no longer, without a role"));
        }
    }
    let needed = |version: &TrustVersion| version.thresholds.root;
    match before.map(needed) {
        Some(old) if old != thresholds.root => {
            told.push(format!("a change of the trust takes {} root people instead of {old}", thresholds.root));
        }
        None if thresholds.root > 1 => {
            told.push(format!("a change of the trust takes {} root people", thresholds.root));
        }
        _ => {}
    }
    for (key, head) in compromised {
        if before.and_then(|before| before.compromised.get(key)) != Some(head) {
            told.push(format!("key {key} is compromised: its records count up to ledger commit {head}"));
        }
    }
    let dropped =
        before.iter().flat_map(|before| before.compromised.keys()).filter(|key| !compromised.contains_key(key));
    told.extend(dropped.map(|key| format!("key {key} is no longer listed as compromised, which changes nothing")));
    told.extend(lines.iter().map(|line| format!("line {line} is accepted as flawed")));
    told.extend(heads.iter().map(|head| format!("ledger commit {head} is accepted as lost")));
    told
}

fn joins(member: &Member) -> String {
    let Member { id, name, emails, kind, roles, keys } = member;
    let kind = if *kind == MemberType::Bot { ", a bot" } else { "" };
    let emails: Vec<_> = emails.iter().map(|email| format!(" <{email}>")).collect();
    let roles = if roles.is_empty() { "no role".to_owned() } else { format!("as {}", list(roles)) };
    let keys = list(keys.iter().map(crate::envelope::PublicKey::fingerprint));
    let keys = if keys.is_empty() { "without a key".to_owned() } else { format!("with key {keys}") };
    format!("{id} joins{kind}: {name}{}, {roles}, {keys}", emails.concat())
}

fn of_member(told: &mut Vec<String>, old: &Member, new: &Member) {
    let Member { id, name, emails, kind, roles, keys } = new;
    if old.name != *name {
        told.push(format!("{id} is called {name}"));
    }
    if old.kind != *kind {
        told.push(format!("{id} is {} now", if *kind == MemberType::Bot { "a bot" } else { "a person" }));
    }
    told.extend(roles.difference(&old.roles).map(|role| format!("{id} gets the role {role}")));
    told.extend(old.roles.difference(roles).map(|role| format!("{id} no longer has the role {role}")));
    listed(told, &format!("{id} gets key"), &format!("{id} no longer has key"), &old.keys, keys, |key| {
        key.fingerprint()
    });
    listed(
        told,
        &format!("{id} gets address"),
        &format!("{id} no longer has address"),
        &old.emails,
        emails,
        Clone::clone,
    );
}

/// What came to a list, what went, and whether the rest stands in another order.
fn listed<T, N: Display + PartialEq>(
    told: &mut Vec<String>,
    gets: &str,
    loses: &str,
    old: &[T],
    new: &[T],
    name: impl Fn(&T) -> N,
) {
    let has = |list: &[T], one: &T| list.iter().any(|other| name(other) == name(one));
    told.extend(new.iter().filter(|one| !has(old, one)).map(|one| format!("{gets} {}", name(one))));
    told.extend(old.iter().filter(|one| !has(new, one)).map(|one| format!("{loses} {}", name(one))));
    if is_reordered(old, new, &name) {
        told.push(format!("{gets}s in another order"));
    } else if old.len() != new.len() && old.iter().all(|one| has(new, one)) && new.iter().all(|one| has(old, one)) {
        told.push(format!("{gets}s another number of times"));
    }
}

fn is_reordered<'a, T, N: PartialEq + 'a>(old: &'a [T], new: &'a [T], name: impl Fn(&'a T) -> N) -> bool {
    let names = |list: &'a [T]| list.iter().map(&name).collect::<Vec<_>>();
    let (old, new) = (names(old), names(new));
    let old_kept: Vec<_> = old.iter().filter(|one| new.contains(one)).collect();
    let new_kept: Vec<_> = new.iter().filter(|one| old.contains(one)).collect();
    old_kept.len() == new_kept.len() && old_kept != new_kept
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Signer as _;
    use crate::record::kind::Kind;
    use crate::test_support::{TestKey, genesis, id, member};

    type Edit = fn(&mut TrustVersion);

    /// One edit and what is said of it.
    fn of(edit: impl FnOnce(&mut TrustVersion)) -> Vec<String> {
        let mut after = genesis();
        edit(&mut after);
        changes(Some(&genesis()), &after)
    }

    #[test]
    fn every_change_is_told_and_no_change_is_not() {
        assert!(of(|_| ()).is_empty());
        let key = TestKey::new(1).public_key().fingerprint();
        let edits: Vec<(Edit, &str)> = vec![
            (|v| v.name = "other".into(), "the project is called other"),
            (|v| v.members.push(member("grace", 2, &["qa"])), "grace joins: "),
            (|v| v.members.clear(), " leaves"),
            (|v| v.members[0].name = "Other".into(), " is called Other"),
            (|v| v.members[0].kind = MemberType::Bot, " is a bot now"),
            (|v| v.members[0].roles.clear(), " no longer has the role root"),
            (|v| v.members[0].emails.push("new@example.com".into()), " gets address new@example.com"),
            (|v| v.members[0].keys.push(TestKey::new(3).public_key().clone()), " gets key SHA256:"),
            (|v| v.members[0].keys.clear(), " no longer has key SHA256:"),
            (
                |v| v.grants.extend([(Kind::Deploy, ["cook".parse().expect("a role")].into())]),
                "role cook may sign records of kind deploy",
            ),
            (|v| v.thresholds.root = 2, "a change of the trust takes 2 root people instead of 1"),
            (|v| v.known.heads.extend([id(4)]), "is accepted as lost"),
        ];
        for (edit, said) in edits {
            let told = of(edit);
            assert!(told.iter().any(|line| line.contains(said)), "{said:?} in {told:?}");
        }
        let told = of(|version| version.compromised.extend([(key, id(7))]));
        assert_eq!(told, [format!("key {key} is compromised: its records count up to ledger commit {}", id(7))]);
    }

    #[test]
    fn another_order_of_keys_or_members_is_told() {
        let mut before = genesis();
        before.members[0].keys.push(TestKey::new(3).public_key().clone());
        before.members.push(member("grace", 2, &["qa"]));
        let mut after = before.clone();
        after.members[0].keys.reverse();
        after.members.reverse();
        let told = changes(Some(&before), &after);
        assert!(told.iter().any(|line| line.ends_with("keys in another order")), "{told:?}");
        assert!(told.contains(&"the members are listed in another order".to_owned()), "{told:?}");
    }

    #[test]
    fn the_first_version_tells_who_founds_the_project() {
        assert!(changes(None, &genesis()).iter().any(|line| line.contains(" joins: ")));
    }
}
