//! The values of string literals and doc comments, and the forms of names: the one in which they are compared, and
//! the one of generated names.

/// The text that a string literal stands for, its quotes included in `literal`. What the lexer has complained
/// about is left out.
#[must_use]
pub fn unescape(literal: &str) -> String {
    let inner = literal.strip_prefix('"').unwrap_or(literal);
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => break,
            '\\' => out.extend(escape(&mut rest)),
            _ => out.push(letter),
        }
    }
    out
}

/// The character that an escape stands for; `rest` is behind the backslash.
fn escape(rest: &mut std::str::Chars<'_>) -> Option<char> {
    match rest.next()? {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => {
            let digits = rest.as_str().strip_prefix('{')?.split_once('}')?.0;
            *rest = rest.as_str()[digits.len() + 2..].chars();
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        }
        other => Some(other),
    }
}

/// The text of a run of doc comment lines: each line behind its slashes, each ended by one line break.
#[must_use]
pub fn doc_text(run: &str) -> String {
    let lines = run.lines().map(str::trim_start);
    let lines = lines.filter_map(|line| line.strip_prefix("///").filter(|rest| !rest.starts_with('/')));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The form in which names are compared: small letters, words split by single underscores.
#[must_use]
pub fn canonical(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous = '_';
    for (index, &letter) in letters.iter().enumerate() {
        let next_is_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let after_word = previous.is_ascii_lowercase() || previous.is_ascii_digit();
        if letter == '_' {
            if previous != '_' {
                out.push('_');
            }
        } else {
            if letter.is_ascii_uppercase() && (after_word || previous != '_' && next_is_lower) {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        }
        previous = letter;
    }
    out
}

/// The form of generated names: words begin with capitals and stand together.
#[must_use]
pub fn upper_camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in words(name) {
        let digits_meet = out.ends_with(|letter: char| letter.is_ascii_digit())
            && word.starts_with(|letter: char| letter.is_ascii_digit());
        if digits_meet {
            out.push('_');
        }
        let mut letters = word.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// The words of a name in small letters, without the `k` of constants.
fn words(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let constant = bytes.len() > 1 && bytes[0] == b'k' && bytes[1].is_ascii_uppercase();
    let letters: Vec<char> = name.chars().skip(usize::from(constant)).collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        if matches!(letter, '_' | '-' | '.') {
            words.push(String::new());
            continue;
        }
        let next_is_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let after_capital = index > 0 && letters[index - 1].is_ascii_uppercase();
        if letter.is_ascii_uppercase() && (!after_capital || next_is_lower) {
            words.push(String::new());
        }
        words.last_mut().expect("there is always a word").push(letter.to_ascii_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_replaced() {
        assert_eq!(unescape(r#""a\n\t\r\\\"b""#), "a\n\t\r\\\"b");
        assert_eq!(unescape(r#""\u{41}\u{1F600}""#), "A\u{1f600}");
    }

    #[test]
    fn broken_escapes_are_left_out() {
        assert_eq!(unescape(r#""a\u{}b\u{110000}c\u{12""#), "abc{12");
        assert_eq!(unescape("\"open"), "open");
    }

    #[test]
    fn doc_lines_keep_their_blanks() {
        assert_eq!(doc_text("/// One\n  ///  two\n  // no\n  ///"), " One\n  two\n\n");
    }

    #[test]
    fn styles_share_a_canonical_form() {
        for name in ["HTTPServer", "httpServer", "HTTP_SERVER", "http__server"] {
            assert_eq!(canonical(name), "http_server");
        }
        assert_eq!(canonical("Foo1Bar"), "foo1_bar");
        assert_eq!(canonical("ABC"), "abc");
    }

    #[test]
    fn generated_names_are_camel() {
        assert_eq!(upper_camel("foo_bar"), "FooBar");
        assert_eq!(upper_camel("HTTPServer"), "HttpServer");
        assert_eq!(upper_camel("kConstant"), "Constant");
        assert_eq!(upper_camel("a_1_2"), "A1_2");
        assert_eq!(upper_camel("foo"), "Foo");
        assert_eq!(upper_camel("v2Name"), "V2Name");
    }
}
