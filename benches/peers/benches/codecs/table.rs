//! One Markdown table of everything that was measured.

use crate::Row;

/// Prints all rows, those of one shape behind one another.
pub fn print(rows: &[Row]) {
    println!("Times are medians; behind a peer's is how many times ours it is. Stack in bytes.");
    println!();
    println!(
        "| shape | codec | bytes | build | encode | decode | allocations: build | encode | decode | stack: build | encode | decode |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for row in rows {
        // Ours comes first.
        if let Some(ours) = rows.iter().find(|ours| ours.shape == row.shape) {
            println!("{}", line(row, ours));
        }
    }
}

fn line(row: &Row, ours: &Row) -> String {
    let mut cells = vec![row.shape.clone(), row.peer.to_owned(), row.bytes.to_string()];
    let is_ours = std::ptr::eq(row, ours);
    let pairs = row.operations.iter().zip(&ours.operations);
    cells.extend(pairs.map(|(operation, ours)| match operation {
        Some(operation) => {
            time(operation.median(), ours.as_ref().filter(|_| !is_ours).map(|ours| ours.median()))
        }
        None => "-".to_owned(),
    }));
    cells.extend(row.operations.iter().map(|operation| match operation {
        Some(operation) if operation.allocations.0 > 0 => {
            format!("{} ({} B)", operation.allocations.0, operation.allocations.1)
        }
        Some(_) => "0".to_owned(),
        None => "-".to_owned(),
    }));
    cells.extend(row.operations.iter().map(|operation| match operation {
        Some(operation) => operation.stack.to_string(),
        None => "-".to_owned(),
    }));
    format!("| {} |", cells.join(" | "))
}

/// A time in nanoseconds, and how many times ours it is.
fn time(time: f64, ours: Option<f64>) -> String {
    let text = match time {
        ..10.0 => format!("{time:.1} ns"),
        ..10_000.0 => format!("{time:.0} ns"),
        _ => format!("{:.1} µs", time / 1000.0),
    };
    match ours {
        Some(ours) => format!("{text} ({:.2})", time / ours),
        None => text,
    }
}
