//! The command line. Exit status: 0, or 1 for errors in schemas and files that cannot be read or written, or
//! 2 for wrong usage.
//!
//! One file for each subcommand; besides, `options` has what several of them take, `files` reads, `output`
//! writes, and `findings` says what is wrong.

mod budget;
mod check;
mod compile;
mod files;
mod findings;
mod generate;
mod options;
mod output;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fidl_codegen::diagnostics::Report;
use findings::{Failure, Format, print};

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
  fidl-codegen compile --json echo.json --files schemas/echo.fidl
  fidl-codegen generate --rust echo.rs echo.json
  fidl-codegen budget schemas/echo.fidl
  fidl-codegen @arguments.txt

An argument @FILE stands for the arguments in the file, with blanks or line breaks between them.

Exit status: 0; 1 if a schema has errors or a file cannot be read or written; 2 for wrong usage.";

#[derive(Subcommand)]
enum Command {
    Budget(budget::Arguments),
    Check(check::Arguments),
    Compile(compile::Arguments),
    Generate(generate::Arguments),
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let arguments = match files::expand(std::env::args_os()) {
        Ok(arguments) => Arguments::parse_from(arguments),
        Err(failure) => return finish(Format::Text, Err(failure)),
    };
    match arguments.command {
        Command::Budget(arguments) => finish(arguments.format(), budget::run(&arguments)),
        Command::Check(arguments) => finish(arguments.format(), check::run(&arguments)),
        Command::Compile(arguments) => finish(arguments.format(), compile::run(&arguments)),
        Command::Generate(arguments) => finish(arguments.format(), generate::run(&arguments)),
    }
}

/// Prints what was found: the warnings, or what is wrong.
fn finish(format: Format, done: Result<Report, Failure>) -> ExitCode {
    match done {
        Ok(warnings) => {
            print(&warnings, format);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            failure.print(format);
            ExitCode::from(1)
        }
    }
}
