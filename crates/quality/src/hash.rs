//! A quick hash for maps that are asked once a row. It is no defence against keys
//! that somebody makes up to collide; at worst such a file is read slowly.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map with the quick hash.
pub type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Multiplies and turns, a word at a time (as Firefox does; P. Pizlo's and the
/// Rust compiler's `FxHash` are of this family), with a last mixing step, since a
/// map looks at the highest bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quick(u64);

/// 2^64 over the golden ratio (Knuth, *The Art of Computer Programming*, 6.4).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Quick {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(GOLDEN);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        // The length tells `a` from `a\0`.
        self.word(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, byte: u8) {
        self.word(u64::from(byte));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_i32(&mut self, number: i32) {
        self.word(u64::from(number.cast_unsigned()));
    }

    fn write_i64(&mut self, number: i64) {
        self.word(number.cast_unsigned());
    }

    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(GOLDEN);
        mixed ^ (mixed >> 29)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn codes_that_are_alike_spread_over_the_map() {
        let builder = BuildHasherDefault::<Quick>::default();
        let names = (0..100_000_u32).map(|n| format!("{}A", 20_000 + n));
        let hashes: Vec<u64> = names.map(|name| builder.hash_one(name)).collect();
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), 100_000);
        for shift in [0, 57] {
            let mut counts = [0_u32; 128];
            hashes
                .iter()
                .for_each(|hash| counts[(hash >> shift & 127) as usize] += 1);
            let (low, high) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
            assert!(*low > 600 && *high < 970, "{low} {high}");
        }
    }

    #[test]
    fn a_blank_end_counts() {
        let builder = BuildHasherDefault::<Quick>::default();
        assert_ne!(builder.hash_one("a"), builder.hash_one("a\0"));
        assert_ne!(builder.hash_one("12345678"), builder.hash_one("12345678\0"));
        assert_ne!(
            builder.hash_one((1_u64, 2_i32)),
            builder.hash_one((2_u64, 1_i32))
        );
    }
}
