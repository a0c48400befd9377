//! Which of the two columns for Rust a case leaves out. Such a case is run all the same, and reported apart.

use crate::gidl::Case;

/// The bindings that stand for Rust.
const COLUMNS: [&str; 2] = ["rust", "rust_next"];

/// Whether a case is one for any binding of Rust.
pub(crate) fn is_for_rust(case: &Case) -> bool {
    let reasons = exclusions(case);
    !COLUMNS.iter().all(|column| reasons.contains(&format!("`{column}`")))
}

/// Which columns a case leaves out and by what list; empty if none.
pub(crate) fn exclusions(case: &Case) -> String {
    let names = |list: &[String], column: &str| list.iter().any(|name| name == column);
    let reasons = COLUMNS.iter().filter_map(|column| {
        let allowed = case.allowed.as_ref().is_none_or(|list| names(list, column));
        let lists = [
            (!allowed).then_some("not in the allowlist"),
            names(&case.denied, column).then_some("in the denylist"),
            names(&case.skipped, column).then_some("in the list of skips"),
        ];
        let lists: Vec<_> = lists.into_iter().flatten().collect();
        (!lists.is_empty()).then(|| format!("`{column}` is {}", lists.join(" and ")))
    });
    reasons.collect::<Vec<_>>().join(", ")
}
