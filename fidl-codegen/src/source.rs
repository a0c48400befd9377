//! Source files, and places in them.
//!
//! A [`Span`] is three numbers and can be copied about freely; the [`SourceMap`] turns it back into text,
//! line and column. Text that is not UTF-8 is taken in with replacement characters, and the file remembers
//! where that began.

use std::path::Path;
use std::{fs, io};

/// The largest file that is read, in bytes. Spans count in 32 bits.
const LARGEST_FILE: usize = 1 << 30;

/// One file handed to the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name that diagnostics use.
    pub path: String,
    /// The contents, which need not be UTF-8.
    pub bytes: Vec<u8>,
}

impl Source {
    /// A source from a text in memory.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: text.into() }
    }

    /// Reads a source from disk.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        Ok(Self { path: path.display().to_string(), bytes: fs::read(path)? })
    }
}

/// A byte range in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The file's index in the [`SourceMap`].
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// From the begin of this span to the end of a later one in the same file.
    #[must_use]
    pub fn to(self, later: Span) -> Span {
        Span { end: later.end.max(self.start), ..self }
    }

    /// The empty span right behind this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A file as the compiler sees it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name that diagnostics use.
    pub path: String,
    /// The text.
    pub text: String,
    /// Where the first byte stood that is not UTF-8.
    pub invalid_at: Option<u32>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    fn new(source: &Source) -> Self {
        let bytes = &source.bytes[..source.bytes.len().min(LARGEST_FILE)];
        let (text, invalid_at) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(error) => (String::from_utf8_lossy(bytes).into_owned(), Some(error.valid_up_to() as u32)),
        };
        let line_starts = line_starts(&text);
        Self { path: source.path.clone(), text, invalid_at, line_starts }
    }

    /// The line and column of a byte, both from 1; columns count bytes.
    #[must_use]
    pub fn line_and_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        (line as u32, offset - self.line_starts[line - 1] + 1)
    }

    /// Where the line of a byte begins.
    #[must_use]
    pub fn line_start(&self, offset: u32) -> u32 {
        self.line_starts[self.line_starts.partition_point(|start| *start <= offset) - 1]
    }

    /// Where the line of a byte ends, its line break excluded.
    #[must_use]
    pub fn line_end(&self, offset: u32) -> u32 {
        let next = self.line_starts.partition_point(|start| *start <= offset);
        self.line_starts.get(next).map_or(self.text.len() as u32, |start| start - 1)
    }
}

/// The offsets at which lines begin; never empty.
fn line_starts(text: &str) -> Vec<u32> {
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0).chain(breaks.map(|(offset, _)| offset as u32 + 1)).collect()
}

/// All files of one run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes in a file and gives its index.
    pub fn add(&mut self, source: &Source) -> u32 {
        self.files.push(SourceFile::new(source));
        self.files.len() as u32 - 1
    }

    /// All files.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// One file.
    #[must_use]
    pub fn file(&self, index: u32) -> &SourceFile {
        &self.files[index as usize]
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let file = SourceFile::new(&Source::new("a", "ab\n\ncd"));
        assert_eq!(file.line_and_column(0), (1, 1));
        assert_eq!(file.line_and_column(2), (1, 3));
        assert_eq!(file.line_and_column(3), (2, 1));
        assert_eq!(file.line_and_column(6), (3, 3));
        assert_eq!(file.line_end(4), 6);
        assert_eq!(file.line_start(5), 4);
    }

    #[test]
    fn bytes_that_are_no_text_are_remembered() {
        let file = SourceFile::new(&Source::new("a", &b"ab\xffc"[..]));
        assert_eq!(file.invalid_at, Some(2));
        assert_eq!(file.text, "ab\u{fffd}c");
    }
}
