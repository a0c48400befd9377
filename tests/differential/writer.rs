//! A slow writer of random messages, by the schema: what it writes keeps all rules of wire format v2.

use std::collections::BTreeMap;

use fidl_codegen::ir::{DeclId, DeclKind, OrdinalMember, Primitive, RIGHTS_SAME, Schema, Type, TypeKind};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::reference::{CHANNEL, HandleInfo, size_of_decl};

/// A message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    pub(crate) handles: Vec<HandleInfo>,
}

/// What has been written of each place of the schema, with how often.
pub(crate) type Coverage = BTreeMap<String, u32>;

/// Writes a message of a declared type. `depth` is how deep it may go at most.
pub(crate) fn write(schema: &Schema, id: DeclId, seed: u64, depth: u32, coverage: &mut Coverage) -> Message {
    let random = StdRng::seed_from_u64(seed);
    let mut writer = Writer { schema, message: Message::default(), random, most: depth, coverage };
    let at = writer.object(size_of_decl(schema, id));
    writer.decl(id, at, 0);
    writer.message
}

struct Writer<'m> {
    schema: &'m Schema,
    message: Message,
    random: StdRng,
    most: u32,
    coverage: &'m mut Coverage,
}

impl Writer<'_> {
    fn object(&mut self, size: usize) -> usize {
        let at = self.message.bytes.len();
        self.message.bytes.resize((at + size).next_multiple_of(8), 0);
        at
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.message.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn number(&mut self, at: usize, number: u64) {
        self.put(at, &number.to_le_bytes());
    }

    fn saw(&mut self, what: String) {
        *self.coverage.entry(what).or_default() += 1;
    }

    /// Whether to go on into something that may be left out and leads to `depth` at least.
    fn goes_on(&mut self, depth: u32) -> bool {
        depth <= self.most && self.random.random_bool(if self.most > 12 { 0.95 } else { 0.6 })
    }

    /// How many levels a value goes down even if all that may be left out is left out.
    fn needs(&self, ty: &Type) -> u32 {
        match &ty.kind {
            TypeKind::String { optional, .. } | TypeKind::Vector { optional, .. } => u32::from(!optional),
            TypeKind::Array { element, .. } => self.needs(element),
            TypeKind::Named(id) => self.decl_needs(*id),
            _ => 0,
        }
    }

    fn decl_needs(&self, id: DeclId) -> u32 {
        match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => {
                layout.members.iter().map(|member| self.needs(&member.ty)).max().unwrap_or(0)
            }
            DeclKind::Union(layout) => {
                let least = layout.members.iter().map(|member| self.needs(&member.ty)).min();
                1 + least.unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn decl(&mut self, id: DeclId, at: usize, depth: u32) {
        let schema = self.schema;
        self.saw(format!("depth {depth}"));
        match &schema.decl(id).kind {
            DeclKind::Struct(layout) => {
                for member in &layout.members {
                    let path = format!("{}.{}", schema.full_name(id), member.element.name);
                    self.value(&member.ty, at + member.offset as usize, depth, &path);
                }
            }
            DeclKind::Enum(layout) => {
                let size = layout.underlying.size() as usize;
                let known = layout.strict || self.random.random_bool(0.5);
                let value = match known {
                    true => layout.members[self.random.random_range(0..layout.members.len())].value as u64,
                    false => self.random.random(),
                };
                self.put(at, &value.to_le_bytes()[..size]);
            }
            DeclKind::Bits(layout) => {
                let mask = if layout.strict { layout.mask } else { u64::MAX };
                let value = self.random.random::<u64>() & mask;
                self.put(at, &value.to_le_bytes()[..layout.underlying.size() as usize]);
            }
            DeclKind::Table(layout) => self.table(id, &layout.members, at, depth),
            DeclKind::Union(layout) => self.union(id, &layout.members, at, depth),
            other => panic!("no type: {other:?}"),
        }
    }

    fn table(&mut self, id: DeclId, members: &[OrdinalMember], at: usize, depth: u32) {
        self.number(at + 8, u64::MAX);
        let chosen: Vec<&OrdinalMember> =
            members.iter().filter(|member| self.goes_on(depth + 2 + self.needs(&member.ty))).collect();
        for member in members {
            let present = chosen.iter().any(|it| it.ordinal == member.ordinal);
            let path = format!("{}.{} {present}", self.schema.full_name(id), member.element.name);
            self.saw(path);
        }
        let Some(last) = chosen.last() else { return };
        self.number(at, u64::from(last.ordinal));
        let start = self.object(last.ordinal as usize * 8);
        for member in chosen {
            let path = format!("{}.{}", self.schema.full_name(id), member.element.name);
            self.envelope(&member.ty, start + (member.ordinal as usize - 1) * 8, depth + 1, &path);
        }
    }

    fn union(&mut self, id: DeclId, members: &[OrdinalMember], at: usize, depth: u32) {
        let fits = |member: &&OrdinalMember| depth + 1 + self.needs(&member.ty) <= self.most;
        let from: Vec<&OrdinalMember> = members.iter().filter(fits).collect();
        let member = from[self.random.random_range(0..from.len())];
        let path = format!("{}.{}", self.schema.full_name(id), member.element.name);
        self.saw(path.clone());
        self.number(at, u64::from(member.ordinal));
        self.envelope(&member.ty, at + 8, depth, &path);
    }

    fn envelope(&mut self, ty: &Type, at: usize, depth: u32, path: &str) {
        let (start, handles) = (self.message.bytes.len(), self.message.handles.len());
        let size = ty.shape.inline_size as usize;
        if size <= 4 {
            self.value(ty, at, depth + 1, path);
            self.put(at + 6, &[1, 0]);
        } else {
            let place = self.object(size);
            self.value(ty, place, depth + 1, path);
            let bytes = (self.message.bytes.len() - start) as u32;
            self.put(at, &bytes.to_le_bytes());
        }
        let handles = (self.message.handles.len() - handles) as u16;
        self.put(at + 4, &handles.to_le_bytes());
    }

    fn value(&mut self, ty: &Type, at: usize, depth: u32, path: &str) {
        match &ty.kind {
            TypeKind::Primitive(Primitive::Bool) => {
                let value = self.random.random_range(0..2);
                self.put(at, &[value]);
            }
            TypeKind::Primitive(primitive) => {
                let value: [u8; 8] = self.random.random();
                self.put(at, &value[..primitive.size() as usize]);
            }
            TypeKind::String { bound, optional } => {
                let Some(text) = self.text(*bound, *optional, path) else { return };
                self.counted(at, text.len());
                let start = self.object(text.len());
                self.put(start, text.as_bytes());
            }
            TypeKind::Vector { element, bound, optional } => {
                let few = depth + 1 + self.needs(element) > self.most;
                let Some(count) = self.count(*bound, *optional, few, path) else { return };
                self.counted(at, count);
                let size = element.shape.inline_size as usize;
                let start = self.object(count * size);
                for index in 0..count {
                    self.value(element, start + index * size, depth + 1, path);
                }
            }
            TypeKind::Array { element, count } => {
                let size = element.shape.inline_size as usize;
                for index in 0..*count as usize {
                    self.value(element, at + index * size, depth, path);
                }
            }
            TypeKind::Box(id) => {
                let present = self.goes_on(depth + 1 + self.decl_needs(*id));
                self.saw(format!("{path} {present}"));
                if present {
                    self.number(at, u64::MAX);
                    let place = self.object(size_of_decl(self.schema, *id));
                    self.decl(*id, place, depth + 1);
                }
            }
            TypeKind::Named(id) => self.decl(*id, at, depth),
            TypeKind::OptionalUnion(id) => {
                let present = self.goes_on(depth + self.decl_needs(*id));
                self.saw(format!("{path} {present}"));
                if present {
                    self.decl(*id, at, depth);
                }
            }
            TypeKind::Handle { subtype, rights, optional, .. } => {
                self.handle(HandleInfo { object_type: subtype.value, rights: *rights }, *optional, at, path);
            }
            TypeKind::Endpoint { optional, .. } => self.handle(CHANNEL, *optional, at, path),
            other => panic!("not in these schemas: {other:?}"),
        }
    }

    fn counted(&mut self, at: usize, count: usize) {
        self.number(at, count as u64);
        self.number(at + 8, u64::MAX);
    }

    /// How many elements: none, one, as many as there may be, or some. `None` is an absent vector.
    fn count(&mut self, bound: Option<u32>, optional: bool, few: bool, path: &str) -> Option<usize> {
        if optional && self.random.random_bool(0.3) {
            self.saw(format!("{path} false"));
            return None;
        }
        let most = bound.unwrap_or(9) as usize;
        let count = match self.random.random_range(0..4) {
            0 => 0,
            _ if few => 0,
            1 => 1,
            2 => most,
            _ => self.random.random_range(0..=most),
        };
        // Recursion through vectors would grow like a tree.
        let count = if self.most > 12 { count.min(1) } else { count };
        self.saw(format!("{path} count {count}"));
        Some(count)
    }

    fn text(&mut self, bound: Option<u32>, optional: bool, path: &str) -> Option<String> {
        const LETTERS: [char; 6] = ['a', 'Z', '\0', 'é', '漢', '🙂'];
        let bytes = self.count(bound, optional, false, path)?;
        let mut text = String::new();
        while text.len() < bytes {
            let letter = LETTERS[self.random.random_range(0..LETTERS.len())];
            text.push(if text.len() + letter.len_utf8() <= bytes { letter } else { 'x' });
        }
        Some(text)
    }

    fn handle(&mut self, wanted: HandleInfo, optional: bool, at: usize, path: &str) {
        let present = !optional || self.random.random_bool(0.6);
        self.saw(format!("{path} {present}"));
        if present {
            self.put(at, &[0xff; 4]);
            let rights = if wanted.rights == RIGHTS_SAME { 0xd003 } else { wanted.rights | 0x8000 };
            self.message.handles.push(HandleInfo { rights, ..wanted });
        }
    }
}
