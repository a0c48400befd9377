//! Compiles the schemas of this folder for the examples, tests and benches.

use fidl_codegen::ir::Experiment;
use fidl_codegen::rust::OwnedBounds;
use fidl_codegen::{Builder, Options};

fn main() {
    Builder::new()
        .file("schemas/echo.fidl")
        .file("schemas/calc.fidl")
        .file("schemas/directory.fidl")
        .file("schemas/openness.fidl")
        .file("schemas/shapes.fidl")
        .file("schemas/constructs.fidl")
        .file("schemas/store.fidl")
        .file("schemas/kinds.fidl")
        .file("schemas/bench.fidl")
        .compile_or_exit();
    let mut bounds = OwnedBounds::default();
    bounds.set("test.owned/Album.title=5").expect("a bound");
    Builder::new().owned_bounds(bounds).file("schemas/owned.fidl").compile_or_exit();
    let experiments = Experiment::ALL.into();
    let options = Options { experiments, ..Options::default() };
    Builder::new().options(options).file("schemas/gauge.fidl").compile_or_exit();
}
