//! Every shape with every peer.

use crate::generate::{self, Random};
use crate::peers::Peer;
use crate::peers::bincode::Bincode;
use crate::peers::capnp::Capnp;
use crate::peers::fidl::Fidl;
use crate::peers::flatbuffers::Flatbuffers;
use crate::peers::hand::Hand;
use crate::peers::postcard::Postcard;
use crate::peers::prost::Prost;
use crate::peers::rkyv::Rkyv;
use crate::peers::wincode::Wincode;

/// What is to be done with each.
pub trait Visitor {
    /// A peer with a value.
    fn visit<P: Peer<T>, T>(&mut self, shape: &str, value: &T);
}

macro_rules! visit {
    ($visitor:ident, $shape:expr, $value:expr, [$($peer:ident)*]) => {{
        let value = $value;
        $($visitor.visit::<$peer<_>, _>($shape, &value);)*
    }};
    ($visitor:ident, $shape:expr, $value:expr) => {
        visit!($visitor, $shape, $value, [Fidl Hand Rkyv Flatbuffers Capnp Prost Bincode Postcard Wincode])
    };
}

/// Tables without Cap'n Proto, which has no numbers that may be absent.
macro_rules! visit_table {
    ($visitor:ident, $shape:expr, $value:expr) => {
        visit!($visitor, $shape, $value, [Fidl Hand Rkyv Flatbuffers Prost Bincode Postcard Wincode])
    };
}

/// Visits all shapes, each with all peers.
pub fn all(visitor: &mut impl Visitor) {
    let random = &mut Random::new(42);
    for bytes in [16, 256, 4096] {
        visit!(visitor, &format!("bytes_{bytes}"), generate::blob(random, bytes));
    }
    visit!(visitor, "struct_32", generate::reading());
    visit!(visitor, "alternating_256", generate::pairs(random));
    for (set, name) in [(true, "set"), (false, "unset")] {
        visit_table!(visitor, &format!("table_1_{name}"), generate::table_1(set));
        visit_table!(visitor, &format!("table_16_{name}"), generate::table_16(set));
        visit_table!(visitor, &format!("table_63_{name}"), generate::table_63(set));
    }
    visit!(visitor, "strings_64", generate::strings(random));
    visit!(visitor, "listing_32", generate::listing(random));
    visit!(visitor, "log", generate::logs(random));
    visit!(visitor, "mesh", generate::mesh(random));
    visit!(visitor, "minecraft_savedata", generate::players(random));
}
