//! `fidl-codegen generate`.

use std::path::PathBuf;

use fidl_codegen::diagnostics::Report;
use fidl_codegen::ir::LibraryId;
use fidl_codegen::source::SourceMap;
use fidl_codegen::{json, rust};

use super::files::read_all;
use super::findings::{Failure, Format};
use super::options::{Formatting, Generating};
use super::output::{self, Output};

/// Makes Rust of a library that is given as JSON
///
/// The JSON may come from `fidl-codegen compile --json` or from another compiler of the language. Each file is one
/// library, and stands after those that it depends on; the last one is made into Rust.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fidl-codegen generate --rust echo.rs echo.json
  fidl-codegen generate --rust generated/ zx.json fuchsia.mem.json fuchsia.io.json")]
pub(super) struct Arguments {
    /// Where the Rust module goes: a file, or a folder for a file named after the library
    #[arg(long, value_name = "OUT")]
    rust: PathBuf,
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    generating: Generating,
    #[command(flatten)]
    format: Formatting,
}

impl Arguments {
    pub(super) fn format(&self) -> Format {
        self.format.format
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let schema = json::read(&read_all(&arguments.files)?).map_err(Failure::other)?;
    let target = LibraryId(schema.libraries.len() as u32 - 1);
    let mut output = Output::default();
    let path = output::module(&arguments.rust, &schema.target().name);
    let bounds = arguments.generating.bounds(&schema)?;
    output.add(&path, rust::generate_with(&bounds, &schema, target));
    output.write(arguments.files.iter().map(PathBuf::as_path))?;
    Ok(Report::new(SourceMap::default(), Vec::new()))
}
