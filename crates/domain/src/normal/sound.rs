//! How a word sounds, roughly: one code for the spellings that people mix up, in any of the languages that we meet.

/// The longest code, in letters.
const MAX_CODE: usize = 6;

/// The code of a folded word: consonants by where they are spoken, vowels dropped but for a leading one.
/// `meyer` and `maier`, `schmidt` and `smit`, `philip` and `filip` sound alike. Empty for words without letters.
pub fn sound(word: &str) -> String {
    let letters: Vec<u8> = word.bytes().filter(u8::is_ascii_lowercase).collect();
    let mut code = String::new();
    let mut last = 0;
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or(0);
        let spoken = match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' if at == 0 => b'a',
            b'j' if at == 0 => b'a',
            b'p' if next == b'h' => b'f',
            b'b' | b'p' => b'p',
            b'f' | b'v' | b'w' => b'f',
            b'd' | b't' => b't',
            b'c' if matches!(next, b'e' | b'i' | b'y' | b'h' | b'z') => b's',
            b's' | b'z' => b's',
            b'c' | b'g' | b'k' | b'q' | b'x' => b'k',
            b'l' | b'm' | b'r' => letter,
            b'n' => b'm',
            _ => 0,
        };
        if spoken != 0 && spoken != last {
            code.push(char::from(spoken));
        }
        // A vowel between two like consonants parts them; `h` and the silent ones do not.
        last = match letter {
            b'h' => last,
            _ => spoken,
        };
        if code.len() == MAX_CODE {
            break;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::sound;

    #[test]
    fn spellings_that_people_mix_up_sound_alike() {
        for (a, b) in [
            ("meyer", "maier"),
            ("schmidt", "schmitt"),
            ("philip", "filip"),
            ("kathrin", "catrin"),
            ("vogt", "fokt"),
        ] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
        assert_ne!(sound("lee"), sound("berg"));
        assert_eq!(sound("123"), "");
    }
}
