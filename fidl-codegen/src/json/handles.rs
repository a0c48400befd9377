//! The names of the kinds of objects that handles refer to.

/// What a kind of object is called. The name depends on the number alone, whatever the resource definition
/// calls it; numbers that stand for no kind are any object.
pub(super) const fn name(number: u32) -> &'static str {
    match number {
        1 => "process",
        2 => "thread",
        3 => "vmo",
        4 => "channel",
        5 => "event",
        6 => "port",
        9 => "interrupt",
        11 => "pcidevice",
        12 => "debuglog",
        14 => "socket",
        15 => "resource",
        16 => "eventpair",
        17 => "job",
        18 => "vmar",
        19 => "fifo",
        20 => "guest",
        21 => "vcpu",
        22 => "timer",
        23 => "iommu",
        24 => "bti",
        25 => "profile",
        26 => "pmt",
        27 => "suspendtoken",
        28 => "pager",
        29 => "exception",
        30 => "clock",
        31 => "stream",
        32 => "msi",
        33 => "iob",
        34 => "counter",
        _ => "handle",
    }
}
