//! Protocols and their members.

use super::decls::member_attributes;
use super::layouts::{availability, check_modifiers};
use super::path;
use super::types::ctor;
use crate::diagnostics::code;
use crate::syntax::parser::Parser;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{
    Attributes, DeclKind, Method, Modifier, ModifierKind, PathRole, Payload, Protocol, ProtocolMember,
};

/// `protocol = attrs pmod* 'protocol' ID '{' (pmember ';')* '}'`
pub(super) fn protocol(p: &mut Parser<'_>, modifiers: Vec<Modifier>) -> Option<DeclKind> {
    Some(DeclKind::Protocol(Protocol { modifiers, members: p.braces(member)? }))
}

/// `pmember = attrs 'compose' cid | attrs mmod* ID params … | attrs mmod* '->' ID params`
fn member(p: &mut Parser<'_>) -> Option<ProtocolMember> {
    let attributes = member_attributes(p)?;
    if p.word() == "compose" && p.ahead(1).kind == TokenKind::Identifier {
        p.advance();
        return Some(ProtocolMember::Compose { attributes, path: path(p, PathRole::Protocol)? });
    }
    let modifiers = method_modifiers(p)?;
    match p.kind() {
        TokenKind::Arrow => event(p, attributes, modifiers),
        TokenKind::Identifier => method(p, attributes, modifiers),
        _ => {
            p.error(code::NOT_A_PROTOCOL_MEMBER, p.span(), "a method, an event or `compose` is expected");
            None
        }
    }
    .map(ProtocolMember::Method)
}

/// `mmod = ('strict'|'flexible') avail?`
fn method_modifiers(p: &mut Parser<'_>) -> Option<Vec<Modifier>> {
    let mut modifiers = Vec::new();
    while let Some(kind) = ModifierKind::of(p.word()).filter(|_| at_modifier(p)) {
        let span = p.advance();
        if !matches!(kind, ModifierKind::Strict | ModifierKind::Flexible) {
            let label = format!("a method is `strict` or `flexible`, not `{}`", kind.word());
            p.error(code::MODIFIER_NOT_ALLOWED, span, label);
        }
        modifiers.push(Modifier { kind, span, availability: availability(p)? });
    }
    check_modifiers(p, &modifiers);
    Some(modifiers)
}

/// Whether the current word is a modifier and not the name of a method.
fn at_modifier(p: &Parser<'_>) -> bool {
    super::layouts::modifier_follows(p) || p.ahead(1).kind == TokenKind::Arrow
}

/// `ID params ('->' params)? ('error' ctor)?`
fn method(p: &mut Parser<'_>, attributes: Attributes, modifiers: Vec<Modifier>) -> Option<Method> {
    let name = p.name()?;
    if p.kind() != TokenKind::LeftParen {
        let label = format!("expected `(`, found {}", p.kind().describe());
        p.error(code::NOT_A_PROTOCOL_MEMBER, p.span(), label);
        return None;
    }
    let request = Some(params(p)?);
    let response = if p.opt(TokenKind::Arrow) { Some(params(p)?) } else { None };
    let error = if response.is_some() && p.word() == "error" {
        let word = p.advance();
        Some((word, ctor(p)?))
    } else {
        None
    };
    Some(Method { attributes, modifiers, name, request, response, error })
}

/// `'->' ID params`
fn event(p: &mut Parser<'_>, attributes: Attributes, modifiers: Vec<Modifier>) -> Option<Method> {
    p.expect(TokenKind::Arrow)?;
    let name = p.name()?;
    let response = Some(params(p)?);
    Some(Method { attributes, modifiers, name, request: None, response, error: None })
}

/// `params = '(' (attrs ctor)? ')'`
fn params(p: &mut Parser<'_>) -> Option<Payload> {
    let start = p.expect(TokenKind::LeftParen)?;
    while p.kind() == TokenKind::Doc {
        let span = p.advance();
        p.error(code::DOC_ON_PARAMETERS, span, "move this before the method");
    }
    let ctor = if p.kind() == TokenKind::RightParen { None } else { Some(ctor(p)?) };
    let end = p.expect(TokenKind::RightParen)?;
    Some(Payload { ctor, span: start.to(end) })
}
