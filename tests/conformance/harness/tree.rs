//! What a message says, without its types: made of views and owned values, and held against what is expected.

use fidl::generated::{ArrayVec, String as Text};
use fidl::kernel::Handle;
use fidl::wire::{Elements, EndpointView, HandleView, Unknown, Wire};

use crate::handles::Handles;

/// A value that was found. Numbers are those of integers, enums and bits; floats are their bits.
#[derive(Debug)]
pub(crate) enum Tree {
    Bool(bool),
    Number(i128),
    Float(u64),
    Text(String),
    List(Vec<Tree>),
    Struct(Vec<(&'static str, Tree)>),
    /// The members that are there, and those that the schema does not know; owned values have forgotten these.
    Table(Vec<(&'static str, Tree)>, Option<Vec<Tree>>),
    Union(&'static str, Box<Tree>),
    /// The ordinal of a member that the schema does not know; its bytes and number of handles, which owned values forget.
    Unknown(u64, Option<(Vec<u8>, usize)>),
    Absent,
    Handle(Handle),
}

/// A value that must be found.
#[derive(Debug)]
pub(crate) enum Expected {
    Bool(bool),
    Number(i128),
    Float(u64),
    Text(&'static str),
    /// Elements, each with how often it comes.
    List(&'static [(Expected, usize)]),
    Struct(&'static [(&'static str, Expected)]),
    Table(&'static [(&'static str, Expected)], &'static [ExpectedUnknown]),
    Union(&'static (&'static str, Expected)),
    #[allow(dead_code, reason = "for some cases")]
    Unknown(&'static ExpectedUnknown),
    Absent,
    /// The handle with this number among the case's, and the type and rights that it must have behind decoding.
    Handle(usize, Option<(u32, u32)>),
}

/// A member that the schema does not know; the content, if something is told of it.
#[derive(Debug)]
pub(crate) struct ExpectedUnknown {
    pub(crate) ordinal: u64,
    pub(crate) content: Option<(&'static [u8], usize)>,
}

impl Tree {
    /// A member that the schema does not know.
    pub(crate) fn unknown(unknown: Unknown<'_>) -> Self {
        Self::Unknown(unknown.ordinal(), Some((unknown.bytes().to_vec(), unknown.handle_count())))
    }

    fn is_unknown(&self, expected: &ExpectedUnknown) -> bool {
        let Self::Unknown(ordinal, content) = self else { return false };
        let same = |(bytes, handles): (&[u8], usize)| {
            content.as_ref().is_none_or(|(found, count)| found == bytes && *count == handles)
        };
        *ordinal == expected.ordinal && expected.content.is_none_or(same)
    }
}

/// Members that are there.
pub(crate) fn present<const N: usize>(
    members: [(&'static str, Option<Tree>); N],
) -> Vec<(&'static str, Tree)> {
    members.into_iter().filter_map(|(name, member)| Some((name, member?))).collect()
}

impl Expected {
    /// Compares with what was found; says where it differs and how.
    pub(crate) fn compare(&self, found: &Tree, path: &str, handles: &Handles) -> Result<(), String> {
        let same = match (self, found) {
            (Self::Bool(it), Tree::Bool(found)) => it == found,
            (Self::Number(it), Tree::Number(found)) => it == found,
            (Self::Float(it), Tree::Float(found)) => it == found,
            (Self::Text(it), Tree::Text(found)) => it == found,
            (Self::List(items), Tree::List(found)) => return compare_lists(items, found, path, handles),
            (Self::Struct(members), Tree::Struct(found)) => {
                return compare_members(members, found, path, handles);
            }
            (Self::Table(members, unknown), Tree::Table(found, found_unknown)) => {
                compare_members(members, found, path, handles)?;
                found_unknown.as_ref().is_none_or(|found| {
                    unknown.iter().all(|it| found.iter().any(|found| found.is_unknown(it)))
                })
            }
            (Self::Union((name, member)), Tree::Union(found, content)) if name == found => {
                return member.compare(content, &format!("{path}.{name}"), handles);
            }
            (Self::Unknown(it), found) => found.is_unknown(it),
            (Self::Absent, Tree::Absent) => true,
            (Self::Handle(index, kind), Tree::Handle(found)) => {
                return handles.compare(*index, *kind, found).map_err(|text| format!("{path}: {text}"));
            }
            _ => false,
        };
        if same { Ok(()) } else { Err(format!("{path}: expected {self:?}, found {found:?}")) }
    }

    /// The handles in it.
    pub(crate) fn handles(&self, out: &mut Vec<usize>) {
        match self {
            Self::Handle(index, _) => out.push(*index),
            Self::List(items) => items.iter().for_each(|(item, _)| item.handles(out)),
            Self::Struct(members) | Self::Table(members, _) => {
                members.iter().for_each(|(_, member)| member.handles(out));
            }
            Self::Union((_, member)) => member.handles(out),
            _ => {}
        }
    }
}

fn compare_lists(
    items: &[(Expected, usize)],
    found: &[Tree],
    path: &str,
    handles: &Handles,
) -> Result<(), String> {
    let count: usize = items.iter().map(|(_, times)| times).sum();
    if count != found.len() {
        return Err(format!("{path}: expected {count} elements, found {}", found.len()));
    }
    let expected = items.iter().flat_map(|(item, times)| std::iter::repeat_n(item, *times));
    for (index, (expected, found)) in expected.zip(found).enumerate() {
        expected.compare(found, &format!("{path}[{index}]"), handles)?;
    }
    Ok(())
}

fn compare_members(
    members: &[(&str, Expected)],
    found: &[(&str, Tree)],
    path: &str,
    handles: &Handles,
) -> Result<(), String> {
    let names = |members: &mut dyn Iterator<Item = &str>| members.collect::<Vec<_>>().join(", ");
    let expected = names(&mut members.iter().map(|(name, _)| *name));
    let there = names(&mut found.iter().map(|(name, _)| *name));
    if expected != there {
        return Err(format!("{path}: expected the members [{expected}], found [{there}]"));
    }
    for ((name, expected), (_, found)) in members.iter().zip(found) {
        expected.compare(found, &format!("{path}.{name}"), handles)?;
    }
    Ok(())
}

/// What can be made a tree. A view gives up its handles.
pub(crate) trait ToTree {
    fn tree(self) -> Tree;
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl ToTree for $number {
            fn tree(self) -> Tree {
                Tree::Number(i128::from(self))
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64, i8, i16, i32, i64);

impl ToTree for f32 {
    fn tree(self) -> Tree {
        Tree::Float(u64::from(self.to_bits()))
    }
}

impl ToTree for f64 {
    fn tree(self) -> Tree {
        Tree::Float(self.to_bits())
    }
}

impl ToTree for bool {
    fn tree(self) -> Tree {
        Tree::Bool(self)
    }
}

impl ToTree for &str {
    fn tree(self) -> Tree {
        Tree::Text(self.to_owned())
    }
}

impl<const N: usize> ToTree for Text<N> {
    fn tree(self) -> Tree {
        self.as_str().tree()
    }
}

impl<T: ToTree> ToTree for Option<T> {
    fn tree(self) -> Tree {
        self.map_or(Tree::Absent, ToTree::tree)
    }
}

impl<T: ToTree + Copy> ToTree for &[T] {
    fn tree(self) -> Tree {
        Tree::List(self.iter().map(|item| item.tree()).collect())
    }
}

impl<T: ToTree, const N: usize> ToTree for [T; N] {
    fn tree(self) -> Tree {
        Tree::List(self.into_iter().map(ToTree::tree).collect())
    }
}

impl<T: ToTree, const N: usize> ToTree for ArrayVec<T, N> {
    fn tree(self) -> Tree {
        Tree::List(self.into_iter().map(ToTree::tree).collect())
    }
}

impl<'f, W: Wire<View<'f>: ToTree>> ToTree for Elements<'f, W> {
    fn tree(self) -> Tree {
        Tree::List(self.iter().map(ToTree::tree).collect())
    }
}

impl ToTree for HandleView<'_> {
    fn tree(self) -> Tree {
        self.take().map_or(Tree::Absent, Tree::Handle)
    }
}

impl<E> ToTree for EndpointView<'_, E> {
    fn tree(self) -> Tree {
        self.handle().tree()
    }
}
