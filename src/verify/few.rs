//! Lists of which most hold one thing.

use std::ops::Deref;

/// A list that needs no memory of its own for one thing: a ledger has very many such lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Few<T> {
    /// Nothing.
    #[default]
    None,
    /// One thing.
    One(T),
    /// Two and more.
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// Adds one at the end.
    pub(super) fn push(&mut self, next: T) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(next),
            Self::One(first) => Self::Many(vec![first, next]),
            Self::Many(mut all) => {
                all.push(next);
                Self::Many(all)
            }
        };
    }

    /// The things, to be changed where they are.
    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::None => &mut [],
            Self::One(one) => std::slice::from_mut(one),
            Self::Many(all) => all,
        }
    }
}

impl<T: Ord> Few<T> {
    /// Sorts them, each once.
    pub(super) fn sort_and_dedup(&mut self) {
        if let Self::Many(all) = self {
            all.sort_unstable();
            all.dedup();
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut few = Self::None;
        things.into_iter().for_each(|next| few.push(next));
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_in_order() {
        for count in 0..5_u32 {
            let mut few: Few<u32> = (0..count).rev().collect();
            assert_eq!(few.to_vec(), (0..count).rev().collect::<Vec<_>>());
            few.as_mut_slice().iter_mut().for_each(|number| *number /= 2);
            few.sort_and_dedup();
            assert_eq!(few.to_vec(), (0..count.div_ceil(2)).collect::<Vec<_>>());
        }
    }
}
