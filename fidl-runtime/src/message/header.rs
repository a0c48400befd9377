//! The header in front of every transactional message.

use core::fmt;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::limits::{AT_REST_V2, HEADER_BYTES, MAGIC_NUMBER};
use crate::wire::{U32, U64};

/// The ordinal of an epitaph.
pub const EPITAPH_ORDINAL: u64 = u64::MAX;

/// 'The interaction is flexible' in the dynamic flags.
const FLEXIBLE: u8 = 0x80;

/// 16 bytes: which interaction a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Header {
    txid: U32,
    at_rest_flags: [u8; 2],
    dynamic_flags: u8,
    magic_number: u8,
    ordinal: U64,
}

const _: () = assert!(size_of::<Header>() == HEADER_BYTES);

/// Why a header cannot be understood. The connection is over then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Fewer than 16 bytes.
    Short,
    /// Another magic number, or another version of the wire format.
    Incompatible,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "the message is shorter than its header",
            Self::Incompatible => "the peer speaks another wire format",
        })
    }
}

impl core::error::Error for HeaderError {}

impl Header {
    /// A header as this side sends it.
    ///
    /// `txid` is 0 for one-way requests and events; `flexible` is the strictness of the method in the sender's schema.
    pub const fn new(txid: u32, ordinal: u64, flexible: bool) -> Self {
        Self {
            txid: U32::new(txid),
            at_rest_flags: [AT_REST_V2, 0],
            dynamic_flags: if flexible { FLEXIBLE } else { 0 },
            magic_number: MAGIC_NUMBER,
            ordinal: U64::new(ordinal),
        }
    }

    /// Reads the header of a message, with the checks of the FIDL transport: length, magic number, version.
    ///
    /// # Errors
    ///
    /// [`HeaderError`].
    pub fn parse(message: &[u8]) -> Result<Self, HeaderError> {
        let (header, _) = Self::read_from_prefix(message).map_err(|_| HeaderError::Short)?;
        if header.magic_number != MAGIC_NUMBER || header.at_rest_flags[0] & AT_REST_V2 == 0 {
            return Err(HeaderError::Incompatible);
        }
        Ok(header)
    }

    /// The transaction id; 0 for one-way requests and events.
    pub fn txid(&self) -> u32 {
        self.txid.get()
    }

    /// The ordinal of the method or event.
    pub fn ordinal(&self) -> u64 {
        self.ordinal.get()
    }

    /// Whether the sender's schema calls the interaction flexible.
    pub fn is_flexible(&self) -> bool {
        self.dynamic_flags & FLEXIBLE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_bytes() {
        let bytes = Header::new(6, 0x3fdf_302f_3eac_c1fd, true);
        assert_eq!(
            bytes.as_bytes(),
            [6, 0, 0, 0, 2, 0, 0x80, 1, 0xfd, 0xc1, 0xac, 0x3e, 0x2f, 0x30, 0xdf, 0x3f]
        );
        assert_eq!(Header::parse(bytes.as_bytes()), Ok(bytes));
    }

    #[test]
    fn wrong_headers() {
        let good = Header::new(1, 2, false);
        assert_eq!(Header::parse(&good.as_bytes()[..15]), Err(HeaderError::Short));
        let mut bytes = [0; 16];
        for (index, value) in [(7, 0), (7, 2), (4, 0), (4, 1)] {
            bytes.copy_from_slice(good.as_bytes());
            bytes[index] = value;
            assert_eq!(Header::parse(&bytes), Err(HeaderError::Incompatible), "byte {index} = {value}");
        }
    }

    #[test]
    fn reserved_bits_are_ignored() {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(Header::new(1, 2, false).as_bytes());
        (bytes[4], bytes[5], bytes[6]) = (0xff, 0xff, 0x7f);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!((header.txid(), header.ordinal(), header.is_flexible()), (1, 2, false));
    }
}
