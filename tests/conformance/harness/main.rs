//! Runs cases in GIDL, the language of FIDL's test cases, against the compiler and the runtime.
//!
//! The build script has made Rust of them; see `README.md`. A case passes if what is encoded is what it says byte for byte
//! and handle for handle, if what is decoded says what it says, member for member, in views and owned values, and if what must
//! be refused is refused for the reason that it names. No case may leave a handle open or close one twice.

mod case;
mod errors;
mod handles;
mod kernel;
mod message;
mod run;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use case::{Case, Note, Set};

mod own {
    include!(concat!(env!("OUT_DIR"), "/own/mod.rs"));
}

mod given {
    include!(concat!(env!("OUT_DIR"), "/given/mod.rs"));
}

/// How many cases ended in which way.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// The name of all cases together.
const ALL: &str = "all_cases";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        // For runners that start each test by itself: here all cases are one.
        if !arguments.iter().any(|argument| argument == "--ignored") {
            println!("{ALL}: test");
        }
        return ExitCode::SUCCESS;
    }
    let filters: Vec<_> =
        arguments.into_iter().filter(|argument| !argument.starts_with('-') && argument != ALL).collect();
    let own = run_set(&own::SET, &filters);
    println!("own cases: {}\n", own.text());
    if given::SET.files.is_empty() {
        println!("{} has no cases: skipped. FIDL_CONFORMANCE_DIR names another folder.", given::SET.folder);
    }
    let given = run_set(&given::SET, &filters);
    println!("{}", given.text());
    if own.failed + given.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Count {
    fn text(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Runs the cases of a folder of which the names have one of the filters in them, and tells of them.
fn run_set(set: &Set, filters: &[String]) -> Count {
    let wanted = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter));
    let mut count = Count::default();
    let cases: Vec<_> =
        set.files.iter().flat_map(|file| file.cases).filter(|case| wanted(case.name)).collect();
    let steps: usize = cases.iter().map(|case| case.steps.len()).sum();
    println!("{}: {} files, {} cases, {steps} steps", set.folder, set.files.len(), cases.len());
    tell_of_excluded(&cases);
    let faults = set.faults.iter().chain(set.files.iter().flat_map(|file| file.faults));
    for Note { name, place, text } in faults {
        println!("FAILED {name} {place}\n    {text}");
        count.failed += 1;
    }
    for case in cases {
        match catch_unwind(AssertUnwindSafe(|| run::run(case))) {
            Ok(Ok(())) => count.passed += 1,
            result => {
                let text = result
                    .map_or_else(|_| "panicked, see above".to_owned(), |it| it.err().unwrap_or_default());
                println!("FAILED {} ({})\n    {text}", case.name, case.place);
                count.failed += 1;
            }
        }
    }
    for Note { name, place, text } in
        set.files.iter().flat_map(|file| file.skips).filter(|note| wanted(note.name))
    {
        println!("skipped {name} ({place}): {text}");
        count.skipped += 1;
    }
    count
}

/// Lists the cases that are not for the bindings that Fuchsia has for Rust.
fn tell_of_excluded(cases: &[&Case]) {
    let excluded: Vec<_> = cases.iter().filter(|case| !case.excluded.is_empty()).collect();
    if excluded.is_empty() {
        return;
    }
    println!("{} of them are excluded for other bindings of Rust, and run all the same:", excluded.len());
    for case in excluded {
        println!("    {} ({}): {}", case.name, case.place, case.excluded);
    }
}
