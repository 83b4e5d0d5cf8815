//! The multiples of one point that a product with it is added up from.
//!
//! A scalar has 29 digits of radix 512, from -256 to 255. With `d · 512^i · P` at hand for every digit `d` at every
//! place `i`, its product with `P` is 29 additions, without a doubling. A table takes 1.2 MiB and two milliseconds to
//! make; with fewer digits more is added up, with more the multiples of a place fall out of the processor's nearest cache.
//! All that is computed here is public, so time may depend on it.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// Bits of a digit.
const WIDTH: usize = 9;

/// Digits of a scalar, which is below 2^253, with room for the last carry.
const PLACES: usize = 29;

/// Multiples kept for a place: those of the digits 1 to 256; a negative digit is subtracted.
const DIGITS: usize = 1 << (WIDTH - 1);

/// `d · 512^i · P` at `i · DIGITS + d - 1`.
pub(super) struct Multiples(Box<[EdwardsPoint]>);

/// A scalar by its digits, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits([i16; PLACES]);

impl Digits {
    /// Those of a reduced scalar.
    pub(super) fn of(scalar: &Scalar) -> Self {
        let mut bytes = [0; 34];
        bytes[..32].copy_from_slice(scalar.as_bytes());
        let mut carry = 0;
        Self(std::array::from_fn(|place| {
            let (byte, shift) = (place * WIDTH / 8, place * WIDTH % 8);
            let two = u16::from_le_bytes([bytes[byte], bytes[byte + 1]]);
            let digit = (two >> shift).cast_signed() & ((1 << WIDTH) - 1);
            let digit = digit + carry;
            carry = i16::from(digit >= 1 << (WIDTH - 1));
            digit - (carry << WIDTH)
        }))
    }
}

impl Multiples {
    /// Those of `point`.
    pub(super) fn of(point: EdwardsPoint) -> Self {
        let mut all = Vec::with_capacity(PLACES * DIGITS);
        let mut unit = point;
        for _ in 0..PLACES {
            let mut multiple = unit;
            for _ in 0..DIGITS {
                all.push(multiple);
                multiple += unit;
            }
            // The last one is half of the next place's unit.
            let half = multiple - unit;
            unit = half + half;
        }
        Self(all.into())
    }

    /// Adds to each sum the product of its scalar with `P`.
    ///
    /// Place by place, and in each for all sums: the multiples of one place stay in the processor's nearest cache.
    pub(super) fn add(&self, sums: &mut [(EdwardsPoint, Digits)]) {
        for (place, row) in self.0.chunks_exact(DIGITS).enumerate() {
            for (sum, digits) in &mut *sums {
                let digit = digits.0[place];
                let multiple = usize::from(digit.unsigned_abs()).checked_sub(1).and_then(|at| row.get(at));
                match multiple {
                    None => {}
                    Some(multiple) if digit < 0 => *sum -= multiple,
                    Some(multiple) => *sum += multiple,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use sha2::{Digest as _, Sha512};

    fn scalar(seed: u64) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&Sha512::digest(seed.to_le_bytes()).into())
    }

    #[test]
    fn digits_add_up_to_the_scalar() {
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from(255_u64), Scalar::from(256_u64)];
        for scalar in (0..1_000).map(scalar).chain(edges) {
            let radix = Scalar::from(512_u64);
            let signed = |digit: i16| {
                let size = Scalar::from(u64::from(digit.unsigned_abs()));
                if digit < 0 { -size } else { size }
            };
            let digits = Digits::of(&scalar).0;
            let sum = digits.iter().rev().fold(Scalar::ZERO, |sum, digit| sum * radix + signed(*digit));
            assert_eq!(sum, scalar);
            assert!(digits.iter().all(|digit| (-256..=255).contains(digit)));
        }
    }

    #[test]
    fn products_are_those_of_the_library() {
        let base = ED25519_BASEPOINT_POINT;
        // One of small order, and one with a component of order eight.
        let points = [base, scalar(9) * base, EIGHT_TORSION[1], scalar(9) * base + EIGHT_TORSION[1]];
        for point in points {
            let scalars: Vec<_> = (0..50).map(scalar).chain([Scalar::ZERO, Scalar::ONE, -Scalar::ONE]).collect();
            let mut sums: Vec<_> = scalars.iter().map(|scalar| (base, Digits::of(scalar))).collect();
            Multiples::of(point).add(&mut sums);
            for (scalar, (sum, _)) in scalars.iter().zip(sums) {
                assert_eq!(sum, base + scalar * point);
            }
        }
    }
}
