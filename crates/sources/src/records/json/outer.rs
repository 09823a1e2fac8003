//! What stands around the records of JSON: an object whose members are arrays, one
//! such object after the other, and records too long to be kept. It is passed over
//! byte by byte, so that none of it gathers in memory.

/// Bytes of a member's name that are kept.
const NAME_BYTES_MAX: usize = 4 << 10;

/// How deep in brackets a place in a text is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Goes through `text`; behind the bracket that ends what was begun, if it is in it.
    pub(super) fn end(&mut self, text: &[u8]) -> Option<usize> {
        for (i, byte) in text.iter().enumerate() {
            if self.is_text(*byte) {
                continue;
            }
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(i + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Whether a byte is part of a string, its quotes included.
    fn is_text(&mut self, byte: u8) -> bool {
        match (self.in_string, byte) {
            (true, _) if self.escaped => self.escaped = false,
            (true, b'\\') => self.escaped = true,
            (true, b'"') => self.in_string = false,
            (true, _) => {}
            (false, b'"') => self.in_string = true,
            (false, _) => return false,
        }
        true
    }
}

/// A place outside of the arrays that are members of the outermost object.
#[derive(Debug, Clone, Default)]
pub(super) struct Outer {
    nesting: Nesting,
    /// The last string of the outermost object, without its quotes.
    string: Vec<u8>,
    /// The member whose value comes.
    member: Vec<u8>,
}

impl Outer {
    /// Goes on to the next array that is a member of an outermost object, or stands
    /// outside of all; behind its bracket, and how many lines were passed. Without one
    /// all of `text` is passed.
    pub(super) fn next_array(&mut self, text: &[u8]) -> (Option<usize>, u64) {
        let mut lines = 0;
        for (i, byte) in text.iter().enumerate() {
            lines += u64::from(*byte == b'\n');
            let was_in_string = self.nesting.in_string;
            if self.nesting.is_text(*byte) {
                if !was_in_string {
                    self.string.clear();
                } else if self.nesting.in_string && self.string.len() < NAME_BYTES_MAX {
                    self.string.push(*byte);
                }
                continue;
            }
            match byte {
                b':' if self.nesting.depth == 1 => {
                    std::mem::swap(&mut self.member, &mut self.string)
                }
                b'[' if self.nesting.depth < 2 => return (Some(i + 1), lines),
                b'{' | b'[' => self.nesting.depth += 1,
                b'}' | b']' => {
                    self.nesting.depth = self.nesting.depth.saturating_sub(1);
                    self.member.clear();
                }
                _ => {}
            }
        }
        (None, lines)
    }

    /// The array that was come to is none of records: its end is passed like any other.
    pub(super) fn go_into(&mut self) {
        self.nesting.depth += 1;
    }

    /// The name of the member that was come to, as it is written.
    pub(super) fn member(&self) -> &[u8] {
        if self.nesting.depth == 0 {
            &[]
        } else {
            &self.member
        }
    }
}
