//! The declarations of all kinds in one list.

use crate::json::document::{
    Alias, Bits, Const, Enum, Kind, Library, NewType, Overlay, Protocol, Resource, Service, Struct, Table,
    Union,
};

/// A declaration of any kind.
pub(super) enum Form<'d> {
    Bits(&'d Bits),
    Const(&'d Const),
    Enum(&'d Enum),
    Resource(&'d Resource),
    Protocol(&'d Protocol),
    Service(&'d Service),
    Struct(&'d Struct),
    Table(&'d Table),
    Union(&'d Union),
    Overlay(&'d Overlay),
    Alias(&'d Alias),
    NewType(&'d NewType),
}

/// The declarations of a library, each with the key of its list and its place there.
pub(super) fn forms(library: &Library) -> Vec<(&'static str, usize, Form<'_>)> {
    let mut forms = Vec::new();
    macro_rules! list {
        ($key:literal, $list:expr, $kind:ident) => {
            let list = $list.iter().enumerate();
            forms.extend(list.map(|(place, form)| ($key, place, Form::$kind(form))));
        };
    }
    list!("bits_declarations", library.bits_declarations, Bits);
    list!("const_declarations", library.const_declarations, Const);
    list!("enum_declarations", library.enum_declarations, Enum);
    list!("experimental_resource_declarations", library.experimental_resource_declarations, Resource);
    list!("protocol_declarations", library.protocol_declarations, Protocol);
    list!("service_declarations", library.service_declarations, Service);
    list!("struct_declarations", library.struct_declarations, Struct);
    list!("table_declarations", library.table_declarations, Table);
    list!("union_declarations", library.union_declarations, Union);
    list!("overlay_declarations", library.overlay_declarations.as_deref().unwrap_or_default(), Overlay);
    list!("alias_declarations", library.alias_declarations, Alias);
    list!("new_type_declarations", library.new_type_declarations, NewType);
    forms
}

impl<'d> Form<'d> {
    pub(super) fn name(&self) -> &'d str {
        match self {
            Self::Bits(form) => &form.name,
            Self::Const(form) => &form.name,
            Self::Enum(form) => &form.name,
            Self::Resource(form) => &form.name,
            Self::Protocol(form) => &form.name,
            Self::Service(form) => &form.name,
            Self::Struct(form) => &form.name,
            Self::Table(form) => &form.name,
            Self::Union(form) => &form.name,
            Self::Overlay(form) => &form.name,
            Self::Alias(form) => &form.name,
            Self::NewType(form) => &form.name,
        }
    }

    /// The naming context of a layout.
    pub(super) fn naming_context(&self) -> Option<&'d [String]> {
        match self {
            Self::Bits(form) => Some(&form.naming_context),
            Self::Enum(form) => Some(&form.naming_context),
            Self::Struct(form) => Some(&form.naming_context),
            Self::Table(form) => Some(&form.naming_context),
            Self::Union(form) => Some(&form.naming_context),
            Self::Overlay(form) => Some(&form.naming_context),
            _ => None,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Bits(_) => Kind::Bits,
            Self::Const(_) => Kind::Const,
            Self::Enum(_) => Kind::Enum,
            Self::Resource(_) => Kind::ExperimentalResource,
            Self::Protocol(_) => Kind::Protocol,
            Self::Service(_) => Kind::Service,
            Self::Struct(_) => Kind::Struct,
            Self::Table(_) => Kind::Table,
            Self::Union(_) => Kind::Union,
            Self::Overlay(_) => Kind::Overlay,
            Self::Alias(_) => Kind::Alias,
            Self::NewType(_) => Kind::NewType,
        }
    }
}
