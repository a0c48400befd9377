//! What the compiler has to say: one table of codes, one form of diagnostic, one renderer.
//!
//! A stage makes [`Diagnostic`]s and pushes them into a list; nothing but [`Report::render`] turns them into
//! text.

mod codes;
mod render;
mod suggest;

pub use codes::{Code, Severity};
pub use suggest::{nearest, nearest_within};

pub mod code {
    //! Every code by name.
    pub use super::codes::names::*;
}

use std::fmt;

use crate::source::{SourceMap, Span};

/// One finding: a row of the table of codes, a place, and what is special about this case.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which rule is broken.
    pub code: Code,
    /// The culprit.
    pub span: Span,
    /// What stands under the culprit.
    pub label: String,
    /// Other places that matter, each with a text.
    pub places: Vec<(Span, String)>,
    /// What could be done.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with a label under the culprit.
    pub fn new(code: Code, span: Span, label: impl Into<String>) -> Self {
        Self { code, span, label: cut(label.into()), places: Vec::new(), help: None }
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn place(mut self, span: Span, text: impl Into<String>) -> Self {
        self.places.push((span, cut(text.into())));
        self
    }

    /// Says what could be done.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(cut(text.into()));
        self
    }

    /// Proposes a name, if there is one that comes near.
    #[must_use]
    pub fn did_you_mean(self, nearest: Option<&str>) -> Self {
        match nearest {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// A text, without its middle if it quotes something that is too long to read.
fn cut(text: String) -> String {
    const LONGEST: usize = 1000;
    if text.len() <= LONGEST {
        return text;
    }
    let head = text.floor_char_boundary(LONGEST / 2);
    let tail = text.ceil_char_boundary(text.len() - LONGEST / 2);
    format!("{}…{}", &text[..head], &text[tail..])
}

/// Diagnostics of one file, of which so many are kept that a file of noise does not fill the memory. The
/// first error is always among them.
#[derive(Debug, Default)]
pub struct Bounded {
    list: Vec<Diagnostic>,
    errors: usize,
}

impl Bounded {
    const MOST_OF_A_KIND: usize = 200;

    /// Keeps a diagnostic, if there is room for one of its severity.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let is_error = diagnostic.code.severity == Severity::Error;
        let kept = if is_error { self.errors } else { self.list.len() - self.errors };
        if kept < Self::MOST_OF_A_KIND {
            self.errors += usize::from(is_error);
            self.list.push(diagnostic);
        }
    }

    /// The diagnostic that was kept last.
    #[must_use]
    pub fn last(&self) -> Option<&Diagnostic> {
        self.list.last()
    }

    /// All that were kept.
    #[must_use]
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

/// The diagnostics of one run, with the sources that they point into.
#[derive(Clone, Debug)]
pub struct Report {
    sources: SourceMap,
    list: Vec<Diagnostic>,
}

impl Report {
    /// Sorts diagnostics by place and keeps them with their sources.
    #[must_use]
    pub fn new(sources: SourceMap, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.code.number));
        Self { sources, list }
    }

    /// The diagnostics in the order of their places.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The sources that the diagnostics point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|diagnostic| diagnostic.code.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }

    /// The diagnostics as text for people: source lines, carets, labels; with terminal colours if `styled`.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        render::render(self, styled)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Report {}

/// Whether a list holds an error, not warnings alone.
#[must_use]
pub fn has_errors(list: &[Diagnostic]) -> bool {
    list.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error)
}
