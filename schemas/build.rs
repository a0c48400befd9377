//! Compiles the schemas of this folder for the examples, tests and benches.

fn main() {
    fidl_codegen::Builder::new()
        .file("schemas/echo.fidl")
        .file("schemas/calc.fidl")
        .file("schemas/openness.fidl")
        .file("schemas/shapes.fidl")
        .file("schemas/constructs.fidl")
        .file("schemas/store.fidl")
        .file("schemas/kinds.fidl")
        .file("schemas/bench.fidl")
        .compile_or_exit();
}
