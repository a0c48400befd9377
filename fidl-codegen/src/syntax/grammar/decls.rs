//! Declarations other than layouts and protocols.

use super::attributes::{attributes, nothing_to_stand_on};
use super::protocols::protocol;
use super::types::{constant, ctor, subtype_ctor};
use crate::diagnostics::{Diagnostic, code, nearest};
use crate::syntax::parser::Parser;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{
    Attributes, Const, Decl, DeclKind, Head, ModifierKind, Name, PathRole, Property, Resource, Service,
};

/// The words that begin a declaration.
const KEYWORDS: [&str; 9] =
    ["const", "type", "alias", "protocol", "service", "resource_definition", "open", "ajar", "closed"];

/// `decl = const | type | alias | protocol | resource | service`
///
/// A declaration whose name could be read is kept even if the rest could not, so that references to it are
/// not taken for mistakes.
pub(super) fn decl(p: &mut Parser<'_>, attributes: Attributes) -> Option<()> {
    let modifiers = super::layouts::modifiers(p, |word| {
        matches!(ModifierKind::of(word), Some(ModifierKind::Open | ModifierKind::Ajar | ModifierKind::Closed))
    })?;
    let word = p.word();
    if !KEYWORDS.contains(&word) {
        unknown(p, word);
        return None;
    }
    p.advance();
    if word != "protocol" {
        for modifier in &modifiers {
            p.error(code::MODIFIER_NOT_ALLOWED, modifier.span, "only a protocol can be so");
        }
    }
    let name = p.name()?;
    let kind = match word {
        "const" => const_(p),
        "type" => type_(p, &attributes),
        "alias" => alias(p),
        "service" => service(p),
        "resource_definition" => resource(p),
        _ => protocol(p, modifiers),
    };
    let broken = kind.is_none();
    let kind = kind.unwrap_or(DeclKind::Broken);
    p.tree.decls.push(Decl { attributes, name, kind });
    (!broken).then_some(())
}

fn unknown(p: &mut Parser<'_>, word: &str) {
    let found = match word {
        "" => p.kind().describe().to_owned(),
        word => format!("`{word}` begins no declaration"),
    };
    let diagnostic = Diagnostic::new(code::EXPECTED_DECLARATION, p.span(), found);
    p.report(diagnostic.did_you_mean(nearest(word, KEYWORDS)));
}

/// `const = attrs 'const' ID ctor '=' constant`
fn const_(p: &mut Parser<'_>) -> Option<DeclKind> {
    let ctor = ctor(p)?;
    p.expect(TokenKind::Equal)?;
    let value = constant(p, PathRole::Value)?;
    Some(DeclKind::Const(Const { ctor, value }))
}

/// `type = attrs 'type' ID '=' ctor`
fn type_(p: &mut Parser<'_>, attributes: &Attributes) -> Option<DeclKind> {
    p.expect(TokenKind::Equal)?;
    let ctor = ctor(p)?;
    let inner = &p.tree[ctor];
    if let (Head::Layout(_), Some(attribute)) = (inner.head, inner.attributes.first()) {
        let diagnostic =
            Diagnostic::new(code::ATTRIBUTE_INSIDE_TYPE, attribute.span, "move this before `type`");
        p.report(match attributes.first() {
            Some(first) => diagnostic.place(first.span, "attributes already stand here"),
            None => diagnostic,
        });
    }
    Some(DeclKind::Type(ctor))
}

/// `alias = attrs 'alias' ID '=' ctor`
fn alias(p: &mut Parser<'_>) -> Option<DeclKind> {
    p.expect(TokenKind::Equal)?;
    ctor(p).map(DeclKind::Alias)
}

/// `service = attrs 'service' ID '{' (attrs ID ctor ';')* '}'`
fn service(p: &mut Parser<'_>) -> Option<DeclKind> {
    Some(DeclKind::Service(Service { members: p.braces(property)? }))
}

/// `resource = attrs 'resource_definition' ID ':' ctor '{' 'properties' '{' (attrs ID ctor ';')+ '}' ';' '}'`
fn resource(p: &mut Parser<'_>) -> Option<DeclKind> {
    p.expect(TokenKind::Colon)?;
    let subtype = subtype_ctor(p)?;
    p.expect(TokenKind::LeftBrace)?;
    if !p.opt_word("properties") {
        p.expected("`properties`");
        return None;
    }
    let properties = p.braces(property)?;
    if properties.is_empty() {
        p.error(code::NO_PROPERTIES, p.previous(), "nothing stands before this");
    }
    p.semicolon();
    p.expect(TokenKind::RightBrace)?;
    Some(DeclKind::Resource(Resource { subtype, properties }))
}

/// `attrs ID ctor`
fn property(p: &mut Parser<'_>) -> Option<Property> {
    let attributes = member_attributes(p)?;
    let name: Name = p.name()?;
    Some(Property { attributes, name, ctor: ctor(p)? })
}

/// The attributes of a member, unless the block ends behind them.
pub(super) fn member_attributes(p: &mut Parser<'_>) -> Option<Attributes> {
    let attributes = attributes(p);
    if !attributes.is_empty() && matches!(p.kind(), TokenKind::RightBrace | TokenKind::EndOfFile) {
        nothing_to_stand_on(p, &attributes);
        return None;
    }
    Some(attributes)
}
