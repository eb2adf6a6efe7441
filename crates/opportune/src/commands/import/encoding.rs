//! Which encoding a file has, and the file as UTF-8.

use std::io::{self, Read, Seek, SeekFrom};

use anyhow::Context;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of a file is looked at.
const LOOK: u64 = 8 * 1024 * 1024;
const BLOCK: usize = 64 * 1024;
/// How much of a file says whether it is UTF-16.
const HEADER: usize = 256;

/// What is known of a file's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which it is.
    pub encoding: &'static Encoding,
    /// Whether a byte order mark says so.
    pub is_marked: bool,
}

/// Which encoding it is: by byte order mark, else the one named, else by its looks. Leaves the file at its beginning.
///
/// # Errors
/// An unknown name; the file cannot be read.
pub fn detect(file: &mut (impl Read + Seek), named: Option<&str>) -> anyhow::Result<Found> {
    let named = named
        .map(|name| Encoding::for_label(name.as_bytes()).with_context(|| format!("unknown encoding {name}")))
        .transpose()?;
    let mut start = Vec::new();
    file.by_ref().take(LOOK).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match Encoding::for_bom(&start) {
        Some((encoding, _)) => Found {
            encoding,
            is_marked: true,
        },
        None => Found {
            encoding: named.unwrap_or_else(|| guess(&start)),
            is_marked: false,
        },
    })
}

/// UTF-16 where every other byte of the header is zero. Else UTF-8, unless there are more places that are not UTF-8 than
/// non-ASCII characters that are: then Windows-1252. (A UTF-8 file with a few broken rows stays UTF-8.)
fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(wide) = guess_wide(bytes) {
        return wide;
    }
    let (mut fitting, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        fitting += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // The end of what was looked at may have cut a character in two.
    if broken <= fitting.max(1) && (fitting > 0 || broken == 0) {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

/// Latin letters in UTF-16 have a byte of zero, and no text of another encoding has one.
fn guess_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let header = &bytes[..bytes.len().min(HEADER)];
    let zeros = |first: usize| header.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = |many: usize, few: usize| many * 4 > header.len() && many > few * 4;
    match (most(odd, even), most(even, odd)) {
        (true, _) => Some(UTF_16LE),
        (_, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// The file without its byte order mark. UTF-8 comes as it is, broken places included, so that they can be told by
/// row; everything else is translated to UTF-8.
///
/// # Errors
/// The file cannot be read.
pub fn open(
    mut file: impl Read + Seek + Send + 'static,
    encoding: &'static Encoding,
) -> io::Result<Box<dyn Read + Send>> {
    if encoding != UTF_8 {
        return Ok(Box::new(Translated::new(file, encoding)));
    }
    let mut mark = [0; 3];
    let length = read_up_to(&mut file, &mut mark)?;
    let skip = if mark[..length] == [0xEF, 0xBB, 0xBF] { 3 } else { 0 };
    file.seek(SeekFrom::Start(skip))?;
    Ok(Box::new(file))
}

fn read_up_to(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

/// Reads another encoding as UTF-8.
struct Translated<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Translated<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BLOCK],
            ready: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn translate(&mut self) -> io::Result<()> {
        let length = self.inner.read(&mut self.raw)?;
        self.ended = length == 0;
        let space = self.decoder.max_utf8_buffer_length(length).unwrap_or(BLOCK * 4);
        self.ready.resize(space, 0);
        let (result, _, written, _) = self
            .decoder
            .decode_to_utf8(&self.raw[..length], &mut self.ready, self.ended);
        debug_assert_eq!(result, CoderResult::InputEmpty);
        self.ready.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Translated<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.translate()?;
        }
        let rest = &self.ready[self.given..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> (String, String) {
        read_as(bytes, None)
    }

    fn read_as(bytes: &[u8], named: Option<&str>) -> (String, String) {
        let mut file = Cursor::new(bytes.to_vec());
        let encoding = detect(&mut file, named).unwrap().encoding;
        let mut text = Vec::new();
        open(file, encoding).unwrap().read_to_end(&mut text).unwrap();
        (encoding.name().to_owned(), String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn byte_order_marks_are_believed_and_removed() {
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("Łódź,1\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(read(&utf16), ("UTF-16LE".to_owned(), "Łódź,1\n".to_owned()));
        assert_eq!(read("\u{FEFF}Łódź".as_bytes()), ("UTF-8".to_owned(), "Łódź".to_owned()));
    }

    #[test]
    fn utf_16_is_read_in_both_orders_with_and_without_a_mark() {
        let text = "title,city\nA,Łódź\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: [u8; 2], bytes: &[u8]| [&mark[..], bytes].concat();
        for (bytes, name) in [
            (marked([0xFF, 0xFE], &little), "UTF-16LE"),
            (marked([0xFE, 0xFF], &big), "UTF-16BE"),
            (little, "UTF-16LE"),
            (big, "UTF-16BE"),
        ] {
            assert_eq!(read(&bytes), (name.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn a_mark_goes_before_the_name_and_the_name_before_the_looks() {
        let marked = "\u{FEFF}Łódź".as_bytes();
        assert_eq!(read_as(marked, Some("latin1")).1, "Łódź");
        assert_eq!(read_as(b"\xb3\xf3d\xbc", Some("iso-8859-2")).1, "łódź");
        assert!(detect(&mut Cursor::new(Vec::new()), Some("klingon")).is_err());
    }

    #[test]
    fn a_file_of_an_old_program_is_read_as_windows_1252() {
        assert_eq!(
            read(b"M\xfcller,5 \x80\nR\xe9n\xe9\n"),
            ("windows-1252".to_owned(), "Müller,5 €\nRéné\n".to_owned())
        );
    }

    #[test]
    fn a_few_broken_places_do_not_make_a_utf_8_file_another_one() {
        assert_eq!(read(b"M\xc3\xbcller,R\xc3\xa9n\xc3\xa9,\xff\n").0, "UTF-8");
        assert_eq!(read(b"plain,text\n").0, "UTF-8");
    }

    #[test]
    fn a_large_file_is_translated_whole() {
        let long = "é".repeat(300_000);
        let bytes: Vec<u8> = long.chars().map(|_| 0xE9).collect();
        assert_eq!(read(&bytes).1, long);
    }
}
