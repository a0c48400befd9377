//! Stored expectations: `ok/` holds schemas and their IR, `err/` schemas and what is said about them.
//! `UPDATE_EXPECT=1` stores what is found.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use fidl_codegen::diagnostics::{Code, code};
use support::{compile, dump::dump, expect, inputs};

#[test]
fn schemas_without_errors_give_their_ir() {
    check("ok", "ir");
}

#[test]
fn schemas_with_errors_give_diagnostics() {
    check("err", "txt");
}

/// All that compiling an input gives, as text.
fn run(path: &Path) -> String {
    match compile(path) {
        Ok(compiled) => compiled.warnings.render(false) + &dump(&compiled.schema),
        Err(report) => report.render(false),
    }
}

#[test]
fn every_run_gives_the_same() {
    for path in inputs("err").into_iter().chain(inputs("ok")) {
        assert_eq!(run(&path), run(&path), "{}", path.display());
    }
}

fn check(folder: &str, extension: &str) {
    let results = inputs(folder).into_iter().map(|path| expect(&path.with_extension(extension), &run(&path)));
    let complaints: Vec<String> = results.filter_map(Result::err).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Every row of the table of codes has an input that brings it about. Some inputs are too large to be stored;
/// `robustness.rs` makes them.
#[test]
fn every_code_has_its_input() {
    let mut seen = BTreeSet::new();
    for path in inputs("err").into_iter().chain(inputs("ok")) {
        let report = match compile(&path) {
            Ok(compiled) => compiled.warnings,
            Err(report) => report,
        };
        seen.extend(report.diagnostics().iter().map(|diagnostic| diagnostic.code.number));
    }
    let made = [code::TOO_MANY_METHODS, code::TOO_MANY_VERSIONS];
    let missing: Vec<String> = Code::ALL
        .iter()
        .filter(|code| !seen.contains(&code.number) && !made.contains(code))
        .map(|code| format!("{code} {}", code.title))
        .collect();
    assert!(missing.is_empty(), "no input for:\n{}", missing.join("\n"));
}
