//! Putting a module together: formatted tokens and text.

use proc_macro2::TokenStream;

use crate::ir::{Element, Value};

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
        let file =
            syn::parse2(tokens).unwrap_or_else(|error| panic!("generated code does not parse: {error}"));
        self.items.push(spaced(&prettyplease::unparse(&file)));
    }

    /// The whole file.
    pub(super) fn finish(self, library: &str, module: &str, doc: Option<&Value>) -> String {
        let doc = match doc {
            Some(Value::String(text)) => text.clone(),
            _ => format!(" The FIDL library `{library}`.\n"),
        };
        let doc: String = doc.lines().map(|line| format!("///{}\n", line.trim_end())).collect();
        let body = indented(&self.items.join("\n"));
        format!(
            "// Generated from the FIDL library `{library}`. Do not edit.\n\n{doc}pub mod {module} {{\n{body}}}\n"
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
        let closes =
            matches!(previous.trim(), "}" | "};" | "});") || previous.trim_end().ends_with(['}', ';']);
        let begins = ["#[", "///", "pub ", "impl", "fn ", "async fn ", "const _"]
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        if closes && begins && indent == previous_indent && !(is_single(previous) && is_single(line)) {
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
    match element.doc() {
        Some(text) => text.lines().map(|line| line.trim_end().to_owned()).collect(),
        None => vec![format!(" {otherwise}")],
    }
}

/// An element's documentation as attributes.
pub(super) fn docs(element: &Element, otherwise: &str) -> TokenStream {
    let lines = doc_lines(element, otherwise);
    quote::quote! { #(#[doc = #lines])* }
}

/// An element's documentation as text with `indent` in front of each line.
pub(super) fn doc_text(element: &Element, otherwise: &str, indent: &str) -> String {
    doc_lines(element, otherwise).iter().map(|line| format!("{indent}///{line}\n")).collect()
}
