//! What is found out about all declarations before anything is written: their names in Rust, whether their values and
//! views borrow, and which have no form here.

use proc_macro2::Ident;

use super::names::{self, Taken};
use super::owned::{OwnedBounds, Ownership, ownership};
use crate::ir::{DeclId, DeclKind, Schema, Type, TypeKind};
use crate::layout::{member_types, named};

/// The names of a declaration's forms.
pub(super) struct Names {
    pub(super) value: Ident,
    pub(super) owned: Ident,
    pub(super) view: Ident,
    pub(super) wire: Ident,
    pub(super) builder: Ident,
}

/// The facts about each declaration, by its id.
pub(super) struct Facts {
    names: Vec<Option<Names>>,
    borrows: Vec<bool>,
    view_borrows: Vec<bool>,
    formless: Vec<bool>,
    ownership: Vec<Ownership>,
}

impl Facts {
    pub(super) fn of(schema: &Schema, bounds: &OwnedBounds) -> Self {
        let holders = holders(schema);
        let spread = |seeds: Vec<bool>| spread(seeds, &holders);
        Self {
            names: names(schema),
            borrows: spread(schema.decls.iter().map(|decl| borrows_itself(schema, &decl.kind)).collect()),
            view_borrows: spread(schema.decls.iter().map(|decl| view_borrows_itself(&decl.kind)).collect()),
            formless: spread(schema.decls.iter().map(|decl| has_no_form(schema, &decl.kind)).collect()),
            ownership: ownership(schema, bounds),
        }
    }

    /// The names of a declaration that is a type; `None` for any other.
    pub(super) fn names(&self, id: DeclId) -> Option<&Names> {
        self.names[id.0 as usize].as_ref()
    }

    /// Whether a value of the declared type borrows.
    pub(super) fn borrows(&self, id: DeclId) -> bool {
        self.borrows[id.0 as usize]
    }

    /// Whether a view of the declared type borrows.
    pub(super) fn view_borrows(&self, id: DeclId) -> bool {
        self.view_borrows[id.0 as usize]
    }

    /// Whether there is nothing in Rust for the declared type or for what it is made of.
    pub(super) fn has_no_form(&self, id: DeclId) -> bool {
        self.formless[id.0 as usize]
    }

    /// Whether a declaration has an owned form.
    pub(super) fn ownership(&self, id: DeclId) -> &Ownership {
        &self.ownership[id.0 as usize]
    }
}

/// Whether a type, or what it is made of up to the next declaration, is such.
fn any(ty: &Type, is_such: &impl Fn(&Type) -> bool) -> bool {
    is_such(ty)
        || match &ty.kind {
            TypeKind::Array { element, .. }
            | TypeKind::Vector { element, .. }
            | TypeKind::Pointer(element) => any(element, is_such),
            _ => false,
        }
}

/// Whether values of the type borrow, whatever the declarations that it names.
pub(super) fn type_borrows(schema: &Schema, ty: &Type) -> bool {
    any(ty, &|ty| match &ty.kind {
        TypeKind::String { .. } => true,
        TypeKind::Vector { element, .. } => !schema.is_resource(element),
        TypeKind::Box(_) => !schema.is_resource(ty),
        _ => false,
    })
}

/// Whether values of a declaration borrow, whatever other declarations they are made of. What contains itself does so
/// behind a reference.
fn borrows_itself(schema: &Schema, kind: &DeclKind) -> bool {
    let recursive = match kind {
        DeclKind::Struct(layout) => layout.recursive,
        DeclKind::Table(layout) => layout.recursive,
        DeclKind::Union(layout) => layout.recursive,
        _ => false,
    };
    recursive || member_types(kind).into_iter().any(|ty| type_borrows(schema, ty))
}

/// Whether views of the type borrow, whatever the declarations that it names.
pub(super) fn type_view_borrows(ty: &Type) -> bool {
    !matches!(
        ty.kind,
        TypeKind::Primitive(_) | TypeKind::Named(_) | TypeKind::OptionalUnion(_) | TypeKind::FrameworkError
    )
}

/// Whether views of a declaration borrow, whatever other declarations they are made of. Views of structs and tables are
/// references, and a flexible union may hold something unknown.
fn view_borrows_itself(kind: &DeclKind) -> bool {
    match kind {
        DeclKind::Struct(_) | DeclKind::Table(_) => true,
        DeclKind::Union(layout) if !layout.strict => true,
        _ => member_types(kind).into_iter().any(type_view_borrows),
    }
}

/// Whether there is nothing in Rust for a type, whatever the declarations that it names: pointers are for C.
pub(super) fn type_has_no_form(ty: &Type) -> bool {
    any(ty, &|ty| matches!(ty.kind, TypeKind::Pointer(_)))
}

fn has_no_form(schema: &Schema, kind: &DeclKind) -> bool {
    match kind {
        DeclKind::Overlay(_) => true,
        DeclKind::Union(layout) if layout.recursive => layout
            .members
            .iter()
            .any(|member| type_has_no_form(&member.ty) || is_optional_union(schema, &member.ty)),
        _ => member_types(kind).into_iter().any(type_has_no_form),
    }
}

/// Whether a type is a new one around an optional union. A union with such a member may contain itself with nothing in
/// between, and so may its view, for which there is no room.
fn is_optional_union<'a>(schema: &'a Schema, mut ty: &'a Type) -> bool {
    while let TypeKind::Named(id) = &ty.kind
        && let DeclKind::NewType(new) = &schema.decl(*id).kind
    {
        ty = &new.target;
    }
    matches!(ty.kind, TypeKind::OptionalUnion(_))
}

/// For each declaration those that hold it, at one remove.
fn holders(schema: &Schema) -> Vec<Vec<usize>> {
    let mut holders = vec![Vec::new(); schema.decls.len()];
    for (index, decl) in schema.decls.iter().enumerate() {
        for id in member_types(&decl.kind).into_iter().filter_map(named) {
            holders[id.0 as usize].push(index);
        }
    }
    holders
}

/// What is so of a declaration is so of those that hold it.
fn spread(mut marks: Vec<bool>, holders: &[Vec<usize>]) -> Vec<bool> {
    let mut left: Vec<usize> = (0..marks.len()).filter(|index| marks[*index]).collect();
    while let Some(index) = left.pop() {
        for &holder in &holders[index] {
            if !marks[holder] {
                marks[holder] = true;
                left.push(holder);
            }
        }
    }
    marks
}

/// The names of all types and constants, library by library. Types take theirs first, in the order of the schema's
/// names, then their forms, then constants; so a name hangs on no order in the schema.
fn names(schema: &Schema) -> Vec<Option<Names>> {
    let mut names: Vec<Option<Names>> = schema.decls.iter().map(|_| None).collect();
    for library in &schema.libraries {
        let mut ids = library.decls.clone();
        ids.sort_by_key(|id| &schema.decl(*id).element.name);
        let name = |id: &DeclId| schema.decl(*id).element.name.as_str();
        let (mut types, mut values) = (Taken::default(), Taken::default());
        for id in ids.iter().filter(|id| is_type(&schema.decl(**id).kind)) {
            let value = types.take(names::form(name(id), ""));
            if has_constructor(&schema.decl(*id).kind) {
                values.take(value.to_string());
            }
            names[id.0 as usize] = Some(Names::new(value));
        }
        for id in &ids {
            let kind = &schema.decl(*id).kind;
            if let Some(names) = &mut names[id.0 as usize] {
                names.add_forms(name(id), kind, &mut types);
            } else if matches!(kind, DeclKind::Const(_)) {
                names[id.0 as usize] = Some(Names::new(values.take(names::screaming(name(id)))));
            }
        }
    }
    names
}

impl Names {
    fn new(value: Ident) -> Self {
        let other = || value.clone();
        Self { owned: other(), view: other(), wire: other(), builder: other(), value }
    }

    /// The names of the forms that there are besides the value.
    fn add_forms(&mut self, name: &str, kind: &DeclKind, taken: &mut Taken) {
        let mut form = |suffix| taken.take(names::form(name, suffix));
        match kind {
            DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_) => {
                (self.owned, self.view, self.wire) = (form("Owned"), form("View"), form("Wire"));
                self.builder = form("Builder");
            }
            DeclKind::Bits(_) | DeclKind::Enum(_) => self.wire = form("Wire"),
            DeclKind::NewType(_) => self.owned = form("Owned"),
            _ => {}
        }
    }
}

/// Whether a declaration becomes a type.
fn is_type(kind: &DeclKind) -> bool {
    match kind {
        DeclKind::Const(_) | DeclKind::Protocol(_) | DeclKind::Resource(_) | DeclKind::Overlay(_) => false,
        DeclKind::Struct(layout) => !layout.empty_success,
        DeclKind::Union(layout) => !layout.result,
        _ => true,
    }
}

/// Whether a type has a constructor of its name, which is among the values like constants.
fn has_constructor(kind: &DeclKind) -> bool {
    matches!(kind, DeclKind::Bits(_) | DeclKind::NewType(_))
}
