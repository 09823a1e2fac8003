//! Authenticated encryption: XChaCha20-Poly1305 (RFC 8439 with the 192-bit
//! nonce of draft-irtf-cfrg-xchacha), nonces drawn at random, laid out as
//! nonce (24 bytes), ciphertext, tag (16 bytes).

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::key::{Secret, fill_random};

const NONCE_BYTES: usize = 24;
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
    let tag = cipher(key)
        .encrypt_inout_detached(&XNonce::from(*nonce), context, body.into())
        .map_err(|_| Error::Limit {
            what: "bytes to seal",
            got: plain.len(),
            limit: u32::MAX as usize,
        })?;
    out.extend_from_slice(&tag);
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
    let (nonce, rest) = sealed
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(Error::Tampered)?;
    let (body, tag) = rest
        .split_last_chunk::<TAG_BYTES>()
        .ok_or(Error::Tampered)?;
    let mut plain = Zeroizing::new(body.to_vec());
    cipher(key)
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            context,
            plain.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .map_err(|_| Error::Tampered)?;
    Ok(plain)
}

fn cipher(key: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&**key).into())
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

    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
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
        let nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
        let context = hex("50515253c0c1c2c3c4c5c6c7");
        let body = hex(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
             ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
             21f9664c97637da9768812f615c68b13b52e",
        );
        let tag = hex("c0875924c1c7987947deafd8780acf49");
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
