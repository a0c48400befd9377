//! The table: kinds of conversations, each in four ways.

use std::env;

/// The four ways of a kind of conversation: the core of the other process, and the messages in flight.
const WAYS: [(usize, usize); 4] = [(0, 1), (0, 64), (1, 1), (1, 64)];

/// A kind of conversation, and the nanoseconds of a message and its answer in each way and round.
pub(crate) struct Row {
    name: &'static str,
    converse: Box<dyn Fn(usize, usize) -> f64>,
    figures: [Vec<f64>; 4],
}

impl Row {
    pub(crate) fn new(name: &'static str, converse: impl Fn(usize, usize) -> f64 + 'static) -> Row {
        Row { name, converse: Box::new(converse), figures: [const { Vec::new() }; 4] }
    }

    fn measure(&mut self) {
        for ((core, window), figures) in WAYS.into_iter().zip(&mut self.figures) {
            figures.push((self.converse)(core, window));
        }
    }

    fn print(&mut self) {
        print!("{:<34}", self.name);
        for ((_, window), figures) in WAYS.into_iter().zip(&mut self.figures) {
            figures.sort_by(f64::total_cmp);
            let nanos = figures[figures.len() / 2];
            match window {
                1 => print!("{nanos:>14.0}"),
                _ => print!("{:>14.0}", 1e6 / nanos),
            }
        }
        println!();
    }
}

/// Measures the rows that the command line asks for, in turns, and prints them.
pub(crate) fn measure(mut rows: Vec<Row>) {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let testing = arguments.iter().any(|argument| argument == "--test");
    let number = |argument: &String| argument.parse().ok();
    let rounds = arguments.iter().find_map(number).unwrap_or(if testing { 1 } else { 15 });
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-') && number(argument).is_none());
    rows.retain(|row| wanted.is_none_or(|wanted| row.name.contains(wanted.as_str())));
    // Rows take turns, so that their ratios hold on a machine that others use too.
    for _ in 0..rounds {
        rows.iter_mut().for_each(Row::measure);
    }
    println!(
        "{:<34}{:>14}{:>14}{:>14}{:>14}",
        "median of rounds", "1 core", "64 in flight", "2 cores", "64 in flight"
    );
    println!("{:<34}{:>14}{:>14}{:>14}{:>14}", "", "ns", "1000/s", "ns", "1000/s");
    rows.iter_mut().for_each(Row::print);
}
