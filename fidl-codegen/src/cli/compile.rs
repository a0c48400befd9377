//! `fidl-codegen compile`.

use std::path::PathBuf;

use clap::ArgGroup;
use fidl_codegen::diagnostics::Report;
use fidl_codegen::ir::{Library, LibraryId, Value};
use fidl_codegen::versions::Version;
use fidl_codegen::{Compiled, json, rust};

use super::files::{Libraries, read_libraries};
use super::findings::{Failure, Format};
use super::options::{Compiling, Generating};
use super::output::{self, Output};

/// Compiles the last of the libraries given
///
/// Each `--files` is one library, and stands after those that it imports. Without `--rust` and `--json` the
/// libraries are only checked. Nothing is written if there are errors, and no file whose text would not change.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("outputs").multiple(true).args(["rust", "json"]), after_help = "\
Examples:
  fidl-codegen compile --rust echo.rs --files schemas/echo.fidl
  fidl-codegen compile --rust generated/ --json store.json --depfile store.d --name example.store \\
      --files schemas/types.fidl --files schemas/store/reads.fidl schemas/store/writes.fidl
  fidl-codegen compile --json io.json --available fuchsia:HEAD --versioned fuchsia --files io/*.fidl")]
pub(super) struct Arguments {
    /// Where the Rust module goes: a file, or a folder for a file named after the library
    #[arg(long, value_name = "OUT")]
    rust: Option<PathBuf>,
    /// Where the resolved library goes as JSON, for back ends
    #[arg(long, value_name = "OUT")]
    json: Option<PathBuf>,
    /// Where a list of the inputs goes, in the form that Make reads; not without `--rust` or `--json`
    #[arg(long, value_name = "OUT", requires = "outputs")]
    depfile: Option<PathBuf>,
    /// Fails unless the library has this name
    #[arg(long, value_name = "LIBRARY")]
    name: Option<String>,
    /// Fails unless the library belongs to this platform and, if that is given, was added at this version
    #[arg(long, value_name = "PLATFORM[:VERSION]", value_parser = platform)]
    versioned: Option<Platform>,
    #[command(flatten)]
    libraries: Libraries,
    #[command(flatten)]
    generating: Generating,
    #[command(flatten)]
    compiling: Compiling,
}

/// What `--versioned` asks for.
#[derive(Clone)]
struct Platform {
    name: String,
    added: Option<Version>,
}

fn platform(text: &str) -> Result<Platform, String> {
    let (name, added) = text.split_once(':').map_or((text, None), |(name, added)| (name, Some(added)));
    let added = added
        .map(str::parse)
        .transpose()
        .map_err(|error: fidl_codegen::versions::BadSelection| error.to_string())?;
    Ok(Platform { name: name.to_owned(), added })
}

impl Arguments {
    pub(super) fn format(&self) -> Format {
        self.compiling.format.format
    }

    /// What the options ask of the library.
    fn demand(&self, library: &Library) -> Result<(), Failure> {
        let found = &library.name;
        if let Some(name) = self.name.as_ref().filter(|name| *name != found) {
            return Err(Failure::Other(format!("the library is named `{found}`, not `{name}`")));
        }
        let Some(Platform { name, added }) = &self.versioned else { return Ok(()) };
        if *name != library.platform {
            let found = &library.platform;
            return Err(Failure::Other(format!("the library belongs to platform `{found}`, not `{name}`")));
        }
        match added {
            Some(version) if added_at(library) != Some(i128::from(version.value())) => {
                Err(Failure::Other(format!("the library was not added at version {version} of `{name}`")))
            }
            _ => Ok(()),
        }
    }
}

/// The version at which a library was added.
fn added_at(library: &Library) -> Option<i128> {
    let available = library.attributes.iter().find(|attribute| attribute.name == "available")?;
    let added = available.arguments.iter().find(|argument| argument.name == "added")?;
    match added.value.value {
        Value::Integer(version) => Some(version),
        _ => None,
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Report, Failure> {
    let paths = &arguments.libraries.0;
    let libraries = read_libraries(paths)?;
    let Compiled { schema, warnings } = arguments.compiling.compile(&libraries)?;
    arguments.demand(schema.target())?;
    let target = LibraryId(schema.libraries.len() as u32 - 1);
    let bounds = arguments.generating.bounds(&schema)?;
    let mut output = Output::default();
    if let Some(path) = &arguments.json {
        output.add(path, json::write(&schema, target));
    }
    if let Some(path) = &arguments.rust {
        output
            .add(&output::module(path, &schema.target().name), rust::generate_with(&bounds, &schema, target));
    }
    if let Some(path) = &arguments.depfile {
        output.add_dependencies(path, paths.iter().flatten().map(PathBuf::as_path));
    }
    output.write(paths.iter().flatten().map(PathBuf::as_path))?;
    Ok(warnings)
}
