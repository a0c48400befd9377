//! A slow reader of messages, written from the rules of wire format v2 alone: it goes by the schema, copies nothing, and
//! gives nothing but 'sound' or what is wrong first.

use fidl_codegen::ir::{DeclId, DeclKind, OrdinalMember, Primitive, RIGHTS_SAME, Schema, Type, TypeKind};

/// The type and the rights of a handle that came with a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HandleInfo {
    pub(crate) object_type: u32,
    pub(crate) rights: u32,
}

/// The deepest that indirections may go.
const DEEPEST: u32 = 32;

/// What channels are and may.
pub(crate) const CHANNEL: HandleInfo = HandleInfo { object_type: 4, rights: 0xf00e };

type Outcome = Result<(), String>;

struct Reader<'m> {
    schema: &'m Schema,
    bytes: &'m [u8],
    handles: &'m [HandleInfo],
    /// Where the next object lies.
    next: usize,
    taken: usize,
}

/// Whether these bytes and handles are a message of a declared type.
pub(crate) fn read(schema: &Schema, id: DeclId, bytes: &[u8], handles: &[HandleInfo]) -> Outcome {
    let mut reader = Reader { schema, bytes, handles, next: 0, taken: 0 };
    let at = reader.object(size_of_decl(schema, id))?;
    reader.decl(id, at, 0, false)?;
    if reader.next != bytes.len() {
        return Err("bytes are left".to_owned());
    }
    if reader.taken != handles.len() {
        return Err("handles are left".to_owned());
    }
    Ok(())
}

pub(crate) fn size_of_decl(schema: &Schema, id: DeclId) -> usize {
    let size = match &schema.decl(id).kind {
        DeclKind::Struct(layout) => layout.shape.inline_size,
        DeclKind::Bits(layout) => layout.underlying.size(),
        DeclKind::Enum(layout) => layout.underlying.size(),
        DeclKind::Table(_) | DeclKind::Union(_) => 16,
        other => panic!("no type: {other:?}"),
    };
    size as usize
}

impl Reader<'_> {
    /// The next object of so many bytes, which are there, with zeros up to a multiple of eight.
    fn object(&mut self, size: usize) -> Result<usize, String> {
        let at = self.next;
        let end = at.checked_add(size).ok_or("too large")?.checked_next_multiple_of(8).ok_or("too large")?;
        let bytes = self.bytes.get(at..end).ok_or("the message ends inside an object")?;
        if bytes[size..].iter().any(|byte| *byte != 0) {
            return Err("padding behind an object".to_owned());
        }
        self.next = end;
        Ok(at)
    }

    fn number(&self, at: usize, size: usize) -> u64 {
        let bytes = &self.bytes[at..at + size];
        bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn zeros(&self, at: usize, size: usize) -> Outcome {
        match self.bytes[at..at + size].iter().all(|byte| *byte == 0) {
            true => Ok(()),
            false => Err(format!("bytes that must be zero at {at}")),
        }
    }

    fn deeper(depth: u32) -> Result<u32, String> {
        if depth < DEEPEST { Ok(depth + 1) } else { Err("too deep".to_owned()) }
    }

    fn decl(&mut self, id: DeclId, at: usize, depth: u32, optional: bool) -> Outcome {
        let schema = self.schema;
        match &schema.decl(id).kind {
            DeclKind::Struct(layout) if layout.members.is_empty() => self.zeros(at, 1),
            DeclKind::Struct(layout) => {
                for member in &layout.members {
                    let place = at + member.offset as usize;
                    self.value(&member.ty, place, depth)?;
                    let end = place + member.ty.shape.inline_size as usize;
                    self.zeros(end, member.padding as usize)?;
                }
                Ok(())
            }
            DeclKind::Enum(layout) => {
                let size = layout.underlying.size() as usize;
                let mask = u64::MAX >> (64 - 8 * size);
                let value = self.number(at, size);
                let known = layout.members.iter().any(|member| member.value as u64 & mask == value);
                if layout.strict && !known { Err("no member of a strict enum".to_owned()) } else { Ok(()) }
            }
            DeclKind::Bits(layout) => {
                let value = self.number(at, layout.underlying.size() as usize);
                let unknown = value & !layout.mask != 0;
                if layout.strict && unknown { Err("no bits of strict bits".to_owned()) } else { Ok(()) }
            }
            DeclKind::Table(layout) => self.table(&layout.members, at, depth),
            DeclKind::Union(layout) => self.union(&layout.members, layout.strict, optional, at, depth),
            other => panic!("no type: {other:?}"),
        }
    }

    fn value(&mut self, ty: &Type, at: usize, depth: u32) -> Outcome {
        match &ty.kind {
            TypeKind::Primitive(Primitive::Bool) if self.bytes[at] > 1 => Err("no bool".to_owned()),
            TypeKind::Primitive(_) => Ok(()),
            TypeKind::String { bound, optional } => {
                let Some((start, count)) = self.counted(1, *bound, *optional, at, depth)? else {
                    return Ok(());
                };
                let text = std::str::from_utf8(&self.bytes[start..start + count]);
                text.map(|_| ()).map_err(|error| error.to_string())
            }
            TypeKind::Vector { element, bound, optional } => {
                let size = element.shape.inline_size as usize;
                let Some((start, count)) = self.counted(size, *bound, *optional, at, depth)? else {
                    return Ok(());
                };
                (0..count).try_for_each(|index| self.value(element, start + index * size, depth + 1))
            }
            TypeKind::Array { element, count } => {
                let size = element.shape.inline_size as usize;
                (0..*count as usize).try_for_each(|index| self.value(element, at + index * size, depth))
            }
            TypeKind::Box(id) => match self.marker(at)? {
                false => Ok(()),
                true => {
                    let depth = Self::deeper(depth)?;
                    let place = self.object(size_of_decl(self.schema, *id))?;
                    self.decl(*id, place, depth, false)
                }
            },
            TypeKind::Named(id) => self.decl(*id, at, depth, false),
            TypeKind::OptionalUnion(id) => self.decl(*id, at, depth, true),
            TypeKind::Handle { subtype, rights, optional, .. } => {
                let wanted = HandleInfo { object_type: subtype.value, rights: *rights };
                self.handle(wanted, *optional, at)
            }
            TypeKind::Endpoint { optional, .. } => self.handle(CHANNEL, *optional, at),
            other => panic!("not in these schemas: {other:?}"),
        }
    }

    /// A marker of eight bytes that says whether something is there.
    fn marker(&self, at: usize) -> Result<bool, String> {
        match self.number(at, 8) {
            u64::MAX => Ok(true),
            0 => Ok(false),
            _ => Err(format!("no marker at {at}")),
        }
    }

    /// The elements of a string or vector: where they begin, and how many there are.
    fn counted(
        &mut self,
        size: usize,
        bound: Option<u32>,
        optional: bool,
        at: usize,
        depth: u32,
    ) -> Result<Option<(usize, usize)>, String> {
        let count = self.number(at, 8);
        if !self.marker(at + 8)? {
            return if optional && count == 0 { Ok(None) } else { Err("absent".to_owned()) };
        }
        if count > u64::from(bound.unwrap_or(u32::MAX)) {
            return Err("beyond its bound".to_owned());
        }
        Self::deeper(depth)?;
        let count = count as usize;
        let start = self.object(count.checked_mul(size).ok_or("too large")?)?;
        Ok(Some((start, count)))
    }

    fn handle(&mut self, wanted: HandleInfo, optional: bool, at: usize) -> Outcome {
        match self.number(at, 4) {
            0 if optional => return Ok(()),
            0xffff_ffff => {}
            _ => return Err(format!("no handle at {at}")),
        }
        let found = self.handles.get(self.taken).ok_or("too few handles")?;
        self.taken += 1;
        let other =
            wanted.object_type != 0 && found.object_type != 0 && wanted.object_type != found.object_type;
        let lacks = wanted.rights != RIGHTS_SAME && wanted.rights & !found.rights != 0;
        if other || lacks { Err("not the handle that is wanted".to_owned()) } else { Ok(()) }
    }

    fn table(&mut self, members: &[OrdinalMember], at: usize, depth: u32) -> Outcome {
        let highest = self.number(at, 8);
        if !self.marker(at + 8)? {
            return Err("an absent table".to_owned());
        }
        if highest == 0 {
            return Ok(());
        }
        if highest > u64::from(u32::MAX) {
            return Err("too many envelopes".to_owned());
        }
        let depth = Self::deeper(depth)?;
        let start = self.object(highest as usize * 8)?;
        for ordinal in 1..=highest {
            let place = start + (ordinal as usize - 1) * 8;
            let member = members.iter().find(|member| u64::from(member.ordinal) == ordinal);
            if self.number(place, 8) != 0 {
                self.envelope(member.map(|member| &member.ty), place, depth)?;
            }
        }
        Ok(())
    }

    fn union(
        &mut self,
        members: &[OrdinalMember],
        strict: bool,
        optional: bool,
        at: usize,
        depth: u32,
    ) -> Outcome {
        let ordinal = self.number(at, 8);
        let empty = self.number(at + 8, 8) == 0;
        if ordinal == 0 {
            return if optional && empty { Ok(()) } else { Err("an absent union".to_owned()) };
        }
        let member = members.iter().find(|member| u64::from(member.ordinal) == ordinal);
        if empty || (strict && member.is_none()) {
            return Err("a union without its member".to_owned());
        }
        self.envelope(member.map(|member| &member.ty), at + 8, depth)
    }

    /// An envelope with content: of a type, or unknown.
    fn envelope(&mut self, ty: Option<&Type>, at: usize, depth: u32) -> Outcome {
        let depth = Self::deeper(depth)?;
        let (bytes, handles) = (self.number(at, 4), self.number(at + 4, 2) as usize);
        let inlined = match self.number(at + 6, 2) {
            0 => false,
            1 => true,
            _ => return Err("flags of an envelope".to_owned()),
        };
        let (start, taken) = (self.next, self.taken);
        match ty {
            None => {
                if !inlined {
                    self.skip(bytes)?;
                }
                self.taken += handles;
                return if self.taken <= self.handles.len() {
                    Ok(())
                } else {
                    Err("too few handles".to_owned())
                };
            }
            Some(ty) if inlined != (ty.shape.inline_size <= 4) => {
                return Err("form of an envelope".to_owned());
            }
            Some(ty) if inlined => {
                let size = ty.shape.inline_size as usize;
                self.value(ty, at, depth)?;
                self.zeros(at + size, 4 - size)?;
            }
            Some(ty) => {
                let place = self.object(ty.shape.inline_size as usize)?;
                self.value(ty, place, depth)?;
                if (self.next - start) as u64 != bytes {
                    return Err("bytes of an envelope".to_owned());
                }
            }
        }
        if self.taken - taken == handles { Ok(()) } else { Err("handles of an envelope".to_owned()) }
    }

    fn skip(&mut self, bytes: u64) -> Outcome {
        if bytes == 0 || !bytes.is_multiple_of(8) || self.next as u64 + bytes > self.bytes.len() as u64 {
            return Err("bytes of an unknown envelope".to_owned());
        }
        self.next += bytes as usize;
        Ok(())
    }
}
