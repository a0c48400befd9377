//! Names of objects, for those who look at them from outside. An object has a name only once it was given one.

use crate::abi::types::*;
use crate::memory::zeroed_struct;
use crate::pool::{Lease, Leased, Plain, Slots};
use crate::tables::tables;

zeroed_struct! {
    /// A name, ended by a zero byte and filled up with them.
    pub(crate) struct Name {
        pub(crate) bytes: [u8; ZX_MAX_NAME_LEN],
    }
}

impl Leased for Name {
    fn slots() -> &'static Slots<Plain<Name>> {
        &tables().names
    }
}

impl Name {
    /// A slot with this name.
    pub(crate) fn of(bytes: [u8; ZX_MAX_NAME_LEN]) -> Result<Lease<Name>, zx_status_t> {
        let mut name = Lease::<Name>::take().ok_or(ZX_ERR_NO_RESOURCES)?;
        name.bytes = bytes;
        Ok(name)
    }
}
