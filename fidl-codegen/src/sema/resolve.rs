//! Second stage: what each dotted name refers to. Every reference of a library is looked up here, once; later
//! stages find the answer by the reference's place in the tree.

use std::collections::HashSet;

use super::imports::{Import, Imports};
use super::known::{Class, Known};
use crate::diagnostics::{Diagnostic, code, nearest};
use crate::ir::{DeclId, LibraryId, Primitive};
use crate::syntax::{File, LayoutClass, Path, PathId, PathRole, Referrer};
use crate::versions::Availability;

/// The meaning of every reference of a library, by file and place in the file's list.
pub(super) struct Resolved {
    targets: Vec<Vec<Option<Target>>>,
}

impl Resolved {
    /// What a reference means. `None` has been reported, except for constraints, which may be looked up
    /// elsewhere.
    pub(super) fn target(&self, file: usize, path: PathId) -> Option<Target> {
        self.targets[file][path.0 as usize]
    }
}

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Decl(DeclId),
    Member(DeclId, u32),
    Builtin(Builtin),
}

/// What the language itself declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Primitive(Primitive),
    /// `byte`, another word for `uint8`.
    Byte,
    /// `bytes`, another word for `vector<uint8>`.
    Bytes,
    String,
    Vector,
    Array,
    Box,
    ClientEnd,
    ServerEnd,
    Optional,
    Max,
    /// A version, which is a value for `@available` alone.
    Version,
    /// `string_array`, for C.
    StringArray,
    /// `experimental_pointer`, for C.
    Pointer,
}

/// The library that names of the language may be qualified with.
const BUILTIN_LIBRARY: &str = "fidl";

const BUILTINS: [(&str, Builtin); 14] = [
    ("byte", Builtin::Byte),
    ("bytes", Builtin::Bytes),
    ("string", Builtin::String),
    ("vector", Builtin::Vector),
    ("array", Builtin::Array),
    ("box", Builtin::Box),
    ("client_end", Builtin::ClientEnd),
    ("server_end", Builtin::ServerEnd),
    ("optional", Builtin::Optional),
    ("MAX", Builtin::Max),
    ("HEAD", Builtin::Version),
    ("NEXT", Builtin::Version),
    ("string_array", Builtin::StringArray),
    ("experimental_pointer", Builtin::Pointer),
];

fn builtin(name: &str) -> Option<Builtin> {
    let primitive = Primitive::ALL.into_iter().find(|primitive| primitive.name() == name);
    let other = || BUILTINS.iter().find(|(word, _)| *word == name).map(|(_, builtin)| *builtin);
    primitive.map(Builtin::Primitive).or_else(other)
}

/// Looks up every reference of a library.
pub(super) fn resolve(
    known: &Known,
    library: LibraryId,
    files: &[File],
    imports: &[Imports],
    out: &mut Vec<Diagnostic>,
) -> Resolved {
    let mut targets = Vec::new();
    for (file, imports) in files.iter().zip(imports) {
        let scope = Scope { known, library, imports };
        let mut used = HashSet::new();
        let mut target = |path: &Path| match path.referrer == Referrer::Absent || on_library(file, path) {
            true => None,
            false => {
                let target = scope.path(path, &mut used, out);
                out.extend(target.and_then(|target| scope.deprecated(path, target)));
                target
            }
        };
        targets.push(file.paths.iter().map(&mut target).collect());
        if known.complete[library.0 as usize] {
            unused(imports, &used, out);
        }
    }
    Resolved { targets }
}

/// Whether a reference stands in an attribute of the library, where none may.
fn on_library(file: &File, path: &Path) -> bool {
    file.library.as_ref().is_some_and(|library| path.span.start < library.span.start)
}

fn unused(imports: &Imports, used: &HashSet<LibraryId>, out: &mut Vec<Diagnostic>) {
    let is_unused = |import: &Import| import.library.is_some_and(|library| !used.contains(&library));
    for (name, import) in imports.iter().filter(|(_, import)| is_unused(import)) {
        let label = format!("nothing in this file refers to `{name}`");
        out.push(Diagnostic::new(code::UNUSED_IMPORT, import.span, label).help("remove the line"));
    }
}

/// The names that one file sees.
struct Scope<'a> {
    known: &'a Known,
    library: LibraryId,
    imports: &'a Imports,
}

/// Whether names are proposed: not after many diagnostics, since looking for them takes time.
pub(super) fn suggests(out: &[Diagnostic]) -> bool {
    out.len() < 100
}

/// How far a name led.
enum Lookup {
    Found(Target),
    /// The declaration exists, but it has no such member.
    NoMember(DeclId),
    /// The library is known, but it has no such declaration; the index is that of the missing part.
    NoDecl(LibraryId, usize),
    NoLibrary,
}

impl Scope<'_> {
    fn path(&self, path: &Path, used: &mut HashSet<LibraryId>, out: &mut Vec<Diagnostic>) -> Option<Target> {
        let parts: Vec<&str> = path.parts.iter().map(|part| part.text.as_str()).collect();
        match self.lookup(&parts, used) {
            Lookup::Found(target) => self.allowed(path, target, out),
            _ if path.role == PathRole::Constraint && parts.len() == 1 => None,
            failure => {
                if self.is_sure(path, &failure) {
                    out.push(self.failure(path, &failure, suggests(out)));
                }
                None
            }
        }
    }

    /// Whether a failure is the fault of the path: the library looked into is known and could be read in
    /// full.
    fn is_sure(&self, path: &Path, failure: &Lookup) -> bool {
        let library = match failure {
            Lookup::NoMember(id) => self.known.schema.decl(*id).library,
            Lookup::NoDecl(library, _) => *library,
            _ if self.unknown_import(path) => return false,
            _ => self.library,
        };
        self.known.complete[library.0 as usize]
    }

    /// Whether a path begins with an import of a library that there is not.
    fn unknown_import(&self, path: &Path) -> bool {
        let text = path.text();
        let mut unknown = self.imports.iter().filter(|(_, import)| import.library.is_none());
        unknown.any(|(name, _)| text.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Generated names cannot be referred to.
    fn allowed(&self, path: &Path, target: Target, out: &mut Vec<Diagnostic>) -> Option<Target> {
        let (Target::Decl(id) | Target::Member(id, _)) = target else { return Some(target) };
        let symbol = self.known.symbol(id);
        if !symbol.anonymous {
            return Some(target);
        }
        if path.role == PathRole::Constraint && path.parts.len() == 1 {
            return None;
        }
        let label = format!("`{}` is the name that a layout written in place was given", path.text());
        let diagnostic = Diagnostic::new(code::GENERATED_NAME, path.span, label);
        out.push(diagnostic.place(symbol.span, "this layout").help("declare the layout with `type`"));
        None
    }

    fn lookup(&self, parts: &[&str], used: &mut HashSet<LibraryId>) -> Lookup {
        let [first, rest @ ..] = parts else { return Lookup::NoLibrary };
        if rest.is_empty() {
            return self.single(first);
        }
        let (prefix, last) = (&parts[..parts.len() - 1], parts[parts.len() - 1]);
        let whole = self.library_of(prefix, used);
        if let Some(id) = whole.and_then(|library| self.decl(library, last)) {
            return Lookup::Found(Target::Decl(id));
        }
        if let (None, [BUILTIN_LIBRARY, name]) = (whole, parts)
            && let Some(builtin) = builtin(name)
        {
            return Lookup::Found(Target::Builtin(builtin));
        }
        if let ([member], Some(id)) = (rest, self.decl(self.library, first)) {
            return self.member(id, member);
        }
        if let [library @ .., decl, member] = parts
            && let Some(library) = self.library_of(library, used)
        {
            return match self.decl(library, decl) {
                Some(id) => self.member(id, member),
                None => Lookup::NoDecl(library, parts.len() - 2),
            };
        }
        match whole {
            Some(library) => Lookup::NoDecl(library, parts.len() - 1),
            None => Lookup::NoLibrary,
        }
    }

    fn single(&self, name: &str) -> Lookup {
        match (self.decl(self.library, name), builtin(name)) {
            (Some(id), _) => Lookup::Found(Target::Decl(id)),
            (None, Some(builtin)) => Lookup::Found(Target::Builtin(builtin)),
            (None, None) => Lookup::NoDecl(self.library, 0),
        }
    }

    fn library_of(&self, prefix: &[&str], used: &mut HashSet<LibraryId>) -> Option<LibraryId> {
        if prefix.is_empty() {
            return None;
        }
        let name = prefix.join(".");
        if let Some(Import { library: Some(library), .. }) = self.imports.get(&name) {
            used.insert(*library);
            return Some(*library);
        }
        (self.known.schema.library(self.library).name == name).then_some(self.library)
    }

    fn decl(&self, library: LibraryId, name: &str) -> Option<DeclId> {
        self.known.names[library.0 as usize].get(name).copied()
    }

    fn member(&self, id: DeclId, name: &str) -> Lookup {
        let symbol = self.known.symbol(id);
        let index = symbol.member(name);
        match (symbol.class, index) {
            (Class::Layout(LayoutClass::Bits | LayoutClass::Enum), Some(index)) => {
                Lookup::Found(Target::Member(id, index))
            }
            _ => Lookup::NoMember(id),
        }
    }

    fn failure(&self, path: &Path, failure: &Lookup, suggest: bool) -> Diagnostic {
        match failure {
            Lookup::NoMember(id) => self.no_member(path, *id),
            Lookup::NoDecl(library, part) => self.no_decl(path, *library, *part, suggest),
            _ => self.no_library(path),
        }
    }

    /// Reports a target that is deprecated where what refers to it is not.
    fn deprecated(&self, path: &Path, target: Target) -> Option<Diagnostic> {
        let (Target::Decl(id) | Target::Member(id, _)) = target else { return None };
        let symbol = self.known.symbol(id);
        let member = match target {
            Target::Member(_, index) => symbol.deprecated_members.contains(&index),
            _ => false,
        };
        if path.referrer == Referrer::Deprecated || !(symbol.deprecated || member) {
            return None;
        }
        let platform = |library| &self.known.schema.library(library).platform;
        let (own, other) = (platform(self.library), platform(self.known.schema.decl(id).library));
        let code = if own == other { code::DEPRECATED_REFERENCE } else { code::DEPRECATED_ELSEWHERE };
        let diagnostic = Diagnostic::new(code, path.span, format!("`{}` is deprecated", path.text()));
        Some(diagnostic.place(symbol.span, "declared here"))
    }

    fn no_member(&self, path: &Path, id: DeclId) -> Diagnostic {
        let symbol = self.known.symbol(id);
        let name = path.parts.last().map_or("", |part| part.text.as_str());
        let library = self.known.schema.decl(id).library;
        let history = &self.known.histories[library.0 as usize];
        let times = history.member(&self.known.schema.decl(id).element.name, name);
        if let Some(diagnostic) = not_always(self.known, self.library, path, library, times) {
            return diagnostic;
        }
        let decl = self.known.shown_name(id, self.library);
        if !matches!(symbol.class, Class::Layout(LayoutClass::Bits | LayoutClass::Enum)) {
            let label = format!("`{decl}` is {}", symbol.class.describe());
            return Diagnostic::new(code::NO_MEMBERS_TO_NAME, path.span, label)
                .place(symbol.span, "declared here");
        }
        let label = format!("`{decl}` has no member `{name}`");
        Diagnostic::new(code::UNKNOWN_MEMBER, path.span, label)
            .place(symbol.span, "declared here")
            .did_you_mean(nearest(name, symbol.members.iter().map(String::as_str)))
    }

    fn no_decl(&self, path: &Path, library: LibraryId, part: usize, suggest: bool) -> Diagnostic {
        let name = path.parts[part].text.as_str();
        let times = self.known.histories[library.0 as usize].decl(name);
        if let Some(diagnostic) = not_always(self.known, self.library, path, library, times) {
            return diagnostic;
        }
        let label = format!("library `{}` has no `{name}`", self.known.schema.library(library).name);
        if !suggest {
            return Diagnostic::new(code::UNKNOWN_NAME, path.span, label);
        }
        let own = self.known.names[library.0 as usize].keys().map(String::as_str);
        let for_c = |builtin: Builtin| matches!(builtin, Builtin::StringArray | Builtin::Pointer);
        let builtins = BUILTINS.iter().filter(|(_, it)| !for_c(*it)).map(|(word, _)| *word);
        let primitives = Primitive::ALL.iter().filter(|primitive| !primitive.is_experimental());
        let builtins = builtins.chain(primitives.map(|primitive| primitive.name()));
        let nearest =
            if library == self.library { nearest(name, own.chain(builtins)) } else { nearest(name, own) };
        Diagnostic::new(code::UNKNOWN_NAME, path.span, label).did_you_mean(nearest)
    }

    fn no_library(&self, path: &Path) -> Diagnostic {
        let prefix = path.parts[..path.parts.len() - 1].iter().map(|part| part.text.as_str());
        let prefix = prefix.collect::<Vec<_>>().join(".");
        let label = format!("this file imports no library `{prefix}`");
        let diagnostic = Diagnostic::new(code::UNKNOWN_PREFIX, path.span, label);
        match self.known.library(&prefix) {
            _ if prefix == "zx" => diagnostic.help("add `using zx;`"),
            Some(_) => diagnostic.help(format!("add `using {prefix};`")),
            None => diagnostic.did_you_mean(nearest(&prefix, self.imports.keys().map(String::as_str))),
        }
    }
}

/// A name that a library has at other versions, named in the library `from`.
pub(super) fn not_always(
    known: &Known,
    from: LibraryId,
    path: &Path,
    library: LibraryId,
    times: &[Availability],
) -> Option<Diagnostic> {
    const MOST_SHOWN: usize = 4;
    if times.is_empty() {
        return None;
    }
    let shown = times.iter().take(MOST_SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let platform = &known.schema.library(library).platform;
    let of = match *platform == known.schema.library(from).platform {
        true => String::new(),
        false => format!(", of platform `{platform}`"),
    };
    let label = format!("`{}` exists {shown}{of}", path.text());
    Some(Diagnostic::new(code::NAME_NOT_ALWAYS, path.span, label))
}
