//! How the form is spelled: two blanks of indentation, few escapes, numbers with a fraction as C's `%g`.

use std::fmt;
use std::io::{self, Write};
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};
use serde_json::value::RawValue;

/// A document's text, with a line break at the end.
pub(super) fn spell(document: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Spelling::default());
    document.serialize(&mut serializer).expect("the keys are strings, and memory takes what is written");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("only text is written")
}

/// The usual form for people, where but `\n`, `\r` and `\t` no control character has an escape of its own.
#[derive(Default)]
struct Spelling(PrettyFormatter<'static>);

impl Formatter for Spelling {
    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let escape = match escape {
            CharEscape::Backspace => CharEscape::AsciiControl(0x08),
            CharEscape::FormFeed => CharEscape::AsciiControl(0x0c),
            other => other,
        };
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// A string, some letters of which are spelled as escapes because the source spells them so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) value: String,
    /// The literal that the text comes from, where that has escapes for letters beyond ASCII.
    escaped_as: Option<String>,
}

impl Text {
    /// A text that is spelled as any other.
    pub(super) fn plain(value: String) -> Self {
        Self { value, escaped_as: None }
    }

    /// A text that a literal gave: what that has as `\u{…}` beyond ASCII is spelled as an escape again.
    pub(super) fn of_literal(value: String, literal: &str) -> Self {
        let escaped = literal.starts_with('"') && literal.contains("\\u{") && !value.is_ascii();
        Self { value, escaped_as: escaped.then(|| literal.to_owned()) }
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.escaped_as.as_deref().map(respell).and_then(|raw| RawValue::from_string(raw).ok());
        match raw {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_str(&self.value),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::plain)
    }
}

/// A literal of the language as one of JSON. Both have the same escapes but for `\u{…}`.
fn respell(literal: &str) -> String {
    let mut out = String::new();
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let digits = from.strip_prefix("\\u{").and_then(|from| from.split_once('}'));
        let letter = digits.and_then(|(digits, rest)| {
            let letter = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((letter, rest))
        });
        (rest, _) = match letter {
            Some((letter, rest)) => (rest, push_letter(&mut out, letter)),
            None => {
                // A slash and the letter behind it, which is never beyond ASCII.
                let (pair, rest) = from.split_at_checked(2).unwrap_or((from, ""));
                (rest, out.push_str(pair))
            }
        };
    }
    out.push_str(rest);
    out
}

fn push_letter(out: &mut String, letter: char) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        ' '..='\u{7e}' => out.push(letter),
        _ => {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
}

/// An object whose keys stand in an order of their own.
#[derive(Clone, Debug)]
pub(super) struct Entries<T>(pub(super) Vec<(String, T)>);

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

/// A number as C's `%g` prints it: six digits, without zeros at the end, with an exponent where that is less
/// than -4 or more than 5.
pub(super) fn float(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return without_zeros(&format!("{value:.*}", (5 - exponent) as usize)).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(digits), exponent.abs())
}

fn without_zeros(digits: &str) -> &str {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_have_six_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (1.414_213_58, "1.41421"),
            (-100.5, "-100.5"),
            (123_456.0, "123456"),
            (1_234_567.0, "1.23457e+06"),
            (999_999.5, "1e+06"),
            (0.000_1, "0.0001"),
            (0.000_012_345, "1.2345e-05"),
            (0.000_099_999_99, "0.0001"),
            (1e100, "1e+100"),
            (f64::MAX, "1.79769e+308"),
            (f64::INFINITY, "inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(float(value), expected);
        }
    }

    #[test]
    fn strings_have_few_escapes() {
        let text = "\u{8}\u{c}\n\r\t\"\\/\u{1f}\u{7f}é";
        assert_eq!(spell(&text), "\"\\u0008\\u000c\\n\\r\\t\\\"\\\\/\\u001f\u{7f}é\"\n");
    }

    #[test]
    fn what_is_an_escape_in_the_source_stays_one() {
        let text = Text::of_literal("é☺é\u{1f600}\n\"A".to_owned(), r#""\u{e9}☺é\u{1F600}\n\"\u{41}""#);
        assert_eq!(spell(&text), "\"\\u00e9☺é\\ud83d\\ude00\\n\\\"A\"\n");
        let read: Text = serde_json::from_str(&spell(&text)).unwrap();
        assert_eq!(read.value, text.value);
    }

    #[test]
    fn entries_keep_their_order() {
        let text = "{\n  \"b\": 1,\n  \"a\": 2\n}\n";
        let entries: Entries<u8> = serde_json::from_str(text).unwrap();
        assert_eq!(spell(&entries), text);
        assert_eq!(spell(&Entries::<u8>(Vec::new())), "{}\n");
    }
}
