//! Counting distinct values of one customer without clearing anything between customers.
//!
//! Every entry carries the stamp of the customer that wrote it; an entry with another stamp is empty.
//! So going on to the next customer is adding one to the stamp.

/// Product codes below this have an entry of their own (16 MiB at most); larger ones are hashed.
const DIRECT_CODES: usize = 1 << 22;
/// Where a hash set starts for every customer: small, so that it stays in the first-level cache.
const MIN_SLOTS: usize = 64;
/// 2^64 over the golden ratio: spreads keys that were not hashed well (Knuth, vol. 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A set of 64-bit keys for one customer at a time: open addressing, linear probing, at most half full.
#[derive(Debug, Clone)]
pub(crate) struct KeySet {
    slots: Vec<Slot>,
    /// Slots in use for this customer less one; a power of two less one.
    mask: usize,
    filled: usize,
    stamp: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    stamp: u64,
}

impl KeySet {
    pub(crate) fn new() -> KeySet {
        KeySet {
            slots: vec![Slot::default(); MIN_SLOTS],
            mask: MIN_SLOTS - 1,
            filled: 0,
            stamp: 1,
        }
    }

    /// Empties the set.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.stamp += 1;
        self.mask = MIN_SLOTS - 1;
        self.filled = 0;
    }

    /// Adds a key; whether it was not there.
    #[inline]
    pub(crate) fn insert(&mut self, key: u64) -> bool {
        if self.filled * 2 > self.mask {
            self.grow();
        }
        let mut place = (key.wrapping_mul(SPREAD) >> 32) as usize & self.mask;
        loop {
            let slot = &mut self.slots[place];
            if slot.stamp != self.stamp {
                *slot = Slot {
                    key,
                    stamp: self.stamp,
                };
                self.filled += 1;
                return true;
            }
            if slot.key == key {
                return false;
            }
            place = (place + 1) & self.mask;
        }
    }

    /// Doubles the room this customer has.
    #[cold]
    fn grow(&mut self) {
        let used = self.mask + 1;
        let keys: Vec<u64> = self.slots[..used]
            .iter()
            .filter(|s| s.stamp == self.stamp)
            .map(|s| s.key)
            .collect();
        self.stamp += 1;
        self.filled = 0;
        self.mask = used * 2 - 1;
        if self.slots.len() <= self.mask {
            self.slots.resize(used * 2, Slot::default());
        }
        for key in keys {
            self.insert(key);
        }
    }
}

/// A set of product codes for one customer at a time: one stamp per code, hashed beyond
/// [`DIRECT_CODES`].
#[derive(Debug, Clone)]
pub(crate) struct ProductSet {
    stamps: Vec<u32>,
    stamp: u32,
    large: KeySet,
}

impl ProductSet {
    pub(crate) fn new() -> ProductSet {
        ProductSet {
            stamps: vec![0; 1024],
            stamp: 1,
            large: KeySet::new(),
        }
    }

    /// Empties the set.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.large.clear();
        self.stamp = match self.stamp.checked_add(1) {
            Some(next) => next,
            None => {
                // Four thousand million customers later: forget the old stamps once.
                self.stamps.fill(0);
                1
            }
        };
    }

    /// Adds a code; 1 if it was not there, else 0. The caller keeps unknown products out.
    #[inline]
    pub(crate) fn insert(&mut self, code: u32) -> u32 {
        match self.stamps.get_mut(code as usize) {
            Some(seen) => {
                let new = u32::from(*seen != self.stamp);
                *seen = self.stamp;
                new
            }
            None => self.insert_beyond(code),
        }
    }

    #[cold]
    fn insert_beyond(&mut self, code: u32) -> u32 {
        let place = code as usize;
        if place >= DIRECT_CODES {
            return u32::from(self.large.insert(u64::from(code)));
        }
        self.stamps
            .resize((place + 1).next_power_of_two().min(DIRECT_CODES), 0);
        self.insert(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_are_counted_once_per_customer_at_any_size() {
        let mut set = KeySet::new();
        for customer in 0..50_u64 {
            set.clear();
            let mut peer = HashSet::new();
            for i in 0..customer * 40 {
                // Clashing keys: multiples of a power of two, and the extremes.
                let key = match i % 5 {
                    0 => 0,
                    1 => u64::MAX,
                    _ => (i * 7 % 301) << 56 | (i % 11),
                };
                assert_eq!(
                    set.insert(key),
                    peer.insert(key),
                    "customer {customer} line {i}"
                );
            }
        }
    }

    #[test]
    fn products_are_counted_once_small_or_large() {
        let mut set = ProductSet::new();
        for _ in 0..3 {
            set.clear();
            let codes = [
                0,
                5,
                5,
                70_000,
                70_000,
                DIRECT_CODES as u32,
                DIRECT_CODES as u32,
                4_000_000_000,
                5,
            ];
            let new: Vec<u32> = codes.iter().map(|&c| set.insert(c)).collect();
            assert_eq!(new, [1, 1, 0, 1, 0, 1, 0, 1, 0]);
        }
        assert!(set.stamps.len() <= DIRECT_CODES);
    }

    #[test]
    fn stamps_that_run_out_begin_again() {
        let mut set = ProductSet::new();
        set.insert(3);
        set.stamp = u32::MAX;
        assert_eq!(set.insert(3), 1);
        set.clear();
        assert_eq!(set.insert(3), 1);
        assert_eq!(set.insert(3), 0);
    }
}
