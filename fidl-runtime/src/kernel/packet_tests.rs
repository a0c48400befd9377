//! Each kind of packet, from the bytes that the kernel's header describes.

use super::*;

/// Decodes the payload whose first bytes these are.
fn decode(packet_type: u32, status: i32, bytes: &[u8]) -> Packet {
    let mut payload = [0; 32];
    payload[..bytes.len()].copy_from_slice(bytes);
    let words = core::array::from_fn(|index| {
        u64::from_le_bytes(payload[8 * index..8 * index + 8].try_into().unwrap())
    });
    Packet::decode(&PortPacket { key: 7, packet_type, status, payload: words })
}

/// Bytes that are all different: 1, 2, 3, …
fn counting() -> [u8; 32] {
    core::array::from_fn(|index| index as u8 + 1)
}

#[test]
fn user() {
    let payload =
        [0x0807_0605_0403_0201, 0x100f_0e0d_0c0b_0a09, 0x1817_1615_1413_1211, 0x201f_1e1d_1c1b_1a19];
    assert_eq!(decode(0, -3, &counting()), Packet::User { status: -3, payload });
}

#[test]
fn signal() {
    let bytes = [
        &[1, 0, 0, 0x01, 5, 0, 0, 0x02][..],
        &[3, 0, 0, 0, 0, 0, 0, 0],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ];
    let expected =
        Signal { trigger: 0x0100_0001, observed: 0x0200_0005, count: 3, timestamp: Instant::from_nanos(-1) };
    let packet = decode(1, 0, &bytes.concat());
    assert_eq!((packet, packet.operations()), (Packet::Signal(expected), 3));
}

/// A count of 1 is Zircon's 'at least one', and what does not fit is not counted.
#[test]
fn counts_of_signals() {
    for (count, operations) in [(0, u32::MAX), (1, u32::MAX), (2, 2), (1 << 31, 1 << 31), (1 << 40, u32::MAX)]
    {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&u64::to_le_bytes(count));
        assert_eq!(decode(1, 0, &bytes).operations(), operations, "{count}");
    }
    assert_eq!(decode(0, 0, &counting()).operations(), 1);
}

#[test]
fn guest_bell() {
    assert_eq!(decode(3, 0, &counting()), Packet::GuestBell { addr: 0x0807_0605_0403_0201 });
}

#[cfg(target_arch = "x86_64")]
#[test]
fn guest_mem() {
    let expected = GuestMem {
        addr: 0x0807_0605_0403_0201,
        cr3: 0x100f_0e0d_0c0b_0a09,
        rip: 0x1817_1615_1413_1211,
        instruction_size: 0x19,
        default_operand_size: 0x1a,
    };
    assert_eq!(decode(4, 0, &counting()), Packet::GuestMem(expected));
}

#[cfg(target_arch = "aarch64")]
#[test]
fn guest_mem() {
    let access = GuestAccess { size: 9, sign_extend: true, xt: 11, read: true, data: 0x1817_1615_1413_1211 };
    let expected = GuestMem { addr: 0x0807_0605_0403_0201, access };
    assert_eq!(decode(4, 0, &counting()), Packet::GuestMem(expected));
}

#[test]
fn guest_io() {
    let out = GuestIo { port: 0x3f8, access_size: 2, input: false, data: [0x34, 0x12, 0, 0] };
    assert_eq!(decode(5, 0, &[0xf8, 0x03, 2, 0, 0x34, 0x12]), Packet::GuestIo(out));
    let input = GuestIo { port: 1, access_size: 4, input: true, data: [0; 4] };
    assert_eq!(decode(5, 0, &[1, 0, 4, 1]), Packet::GuestIo(input));
}

#[test]
fn guest_vcpu() {
    let of = |kind| {
        let mut bytes = counting();
        bytes[16] = kind;
        decode(6, 0, &bytes)
    };
    let (first, second) = (0x0807_0605_0403_0201, 0x100f_0e0d_0c0b_0a09);
    assert_eq!(of(0), Packet::GuestVcpu(GuestVcpu::Interrupt { mask: first, vector: 9 }));
    assert_eq!(of(1), Packet::GuestVcpu(GuestVcpu::Startup { id: first, entry: second }));
    assert_eq!(of(2), Packet::GuestVcpu(GuestVcpu::Exit { retcode: first as i64 }));
    assert_eq!(of(9), Packet::GuestVcpu(GuestVcpu::Other { kind: 9, words: [first, second] }));
}

#[test]
fn interrupt() {
    let timestamp = Instant::from_nanos(0x0807_0605_0403_0201);
    assert_eq!(decode(7, 0, &counting()), Packet::Interrupt { timestamp });
}

#[test]
fn page_request() {
    let expected = PageRequest {
        command: 0x0201,
        flags: 0x0403,
        offset: 0x100f_0e0d_0c0b_0a09,
        length: 0x1817_1615_1413_1211,
    };
    assert_eq!(decode(9, 0, &counting()), Packet::PageRequest(expected));
}

#[test]
fn power_level() {
    let expected = PowerLevel {
        domain_id: 0x0403_0201,
        options: 0x0807_0605,
        control_interface: 0x100f_0e0d_0c0b_0a09,
        control_argument: 0x1817_1615_1413_1211,
    };
    assert_eq!(decode(10, 0, &counting()), Packet::PowerLevel(expected));
}

/// Kinds of tomorrow, and one that was given up.
#[test]
fn what_is_not_known_comes_as_bytes() {
    for packet_type in [2, 8, 11, 0xff, 0x1_0002] {
        let expected = Packet::Other { packet_type, status: 4, payload: counting() };
        assert_eq!(decode(packet_type, 4, &counting()), expected);
    }
}
