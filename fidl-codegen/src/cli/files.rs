//! Reading: schemas, the files of several libraries, files of arguments.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use fidl_codegen::Source;

use super::findings::Failure;

/// Replaces each argument `@FILE` by those in the file. They are not looked into again.
pub(super) fn expand(arguments: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, Failure> {
    let mut expanded = Vec::new();
    for argument in arguments {
        match argument.to_str().and_then(|text| text.strip_prefix('@')) {
            None => expanded.push(argument),
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| cannot_read(path.as_ref(), &error))?;
                expanded.extend(text.split_whitespace().map(OsString::from));
            }
        }
    }
    Ok(expanded)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    Source::read(path).map_err(|error| cannot_read(path.as_os_str(), &error))
}

/// Reads files.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    once(paths)?;
    paths.iter().map(|path| read(path)).collect()
}

/// Reads the files of each library.
pub(super) fn read_libraries(libraries: &[Vec<PathBuf>]) -> Result<Vec<Vec<Source>>, Failure> {
    once(libraries.iter().flatten())?;
    libraries.iter().map(|paths| read_all(paths)).collect()
}

/// Each file is given once, be it by several paths. Those that cannot be found are left to who reads them.
fn once<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    let mut found = paths.into_iter().filter(|path| path.is_file());
    match found.find(|path| fs::canonicalize(path).is_ok_and(|path| !seen.insert(path))) {
        Some(path) => Err(Failure::Other(format!("`{}` is given twice", path.display()))),
        None => Ok(()),
    }
}

fn cannot_read(path: &OsStr, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot read `{}`: {error}", path.display()))
}

/// The values of each `--files`. The parser that clap derives would run them together.
pub(super) struct Libraries(pub(super) Vec<Vec<PathBuf>>);

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
