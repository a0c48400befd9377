//! What all subcommands take that compile schemas.

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use fidl_codegen::ir::{Experiment, Schema};
use fidl_codegen::rust::OwnedBounds;
use fidl_codegen::versions::Selection;
use fidl_codegen::{Compiled, Options, Source, compile_with};

use super::findings::{Failure, Format};

/// How schemas are compiled.
#[derive(clap::Args)]
pub(super) struct Compiling {
    /// The version at which libraries of a platform are compiled, HEAD if nothing is selected; once for each
    /// platform. What was removed since one of several versions is kept
    #[arg(long, value_name = "PLATFORM:VERSION[,VERSION…]", value_parser = one_selection)]
    available: Vec<String>,
    /// Turns on an experimental part of the language; may be given several times
    #[arg(long, value_name = "NAME", value_parser = experiments())]
    experimental: Vec<String>,
    /// Takes warnings for errors
    #[arg(long)]
    werror: bool,
    #[command(flatten)]
    pub(super) format: Formatting,
}

/// How Rust is made of schemas.
#[derive(clap::Args)]
pub(super) struct Generating {
    /// The most bytes of a string, or elements of a vector, that owned types keep where the schema has no bound: for all, or
    /// for one member; may be given several times. An attribute of a member does the same: `@owned_bound("16")`
    #[arg(long, value_name = "[LIBRARY/TYPE.MEMBER=]N", value_parser = one_bound)]
    owned_bound: Vec<String>,
}

impl Generating {
    /// The bounds, for a schema that has the members that they name.
    pub(super) fn bounds(&self, schema: &Schema) -> Result<OwnedBounds, Failure> {
        let mut bounds = OwnedBounds::default();
        self.owned_bound.iter().try_for_each(|text| bounds.set(text)).map_err(Failure::other)?;
        bounds.check(schema).map_err(Failure::other)?;
        Ok(bounds)
    }
}

fn one_bound(text: &str) -> Result<String, String> {
    let set = OwnedBounds::default().set(text);
    set.map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// In which form findings are printed.
#[derive(clap::Args)]
pub(super) struct Formatting {
    /// The form in which findings are printed to standard error.
    ///
    /// `json` is a list of objects, empty if there is nothing to say: `code`, as E0052; `fi`, the number in the
    /// language's catalogue, as fi-0052, or null; `severity`, error or warning; `message`, the rule; `label`,
    /// what is special about this case; `path`, `start_line`, `start_column`, `end_line` and `end_column` of the
    /// culprit, counted in bytes from 1, the end behind the last byte; `labels`, other places with a `label`
    /// each; `help`, what could be done, or null. What concerns no place in a schema has null in the others.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

fn one_selection(text: &str) -> Result<String, String> {
    let selected = Selection::default().select_text(text);
    selected.map(|()| text.to_owned()).map_err(|error| error.to_string())
}

fn experiments() -> PossibleValuesParser {
    PossibleValuesParser::new(Experiment::ALL.map(Experiment::name))
}

impl Compiling {
    /// Compiles. Fails for warnings too if they are errors.
    pub(super) fn compile(&self, libraries: &[Vec<Source>]) -> Result<Compiled, Failure> {
        let compiled = compile_with(&self.options(), libraries).map_err(Failure::schema)?;
        if self.werror && !compiled.warnings.is_empty() {
            return Err(Failure::Warnings(Box::new(compiled.warnings)));
        }
        Ok(compiled)
    }

    fn options(&self) -> Options {
        let mut options = Options::default();
        for text in &self.available {
            if let Err(error) = options.available.select_text(text) {
                wrong_usage(&format!("--available: {error}"));
            }
        }
        options.experiments = self.experimental.iter().filter_map(|name| Experiment::of(name)).collect();
        options
    }
}

/// Ends the process as after any other wrong usage.
fn wrong_usage(message: &str) -> ! {
    super::Arguments::command().error(ErrorKind::ValueValidation, message).exit()
}
