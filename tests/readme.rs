//! The README's code is that of the examples.

use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The fenced block behind the line that names a file.
fn block_behind<'a>(readme: &'a str, name: &str) -> &'a str {
    let behind = readme.split_once(&format!("`{name}`:\n")).expect("the README names the file").1;
    behind.split("```").nth(1).and_then(|block| block.split_once('\n')).expect("a block follows").1
}

#[test]
fn server_is_the_example() {
    let block = block_behind(&read("README.md"), "examples/adder.rs").to_owned();
    let example = read("examples/adder.rs");
    let code = &example[example.find("use ").unwrap()..];
    assert_eq!(code, block, "README.md and examples/adder.rs differ");
}

#[test]
fn client_is_a_part_of_the_example() {
    let readme = read("README.md");
    let behind = readme.split_once("(`examples/adder_client.rs`):\n").unwrap().1;
    let block = behind.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
    assert!(read("examples/adder_client.rs").contains(block), "README.md and the example differ:\n{block}");
}

#[test]
fn schema_is_the_example() {
    let block = block_behind(&read("README.md"), "schemas/calc.fidl").to_owned();
    let schema = read("schemas/calc.fidl");
    let without_comments: Vec<_> =
        schema.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
    assert_eq!(without_comments.join("\n").trim(), block.trim());
}

#[test]
fn a_large_answer_is_a_part_of_the_example() {
    let readme = read("README.md");
    let behind = readme.split_once("(`examples/directory.rs`):\n").unwrap().1;
    let block = behind.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n");
    assert!(lines(&read("examples/directory.rs")).contains(lines(block).trim()), "they differ:\n{block}");
}
