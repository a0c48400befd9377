//! Cases as Rust: a function per value, and a table of cases per file.

use std::collections::BTreeSet;

use fidl_codegen::ir::{DeclId, Schema};
use fidl_codegen::rust::Spelling;

use crate::expected::{bytes, expected, joined};
use crate::gidl::{Case, Decoded, Encoding, HandleDef, Kind, Value, ValueKind};
use crate::items::decoder_name;
use crate::schemas::layout_named;
use crate::typed::{self, Refused, Typed, unknown_type};
use crate::values::{Impossible, expression};
use crate::{again, bindings, nans};

/// The only wire format there is.
const FORMAT: &str = "v2";

/// What the cases of all files need of the types.
#[derive(Default)]
pub(crate) struct Needs {
    /// Types of which messages are decoded.
    pub(crate) decoders: BTreeSet<DeclId>,
    /// Types whose values are made of views.
    pub(crate) again: BTreeSet<DeclId>,
}

/// What becomes of the cases of one file.
pub(crate) struct Emitter<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) spelling: &'a Spelling<'a>,
    pub(crate) needs: &'a mut Needs,
    /// The file's name.
    pub(crate) file: &'a str,
    functions: String,
    /// How many functions there are.
    built: usize,
    cases: Vec<String>,
    skips: Vec<String>,
    faults: Vec<String>,
}

/// One case without what is wrong with it, or the reason why it is not run.
type Steps = Result<Vec<String>, Refused>;

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        schema: &'a Schema,
        spelling: &'a Spelling<'a>,
        needs: &'a mut Needs,
        file: &'a str,
    ) -> Self {
        let (functions, built) = (String::new(), 0);
        let (cases, skips, faults) = (Vec::new(), Vec::new(), Vec::new());
        Self { schema, spelling, needs, file, functions, built, cases, skips, faults }
    }

    /// Adds what is wrong with the file.
    pub(crate) fn fault(&mut self, place: &str, message: &str) {
        self.faults.push(format!("Note {{ name: {place:?}, place: \"\", text: {message:?} }}"));
    }

    pub(crate) fn case(&mut self, case: &Case) {
        let place = format!("{}:{}", self.file, case.place.line);
        let note =
            |text: String| format!("Note {{ name: {:?}, place: {place:?}, text: {text:?} }}", case.name);
        match self.steps(case) {
            Ok(steps) => {
                let defs = joined(case.handle_defs.iter().map(definition));
                let mut excluded = bindings::exclusions(case);
                if self.expects_quiet_nans(case) {
                    excluded += "; it makes a NaN quiet, which the format does not: its bits are expected as they are";
                }
                self.cases.push(format!(
                    "Case {{ name: {:?}, place: {place:?}, excluded: {excluded:?}, defs: &[{defs}], steps: &[{}] }}",
                    case.name,
                    steps.join(", ")
                ));
            }
            Err(Refused::NoSuchType(name)) => {
                self.skips.push(note(format!("no schema has the type `{name}`")))
            }
            Err(Refused::NotInRust(reason)) => self.skips.push(note(reason)),
            Err(Refused::Fault(fault)) => {
                let (line, column) = (fault.place.line, fault.place.column);
                self.faults.push(note(format!("{}:{line}:{column}: {}", self.file, fault.message)));
            }
        }
    }

    /// The file's module.
    pub(crate) fn finish(self) -> String {
        format!(
            "#[allow(unused_imports)]\nuse super::prelude::*;\n\n{}\npub(crate) static FILE: File = File {{ cases: &[\n{}\n], skips: &[\n{}\n], faults: &[\n{}\n] }};\n",
            self.functions,
            self.cases.join(",\n"),
            self.skips.join(",\n"),
            self.faults.join(",\n")
        )
    }

    fn steps(&mut self, case: &Case) -> Steps {
        if case.kind == Kind::Benchmark {
            return Err(Refused::NotInRust("it says what to measure, not what must come out".to_owned()));
        }
        if let Some(name) = case.value.as_ref().and_then(|value| unknown_type(self.schema, value)) {
            return Err(Refused::NoSuchType(name));
        }
        let encoding = case.encodings.iter().find(|encoding| encoding.format == FORMAT);
        if encoding.is_none() && case.kind != Kind::EncodeFailure {
            return Err(Refused::NotInRust(format!("it has no bytes in wire format {FORMAT}")));
        }
        let encoding = encoding.cloned().unwrap_or_default();
        match case.kind {
            Kind::Success => Ok(vec![self.encodes(case, &encoding)?, self.decodes(case, &encoding)?]),
            Kind::EncodeSuccess => Ok(vec![self.encodes(case, &encoding)?]),
            Kind::DecodeSuccess => Ok(vec![self.decodes(case, &encoding)?]),
            Kind::EncodeFailure => Ok(vec![self.encoding_fails(case)?]),
            Kind::DecodeFailure => Ok(vec![self.decoding_fails(case, &encoding)?]),
            Kind::Benchmark => unreachable!("see above"),
        }
    }

    fn encodes(&mut self, case: &Case, encoding: &Encoding) -> Result<String, Refused> {
        let build = self.build(case)?;
        let handles = match (&encoding.dispositions, &encoding.handles) {
            (Some(dispositions), _) => joined(dispositions.iter().map(|it| {
                format!(
                    "Sent {{ handle: {}, kind: Some(({}, {:#x})) }}",
                    it.handle, it.object_type, it.rights
                )
            })),
            (None, handles) => {
                let handles = handles.iter().flatten();
                joined(handles.map(|handle| format!("Sent {{ handle: {handle}, kind: None }}")))
            }
        };
        let bytes = match (&case.value, self.expects_quiet_nans(case)) {
            (Some(value), true) => {
                bytes(&nans::kept(&typed::root(self.schema, value)?.1, &encoding_bytes(encoding)))
            }
            _ => message(encoding),
        };
        Ok(format!("Step::Encodes {{ build: {build}, bytes: {bytes}, handles: &[{handles}] }}"))
    }

    /// Whether a case, which is for other bindings alone, has them make NaNs quiet.
    fn expects_quiet_nans(&self, case: &Case) -> bool {
        let Some(encoding) = case.encodings.iter().find(|encoding| encoding.format == FORMAT) else {
            return false;
        };
        let Some(Ok((_, value))) = case.value.as_ref().map(|value| typed::root(self.schema, value)) else {
            return false;
        };
        let bytes = encoding_bytes(encoding);
        case.kind == Kind::EncodeSuccess
            && !bindings::is_for_rust(case)
            && nans::kept(&value, &bytes) != bytes
    }

    fn encoding_fails(&mut self, case: &Case) -> Result<String, Refused> {
        let build = self.build(case)?;
        Ok(format!(
            "Step::EncodingFails {{ build: {build}, error: {:?} }}",
            case.error.as_deref().unwrap_or("")
        ))
    }

    fn decodes(&mut self, case: &Case, encoding: &Encoding) -> Result<String, Refused> {
        let Some(value) = &case.value else { unreachable!("the parser saw to it") };
        let (id, value) = typed::root(self.schema, value)?;
        let (bytes, handles) = (message(encoding), handles(encoding));
        let (expected, decode) = (expected(self.schema, &value), self.decoder(id));
        let encodes = case.kind == Kind::Success;
        Ok(format!(
            "Step::Decodes {{ decode: {decode}, bytes: {bytes}, handles: {handles}, expected: &{expected}, encodes: {encodes} }}"
        ))
    }

    fn decoding_fails(&mut self, case: &Case, encoding: &Encoding) -> Result<String, Refused> {
        let Some((ty, _)) = &case.ty else { unreachable!("the parser saw to it") };
        let id = layout_named(self.schema, ty).ok_or_else(|| Refused::NoSuchType(ty.clone()))?;
        let (bytes, handles, decode) = (message(encoding), handles(encoding), self.decoder(id));
        let error = case.error.as_deref().unwrap_or("");
        Ok(format!(
            "Step::DecodingFails {{ decode: {decode}, bytes: {bytes}, handles: {handles}, error: {error:?} }}"
        ))
    }

    fn decoder(&mut self, id: DeclId) -> String {
        self.needs.decoders.insert(id);
        format!("types::{}", decoder_name(id))
    }

    /// Adds the function that builds and encodes a case's value, and gives its name.
    fn build(&mut self, case: &Case) -> Result<String, Refused> {
        let Some(value) = &case.value else { unreachable!("the parser saw to it") };
        let body = match &value.kind {
            ValueKind::Decoded(decoded) => self.again(decoded)?,
            _ => self.literal(case, value)?,
        };
        let name = format!("build_{}", self.built);
        self.built += 1;
        self.functions += &format!("fn {name}(h: &Handles) -> Result<Encoded, Refusal> {{ {body} }}\n");
        Ok(name)
    }

    fn literal(&self, case: &Case, value: &Value) -> Result<String, Refused> {
        let (id, typed) = typed::root(self.schema, value)?;
        match expression(self.schema, self.spelling, id, &typed) {
            Ok(expression) => {
                let wire = self.spelling.wire(id);
                Ok(format!("let _ = h; encode::<{wire}>({expression})"))
            }
            Err(Impossible(check)) if case.kind == Kind::EncodeFailure => {
                Ok(format!("let _ = h; impossible({check})"))
            }
            Err(Impossible(_)) => {
                Err(value.fault(format!("no value of {} can say this", rust_name(&typed))).into())
            }
        }
    }

    /// Decodes a message and encodes what it said.
    fn again(&mut self, decoded: &Decoded) -> Result<String, Refused> {
        let id =
            layout_named(self.schema, &decoded.ty).ok_or_else(|| Refused::NoSuchType(decoded.ty.clone()))?;
        let wire = self.spelling.wire(id);
        let value = match self.spelling.owned(id) {
            Some(owned) => format!("{owned}::from(view)"),
            None => {
                self.needs.again.insert(id);
                format!("types::{}(view)?", again::name(id))
            }
        };
        let (bytes, handles) = (message(&decoded.encoding), handles(&decoded.encoding));
        Ok(format!("h.message({bytes}, {handles}).decode::<{wire}, _>(|view| encode::<{wire}>({value}))?"))
    }
}

/// What a value is, for people.
fn rust_name(value: &Typed) -> &'static str {
    match value {
        Typed::Table(..) => "this table",
        Typed::Union(..) | Typed::UnknownUnion(..) | Typed::UnsetUnion => "this union",
        _ => "this struct",
    }
}

fn definition(def: &HandleDef) -> String {
    format!("Definition {{ object_type: {}, rights: {:#x} }}", def.object_type, def.rights)
}

fn encoding_bytes(encoding: &Encoding) -> Vec<u8> {
    encoding.bytes.clone().unwrap_or_default()
}

fn message(encoding: &Encoding) -> String {
    bytes(&encoding_bytes(encoding))
}

fn handles(encoding: &Encoding) -> String {
    let dispositions = encoding.dispositions.iter().flatten().map(|it| it.handle);
    let handles = encoding.handles.iter().flatten().copied().chain(dispositions);
    format!("&[{}]", joined(handles.map(|handle| handle.to_string())))
}
