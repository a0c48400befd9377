//! Attributes and doc comments.

use super::types::constant;
use crate::diagnostics::code;
use crate::source::Span;
use crate::syntax::parser::Parser;
use crate::syntax::text::doc_text;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Argument, Attribute, Attributes, Name, PathRole};

/// `attrs = (DOC | attr)*`
pub(super) fn attributes(p: &mut Parser<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    loop {
        match p.kind() {
            TokenKind::Doc => attributes.push(doc(p)),
            TokenKind::At => match attribute(p) {
                Some(attribute) => attributes.push(attribute),
                None => skip_arguments(p),
            },
            _ => return attributes,
        }
    }
}

fn doc(p: &mut Parser<'_>) -> Attribute {
    let span = p.advance();
    let name = Name { text: "doc".to_owned(), span };
    Attribute { name, doc: Some(doc_text(p.text(span))), arguments: Vec::new(), span }
}

/// `attr = '@' ID ('(' (constant | ID '=' constant (',' ID '=' constant)*) ')')?`
fn attribute(p: &mut Parser<'_>) -> Option<Attribute> {
    let at = p.advance();
    let name = p.name()?;
    let mut arguments = Vec::new();
    if p.opt(TokenKind::LeftParen) {
        if p.kind() == TokenKind::RightParen {
            p.error(code::EMPTY_ARGUMENTS, p.span(), "leave the parentheses out");
        } else {
            arguments = argument_list(p)?;
        }
        p.expect(TokenKind::RightParen)?;
    }
    check_names(p, &arguments);
    Some(Attribute { name, doc: None, arguments, span: at.to(p.previous()) })
}

/// `ID '=' constant (',' ID '=' constant)*`, of which the names are looked at by [`check_names`] or the caller.
pub(super) fn argument_list(p: &mut Parser<'_>) -> Option<Vec<Argument>> {
    let mut arguments = vec![argument(p)?];
    while p.opt(TokenKind::Comma) {
        arguments.push(argument(p)?);
    }
    Some(arguments)
}

fn argument(p: &mut Parser<'_>) -> Option<Argument> {
    let start = p.span();
    let named = p.kind() == TokenKind::Identifier && p.ahead(1).kind == TokenKind::Equal;
    let name = if named { Some(p.name()?) } else { None };
    if named {
        p.advance();
    }
    let value = constant(p, PathRole::Value)?;
    Some(Argument { name, value, span: start.to(p.previous()) })
}

fn check_names(p: &mut Parser<'_>, arguments: &[Argument]) {
    let unnamed = arguments.iter().find(|argument| argument.name.is_none());
    if let (Some(argument), 2..) = (unnamed, arguments.len()) {
        p.error(code::UNNAMED_ARGUMENTS, argument.span, "this one has no name");
    }
}

/// Behind a broken attribute: to the end of its arguments, if that is near.
fn skip_arguments(p: &mut Parser<'_>) {
    while !matches!(
        p.kind(),
        TokenKind::RightParen
            | TokenKind::Semicolon
            | TokenKind::LeftBrace
            | TokenKind::RightBrace
            | TokenKind::EndOfFile
    ) {
        p.advance();
    }
    p.opt(TokenKind::RightParen);
}

/// Reports attributes behind which the file or block ends.
pub(super) fn nothing_to_stand_on(p: &mut Parser<'_>, attributes: &Attributes) {
    let docs: Vec<Span> = attributes.iter().filter(|it| it.doc.is_some()).map(|it| it.span).collect();
    for span in &docs {
        p.error(code::STRAY_DOC, *span, "nothing follows that it could describe");
    }
    if docs.len() < attributes.len() {
        p.expected("a declaration or member");
    }
}
