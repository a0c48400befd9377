//! Putting a module together: formatted tokens and text.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Attribute, AttributeArgument, Element, Library, Value};

/// What a schema may cause in generated code, where nothing can be done about it: items that nobody uses, names that mean
/// something in Rust, numbers that look like others, runs of values, documentation in another language's conventions, items
/// that are deprecated and yet have to be there, unions of large and small things.
const ALLOWED: &str = "\
#[allow(
    clippy::approx_constant,
    clippy::doc_lazy_continuation,
    clippy::doc_overindented_list_items,
    clippy::large_enum_variant,
    clippy::len_without_is_empty,
    clippy::manual_range_patterns,
    clippy::module_inception,
    clippy::should_implement_trait,
    clippy::type_complexity,
    clippy::wrong_self_convention,
    dead_code,
    deprecated,
    non_camel_case_types,
    rustdoc::all,
    unreachable_pub,
    reason = \"names, values, documentation and what is used of them are the schema's affair\"
)]";

/// The items of a module, as text.
#[derive(Default)]
pub(super) struct Module {
    items: Vec<String>,
}

impl Module {
    /// Adds text as it is. It ends with a line break.
    pub(super) fn text(&mut self, text: String) {
        self.items.push(text);
    }

    /// Adds items.
    ///
    /// # Panics
    ///
    /// If the tokens are not Rust, which is a mistake of the back end.
    pub(super) fn items(&mut self, tokens: TokenStream) {
        if tokens.is_empty() {
            return;
        }
        let file =
            syn::parse2(tokens).unwrap_or_else(|error| panic!("generated code does not parse: {error}"));
        self.items.push(spaced(&prettyplease::unparse(&file)));
    }

    /// The whole file.
    pub(super) fn finish(self, library: &Library, module: &str, deprecated: bool) -> String {
        let name = &library.name;
        let attribute = |name: &str| library.attributes.iter().find(|attribute| attribute.name == name);
        let doc = attribute("doc").and_then(|doc| doc.arguments.first()).and_then(text_of);
        let doc = doc.map_or_else(|| format!(" The FIDL library `{name}`."), str::to_owned);
        let deprecated = attribute("available").filter(|_| deprecated).and_then(availability);
        let deprecated = deprecated.map(deprecated_text).unwrap_or_default();
        let doc: String = rust_doc(&doc).iter().map(|line| format!("///{line}\n")).collect();
        let body = indented(&self.items.join("\n"));
        format!(
            "// Generated from the FIDL library `{name}`. Do not edit.\n\n{doc}{deprecated}{ALLOWED}\npub mod {module} {{\n{body}}}\n"
        )
    }
}

/// Puts an empty line between items and between the functions of an item, as a person would.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut previous = "";
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let previous_indent = previous.len() - previous.trim_start().len();
        let documentation = previous.trim_start().starts_with("///");
        let closes = !documentation && previous.trim_end().ends_with(['}', ';']);
        let begins = ["#[", "///", "pub ", "impl", "fn ", "async fn ", "const _"]
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        let constants = |line: &str| line.trim_start().starts_with("pub const ") && line.ends_with(';');
        let in_list = constants(previous) && line.trim_start().starts_with("/// The size of the largest ");
        if closes
            && !in_list
            && begins
            && indent == previous_indent
            && !(is_single(previous) && is_single(line))
        {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}

/// A declaration on a line of its own, without documentation.
fn is_single(line: &str) -> bool {
    let line = line.trim();
    line.ends_with(';') && !line.starts_with("///")
}

fn indented(text: &str) -> String {
    let indent = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
    text.lines().map(indent).collect()
}

/// An element's documentation, as the lines of a doc comment; `otherwise` if it has none.
pub(super) fn doc_lines(element: &Element, otherwise: &str) -> Vec<String> {
    match element.doc().filter(|text| !text.trim().is_empty()) {
        Some(text) => rust_doc(text),
        None => vec![format!(" {otherwise}")],
    }
}

/// The lines of a schema's documentation, so changed that nothing in them is taken for Rust code to be tested, nor for
/// anything but documentation: fences get a language, and indented code loses its indentation.
fn rust_doc(text: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let line = |line| {
        let line: &str = line;
        let content = line.trim();
        let run = fence_of(content);
        match (fence, run) {
            (Some(open), Some(run)) if closes(open, run, content) => fence = None,
            (Some(_), _) => {}
            (None, Some(run)) => {
                fence = Some(run);
                let indent = (line.len() - line.trim_start().len()).min(MAX_INDENT);
                return format!("{}{run}{}", " ".repeat(indent), language(&content[run.len()..]));
            }
            (None, None) => {
                let indent = line.trim_end().len() - content.len();
                return format!("{}{content}", " ".repeat(indent.min(MAX_INDENT)));
            }
        }
        line.trim_end().to_owned()
    };
    let lines = text.split('\n').map(line).map(|line| harmless(&line));
    let mut lines: Vec<String> = lines.collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The backticks or tildes that a line begins or ends a block of code with.
fn fence_of(content: &str) -> Option<&str> {
    let mark = content.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let run = &content[..content.len() - content.trim_start_matches(mark).len()];
    let text_on_one_line = mark == '`' && content[run.len()..].contains('`');
    (run.len() >= 3 && !text_on_one_line).then_some(run)
}

fn closes(open: &str, run: &str, content: &str) -> bool {
    run.len() >= open.len() && run.starts_with(&open[..1]) && run == content
}

/// The language of a block of code, which is never Rust.
fn language(written: &str) -> &str {
    let known = ["c", "cpp", "fidl", "json", "json5", "sh"];
    known.into_iter().find(|known| *known == written.trim()).unwrap_or("text")
}

/// A line of a doc comment without what has a meaning there besides text: a slash in front makes another comment of it,
/// and some characters change how a reader sees it.
fn harmless(line: &str) -> String {
    let shown = |letter: char| match letter {
        '\r' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        letter => letter,
    };
    let slash = if line.starts_with('/') { " " } else { "" };
    slash.chars().chain(line.chars().map(shown)).collect()
}

/// The blank behind the slashes and the most that Markdown does not take for code.
const MAX_INDENT: usize = 4;

/// An element's documentation as attributes, and whether it is deprecated.
pub(super) fn docs(element: &Element, otherwise: &str) -> TokenStream {
    let (lines, deprecated) = (only_docs(element, otherwise), deprecated(element));
    quote! { #lines #deprecated }
}

/// The same without that, for what somebody has to implement whether it is deprecated or not.
pub(super) fn only_docs(element: &Element, otherwise: &str) -> TokenStream {
    let lines = doc_lines(element, otherwise);
    quote! { #(#[doc = #lines])* }
}

/// The first paragraph of an element's documentation, and where there is more of it.
pub(super) fn summary(element: &Element, otherwise: &str, more: &str) -> TokenStream {
    let mut lines = doc_lines(element, otherwise);
    if let Some(end) = lines.iter().position(|line| line.trim().is_empty()) {
        lines.truncate(end);
        lines.extend([String::new(), format!(" More at {more}.")]);
    }
    quote! { #(#[doc = #lines])* }
}

/// An element's documentation as text with `indent` in front of each line, and whether it is deprecated.
pub(super) fn doc_text(element: &Element, otherwise: &str, indent: &str) -> String {
    let lines = doc_lines(element, otherwise);
    let mut text: String = lines.iter().map(|line| format!("{indent}///{line}\n")).collect();
    if let Some(note) = deprecation(element) {
        text += &format!("{indent}{}", deprecated_text(note));
    }
    text
}

fn deprecated_text(note: Option<&str>) -> String {
    match note {
        Some(note) => format!("#[deprecated(note = {note:?})]\n"),
        None => "#[deprecated]\n".to_owned(),
    }
}

/// The attribute of what is deprecated.
pub(super) fn deprecated(element: &Element) -> TokenStream {
    match deprecation(element) {
        Some(Some(note)) => quote! { #[deprecated(note = #note)] },
        Some(None) => quote! { #[deprecated] },
        None => quote! {},
    }
}

/// Whether an element says of itself that it is deprecated, and what it says besides. What it is part of may say so, too;
/// that is marked there.
fn deprecation(element: &Element) -> Option<Option<&str>> {
    if let Some(attribute) = element.attribute("deprecated") {
        return Some(attribute.arguments.iter().find_map(text_of));
    }
    element.attribute("available").filter(|_| element.deprecated).and_then(availability)
}

/// What an attribute `@available` that has come true says of deprecation.
fn availability(attribute: &Attribute) -> Option<Option<&str>> {
    let argument = |name| attribute.arguments.iter().find(|argument| argument.name == name);
    argument("deprecated")?;
    Some(argument("note").and_then(text_of))
}

fn text_of(argument: &AttributeArgument) -> Option<&str> {
    match &argument.value.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_never_rust() {
        let lines = |text| rust_doc(text).join("\n");
        assert_eq!(lines(" ```\n x\n ```\n"), " ```text\n x\n ```");
        assert_eq!(lines(" ```rust,no_run\n ```\n ```"), " ```text\n ```\n ```text");
        assert_eq!(lines(" ````fidl\n ```\n ````"), " ````fidl\n ```\n ````");
        assert_eq!(lines(" ~~~\n ```\n ~~~~\n         a"), " ~~~text\n ```\n ~~~~\n    a");
        assert_eq!(lines(" ```a``` b\n         c"), " ```a``` b\n    c");
    }

    #[test]
    fn comments_stay_documentation() {
        assert_eq!(rust_doc("/ a\r\u{202e}b\n\n"), [" / a  b", ""]);
    }
}
