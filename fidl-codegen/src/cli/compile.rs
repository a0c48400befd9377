//! `fidl-codegen compile`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use fidl_codegen::ir::LibraryId;
use fidl_codegen::{Source, builder, rust};

use super::{Failure, compile_libraries, read};

/// Compiles the last of the libraries given
///
/// Each `--files` is one library, and stands after those that it imports.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fidl-codegen compile --rust echo.rs --files schemas/echo.fidl
  fidl-codegen compile --rust store.rs --name example.store \\
      --files schemas/types.fidl --files schemas/store/reads.fidl schemas/store/writes.fidl")]
pub(super) struct Arguments {
    /// Where the Rust module goes
    #[arg(long, value_name = "OUT")]
    rust: PathBuf,
    /// Fails unless the library has this name
    #[arg(long, value_name = "LIBRARY")]
    name: Option<String>,
    #[command(flatten)]
    libraries: Libraries,
}

/// The values of each `--files`. The parser that clap derives would run them together.
struct Libraries(Vec<Vec<PathBuf>>);

impl FromArgMatches for Libraries {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = matches.get_occurrences("files").into_iter().flatten();
        Ok(Self(given.map(|files| files.cloned().collect()).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Libraries {
    fn augment_args(command: Command) -> Command {
        let files = Arg::new("files").long("files").value_name("FILE").required(true).num_args(1..);
        let files = files.action(ArgAction::Append).value_parser(value_parser!(PathBuf));
        command.arg(files.help("The files of one library; may be given several times"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let read_library = |files: &Vec<PathBuf>| files.iter().map(|path| read(path)).collect();
    let libraries: Vec<Vec<Source>> =
        arguments.libraries.0.iter().map(read_library).collect::<Result<_, Failure>>()?;
    let schema = compile_libraries(&libraries)?.schema;
    let found = &schema.target().name;
    if let Some(name) = arguments.name.as_ref().filter(|name| *name != found) {
        return Err(Failure::Other(format!("the library is named `{found}`, not `{name}`")));
    }
    let text = rust::generate(&schema, LibraryId(schema.libraries.len() as u32 - 1));
    builder::write_if_changed(&arguments.rust, &text).map_err(|error| Failure::Other(error.to_string()))
}
