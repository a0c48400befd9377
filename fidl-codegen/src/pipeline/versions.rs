//! Libraries at their versions.
//!
//! All versions of a platform are judged, whichever is selected. Its versions are cut into intervals at every
//! point where something in any of its libraries begins, ends or is deprecated; within one interval all is
//! the same. For each interval the libraries of the platform, and those that they import, are cut down and
//! analysed like libraries without versions. Other platforms are seen at their selected versions. The
//! analysis of the selected versions comes last and gives the schema.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::Options;
use super::findings::Findings;
use crate::diagnostics::{Diagnostic, code, has_errors};
use crate::ir::{DeclKind, Schema};
use crate::sema::{LibrarySyntax, analyze};
use crate::source::{SourceMap, Span};
use crate::syntax::File;
use crate::versions::{Availabilities, History, Target, UNVERSIONED, Version, collect, prune};

/// So many bytes of source may be analysed in all intervals together, each counted as often as it is looked
/// at. A hostile schema could ask for as many analyses as it has declarations.
const MOST_WORK: usize = 1 << 26;

/// A method of a protocol counts as this many bytes, since composing makes many from a short source.
const METHOD_WORK: usize = 100;

/// At so many versions of a platform errors are looked for; who has that many does not miss the others.
const MOST_FAILURES: usize = 8;

/// The files of a library as they were read.
pub(super) struct Library {
    pub(super) files: Vec<File>,
    pub(super) builtin: bool,
}

/// Everything about the libraries of a run before they are cut down.
struct Run<'a> {
    sources: &'a SourceMap,
    libraries: Vec<Versioned>,
    options: &'a Options,
}

/// A library with its availability.
struct Versioned {
    /// As it is at the selected version.
    selected: LibrarySyntax,
    /// As it was read, if it has versions.
    whole: Vec<File>,
    known: Availabilities,
    bytes: usize,
}

/// Analyses libraries at all versions.
pub(super) fn run(
    sources: &SourceMap,
    options: &Options,
    libraries: Vec<Library>,
    out: &mut Vec<Diagnostic>,
) -> Schema {
    let before = out.len();
    let known: Vec<Availabilities> =
        libraries.iter().map(|library| collect(sources, &library.files, out)).collect();
    known.iter().for_each(|known| selected(options, known, out));
    // What is wrong about versions would seem to be wrong about names as well.
    if has_errors(&out[before..]) {
        return Schema::default();
    }
    let libraries = libraries.into_iter().zip(known);
    let libraries = libraries.map(|(library, known)| versioned(sources, options, library, known)).collect();
    let run = Run { sources, libraries, options };
    let (mut findings, mut work) = (Findings::default(), 0);
    for platform in run.platforms() {
        run.other_versions(platform, &mut work, &mut findings, out);
    }
    let mut schema = run.selected_versions(&mut findings);
    schema.available = run.available();
    let known: Vec<&Availabilities> = run.libraries.iter().map(|library| &library.known).collect();
    out.extend(findings.merged(&known));
    schema
}

/// Reports a platform of which nothing is selected though something is of others.
fn selected(options: &Options, known: &Availabilities, out: &mut Vec<Diagnostic>) {
    let Some(span) = known.declared else { return };
    if !options.available.is_empty() && options.available.of(&known.platform).is_none() {
        let label = format!("the library belongs to platform `{}`", known.platform);
        out.push(Diagnostic::new(code::PLATFORM_NOT_SELECTED, span, label));
    }
}

/// The version of a platform that is selected.
fn target(options: &Options, platform: &str) -> Target {
    options.available.of(platform).map_or_else(|| Target::at(Version::HEAD), Target::of)
}

fn versioned(sources: &SourceMap, options: &Options, library: Library, known: Availabilities) -> Versioned {
    let builtin = library.builtin;
    let platform = known.platform.clone();
    let bytes = library.files.iter().map(|file| sources.file(file.source).text.len()).sum();
    let (files, whole) = match known.declared {
        None => (library.files, Vec::new()),
        Some(_) => (prune(&library.files, &known, &target(options, &platform)), library.files),
    };
    let history = Arc::new(History::of(&whole, &known));
    Versioned { selected: LibrarySyntax { files, builtin, platform, history }, whole, known, bytes }
}

impl Run<'_> {
    /// The platforms with versions, each once.
    fn platforms(&self) -> BTreeSet<&str> {
        let versioned = self.libraries.iter().filter(|library| library.known.declared.is_some());
        versioned.map(|library| library.known.platform.as_str()).collect()
    }

    /// The versions at which the intervals of a platform begin.
    fn points(&self, platform: &str) -> Vec<Version> {
        let of_platform = self.libraries.iter().filter(|library| library.is_of(platform));
        let points: BTreeSet<Version> = of_platform.flat_map(|library| library.known.points()).collect();
        points.into_iter().collect()
    }

    /// Analyses a platform at all versions but the selected one.
    fn other_versions(
        &self,
        platform: &str,
        work: &mut usize,
        findings: &mut Findings,
        out: &mut Vec<Diagnostic>,
    ) {
        let target = target(self.options, platform);
        let points = self.points(platform);
        let here = points.partition_point(|point| *point <= target.version).checked_sub(1);
        findings.selected_at(platform, here.map(|index| points[index]));
        // What is selected is analysed last, for all platforms at once. With removed elements kept it is not
        // what the version is by itself.
        let skipped = here.filter(|_| !target.keeps_removed()).map(|index| points[index]);
        let others: Vec<Version> = points.iter().copied().filter(|point| Some(*point) != skipped).collect();
        let needed = self.needed(platform);
        let bytes: usize = needed.iter().map(|index| self.libraries[*index].bytes).sum();
        *work = work.saturating_add(bytes.saturating_mul(others.len()));
        for point in others {
            let too_many = *work > MOST_WORK;
            if too_many || findings.failures(platform) == MOST_FAILURES {
                out.extend(self.too_many(platform, points.len()).filter(|_| too_many));
                return findings.stop(platform);
            }
            let methods = self.at(platform, point, &needed, findings);
            *work = work.saturating_add(methods * METHOD_WORK);
        }
    }

    fn too_many(&self, platform: &str, points: usize) -> Option<Diagnostic> {
        let span = self.libraries.iter().find(|library| library.is_of(platform))?.known.declared?;
        let label = format!("platform `{platform}` changes at {points} versions");
        let help = "each of them is looked at by itself; compile fewer libraries together";
        Some(Diagnostic::new(code::TOO_MANY_VERSIONS, span, label).help(help))
    }

    /// The libraries of a platform and all that they import, in the order in which they were given.
    fn needed(&self, platform: &str) -> Vec<usize> {
        let mut names: HashSet<&str> = HashSet::new();
        let mut needed = Vec::new();
        // Imports were given before, so those who import are met first.
        for (index, library) in self.libraries.iter().enumerate().rev() {
            if library.is_of(platform) || library.name().is_some_and(|name| names.contains(name)) {
                needed.push(index);
                let usings = library.files().iter().flat_map(|file| &file.usings);
                names.extend(usings.map(|using| using.library.as_str()));
            }
        }
        needed.reverse();
        needed
    }

    /// Analyses a platform at one version, and gives the number of methods that were met.
    fn at(&self, platform: &str, version: Version, needed: &[usize], findings: &mut Findings) -> usize {
        let pruned: Vec<Option<LibrarySyntax>> =
            needed.iter().map(|index| self.libraries[*index].at(platform, version)).collect();
        let libraries: Vec<&LibrarySyntax> = pruned
            .iter()
            .zip(needed)
            .map(|(pruned, index)| pruned.as_ref().unwrap_or(&self.libraries[*index].selected))
            .collect();
        let files = self.files_of(platform);
        let (schema, mut found) = analyze(self.sources, &libraries, &self.options.experiments);
        // Other platforms are judged with all at their selected versions.
        found.retain(|diagnostic| files.contains(&diagnostic.span.file));
        findings.add(platform, version, found);
        let methods = schema.decls.iter().map(|decl| match &decl.kind {
            DeclKind::Protocol(protocol) => protocol.methods.len(),
            _ => 0,
        });
        methods.sum()
    }

    fn files_of(&self, platform: &str) -> HashSet<u32> {
        let of_platform = self.libraries.iter().filter(|library| library.is_of(platform));
        of_platform.flat_map(|library| library.files()).map(|file| file.source).collect()
    }

    /// Analyses everything at the selected versions.
    fn selected_versions(&self, findings: &mut Findings) -> Schema {
        let libraries: Vec<&LibrarySyntax> = self.libraries.iter().map(|library| &library.selected).collect();
        let (schema, found) = analyze(self.sources, &libraries, &self.options.experiments);
        let mut platforms: BTreeMap<u32, &str> = BTreeMap::new();
        for library in &self.libraries {
            let files = library.files().iter().map(|file| file.source);
            platforms.extend(files.map(|file| (file, library.known.platform.as_str())));
        }
        let platform =
            |span: Span| platforms.get(&span.file).map_or(UNVERSIONED, |platform| *platform).to_owned();
        for diagnostic in found {
            findings.add_selected(&platform(diagnostic.span), diagnostic);
        }
        schema
    }

    /// What is selected, as text: what was asked for, or else the newest state of each platform.
    fn available(&self) -> Vec<(String, Vec<String>)> {
        if self.options.available.is_empty() {
            let head = || vec![Version::HEAD.to_string()];
            return self.platforms().into_iter().map(|platform| (platform.to_owned(), head())).collect();
        }
        let texts = |versions: &[Version]| versions.iter().map(Version::to_string).collect();
        let selected = self.options.available.iter();
        selected.map(|(platform, versions)| (platform.to_owned(), texts(versions))).collect()
    }
}

impl Versioned {
    fn is_of(&self, platform: &str) -> bool {
        self.known.declared.is_some() && self.known.platform == platform
    }

    /// The files as they were read.
    fn files(&self) -> &[File] {
        if self.known.declared.is_some() { &self.whole } else { &self.selected.files }
    }

    fn name(&self) -> Option<&str> {
        self.files().iter().find_map(|file| file.library.as_ref()).map(|library| library.name.as_str())
    }

    /// The library at a version of a platform; `None` if it belongs to another.
    fn at(&self, platform: &str, version: Version) -> Option<LibrarySyntax> {
        if !self.is_of(platform) {
            return None;
        }
        let files = prune(&self.whole, &self.known, &Target::at(version));
        let (platform, builtin) = (platform.to_owned(), self.selected.builtin);
        let history = Arc::clone(&self.selected.history);
        Some(LibrarySyntax { files, builtin, platform, history })
    }
}
