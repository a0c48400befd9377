//! Tokens.

use crate::source::Span;

/// A token: its kind and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// The kinds of tokens. Keywords are identifiers; the grammar tells them apart by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Identifier,
    Number,
    String,
    /// A run of doc comment lines.
    Doc,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftAngle,
    RightAngle,
    At,
    Dot,
    Comma,
    Colon,
    Semicolon,
    Equal,
    Pipe,
    Arrow,
    /// A character that the language knows but no production uses: `[ ] ? &`.
    Unused,
    EndOfFile,
}

impl TokenKind {
    /// What to call a token of this kind in a sentence.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Identifier => "a name",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Doc => "a doc comment",
            Self::LeftParen => "`(`",
            Self::RightParen => "`)`",
            Self::LeftBrace => "`{`",
            Self::RightBrace => "`}`",
            Self::LeftAngle => "`<`",
            Self::RightAngle => "`>`",
            Self::At => "`@`",
            Self::Dot => "`.`",
            Self::Comma => "`,`",
            Self::Colon => "`:`",
            Self::Semicolon => "`;`",
            Self::Equal => "`=`",
            Self::Pipe => "`|`",
            Self::Arrow => "`->`",
            Self::Unused => "this character",
            Self::EndOfFile => "the end of the file",
        }
    }
}
