//! Hashes that are the same on every machine, and a table of distinct texts.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stirs a number (the last step of splitmix64).
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Adds a number to a hash.
pub fn add(hash: u64, value: u64) -> u64 {
    mix(hash.rotate_left(17) ^ value.wrapping_add(1).wrapping_mul(GOLDEN))
}

/// Bits of draw `index` of a seed: any draw on its own.
pub fn draw(seed: u64, index: u64) -> u64 {
    mix(mix(seed ^ GOLDEN).wrapping_add(index.wrapping_mul(GOLDEN)))
}

fn of_bytes(bytes: &[u8]) -> u64 {
    let mut hash = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word))
            .wrapping_mul(GOLDEN)
            .rotate_left(29);
    }
    let mut word = [0; 8];
    let rest = chunks.remainder();
    word[..rest.len()].copy_from_slice(rest);
    mix(hash ^ u64::from_le_bytes(word))
}

/// Distinct texts, numbered from 1 in the order they came; 0 stands for none.
#[derive(Debug, Clone)]
pub struct Texts {
    bytes: String,
    /// Ends of the texts; the first, of none, is 0.
    ends: Vec<u32>,
    /// Half of a text's hash above its number, so that other texts are passed
    /// over, and the table grows, without looking at any text.
    slots: Vec<u64>,
}

impl Default for Texts {
    fn default() -> Self {
        Texts {
            bytes: String::new(),
            ends: vec![0],
            slots: vec![0; 16],
        }
    }
}

const CODE: u64 = 0xffff_ffff;

impl Texts {
    /// How many there are, none included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all of them.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The text of a number; empty for 0.
    pub fn get(&self, code: u32) -> &str {
        let end = self.ends[code as usize] as usize;
        let start = match code {
            0 => 0,
            _ => self.ends[code as usize - 1] as usize,
        };
        &self.bytes[start..end]
    }

    /// The number of a text, a new one where it is new. The caller keeps the
    /// bytes of all below 2^32.
    pub fn code(&mut self, text: &str) -> u32 {
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        let tag = of_bytes(text.as_bytes()) & !CODE;
        let mut slot = self.first_slot(tag);
        loop {
            let found = self.slots[slot];
            if found == 0 {
                break;
            }
            if found & !CODE == tag && self.get((found & CODE) as u32) == text {
                return (found & CODE) as u32;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        let code = self.ends.len() as u32;
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
        self.slots[slot] = tag | u64::from(code);
        code
    }

    /// The upper bits of the tag, as many as the table has.
    fn first_slot(&self, tag: u64) -> usize {
        (tag >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; old.len() * 4];
        let mask = self.slots.len() - 1;
        for entry in old.into_iter().filter(|&entry| entry != 0) {
            let mut slot = self.first_slot(entry & !CODE);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = entry;
        }
    }

    /// Room for looking texts up is given back.
    pub fn finish(mut self) -> Self {
        self.slots = vec![0; 16];
        self.bytes.shrink_to_fit();
        self
    }
}
