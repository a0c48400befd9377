//! The grammar: one function per production, named after it.

mod attributes;
mod decls;
mod layouts;
mod protocols;
mod types;

use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{LibraryDecl, Name, PathRole, Referrer, Using, dotted};
use crate::diagnostics::code;
use crate::source::Span;

/// `file = attrs 'library' cid ';' (using ';')* (decl ';')*`
pub(super) fn file(p: &mut Parser<'_>) {
    library(p);
    while p.kind() != TokenKind::EndOfFile {
        let before = p.span();
        item(p);
        if p.span() == before {
            p.advance();
        }
    }
}

fn library(p: &mut Parser<'_>) {
    let attributes = attributes::attributes(p);
    if is_misspelt(p) {
        p.error(code::EXPECTED_KEYWORD, p.span(), "this should be `library`");
    } else if p.word() != "library" {
        p.error(code::EXPECTED_TOKEN, p.span(), "a file begins with `library` and the library's name");
        if !attributes.is_empty() {
            p.skip_item();
        }
        return;
    }
    p.advance();
    let Some((parts, span)) = cid(p) else { return p.skip_item() };
    for part in &parts {
        library_component(p, part);
    }
    p.tree.library = Some(LibraryDecl { attributes, name: dotted(&parts), span });
    p.semicolon();
}

/// Whether the file begins with a name behind a word that is not `library`, and that begins nothing else.
fn is_misspelt(p: &Parser<'_>) -> bool {
    const OTHERS: [&str; 13] = [
        "library",
        "using",
        "const",
        "type",
        "alias",
        "protocol",
        "resource_definition",
        "service",
        "open",
        "ajar",
        "closed",
        "strict",
        "flexible",
    ];
    p.kind() == TokenKind::Identifier
        && !OTHERS.contains(&p.word())
        && p.ahead(1).kind == TokenKind::Identifier
        && matches!(p.ahead(2).kind, TokenKind::Dot | TokenKind::Semicolon)
}

fn library_component(p: &mut Parser<'_>, part: &Name) {
    let plain = part.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !plain && !part.text.starts_with('_') && !part.text.ends_with('_') {
        p.error(code::BAD_LIBRARY_NAME, part.span, "only small letters and digits, and a letter first");
    }
}

/// An import or a declaration.
fn item(p: &mut Parser<'_>) {
    let attributes = attributes::attributes(p);
    if p.kind() == TokenKind::EndOfFile {
        return attributes::nothing_to_stand_on(p, &attributes);
    }
    if p.word() == "using" && p.ahead(1).kind == TokenKind::Identifier {
        for attribute in &attributes {
            p.error(code::ATTRIBUTE_ON_USING, attribute.span, "this stands before an import");
        }
        return using(p);
    }
    match decls::decl(p, attributes) {
        Some(()) => p.semicolon(),
        None => {
            p.skip_item();
            while p.opt(TokenKind::RightBrace) || p.opt(TokenKind::Semicolon) {}
        }
    }
}

/// `using = 'using' cid ('as' ID)?`
fn using(p: &mut Parser<'_>) {
    let keyword = p.advance();
    if !p.tree.decls.is_empty() {
        p.error(code::LATE_USING, keyword, "this stands behind a declaration");
    }
    let Some((parts, span)) = cid(p) else { return p.skip_item() };
    let alias = if p.opt_word("as") {
        let Some(name) = p.name() else { return p.skip_item() };
        Some(name)
    } else {
        None
    };
    p.tree.usings.push(Using { library: dotted(&parts), span, alias });
    p.semicolon();
}

/// `cid = ID ('.' ID)*`
fn cid(p: &mut Parser<'_>) -> Option<(Vec<Name>, Span)> {
    let first = p.name()?;
    let mut span = first.span;
    let mut parts = vec![first];
    while p.opt(TokenKind::Dot) {
        let part = p.name()?;
        span = span.to(part.span);
        parts.push(part);
    }
    Some((parts, span))
}

/// A `cid` that refers to something.
fn path(p: &mut Parser<'_>, role: PathRole) -> Option<super::tree::PathId> {
    let (parts, span) = cid(p)?;
    p.tree.paths.push(super::tree::Path { parts, span, role, referrer: Referrer::Present });
    Some(super::tree::PathId(p.tree.paths.len() as u32 - 1))
}
