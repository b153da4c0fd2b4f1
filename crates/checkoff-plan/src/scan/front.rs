//! Where front matter ends: found once, before the walk, because a first `---`
//! without a second one is a rule and hides nothing.

/// One past the last byte of the closing line's text, or 0 without front matter.
pub(super) fn end(bytes: &[u8], start: usize) -> usize {
    let Some(first_end) = delimiter(bytes, start) else { return 0 };
    let mut at = first_end;
    while at < bytes.len() {
        let line_end =
            memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1);
        if delimiter(bytes, at).is_some() {
            return line_end;
        }
        at = line_end;
    }
    0
}

/// The start of the line after, when the line at `start` is `---` with blanks at most.
fn delimiter(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    if !rest.starts_with(b"---") {
        return None;
    }
    let blanks = rest[3..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match rest.get(3 + blanks) {
        None => Some(bytes.len()),
        Some(b'\n') => Some(start + 3 + blanks + 1),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn ends_after_the_second_delimiter() {
        assert_eq!(end(b"---\na: 1\n---\nx", 0), 13);
        assert_eq!(end(b"---\r\na: 1\r\n---", 0), 14);
        assert_eq!(end(b"---\na: 1\n", 0), 0);
        assert_eq!(end(b"----\na\n---\n", 0), 0);
    }
}
