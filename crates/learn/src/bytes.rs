//! The envelope of every model file: magic, kind, format version, checksum.
//!
//! `PRNL`, four bytes of kind, the version as u16 little-endian, the postcard
//! payload, then BLAKE3 over all of it. The checksum finds damage, not malice:
//! every reader also checks what its arithmetic relies on.

use crate::error::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes a model file may have.
pub(crate) const MODEL_BYTES_MAX: usize = 64 << 20;
const MAGIC: [u8; 4] = *b"PRNL";
const HEAD_BYTES: usize = 10;
const CHECKSUM_BYTES: usize = 32;

fn invalid(reason: impl Into<String>) -> Error {
    Error::BytesInvalid {
        reason: reason.into(),
    }
}

/// Bytes of `value`, the same for equal values.
pub(crate) fn seal<T: Serialize>(kind: [u8; 4], version: u16, value: &T) -> Result<Vec<u8>, Error> {
    let payload = postcard::to_allocvec(value).map_err(|error| invalid(error.to_string()))?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES + payload.len() + CHECKSUM_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&payload);
    let checksum = blake3::hash(&bytes);
    bytes.extend_from_slice(checksum.as_bytes());
    if bytes.len() > MODEL_BYTES_MAX {
        return Err(invalid(format!("more than {MODEL_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

/// The value sealed in `bytes`.
///
/// Errors: too many or too few bytes, another magic, kind or version, a wrong
/// checksum, a payload of another shape or with bytes left over.
pub(crate) fn open<T: DeserializeOwned>(
    kind: [u8; 4],
    version: u16,
    bytes: &[u8],
) -> Result<T, Error> {
    if bytes.len() > MODEL_BYTES_MAX {
        return Err(invalid(format!("more than {MODEL_BYTES_MAX} bytes")));
    }
    let (body, checksum) = bytes
        .split_last_chunk::<CHECKSUM_BYTES>()
        .ok_or_else(|| invalid("too short"))?;
    let (magic, rest) = body
        .split_first_chunk::<4>()
        .ok_or_else(|| invalid("too short"))?;
    let (found_kind, rest) = rest
        .split_first_chunk::<4>()
        .ok_or_else(|| invalid("too short"))?;
    let (found_version, payload) = rest
        .split_first_chunk::<2>()
        .ok_or_else(|| invalid("too short"))?;
    if *magic != MAGIC {
        return Err(invalid("another kind of file"));
    }
    if blake3::hash(body).as_bytes() != checksum {
        return Err(invalid("the checksum does not match"));
    }
    if *found_kind != kind {
        return Err(invalid("another kind of model"));
    }
    let found = u16::from_le_bytes(*found_version);
    if found != version {
        return Err(Error::BytesVersion {
            found,
            expected: version,
        });
    }
    let (value, left) =
        postcard::take_from_bytes(payload).map_err(|error| invalid(error.to_string()))?;
    if !left.is_empty() {
        return Err(invalid("bytes left over"));
    }
    Ok(value)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Every truncation and single-bit flip of `bytes` must be refused.
    pub(crate) fn refuses_damage<T>(bytes: &[u8], read: impl Fn(&[u8]) -> Result<T, Error>) {
        assert!(read(bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "truncated to {length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&flipped).is_err(), "bit {bit}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(read(&longer).is_err());
    }

    /// The payload changed by `change`, sealed again with a good checksum.
    pub(crate) fn reseal(bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut body = bytes[..bytes.len() - CHECKSUM_BYTES].to_vec();
        change(&mut body);
        let checksum = blake3::hash(&body);
        body.extend_from_slice(checksum.as_bytes());
        body
    }

    #[test]
    fn round_trip_and_refusals() {
        let value = (7_u32, vec![1.5_f64, -2.0], "text".to_owned());
        let bytes = seal(*b"test", 3, &value).unwrap();
        let back: (u32, Vec<f64>, String) = open(*b"test", 3, &bytes).unwrap();
        assert_eq!(back, value);
        refuses_damage(&bytes, |bytes| {
            open::<(u32, Vec<f64>, String)>(*b"test", 3, bytes)
        });
        assert_eq!(
            open::<(u32, Vec<f64>, String)>(*b"test", 4, &bytes).unwrap_err(),
            Error::BytesVersion {
                found: 3,
                expected: 4
            }
        );
        assert!(open::<(u32, Vec<f64>, String)>(*b"else", 3, &bytes).is_err());
        let longer = reseal(&bytes, |body| body.push(0));
        assert!(open::<(u32, Vec<f64>, String)>(*b"test", 3, &longer).is_err());
        let huge = vec![0; MODEL_BYTES_MAX + 1];
        assert!(open::<u32>(*b"test", 3, &huge).is_err());
    }

    #[test]
    fn a_claimed_length_without_data_is_refused() {
        let bytes = seal(*b"test", 1, &vec![1.0_f64]).unwrap();
        let hostile = reseal(&bytes, |body| {
            body.truncate(HEAD_BYTES);
            body.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        });
        assert!(open::<Vec<f64>>(*b"test", 1, &hostile).is_err());
    }
}
