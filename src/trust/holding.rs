//! Who held a role under a trust version, since which one, and until which.

use super::chain::{Chain, Link};
use super::version::Member;
use crate::record::time::UtcTime;

/// A member who holds a role.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// As the version that was asked about has them.
    pub member: &'a Member,
    /// The version since which they held it without a break.
    pub since: &'a Link,
    /// The first later version under which they hold it no more, if there is one.
    pub until: Option<&'a Link>,
}

impl Chain {
    /// Who holds `role` under the version `number`, in its order; without a role: every member.
    pub fn holding<'a>(&'a self, role: Option<&str>, number: u64) -> Vec<Holding<'a>> {
        let Some(at) = self.links().iter().position(|link| link.version.version == number) else { return Vec::new() };
        let (before, after) = self.links().split_at(at);
        let Some((asked, later)) = after.split_first() else { return Vec::new() };
        let holds = |link: &Link, member: &Member| {
            link.version.member(&member.id).is_some_and(|then| role.is_none_or(|role| then.holds(role)))
        };
        let members = asked.version.members.iter().filter(|member| holds(asked, member));
        members
            .map(|member| Holding {
                member,
                since: before.iter().rev().take_while(|link| holds(link, member)).last().unwrap_or(asked),
                until: later.iter().find(|link| !holds(link, member)),
            })
            .collect()
    }

    /// The newest version that was there at a moment, by what the versions say of themselves: none before the first.
    pub fn at(&self, moment: UtcTime) -> Option<&Link> {
        self.links().iter().rev().find(|link| link.version.created <= moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ids::TrustDigest;
    use crate::test_support::{TestKey, genesis, id, member};
    use crate::trust::{TrustEnvelope, TrustVersion};

    /// Grace is there under versions 2 to 5, with other roles in each; under version 6 she has left.
    fn chain() -> Chain {
        let roles: [Option<&[&str]>; 6] =
            [None, Some(&["qa"]), Some(&["qa", "cook"]), Some(&["cook"]), Some(&["qa"]), None];
        let mut stored = Vec::new();
        let mut previous = None;
        for (version, roles) in (1..).zip(roles) {
            let mut next = TrustVersion { version, previous, ..genesis() };
            next.members.extend(roles.map(|roles| member("grace", 2, roles)));
            if previous.is_some() {
                (next.ledger, next.nonce) = (Some(id(9)), None);
            }
            let payload = next.to_payload().expect("sound");
            previous = Some(TrustDigest::of(&payload));
            let mut envelope = TrustEnvelope::unsigned(payload);
            envelope.add_signature(&TestKey::new(1)).expect("signs");
            stored.push(envelope.to_bytes());
        }
        let chain = Chain::check(stored.iter().map(|bytes| (id(1), &bytes[..]))).expect("sound");
        assert!(chain.fault().is_none(), "{:?}", chain.fault());
        chain
    }

    #[test]
    fn a_role_is_held_from_a_version_to_a_version() {
        let chain = chain();
        let told = |role, version| -> Vec<_> {
            let holding = chain.holding(role, version);
            let number = |link: &Link| link.version.version;
            holding.iter().map(|one| (one.member.id.to_string(), number(one.since), one.until.map(number))).collect()
        };
        assert_eq!(told(Some("qa"), 1), []);
        assert_eq!(told(Some("qa"), 2), [("grace".into(), 2, Some(4))]);
        assert_eq!(told(Some("qa"), 3), [("grace".into(), 2, Some(4))]);
        assert_eq!(told(Some("qa"), 4), []);
        assert_eq!(told(Some("qa"), 5), [("grace".into(), 5, Some(6))]);
        assert_eq!(told(None, 3), [("ada".into(), 1, None), ("grace".into(), 2, Some(6))]);
        assert_eq!(told(None, 9), []);
    }
}
