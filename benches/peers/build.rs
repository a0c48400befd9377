//! Compiles our own schema, and the request that Cap'n Proto's compiler has made of its. What `flatc` makes lies in
//! `generated/`: neither of the two compilers is on every machine.

fn main() {
    fidl_codegen::Builder::new().file("schemas/peers.fidl").compile_or_exit();
    let request = "schemas/shapes.capnp.request";
    println!("cargo::rerun-if-changed={request}");
    capnpc::codegen::CodeGenerationCommand::new()
        .output_directory(std::env::var_os("OUT_DIR").expect("Cargo sets it"))
        .default_parent_module(vec!["peers".to_owned(), "capnp".to_owned()])
        .run(std::fs::File::open(request).expect("the request is there"))
        .expect("the request is well formed");
}
