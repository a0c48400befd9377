//! One schema at several versions: what exists when, and what is kept of what was removed.

use std::fmt::Write;

use fidl_codegen::diagnostics::Report;
use fidl_codegen::ir::{DeclKind, Library, Schema};
use fidl_codegen::versions::Version;
use fidl_codegen::{Options, Source, compile, compile_with};

const TOWN: &str = r#"
@available(platform="town", added=2)
library town.hall;

@available(deprecated=4, removed=6)
const OLD uint8 = 1;

@available(added=5)
type Kind = strict(removed=7) flexible(added=7) enum {
    A = 1;
    @available(added=6)
    B = 2;
    @available(replaced=8, renamed="NEW")
    C = 3;
    @available(added=8)
    NEW = 3;
};

type Form = resource(added=4, removed=6) struct {
    a uint8;
    @available(added=4, removed=6)
    b client_end:Desk;
    @available(added=NEXT, deprecated=HEAD)
    c uint16;
};

closed(removed=6) open(added=6) protocol Desk {
    @available(added=3, removed=5)
    strict Ask();
    @available(added=4)
    compose Window;
};

@available(added=3, replaced=8)
closed protocol Window {
    strict Open();
};

@available(added=8)
closed protocol Window {
    strict Close();
};
"#;

fn at(selection: &str) -> Result<Schema, Report> {
    let mut options = Options::default();
    options.available.select_text(selection).unwrap();
    let sources = [vec![Source::new("town.fidl", TOWN)]];
    compile_with(&options, &sources).map(|compiled| compiled.schema)
}

/// Names of declarations with their members; `!` marks what is deprecated.
fn outline(selection: &str) -> String {
    let schema = at(selection).unwrap();
    let library: &Library = schema.target();
    let mut lines: Vec<String> = library.decls.iter().map(|id| line(&schema, *id)).collect();
    lines.sort();
    lines.join("\n")
}

fn line(schema: &Schema, id: fidl_codegen::ir::DeclId) -> String {
    let decl = schema.decl(id);
    let mark = |deprecated: bool| if deprecated { "!" } else { "" };
    let strict = |strict: bool| if strict { "strict" } else { "flexible" };
    let mut out = format!("{}{}:", decl.element.name, mark(decl.element.deprecated));
    let elements: Vec<_> = match &decl.kind {
        DeclKind::Enum(layout) => {
            write!(out, " {}", strict(layout.strict)).unwrap();
            layout.members.iter().map(|member| &member.element).collect()
        }
        DeclKind::Struct(layout) => {
            write!(out, "{}", if layout.resource { " resource" } else { "" }).unwrap();
            layout.members.iter().map(|member| &member.element).collect()
        }
        DeclKind::Protocol(protocol) => {
            write!(out, " {:?}", protocol.openness).unwrap();
            protocol.methods.iter().map(|method| &schema.method(*method).element).collect()
        }
        _ => Vec::new(),
    };
    for element in elements {
        write!(out, " {}{}", element.name, mark(element.deprecated)).unwrap();
    }
    out
}

#[track_caller]
fn check(selection: &str, expected: &[&str]) {
    assert_eq!(outline(selection), expected.join("\n"), "at {selection}");
}

#[test]
fn each_version_has_its_own_elements() {
    check("town:1", &[]);
    check("town:2", &["Desk: Closed", "Form: a", "OLD:"]);
    check("town:3", &["Desk: Closed Ask", "Form: a", "OLD:", "Window: Closed Open"]);
    check("town:4", &["Desk: Closed Open Ask", "Form: resource a b", "OLD!:", "Window: Closed Open"]);
    check(
        "town:5",
        &["Desk: Closed Open", "Form: resource a b", "Kind: strict A C", "OLD!:", "Window: Closed Open"],
    );
    check("town:6", &["Desk: Open Open", "Form: a", "Kind: strict A B C", "Window: Closed Open"]);
    check("town:7", &["Desk: Open Open", "Form: a", "Kind: flexible A B C", "Window: Closed Open"]);
    check("town:8", &["Desk: Open Close", "Form: a", "Kind: flexible A B NEW", "Window: Closed Close"]);
    check("town:NEXT", &["Desk: Open Close", "Form: a c", "Kind: flexible A B NEW", "Window: Closed Close"]);
    check("town:HEAD", &["Desk: Open Close", "Form: a c!", "Kind: flexible A B NEW", "Window: Closed Close"]);
}

/// What was removed is kept; what was replaced is not, and a newer element of the same name comes first.
#[test]
fn removed_elements_are_kept_for_listed_versions() {
    let head = ["Desk: Open Close", "Form: a c!", "Kind: flexible A B NEW", "Window: Closed Close"];
    check("town:7,HEAD", &head);
    let kept = ["Desk: Open Close", "Form: a c!", "Kind: flexible A B NEW", "OLD!:", "Window: Closed Close"];
    check("town:2,HEAD", &kept);
}

#[test]
fn another_platform_must_be_selected() {
    let report = at("city:2").unwrap_err();
    let numbers: Vec<u16> = report.diagnostics().iter().map(|diagnostic| diagnostic.code.number).collect();
    assert_eq!(numbers, [201]);
}

#[test]
fn the_newest_state_is_compiled_by_default() {
    let schema = compile(&[vec![Source::new("town.fidl", TOWN)]]).unwrap().schema;
    assert_eq!(schema.available, [("town".to_owned(), vec!["HEAD".to_owned()])]);
    assert_eq!(schema.target().platform, "town");
    assert_eq!(schema.decls, at("town:HEAD").unwrap().decls);
}

#[test]
fn all_that_was_removed_can_be_selected() {
    let text = "@available(added=1)
        library a;
        @available(removed=2)
        const A uint8 = 1;
        @available(added=3, removed=4)
        const A uint8 = 2;
        @available(removed=5)
        type S = strict(removed=3) flexible(added=3) enum {
            @available(removed=3)
            A = 1;
            @available(replaced=4)
            B = 2;
            @available(added=4)
            B = 2;
        };";
    let mut options = Options::default();
    options.available.select("a", vec![Version::LEGACY]).unwrap();
    let schema = compile_with(&options, &[vec![Source::new("a.fidl", text)]]).unwrap().schema;
    let lines: Vec<String> = schema.target().decls.iter().map(|id| line(&schema, *id)).collect();
    assert_eq!(lines, ["A:", "S: flexible A B"]);
    let DeclKind::Const(constant) = &schema.decls[0].kind else { panic!("A is a constant") };
    assert_eq!(constant.value.expression, "2");
    assert_eq!(schema.available, [("a".to_owned(), vec!["LEGACY".to_owned()])]);
}

/// What was removed is not asked to know of deprecations since.
#[test]
fn kept_elements_may_refer_to_what_was_deprecated_later() {
    let text = "@available(added=1)
        library a;
        @available(removed=5)
        type Removed = struct { a New; };
        @available(deprecated=6)
        type New = struct { b uint8; };";
    let mut options = Options::default();
    options.available.select_text("a:2,HEAD").unwrap();
    let schema = compile_with(&options, &[vec![Source::new("a.fidl", text)]]).unwrap().schema;
    let lines: Vec<String> = schema.target().decls.iter().map(|id| line(&schema, *id)).collect();
    assert_eq!(lines, ["New!: b!", "Removed: a"]);
}

/// An import may be used at some versions only.
#[test]
fn imports_are_used_if_they_are_at_any_version() {
    let base = "@available(added=1) library a; type T = struct { a uint8; };";
    let user = |use_of_it: &str| format!("@available(added=1) library b; using a; {use_of_it}");
    let run = |text: String| {
        let libraries = [vec![Source::new("a.fidl", base)], vec![Source::new("b.fidl", text)]];
        compile(&libraries).err().map(|report| report.diagnostics()[0].code.number)
    };
    assert_eq!(run(user("@available(removed=3) type U = struct { t a.T; };")), None);
    assert_eq!(run(user("@available(added=3, removed=4) type U = struct { t a.T; };")), None);
    assert_eq!(run(user("@available(removed=3) type U = struct { t uint8; };")), Some(178));
}

/// Another platform is seen at its selected version alone.
#[test]
fn platforms_meet_at_their_selected_versions() {
    let base = "@available(added=1)
        library base;
        @available(added=5)
        type T = struct { a uint8; };";
    let user = "@available(added=1)
        library user;
        using base;
        type U = struct { t base.T; };";
    let run = |selection: &[&str]| -> Vec<u16> {
        let mut options = Options::default();
        selection.iter().for_each(|text| options.available.select_text(text).unwrap());
        let libraries = [vec![Source::new("base.fidl", base)], vec![Source::new("user.fidl", user)]];
        match compile_with(&options, &libraries) {
            Ok(_) => Vec::new(),
            Err(report) => report.diagnostics().iter().map(|it| it.code.number).collect(),
        }
    };
    assert!(run(&["base:5", "user:1"]).is_empty());
    assert!(run(&["base:HEAD", "user:HEAD"]).is_empty());
    assert_eq!(run(&["base:4", "user:1"]), [220]);
    assert_eq!(run(&["user:1"]), [201]);
}
