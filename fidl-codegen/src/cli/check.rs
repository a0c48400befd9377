//! `fidl-codegen check`.

use std::path::PathBuf;

use super::{Failure, compile_libraries, read};

/// Checks schemas and writes nothing
///
/// Files that name the same library belong together; libraries may import one another in any order in which
/// the files are given.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fidl-codegen check schemas/echo.fidl
  fidl-codegen check schemas/types.fidl schemas/store/*.fidl")]
pub(super) struct Arguments {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let files = arguments.files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    compile_libraries(&fidl_codegen::group_by_library(files))?;
    Ok(())
}
