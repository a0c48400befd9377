//! The command line. Exit status: 0, or 1 for errors in schemas and files that cannot be read or written, or
//! 2 for wrong usage.

mod check;
mod compile;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fidl_codegen::diagnostics::Report;
use fidl_codegen::{Compiled, Source};

/// Compiles FIDL schemas to Rust.
#[derive(Parser)]
#[command(name = "fidl-codegen", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  fidl-codegen check schemas/echo.fidl
  fidl-codegen compile --rust echo.rs --files schemas/echo.fidl

Exit status: 0; 1 if a schema has errors or a file cannot be read or written; 2 for wrong usage.";

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Compile(compile::Arguments),
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match failure {
                Failure::Schema(report) => print(&report),
                Failure::Other(line) => eprintln!("error: {line}"),
            }
            ExitCode::from(1)
        }
    }
}

/// Why a command failed.
enum Failure {
    /// Schemas have errors.
    Schema(Box<Report>),
    /// Anything that one line can say.
    Other(String),
}

fn read(path: &Path) -> Result<Source, Failure> {
    Source::read(path).map_err(|error| Failure::Other(format!("cannot read `{}`: {error}", path.display())))
}

/// Compiles, and prints the warnings.
fn compile_libraries(libraries: &[Vec<Source>]) -> Result<Compiled, Failure> {
    let compiled = fidl_codegen::compile(libraries).map_err(|report| Failure::Schema(Box::new(report)))?;
    print(&compiled.warnings);
    Ok(compiled)
}

fn print(report: &Report) {
    eprint!("{}", report.render(std::io::stderr().is_terminal()));
}
