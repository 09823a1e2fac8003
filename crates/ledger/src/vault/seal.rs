//! Authenticated encryption: ChaCha20-Poly1305 (RFC 8439), nonces drawn at
//! random, laid out as nonce (12 bytes), ciphertext, tag (16 bytes).
//!
//! A random nonce of 96 bits asks that one key seals far fewer than 2^32
//! values. A person's key seals some identifiers and traits; the project's
//! wrapping key one value a person, so that a thousand million people leave a
//! chance of 2^-37 that two share a nonce. Each file has a key of its own.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::key::{Secret, fill_random};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// What a sealed value is longer than the value, in bytes.
pub(crate) const OVERHEAD_BYTES: usize = NONCE_BYTES + TAG_BYTES;
const POOL_BYTES: usize = 8192;

/// Random bytes of the operating system, drawn in large gulps.
pub(crate) struct Noise {
    pool: Zeroizing<Vec<u8>>,
    used: usize,
}

impl Noise {
    pub(crate) fn new() -> Self {
        Noise {
            pool: Zeroizing::new(Vec::new()),
            used: 0,
        }
    }

    /// The next bytes; never given twice.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<Zeroizing<[u8; N]>> {
        if self.pool.len() - self.used < N {
            self.pool.resize(POOL_BYTES.max(N), 0);
            fill_random(&mut self.pool)?;
            self.used = 0;
        }
        let mut bytes = Zeroizing::new([0; N]);
        let end = self.used + N;
        if let Some(part) = self.pool.get_mut(self.used..end) {
            bytes.copy_from_slice(part);
            part.fill(0);
        }
        self.used = end;
        Ok(bytes)
    }
}

/// Seals `plain`; `context` must be the same when it is opened. Appends to `out`.
pub(crate) fn seal_into(
    key: &Secret,
    context: &[u8],
    plain: &[u8],
    noise: &mut Noise,
    out: &mut Vec<u8>,
) -> Result<()> {
    let nonce = noise.take::<NONCE_BYTES>()?;
    out.reserve(plain.len() + OVERHEAD_BYTES);
    out.extend_from_slice(nonce.as_slice());
    let begin = out.len();
    out.extend_from_slice(plain);
    let body = out.get_mut(begin..).unwrap_or_default();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let tag = cipher(key)
        .and_then(|key| key.seal_in_place_separate_tag(nonce, Aad::from(context), body))
        .map_err(|_| Error::Limit {
            what: "bytes to seal",
            got: plain.len(),
            limit: u32::MAX as usize,
        })?;
    out.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Seals `plain` into a value of its own.
pub(crate) fn seal(
    key: &Secret,
    context: &[u8],
    plain: &[u8],
    noise: &mut Noise,
) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    seal_into(key, context, plain, noise, &mut out)?;
    Ok(out)
}

/// Opens a sealed value.
///
/// # Errors
/// `vault/tampered` when key, context or a single bit is another.
pub(crate) fn open(key: &Secret, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(Error::Tampered)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = cipher(key)
        .and_then(|key| {
            key.open_in_place(nonce, Aad::from(context), &mut plain)
                .map(|p| p.len())
        })
        .map_err(|_| Error::Tampered)?;
    plain.truncate(length);
    Ok(plain)
}

fn cipher(key: &Secret) -> std::result::Result<LessSafeKey, ring::error::Unspecified> {
    UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).map(LessSafeKey::new)
}

/// Wraps a person's key for the row of `subject_id`.
pub(crate) fn wrap(
    wrapping: &Secret,
    subject_id: i64,
    personal: &Secret,
    noise: &mut Noise,
) -> Result<Vec<u8>> {
    seal(
        wrapping,
        &subject_id.to_be_bytes(),
        personal.as_slice(),
        noise,
    )
}

/// Unwraps the person's key of the row of `subject_id`.
pub(crate) fn unwrap(wrapping: &Secret, subject_id: i64, wrapped: &[u8]) -> Result<Secret> {
    let plain = open(wrapping, &subject_id.to_be_bytes(), wrapped)?;
    let personal = plain.as_slice().try_into().map_err(|_| Error::Tampered)?;
    Ok(Zeroizing::new(personal))
}

/// The context of an identifier under its person's key.
pub(crate) fn identifier_context(kind: &str) -> Vec<u8> {
    [&[1], kind.as_bytes()].concat()
}

/// The context of a trait under its person's key: never that of an identifier.
pub(crate) fn trait_context(name: &str) -> Vec<u8> {
    [&[2], name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439, section 2.8.2.
    #[test]
    fn agrees_with_the_published_vector() {
        let hex = |text: &str| -> Vec<u8> {
            let text: String = text.split_whitespace().collect();
            (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
                .collect()
        };
        let key: [u8; 32] = std::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
        let nonce = hex("070000004041424344454647");
        let context = hex("50515253c0c1c2c3c4c5c6c7");
        let body = hex(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
             3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
             92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
             3ff4def08e4b7a9de576d26586cec64b6116",
        );
        let tag = hex("1ae10b594f09e26a7e902ecbd0600691");
        let sealed = [nonce, body, tag].concat();
        let plain = open(&Zeroizing::new(key), &context, &sealed).unwrap();
        assert_eq!(
            std::str::from_utf8(&plain).unwrap(),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
             sunscreen would be it."
        );
    }

    #[test]
    fn nothing_opens_that_was_touched() {
        let mut noise = Noise::new();
        let key = noise.take::<32>().unwrap();
        let sealed = seal(&key, b"context", b"value", &mut noise).unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD_BYTES);
        assert_eq!(
            open(&key, b"context", &sealed).unwrap().as_slice(),
            b"value"
        );
        assert!(open(&key, b"Context", &sealed).is_err());
        assert!(open(&noise.take::<32>().unwrap(), b"context", &sealed).is_err());
        for bit in 0..sealed.len() * 8 {
            let mut touched = sealed.clone();
            touched[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                open(&key, b"context", &touched).unwrap_err().code(),
                "vault/tampered"
            );
        }
        for end in 0..sealed.len() {
            assert!(open(&key, b"context", &sealed[..end]).is_err());
        }
    }

    #[test]
    fn noise_is_never_given_twice() {
        let mut noise = Noise::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..2000 {
            assert!(seen.insert(*noise.take::<24>().unwrap()));
        }
    }
}
