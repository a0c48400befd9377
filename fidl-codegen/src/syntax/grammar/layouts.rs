//! Layouts in place: bits, enums, structs, tables, unions, overlays.

use super::attributes::argument_list;
use super::decls::member_attributes;
use super::types::{constant, ctor};
use crate::diagnostics::code;
use crate::source::Span;
use crate::syntax::parser::Parser;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{
    CtorId, Head, Layout, LayoutClass, LayoutId, Member, Modifier, ModifierAvailability, ModifierKind,
    PathRole,
};

/// Whether a layout begins here, rather than the name of a type.
pub(super) fn at_layout(p: &Parser<'_>) -> bool {
    if ModifierKind::of(p.word()).is_some() && modifier_follows(p) {
        return true;
    }
    match p.ahead(1).kind {
        TokenKind::LeftBrace => p.kind() == TokenKind::Identifier,
        TokenKind::Colon => LayoutClass::of(p.word()).is_some() && brace_behind_subtype(p),
        _ => false,
    }
}

/// Whether what stands behind the colon goes on with `{`.
fn brace_behind_subtype(p: &Parser<'_>) -> bool {
    let mut ahead = 2;
    let subtype = [TokenKind::Identifier, TokenKind::Dot, TokenKind::Number, TokenKind::String];
    while subtype.contains(&p.ahead(ahead).kind) {
        ahead += 1;
    }
    p.ahead(ahead).kind == TokenKind::LeftBrace
}

/// Whether the current word is a modifier and not a name: a word or an availability follows.
pub(super) fn modifier_follows(p: &Parser<'_>) -> bool {
    match p.ahead(1).kind {
        TokenKind::Identifier => true,
        TokenKind::LeftParen => {
            p.ahead(2).kind == TokenKind::Identifier && p.ahead(3).kind == TokenKind::Equal
        }
        _ => false,
    }
}

/// Modifiers, as far as the words are wanted ones.
pub(super) fn modifiers(p: &mut Parser<'_>, wanted: impl Fn(&str) -> bool) -> Option<Vec<Modifier>> {
    let mut modifiers = Vec::new();
    while wanted(p.word()) && modifier_follows(p) {
        let kind = ModifierKind::of(p.word())?;
        let span = p.advance();
        modifiers.push(Modifier { kind, span, availability: availability(p)? });
    }
    check_modifiers(p, &modifiers);
    Some(modifiers)
}

/// `avail = '(' ID '=' constant (',' ID '=' constant)* ')'`; the outer `None` is an error.
pub(super) fn availability(p: &mut Parser<'_>) -> Option<Option<ModifierAvailability>> {
    if p.kind() != TokenKind::LeftParen {
        return Some(None);
    }
    let start = p.advance();
    let arguments = argument_list(p)?;
    if let Some(argument) = arguments.iter().find(|argument| argument.name.is_none()) {
        p.error(code::UNNAMED_ARGUMENTS, argument.span, "write `added=` or `removed=` before this");
        return None;
    }
    let span = start.to(p.expect(TokenKind::RightParen)?);
    Some(Some(ModifierAvailability { arguments, span }))
}

/// Reports modifiers given twice and such that exclude each other, as far as they count in all versions.
pub(super) fn check_modifiers(p: &mut Parser<'_>, modifiers: &[Modifier]) {
    for (index, modifier) in modifiers.iter().enumerate() {
        if modifier.availability.is_some() {
            continue;
        }
        let earlier = modifiers[..index].iter().find(|it| it.kind.group() == modifier.kind.group());
        let Some(earlier) = earlier.filter(|it| it.availability.is_none()) else { continue };
        let code = if earlier.kind == modifier.kind { code::MODIFIER_TWICE } else { code::MODIFIER_CONFLICT };
        let label = format!("`{}` was given before", earlier.kind.word());
        let diagnostic = crate::diagnostics::Diagnostic::new(code, modifier.span, label);
        p.report(diagnostic.place(earlier.span, "here"));
    }
}

/// `layout = lmod* class (':' ctor)? '{' (lmember ';')* '}'`
pub(super) fn layout(p: &mut Parser<'_>) -> Option<LayoutId> {
    let start = p.span();
    let modifiers = modifiers(p, |word| ModifierKind::of(word).is_some())?;
    let class_span = p.span();
    let Some(class) = LayoutClass::of(p.word()) else {
        unknown_class(p);
        return None;
    };
    p.advance();
    allow_modifiers(p, &modifiers, class);
    let subtype = subtype(p, class)?;
    let members = p.braces(|p| member(p, class))?;
    let span = start.to(p.previous());
    p.tree.layouts.push(Layout { modifiers, class, class_span, subtype, members, span });
    Some(LayoutId(p.tree.layouts.len() as u32 - 1))
}

fn unknown_class(p: &mut Parser<'_>) {
    let label = "known are `bits`, `enum`, `struct`, `table` and `union`";
    p.error(code::UNKNOWN_LAYOUT, p.span(), label);
}

fn allow_modifiers(p: &mut Parser<'_>, modifiers: &[Modifier], class: LayoutClass) {
    for modifier in modifiers {
        let allowed = match modifier.kind {
            ModifierKind::Strict | ModifierKind::Flexible => {
                !matches!(class, LayoutClass::Struct | LayoutClass::Table)
            }
            ModifierKind::Resource => !class.has_values(),
            _ => false,
        };
        if !allowed {
            let label = format!("`{}` says nothing about `{}`", modifier.kind.word(), class.word());
            p.error(code::MODIFIER_NOT_ALLOWED, modifier.span, label);
        }
    }
}

/// `(':' ctor)?`; the outer `None` is an error.
fn subtype(p: &mut Parser<'_>, class: LayoutClass) -> Option<Option<CtorId>> {
    if !p.opt(TokenKind::Colon) {
        return Some(None);
    }
    let id = p.nested(super::types::subtype_ctor)?;
    let ctor = &p.tree[id];
    let span = ctor.span;
    if matches!(ctor.head, Head::Layout(_)) {
        p.error(code::SUBTYPE_NOT_A_NAME, span, "this is a layout");
    } else if !class.has_values() {
        p.error(code::SUBTYPE_NOT_ALLOWED, span, format!("`{}` is over no other type", class.word()));
    }
    Some(Some(id))
}

fn member(p: &mut Parser<'_>, class: LayoutClass) -> Option<Member> {
    let attributes = member_attributes(p)?;
    let ordinal = if class.has_ordinals() { Some(ordinal(p)?) } else { None };
    if ordinal.is_some() && p.word() == "reserved" && p.ahead(1).kind == TokenKind::Semicolon {
        p.error(code::RESERVED_MEMBER, p.span(), "leave the line out; ordinals need not be dense");
        return None;
    }
    let name = p.name()?;
    let ctor = if class.has_values() { None } else { Some(ctor(p)?) };
    let value = if class.has_values() {
        p.expect(TokenKind::Equal)?;
        Some(constant(p, PathRole::Value)?)
    } else if class == LayoutClass::Struct && p.opt(TokenKind::Equal) {
        Some(constant(p, PathRole::Value)?)
    } else {
        None
    };
    Some(Member { attributes, ordinal, name, ctor, value })
}

/// `NUM ':'`
fn ordinal(p: &mut Parser<'_>) -> Option<(u32, Span)> {
    if p.kind() != TokenKind::Number {
        p.error(code::MISSING_ORDINAL, p.span(), "a number and a colon are missing before this");
        return None;
    }
    let span = p.advance();
    p.expect(TokenKind::Colon)?;
    let value = p.text(span).parse::<u32>();
    match value {
        Ok(0) => p.error(code::ORDINAL_ZERO, span, "the first is 1"),
        Err(_) => p.error(code::ORDINAL_RANGE, span, "ordinals go from 1 to 4294967295"),
        Ok(_) => {}
    }
    Some((value.unwrap_or(0), span))
}
