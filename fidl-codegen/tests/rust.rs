//! The back end: stored expectations of its output, which is the same on every run.
//!
//! `rust/` holds small schemas and the Rust of their last library; `UPDATE_EXPECT=1` stores what is found. The built-in
//! library is held against the file that the runtime includes.

mod support;

use std::path::Path;

use fidl_codegen::Source;
use fidl_codegen::ir::{LibraryId, Schema};
use fidl_codegen::rust::generate;
use support::{expect, inputs, package};

fn compile(path: &Path) -> Schema {
    support::compile(path).unwrap_or_else(|report| panic!("{}", report.render(false))).schema
}

fn last_library(schema: &Schema) -> String {
    generate(schema, LibraryId(schema.libraries.len() as u32 - 1))
}

#[test]
fn schemas_give_their_rust() {
    let results = inputs("rust").into_iter().map(|path| {
        let actual = last_library(&compile(&path));
        expect(&path.with_extension("rs"), &actual)
    });
    let complaints: Vec<String> = results.filter_map(Result::err).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_run_gives_the_same_rust() {
    for path in inputs("rust").into_iter().chain(inputs("ok")) {
        assert_eq!(last_library(&compile(&path)), last_library(&compile(&path)), "{}", path.display());
    }
}

#[test]
fn built_in_library_is_the_runtimes() {
    let source = Source::new("user.fidl", "library user; using zx; type A = struct { rights zx.Rights; };");
    let schema = fidl_codegen::compile(&[vec![source]]).expect("a schema without errors").schema;
    let index = schema.libraries.iter().position(|library| library.builtin).expect("it is imported");
    let actual = generate(&schema, LibraryId(index as u32));
    expect(&package().join("../fidl-runtime/src/zx.rs"), &actual).unwrap();
}
