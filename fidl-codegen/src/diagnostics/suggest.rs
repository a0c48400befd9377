//! "Did you mean": the nearest of several names.

/// Names longer than this are not compared; nobody mistypes those.
const LONGEST: usize = 64;

/// The candidate that differs least from `name`, if it differs by no more than a third of its letters.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(name, (name.len() / 3).max(1), candidates)
}

/// The candidate that differs least from `name`, by no more than so many edits.
pub fn nearest_within<'a>(
    name: &str,
    allowed: usize,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST && candidate.len().abs_diff(name.len()) <= allowed)
        .filter(|candidate| *candidate != name)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, delete, replace or swap with their neighbour; case counts nothing.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<u8> = left.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    let right: Vec<u8> = right.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i; right.len() + 1];
        for j in 1..=right.len() {
            let replace = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            row[j] = replace.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins() {
        assert_eq!(nearest("Strng", ["String", "Strong", "Vector"]), Some("String"));
        assert_eq!(nearest("unit32", ["uint32", "int32"]), Some("uint32"));
        assert_eq!(nearest("color", ["Color"]), Some("Color"));
    }

    #[test]
    fn far_names_are_not_proposed() {
        assert_eq!(nearest("Foo", ["Bar", "Blah"]), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("same", ["same"]), None);
    }
}
