//! Which member of a message something is wrong with: `entries[3].name`.
//!
//! Only builds of this crate with debug assertions know. In others a [`Path`] has no size, and [`within!`](crate::within) and
//! `within_index!` are what they stand around. A path is put together behind the mistake, on the way back from the innermost
//! member to the outermost.

use core::fmt;

/// How many segments are kept; of longer paths the innermost.
#[cfg(debug_assertions)]
const SEGMENTS: usize = 8;

/// The path of a member, from the primary object on.
///
/// All are equal: errors are told apart by rule and offset.
#[derive(Clone, Copy)]
pub(super) struct Path {
    /// Members, from the innermost outwards; `None` is an element, whose index stands beside it. Thin references, for errors
    /// to stay small.
    #[cfg(debug_assertions)]
    names: [Option<&'static &'static str>; SEGMENTS],
    #[cfg(debug_assertions)]
    indices: [u32; SEGMENTS],
    /// How many there are, with those that are not kept.
    #[cfg(debug_assertions)]
    count: u8,
}

impl PartialEq for Path {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Path {}

impl Path {
    /// The path of the primary object.
    pub(super) const EMPTY: Self = Self {
        #[cfg(debug_assertions)]
        names: [None; SEGMENTS],
        #[cfg(debug_assertions)]
        indices: [0; SEGMENTS],
        #[cfg(debug_assertions)]
        count: 0,
    };
}

#[cfg(debug_assertions)]
impl Path {
    /// The same path in an object that is a member or an element of another.
    #[cold]
    pub(super) fn within(mut self, name: Option<&'static &'static str>, index: u32) -> Self {
        let at = usize::from(self.count);
        if let (Some(names), Some(indices)) = (self.names.get_mut(at), self.indices.get_mut(at)) {
            (*names, *indices) = (name, index);
        }
        self.count = self.count.saturating_add(1);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(not(debug_assertions))]
impl Path {
    pub(super) fn is_empty(&self) -> bool {
        true
    }
}

impl fmt::Display for Path {
    #[cfg(debug_assertions)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = usize::from(self.count).min(SEGMENTS);
        let mut between = "";
        if usize::from(self.count) > SEGMENTS {
            (_, between) = (f.write_str("…")?, ".");
        }
        for (name, index) in self.names.iter().zip(&self.indices).take(kept).rev() {
            match name {
                Some(name) => write!(f, "{between}{}", name.trim_start_matches("r#"))?,
                None => write!(f, "[{index}]")?,
            }
            between = ".";
        }
        Ok(())
    }

    #[cfg(not(debug_assertions))]
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// In the form of a text, like the other fields.
impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// What came of a member's validation or encoding, whose error tells the member's name where errors have paths.
#[cfg(debug_assertions)]
#[doc(hidden)]
#[macro_export]
macro_rules! within {
    ($result:expr, $name:ident) => {
        $result.map_err(|error| error.within(&stringify!($name)))
    };
}

/// What came of a member's validation or encoding.
#[cfg(not(debug_assertions))]
#[doc(hidden)]
#[macro_export]
macro_rules! within {
    ($result:expr, $name:ident) => {
        $result
    };
}

/// What came of an element's validation or encoding, whose error tells the element's index where errors have paths.
#[cfg(debug_assertions)]
macro_rules! within_index {
    ($result:expr, $index:expr) => {
        $result.map_err(|error| error.within_index($index))
    };
}

/// What came of an element's validation or encoding.
#[cfg(not(debug_assertions))]
macro_rules! within_index {
    ($result:expr, $index:expr) => {
        $result
    };
}

pub(super) use within_index;
