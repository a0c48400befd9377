//! What is said about schemas and files.

use std::io::IsTerminal;

use clap::ValueEnum;
use fidl_codegen::diagnostics::{Diagnostic, Report, Severity};
use fidl_codegen::source::{SourceMap, Span};
use serde::Serialize;

/// The form in which findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Why a command failed.
pub(super) enum Failure {
    /// Schemas have errors.
    Schema(Box<Report>),
    /// Schemas have warnings, which were to be errors.
    Warnings(Box<Report>),
    /// Anything that one line can say.
    Other(String),
}

impl Failure {
    pub(super) fn schema(report: Report) -> Self {
        Self::Schema(Box::new(report))
    }

    pub(super) fn other(text: impl ToString) -> Self {
        Self::Other(text.to_string())
    }

    pub(super) fn print(&self, format: Format) {
        match (self, format) {
            (Self::Schema(report), _) => print(report, format),
            (Self::Warnings(report), Format::Text) => {
                print(report, format);
                eprintln!("error: warnings are errors");
            }
            (Self::Warnings(report), Format::Json) => {
                let severity = Some(Severity::Error);
                print_list(report.diagnostics().iter().map(|it| Finding::of(report, it, severity)));
            }
            (Self::Other(line), Format::Text) => eprintln!("error: {line}"),
            (Self::Other(line), Format::Json) => print_list([Finding::line(line)].into_iter()),
        }
    }
}

/// Prints a report to standard error.
pub(super) fn print(report: &Report, format: Format) {
    match format {
        Format::Text => eprint!("{}", report.render(std::io::stderr().is_terminal())),
        Format::Json => print_list(report.diagnostics().iter().map(|it| Finding::of(report, it, None))),
    }
}

fn print_list<'a>(findings: impl Iterator<Item = Finding<'a>>) {
    let findings: Vec<Finding<'_>> = findings.collect();
    match serde_json::to_string_pretty(&findings) {
        Ok(text) => eprintln!("{text}"),
        Err(error) => eprintln!("error: {error}"),
    }
}

/// A finding for programs. The option `--format` describes it.
#[derive(Serialize)]
struct Finding<'a> {
    code: Option<String>,
    fi: Option<String>,
    severity: &'static str,
    message: &'a str,
    label: Option<&'a str>,
    #[serde(flatten)]
    place: Place<'a>,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
}

/// From the first byte to behind the last one, in lines and columns.
#[derive(Default, Serialize)]
struct Place<'a> {
    path: Option<&'a str>,
    start_line: Option<u32>,
    start_column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

#[derive(Serialize)]
struct Label<'a> {
    label: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

impl<'a> Finding<'a> {
    /// A diagnostic, if need be with another severity than its own.
    fn of(report: &'a Report, diagnostic: &'a Diagnostic, severity: Option<Severity>) -> Self {
        let sources = report.sources();
        let code = diagnostic.code;
        let labels = diagnostic.places.iter();
        Self {
            code: Some(code.to_string()),
            fi: (code.number < 1000).then(|| format!("fi-{:04}", code.number)),
            severity: match severity.unwrap_or(code.severity) {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: code.title,
            label: Some(&diagnostic.label),
            place: Place::of(sources, diagnostic.span),
            labels: labels.map(|(span, label)| Label { label, place: Place::of(sources, *span) }).collect(),
            help: diagnostic.help.as_deref(),
        }
    }

    /// An error that is no schema's.
    fn line(message: &'a str) -> Self {
        Self {
            code: None,
            fi: None,
            severity: "error",
            message,
            label: None,
            place: Place::default(),
            labels: Vec::new(),
            help: None,
        }
    }
}

impl<'a> Place<'a> {
    fn of(sources: &'a SourceMap, span: Span) -> Self {
        let file = sources.file(span.file);
        let (start, end) = (file.line_and_column(span.start), file.line_and_column(span.end));
        Self {
            path: Some(&file.path),
            start_line: Some(start.0),
            start_column: Some(start.1),
            end_line: Some(end.0),
            end_column: Some(end.1),
        }
    }
}
