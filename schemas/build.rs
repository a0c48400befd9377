//! Compiles the schemas of this folder for the examples, tests and benches.

fn main() {
    fidl_codegen::Builder::new().file("schemas/echo.fidl").file("schemas/bench.fidl").compile_or_exit();
}
