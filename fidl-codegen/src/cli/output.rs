//! Writing. What is to be written is collected first, so that nothing is written if anything is wrong.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use fidl_codegen::builder::write_if_changed;
use fidl_codegen::rust;

use super::findings::Failure;

/// Files to be written.
#[derive(Default)]
pub(super) struct Output(Vec<(PathBuf, String)>);

impl Output {
    pub(super) fn add(&mut self, path: &Path, text: String) {
        self.0.push((path.to_owned(), text));
    }

    /// Adds a list of what the files so far are made of, in the form that Make reads.
    pub(super) fn add_dependencies<'a>(&mut self, path: &Path, inputs: impl Iterator<Item = &'a Path>) {
        let outputs: Vec<String> = self.0.iter().map(|(path, _)| escaped(path)).collect();
        let inputs: String = inputs.map(|input| format!(" {}", escaped(input))).collect();
        self.add(path, format!("{}:{inputs}\n", outputs.join(" ")));
    }

    /// Writes the files whose text is new. None may be one of the inputs or be written twice.
    pub(super) fn write<'a>(&self, inputs: impl Iterator<Item = &'a Path>) -> Result<(), Failure> {
        let mut taken: HashSet<PathBuf> = inputs.filter_map(|path| fs::canonicalize(path).ok()).collect();
        for (path, _) in &self.0 {
            if !taken.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())) {
                let path = path.display();
                return Err(Failure::Other(format!("`{path}` is an input or the place of another output")));
            }
        }
        self.0.iter().try_for_each(|(path, text)| write_if_changed(path, text)).map_err(Failure::other)
    }
}

/// Where the module of a library goes: to the file given, or into the folder given.
pub(super) fn module(given: &Path, library: &str) -> PathBuf {
    let is_folder = given.is_dir() || given.as_os_str().as_encoded_bytes().ends_with(b"/");
    if is_folder { given.join(rust::file_name(library)) } else { given.to_owned() }
}

/// A path as Make reads it.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for letter in path.display().to_string().chars() {
        match letter {
            ' ' | '#' | '\\' => out.extend(['\\', letter]),
            '$' => out.push_str("$$"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_escaped_for_make() {
        assert_eq!(escaped(Path::new("a b/c$d#e.fidl")), "a\\ b/c$$d\\#e.fidl");
    }
}
