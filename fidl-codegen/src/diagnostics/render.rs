//! Draws diagnostics.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Report, Severity};
use crate::source::{SourceMap, Span};

/// So many diagnostics are drawn; of the rest the number is given.
const MOST_DRAWN: usize = 100;

/// Lines longer than this are cut around the culprit.
const LONGEST_LINE: u32 = 400;

/// All diagnostics, each followed by an empty line, and a line that counts them.
pub(super) fn render(report: &Report, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in report.list.iter().take(MOST_DRAWN) {
        out.push_str(&draw(&renderer, &report.sources, diagnostic));
        out.push_str("\n\n");
    }
    if report.list.len() > MOST_DRAWN {
        out.push_str(&format!("{} more are not shown\n", report.list.len() - MOST_DRAWN));
    }
    if !report.is_empty() {
        out.push_str(&summary(report.errors(), report.warnings()));
    }
    out
}

fn draw(renderer: &Renderer, sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.code.title)
        .id(diagnostic.code.to_string())
        .element(primary_snippet(sources, diagnostic));
    for (span, text) in diagnostic.places.iter().filter(|(span, _)| !beside(sources, diagnostic, *span)) {
        group = group.element(
            snippet(sources, *span, *span)
                .annotation(AnnotationKind::Context.span(range(sources, *span, *span)).label(text.as_str())),
        );
    }
    match &diagnostic.help {
        Some(help) => {
            let help = Group::with_title(Level::HELP.secondary_title(help.as_str()));
            renderer.render(&[group, help])
        }
        None => renderer.render(&[group]),
    }
}

/// The culprit's line, together with the other places where these are near.
fn primary_snippet<'a>(
    sources: &'a SourceMap,
    diagnostic: &'a Diagnostic,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let near = diagnostic.places.iter().filter(|(span, _)| beside(sources, diagnostic, *span));
    let first = near.clone().map(|(span, _)| *span).chain([diagnostic.span]).min_by_key(|span| span.start);
    let last = near.clone().map(|(span, _)| *span).chain([diagnostic.span]).max_by_key(|span| span.start);
    let (first, last) = (first.unwrap_or(diagnostic.span), last.unwrap_or(diagnostic.span));
    let primary =
        AnnotationKind::Primary.span(range(sources, first, diagnostic.span)).label(diagnostic.label.as_str());
    near.fold(snippet(sources, first, last).annotation(primary), |snippet, (span, text)| {
        snippet.annotation(AnnotationKind::Context.span(range(sources, first, *span)).label(text.as_str()))
    })
}

/// Whether a place is so near the culprit that both are drawn as one piece of source.
fn beside(sources: &SourceMap, diagnostic: &Diagnostic, span: Span) -> bool {
    const NEAR: u32 = 2000;
    let long_line = |span: Span| {
        let file = sources.file(span.file);
        file.line_end(span.start) - file.line_start(span.start) > LONGEST_LINE
    };
    span.file == diagnostic.span.file
        && span.start.abs_diff(diagnostic.span.start) < NEAR
        && !long_line(span)
        && !long_line(diagnostic.span)
}

fn snippet(sources: &SourceMap, first: Span, last: Span) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let file = sources.file(first.file);
    let (start, end) = (window_start(sources, first), window_end(sources, last));
    Snippet::source(&file.text[start as usize..end as usize])
        .line_start(file.line_and_column(start).0 as usize)
        .path(file.path.as_str())
}

/// The place of `span` within the window that begins at the line of `first`. A culprit of many lines is shown
/// by its first.
fn range(sources: &SourceMap, first: Span, span: Span) -> std::ops::Range<usize> {
    let start = window_start(sources, first);
    let end = span.end.min(window_end(sources, span)).max(span.start);
    (span.start - start) as usize..(end - start) as usize
}

fn window_start(sources: &SourceMap, span: Span) -> u32 {
    let file = sources.file(span.file);
    let start = file.line_start(span.start);
    if span.start - start > LONGEST_LINE {
        boundary(&file.text, span.start - LONGEST_LINE / 2)
    } else {
        start
    }
}

fn window_end(sources: &SourceMap, span: Span) -> u32 {
    let file = sources.file(span.file);
    let end = file.line_end(span.start);
    if end - span.start > LONGEST_LINE { boundary(&file.text, span.start + LONGEST_LINE / 2) } else { end }
}

/// The nearest place at or before `offset` where a character begins.
fn boundary(text: &str, offset: u32) -> u32 {
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset as usize)).unwrap_or(0)
}

/// As `2 errors, 1 warning`.
fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    match (errors, warnings) {
        (errors, 0) => format!("{}\n", count(errors, "error")),
        (0, warnings) => format!("{}\n", count(warnings, "warning")),
        (errors, warnings) => format!("{}, {}\n", count(errors, "error"), count(warnings, "warning")),
    }
}
