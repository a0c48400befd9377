//! `ERRORS.md`: every number of the language's catalogue of errors, with the code that reports it and the input that brings
//! it about, or why nothing does. `UPDATE_EXPECT=1` writes it.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use fidl_codegen::diagnostics::{Code, Severity};
use support::{compile, expect, inputs, package};

/// The last number of the catalogue.
const LAST: u16 = 223;

/// Numbers that the language's own compiler has given up.
const RETIRED: [u16; 39] = [
    5, 21, 47, 76, 78, 79, 85, 86, 87, 89, 90, 95, 96, 98, 99, 100, 105, 106, 108, 109, 119, 134, 136, 137,
    138, 139, 140, 143, 144, 170, 174, 176, 182, 183, 190, 194, 195, 196, 200,
];

/// Numbers that cannot arise, each with the reason.
const REASONS: [(u16, &str); 11] = [
    (50, "cannot arise: default values of members need no leave"),
    (60, "a second error for one mistake: the constant's value is reported, its name is not"),
    (
        80,
        "cannot be brought about: a name would have to be found whose hash is 0; ordinals are then reported as E0081",
    ),
    (101, "a second error for one mistake: the value that is no size is reported"),
    (102, "a second error for one mistake: the member's value is reported"),
    (103, "a second error for one mistake: the default value is reported"),
    (104, "a second error for one mistake: the argument's value is reported"),
    (127, "cannot arise: no attribute needs more than one argument; see E0128"),
    (191, "cannot arise: methods without a modifier are flexible"),
    (192, "cannot arise: protocols without a modifier are open"),
    (202, "retired"),
];

#[test]
fn the_catalogue_is_covered() {
    let seen = first_inputs();
    let mut text = String::from(
        "# Errors\n\n\
         The codes up to 999 have the numbers of FIDL's own catalogue: `E0034` here is `fi-0034` there. Each names the test \
         input that brings it about, or why nothing does.\n\n\
         | Code | What is wrong | Input |\n|---|---|---|\n",
    );
    for number in 1..=LAST {
        let line = row(number, &seen);
        writeln!(
            text,
            "{}",
            line.unwrap_or_else(|| panic!("E{number:04} has neither an input nor a reason"))
        )
        .unwrap();
    }
    text += "\nWhat other compilers do not check, or not in this way:\n\n| Code | What is wrong | Input |\n|---|---|---|\n";
    for code in Code::ALL.iter().filter(|code| code.number > LAST) {
        let input =
            seen.get(&code.number).map_or("`tests/robustness.rs`, too large to store", String::as_str);
        writeln!(text, "| {code} | {} | {input} |", code.title).unwrap();
    }
    expect(&package().join("ERRORS.md"), &text).unwrap();
}

fn row(number: u16, seen: &BTreeMap<u16, String>) -> Option<String> {
    let code = Code::ALL.iter().find(|code| code.number == number);
    let reason = REASONS.iter().find(|(of, _)| *of == number).map(|(_, reason)| *reason);
    let reason = reason.or(RETIRED.contains(&number).then_some("retired"));
    match (code, reason) {
        (Some(code), None) => {
            let warning = if code.severity == Severity::Warning { " (warning)" } else { "" };
            Some(format!("| {code} | {}{warning} | {} |", code.title, seen.get(&number)?))
        }
        (None, Some(reason)) => Some(format!("| E{number:04} | | {reason} |")),
        _ => None,
    }
}

/// For each number the first input whose report has it.
fn first_inputs() -> BTreeMap<u16, String> {
    let mut seen = BTreeMap::new();
    for path in inputs("err").into_iter().chain(inputs("ok")) {
        for diagnostic in report(&path) {
            let name = path.strip_prefix(package()).unwrap().display();
            seen.entry(diagnostic).or_insert_with(|| format!("`{name}`"));
        }
    }
    seen
}

fn report(path: &Path) -> Vec<u16> {
    let report = match compile(path) {
        Ok(compiled) => compiled.warnings,
        Err(report) => report,
    };
    report.diagnostics().iter().map(|diagnostic| diagnostic.code.number).collect()
}
