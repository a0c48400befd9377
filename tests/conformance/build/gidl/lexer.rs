//! Text to tokens.

use super::Fault;

/// A place in a file; both numbers begin with 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The smallest parts of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or keyword.
    Word(String),
    /// A number as it is written, without a sign.
    Number(String),
    /// A byte between single quotes.
    Byte(u8),
    /// A string without its escapes; not all of them are UTF-8.
    Text(Vec<u8>),
    /// Any other sign.
    Sign(char),
    /// The end of the file.
    End,
}

/// The tokens of a file, ending with [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Place)>, Fault> {
    let mut lexer = Lexer { letters: text.chars().collect(), at: 0, place: Place { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let place = lexer.place;
        let token = lexer.token()?;
        let last = token == Token::End;
        tokens.push((token, place));
        if last {
            return Ok(tokens);
        }
    }
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
    place: Place,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek(0)?;
        self.at += 1;
        self.place.column += 1;
        if letter == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        }
        Some(letter)
    }

    fn while_so(&mut self, so: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(letter) = self.peek(0).filter(|letter| so(*letter)) {
            text.push(letter);
            self.next();
        }
        text
    }

    /// Passes over blanks and comments.
    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('/')) => drop(self.while_so(|letter| letter != '\n')),
                (Some('/'), Some('*')) => self.skip_long_comment()?,
                (Some(letter), _) if letter.is_whitespace() => drop(self.next()),
                _ => return Ok(()),
            }
        }
    }

    fn skip_long_comment(&mut self) -> Result<(), Fault> {
        let begin = self.place;
        while (self.peek(0), self.peek(1)) != (Some('*'), Some('/')) {
            self.next().ok_or_else(|| Fault::new(begin, "a comment does not end"))?;
        }
        self.next();
        self.next();
        Ok(())
    }

    fn token(&mut self) -> Result<Token, Fault> {
        Ok(match self.peek(0) {
            None => Token::End,
            Some('"') => Token::Text(self.text()?),
            Some('\'') => Token::Byte(self.byte()?),
            Some(letter) if letter.is_ascii_digit() => Token::Number(self.number()),
            Some(letter) if is_word(letter) => Token::Word(self.while_so(is_word)),
            Some(letter) => {
                self.next();
                Token::Sign(letter)
            }
        })
    }

    /// Digits of any base, with underscores, a point and an exponent.
    fn number(&mut self) -> String {
        let mut number = self.while_so(|letter| is_word(letter) || letter == '.');
        let decimal = !number.starts_with("0x") && !number.starts_with("0X");
        let exponent = if decimal { ['e', 'E'] } else { ['p', 'P'] };
        if number.ends_with(exponent) && matches!(self.peek(0), Some('+' | '-')) {
            number.extend(self.next());
            number += &self.while_so(is_word);
        }
        number
    }

    fn text(&mut self) -> Result<Vec<u8>, Fault> {
        let begin = self.place;
        self.next();
        let mut text = Vec::new();
        loop {
            let place = self.place;
            match self.next() {
                None | Some('\n') => return Err(Fault::new(begin, "a string does not end")),
                Some('"') => return Ok(text),
                Some('\\') => self.escape(place, '"', &mut text)?,
                Some(letter) => text.extend(letter.to_string().bytes()),
            }
        }
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let place = self.place;
        self.next();
        let mut bytes = Vec::new();
        match self.next() {
            Some('\\') => self.escape(place, '\'', &mut bytes)?,
            letter => bytes.extend(letter.unwrap_or('\'').to_string().bytes()),
        }
        match (&bytes[..], self.next()) {
            ([byte], Some('\'')) => Ok(*byte),
            _ => Err(Fault::new(place, "not a byte between single quotes")),
        }
    }

    /// What stands behind a backslash. `\x` and octal escapes are bytes, `\u` and `\U` characters.
    fn escape(&mut self, place: Place, quote: char, out: &mut Vec<u8>) -> Result<(), Fault> {
        let wrong = || Fault::new(place, "not an escape");
        let letter = self.next().ok_or_else(wrong)?;
        let (base, digits) = match letter {
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='7' => {
                self.at -= 1;
                self.place.column -= 1;
                (8, 3)
            }
            _ => {
                out.push(plain_escape(letter, quote).ok_or_else(wrong)?);
                return Ok(());
            }
        };
        let digits: String = (0..digits).filter_map(|_| self.next()).collect();
        let number = u32::from_str_radix(&digits, base).map_err(|_| wrong())?;
        if matches!(letter, 'u' | 'U') {
            out.extend(char::from_u32(number).ok_or_else(wrong)?.to_string().bytes());
        } else {
            out.push(u8::try_from(number).map_err(|_| wrong())?);
        }
        Ok(())
    }
}

/// The byte that one letter behind a backslash stands for.
fn plain_escape(letter: char, quote: char) -> Option<u8> {
    Some(match letter {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        letter if letter == quote => letter as u8,
        _ => return None,
    })
}

fn is_word(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}
