use super::super::source::{Item, Source};
use super::*;
use clap::Parser;
use std::path::PathBuf;
use tempfile::TempDir;

/// A file, and the one for its rejects.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn args(&self, name: &str, options: &[&str]) -> ImportArgs {
        let path = self.path(name);
        let arguments = [&["opportune", "import", path.to_str().unwrap()], options].concat();
        match crate::cli::Cli::try_parse_from(arguments).unwrap().command {
            crate::cli::Command::Import(args) => args,
            _ => unreachable!("it is the subcommand that was given"),
        }
    }

    /// What the rejects of a file look like, when only what the client itself turns away is wrong.
    fn rejects(&self, name: &str, bytes: &[u8], options: &[&str]) -> Vec<u8> {
        std::fs::write(self.path(name), bytes).unwrap();
        let args = self.args(name, options);
        let items = Source::open(&args, &Position::default()).unwrap().items;
        let rejects: Vec<ImportReject> = items
            .filter_map(|item| match item.unwrap() {
                Item::Reject(reject) => Some(reject),
                Item::Row(_) => None,
            })
            .collect();
        let to = self.path("rejects");
        write(&args, &to, &rejects).unwrap();
        std::fs::read(to).unwrap()
    }

    /// Lines of rows that can be read, and of rows that cannot.
    fn lines(&self, name: &str, bytes: &[u8]) -> (Vec<i64>, Vec<i64>) {
        std::fs::write(self.path(name), bytes).unwrap();
        let source = Source::open(&self.args(name, &[]), &Position::default()).unwrap();
        assert_eq!(source.remarks, Vec::<String>::new());
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for item in source.items {
            match item.unwrap() {
                Item::Row(row) => good.push(row.line),
                Item::Reject(reject) => bad.push(reject.line),
            }
        }
        (good, bad)
    }
}

#[test]
fn rows_keep_their_columns_and_get_line_and_reason() {
    let bench = Bench::new();
    let file = "title;priority;probability\nA;1;10\nB;high;20\n\"C;c\";2\nD;3;\"30\"\n";
    let rejects = String::from_utf8(bench.rejects("a.csv", file.as_bytes(), &[])).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], "rejected_line;rejected_because;title;priority;probability");
    assert!(
        lines[1].starts_with("3;priority: ") && lines[1].ends_with(";B;high;20"),
        "{rejects}"
    );
    assert!(
        lines[2].starts_with("4;has 2 columns") && lines[2].ends_with(";\"C;c\";2"),
        "{rejects}"
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn the_file_of_rejects_is_read_as_it_is_and_after_repair() {
    let bench = Bench::new();
    let file = b"title,priority\nA,1\nB,high\nC\n";
    let rejects = bench.rejects("a.csv", file, &[]);
    assert_eq!(bench.lines("again.csv", &rejects), (vec![], vec![2, 3]), "still wrong");
    let repaired = String::from_utf8(rejects)
        .unwrap()
        .replace("high", "2")
        .replace(",C\n", ",C,0\n");
    assert_eq!(bench.lines("repaired.csv", repaired.as_bytes()), (vec![2, 3], vec![]));
}

#[test]
fn what_is_rejected_again_has_its_new_fault_only() {
    let bench = Bench::new();
    let first = bench.rejects("a.csv", b"title,priority\nB,high\n", &[]);
    let second = String::from_utf8(bench.rejects("b.csv", &first, &[])).unwrap();
    assert_eq!(
        second.lines().next(),
        Some("rejected_line,rejected_because,title,priority")
    );
    assert_eq!(second.lines().count(), 2);
}

#[test]
fn a_file_of_another_encoding_has_rejects_that_the_same_command_reads() {
    let bench = Bench::new();
    let text = "Titel;Priorit\u{e4}t\nM\u{fc}ller;hoch\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = [0xFE, 0xFF]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    for (bytes, options) in [(latin, &["--encoding", "windows-1252"][..]), (wide, &[])] {
        let rejects = bench.rejects("a.csv", &bytes, options);
        let again = bench.rejects("b.csv", &rejects, options);
        for bytes in [rejects, again] {
            let text = String::from_utf8(bytes).unwrap();
            assert!(
                text.starts_with('\u{FEFF}') && text.contains(";M\u{fc}ller;hoch"),
                "{text}"
            );
        }
    }
}

#[test]
fn objects_get_their_fault_and_other_lines_are_kept_as_text() {
    let bench = Bench::new();
    let file = "{\"title\":\"A\"}\n{\"titel\":\"B\",\"email\":\"b@x.example\"}\n\nno json\n";
    let rejects = String::from_utf8(bench.rejects("a.ndjson", file.as_bytes(), &[])).unwrap();
    let lines: Vec<Value> = rejects
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (lines[0][LINE].as_i64(), lines[0]["titel"].as_str()),
        (Some(2), Some("B"))
    );
    assert_eq!(
        (lines[1][LINE].as_i64(), lines[1][TEXT].as_str()),
        (Some(4), Some("no json"))
    );
    assert_eq!(
        bench.lines("again.ndjson", rejects.as_bytes()),
        (vec![], vec![1, 2]),
        "still wrong"
    );
    let repaired = rejects.replace("titel", "title").replace(TEXT, "title");
    assert_eq!(
        bench.lines("repaired.ndjson", repaired.as_bytes()),
        (vec![1, 2], vec![])
    );
}

#[test]
fn the_file_itself_is_not_written_over() {
    let bench = Bench::new();
    std::fs::write(bench.path("a.csv"), "title\nA\n").unwrap();
    let path = bench.path("a.csv");
    let same = bench.args("a.csv", &["--rejects", path.to_str().unwrap()]);
    assert!(check(&same).is_err());
    let other = bench.args("a.csv", &["--rejects", bench.path("b.csv").to_str().unwrap()]);
    assert!(check(&other).is_ok());
}
