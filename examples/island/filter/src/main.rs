//! Prints the lines of standard input that match a pattern: `island-filter PATTERN`.
use std::io::{stdin, BufRead};

fn main() {
    let pattern = std::env::args().nth(1).unwrap_or_default();
    let filter = regex::Regex::new(&pattern).expect("the pattern is a regular expression");
    for line in stdin().lock().lines().map_while(Result::ok) {
        if filter.is_match(&line) {
            println!("{line}");
        }
    }
}
