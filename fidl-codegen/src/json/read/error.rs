//! What can be wrong, and where.

use std::fmt;

/// Why a schema could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file, by the path that was given for it; empty if no file was given.
    pub file: String,
    /// The place in the document, as `struct_declarations[0].name`; empty for the whole document.
    pub path: String,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There are no files.
    NoFiles,
    /// The text is no JSON, or a value is not of the form that its place asks for.
    Form(String),
    /// A key is missing that others make necessary.
    Missing(&'static str),
    /// This cannot be a name here.
    Name(String),
    /// This is declared, listed or numbered twice.
    Twice(String),
    /// No library of this name is among the files before this one.
    UnknownLibrary(String),
    /// There is no declaration or member of this name.
    Unknown(String),
    /// This declaration is not listed.
    Unlisted(String),
    /// What this name stands for is of another kind.
    Kind {
        /// The name.
        name: String,
        /// What is asked for.
        wanted: &'static str,
    },
    /// What this name stands for must come earlier in the order of declarations.
    Early(String),
    /// A value is not among those that its place takes.
    Value {
        /// The value.
        text: String,
        /// What is asked for.
        wanted: String,
    },
    /// A size or an offset is not what follows from the members.
    Layout {
        /// What the document says.
        found: u32,
        /// What follows.
        computed: u32,
    },
    /// The methods of a protocol are not those of the protocols that it composes and its own.
    Methods,
    /// A value type holds this member, which is of a resource type.
    Resource(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFiles => f.write_str("there is nothing to read"),
            Self::Form(text) => f.write_str(text),
            Self::Missing(key) => write!(f, "`{key}` is missing"),
            Self::Name(name) => write!(f, "`{name}` cannot be a name here"),
            Self::Twice(name) => write!(f, "`{name}` is here a second time"),
            Self::UnknownLibrary(name) => {
                write!(f, "library `{name}` is not among the files before this one")
            }
            Self::Unknown(name) => write!(f, "there is no `{name}`"),
            Self::Unlisted(name) => write!(f, "`{name}` is not here"),
            Self::Kind { name, wanted } => write!(f, "`{name}` is not {wanted}"),
            Self::Early(name) => write!(f, "`{name}` must come earlier in `declaration_order`"),
            Self::Value { text, wanted } => write!(f, "`{text}` is not {wanted}"),
            Self::Layout { found, computed } => {
                write!(f, "this is {found}, but from the members follows {computed}")
            }
            Self::Methods => f.write_str("these are not the methods of the composed protocols and its own"),
            Self::Resource(name) => write!(f, "member `{name}` makes this a resource type"),
        }
    }
}

impl std::error::Error for Error {}

/// A place in a document.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// The whole file.
    File(&'a str),
    /// What stands at a key of an object.
    Key(&'a At<'a>, &'static str),
    /// One of a list.
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    pub(super) fn key(&self, key: &'static str) -> At<'_> {
        At::Key(self, key)
    }

    pub(super) fn item(&self, index: usize) -> At<'_> {
        At::Item(self, index)
    }

    /// Something is wrong here.
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error { file: self.file().to_owned(), path: self.to_string(), kind }
    }

    fn file(&self) -> &str {
        match self {
            Self::File(file) => file,
            Self::Key(parent, _) | Self::Item(parent, _) => parent.file(),
        }
    }

    pub(super) fn missing(&self, key: &'static str) -> Error {
        self.error(ErrorKind::Missing(key))
    }

    pub(super) fn unknown(&self, name: &str) -> Error {
        self.error(ErrorKind::Unknown(name.to_owned()))
    }

    pub(super) fn twice(&self, name: &str) -> Error {
        self.error(ErrorKind::Twice(name.to_owned()))
    }

    pub(super) fn kind(&self, name: &str, wanted: &'static str) -> Error {
        self.error(ErrorKind::Kind { name: name.to_owned(), wanted })
    }

    pub(super) fn value(&self, text: impl ToString, wanted: impl Into<String>) -> Error {
        self.error(ErrorKind::Value { text: text.to_string(), wanted: wanted.into() })
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(_) => Ok(()),
            Self::Key(At::File(_), key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
