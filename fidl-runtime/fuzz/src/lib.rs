//! What the fuzz targets share: the types, and what is done with a message of each.

use std::collections::HashMap;
use std::fmt::{self, Debug, Write};
use std::path::Path;
use std::sync::LazyLock;

use fidl::wire::zerocopy::IntoBytes;
use fidl::wire::{Body, DecodeError, EncodeRef, EncodeRule, HandleSlot, ValueType, Wire, restore, validate};
use fidl::{persist, unpersist};
use fidl_codegen::ir::{DeclId, DeclKind, Schema};
use fidl_codegen::rust::Spelling;
use fidl_codegen::{Options, Source, compile_with, group_by_library};

/// Validates a message and reads all there is of it. Where there is a type that keeps its content, the message is made into one
/// and encoded from it again. Panics if something is wrong with that.
pub type Exercise = fn(&mut [u8], &[HandleSlot]) -> Result<(), DecodeError>;

/// A type of the schemas.
#[derive(Clone, Copy)]
pub struct Type {
    /// The library's module, and the name of the wire type.
    pub name: &'static str,
    /// What is done with its messages.
    pub exercise: Exercise,
}

macro_rules! read {
    ($group:ident::$module:ident $wire:ident) => {
        Type {
            name: concat!(stringify!($module), "::", stringify!($wire)),
            exercise: |bytes, handles| {
                use $group::$module::$wire;
                read::<$wire>(bytes, handles)?;
                restore::<$wire>(bytes, 0);
                Ok(())
            },
        }
    };
}

macro_rules! owned {
    ($group:ident::$module:ident $wire:ident $owned:ident) => {
        Type {
            name: concat!(stringify!($module), "::", stringify!($wire)),
            exercise: |bytes, handles| {
                use $group::$module::{$owned, $wire};
                let length = bytes.len();
                let body = read::<$wire>(bytes, handles)?;
                // Handles can come with members that the schema does not know, and are lost with these.
                again::<$wire, $owned>(&$owned::from(body.view()), length, |body| $owned::from(body.view()));
                restore::<$wire>(bytes, 0);
                Ok(())
            },
        }
    };
}

#[allow(dead_code, deprecated, missing_docs, unreachable_pub, reason = "generated")]
mod schemas {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/index.rs"));
}
pub use schemas::TYPES;

/// A type of a schema that can be a message, and what is done with its messages.
pub type Declared = (&'static Schema, DeclId, &'static Type);

/// All of them.
pub static DECLARED: LazyLock<Vec<Declared>> = LazyLock::new(|| {
    let by_name: HashMap<&str, &'static Type> = TYPES.iter().map(|ty| (ty.name, ty)).collect();
    schemas::FILES.iter().flat_map(|files| declared(files, &by_name)).collect()
});

fn declared(files: &[&str], by_name: &HashMap<&str, &'static Type>) -> Vec<Declared> {
    let sources = files.iter().map(|path| Source::read(Path::new(path)).expect("the file is there"));
    let compiled = compile_with(&Options::default(), &group_by_library(sources.collect()));
    let schema: &'static Schema =
        Box::leak(Box::new(compiled.unwrap_or_else(|report| panic!("{report}")).schema));
    let spelling = Spelling::new(schema);
    let kinds = schema.decls.iter().zip(0..).filter(|(decl, _)| {
        matches!(decl.kind, DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_))
    });
    let ids = kinds.map(|(_, index)| DeclId(index)).filter(|id| !spelling.is_left_out(*id));
    ids.filter_map(|id| Some((schema, id, *by_name.get(spelling.wire(id).as_str())?))).collect()
}

/// Validates a message and calls every accessor of its view, by way of its `Debug`.
fn read<'f, W: Wire>(bytes: &'f mut [u8], handles: &'f [HandleSlot]) -> Result<Body<'f, W>, DecodeError>
where
    for<'v> W::View<'v>: Debug,
{
    struct Nowhere;
    impl fmt::Write for Nowhere {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            std::hint::black_box(text);
            Ok(())
        }
    }
    let body = validate::<W>(bytes, 0, handles).inspect_err(|error| {
        std::hint::black_box(error.to_string());
    })?;
    write!(Nowhere, "{:?}", body.view()).expect("nothing fails");
    Ok(body)
}

/// Encodes what was made of a message of so many bytes, decodes that and encodes it again: the same bytes, and no more of them
/// than there were.
fn again<W: ValueType, T: EncodeRef<W>>(value: &T, length: usize, own: fn(&Body<'_, W>) -> T) {
    let Some(first) = encoded(value, length) else { return };
    let mut words = words(&first);
    let bytes = &mut words.as_mut_bytes()[..first.len()];
    let body = unpersist::<W>(bytes).expect("what was encoded can be decoded");
    let second = encoded(&own(&body), length).expect("what was decoded can be encoded");
    assert_eq!(first, second, "the same value gives the same bytes");
}

/// A value's bytes; none if it has a union in a state that cannot be sent.
fn encoded<W: ValueType, T: EncodeRef<W>>(value: &T, length: usize) -> Option<Vec<u8>> {
    let mut buffer = vec![0xa5; length + 8];
    match persist::<W>(value, &mut buffer) {
        Ok(bytes) => Some(bytes.to_vec()),
        Err(error) if error.rule == EncodeRule::UnknownUnion => None,
        Err(error) => panic!("a value that came cannot be sent: {error}"),
    }
}

/// A copy of bytes with the alignment of messages, and zeros behind them.
#[must_use]
pub fn words(bytes: &[u8]) -> Vec<u64> {
    let mut words = vec![0_u64; bytes.len().div_ceil(8)];
    words.as_mut_bytes()[..bytes.len()].copy_from_slice(bytes);
    words
}

/// Does with a message what there is to do. What is sound is as it was afterwards. Panics if it is not.
///
/// # Errors
///
/// What the codec says of the message.
pub fn exercise(ty: &Type, message: &[u8], handles: &[HandleSlot]) -> Result<(), DecodeError> {
    let mut words = words(message);
    let bytes = &mut words.as_mut_bytes()[..message.len()];
    (ty.exercise)(bytes, handles)?;
    assert_eq!(bytes, message, "restored");
    Ok(())
}
