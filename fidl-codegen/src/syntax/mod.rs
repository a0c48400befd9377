//! Source text to tree. Neither the lexer nor the parser ever gives up: each file gives a tree and a list of
//! diagnostics, and what could not be read is left out of the tree and marked.
//!
//! The tree holds what was written and nothing about what it means. Its nodes refer to one another by index
//! into the lists of their [`File`], so passing through it never depends on how deep the source nests.

mod grammar;
mod lexer;
mod parser;
mod text;
mod token;
mod tree;

pub use text::{canonical, doc_text, unescape, upper_camel};
pub use tree::{
    Argument, Attribute, Attributes, Const, Constant, ConstantId, Constraints, Ctor, CtorId, Decl, DeclKind,
    File, Head, Layout, LayoutClass, LayoutId, LibraryDecl, Literal, Member, Method, Modifier,
    ModifierAvailability, ModifierKind, Name, Parameter, Parameters, Path, PathId, PathRole, Payload,
    Property, Protocol, ProtocolMember, Referrer, Resource, Service, Using,
};

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Severity, code};
use crate::source::{SourceMap, Span};

/// Reads one file.
#[must_use]
pub fn parse(sources: &SourceMap, file: u32) -> (File, Vec<Diagnostic>) {
    let source = sources.file(file);
    let (tokens, mut diagnostics) = lexer::lex(file, source);
    if let Some(offset) = source.invalid_at {
        let span = Span { file, start: offset, end: offset };
        diagnostics.push(Diagnostic::new(code::NOT_UTF8, span, "the text before this is sound"));
    }
    let (mut tree, errors) = parser::parse(file, &source.text, &tokens);
    let line = |diagnostic: &Diagnostic| source.line_start(diagnostic.span.start);
    let lines: HashSet<u32> =
        diagnostics.iter().filter(|it| it.code.severity == Severity::Error).map(line).collect();
    // What does not fit on a line that could not be split into tokens most likely follows from that.
    diagnostics.extend(errors.into_iter().filter(|error| !lines.contains(&line(error))));
    tree.broken = crate::diagnostics::has_errors(&diagnostics);
    (tree, diagnostics)
}
