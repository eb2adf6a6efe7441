//! Results on standard output: tables and facts for people, JSON for programs.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use opportune_contract::json;
use prost::{Message, Name};
use serde_json::Value;

/// A message as JSON with the names of the proto files.
///
/// # Errors
/// It holds what JSON cannot say.
pub fn message_json<M: Message + Name>(message: &M) -> anyhow::Result<Value> {
    Ok(json::to_json_proto_names(message)?)
}

/// Prints a value as indented JSON.
///
/// # Errors
/// None that a value could cause.
pub fn print_json(value: &Value) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows below each other, columns as wide as their widest cell; nothing at all without rows.
pub fn print_table<const N: usize>(header: [&str; N], rows: &[[String; N]]) {
    if !rows.is_empty() {
        print!("{}", table(header, rows));
    }
}

fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = header.map(width);
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let line = |cells: &[String; N]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell))))
            .collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = line(&header.map(str::to_owned));
    for row in rows {
        text.push_str(&line(row));
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text, cut to `max` characters with a mark where it was cut.
pub fn cut(text: &str, max: usize) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

/// The name of an enum's value without the enum's own, in lower case: LEAD_STATUS_OPEN as open.
pub fn short(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase()
}

/// 1234567 as 1,234,567.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A progress bar on standard error; hidden where that is no terminal, or JSON is wanted.
pub fn progress_bar(length: u64, template: &str, hidden: bool) -> ProgressBar {
    let target = if hidden {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let style = ProgressStyle::with_template(template).expect("templates are fixed and well-formed");
    ProgressBar::with_draw_target(Some(length), target).with_style(style.progress_chars("=> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["1".to_owned(), "Łódź".to_owned()], ["1000".to_owned(), "x".to_owned()]];
        assert_eq!(table(["line", "city"], &rows), "line  city\n1     Łódź\n1000  x\n");
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(cut("Łódź", 4), "Łódź");
        assert_eq!(cut("Łódźka", 4), "Łód…");
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            ["0", "12", "123", "1,234", "1,234,567"],
            [0, 12, 123, 1_234, 1_234_567].map(thousands)
        );
    }
}
