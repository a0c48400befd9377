//! Values and bytes.

use super::Fault;
use super::lexer::Token;
use super::numbers;
use super::parser::Parser;
use super::tree::{Case, Decoded, Key, Kind, Record, Unknown, Value, ValueKind};

impl Parser {
    pub(super) fn value(&mut self) -> Result<Value, Fault> {
        let place = self.place();
        let kind = match self.peek().clone() {
            Token::Text(text) => {
                self.next();
                ValueKind::Text(text)
            }
            Token::Number(_) => self.number(false)?,
            Token::Sign('-') => {
                self.next();
                self.number(true)?
            }
            Token::Sign('#') => ValueKind::Handle(self.handle()?),
            Token::Sign('[') => self.values()?,
            Token::Word(word) => {
                self.next();
                self.named(word)?
            }
            _ => return self.fault("expected a value"),
        };
        Ok(Value { place, kind })
    }

    fn number(&mut self, negative: bool) -> Result<ValueKind, Fault> {
        let Token::Number(text) = self.peek().clone() else { return self.fault("expected a number") };
        let sign = if negative { -1 } else { 1 };
        let value = match text.contains('.') {
            true => numbers::float(&text).map(|value| ValueKind::Float(f64::from(sign) * value)),
            false => {
                numbers::integer(&text).map(|value| ValueKind::Integer(i128::from(sign) * i128::from(value)))
            }
        };
        let Some(value) = value else { return self.fault(format!("`{text}` is not a number")) };
        self.next();
        Ok(value)
    }

    /// A value that begins with a word.
    fn named(&mut self, word: String) -> Result<ValueKind, Fault> {
        Ok(match &*word {
            "null" => ValueKind::Null,
            "true" => ValueKind::Bool(true),
            "false" => ValueKind::Bool(false),
            "raw_float" => ValueKind::RawFloat(self.raw_float()?),
            "restrict" => {
                let (handle, restriction) = self.restriction()?;
                ValueKind::Restricted(handle, restriction)
            }
            "decode" => ValueKind::Decoded(Box::new(self.decoded()?)),
            _ if self.is_sign('{') => ValueKind::Record(self.record(word)?),
            _ => ValueKind::Names(self.member_names(word)?),
        })
    }

    /// `MEMBER`, `Type.MEMBER`, or several with `|` between them.
    fn member_names(&mut self, mut word: String) -> Result<Vec<String>, Fault> {
        let mut names = Vec::new();
        loop {
            while self.eat('.') {
                word = self.word()?;
            }
            names.push(word);
            if !self.eat('|') {
                return Ok(names);
            }
            word = self.word()?;
        }
    }

    fn raw_float(&mut self) -> Result<u64, Fault> {
        self.sign('(')?;
        let Token::Number(text) = self.peek().clone() else {
            return self.fault("expected the bits of a float");
        };
        let Some(bits) = numbers::integer(&text) else {
            return self.fault(format!("`{text}` is not a number"));
        };
        self.next();
        self.sign(')')?;
        Ok(bits)
    }

    fn values(&mut self) -> Result<ValueKind, Fault> {
        let mut values = Vec::new();
        self.list('[', ']', |parser| {
            if parser.is_word("repeat") {
                parser.next();
                parser.sign('(')?;
                let value = parser.value()?;
                parser.sign(')')?;
                values.push((value, parser.size()?));
            } else {
                values.push((parser.value()?, 1));
            }
            Ok(())
        })?;
        Ok(ValueKind::List(values))
    }

    /// `:8`, not 0.
    fn size(&mut self) -> Result<usize, Fault> {
        self.sign(':')?;
        let place = self.place();
        match self.count()? {
            0 => Err(Fault::new(place, "expected a size above 0")),
            size => Ok(size),
        }
    }

    fn record(&mut self, name: String) -> Result<Record, Fault> {
        let mut fields = Vec::new();
        self.list('{', '}', |parser| {
            let place = parser.place();
            let key = match parser.next() {
                Token::Word(name) => {
                    parser.sign(':')?;
                    Key::Known(name, parser.value()?)
                }
                Token::Number(digits) => {
                    let ordinal = numbers::integer(&digits);
                    let ordinal = ordinal.ok_or_else(|| Fault::new(place, "not an ordinal"))?;
                    parser.sign(':')?;
                    Key::Unknown(ordinal, parser.unknown()?)
                }
                _ => return Err(Fault::new(place, "expected a member")),
            };
            fields.push((place, key));
            Ok(())
        })?;
        Ok(Record { name, fields })
    }

    /// `null`, or `{ bytes = […], handles = […] }`.
    fn unknown(&mut self) -> Result<Option<Unknown>, Fault> {
        if self.is_word("null") {
            self.next();
            return Ok(None);
        }
        let mut unknown = Unknown::default();
        self.list('{', '}', |parser| {
            let place = parser.place();
            let key = parser.word()?;
            parser.sign('=')?;
            match &*key {
                "bytes" => unknown.bytes = parser.bytes()?,
                "handles" => unknown.handles = parser.handles()?,
                _ => return Err(Fault::new(place, format!("`{key}` says nothing of unknown data"))),
            }
            Ok(())
        })?;
        Ok(Some(unknown))
    }

    /// `({ type = …, bytes = …, handles = … })`.
    fn decoded(&mut self) -> Result<Decoded, Fault> {
        let place = self.place();
        self.sign('(')?;
        let mut body = Case::new(Kind::DecodeSuccess, String::new(), place);
        self.body(&mut body)?;
        self.sign(')')?;
        let encoding = body.encodings.into_iter().find(|encoding| encoding.bytes.is_some());
        match (body.ty, encoding) {
            (Some((ty, _)), Some(encoding)) => Ok(Decoded { ty, encoding }),
            _ => Err(Fault::new(place, "what is decoded has `type` and `bytes`")),
        }
    }

    /// `[0xff, 'a', repeat(0):4, num(-1):8, padding:2]`.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.list('[', ']', |parser| match parser.peek().clone() {
            Token::Word(word) => parser.generated(&word, &mut bytes),
            _ => {
                bytes.push(parser.byte()?);
                Ok(())
            }
        })?;
        Ok(bytes)
    }

    fn generated(&mut self, word: &str, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        match word {
            "padding" => {
                self.next();
                bytes.extend(vec![0; self.size()?]);
            }
            "repeat" => {
                self.next();
                self.sign('(')?;
                let byte = self.byte()?;
                self.sign(')')?;
                bytes.extend(vec![byte; self.size()?]);
            }
            "num" => {
                self.next();
                bytes.extend(self.sized_number()?);
            }
            _ => return self.fault(format!("`{word}` makes no bytes")),
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = match self.peek() {
            Token::Byte(byte) => Some(*byte),
            Token::Number(text) => numbers::integer(text).and_then(|number| u8::try_from(number).ok()),
            _ => None,
        };
        let Some(byte) = byte else { return self.fault("expected a byte") };
        self.next();
        Ok(byte)
    }

    /// `(-1):8`.
    fn sized_number(&mut self) -> Result<Vec<u8>, Fault> {
        self.sign('(')?;
        let place = self.place();
        let negative = self.eat('-');
        let ValueKind::Integer(number) = self.number(negative)? else {
            return Err(Fault::new(place, "expected an integer"));
        };
        self.sign(')')?;
        let size = self.size()?;
        numbers::bytes(number, size).ok_or_else(|| Fault::new(place, format!("{number} has no {size} bytes")))
    }
}
