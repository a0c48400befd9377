//! What a library needs of others.

use std::collections::BTreeSet;

use super::Writer;
use crate::ir::{DeclId, DeclKind, LibraryId, Method, MethodKind, TypeShape};
use crate::json::document::{Declaration, Dependency, Kind, Struct};
use crate::json::text::Entries;

impl Writer<'_> {
    /// The libraries that are imported, and those of the payloads of composed methods, by name.
    pub(super) fn dependencies(&self) -> Vec<Dependency> {
        let mut needed: BTreeSet<LibraryId> =
            self.schema.library(self.library).imports.iter().copied().collect();
        for method in self.methods().filter(|(composed, _)| *composed).map(|(_, method)| method) {
            needed.extend(payloads(method).map(|id| self.schema.decl(id).library));
        }
        needed.remove(&self.library);
        let mut needed: Vec<LibraryId> = needed.into_iter().collect();
        needed.sort_by_key(|id| self.schema.library(*id).name.as_str());
        needed.into_iter().map(|id| self.dependency(id)).collect()
    }

    fn dependency(&self, library: LibraryId) -> Dependency {
        let declarations = self.by_kind(library).into_iter();
        let declarations =
            declarations.map(|(kind, id)| (self.schema.full_name(id), self.declaration(kind, id)));
        Dependency {
            name: self.schema.library(library).name.clone(),
            declarations: Entries(declarations.collect()),
        }
    }

    fn declaration(&self, kind: Kind, id: DeclId) -> Declaration {
        let with = |resource: Option<bool>, shape: TypeShape| Declaration {
            kind,
            resource,
            type_shape_v2: Some(shape.into()),
        };
        match &self.schema.decl(id).kind {
            DeclKind::Bits(layout) => with(None, number_shape(layout.underlying)),
            DeclKind::Enum(layout) => with(None, number_shape(layout.underlying)),
            DeclKind::Struct(layout) => with(Some(layout.resource), layout.shape),
            DeclKind::Table(layout) => with(Some(layout.resource), layout.shape),
            DeclKind::Union(layout) => with(Some(layout.resource), layout.shape),
            DeclKind::Overlay(layout) => with(Some(false), layout.shape),
            _ => Declaration { kind, resource: None, type_shape_v2: None },
        }
    }

    /// The structs of other libraries that methods of this one carry as payloads, by name.
    pub(super) fn external_structs(&self) -> Vec<Struct> {
        let payloads = self.methods().flat_map(|(_, method)| payloads(method));
        let external = payloads.filter(|id| self.schema.decl(*id).library != self.library);
        let mut ids: Vec<DeclId> = external.collect::<BTreeSet<_>>().into_iter().collect();
        ids.sort_by_cached_key(|id| self.schema.full_name(*id));
        ids.into_iter().filter_map(|id| self.struct_(id)).collect()
    }

    /// All methods of this library's protocols, and whether each is composed.
    fn methods(&self) -> impl Iterator<Item = (bool, &Method)> {
        let decls = self.schema.library(self.library).decls.iter();
        let protocols = decls.filter_map(|id| Some((*id, self.schema.as_protocol(*id)?)));
        protocols.flat_map(move |(id, protocol)| {
            protocol.methods.iter().map(move |method| (method.protocol != id, self.schema.method(*method)))
        })
    }
}

/// What the messages of a method carry: request, response, and what the response carries if all went well.
fn payloads(method: &Method) -> impl Iterator<Item = DeclId> {
    let result = match &method.kind {
        MethodKind::TwoWay { response, .. } => response.result.as_ref(),
        MethodKind::OneWay { .. } | MethodKind::Event { .. } => None,
    };
    let result = result.into_iter().flat_map(|result| [result.union, result.success]);
    method.payloads().into_iter().flatten().chain(result)
}

/// The shape of bits and enums.
fn number_shape(underlying: crate::ir::Primitive) -> TypeShape {
    TypeShape { inline_size: underlying.size(), alignment: underlying.size(), ..TypeShape::default() }
}
