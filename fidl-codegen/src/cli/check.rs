//! `fidl-codegen check`.

use std::path::PathBuf;

use fidl_codegen::diagnostics::Report;

use super::files::read_all;
use super::findings::{Failure, Format};
use super::options::Compiling;

/// Checks schemas and writes nothing
///
/// Files that name the same library belong together; libraries may import one another in any order in which
/// the files are given.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fidl-codegen check schemas/echo.fidl
  fidl-codegen check --werror schemas/types.fidl schemas/store/*.fidl
  fidl-codegen check --format json --available fuchsia:20 schemas/store/*.fidl")]
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
    Ok(arguments.compiling.compile(&libraries)?.warnings)
}
