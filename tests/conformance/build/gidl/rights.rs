//! The names of object types and rights, and their numbers in Zircon.

/// The number of an object type.
pub(super) fn object_type(name: &str) -> Option<u32> {
    Some(match name {
        "process" => 1,
        "thread" => 2,
        "vmo" => 3,
        "channel" => 4,
        "event" => 5,
        "port" => 6,
        "interrupt" => 9,
        "socket" => 14,
        "resource" => 15,
        "eventpair" => 16,
        "job" => 17,
        "vmar" => 18,
        "fifo" => 19,
        "timer" => 22,
        "iommu" => 23,
        "bti" => 24,
        "profile" => 25,
        "pmt" => 26,
        "pager" => 28,
        "exception" => 29,
        "clock" => 30,
        "stream" => 31,
        "msi" => 32,
        _ => return None,
    })
}

/// The bits of a right, or of rights that have a name together.
pub(super) fn rights(name: &str) -> Option<u32> {
    Some(match name {
        "none" => 0,
        "duplicate" => 0x1,
        "transfer" => 0x2,
        "read" => 0x4,
        "write" => 0x8,
        "execute" => 0x10,
        "map" => 0x20,
        "get_property" => 0x40,
        "set_property" => 0x80,
        "enumerate" => 0x100,
        "destroy" => 0x200,
        "set_policy" => 0x400,
        "get_policy" => 0x800,
        "signal" => 0x1000,
        "signal_peer" => 0x2000,
        "wait" => 0x4000,
        "inspect" => 0x8000,
        "manage_job" => 0x1_0000,
        "manage_process" => 0x2_0000,
        "manage_thread" => 0x4_0000,
        "apply_profile" => 0x8_0000,
        "same_rights" => super::tree::SAME_RIGHTS,
        "basic" => 0xc003,
        "io" => 0xc,
        "channel_default" => 0xf00e,
        "event_default" => 0xd003,
        _ => return None,
    })
}
