//! The table for people.

use std::fmt::{self, Display, Formatter};

use super::{Budget, MessageBudget, ProtocolBudget, Reason, Role};
use crate::ir::Openness;
use crate::layout::{MOST_BYTES, MOST_HANDLES};

impl Display for Budget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "library {}", self.library)?;
        if self.protocols.is_empty() {
            writeln!(f, "\nno protocols")?;
        }
        self.protocols.iter().try_for_each(|protocol| write!(f, "\n{protocol}"))
    }
}

impl Display for ProtocolBudget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "protocol {}", self.name)?;
        let width = self.messages.iter().map(|message| message.method.len()).max().unwrap_or(0).max(6);
        if !self.messages.is_empty() {
            writeln!(f, "  {:width$}  message    bytes  handles  newer peers", "method")?;
        }
        let mut last = None;
        for message in &self.messages {
            let method = if message.role == Role::Response { last } else { None };
            let shown = if method == Some(&message.method) { "" } else { &message.method };
            write_message(f, shown, width, message)?;
            last = Some(&message.method);
        }
        self.write_largest(f)?;
        match self.openness {
            Openness::Closed => Ok(()),
            Openness::Ajar => write_unknown(f, "ajar", "one-way methods and events"),
            Openness::Open => write_unknown(f, "open", "methods and events"),
        }
    }
}

fn write_unknown(f: &mut Formatter<'_>, openness: &str, what: &str) -> fmt::Result {
    let bytes = grouped(MOST_BYTES);
    writeln!(f, "  {openness}: newer peers may send {what} that are not known here, of up to {bytes} bytes")
}

impl ProtocolBudget {
    /// What each side must be ready for.
    fn write_largest(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (side, from_client) in [("servers", true), ("clients", false)] {
            let received = || self.messages.iter().filter(|it| (it.role == Role::Request) == from_client);
            let bytes = received().map(|message| message.size.max_bytes).max();
            let handles = received().map(|message| message.size.max_handles).max();
            if let (Some(bytes), Some(handles)) = (bytes, handles) {
                let extends = received().any(|message| message.size.extensible);
                let more = if extends { "; newer peers may send more" } else { "" };
                let plural = if handles == 1 { "" } else { "s" };
                writeln!(
                    f,
                    "  {side} receive up to {} bytes, {handles} handle{plural}{more}",
                    grouped(bytes)
                )?;
            }
        }
        Ok(())
    }
}

fn write_message(f: &mut Formatter<'_>, method: &str, width: usize, message: &MessageBudget) -> fmt::Result {
    let size = message.size;
    let newer = if size.extensible { "full size" } else { "the same" };
    let (role, bytes) = (message.role.word(), grouped(size.max_bytes));
    writeln!(f, "  {method:width$}  {role:8}  {bytes:>6}  {:>7}  {newer}", size.max_handles)?;
    for cause in &message.causes {
        let cost = match cause.reason {
            Reason::Handles(_) => format!("all handles of a frame, {MOST_HANDLES}"),
            _ => format!("a frame of full size, {} bytes", grouped(MOST_BYTES)),
        };
        writeln!(f, "  {:width$}    {cause} -> {cost}", "")?;
    }
    Ok(())
}

/// A number with commas.
pub(super) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
