//! Text of a byte range with offsets kept.

use std::borrow::Cow;

/// The text of some bytes, byte for byte as long: what is not UTF-8 becomes one
/// control character per byte, so that offsets found in the text hold in the file.
pub(crate) fn aligned(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| '\u{1A}'));
            }
            Cow::Owned(text)
        }
    }
}

/// A heading's or label's words: lower case, decoration and punctuation at both ends gone.
pub(crate) fn words(text: &str) -> String {
    text.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn invalid_bytes_keep_their_place() {
        let bytes = b"a\xFF\xE2\x82b";
        let text = aligned(bytes);
        assert_eq!(text.len(), bytes.len());
        assert_eq!(&text[4..], "b");
    }
}
