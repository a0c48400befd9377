//! From the form to the resolved schema.
//!
//! A document may come from elsewhere and say anything. What it says is taken over only where it keeps the
//! guarantees of [`ir`](crate::ir): names are names, references lead to something of the kind that is asked for,
//! what is contained by value comes first, values lie in their types. Sizes are computed again and must agree.

mod checks;
mod constants;
mod decls;
mod error;
mod forms;
mod names;
mod protocols;
mod types;

use std::collections::{HashMap, HashSet};

pub use error::{Error, ErrorKind};

use error::At;
use forms::Form;

use super::document::{Kind, Library};
use super::parts::{Attribute, Location};
use crate::ir::{self, Decl, DeclId, DeclKind, Element, Experiment, LibraryId, Schema, Struct, TypeShape};
use crate::source::Source;
use crate::{layout, pipeline};

type Result<T> = std::result::Result<T, Error>;

/// Reads libraries. Each is one file, and stands after those that it depends on; the last one becomes the
/// [target](Schema::target). Where a file depends on `zx` and no library of that name is given, the
/// compiler's own is put before all others.
///
/// Not read is what follows from the rest: what is said of other libraries, shapes of types. Experiments that
/// are not known are passed over. Not in JSON, and so lost, are the names of aliases used by members of unions
/// and the files of libraries that declare nothing.
///
/// # Errors
///
/// If a file is not JSON of this form, or says what no schema can mean.
pub fn read(files: &[Source]) -> Result<Schema> {
    let documents: Vec<Library> = files.iter().map(parse).collect::<Result<_>>()?;
    let mut reader = Reader::default();
    if needs_zx(&documents) {
        reader.take_in(pipeline::built_in_zx());
    }
    for (file, document) in files.iter().zip(&documents) {
        reader.library(&At::File(&file.path), document)?;
    }
    match documents.is_empty() {
        true => Err(At::File("").error(ErrorKind::NoFiles)),
        false => Ok(reader.schema),
    }
}

/// The form of a file. What is wrong with it is said with the line and the column in the file.
fn parse(file: &Source) -> Result<Library> {
    let mut deserializer = serde_json::Deserializer::from_slice(&file.bytes);
    let document = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let error = error.into_inner();
        let is_json = error.is_data();
        let kind = if is_json { ErrorKind::Form(error.to_string()) } else { not_json(&error) };
        Error { file: file.path.clone(), path, kind }
    })?;
    let end = deserializer.end();
    end.map_err(|error| At::File(&file.path).error(not_json(&error)))?;
    Ok(document)
}

fn not_json(error: &serde_json::Error) -> ErrorKind {
    ErrorKind::Form(format!("this is not JSON: {error}"))
}

fn needs_zx(documents: &[Library]) -> bool {
    let mut dependencies = documents.iter().flat_map(|document| &document.library_dependencies);
    dependencies.any(|dependency| dependency.name == "zx")
        && documents.iter().all(|document| document.name != "zx")
}

/// The libraries so far.
#[derive(Default)]
struct Reader {
    schema: Schema,
    /// For each declaration what it is, once its name is known.
    kinds: Vec<Kind>,
    /// For each declaration whether its content is there.
    ready: Vec<bool>,
    /// The declarations by their names in full.
    names: HashMap<String, DeclId>,
    /// The files by path.
    files: HashMap<String, u32>,
}

impl Reader {
    /// Begins with libraries that are resolved.
    fn take_in(&mut self, schema: Schema) {
        self.kinds = schema.decls.iter().map(|decl| (&decl.kind).into()).collect();
        self.ready = vec![true; schema.decls.len()];
        let ids = (0_u32..).map(DeclId).take(schema.decls.len());
        self.names = ids.map(|id| (schema.full_name(id), id)).collect();
        self.files = schema.files.iter().cloned().zip(0..).collect();
        self.schema = schema;
    }

    fn library(&mut self, at: &At<'_>, document: &Library) -> Result<()> {
        let library = self.open(at, document)?;
        let forms = forms::forms(document);
        let order = self.order(at, document, &forms)?;
        let ids = self.declare(library, at, &forms, &order)?;
        for (&index, &id) in order.iter().zip(&ids) {
            let (key, place, form) = &forms[index];
            self.compile(&at.key(key).item(*place), id, form)?;
        }
        layout::lay_out(&mut self.schema, &ids);
        for (&index, &id) in order.iter().zip(&ids) {
            let (key, place, form) = &forms[index];
            self.check(&at.key(key).item(*place), id, form)?;
        }
        self.schema.libraries[library.0 as usize].decls = ids;
        Ok(())
    }

    /// Enters a library without its declarations.
    fn open(&mut self, at: &At<'_>, document: &Library) -> Result<LibraryId> {
        let name = document.name.clone();
        names::library(&at.key("name"), &name)?;
        if self.library_named(&name).is_some() {
            return Err(at.key("name").twice(&name));
        }
        let experiments = document.experiments.iter().filter_map(|name| Experiment::of(name));
        self.schema.experiments = experiments.collect();
        self.schema.available = document.available.clone().into_iter().collect();
        let attributes = self.attributes(&at.key("maybe_attributes"), &document.maybe_attributes)?;
        let imports = self.imports(&at.key("library_dependencies"), document)?;
        let (platform, decls) = (document.platform.clone(), Vec::new());
        let library = ir::Library { name, platform, attributes, imports, decls, builtin: false };
        self.schema.libraries.push(library);
        Ok(LibraryId(self.schema.libraries.len() as u32 - 1))
    }

    fn library_named(&self, name: &str) -> Option<LibraryId> {
        let place = self.schema.libraries.iter().position(|library| library.name == name)?;
        Some(LibraryId(place as u32))
    }

    fn imports(&self, at: &At<'_>, document: &Library) -> Result<Vec<LibraryId>> {
        let mut imports = Vec::new();
        for (index, dependency) in document.library_dependencies.iter().enumerate() {
            let unknown = || ErrorKind::UnknownLibrary(dependency.name.clone());
            let library = self.library_named(&dependency.name);
            imports.push(library.ok_or_else(|| at.item(index).key("name").error(unknown()))?);
        }
        imports.sort();
        imports.dedup();
        Ok(imports)
    }

    /// The indices of a library's forms in the order that the document gives.
    fn order(
        &self,
        at: &At<'_>,
        document: &Library,
        forms: &[(&'static str, usize, Form<'_>)],
    ) -> Result<Vec<usize>> {
        let mut places = HashMap::new();
        for (index, (key, place, form)) in forms.iter().enumerate() {
            let at = at.key(key);
            let at = at.item(*place);
            let at = at.key("name");
            names::in_library(&at, &document.name, form.name())?;
            if places.insert(form.name(), index).is_some() {
                return Err(at.twice(form.name()));
            }
        }
        let at = at.key("declaration_order");
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        for (index, name) in document.declaration_order.iter().enumerate() {
            let place = places.get(name.as_str()).ok_or_else(|| at.item(index).unknown(name))?;
            if !seen.insert(name.as_str()) {
                return Err(at.item(index).twice(name));
            }
            order.push(*place);
        }
        match places.into_keys().filter(|name| !seen.contains(name)).min() {
            Some(name) => Err(at.error(ErrorKind::Unlisted(name.to_owned()))),
            None => Ok(order),
        }
    }

    /// Enters declarations without their content.
    fn declare(
        &mut self,
        library: LibraryId,
        at: &At<'_>,
        forms: &[(&'static str, usize, Form<'_>)],
        order: &[usize],
    ) -> Result<Vec<DeclId>> {
        let mut ids = Vec::new();
        for &index in order {
            let (key, place, form) = &forms[index];
            let at = at.key(key);
            let at = at.item(*place);
            let library_name = &self.schema.library(library).name;
            let name = names::in_library(&at.key("name"), library_name, form.name())?;
            let decl = empty_decl(library, name, form.naming_context());
            let id = self.enter(form.name(), decl, form.kind());
            ids.push(id);
        }
        Ok(ids)
    }

    /// Enters a declaration under its name in full.
    fn enter(&mut self, name: &str, decl: Decl, kind: Kind) -> DeclId {
        let id = DeclId(self.schema.decls.len() as u32);
        self.schema.decls.push(decl);
        self.names.insert(name.to_owned(), id);
        self.kinds.push(kind);
        self.ready.push(false);
        id
    }

    fn location(&mut self, location: &Location) -> ir::Location {
        let file = match self.files.get(&location.filename) {
            Some(file) => *file,
            None => {
                let file = self.schema.files.len() as u32;
                self.schema.files.push(location.filename.clone());
                self.files.insert(location.filename.clone(), file);
                file
            }
        };
        ir::Location { file, line: location.line, column: location.column, length: location.length }
    }

    /// What every named element has. The name stands without that of the library.
    fn element(
        &mut self,
        at: &At<'_>,
        name: &str,
        location: &Location,
        deprecated: bool,
        attributes: &[Attribute],
    ) -> Result<Element> {
        Ok(Element {
            name: name.to_owned(),
            attributes: self.attributes(&at.key("maybe_attributes"), attributes)?,
            location: self.location(location),
            deprecated,
        })
    }

    fn attributes(&mut self, at: &At<'_>, forms: &[Attribute]) -> Result<Vec<ir::Attribute>> {
        let mut attributes = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            let at = at.item(index);
            let mut arguments = Vec::new();
            for (index, argument) in form.arguments.iter().enumerate() {
                arguments.push(self.argument(&at.key("arguments").item(index), argument)?);
            }
            let location = self.location(&form.location);
            attributes.push(ir::Attribute { name: form.name.clone(), arguments, location });
        }
        Ok(attributes)
    }
}

/// A declaration that passes for a struct without members until it is ready.
fn empty_decl(library: LibraryId, name: &str, naming_context: Option<&[String]>) -> Decl {
    let naming_context = naming_context.map_or_else(|| vec![name.to_owned()], <[String]>::to_vec);
    let location = ir::Location { file: 0, line: 0, column: 0, length: 0 };
    let content = Struct {
        resource: false,
        recursive: false,
        empty_success: false,
        members: Vec::new(),
        shape: TypeShape::default(),
    };
    Decl {
        library,
        element: Element { name: name.to_owned(), attributes: Vec::new(), location, deprecated: false },
        anonymous: naming_context.len() > 1,
        naming_context,
        kind: DeclKind::Struct(content),
    }
}
