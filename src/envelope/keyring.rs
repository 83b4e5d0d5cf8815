//! The keys of a project, and the signatures of very many envelopes by them, checked many at a time.
//!
//! A ledger has few signers. Where a key has signed often enough, its signatures are checked with tables of multiples:
//! a third of the time of [`PublicKey::verifies`], and the same answer for every key, message and signature, which is what
//! the tests of this file are about. It is a second implementation of the check that all else rests on;
//! [`Arithmetic::Library`] does without it.
//!
//! Source: RFC 8032, section 5.1.7, without the cofactor, and strictly: S below the group order; A and R canonical
//! and not of small order.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use sha2::{Digest as _, Sha512};

use super::dsse::{Envelope, PAYLOAD_TYPE};
use super::key::{Fingerprint, PublicKey};
use super::multiples::{Digits, Multiples};
use super::pae;
use super::signature::Signature;

/// Making a table takes as long as this many signatures save.
const WORTH_A_TABLE: usize = 200;

/// How signatures are checked. The answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// By tables of multiples, for keys that sign often.
    Tables,
    /// By the library alone, one signature at a time.
    Library,
}

/// Keys, and what was computed of them.
pub struct Keyring {
    arithmetic: Arithmetic,
    base: OnceLock<Base>,
    keys: HashMap<Fingerprint, Known>,
}

/// What does not depend on a key.
struct Base {
    multiples: Multiples,
    /// How the points of small order are written: signatures with one of them as R prove nothing.
    small: [[u8; 32]; 8],
}

struct Known {
    key: PublicKey,
    uses: AtomicUsize,
    multiples: OnceLock<Multiples>,
}

impl Keyring {
    /// Of these keys.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k PublicKey>, arithmetic: Arithmetic) -> Self {
        let known = |key: &PublicKey| Known { key: key.clone(), uses: AtomicUsize::new(0), multiples: OnceLock::new() };
        let keys = keys.into_iter().map(|key| (key.fingerprint(), known(key))).collect();
        Self { arithmetic, base: OnceLock::new(), keys }
    }

    /// For each envelope, whether the key that it names is here and made its signature over the payload as stored.
    pub fn check(&self, envelopes: &[&Envelope]) -> Vec<bool> {
        let mut sound = vec![false; envelopes.len()];
        let mut by_key: HashMap<Fingerprint, Batch<'_>> = HashMap::new();
        for (at, envelope) in envelopes.iter().enumerate() {
            let Some(known) = self.keys.get(&envelope.keyid()) else { continue };
            let Some(multiples) = self.multiples(known) else {
                sound[at] = envelope.is_signed_by(&known.key);
                continue;
            };
            if let Some(equation) = Equation::of(&known.key, envelope) {
                by_key.entry(envelope.keyid()).or_insert_with(|| Batch::new(multiples)).push(at, equation);
            }
        }
        for batch in by_key.into_values() {
            let (places, written) = batch.solve(self.base());
            for (at, written) in places.into_iter().zip(written) {
                sound[at] =
                    plain(envelopes[at]).is_some_and(|signature| self.base().is_written(&written, halves(signature).0));
            }
        }
        sound
    }

    fn base(&self) -> &Base {
        self.base.get_or_init(|| Base {
            multiples: Multiples::of(ED25519_BASEPOINT_POINT),
            small: EIGHT_TORSION.map(|point| point.compress().to_bytes()),
        })
    }

    /// The multiples of a key, negated, if it has signed often enough to be worth them.
    fn multiples<'k>(&self, known: &'k Known) -> Option<&'k Multiples> {
        if self.arithmetic == Arithmetic::Library
            || known.key.is_hardware()
            || known.uses.fetch_add(1, Ordering::Relaxed) < WORTH_A_TABLE
        {
            return None;
        }
        Some(known.multiples.get_or_init(|| Multiples::of(-known.key.point())))
    }
}

impl Base {
    /// Whether R is this point, written as points are, and not of small order.
    fn is_written(&self, point: &CompressedEdwardsY, r: &[u8; 32]) -> bool {
        point.as_bytes() == r && !self.small.contains(r)
    }
}

/// `R = sB - kA`, to be solved for R.
struct Equation {
    s: Digits,
    k: Digits,
}

impl Equation {
    /// That of an envelope by a plain key. `None` where the signature is none of such a key, or S is not below the group order.
    fn of(key: &PublicKey, envelope: &Envelope) -> Option<Self> {
        let (r, s) = halves(plain(envelope)?);
        let head = pae::head(PAYLOAD_TYPE, envelope.payload().len());
        let hash = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(head);
        Self::with(s, hash.chain_update(envelope.payload()))
    }

    /// `hash` of R, A and the message gives k.
    fn with(s: &[u8; 32], hash: Sha512) -> Option<Self> {
        let s: Scalar = Option::from(Scalar::from_canonical_bytes(*s))?;
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        Some(Self { s: Digits::of(&s), k: Digits::of(&k) })
    }
}

/// Equations with one key, and where they are from.
struct Batch<'k> {
    multiples: &'k Multiples,
    places: Vec<usize>,
    equations: Vec<Equation>,
}

impl<'k> Batch<'k> {
    fn new(multiples: &'k Multiples) -> Self {
        Self { multiples, places: Vec::new(), equations: Vec::new() }
    }

    fn push(&mut self, at: usize, equation: Equation) {
        self.places.push(at);
        self.equations.push(equation);
    }

    /// The points, written; with one inversion for all, since a point alone takes a quarter of its computation to write.
    fn solve(self, base: &Base) -> (Vec<usize>, Vec<CompressedEdwardsY>) {
        let zero = EdwardsPoint::identity();
        let mut sums: Vec<_> = self.equations.iter().map(|equation| (zero, equation.s)).collect();
        base.multiples.add(&mut sums);
        for ((_, digits), equation) in sums.iter_mut().zip(&self.equations) {
            *digits = equation.k;
        }
        self.multiples.add(&mut sums);
        let points: Vec<_> = sums.into_iter().map(|(point, _)| point).collect();
        (self.places, EdwardsPoint::compress_batch_alloc(&points))
    }
}

/// What a plain key signed with, if one did.
fn plain(envelope: &Envelope) -> Option<&[u8; 64]> {
    match envelope.signature() {
        Signature::Plain(signature) => Some(signature),
        Signature::Hardware(_) => None,
    }
}

/// R and S.
fn halves(signature: &[u8; 64]) -> (&[u8; 32], &[u8; 32]) {
    let (r, s) = signature.split_at(32);
    (r.try_into().expect("32 of 64"), s.try_into().expect("32 of 64"))
}

#[cfg(test)]
mod tests;
