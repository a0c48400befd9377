//! The cursor over the tokens that the grammar's functions move, and how they go on after an error.
//!
//! A production that cannot go on reports once and returns `None`. The nearest list above it (of members, of
//! declarations) skips to the end of the broken item, passing over nested braces, and reads on. That gives
//! one diagnostic per broken item.

use super::token::{Token, TokenKind};
use super::tree::{File, Name};
use super::{grammar, token};
use crate::diagnostics::{Bounded, Code, Diagnostic, code};
use crate::source::Span;

/// So deep may types and constants nest.
const DEEPEST: u32 = 64;

/// Tokens to tree.
pub(super) fn parse(file: u32, text: &str, tokens: &[Token]) -> (File, Vec<Diagnostic>) {
    let tree = File { source: file, ..File::default() };
    let mut parser = Parser { text, tokens, position: 0, depth: 0, tree, diagnostics: Bounded::default() };
    grammar::file(&mut parser);
    (parser.tree, parser.diagnostics.into_list())
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    position: usize,
    depth: u32,
    pub(super) tree: File,
    diagnostics: Bounded,
}

impl<'a> Parser<'a> {
    /// The current token.
    pub(super) fn token(&self) -> Token {
        self.ahead(0)
    }

    /// The kind of the current token.
    pub(super) fn kind(&self) -> TokenKind {
        self.token().kind
    }

    /// The token so many places on; the last one, [`TokenKind::EndOfFile`], goes on for ever.
    pub(super) fn ahead(&self, count: usize) -> Token {
        self.tokens[(self.position + count).min(self.tokens.len() - 1)]
    }

    /// Where the current token stands.
    pub(super) fn span(&self) -> Span {
        self.token().span
    }

    /// Where the token before stands; the current one at the begin.
    pub(super) fn previous(&self) -> Span {
        self.tokens[self.position.saturating_sub(1)].span
    }

    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &'a str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The current token if it is an identifier; any keyword is one.
    pub(super) fn word(&self) -> &'a str {
        self.word_ahead(0)
    }

    /// The identifier so many places on, or nothing.
    pub(super) fn word_ahead(&self, count: usize) -> &'a str {
        let token = self.ahead(count);
        if token.kind == TokenKind::Identifier { self.text(token.span) } else { "" }
    }

    /// Passes the current token.
    pub(super) fn advance(&mut self) -> Span {
        let span = self.span();
        self.position = (self.position + 1).min(self.tokens.len() - 1);
        span
    }

    /// Passes the current token if it is of this kind.
    pub(super) fn opt(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.advance();
        }
        found
    }

    /// Passes the current token if it is this word.
    pub(super) fn opt_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.advance();
        }
        found
    }

    /// Passes a token of this kind, or reports.
    pub(super) fn expect(&mut self, kind: TokenKind) -> Option<Span> {
        if self.kind() == kind {
            return Some(self.advance());
        }
        self.expected(kind.describe());
        None
    }

    /// Reports that something else is wanted than the current token.
    pub(super) fn expected(&mut self, wanted: &str) {
        let found = self.token();
        let what = match found.kind {
            TokenKind::Identifier => format!("`{}`", self.text(found.span)),
            kind => kind.describe().to_owned(),
        };
        self.error(code::UNEXPECTED_TOKEN, found.span, format!("expected {wanted}, found {what}"));
    }

    pub(super) fn error(&mut self, code: Code, span: Span, label: impl Into<String>) {
        self.report(Diagnostic::new(code, span, label));
    }

    /// Of several diagnostics at one place only the first is kept: the others follow from it.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let again = self.diagnostics.last().is_some_and(|last| last.span == diagnostic.span);
        if !again {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A name: letters, digits and inner underscores.
    pub(super) fn name(&mut self) -> Option<Name> {
        let span = self.expect(TokenKind::Identifier)?;
        let text = self.text(span).to_owned();
        if text.starts_with('_') || text.ends_with('_') {
            let label = "a name begins with a letter and does not end with an underscore";
            self.error(code::BAD_IDENTIFIER, span, label);
        }
        Some(Name { text, span })
    }

    /// Reads something that may nest, unless it is too deep already.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == DEEPEST {
            let label = format!("types and constants nest at most {DEEPEST} levels");
            self.error(code::TOO_DEEP, self.span(), label);
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The `;` behind an item. Where it is missing that is reported; what is left of the line is skipped, and
    /// the next item is read.
    pub(super) fn semicolon(&mut self) {
        if self.opt(TokenKind::Semicolon) {
            return;
        }
        self.error(code::EXPECTED_TOKEN, self.previous().after(), "`;` is missing here");
        let next_begins = matches!(
            self.kind(),
            TokenKind::Identifier
                | TokenKind::At
                | TokenKind::Doc
                | TokenKind::Number
                | TokenKind::RightBrace
                | TokenKind::EndOfFile
        );
        if !next_begins || self.on_line_of_previous() {
            self.skip_item();
        }
    }

    /// Skips the rest of a broken item: to behind the next `;`, or to the `}` that closes the list.
    pub(super) fn skip_item(&mut self) {
        let mut depth = 0_u32;
        loop {
            match self.kind() {
                TokenKind::EndOfFile => return,
                TokenKind::RightBrace if depth == 0 => return,
                _ if self.at_declaration() && self.at_line_start() => return,
                TokenKind::LeftBrace => depth += 1,
                TokenKind::RightBrace => depth -= 1,
                TokenKind::Semicolon if depth == 0 => {
                    self.advance();
                    return;
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// A list of items between braces. An item that returns `None` has reported.
    pub(super) fn braces<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.expect(token::TokenKind::LeftBrace)?;
        let mut items = Vec::new();
        while self.kind() != TokenKind::RightBrace {
            if self.kind() == TokenKind::EndOfFile || self.at_declaration() && self.at_line_start() {
                self.error(code::EXPECTED_TOKEN, self.previous().after(), "`}` is missing here");
                return Some(items);
            }
            match item(self) {
                Some(item) => {
                    items.push(item);
                    self.semicolon();
                }
                None => self.skip_item(),
            }
        }
        self.advance();
        Some(items)
    }

    /// Whether a declaration begins here: its keyword, then a name.
    pub(super) fn at_declaration(&self) -> bool {
        let begins = match self.word() {
            "const" | "type" | "alias" | "protocol" | "service" | "resource_definition" => true,
            "open" | "ajar" | "closed" => self.word_ahead(1) == "protocol",
            _ => false,
        };
        begins && self.ahead(1).kind == TokenKind::Identifier
    }

    /// Whether the current token stands on the line on which the one before ends.
    fn on_line_of_previous(&self) -> bool {
        let (end, start) = (self.previous().end as usize, self.span().start as usize);
        self.kind() != TokenKind::RightBrace && !self.text[end..start.max(end)].contains('\n')
    }

    /// Whether the current token is the first of its line and not indented.
    fn at_line_start(&self) -> bool {
        let start = self.span().start as usize;
        start == 0 || self.text.as_bytes()[start - 1] == b'\n'
    }
}
