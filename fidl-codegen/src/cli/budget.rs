//! `fidl-codegen budget`.

use std::path::PathBuf;

use fidl_codegen::budget::budget;
use fidl_codegen::diagnostics::Report;
use fidl_codegen::ir::LibraryId;

use super::files::read_all;
use super::findings::{Failure, Format};
use super::options::Compiling;

/// Prints how large messages get
///
/// For each message of each protocol the most bytes, header included, and the most handles; the members without a
/// bound that make it as large as a channel takes; and whether newer peers may send more than the schema describes.
/// Files are given as for `check`. Libraries without protocols are left out.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fidl-codegen budget schemas/echo.fidl
  fidl-codegen budget schemas/types.fidl schemas/store/*.fidl")]
pub(super) struct Arguments {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    compiling: Compiling,
}

impl Arguments {
    pub(super) fn format(&self) -> Format {
        self.compiling.format.format
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let libraries = fidl_codegen::group_by_library(read_all(&arguments.files)?);
    let compiled = arguments.compiling.compile(&libraries)?;
    let schema = &compiled.schema;
    let given = schema.libraries.iter().zip(0..).filter(|(library, _)| !library.builtin);
    let budgets = given.map(|(_, index)| budget(schema, LibraryId(index)));
    let spoken: Vec<String> =
        budgets.filter(|budget| !budget.protocols.is_empty()).map(|budget| budget.to_string()).collect();
    match spoken.is_empty() {
        true => println!("no protocols"),
        false => print!("{}", spoken.join("\n")),
    }
    Ok(compiled.warnings)
}
