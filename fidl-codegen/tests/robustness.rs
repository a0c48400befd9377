//! No input makes the compiler panic, hang or overflow its stack.

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use fidl_codegen::diagnostics::{Report, code};
use fidl_codegen::{Source, compile, group_by_library};
use support::{inputs, libraries, package};

/// Compiles one file and draws what is found.
fn run(bytes: impl Into<Vec<u8>>) -> Option<Report> {
    let result = compile(&[vec![Source::new("input.fidl", bytes)]]);
    let report = result.map_or_else(|report| report, |compiled| compiled.warnings);
    assert_eq!(report.render(false).is_empty(), report.is_empty());
    (!report.is_empty()).then_some(report)
}

/// No errors.
const NONE: [u16; 0] = [];

/// The errors by number.
fn errors(text: String) -> Vec<u16> {
    let report = run(text);
    report.iter().flat_map(Report::diagnostics).map(|diagnostic| diagnostic.code.number).collect()
}

/// A small generator of numbers that are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Pieces that a mutation puts in.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ";",
    ":",
    ",",
    "|",
    "=",
    "@",
    "\"",
    "///",
    "->",
    ".",
    "\0",
    "\u{ff}",
    "struct",
    "strict",
    "optional",
    "using zx;",
    "0xffffffffffffffffffff",
    "\\u{",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let place = numbers.below(bytes.len());
    let end = (place + 1 + numbers.below(12)).min(bytes.len());
    match numbers.below(5) {
        0 => drop(bytes.drain(place..end)),
        1 => {
            let copy = bytes[place..end].to_vec();
            let target = numbers.below(bytes.len());
            bytes.splice(target..target, copy);
        }
        2 => bytes[place] = numbers.below(256) as u8,
        3 => {
            let piece = PIECES[numbers.below(PIECES.len())];
            bytes.splice(place..place, piece.bytes());
        }
        _ => bytes.truncate(place),
    }
}

#[test]
fn mutated_schemas() {
    const ROUNDS: usize = 150;
    let mut numbers = Numbers(20);
    for path in inputs("ok").into_iter().chain(inputs("err")) {
        for _ in 0..ROUNDS {
            let mut mutated = libraries(&path);
            for _ in 0..=numbers.below(3) {
                let library = numbers.below(mutated.len());
                let file = numbers.below(mutated[library].len());
                let bytes = &mut mutated[library][file].bytes;
                if !bytes.is_empty() {
                    mutate(bytes, &mut numbers);
                }
            }
            if let Err(report) = compile(&mutated) {
                assert!(!report.render(true).is_empty());
            }
        }
    }
}

#[test]
fn noise() {
    let mut numbers = Numbers(7);
    for length in [0, 1, 10, 1000, 100_000] {
        let bytes: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
        assert!(run(bytes).is_some());
        let text: String = (0..length).map(|_| PIECES[numbers.below(PIECES.len())]).collect();
        assert!(run(text).is_some());
    }
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 100_000;
    for (open, close) in [
        ("alias A = vector<", ">"),
        ("alias A = vector<vector<", ">>"),
        ("const A uint8 = (", ")"),
        ("type A = struct { a struct {", "}; };"),
        ("@a(", ")"),
        ("protocol P { M(struct { a box<", ">; }); };"),
        ("{", "}"),
        ("alias A = strict(a=", ")"),
        ("alias A = uint8:<", ">"),
    ] {
        let (first, last) = open.rsplit_at();
        let text = format!("library t; {first}{}1{}", last.repeat(DEPTH), close.repeat(DEPTH));
        assert!(run(text).is_some());
        assert!(run(format!("library t; {first}{}", last.repeat(DEPTH))).is_some());
    }
}

/// Splits the part to be repeated off a text: what stands from its last space on, and with `{` all from `struct`.
trait Repeated {
    fn rsplit_at(&self) -> (&str, &str);
}

impl Repeated for str {
    fn rsplit_at(&self) -> (&str, &str) {
        let start = self.rfind("a struct").or_else(|| self.rfind(' ').map(|place| place + 1)).unwrap_or(0);
        self.split_at(start)
    }
}

#[test]
fn long_chains() {
    const LENGTH: usize = 20_000;
    let chain = |item: &dyn Fn(usize) -> String, last: &str| {
        let items: String = (0..LENGTH).map(item).collect();
        format!("library t; {items} {last}")
    };
    let structs = chain(&|n| format!("type S{n} = struct {{ m S{}; }};", n + 1), "type S20000 = struct {};");
    assert_eq!(errors(structs), NONE);
    let boxes = chain(&|n| format!("type S{n} = struct {{ m box<S{}>; }};", (n + 1) % LENGTH), "");
    assert_eq!(errors(boxes), NONE);
    let consts = chain(&|n| format!("const C{n} uint8 = C{};", n + 1), "const C20000 uint8 = 1;");
    assert_eq!(errors(consts), NONE);
    let aliases = chain(&|n| format!("alias A{n} = A{};", n + 1), "alias A20000 = uint8;");
    assert_eq!(errors(aliases), NONE);
    let cycle = chain(&|n| format!("type S{n} = struct {{ m S{}; }};", (n + 1) % LENGTH), "");
    assert_eq!(errors(cycle), [57]);
    let vectors = chain(&|n| format!("alias A{n} = vector<A{}>;", n + 1), "alias A20000 = uint8;");
    assert_eq!(errors(vectors), [1001]);
    let boxed =
        chain(&|n| format!("alias A{n} = A{};", n + 1), "alias A20000 = B; type B = struct { b box<A0>; };");
    assert_eq!(errors(boxed), NONE);
}

#[test]
fn long_lists() {
    const LENGTH: usize = 50_000;
    assert_eq!(errors(format!("library t; const A uint8 = {}1;", "1|".repeat(LENGTH))), NONE);
    assert_eq!(errors(format!("library t; alias A = a{};", ".a".repeat(LENGTH))), [51]);
    assert_eq!(errors(format!("library t; const A uint64 = {};", "9".repeat(LENGTH))), [66]);
    let mut wide = "library t; type E = enum {".to_owned();
    for n in 0..LENGTH {
        write!(wide, "M{n} = {n};").unwrap();
    }
    assert_eq!(errors(wide + "};"), NONE);
    let unknown: String = (0..2000).map(|n| format!("alias A{n} = Missing{n};")).collect();
    assert_eq!(errors(format!("library t; {unknown}")).len(), 2000);
}

/// Composing doubles as it goes; without a bound this would fill any memory.
#[test]
fn methods_that_multiply() {
    let mut text = "library t; protocol P0 {".to_owned();
    for n in 0..2000 {
        write!(text, "M{n}();").unwrap();
    }
    text.push_str("};");
    for n in 0..600 {
        write!(text, "protocol Q{n} {{ compose P0; }};").unwrap();
    }
    assert!(errors(text).contains(&code::TOO_MANY_METHODS.number));
}

/// A schema with a declaration for each of so many versions.
fn versioned(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: String = (1..=count).map(|n| format!("@available(added={n})\n{}\n", item(n))).collect();
    format!("@available(added=1) library t;\n{items}")
}

/// Each version is looked at by itself.
#[test]
fn many_versions() {
    let start = Instant::now();
    let few = versioned(500, |n| format!("const C{n} uint8 = 1;"));
    assert_eq!(errors(few), NONE);
    let many = versioned(20_000, |n| format!("const C{n} uint8 = 1;"));
    assert_eq!(errors(many), [code::TOO_MANY_VERSIONS.number]);
    let unknown = versioned(1000, |n| format!("alias A{n} = Missing{n};"));
    assert_eq!(errors(unknown).len(), 1000);
    let methods: String = (0..1000).map(|n| format!("M{n}();")).collect();
    let composed = versioned(300, |n| format!("protocol Q{n} {{ compose P; }};"));
    let composed = format!("{composed} protocol P {{ {methods} }};");
    assert_eq!(errors(composed), [code::TOO_MANY_VERSIONS.number]);
    let replaced = "@available(added=1) library t; @available(replaced=3) const A bool = true;".to_owned();
    let again = "@available(added=3) const A bool = true;";
    assert_eq!(errors(replaced + &again.repeat(10_000)).len(), 9999);
    let modifiers: String = (1..10_000).map(|n| format!("strict(added={n}, removed={}) ", n + 1)).collect();
    let modifiers = format!("@available(added=1) library t; type E = {modifiers} enum {{ A = 1; }};");
    assert_eq!(errors(modifiers), [code::TOO_MANY_VERSIONS.number]);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
}

#[test]
fn large_files() {
    let start = Instant::now();
    let comments = "// nothing but words\n".repeat(500_000);
    assert_eq!(errors(format!("library t;\n{comments}")), NONE);
    assert!(run(vec![b'$'; 10_000_000]).is_some());
    assert!(run(vec![0; 10_000_000]).is_some());
    assert!(run(format!("library t; {}", "/// a\n@x ".repeat(100_000))).is_some_and(|it| it.errors() == 1));
    assert!(run("a ".repeat(1_000_000)).is_some());
    assert!(run(format!("library t; const A string = \"{}", "x".repeat(10_000_000))).is_some());
    assert!(run(format!("library t; const A string = \"{}\";", "\\u{".repeat(1_000_000))).is_some());
    let number = run(format!("library t; const A uint64 = {};", "9".repeat(10_000_000)));
    assert!(number.is_some_and(|report| report.render(false).len() < 10_000));
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
}

#[test]
fn no_library_at_all() {
    assert!(compile(&[vec![Source::new("empty.fidl", "")]]).is_err());
    let library = vec![Source::new("a.fidl", "library a;")];
    assert_eq!(compile(&[library, Vec::new()]).unwrap().schema.target().name, "a");
}

/// Real schemas from a folder outside the project, where there is one.
#[test]
fn schemas_found_elsewhere() {
    let beside = package().join("../../shared");
    let folders = match env::var_os("FIDL_CORPUS_DIR") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![beside.join("fidl-corpus"), beside.join("fidlc-testdata")],
    };
    let mut files = Vec::new();
    for folder in &folders {
        collect(folder, &mut files);
    }
    if files.is_empty() {
        println!("skipped: 0 files found; set FIDL_CORPUS_DIR");
        return;
    }
    let sources: Vec<Source> = files.iter().map(|path| Source::read(path).unwrap()).collect();
    for source in &sources {
        run(source.bytes.clone());
    }
    if let Err(report) = compile(&group_by_library(sources)) {
        assert!(!report.render(false).is_empty());
    }
    println!("{} files read", files.len());
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "fidl") {
            files.push(path);
        }
    }
}
