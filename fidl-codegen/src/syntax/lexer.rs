//! Text to tokens.
//!
//! Every byte of the text belongs to one token, to white space, to a comment, or to a diagnostic. The list of
//! tokens always ends with [`TokenKind::EndOfFile`].

use super::token::{Token, TokenKind};
use crate::diagnostics::{Bounded, Diagnostic, code};
use crate::source::{SourceFile, Span};

/// Splits a file into tokens.
pub(super) fn lex(file: u32, source: &SourceFile) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer {
        file,
        text: &source.text,
        replaced: source.invalid_at.is_some(),
        position: 0,
        tokens: Vec::new(),
        diagnostics: Bounded::default(),
    };
    while lexer.position < lexer.text.len() {
        lexer.token();
    }
    lexer.push(TokenKind::EndOfFile, lexer.position);
    (lexer.tokens, lexer.diagnostics.into_list())
}

struct Lexer<'a> {
    file: u32,
    text: &'a str,
    /// The text holds replacement characters, which have been complained about.
    replaced: bool,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: Bounded,
}

impl Lexer<'_> {
    fn token(&mut self) {
        let start = self.position;
        match self.byte(0) {
            b' ' | b'\t' | b'\r' | b'\n' => self.position += 1,
            b'/' if self.at_doc() => self.doc(),
            b'/' if self.byte(1) == b'/' => self.skip_line(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                self.push(TokenKind::Identifier, start);
            }
            b'0'..=b'9' => self.number(),
            b'-' if self.byte(1).is_ascii_digit() => self.number(),
            b'-' if self.byte(1) == b'>' => self.symbol(TokenKind::Arrow, 2),
            b'"' => self.string(),
            byte => match symbol(byte) {
                Some(kind) => self.symbol(kind, 1),
                None => self.bad_characters(),
            },
        }
    }

    /// The byte so many places on; NUL behind the end, which begins no token.
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.position + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.position..];
        self.position += rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
    }

    fn skip_line(&mut self) {
        self.skip_while(|byte| byte != b'\n');
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: self.span(start, self.position) });
    }

    fn symbol(&mut self, kind: TokenKind, length: usize) {
        let start = self.position;
        self.position += length;
        self.push(kind, start);
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A wide run: whether it is a number is seen when its type is known.
    fn number(&mut self) {
        let start = self.position;
        self.position += 1;
        loop {
            self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
            let last = self.text.as_bytes()[self.position - 1];
            let exponent =
                matches!(last, b'e' | b'E') && self.byte(0) == b'-' && self.byte(1).is_ascii_digit();
            if !exponent {
                return self.push(TokenKind::Number, start);
            }
            self.position += 1;
        }
    }

    /// A run of characters that begin no token makes one diagnostic.
    fn bad_characters(&mut self) {
        let start = self.position;
        let rest = &self.text[start..];
        let length = rest.find(begins_token).unwrap_or(rest.len()).max(1);
        self.position += length;
        let run = &self.text[start..self.position];
        if self.replaced && run.chars().all(|letter| letter == char::REPLACEMENT_CHARACTER) {
            return;
        }
        let label = match run.chars().next() {
            Some(letter) if letter.is_control() => format!("character U+{:04X}", letter as u32),
            Some(letter) => format!("`{letter}`"),
            None => return,
        };
        self.report(Diagnostic::new(code::BAD_CHARACTER, self.span(start, self.position), label));
    }

    fn at_doc(&self) -> bool {
        self.byte(1) == b'/' && self.byte(2) == b'/' && self.byte(3) != b'/'
    }

    /// A run of doc comment lines, with what stands between them.
    fn doc(&mut self) {
        let start = self.position;
        loop {
            let line = self.position;
            self.skip_line();
            let end = self.position - usize::from(self.text[line..self.position].ends_with('\r'));
            let gap = self.gap();
            if !(self.byte(0) == b'/' && self.at_doc()) {
                self.tokens.push(Token { kind: TokenKind::Doc, span: self.span(start, end) });
                return;
            }
            self.warn_of_gap(&gap, self.position);
        }
    }

    /// Passes white space and ordinary comments after a doc comment line.
    fn gap(&mut self) -> Gap {
        let mut gap = Gap { lines: 0, comment: false };
        loop {
            match self.byte(0) {
                b'\n' => {
                    gap.lines += 1;
                    self.position += 1;
                }
                b' ' | b'\t' | b'\r' => self.position += 1,
                b'/' if self.byte(1) == b'/' && !self.at_doc() => {
                    gap.comment = true;
                    self.skip_line();
                }
                _ => return gap,
            }
        }
    }

    fn warn_of_gap(&mut self, gap: &Gap, next: usize) {
        let end = self.text[next..].find(['\r', '\n']).map_or(self.text.len(), |length| next + length);
        let span = self.span(next, end);
        if gap.comment {
            self.report(Diagnostic::new(code::COMMENT_IN_DOC, span, "the doc comment goes on here"));
        } else if gap.lines > 1 {
            self.report(Diagnostic::new(code::BLANK_LINE_IN_DOC, span, "the doc comment goes on here"));
        }
    }

    fn string(&mut self) {
        let start = self.position;
        self.position += 1;
        loop {
            match self.byte(0) {
                b'"' => {
                    self.position += 1;
                    return self.push(TokenKind::String, start);
                }
                b'\n' | b'\r' => return self.unfinished_string(start),
                0 if self.position >= self.text.len() => return self.unfinished_string(start),
                b'\\' => self.escape(),
                byte if byte < 0x20 || byte == 0x7f => self.control_character(byte),
                _ => self.position += 1,
            }
        }
    }

    /// The token is kept, so that the parser does not miss it.
    fn unfinished_string(&mut self, start: usize) {
        let span = self.span(start, self.position);
        let diagnostic = Diagnostic::new(code::LINE_BREAK_IN_STRING, span.after(), "the line ends here");
        self.report(diagnostic.place(self.span(start, start + 1), "the string begins here"));
        self.push(TokenKind::String, start);
    }

    fn control_character(&mut self, byte: u8) {
        let span = self.span(self.position, self.position + 1);
        self.position += 1;
        let diagnostic = Diagnostic::new(code::CONTROL_CHARACTER, span, format!("character U+{byte:04X}"));
        self.report(diagnostic.help(format!("write `\\u{{{byte:x}}}`")));
    }

    fn escape(&mut self) {
        let start = self.position;
        match self.byte(1) {
            b'\\' | b'"' | b'n' | b'r' | b't' => self.position += 2,
            b'u' => self.unicode_escape(),
            b'\n' | b'\r' | 0 => {
                self.position += 1;
                self.report(Diagnostic::new(code::BAD_ESCAPE, self.span(start, self.position), "`\\`"));
            }
            _ => {
                let letter = self.text[start + 1..].chars().next().unwrap_or(' ');
                self.position += 1 + letter.len_utf8();
                let diagnostic = Diagnostic::new(
                    code::BAD_ESCAPE,
                    self.span(start, self.position),
                    format!("`\\{letter}`"),
                );
                self.report(diagnostic.help("known are `\\\\`, `\\\"`, `\\n`, `\\r`, `\\t` and `\\u{…}`"));
            }
        }
    }

    fn unicode_escape(&mut self) {
        let start = self.position;
        self.position += 2;
        if self.byte(0) != b'{' {
            let span = self.span(start, self.position);
            return self.report(
                Diagnostic::new(code::ESCAPE_WITHOUT_BRACE, span, "`{` is missing after this")
                    .help("write it like `\\u{1f600}`"),
            );
        }
        self.position += 1;
        let digits = self.position;
        self.skip_while(|byte| !matches!(byte, b'}' | b'"' | b'\n' | b'\r'));
        let end = self.position;
        if self.byte(0) != b'}' {
            let span = self.span(start, end);
            return self.report(Diagnostic::new(code::ESCAPE_NOT_CLOSED, span, "`}` is missing after this"));
        }
        self.position += 1;
        self.check_digits(start, digits, end);
    }

    fn check_digits(&mut self, start: usize, digits: usize, end: usize) {
        let text = &self.text[digits..end];
        let span = self.span(digits, end);
        let bad = text.char_indices().find(|(_, letter)| !letter.is_ascii_hexdigit());
        let diagnostic = if text.is_empty() {
            Diagnostic::new(code::EMPTY_ESCAPE, self.span(start, end + 1), "a character's number is missing")
        } else if let Some((offset, letter)) = bad {
            let from = digits + offset;
            let span = self.span(from, from + letter.len_utf8());
            Diagnostic::new(code::BAD_HEX_DIGIT, span, format!("`{}` is no digit", letter.escape_debug()))
        } else if text.len() > 6 {
            Diagnostic::new(code::LONG_ESCAPE, span, format!("{} digits", text.len()))
        } else if u32::from_str_radix(text, 16).is_ok_and(|value| value > 0x0010_ffff) {
            Diagnostic::new(code::ESCAPE_RANGE, span, "the last character is 10ffff")
        } else {
            return;
        };
        self.report(diagnostic);
    }
}

/// What stands between two doc comment lines.
struct Gap {
    lines: usize,
    comment: bool,
}

fn symbol(byte: u8) -> Option<TokenKind> {
    Some(match byte {
        b'(' => TokenKind::LeftParen,
        b')' => TokenKind::RightParen,
        b'{' => TokenKind::LeftBrace,
        b'}' => TokenKind::RightBrace,
        b'<' => TokenKind::LeftAngle,
        b'>' => TokenKind::RightAngle,
        b'@' => TokenKind::At,
        b'.' => TokenKind::Dot,
        b',' => TokenKind::Comma,
        b':' => TokenKind::Colon,
        b';' => TokenKind::Semicolon,
        b'=' => TokenKind::Equal,
        b'|' => TokenKind::Pipe,
        b'[' | b']' | b'?' | b'&' => TokenKind::Unused,
        _ => return None,
    })
}

/// Whether a run of bad characters stops before this one.
fn begins_token(letter: char) -> bool {
    letter.is_ascii()
        && (letter.is_ascii_alphanumeric()
            || letter.is_ascii_whitespace()
            || matches!(letter, '_' | '"' | '/' | '-')
            || symbol(letter as u8).is_some())
}
