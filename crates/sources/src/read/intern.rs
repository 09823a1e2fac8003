//! Values to small numbers: a hash table of byte strings without an allocation
//! per value.

use xxhash_rust::xxh3::xxh3_64;

/// Distinct byte strings, numbered in order of appearance.
#[derive(Debug, Clone, Default)]
pub struct Interner {
    /// 0 is free, otherwise the code + 1; a power of two long.
    slots: Vec<u32>,
    hashes: Vec<u64>,
    bytes: Vec<u8>,
    /// Ends of the values in `bytes`.
    ends: Vec<usize>,
    /// The value asked for last, which is often asked for again.
    last: u32,
}

impl Interner {
    /// Number of distinct values.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value yet.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The value of a code.
    pub fn value(&self, code: u32) -> &[u8] {
        let code = code as usize;
        let end = self.ends.get(code).copied().unwrap_or(0);
        let start = match code {
            0 => 0,
            _ => self.ends.get(code - 1).copied().unwrap_or(end),
        };
        self.bytes.get(start..end).unwrap_or(&[])
    }

    /// The values' bytes end to end, and where each ends.
    pub fn parts(&self) -> (&[u8], &[usize]) {
        (&self.bytes, &self.ends)
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        self.slots.fill(0);
        self.hashes.clear();
        self.bytes.clear();
        self.ends.clear();
        self.last = 0;
    }

    /// The code of a value, and whether it is new.
    #[inline]
    pub fn code(&mut self, value: &[u8]) -> (u32, bool) {
        if !self.ends.is_empty() && self.value(self.last) == value {
            return (self.last, false);
        }
        let (code, new) = self.find(value);
        self.last = code;
        (code, new)
    }

    /// The code of a value that is known already.
    #[inline]
    pub fn get(&self, value: &[u8]) -> Option<u32> {
        if self.ends.is_empty() {
            return None;
        }
        if self.value(self.last) == value {
            return Some(self.last);
        }
        self.seek(value, xxh3_64(value)).ok()
    }

    fn find(&mut self, value: &[u8]) -> (u32, bool) {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = xxh3_64(value);
        let at = match self.seek(value, hash) {
            Ok(code) => return (code, false),
            Err(at) => at,
        };
        let code = self.ends.len() as u32;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = code + 1;
        }
        self.hashes.push(hash);
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len());
        (code, true)
    }

    /// The code of a value, or the free slot where it would stand. There is a
    /// free slot: the table is never more than half full.
    fn seek(&self, value: &[u8], hash: u64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.slots.get(at).copied().unwrap_or(0) {
                0 => return Err(at),
                slot => {
                    let code = slot - 1;
                    if self.hashes.get(code as usize) == Some(&hash) && self.value(code) == value {
                        return Ok(code);
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let mut slots = vec![0_u32; size];
        for (code, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = code as u32 + 1;
            }
        }
        self.slots = slots;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_first_appearance() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..5_000)
            .map(|i| format!("w{}", i * 7919 % 1000))
            .collect();
        let mut known: Vec<&str> = Vec::new();
        for word in &words {
            let expected = known.iter().position(|w| w == word);
            let (code, new) = interner.code(word.as_bytes());
            assert_eq!(new, expected.is_none());
            assert_eq!(code as usize, expected.unwrap_or(known.len()));
            if new {
                known.push(word);
            }
            assert_eq!(interner.value(code), word.as_bytes());
        }
        assert_eq!(interner.len(), 1000);
        interner.clear();
        assert_eq!(interner.code(b""), (0, true));
        assert_eq!(interner.code(b""), (0, false));
    }
}
