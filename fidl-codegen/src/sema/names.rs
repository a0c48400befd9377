//! Forms of names: the canonical one by which names collide, and the one of generated names.

pub(super) use crate::syntax::canonical;

/// Words begin with capitals and stand together.
pub(super) fn upper_camel(name: &str) -> String {
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

/// Whether a text can be a name.
pub(crate) fn is_identifier(text: &str) -> bool {
    let word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && text.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !text.ends_with('_')
}

/// Whether a text can be the name of a library.
pub(crate) fn is_library_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|letter: char| letter.is_ascii_lowercase())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
