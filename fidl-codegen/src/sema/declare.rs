//! First stage: the declarations of a library in one flat list, anonymous layouts among them, each with its
//! name.

use std::collections::HashMap;

use super::known::Class;
use super::names::{canonical, is_identifier, upper_camel};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::DeclId;
use crate::source::{SourceMap, Span};
use crate::syntax::{
    Attribute, Const, ConstantId, CtorId, Decl, DeclKind, File, Head, LayoutClass, LayoutId, Literal, Method,
    ModifierKind, Property, Protocol, ProtocolMember, Resource, Service, unescape,
};

/// The declarations of one library.
pub(super) struct Declared<'a> {
    /// The files of the library.
    pub(super) files: &'a [File],
    /// In source order, a layout before those inside it. The id of an entry is `first` and its index.
    pub(super) entries: Vec<Entry<'a>>,
    /// The id of the first entry.
    pub(super) first: u32,
    /// The declaration that each layout in place has become, by file and place in the file's list.
    pub(super) layouts: HashMap<(usize, LayoutId), DeclId>,
    /// What the compiler declares itself for the answers of methods, by the file and the place of the
    /// method's name.
    pub(super) results: HashMap<Span, ResultDecls>,
}

/// The declarations for the answer of a method that has a result union.
#[derive(Clone, Copy)]
pub(super) struct ResultDecls {
    pub(super) union: DeclId,
    /// The struct without members, where the answer carries nothing.
    pub(super) empty_success: Option<DeclId>,
}

/// One declaration.
pub(super) struct Entry<'a> {
    pub(super) file: usize,
    pub(super) name: String,
    /// Where it is declared: its name, or the whole anonymous layout.
    pub(super) span: Span,
    /// For diagnostics: its name, or the head of an anonymous layout.
    pub(super) caret: Span,
    pub(super) context: Vec<String>,
    pub(super) anonymous: bool,
    pub(super) attributes: &'a [Attribute],
    pub(super) body: Body<'a>,
}

/// The content of a declaration, in its tree.
#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    Const(&'a Const),
    Alias(CtorId),
    NewType(CtorId),
    Layout(LayoutId),
    Resource(&'a Resource),
    Protocol(&'a Protocol),
    Service(&'a Service),
    /// The result union of a method, made by the compiler.
    Result(&'a Method),
    /// The empty struct in a result union, made by the compiler.
    EmptySuccess(&'a Method),
    Broken,
}

impl<'a> Declared<'a> {
    /// The entry with an id, if it is of this library.
    pub(super) fn entry(&self, id: DeclId) -> Option<&Entry<'a>> {
        self.entries.get(id.0.checked_sub(self.first)? as usize)
    }

    /// The ids of all entries.
    pub(super) fn ids(&self) -> impl Iterator<Item = DeclId> + use<> {
        (self.first..self.first + self.entries.len() as u32).map(DeclId)
    }
}

impl Entry<'_> {
    pub(super) fn class(&self, files: &[File]) -> Class {
        match self.body {
            Body::Const(_) => Class::Const,
            Body::Alias(_) => Class::Alias,
            Body::NewType(_) => Class::NewType,
            Body::Layout(id) => Class::Layout(files[self.file][id].class),
            Body::Resource(_) => Class::Resource,
            Body::Protocol(_) => Class::Protocol,
            Body::Service(_) => Class::Service,
            Body::Result(_) => Class::Layout(LayoutClass::Union),
            Body::EmptySuccess(_) => Class::Layout(LayoutClass::Struct),
            Body::Broken => Class::Broken,
        }
    }
}

/// Lists the declarations of a library, and reports names that collide.
pub(super) fn declare<'a>(
    sources: &SourceMap,
    files: &'a [File],
    first: u32,
    out: &mut Vec<Diagnostic>,
) -> Declared<'a> {
    let declared =
        Declared { files, entries: Vec::new(), first, layouts: HashMap::new(), results: HashMap::new() };
    let mut collector = Collector { sources, files, declared, out };
    for (index, file) in files.iter().enumerate() {
        for decl in &file.decls {
            collector.decl(index, decl);
        }
    }
    let declared = collector.declared;
    collisions(&declared, out);
    declared
}

struct Collector<'a, 'o> {
    sources: &'o SourceMap,
    files: &'a [File],
    declared: Declared<'a>,
    out: &'o mut Vec<Diagnostic>,
}

impl<'a> Collector<'a, '_> {
    fn decl(&mut self, file: usize, decl: &'a Decl) {
        let context = vec![decl.name.text.clone()];
        let (body, span) = match &decl.kind {
            DeclKind::Const(constant) => (Body::Const(constant), decl.name.span),
            DeclKind::Alias(ctor) => (Body::Alias(*ctor), decl.name.span),
            DeclKind::Type(ctor) => (self.type_body(file, *ctor), decl.name.span),
            DeclKind::Resource(resource) => (Body::Resource(resource), decl.name.span),
            DeclKind::Protocol(protocol) => (Body::Protocol(protocol), decl.name.span),
            DeclKind::Service(service) => (Body::Service(service), decl.name.span),
            DeclKind::Broken => (Body::Broken, decl.name.span),
        };
        self.declared.entries.push(Entry {
            file,
            name: decl.name.text.clone(),
            span,
            caret: span,
            context: context.clone(),
            anonymous: false,
            attributes: &decl.attributes,
            body,
        });
        match body {
            Body::Alias(ctor) | Body::NewType(ctor) => {
                self.ctor(file, ctor, &context, &upper_camel(&decl.name.text));
            }
            Body::Layout(layout) => self.members(file, layout, &context),
            Body::Protocol(protocol) => self.protocol(file, protocol, &context),
            Body::Service(service) => self.properties(file, &service.members, &context),
            Body::Resource(resource) => self.properties(file, &resource.properties, &context),
            Body::Const(constant) => {
                self.ctor(file, constant.ctor, &context, &upper_camel(&decl.name.text));
            }
            _ => {}
        }
    }

    /// `type Name = layout`, where the layout takes the declaration's name, or a new type.
    fn type_body(&mut self, file: usize, id: CtorId) -> Body<'a> {
        let ctor = &self.files[file][id];
        let Head::Layout(layout) = ctor.head else { return Body::NewType(id) };
        if let Some(parameters) = &ctor.parameters {
            let label = "a layout takes none";
            self.out.push(Diagnostic::new(code::PARAMETER_COUNT, parameters.span, label));
        }
        if let Some(constraints) = &ctor.constraints {
            let label = "a declaration takes none; its uses may";
            self.out.push(Diagnostic::new(code::TOO_MANY_CONSTRAINTS, constraints.span, label));
        }
        let id = DeclId(self.declared.first + self.declared.entries.len() as u32);
        self.declared.layouts.insert((file, layout), id);
        Body::Layout(layout)
    }

    /// The anonymous layouts among the types of a layout's members.
    fn members(&mut self, file: usize, layout: LayoutId, context: &[String]) {
        for member in &self.files[file][layout].members {
            let Some(ctor) = member.ctor else { continue };
            let context = extended(context, &member.name.text);
            self.ctor(file, ctor, &context, &upper_camel(&member.name.text));
        }
    }

    /// The anonymous layouts among the types of a service's members or of properties.
    fn properties(&mut self, file: usize, properties: &[Property], context: &[String]) {
        for property in properties {
            let context = extended(context, &property.name.text);
            self.ctor(file, property.ctor, &context, &upper_camel(&property.name.text));
        }
    }

    /// The anonymous layouts within a type.
    fn ctor(&mut self, file: usize, ctor: CtorId, context: &[String], name: &str) {
        let ctor = &self.files[file][ctor];
        if let Head::Layout(layout) = ctor.head {
            self.anonymous(file, layout, &ctor.attributes, context, name);
        }
        for parameter in ctor.parameters.iter().flat_map(|parameters| &parameters.items) {
            if let Some(ctor) = parameter.ctor {
                self.ctor(file, ctor, context, name);
            }
        }
    }

    fn anonymous(
        &mut self,
        file: usize,
        id: LayoutId,
        attributes: &'a [Attribute],
        context: &[String],
        name: &str,
    ) {
        let layout = &self.files[file][id];
        let decl = DeclId(self.declared.first + self.declared.entries.len() as u32);
        self.declared.layouts.insert((file, id), decl);
        let name = self.generated_name(file, attributes).unwrap_or_else(|| name.to_owned());
        self.declared.entries.push(Entry {
            file,
            name,
            span: layout.span,
            caret: Span { end: layout.class_span.end, ..layout.span },
            context: context.to_vec(),
            anonymous: true,
            attributes,
            body: Body::Layout(id),
        });
        self.members(file, id, context);
    }

    /// The name that `@generated_name` gives. Its form and place are judged here, its arguments with those of
    /// all attributes.
    fn generated_name(&mut self, file: usize, attributes: &[Attribute]) -> Option<String> {
        let attribute = attributes.iter().find(|attribute| attribute.name.text == "generated_name")?;
        let argument = attribute.arguments.first()?;
        let name = self.literal(file, argument.value)?;
        if is_identifier(&name) {
            return Some(name);
        }
        let label = "a name has letters, digits and inner underscores";
        self.out.push(Diagnostic::new(code::BAD_GENERATED_NAME, argument.span, label));
        None
    }

    fn literal(&self, file: usize, constant: ConstantId) -> Option<String> {
        let constant = &self.files[file][constant];
        matches!(constant.kind, Literal::String).then(|| unescape(self.sources.text(constant.span)))
    }

    fn protocol(&mut self, file: usize, protocol: &'a Protocol, context: &[String]) {
        for member in &protocol.members {
            if let ProtocolMember::Method(method) = member {
                self.method(file, method, context);
            }
        }
    }

    fn method(&mut self, file: usize, method: &'a Method, context: &[String]) {
        let protocol = &context[0];
        let base = extended(context, &method.name.text);
        let camel = upper_camel(protocol) + &upper_camel(&method.name.text);
        let written = format!("{protocol}_{}", method.name.text);
        if let Some(ctor) = method.request.as_ref().and_then(|payload| payload.ctor) {
            self.ctor(file, ctor, &extended(&base, "Request"), &(camel.clone() + "Request"));
        }
        let Some(response) = &method.response else { return };
        let event = method.request.is_none();
        let result = !event && has_result(method);
        let context = extended(&base, if event { "Request" } else { "Response" });
        match (response.ctor, result) {
            (Some(ctor), true) => {
                let context = extended(&context, "response");
                self.ctor(file, ctor, &context, &(written.clone() + "_Response"));
            }
            (Some(ctor), false) => {
                let name = camel + if event { "Request" } else { "Response" };
                self.ctor(file, ctor, &context, &name);
            }
            (None, _) => {}
        }
        if let Some((_, ctor)) = method.error {
            self.ctor(file, ctor, &extended(&context, "err"), &(written.clone() + "_Error"));
        }
        if result {
            self.result(file, method, response.span, response.ctor.is_none(), &context, &written);
        }
    }

    /// The declarations that the compiler makes for the answer of a method.
    fn result(
        &mut self,
        file: usize,
        method: &'a Method,
        span: Span,
        empty: bool,
        context: &[String],
        written: &str,
    ) {
        let empty_success = empty.then(|| {
            let context = extended(context, "response");
            self.made(file, span, written.to_owned() + "_Response", context, Body::EmptySuccess(method))
        });
        let union =
            self.made(file, span, written.to_owned() + "_Result", context.to_vec(), Body::Result(method));
        self.declared.results.insert(method.name.span, ResultDecls { union, empty_success });
    }

    fn made(
        &mut self,
        file: usize,
        span: Span,
        name: String,
        context: Vec<String>,
        body: Body<'a>,
    ) -> DeclId {
        let id = DeclId(self.declared.first + self.declared.entries.len() as u32);
        self.declared.entries.push(Entry {
            file,
            name,
            span,
            caret: span,
            context,
            anonymous: true,
            attributes: &[],
            body,
        });
        id
    }
}

/// Whether the answer of a two-way method travels in a result union.
pub(super) fn has_result(method: &Method) -> bool {
    method.error.is_some() || !is_strict(method)
}

/// Whether a method or event is strict.
pub(super) fn is_strict(method: &Method) -> bool {
    method.modifiers.iter().any(|modifier| modifier.kind == ModifierKind::Strict)
}

fn extended(context: &[String], name: &str) -> Vec<String> {
    context.iter().cloned().chain([name.to_owned()]).collect()
}

/// All declarations of a library share one scope.
fn collisions(declared: &Declared<'_>, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, entry) in declared.entries.iter().enumerate() {
        let first = *seen.entry(canonical(&entry.name)).or_insert(index);
        if first == index {
            continue;
        }
        let first = &declared.entries[first];
        let diagnostic = name_twice(&entry.name, entry.caret, (&first.name, first.caret));
        let made = matches!(entry.body, Body::Result(_) | Body::EmptySuccess(_));
        out.push(if made {
            diagnostic.help("the compiler names the parts of a method's answer so; rename the other one")
        } else if entry.anonymous {
            diagnostic.help("name the layout with `@generated_name(\"…\")`")
        } else {
            diagnostic
        });
    }
}

/// A name that collides with an earlier one of its scope.
pub(super) fn name_twice(name: &str, span: Span, (first_name, first): (&str, Span)) -> Diagnostic {
    if name == first_name {
        Diagnostic::new(code::NAME_TWICE, span, format!("`{name}` is declared again"))
            .place(first, "first declared here")
    } else {
        let label = format!("`{name}` differs from `{first_name}` in style alone");
        Diagnostic::new(code::CANONICAL_NAME_TWICE, span, label)
            .place(first, format!("`{first_name}` is declared here"))
    }
}

/// Reports names of one scope that collide.
pub(super) fn member_collisions<'n>(names: impl Iterator<Item = (&'n str, Span)>, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, (&str, Span)> = HashMap::new();
    for (name, span) in names {
        let first = *seen.entry(canonical(name)).or_insert((name, span));
        if first.1 != span {
            out.push(name_twice(name, span, first));
        }
    }
}
