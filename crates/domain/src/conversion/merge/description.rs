//! Descriptions, plain or HTML.

/// Elements that say something without a word in them.
const TELLING: [&str; 8] = ["img", "svg", "video", "audio", "iframe", "object", "embed", "input"];

/// Nothing that a person would see: white space, and markup around nothing, such as `<p><br></p>` (rules 7.4).
pub(super) fn is_blank(text: &str) -> bool {
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else {
            break;
        };
        let element = rest[open + 1..open + length].trim_start().to_ascii_lowercase();
        if is_text(&rest[..open]) || TELLING.iter().any(|name| element.starts_with(name)) {
            return false;
        }
        rest = &rest[open + length + 1..];
    }
    !is_text(rest)
}

fn is_text(text: &str) -> bool {
    !text.replace("&nbsp;", " ").replace("&#160;", " ").trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_blank;

    #[test]
    fn markup_around_nothing_is_blank() {
        for text in ["", "  \n", "<p><br></p>", "<div> &nbsp; </div>", "<P>\n</P>"] {
            assert!(is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn words_pictures_and_half_a_tag_are_not() {
        for text in ["a", "<p>a</p>", "a < b", "<p><img src=\"x\"></p>", "5 > 3", "<"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
