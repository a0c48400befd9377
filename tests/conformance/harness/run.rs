//! Running a case.

use fidl::kernel::{AsHandleRef, Event};

use crate::case::{Build, Case, Decode, Sent, Step};
use crate::errors::{decoding_agrees, encoding_agrees};
use crate::handles::Handles;
use crate::kernel::basic;
use crate::message::{Encoded, reuse_frames};
use crate::tree::Expected;

/// Runs all steps of a case; says what did not come out.
pub(crate) fn run(case: &Case) -> Result<(), String> {
    let before = open_handles();
    for step in case.steps {
        let handles = Handles::create(case.defs)?;
        match step {
            Step::Encodes { build, bytes, handles: sent } => {
                encodes(*build, bytes, sent, &handles).map_err(|text| format!("encoding: {text}"))?;
            }
            Step::EncodingFails { build, error } => encoding_fails(*build, error, &handles)?,
            Step::Decodes { decode, bytes, handles: sent, expected, encodes } => {
                let again = encodes.then_some(*bytes);
                decodes(*decode, bytes, sent, expected, again, &handles)
                    .map_err(|text| format!("decoding: {text}"))?;
            }
            Step::DecodingFails { decode, bytes, handles: sent, error } => {
                decoding_fails(*decode, bytes, sent, error, &handles)?;
            }
        }
        handles.expect_open(&[])?;
        nothing_is_closed_twice()?;
    }
    match (before, open_handles()) {
        (before, after) if before == after => Ok(()),
        (before, after) => Err(format!("{before} handles were open, and now {after}")),
    }
}

fn encodes(build: Build, bytes: &[u8], sent: &[Sent], handles: &Handles) -> Result<(), String> {
    let encoded = build(handles).map_err(|refusal| format!("{refusal:?}"))?;
    compare_bytes(bytes, &encoded.bytes)?;
    compare_handles(sent, &encoded, handles)
}

fn compare_bytes(expected: &[u8], found: &[u8]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let index = expected.iter().zip(found).position(|(a, b)| a != b);
    let index = index.unwrap_or_else(|| expected.len().min(found.len()));
    Err(format!("byte {index} differs:\nexpected {expected:02x?}\nfound    {found:02x?}"))
}

fn compare_handles(sent: &[Sent], encoded: &Encoded, handles: &Handles) -> Result<(), String> {
    if sent.len() != encoded.handles.len() {
        return Err(format!("expected {} handles, found {}", sent.len(), encoded.handles.len()));
    }
    for (sent, slot) in sent.iter().zip(&encoded.handles) {
        if slot.koid != Some(handles.koid(sent.handle)) {
            return Err(format!("expected handle #{}, found another in its place", sent.handle));
        }
        let kind = (slot.object_type, slot.rights);
        if sent.kind.is_some_and(|expected| expected != kind) {
            return Err(format!("handle #{}: expected {:x?}, found {kind:x?}", sent.handle, sent.kind));
        }
    }
    Ok(())
}

fn encoding_fails(build: Build, error: &str, handles: &Handles) -> Result<(), String> {
    match build(handles) {
        Ok(encoded) => Err(format!("expected {error}, but it is encoded: {:02x?}", encoded.bytes)),
        Err(refusal) => encoding_agrees(error, refusal),
    }
}

fn decodes(
    decode: Decode,
    bytes: &[u8],
    sent: &[usize],
    expected: &Expected,
    again: Option<&[u8]>,
    handles: &Handles,
) -> Result<(), String> {
    let decoded = decode(handles.message(bytes, sent)).map_err(|error| error.to_string())?;
    expected.compare(&decoded.tree, "value", handles)?;
    let mut taken = Vec::new();
    expected.handles(&mut taken);
    handles.expect_open(&taken)?;
    if let Some((owned, encoded)) = &decoded.owned {
        expected.compare(owned, "owned value", handles)?;
        if let (Some(bytes), Ok(encoded)) = (again, encoded) {
            compare_bytes(bytes, &encoded.bytes).map_err(|text| format!("owned value: {text}"))?;
        } else if let (Some(_), Err(refusal)) = (again, encoded) {
            return Err(format!("owned value: {refusal:?}"));
        }
    }
    Ok(())
}

fn decoding_fails(
    decode: Decode,
    bytes: &[u8],
    sent: &[usize],
    error: &str,
    handles: &Handles,
) -> Result<(), String> {
    match decode(handles.message(bytes, sent)) {
        Ok(decoded) => Err(format!("expected {error}, but it decodes: {:?}", decoded.tree)),
        Err(found) => decoding_agrees(error, found),
    }
}

/// Whether handles that are made now, some of them perhaps with the numbers of those that are closed, stay open when the
/// frames are used again.
fn nothing_is_closed_twice() -> Result<(), String> {
    let fresh: Result<Vec<_>, _> = (0..8).map(|_| Event::create()).collect();
    let fresh = fresh.map_err(|status| format!("no event: {status:?}"))?;
    reuse_frames();
    match fresh.iter().all(|event| basic(event.raw_handle()).is_ok()) {
        true => Ok(()),
        false => Err("a handle is closed twice".to_owned()),
    }
}

/// How many handles this process has.
fn open_handles() -> usize {
    #[cfg(target_os = "linux")]
    return zircon_linux::memory().handles.used;
    #[cfg(not(target_os = "linux"))]
    return 0;
}
