//! Numbers as they are written.

/// An integer of any base: `12`, `0x1f`, `0b101`, `0o17`, `017`, with underscores among the digits.
pub(super) fn integer(text: &str) -> Option<u64> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    let (base, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, &digits[..]),
    };
    u64::from_str_radix(digits, base).ok()
}

/// A number with a point: `1.5`, `1.0e-8`, `0x1.8p3`.
pub(super) fn float(text: &str) -> Option<f64> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    match digits.strip_prefix("0x") {
        Some(digits) => hexadecimal_float(digits),
        None => digits.parse().ok(),
    }
}

fn hexadecimal_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = u64::from_str_radix(&format!("{whole}{fraction}"), 16).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    // A power of two changes nothing in the digits, which fit a float as they were written for one.
    Some(mantissa as f64 * 2_f64.powi(exponent.checked_sub(4 * fraction.len() as i32)?))
}

/// `value` in `size` bytes, little-endian; `None` if it does not fit.
pub(super) fn bytes(value: i128, size: usize) -> Option<Vec<u8>> {
    let bits = u32::try_from(size).ok().filter(|size| (1..=8).contains(size))? * 8;
    let fits = if value < 0 { value >= -(1 << (bits - 1)) } else { value < 1 << bits };
    fits.then(|| value.to_le_bytes()[..size].to_vec())
}
