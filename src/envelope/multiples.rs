//! The multiples of one point that a product with it is added up from.
//!
//! A scalar has 32 digits of radix 256, from -128 to 127. With `d · 256^i · P` at hand for every digit `d` at every
//! place `i`, its product with `P` is 32 additions, without a doubling. A table takes 640 KiB and about a millisecond
//! to make. All that is computed here is public, so time may depend on it.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// Digits of a scalar.
const PLACES: usize = 32;

/// Multiples kept for a place: those of the digits 1 to 128; a negative digit is subtracted.
const DIGITS: usize = 128;

/// `d · 256^i · P` at `i · DIGITS + d - 1`.
pub(super) struct Multiples(Box<[EdwardsPoint]>);

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
            // The last one is 128 units; twice that is the unit of the next place.
            let half = multiple - unit;
            unit = half + half;
        }
        Self(all.into())
    }

    /// `sum + scalar · P`.
    pub(super) fn plus(&self, sum: EdwardsPoint, scalar: &Scalar) -> EdwardsPoint {
        self.rows(scalar).fold(sum, |sum, (row, digit)| match entry(row, digit) {
            (_, None) => sum,
            (false, Some(multiple)) => sum + multiple,
            (true, Some(multiple)) => sum - multiple,
        })
    }

    /// `sum - scalar · P`.
    pub(super) fn minus(&self, sum: EdwardsPoint, scalar: &Scalar) -> EdwardsPoint {
        self.rows(scalar).fold(sum, |sum, (row, digit)| match entry(row, digit) {
            (_, None) => sum,
            (false, Some(multiple)) => sum - multiple,
            (true, Some(multiple)) => sum + multiple,
        })
    }

    fn rows(&self, scalar: &Scalar) -> impl Iterator<Item = (&[EdwardsPoint], i16)> {
        self.0.chunks_exact(DIGITS).zip(digits(scalar))
    }
}

/// Whether the digit is negative, and the multiple of what it is without its sign.
fn entry(row: &[EdwardsPoint], digit: i16) -> (bool, Option<&EdwardsPoint>) {
    (digit < 0, usize::from(digit.unsigned_abs()).checked_sub(1).and_then(|at| row.get(at)))
}

/// The lowest digit first. A reduced scalar is below 2^253, so the highest digit takes in the last carry.
fn digits(scalar: &Scalar) -> [i16; PLACES] {
    let mut carry = 0;
    scalar.to_bytes().map(|byte| {
        let digit = i16::from(byte) + carry;
        carry = i16::from(digit > 127);
        digit - (carry << 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use curve25519_dalek::traits::Identity as _;
    use sha2::{Digest as _, Sha512};

    fn scalar(seed: u64) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&Sha512::digest(seed.to_le_bytes()).into())
    }

    #[test]
    fn digits_add_up_to_the_scalar() {
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from(127_u64), Scalar::from(128_u64)];
        for scalar in (0..1_000).map(scalar).chain(edges) {
            let radix = Scalar::from(256_u64);
            let signed = |digit: i16| {
                let size = Scalar::from(u64::from(digit.unsigned_abs()));
                if digit < 0 { -size } else { size }
            };
            let sum = digits(&scalar).iter().rev().fold(Scalar::ZERO, |sum, digit| sum * radix + signed(*digit));
            assert_eq!(sum, scalar);
            assert!(digits(&scalar).iter().all(|digit| (-128..=127).contains(digit)));
        }
    }

    #[test]
    fn products_are_those_of_the_library() {
        // The last point has a component of order eight.
        let points = [ED25519_BASEPOINT_POINT, scalar(9) * ED25519_BASEPOINT_POINT, scalar(8) * EIGHT_TORSION[1]];
        let mixed = points[1] + EIGHT_TORSION[1];
        for point in points.into_iter().chain([mixed]) {
            let multiples = Multiples::of(point);
            for scalar in (0..50).map(scalar).chain([Scalar::ZERO, -Scalar::ONE]) {
                assert_eq!(multiples.plus(EdwardsPoint::identity(), &scalar), scalar * point);
                assert_eq!(multiples.minus(ED25519_BASEPOINT_POINT, &scalar), ED25519_BASEPOINT_POINT - scalar * point);
            }
        }
    }
}
