//! The IR as text for people.

use std::fmt::Write;

use fidl_codegen::ir::*;

/// The last library of a schema.
pub(crate) fn dump(schema: &Schema) -> String {
    let library = schema.target();
    let mut out = format!("library {}\n", library.name);
    if !schema.available.is_empty() {
        let selected = schema.available.iter();
        let selected = selected.map(|(name, versions)| format!(" {name}:{}", versions.join(",")));
        writeln!(out, "platform {}, selected{}", library.platform, selected.collect::<String>()).unwrap();
    }
    for import in &library.imports {
        writeln!(out, "import {}", schema.library(*import).name).unwrap();
    }
    attributes(&mut out, "", &library.attributes);
    for &id in &library.decls {
        out.push('\n');
        decl(&mut out, schema, schema.decl(id));
    }
    out
}

fn attributes(out: &mut String, indent: &str, attributes: &[Attribute]) {
    for attribute in attributes {
        let arguments = attribute.arguments.iter();
        let arguments = arguments.map(|it| format!("{}={}", it.name, value(&it.value.value)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        writeln!(out, "{indent}@{}({arguments})", attribute.name).unwrap();
    }
}

fn element(out: &mut String, indent: &str, element: &Element) {
    attributes(out, indent, &element.attributes);
    if element.deprecated {
        writeln!(out, "{indent}deprecated").unwrap();
    }
}

fn decl(out: &mut String, schema: &Schema, decl: &Decl) {
    let name = &decl.element.name;
    element(out, "", &decl.element);
    if decl.anonymous {
        writeln!(out, "anonymous {}", decl.naming_context.join(" / ")).unwrap();
    }
    match &decl.kind {
        DeclKind::Const(it) => {
            writeln!(out, "const {name} {} = {}", ty(schema, &it.ty), constant(schema, &it.value)).unwrap();
        }
        DeclKind::Alias(it) => {
            writeln!(out, "alias {name} = {} {}", ty(schema, &it.target), shape(&it.target.shape)).unwrap();
        }
        DeclKind::Bits(it) => bits(out, schema, name, it),
        DeclKind::Enum(it) => enum_(out, schema, name, it),
        DeclKind::Struct(it) => struct_(out, schema, name, it),
        DeclKind::Table(it) => {
            let (resource, recursive) = (word(it.resource, "resource "), word(it.recursive, "recursive "));
            writeln!(out, "{recursive}{resource}table {name} {}", shape(&it.shape)).unwrap();
            ordinal_members(out, schema, &it.members);
        }
        DeclKind::Union(it) => {
            let (resource, recursive) = (word(it.resource, "resource "), word(it.recursive, "recursive "));
            let (strict, result) = (strictness(it.strict), word(it.result, "result "));
            writeln!(out, "{recursive}{strict} {resource}{result}union {name} {}", shape(&it.shape)).unwrap();
            ordinal_members(out, schema, &it.members);
        }
        DeclKind::Overlay(it) => {
            writeln!(out, "overlay {name} {}", shape(&it.shape)).unwrap();
            ordinal_members(out, schema, &it.members);
        }
        DeclKind::NewType(it) => {
            writeln!(out, "new type {name} = {} {}", ty(schema, &it.target), shape(&it.target.shape))
                .unwrap();
        }
        DeclKind::Service(it) => {
            writeln!(out, "service {name}").unwrap();
            for member in &it.members {
                element(out, "  ", &member.element);
                writeln!(out, "  {} {}", member.element.name, ty(schema, &member.ty)).unwrap();
            }
        }
        DeclKind::Protocol(it) => protocol(out, schema, name, it),
        DeclKind::Resource(it) => {
            writeln!(out, "resource {name} : {}", it.underlying.name()).unwrap();
            for property in &it.properties {
                element(out, "  ", &property.element);
                writeln!(out, "  {} {}", property.element.name, ty(schema, &property.ty)).unwrap();
            }
        }
    }
}

fn word(given: bool, word: &str) -> &str {
    if given { word } else { "" }
}

fn ordinal_members(out: &mut String, schema: &Schema, members: &[OrdinalMember]) {
    for member in members {
        attributes(out, "  ", &member.element.attributes);
        let ty = ty(schema, &member.ty);
        writeln!(out, "  {:>3}: {} {ty}", member.ordinal, member.element.name).unwrap();
    }
}

fn strictness(strict: bool) -> &'static str {
    if strict { "strict" } else { "flexible" }
}

fn bits(out: &mut String, schema: &Schema, name: &str, it: &Bits) {
    let strict = strictness(it.strict);
    writeln!(out, "{strict} bits {name} : {}, mask {:#x}", it.underlying.name(), it.mask).unwrap();
    for member in &it.members {
        element(out, "  ", &member.element);
        writeln!(out, "  {} = {}", member.element.name, constant(schema, &member.constant)).unwrap();
    }
}

fn enum_(out: &mut String, schema: &Schema, name: &str, it: &Enum) {
    let strict = strictness(it.strict);
    write!(out, "{strict} enum {name} : {}", it.underlying.name()).unwrap();
    match it.unknown_value {
        Some(value) => writeln!(out, ", unknown {value}").unwrap(),
        None => out.push('\n'),
    }
    for member in &it.members {
        element(out, "  ", &member.element);
        let unknown = if member.unknown { " (unknown)" } else { "" };
        let value = constant(schema, &member.constant);
        writeln!(out, "  {} = {value}{unknown}", member.element.name).unwrap();
    }
}

fn struct_(out: &mut String, schema: &Schema, name: &str, it: &Struct) {
    let (resource, recursive) = (word(it.resource, "resource "), word(it.recursive, "recursive "));
    let success = word(it.empty_success, "empty success ");
    writeln!(out, "{success}{recursive}{resource}struct {name} {}", shape(&it.shape)).unwrap();
    for member in &it.members {
        element(out, "  ", &member.element);
        let padding = match member.padding {
            0 => String::new(),
            bytes => format!(", then {bytes} padding"),
        };
        let default =
            member.default.as_ref().map_or(String::new(), |it| format!(" = {}", constant(schema, it)));
        let ty = ty(schema, &member.ty);
        writeln!(out, "  {:>3} {} {ty}{default}{padding}", member.offset, member.element.name).unwrap();
    }
}

fn protocol(out: &mut String, schema: &Schema, name: &str, it: &Protocol) {
    let openness = format!("{:?}", it.openness).to_lowercase();
    let transport = if it.transport == Transport::Channel { "" } else { it.transport.name() };
    let over = if transport.is_empty() { "" } else { " over " };
    writeln!(out, "{openness} protocol {name}{over}{transport}").unwrap();
    if let Some(discoverable) = &it.discoverable {
        writeln!(out, "  discoverable as {}", discoverable.name).unwrap();
        for (side, locations) in [("client", &discoverable.client), ("server", &discoverable.server)] {
            if let Some(locations) = locations {
                writeln!(out, "  {side} at {}", locations.join(" and ")).unwrap();
            }
        }
    }
    for compose in &it.composes {
        attributes(out, "  ", &compose.attributes);
        if compose.deprecated {
            writeln!(out, "  deprecated").unwrap();
        }
        writeln!(out, "  compose {}", schema.full_name(compose.protocol)).unwrap();
    }
    for id in &it.methods {
        method(out, schema, schema.method(*id));
    }
}

fn method(out: &mut String, schema: &Schema, it: &Method) {
    element(out, "  ", &it.element);
    let kind = match &it.kind {
        MethodKind::OneWay { .. } => "one-way",
        MethodKind::TwoWay { .. } => "two-way",
        MethodKind::Event { .. } => "event",
    };
    let (strict, name, selector) = (strictness(it.strict), &it.element.name, &it.selector);
    writeln!(out, "  {strict} {kind} {name} {:#018x} {selector}", it.ordinal).unwrap();
    match &it.kind {
        MethodKind::OneWay { request } => message(out, schema, "request", request),
        MethodKind::Event { message: event } => message(out, schema, "event", event),
        MethodKind::TwoWay { request, response } => {
            message(out, schema, "request", request);
            let payload = payload(schema, response.payload);
            writeln!(out, "    response {payload} {}", size(&response.size)).unwrap();
            if let Some(result) = &response.result {
                writeln!(out, "      in {}", schema.full_name(result.union)).unwrap();
            }
        }
    }
}

fn message(out: &mut String, schema: &Schema, what: &str, it: &Message) {
    writeln!(out, "    {what} {} {}", payload(schema, it.payload), size(&it.size)).unwrap();
}

fn payload(schema: &Schema, payload: Option<DeclId>) -> String {
    payload.map_or("nothing".to_owned(), |id| schema.full_name(id))
}

fn size(size: &MessageSize) -> String {
    let bounded = if size.bounded { "" } else { ", beyond the limit" };
    let extensible = if size.extensible { ", extensible" } else { "" };
    format!("[{} bytes, {} handles{bounded}{extensible}]", size.max_bytes, size.max_handles)
}

fn shape(shape: &TypeShape) -> String {
    let number = |value: u32| if value == u32::MAX { "any".to_owned() } else { value.to_string() };
    let padding = if shape.has_padding { ", padding" } else { "" };
    let flexible = if shape.has_flexible_envelope { ", flexible" } else { "" };
    format!(
        "{{size {}, align {}, depth {}, out {}, handles {}{padding}{flexible}}}",
        shape.inline_size,
        shape.alignment,
        number(shape.depth),
        number(shape.max_out_of_line),
        number(shape.max_handles),
    )
}

fn ty(schema: &Schema, ty: &Type) -> String {
    let text = kind(schema, &ty.kind);
    match ty.alias.as_ref().and_then(|written| written.alias()) {
        Some(alias) => format!("{text} (alias {})", schema.full_name(alias)),
        None => text,
    }
}

fn kind(schema: &Schema, kind: &TypeKind) -> String {
    match kind {
        TypeKind::Primitive(it) => it.name().to_owned(),
        TypeKind::String { bound, optional } => constrained("string".to_owned(), bound, *optional),
        TypeKind::Vector { element, bound, optional } => {
            constrained(format!("vector<{}>", ty(schema, element)), bound, *optional)
        }
        TypeKind::Array { element, count } => format!("array<{}, {count}>", ty(schema, element)),
        TypeKind::Handle { resource, subtype, rights, optional } => {
            let subtype = subtype.name.clone().unwrap_or(subtype.value.to_string());
            let text = format!("{}:{subtype}:{rights:#x}", schema.full_name(*resource));
            constrained(text, &None, *optional)
        }
        TypeKind::Endpoint { role, protocol, optional } => {
            let role = match role {
                EndpointRole::Client => "client_end",
                EndpointRole::Server => "server_end",
            };
            constrained(format!("{role}:{}", schema.full_name(*protocol)), &None, *optional)
        }
        TypeKind::Box(id) => format!("box<{}>", schema.full_name(*id)),
        TypeKind::Named(id) => schema.full_name(*id),
        TypeKind::OptionalUnion(id) => format!("{}:optional", schema.full_name(*id)),
        TypeKind::StringArray { count } => format!("string_array<{count}>"),
        TypeKind::Pointer(inner) => format!("experimental_pointer<{}>", ty(schema, inner)),
        TypeKind::FrameworkError => "framework_err".to_owned(),
    }
}

fn constrained(mut text: String, bound: &Option<u32>, optional: bool) -> String {
    if let Some(bound) = bound {
        write!(text, ":{bound}").unwrap();
    }
    if optional {
        text.push_str(":optional");
    }
    text
}

fn constant(schema: &Schema, constant: &Constant) -> String {
    let shown = value(&constant.value);
    match &constant.form {
        ConstantForm::Literal(_) if shown == constant.expression => shown,
        ConstantForm::Literal(_) | ConstantForm::Or => format!("{shown} from {}", constant.expression),
        ConstantForm::Reference(target) => format!("{shown} from {}", self::target(schema, *target)),
    }
}

fn target(schema: &Schema, target: ConstantTarget) -> String {
    match target {
        ConstantTarget::Const(id) => schema.full_name(id),
        ConstantTarget::Max => "MAX".to_owned(),
        ConstantTarget::Next => "NEXT".to_owned(),
        ConstantTarget::Head => "HEAD".to_owned(),
        ConstantTarget::Member(id, index) => {
            let index = index as usize;
            let member = match &schema.decl(id).kind {
                DeclKind::Bits(bits) => &bits.members[index].element.name,
                DeclKind::Enum(layout) => &layout.members[index].element.name,
                _ => panic!("a member of neither bits nor an enum"),
            };
            format!("{}.{member}", schema.full_name(id))
        }
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) => format!("{text:?}"),
    }
}
