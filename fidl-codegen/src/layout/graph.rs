//! Groups of types that contain one another, by value or through boxes, optional unions and vectors.

use crate::ir::{DeclId, DeclKind, Overlay, Schema, Table, Type, TypeKind, Union};

/// Types each of which can be reached from each other one, or a single one.
pub(super) struct Group {
    pub(super) members: Vec<DeclId>,
    /// The members contain themselves.
    pub(super) recursive: bool,
}

/// The groups among some declarations, each after all groups that it leads to.
pub(super) fn groups(schema: &Schema, decls: &[DeclId]) -> Vec<Group> {
    let mut places = vec![None; schema.decls.len()];
    for (place, id) in decls.iter().enumerate() {
        places[id.0 as usize] = Some(place);
    }
    let edges: Vec<Vec<usize>> = decls
        .iter()
        .map(|id| {
            let named = member_types(&schema.decl(*id).kind).into_iter().filter_map(named);
            named.filter_map(|id| places[id.0 as usize]).collect()
        })
        .collect();
    components(&edges)
        .into_iter()
        .map(|component| Group {
            recursive: component.len() > 1 || edges[component[0]].contains(&component[0]),
            members: component.into_iter().map(|place| decls[place]).collect(),
        })
        .collect()
}

/// The types that a declared type is made of.
pub(crate) fn member_types(kind: &DeclKind) -> Vec<&Type> {
    match kind {
        DeclKind::Struct(layout) => layout.members.iter().map(|member| &member.ty).collect(),
        DeclKind::Table(Table { members, .. })
        | DeclKind::Union(Union { members, .. })
        | DeclKind::Overlay(Overlay { members, .. }) => members.iter().map(|member| &member.ty).collect(),
        DeclKind::NewType(new) => vec![&new.target],
        _ => Vec::new(),
    }
}

/// The declaration that a type leads to.
pub(crate) fn named(ty: &Type) -> Option<DeclId> {
    match &ty.kind {
        TypeKind::Array { element, .. } | TypeKind::Vector { element, .. } | TypeKind::Pointer(element) => {
            named(element)
        }
        TypeKind::Box(id) | TypeKind::Named(id) | TypeKind::OptionalUnion(id) => Some(*id),
        _ => None,
    }
}

const UNSEEN: usize = usize::MAX;

/// The strongly connected components of a graph, by Tarjan's algorithm with the stack of calls made explicit:
/// the graph may be as deep as the source is long.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        number: vec![UNSEEN; edges.len()],
        lowest: vec![0; edges.len()],
        waiting: vec![false; edges.len()],
        stack: Vec::new(),
        count: 0,
        found: Vec::new(),
    };
    for root in 0..edges.len() {
        if search.number[root] == UNSEEN {
            search.from(root, edges);
        }
    }
    search.found
}

struct Search {
    /// The order in which nodes were met.
    number: Vec<usize>,
    /// The lowest number that a node leads back to.
    lowest: Vec<usize>,
    /// Whether a node is on the stack.
    waiting: Vec<bool>,
    /// Nodes whose component is not complete.
    stack: Vec<usize>,
    count: usize,
    found: Vec<Vec<usize>>,
}

impl Search {
    fn from(&mut self, root: usize, edges: &[Vec<usize>]) {
        let mut way = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = way.last_mut() {
            let node = *node;
            let Some(&target) = edges[node].get(*next) else {
                way.pop();
                self.leave(node);
                if let Some((parent, _)) = way.last() {
                    self.lowest[*parent] = self.lowest[*parent].min(self.lowest[node]);
                }
                continue;
            };
            *next += 1;
            if self.number[target] == UNSEEN {
                self.enter(target);
                way.push((target, 0));
            } else if self.waiting[target] {
                self.lowest[node] = self.lowest[node].min(self.number[target]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.number[node] = self.count;
        self.lowest[node] = self.count;
        self.count += 1;
        self.stack.push(node);
        self.waiting[node] = true;
    }

    /// Takes a complete component from the stack.
    fn leave(&mut self, node: usize) {
        if self.lowest[node] != self.number[node] {
            return;
        }
        let start = self.stack.iter().rposition(|waiting| *waiting == node).unwrap_or(0);
        let component = self.stack.split_off(start);
        for &member in &component {
            self.waiting[member] = false;
        }
        self.found.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn components_come_after_those_they_lead_to() {
        let edges = [vec![1], vec![2], vec![1, 3], vec![], vec![0]];
        assert_eq!(components(&edges), [vec![3], vec![1, 2], vec![0], vec![4]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next % 200_000]).collect();
        assert_eq!(components(&edges).len(), 1);
    }
}
