//! Types and constants.

use super::attributes::attributes;
use super::layouts::{at_layout, layout};
use super::path;
use crate::diagnostics::code;
use crate::source::Span;
use crate::syntax::parser::Parser;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{
    Constant, ConstantId, Constraints, Ctor, CtorId, Head, LayoutClass, Literal, Parameter, Parameters,
    PathRole,
};

/// `ctor = (attrs layout | cid) ('<' lparam (',' lparam)* '>')? (':' constraints)?`
pub(super) fn ctor(p: &mut Parser<'_>) -> Option<CtorId> {
    p.nested(|p| {
        let attributes = attributes(p);
        let start = p.span();
        let head = head(p)?;
        if let (Head::Path(_), Some(attribute)) = (head, attributes.first()) {
            let span = attribute.span;
            p.error(code::ATTRIBUTE_ON_TYPE_NAME, span, "only a layout written in place can have one here");
        }
        let parameters = parameters(p)?;
        let constraints = if p.opt(TokenKind::Colon) { Some(constraints(p)?) } else { None };
        while constraints.is_some() && p.kind() == TokenKind::Colon {
            p.advance();
            let again = self::constraints(p)?;
            p.error(code::CONSTRAINTS_TWICE, again.span, "write all constraints in one list: `:<A, B>`");
        }
        let span = start.to(p.previous());
        p.tree.ctors.push(Ctor { attributes, head, parameters, constraints, span });
        Some(CtorId(p.tree.ctors.len() as u32 - 1))
    })
}

fn head(p: &mut Parser<'_>) -> Option<Head> {
    if at_layout(p) {
        return layout(p).map(Head::Layout);
    }
    if p.kind() != TokenKind::Identifier {
        p.expected("a type");
        return None;
    }
    path(p, PathRole::Type).map(Head::Path)
}

/// The type behind the colon of bits and enums, which takes neither parameters nor constraints.
pub(super) fn subtype_ctor(p: &mut Parser<'_>) -> Option<CtorId> {
    let start = p.span();
    let brace_next = p.kind() == TokenKind::Identifier && p.ahead(1).kind == TokenKind::LeftBrace;
    let names_type = brace_next && LayoutClass::of(p.word()).is_none();
    let head = if at_layout(p) && !names_type { Head::Layout(layout(p)?) } else { named_head(p)? };
    let span = start.to(p.previous());
    p.tree.ctors.push(Ctor { attributes: Vec::new(), head, parameters: None, constraints: None, span });
    Some(CtorId(p.tree.ctors.len() as u32 - 1))
}

fn named_head(p: &mut Parser<'_>) -> Option<Head> {
    if p.kind() != TokenKind::Identifier {
        p.error(code::SUBTYPE_NOT_A_NAME, p.span(), "the name of an integer type is expected here");
        return None;
    }
    path(p, PathRole::Type).map(Head::Path)
}

/// `('<' lparam (',' lparam)* '>')?`; the outer `None` is an error.
fn parameters(p: &mut Parser<'_>) -> Option<Option<Parameters>> {
    if p.kind() != TokenKind::LeftAngle {
        return Some(None);
    }
    let start = p.advance();
    let mut items = vec![parameter(p)?];
    while p.opt(TokenKind::Comma) {
        items.push(parameter(p)?);
    }
    let end = p.expect(TokenKind::RightAngle)?;
    Some(Some(Parameters { items, span: start.to(end) }))
}

/// `lparam = ctor | constant`. A plain name is read as both, since its meaning decides.
fn parameter(p: &mut Parser<'_>) -> Option<Parameter> {
    let start = p.span();
    if matches!(p.kind(), TokenKind::Number | TokenKind::String | TokenKind::LeftParen) || at_or(p) {
        let constant = constant(p, PathRole::Value)?;
        return Some(Parameter { ctor: None, constant: Some(constant), span: start.to(p.previous()) });
    }
    let ctor = ctor(p)?;
    let span = p.tree[ctor].span;
    let constant = match p.tree[ctor] {
        Ctor { head: Head::Path(path), parameters: None, constraints: None, .. } => {
            Some(push(p, Literal::Path(path), span))
        }
        _ => None,
    };
    Some(Parameter { ctor: Some(ctor), constant, span })
}

/// Whether a dotted name stands here that goes on with `|`.
fn at_or(p: &Parser<'_>) -> bool {
    let mut ahead = 0;
    while matches!(p.ahead(ahead).kind, TokenKind::Identifier | TokenKind::Dot) {
        ahead += 1;
    }
    ahead > 0 && p.ahead(ahead).kind == TokenKind::Pipe
}

/// `constraints = constant | '<' constant (',' constant)* '>'`
fn constraints(p: &mut Parser<'_>) -> Option<Constraints> {
    let start = p.span();
    if !p.opt(TokenKind::LeftAngle) {
        let item = constant(p, PathRole::Constraint)?;
        return Some(Constraints { items: vec![item], span: start.to(p.previous()) });
    }
    let mut items = vec![constant(p, PathRole::Constraint)?];
    while p.opt(TokenKind::Comma) {
        items.push(constant(p, PathRole::Constraint)?);
    }
    let end = p.expect(TokenKind::RightAngle)?;
    Some(Constraints { items, span: start.to(end) })
}

/// `constant = term ('|' term)*`
pub(super) fn constant(p: &mut Parser<'_>, role: PathRole) -> Option<ConstantId> {
    p.nested(|p| {
        let start = p.span();
        let first = term(p, role)?;
        if p.kind() != TokenKind::Pipe {
            return Some(first);
        }
        let mut operands = vec![first];
        while p.opt(TokenKind::Pipe) {
            operands.push(term(p, role)?);
        }
        let span = start.to(p.previous());
        Some(push(p, Literal::Or(operands), span))
    })
}

/// `term = cid | STRING | NUM | 'true' | 'false' | '(' constant ')'`
fn term(p: &mut Parser<'_>, role: PathRole) -> Option<ConstantId> {
    let span = p.span();
    let kind = match p.kind() {
        TokenKind::Number => Literal::Number,
        TokenKind::String => Literal::String,
        TokenKind::Identifier if p.ahead(1).kind != TokenKind::Dot && p.word() == "true" => {
            Literal::Bool(true)
        }
        TokenKind::Identifier if p.ahead(1).kind != TokenKind::Dot && p.word() == "false" => {
            Literal::Bool(false)
        }
        TokenKind::Identifier => {
            let path = path(p, role)?;
            return Some(push(p, Literal::Path(path), span.to(p.previous())));
        }
        TokenKind::LeftParen => {
            p.advance();
            let inner = constant(p, role)?;
            p.expect(TokenKind::RightParen)?;
            return Some(inner);
        }
        _ => {
            p.expected("a value");
            return None;
        }
    };
    p.advance();
    Some(push(p, kind, span))
}

fn push(p: &mut Parser<'_>, kind: Literal, span: Span) -> ConstantId {
    p.tree.constants.push(Constant { kind, span });
    ConstantId(p.tree.constants.len() as u32 - 1)
}
