//! IR to Rust: one module per library.
//!
//! ```text
//! pub mod example_echo {          one per library
//!     pub const …                 consts
//!     pub enum …, bitflags! …     enums and bits, each with its wire form
//!     pub struct Foo<'a>          the value of a struct or table, to be sent; of a union an enum
//!     pub struct FooOwned         the same, with a fixed capacity of its own, to be kept
//!     wire_struct! { FooWire, FooView<'f>, FooBuilder }    its bytes, the view that receivers read, the builder
//!     pub struct Foo(pub …)       new types; on the wire and in views they are what is in them
//!     pub type Foo<'a> = …        aliases, as types of values
//!     pub enum Foo {}             a service: its name, and those of its members
//!     pub mod protocol { … }      a protocol: server trait, clients, events
//! }
//! ```
//!
//! What stands for a member differs with its use:
//!
//! | type                     | in a view            | in a value                    | in an owned value        |
//! |--------------------------|----------------------|-------------------------------|--------------------------|
//! | `string`                 | `&str`               | `&str`                        | `String<BOUND>`          |
//! | `vector` of numbers      | a slice              | a slice                       | `ArrayVec<_, BOUND>`     |
//! | other `vector`           | `Elements`           | a slice                       | `ArrayVec<_, BOUND>`     |
//! | `vector` of resources    | `Elements`           | `ArrayVec<_, BOUND>`          | -                        |
//! | `box<S>`                 | `Option<SView>`      | `Option<&S>`                  | `Option<SOwned>`         |
//! | `box` of a resource      | `Option<SView>`      | `Option<S>`                   | -                        |
//! | the same, recursive      | `Option<SView>`      | `&mut Option<S>`, left empty  | -                        |
//! | `union:optional`         | `Option<UView>`      | `Option<U>`                   | `Option<UOwned>`         |
//! | the same, recursive      | `Option<UView>`      | `Option<&U>`                  | -                        |
//! | of a resource, recursive | `Option<UView>`      | `&mut Option<U>`, left empty  | -                        |
//! | `string_array`           | `&[u8]`              | `[u8; N]`                     | `[u8; N]`                |
//! | handles, endpoints       | to be taken          | the object, optionally        | -                        |
//! | any member of a table    | in an `Option`       | in an `Option`                | in an `Option`           |
//!
//! - A struct, table or union whose value borrows nothing is its own owned form. There is one only where everything has a
//!   bound, the schema's or one of [`OwnedBounds`], and takes no more bytes than a message has; so not of what is recursive.
//!   The documentation of the others says why. What holds handles is kept as it was taken.
//! - What may be large or borrows has a builder, but for a table with a member `maybe`, which builders have a function for.
//! - A flexible union that is made of a view has the variant `Unknown` for the ordinals of newer peers.
//! - A table's value has `new` and a function per member that sets it; a struct whose members all have defaults has
//!   `Default`, one with some defaults has constants for these.
//! - A vector of resources has room for as many elements as a message can carry handles, or for its bound if that is
//!   less or the elements have no handles.
//! - A payload struct written in place with up to five members is passed member by member, any other payload as a whole.
//! - A method with an error type returns a result: on servers the answer, in clients inside that of the call.
//! - Handles of other libraries than `zx`, and ends of protocols over other transports than channels, are plain handles.
//!   Of such protocols there are the ordinals alone.
//! - Overlays and pointers are for C: nothing stands for them. What has one in it is left out, with a comment that says so.
//! - Marked as deprecated is what says so of itself.
//! - The built-in library `zx` is the runtime's module of that name.
//!
//! Items are built as tokens and formatted by `prettyplease`; the declarations that the runtime's macros take are
//! written as text, because a formatter knows nothing of them.

mod client;
mod consts;
mod enums;
mod events;
mod facts;
mod members;
mod names;
mod new_types;
mod owned;
mod protocols;
mod server;
mod services;
mod spelling;
mod structs;
mod tables;
mod text;
mod types;
mod unions;

use crate::ir::{DeclId, DeclKind, LibraryId, Schema};
use facts::Facts;
use text::Module;

pub use owned::{BadBound, OwnedBounds};
pub use spelling::Spelling;

/// The number of the interface between generated code and the runtime. The runtime's is the same, or generated code
/// does not compile and says so.
pub const INTERFACE: u32 = 1;

/// The Rust module of one library of a schema, as the text of a file. It is the same on every run.
#[must_use]
pub fn generate(schema: &Schema, library: LibraryId) -> String {
    generate_with(&OwnedBounds::default(), schema, library)
}

/// The same, with bounds for owned types where the schema has none.
#[must_use]
pub fn generate_with(bounds: &OwnedBounds, schema: &Schema, library: LibraryId) -> String {
    let facts = Facts::of(schema, bounds);
    let cx = Context { schema, facts: &facts, bounds, library, inside_protocol: false };
    let mut module = Module::default();
    module.text(format!("::fidl::generated::interface!({INTERFACE});\n"));
    let library = schema.library(library);
    for id in &library.decls {
        emit(cx, *id, &mut module);
    }
    let deprecated = library.decls.iter().all(|id| schema.decl(*id).element.deprecated);
    module.finish(library, &names::library_module(&library.name), deprecated)
}

fn emit(cx: Context<'_>, id: DeclId, module: &mut Module) {
    let decl = cx.schema.decl(id);
    match &decl.kind {
        DeclKind::Const(constant) => consts::emit(cx, id, constant, module),
        DeclKind::Bits(bits) => enums::emit_bits(cx.names(id), decl, bits, module),
        DeclKind::Enum(layout) => enums::emit_enum(cx.names(id), decl, layout, module),
        // The runtime has the one and the other for all methods.
        DeclKind::Struct(layout) if layout.empty_success => {}
        DeclKind::Union(layout) if layout.result => {}
        _ if cx.facts.has_no_form(id) => module.text(left_out(&decl.element.name)),
        DeclKind::Struct(layout) => structs::emit(cx, id, layout, module),
        DeclKind::Table(layout) => tables::emit(cx, id, layout, module),
        DeclKind::Union(layout) => unions::emit(cx, id, layout, module),
        DeclKind::NewType(new) => new_types::emit(cx, id, new, module),
        DeclKind::Alias(alias) if cx.has_no_form(&alias.target) => module.text(left_out(&decl.element.name)),
        DeclKind::Alias(alias) => new_types::emit_alias(cx, id, alias, module),
        DeclKind::Protocol(protocol) => protocols::emit(cx, id, protocol, module),
        DeclKind::Service(service) => services::emit(cx, id, service, module),
        // A kind of handle is not declared in Rust, and overlays have been left out above.
        DeclKind::Resource(_) | DeclKind::Overlay(_) => {}
    }
}

/// Says why something is not there.
fn left_out(name: &str) -> String {
    format!(
        "// `{name}` is left out: it has an overlay, a pointer or itself in it, for which there is nothing in Rust.\n"
    )
}

/// The name of the file for a library's module: `a.b.c` goes to `a_b_c.rs`.
#[must_use]
pub fn file_name(library: &str) -> String {
    format!("{}.rs", names::library_module(library))
}

/// What every part of the back end looks things up in.
#[derive(Clone, Copy)]
struct Context<'a> {
    schema: &'a Schema,
    facts: &'a Facts,
    bounds: &'a OwnedBounds,
    /// The library that is generated.
    library: LibraryId,
    /// Whether paths are seen from the module of a protocol, which lies in the library's.
    inside_protocol: bool,
}

impl Context<'_> {
    /// The same, seen from the module of a protocol.
    fn inside_protocol(self) -> Self {
        Self { inside_protocol: true, ..self }
    }
}
