//! Tokens to cases. Behind a fault the parser goes on with the next case, so that one mistake costs one case.

use super::lexer::{Token, tokens};
use super::rights::{object_type, rights};
use super::tree::{Case, Disposition, Encoding, HandleDef, Kind, Restriction, SAME_RIGHTS};
use super::{Fault, Place};

/// The cases of a file, and what is wrong with it.
pub(crate) fn parse(text: &str) -> (Vec<Case>, Vec<Fault>) {
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(fault) => return (Vec::new(), vec![fault]),
    };
    let mut parser = Parser { tokens, at: 0 };
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    while *parser.peek() != Token::End {
        match parser.case() {
            Ok(case) => cases.push(case),
            Err(fault) => {
                faults.push(fault);
                parser.skip_to_case();
            }
        }
    }
    (cases, faults)
}

pub(super) struct Parser {
    tokens: Vec<(Token, Place)>,
    at: usize,
}

impl Parser {
    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    pub(super) fn place(&self) -> Place {
        self.tokens[self.at].1
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        // The last token is the end, which is never passed.
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    pub(super) fn fault<T>(&self, message: impl Into<String>) -> Result<T, Fault> {
        Err(Fault::new(self.place(), message))
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        *self.peek() == Token::Sign(sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found == word)
    }

    /// Passes over a sign, if it is there.
    pub(super) fn eat(&mut self, sign: char) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn sign(&mut self, sign: char) -> Result<(), Fault> {
        if self.eat(sign) { Ok(()) } else { self.fault(format!("expected `{sign}`")) }
    }

    pub(super) fn word(&mut self) -> Result<String, Fault> {
        match self.peek().clone() {
            Token::Word(word) => {
                self.next();
                Ok(word)
            }
            _ => self.fault("expected a name"),
        }
    }

    /// `begin item, item, end`, where the last comma may be left out.
    pub(super) fn list(
        &mut self,
        begin: char,
        end: char,
        mut item: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.sign(begin)?;
        while !self.is_sign(end) {
            item(self)?;
            if !self.is_sign(end) {
                self.sign(',')?;
            }
        }
        self.sign(end)
    }

    /// Passes over tokens up to the next that begins a line with the word of a case.
    fn skip_to_case(&mut self) {
        loop {
            let begins = matches!(self.peek(), Token::Word(word) if Kind::of(word).is_some());
            let done = *self.peek() == Token::End || (begins && self.place().column == 1);
            if done {
                return;
            }
            self.next();
        }
    }

    fn case(&mut self) -> Result<Case, Fault> {
        let place = self.place();
        let kind = Kind::of(&self.word()?).ok_or_else(|| Fault::new(place, "not a kind of case"))?;
        self.sign('(')?;
        let name = match self.next() {
            Token::Text(name) => String::from_utf8_lossy(&name).into_owned(),
            _ => return Err(Fault::new(place, "a case has a name")),
        };
        self.sign(')')?;
        let mut case = Case::new(kind, name, place);
        self.body(&mut case)?;
        case.check()?;
        Ok(case)
    }

    pub(super) fn body(&mut self, case: &mut Case) -> Result<(), Fault> {
        let mut seen = Vec::new();
        self.list('{', '}', |parser| {
            let place = parser.place();
            let key = parser.word()?;
            parser.sign('=')?;
            if seen.contains(&key) {
                return Err(Fault::new(place, format!("`{key}` stands here twice")));
            }
            parser.element(&key, place, case)?;
            seen.push(key);
            Ok(())
        })
    }

    fn element(&mut self, key: &str, place: Place, case: &mut Case) -> Result<(), Fault> {
        match key {
            "type" => case.ty = Some((self.word()?, place)),
            "value" => case.value = Some(self.value()?),
            "bytes" => self.formats(case, |parser, encoding| {
                encoding.bytes = Some(parser.bytes()?);
                Ok(())
            })?,
            "handles" => self.formats(case, |parser, encoding| {
                encoding.handles = Some(parser.handles()?);
                Ok(())
            })?,
            "handle_dispositions" => self.formats(case, |parser, encoding| {
                encoding.dispositions = Some(parser.dispositions()?);
                Ok(())
            })?,
            "handle_defs" => case.handle_defs = self.handle_defs()?,
            "err" => case.error = Some(self.word()?),
            "bindings_allowlist" => case.allowed = Some(self.words()?),
            "bindings_denylist" => case.denied = self.words()?,
            "bindings_skip" => case.skipped = self.words()?,
            "enable_send_event_benchmark" | "enable_echo_call_benchmark" => drop(self.word()?),
            _ => return Err(Fault::new(place, format!("`{key}` is not a part of a case"))),
        }
        Ok(())
    }

    fn words(&mut self) -> Result<Vec<String>, Fault> {
        let mut words = Vec::new();
        self.list('[', ']', |parser| {
            words.push(parser.word()?);
            Ok(())
        })?;
        Ok(words)
    }

    /// `{ v1, v2 = …, v3 = … }`: the same for some formats, something else for others.
    fn formats(
        &mut self,
        case: &mut Case,
        mut read: impl FnMut(&mut Self, &mut Encoding) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.list('{', '}', |parser| {
            let mut formats = vec![parser.word()?];
            while parser.eat(',') {
                formats.push(parser.word()?);
            }
            parser.sign('=')?;
            let begin = parser.at;
            for format in formats {
                parser.at = begin;
                read(parser, case.encoding(format))?;
            }
            Ok(())
        })
    }

    pub(super) fn handle(&mut self) -> Result<usize, Fault> {
        self.sign('#')?;
        self.count()
    }

    /// A number in decimal digits.
    pub(super) fn count(&mut self) -> Result<usize, Fault> {
        let Token::Number(digits) = self.peek() else { return self.fault("expected a number") };
        let Ok(count) = digits.parse() else { return self.fault("expected a number in decimal digits") };
        self.next();
        Ok(count)
    }

    pub(super) fn handles(&mut self) -> Result<Vec<usize>, Fault> {
        let mut handles = Vec::new();
        self.list('[', ']', |parser| {
            handles.push(parser.handle()?);
            Ok(())
        })?;
        Ok(handles)
    }

    fn dispositions(&mut self) -> Result<Vec<Disposition>, Fault> {
        let mut dispositions = Vec::new();
        self.list('[', ']', |parser| {
            parser.sign('{')?;
            let handle = parser.handle()?;
            let (object_type, rights) = parser.type_and_rights()?;
            parser.sign('}')?;
            dispositions.push(Disposition {
                handle,
                object_type: object_type.unwrap_or(0),
                rights: rights.unwrap_or(SAME_RIGHTS),
            });
            Ok(())
        })?;
        Ok(dispositions)
    }

    /// `, type: event, rights: basic`, of which each part may be left out.
    fn type_and_rights(&mut self) -> Result<(Option<u32>, Option<u32>), Fault> {
        let (mut object_type, mut rights) = (None, None);
        while self.eat(',') {
            let place = self.place();
            let label = self.word()?;
            self.sign(':')?;
            match &*label {
                "type" => object_type = Some(self.object_type()?),
                "rights" => rights = Some(self.rights()?),
                _ => return Err(Fault::new(place, format!("`{label}` says nothing of a handle"))),
            }
        }
        Ok((object_type, rights))
    }

    /// `(#0, type: event, rights: basic)`.
    pub(super) fn restriction(&mut self) -> Result<(usize, Restriction), Fault> {
        self.sign('(')?;
        let handle = self.handle()?;
        let (object_type, rights) = self.type_and_rights()?;
        let (Some(object_type), Some(rights)) = (object_type, rights) else {
            return self.fault("a restricted handle has a type and rights");
        };
        self.sign(')')?;
        Ok((handle, Restriction { object_type, rights }))
    }

    fn object_type(&mut self) -> Result<u32, Fault> {
        let place = self.place();
        let name = self.word()?;
        object_type(&name).ok_or_else(|| Fault::new(place, format!("`{name}` is not a type of object")))
    }

    /// `right + right - right`.
    fn rights(&mut self) -> Result<u32, Fault> {
        let mut bits = self.right()?;
        loop {
            if self.eat('+') {
                bits |= self.right()?;
            } else if self.eat('-') {
                bits &= !self.right()?;
            } else {
                return Ok(bits);
            }
        }
    }

    fn right(&mut self) -> Result<u32, Fault> {
        let place = self.place();
        let name = self.word()?;
        rights(&name).ok_or_else(|| Fault::new(place, format!("`{name}` is not a right")))
    }

    fn handle_defs(&mut self) -> Result<Vec<HandleDef>, Fault> {
        let mut defs = Vec::new();
        self.list('{', '}', |parser| {
            if parser.handle()? != defs.len() {
                return parser.fault(format!("this is the definition of #{}", defs.len()));
            }
            parser.sign('=')?;
            let object_type = parser.object_type()?;
            parser.sign('(')?;
            let mut rights = SAME_RIGHTS;
            if parser.is_word("rights") {
                parser.next();
                parser.sign(':')?;
                rights = parser.rights()?;
            }
            parser.sign(')')?;
            defs.push(HandleDef { object_type, rights });
            Ok(())
        })?;
        Ok(defs)
    }
}

impl Case {
    pub(super) fn new(kind: Kind, name: String, place: Place) -> Self {
        Self {
            kind,
            name,
            place,
            ty: None,
            value: None,
            encodings: Vec::new(),
            handle_defs: Vec::new(),
            error: None,
            allowed: None,
            denied: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// The message in a format, added if it is new.
    fn encoding(&mut self, format: String) -> &mut Encoding {
        let index = self.encodings.iter().position(|encoding| encoding.format == format);
        let index = index.unwrap_or_else(|| {
            self.encodings.push(Encoding { format, ..Encoding::default() });
            self.encodings.len() - 1
        });
        &mut self.encodings[index]
    }

    /// Whether everything is there that the case's kind needs.
    fn check(&self) -> Result<(), Fault> {
        let bytes = self.encodings.iter().any(|encoding| encoding.bytes.is_some());
        let (value, ty, error) = (self.value.is_some(), self.ty.is_some(), self.error.is_some());
        let (complete, needed) = match self.kind {
            Kind::Success | Kind::EncodeSuccess | Kind::DecodeSuccess => {
                (value && bytes, "`value` and `bytes`")
            }
            Kind::EncodeFailure => (value && error, "`value` and `err`"),
            Kind::DecodeFailure => (ty && bytes && error, "`type`, `bytes` and `err`"),
            Kind::Benchmark => (value, "`value`"),
        };
        if complete {
            Ok(())
        } else {
            Err(Fault::new(self.place, format!("a case of this kind has {needed}")))
        }
    }
}
