//! Counting distinct values: a set of 64-bit hashes, then HyperLogLog.

use super::super::DISTINCT_EXACT_MAX;

/// 2^14 registers: a standard error of 1.04 / sqrt(2^14) = 0.81 % (Flajolet,
/// Fusy, Gandouet and Meunier, 2007).
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;
/// Hashes seen lately, to pass over repeats cheaply.
const RECENT: usize = 1 << 8;

#[derive(Debug, Clone)]
pub(super) struct Distinct {
    /// Open addressing, a power of two long, 0 is free. Empty once too many.
    slots: Vec<u64>,
    count: usize,
    has_zero: bool,
    /// Empty until too many.
    registers: Vec<u8>,
    recent: Vec<u64>,
}

impl Default for Distinct {
    fn default() -> Self {
        Distinct {
            slots: vec![0; 64],
            count: 0,
            has_zero: false,
            registers: Vec::new(),
            recent: vec![0; RECENT],
        }
    }
}

impl Distinct {
    /// Adds a value by its hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        if hash == 0 {
            self.has_zero = true;
            return;
        }
        match self.recent.get_mut(hash as usize % RECENT) {
            Some(recent) if *recent == hash => return,
            Some(recent) => *recent = hash,
            None => {}
        }
        if self.registers.is_empty() {
            self.insert(hash)
        } else {
            self.register(hash)
        }
    }

    /// Adds whole numbers; neighbours are often equal.
    pub(super) fn add_all(&mut self, values: &[i64]) {
        let mut last = None;
        for value in values {
            if last != Some(value) {
                self.add(mix(*value as u64));
                last = Some(value);
            }
        }
    }

    fn insert(&mut self, hash: u64) {
        let mask = self.slots.len() - 1;
        // The upper half, as `recent` and the registers use other bits.
        let mut at = (hash >> 32) as usize & mask;
        loop {
            match self.slots.get_mut(at) {
                Some(slot) if *slot == hash => return,
                Some(slot) if *slot == 0 => {
                    *slot = hash;
                    break;
                }
                _ => at = (at + 1) & mask,
            }
        }
        self.count += 1;
        if self.count > DISTINCT_EXACT_MAX {
            let known = std::mem::take(&mut self.slots);
            self.registers = vec![0; REGISTERS];
            known
                .into_iter()
                .filter(|hash| *hash != 0)
                .for_each(|hash| self.register(hash));
        } else if self.count * 2 > self.slots.len() {
            let known = std::mem::take(&mut self.slots);
            self.slots = vec![0; known.len() * 2];
            self.count = 0;
            known
                .into_iter()
                .filter(|hash| *hash != 0)
                .for_each(|hash| self.insert(hash));
        }
    }

    #[inline]
    fn register(&mut self, hash: u64) {
        let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() as u8 + 1;
        if let Some(register) = self.registers.get_mut((hash >> (64 - BITS)) as usize)
            && rank > *register
        {
            *register = rank;
        }
    }

    /// The count, and whether it is exact.
    pub(super) fn count(&self) -> (u64, bool) {
        let zero = u64::from(self.has_zero);
        if self.registers.is_empty() {
            return (self.count as u64 + zero, true);
        }
        let m = REGISTERS as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|rank| 2_f64.powi(-i32::from(*rank)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count() as f64;
        // Linear counting where many registers are empty.
        let estimate = if raw <= 2.5 * m && empty > 0.0 {
            m * (m / empty).ln()
        } else {
            raw
        };
        (estimate.round() as u64 + zero, false)
    }
}

/// The finaliser of splitmix64, a bijection: distinct numbers keep distinct
/// hashes.
#[inline]
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::mix;
    use super::*;

    #[test]
    fn exact_then_within_three_standard_errors() {
        let mut distinct = Distinct::default();
        let mut next = 0_u64;
        for n in [0, 1, 100, 65_536, 70_000, 300_000, 2_000_000] {
            while next < n {
                distinct.add(mix(next));
                distinct.add(mix(next / 2));
                next += 1;
            }
            let (count, exact) = distinct.count();
            assert_eq!(exact, n <= 65_536, "{n}");
            let error = (count as f64 - n as f64).abs();
            assert!(
                if exact {
                    error == 0.0
                } else {
                    error < 0.0244 * n as f64
                },
                "{n}: {count}"
            );
        }
    }
}
