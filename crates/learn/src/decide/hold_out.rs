//! The hold-out: customers left alone on purpose, so that what an action did
//! can be told from what would have happened anyway.
//!
//! Assignment is a hash of (salt, subject), so it is sticky: the same subject
//! is in the same arm in every run, on every machine, and growing the share
//! only adds to the hold-out. The hash is FNV-1a over the salt, then three
//! rounds of splitmix64's finaliser (Steele, Lea, Flood 2014) over salt and
//! subject: not linear, so numbered subjects do not fall into patterns. It is
//! for balance, not for secrecy. Another salt draws another, independent split.
//!
//! Hold-outs are set aside before a budget is spent ([`super::Customers::held_out`]).

use super::error::Error;
use crate::special::Z_95;

/// Which arm a customer is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arm {
    /// May get an offer.
    Treated,
    /// Left alone on purpose.
    HoldOut,
}

impl Arm {
    /// The arm's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Arm::Treated => "treated",
            Arm::HoldOut => "hold_out",
        }
    }
}

/// An arm and the probability with which it was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assignment {
    /// The arm.
    pub arm: Arm,
    /// Probability of *this* arm before the draw, in (0, 1].
    pub propensity: f64,
}

/// The arm of one subject: held out with probability `share`.
///
/// # Errors
/// A share outside [0, 0.5].
pub fn assign(salt: &str, subject_id: i64, share: f64) -> Result<Assignment, Error> {
    assign_customer(salt, &[subject_id], share)
}

/// The arm of a customer who has several subjects (merged identities): the
/// hold-out wins, so held out if any subject is. The propensity of being
/// treated is then `(1 - share)^subjects`. Subjects must be distinct; none
/// counts as treated.
///
/// # Errors
/// A share outside [0, 0.5].
pub fn assign_customer(salt: &str, subject_ids: &[i64], share: f64) -> Result<Assignment, Error> {
    if !(0.0..=0.5).contains(&share) {
        return Err(Error::HoldOutShare { found: share });
    }
    let salt_hash = fnv1a(salt.as_bytes());
    let treated = libm::pow(1.0 - share, subject_ids.len() as f64);
    Ok(
        if subject_ids
            .iter()
            .any(|&subject| uniform(salt_hash, subject) < share)
        {
            Assignment {
                arm: Arm::HoldOut,
                propensity: 1.0 - treated,
            }
        } else {
            Assignment {
                arm: Arm::Treated,
                propensity: treated,
            }
        },
    )
}

/// A uniform number in [0, 1) from the top 53 bits of the hash.
fn uniform(salt_hash: u64, subject_id: i64) -> f64 {
    let subject = mix(subject_id
        .cast_unsigned()
        .wrapping_add(0x9e37_79b9_7f4a_7c15));
    let hash = mix(mix(salt_hash ^ subject).wrapping_add(subject));
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of splitmix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The smallest difference in a share that a comparison of `treated` with
/// `held_out` customers shows four times in five, by a two-sided test at 5 %:
/// `(z_0.975 + z_0.8) sqrt(p (1 - p) (1/n + 1/m))`, with `p` the `share` without
/// treatment (Fleiss, Levin and Paik, Statistical Methods for Rates and
/// Proportions, 3rd ed., section 4.2, both variances taken at `p`). `None`
/// without customers in both groups, and for a share that is none.
pub fn detectable_difference(share: f64, treated: u64, held_out: u64) -> Option<f64> {
    /// The 80 % point of the normal distribution.
    const Z_POWER_80: f64 = 0.841_621_233_572_914_2;
    if treated == 0 || held_out == 0 || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let variance = share * (1.0 - share) * (1.0 / treated as f64 + 1.0 / held_out as f64);
    Some((Z_95 + Z_POWER_80) * variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out(salt: &str, ids: impl Iterator<Item = i64>, share: f64) -> Vec<i64> {
        ids.filter(|&id| assign(salt, id, share).unwrap().arm == Arm::HoldOut)
            .collect()
    }

    #[test]
    fn the_share_is_met_and_sticky() {
        // 100,000 draws at 5 %: standard deviation 69.
        let small = held_out("spring", 0..100_000, 0.05);
        assert!(
            (small.len() as f64 - 5_000.0).abs() < 4.0 * 69.0,
            "{}",
            small.len()
        );
        assert_eq!(small, held_out("spring", 0..100_000, 0.05));
        let large = held_out("spring", 0..100_000, 0.2);
        assert!(small.iter().all(|id| large.binary_search(id).is_ok()));
    }

    #[test]
    fn another_salt_is_independent() {
        let both = held_out("spring", 0..100_000, 0.2)
            .into_iter()
            .filter(|&id| assign("autumn", id, 0.2).unwrap().arm == Arm::HoldOut)
            .count();
        assert!((both as f64 - 4_000.0).abs() < 4.0 * 62.0, "{both}");
    }

    #[test]
    fn numbered_subjects_fall_into_no_pattern() {
        for step in [2_i64, 7, 64, 1 << 20, 1 << 40] {
            let count = held_out("s", (0..20_000).map(|id| id * step), 0.5).len() as f64;
            assert!(
                (count - 10_000.0).abs() < 4.0 * 70.7,
                "step {step}: {count}"
            );
        }
        // Neighbours are not alike: 20,000 pairs, half of them should agree.
        let arm = |id| assign("s", id, 0.5).unwrap().arm;
        let alike = (0..20_000)
            .filter(|&id| arm(2 * id) == arm(2 * id + 1))
            .count() as f64;
        assert!((alike - 10_000.0).abs() < 4.0 * 70.7, "{alike}");
    }

    /// The draw is part of the data once it has been acted upon: it must never
    /// change. (Values as first computed.)
    #[test]
    fn the_draw_is_frozen() {
        let draws: Vec<u64> = [0, 1, -1, i64::MAX]
            .map(|id| (uniform(fnv1a(b"salt"), id) * 1e6) as u64)
            .to_vec();
        assert_eq!(draws, FROZEN);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
    const FROZEN: [u64; 4] = [185_208, 854_596, 252_918, 789_934];

    #[test]
    fn merged_identities_take_the_strictest_arm() {
        let away = held_out("s", 0..1_000, 0.1)[0];
        let stays = (0..1_000)
            .find(|&id| assign("s", id, 0.1).unwrap().arm == Arm::Treated)
            .unwrap();
        let merged = assign_customer("s", &[stays, away], 0.1).unwrap();
        assert_eq!(merged.arm, Arm::HoldOut);
        assert!((merged.propensity - 0.19).abs() < 1e-12);
        let alone = assign("s", stays, 0.1).unwrap();
        assert!((alone.propensity - 0.9).abs() < 1e-12);
    }

    #[test]
    fn what_can_be_shown_shrinks_with_the_root_of_the_groups() {
        // The textbook's rule of thumb: 16 p (1 - p) / d^2 customers a group.
        let shown = detectable_difference(0.5, 400, 400).unwrap();
        assert!((shown - 0.1).abs() < 0.001, "{shown}");
        let few = detectable_difference(0.5, 100, 100).unwrap();
        assert!((few / shown - 2.0).abs() < 1e-12);
        assert_eq!(detectable_difference(0.5, 10, 0), None);
        assert_eq!(detectable_difference(f64::NAN, 10, 10), None);
    }

    #[test]
    fn a_share_out_of_range_is_an_error() {
        for share in [-0.1, 0.51, 5.0, f64::NAN] {
            assert_eq!(
                assign("s", 1, share).unwrap_err().code(),
                "decide/hold-out-share"
            );
        }
        assert_eq!(
            assign("s", 1, 0.0).unwrap(),
            Assignment {
                arm: Arm::Treated,
                propensity: 1.0
            }
        );
    }
}
