//! Compiles schemas from a build script.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io, process};

use crate::diagnostics::Report;
use crate::ir::{LibraryId, Schema};
use crate::rust::{self, BadBound, OwnedBounds};
use crate::source::Source;
use crate::{Options, compile_with};

/// Compiles schemas to Rust, for a `build.rs`.
///
/// Libraries are given in an order in which each comes after those that it imports. For each one added with
/// [`file`](Self::file) or [`library`](Self::library) a file `library_name.rs` is written, the dots of the
/// name turned into underscores; a file whose text would not change is left alone.
///
/// ```no_run
/// // build.rs
/// fidl_codegen::Builder::new().file("schemas/echo.fidl").compile_or_exit();
/// ```
///
/// A library of several files that imports another:
///
/// ```no_run
/// fidl_codegen::Builder::new()
///     .dependency(["schemas/types.fidl"])
///     .library(["schemas/store/reads.fidl", "schemas/store/writes.fidl"])
///     .compile_or_exit();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    libraries: Vec<Library>,
    out_dir: Option<PathBuf>,
    options: Options,
    bounds: OwnedBounds,
}

#[derive(Clone, Debug)]
struct Library {
    files: Vec<PathBuf>,
    /// Whether a file is written for it.
    written: bool,
}

impl Builder {
    /// A builder without schemas.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a library of one file.
    #[must_use]
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        self.library([path])
    }

    /// Adds a library of several files.
    #[must_use]
    pub fn library<P: Into<PathBuf>>(self, files: impl IntoIterator<Item = P>) -> Self {
        self.add(files, true)
    }

    /// Adds a library that others import and for which nothing is written.
    #[must_use]
    pub fn dependency<P: Into<PathBuf>>(self, files: impl IntoIterator<Item = P>) -> Self {
        self.add(files, false)
    }

    fn add<P: Into<PathBuf>>(mut self, files: impl IntoIterator<Item = P>, written: bool) -> Self {
        let files = files.into_iter().map(Into::into).collect();
        self.libraries.push(Library { files, written });
        self
    }

    /// Sets the folder to write to. Without it that is the build script's `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Sets what is asked for besides the sources: the versions of platforms, parts of the language that must be
    /// turned on.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut options = fidl_codegen::Options::default();
    /// options.available.select_text("fuchsia:27")?;
    /// let builder = fidl_codegen::Builder::new().options(options);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets the bounds that owned types have where the schema has none; see [`OwnedBounds`].
    #[must_use]
    pub fn owned_bounds(mut self, bounds: OwnedBounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Compiles, writes, and tells Cargo to run the build script again when a schema changes. Gives the paths
    /// of the files, written or unchanged, in the order of their libraries.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written, if there is no folder to write to, or if a schema breaks a rule
    /// of the language.
    pub fn compile(&self) -> Result<Vec<PathBuf>, Error> {
        let out_dir = self.out_dir.clone().or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        let out_dir = out_dir.ok_or(Error::NoOutDir)?;
        for path in self.libraries.iter().flat_map(|library| &library.files) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        let compiled =
            compile_with(&self.options, &self.read()?).map_err(|report| Error::Schema(Box::new(report)))?;
        eprint!("{}", compiled.warnings.render(false));
        self.bounds.check(&compiled.schema).map_err(Error::Bound)?;
        let given = self.libraries.iter().filter(|library| !library.files.is_empty());
        let ids = given_libraries(&compiled.schema);
        let written = ids.zip(given).filter(|(_, library)| library.written);
        written.map(|(id, _)| write_library(&out_dir, &compiled.schema, id, &self.bounds)).collect()
    }

    /// Like [`compile`](Self::compile), but on failure prints what is wrong and ends the process with status
    /// 1.
    pub fn compile_or_exit(&self) {
        if let Err(error) = self.compile() {
            eprintln!("{error}");
            process::exit(1);
        }
    }

    fn read(&self) -> Result<Vec<Vec<Source>>, Error> {
        let read =
            |path: &PathBuf| Source::read(path).map_err(|error| Error::Read { path: path.clone(), error });
        self.libraries.iter().map(|library| library.files.iter().map(read).collect()).collect()
    }
}

/// The libraries that were given, without the one that the compiler supplies.
fn given_libraries(schema: &Schema) -> impl Iterator<Item = LibraryId> + '_ {
    let given = schema.libraries.iter().enumerate().filter(|(_, library)| !library.builtin);
    given.map(|(index, _)| LibraryId(index as u32))
}

fn write_library(
    out_dir: &Path,
    schema: &Schema,
    id: LibraryId,
    bounds: &OwnedBounds,
) -> Result<PathBuf, Error> {
    let path = out_dir.join(rust::file_name(&schema.library(id).name));
    write_if_changed(&path, &rust::generate_with(bounds, schema, id))?;
    Ok(path)
}

/// Writes a file unless it has this text already, so that what depends on it is not built again.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error| Error::Write { path: path.to_owned(), error };
    match fs::read(path) {
        Ok(old) if old == text.as_bytes() => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
        }
        _ => {}
    }
    fs::write(path, text).map_err(failed)
}

/// Why compiling from a build script failed.
#[derive(Debug)]
pub enum Error {
    /// A schema could not be read.
    Read {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Output could not be written.
    Write {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// No folder to write to was set, and `OUT_DIR` is not set either.
    NoOutDir,
    /// A bound of an owned form, given here or in a schema, cannot be.
    Bound(BadBound),
    /// A schema breaks a rule of the language.
    Schema(Box<Report>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, error } => write!(f, "cannot read `{}`: {error}", path.display()),
            Self::Write { path, error } => write!(f, "cannot write `{}`: {error}", path.display()),
            Self::NoOutDir => f.write_str("no folder to write to: OUT_DIR is not set"),
            Self::Bound(error) => error.fmt(f),
            Self::Schema(report) => report.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { error, .. } | Self::Write { error, .. } => Some(error),
            Self::Bound(error) => Some(error),
            Self::NoOutDir | Self::Schema(_) => None,
        }
    }
}
