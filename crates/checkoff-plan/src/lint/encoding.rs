//! Text that was encoded as UTF-8, read as Mac Roman or Windows-1252, and saved
//! as UTF-8 again: `🔴` became `üî¥`, `→` became `â†’`.
//!
//! The damage is undone by the way back: encode with the wrong table, decode as
//! UTF-8. Letters that stand side by side by chance can look like damage too: in
//! «état» the first two would be `ǎ`. Hence a sequence counts when it has three
//! or four bytes, or begins with one of the two bytes that all of Latin-1 begins
//! with, or stands beside another sequence.

use std::ops::Range;

/// A table that text was wrongly read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrongTable {
    /// Mac OS Roman.
    MacRoman,
    /// Windows-1252, unassigned bytes as C1 controls like browsers do.
    Windows1252,
}

impl WrongTable {
    /// Both, in the order they are tried.
    pub(super) const ALL: [WrongTable; 2] = [WrongTable::MacRoman, WrongTable::Windows1252];

    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            WrongTable::MacRoman => "Mac Roman",
            WrongTable::Windows1252 => "Windows-1252",
        }
    }

    /// The byte that a letter outside ASCII came from.
    fn byte(self, letter: char) -> Option<u8> {
        let table: &[(char, u8)] = match self {
            WrongTable::MacRoman => &MAC_ROMAN,
            WrongTable::Windows1252 => &WINDOWS_1252,
        };
        let found = table.binary_search_by_key(&letter, |(other, _)| *other);
        found.ok().map(|at| table[at].1)
    }
}

/// The stretches of a text that were wrongly read with `table`, with what they were.
pub(super) fn damage(text: &str, table: WrongTable) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut run = Run::default();
    for (at, letter) in text.char_indices() {
        match table.byte(letter) {
            Some(byte) => run.push(at, byte),
            None => run.finish(at, &mut found),
        }
    }
    run.finish(text.len(), &mut found);
    found
}

/// Letters in a row that the wrong table has, as the bytes they came from.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Run {
    fn push(&mut self, start: usize, byte: u8) {
        self.bytes.push(byte);
        self.starts.push(start);
    }

    /// Reports the sequences of the run, neighbours as one, and empties it.
    fn finish(&mut self, end: usize, found: &mut Vec<(Range<usize>, String)>) {
        let mut at = 0;
        while at < self.bytes.len() {
            let sequences = sequences(&self.bytes[at..]);
            let length: usize = sequences.iter().map(|letter| letter.len_utf8()).sum();
            if is_damage(&sequences) {
                let stop = self.starts.get(at + length).copied().unwrap_or(end);
                found.push((self.starts[at]..stop, sequences.into_iter().collect()));
            }
            at += length.max(1);
        }
        self.bytes.clear();
        self.starts.clear();
    }
}

/// The UTF-8 sequences of two and more bytes at the start of `bytes`.
fn sequences(bytes: &[u8]) -> Vec<char> {
    let mut letters = Vec::new();
    let mut rest = bytes;
    while let Some(letter) = first_sequence(rest) {
        letters.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    letters
}

fn first_sequence(bytes: &[u8]) -> Option<char> {
    let length = match bytes.first()? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    text.chars().next().filter(|letter| !letter.is_control())
}

/// Whether these letters are too many or too telling to stand side by side by chance.
fn is_damage(letters: &[char]) -> bool {
    letters.len() > 1 || letters.iter().any(|letter| letter.len_utf8() > 2 || *letter <= 'ÿ')
}

/// A table of the letters from byte `first` up, sorted by letter.
const fn sorted<const N: usize>(letters: [char; N], first: usize) -> [(char, u8); N] {
    let mut table = [('\0', 0); N];
    let mut count = 0;
    while count < N {
        let mut at = count;
        while at > 0 && table[at - 1].0 as u32 > letters[count] as u32 {
            table[at] = table[at - 1];
            at -= 1;
        }
        table[at] = (letters[count], (first + count) as u8);
        count += 1;
    }
    table
}

/// 0x80 to 0xFF. 0xDB is the euro since Mac OS 8.5, 0xF0 the logo in the private use area.
const MAC_ROMAN: [(char, u8); 128] = sorted(
    [
        'Ä', 'Å', 'Ç', 'É', 'Ñ', 'Ö', 'Ü', 'á', 'à', 'â', 'ä', 'ã', 'å', 'ç', 'é', 'è', 'ê', 'ë',
        'í', 'ì', 'î', 'ï', 'ñ', 'ó', 'ò', 'ô', 'ö', 'õ', 'ú', 'ù', 'û', 'ü', '†', '°', '¢', '£',
        '§', '•', '¶', 'ß', '®', '©', '™', '´', '¨', '≠', 'Æ', 'Ø', '∞', '±', '≤', '≥', '¥', 'µ',
        '∂', '∑', '∏', 'π', '∫', 'ª', 'º', 'Ω', 'æ', 'ø', '¿', '¡', '¬', '√', 'ƒ', '≈', '∆', '«',
        '»', '…', '\u{a0}', 'À', 'Ã', 'Õ', 'Œ', 'œ', '–', '—', '“', '”', '‘', '’', '÷', '◊', 'ÿ',
        'Ÿ', '⁄', '€', '‹', '›', 'ﬁ', 'ﬂ', '‡', '·', '‚', '„', '‰', 'Â', 'Ê', 'Á', 'Ë', 'È', 'Í',
        'Î', 'Ï', 'Ì', 'Ó', 'Ô', '\u{f8ff}', 'Ò', 'Ú', 'Û', 'Ù', 'ı', 'ˆ', '˜', '¯', '˘', '˙', '˚',
        '¸', '˝', '˛', 'ˇ',
    ],
    0x80,
);

/// 0x80 to 0xFF, unassigned bytes as the C1 controls that browsers make of them.
const WINDOWS_1252: [(char, u8); 128] = sorted(
    [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ', '\u{a0}', '¡', '¢', '£', '¤', '¥', '¦', '§', '¨', '©', 'ª', '«', '¬', '\u{ad}',
        '®', '¯', '°', '±', '²', '³', '´', 'µ', '¶', '·', '¸', '¹', 'º', '»', '¼', '½', '¾', '¿',
        'À', 'Á', 'Â', 'Ã', 'Ä', 'Å', 'Æ', 'Ç', 'È', 'É', 'Ê', 'Ë', 'Ì', 'Í', 'Î', 'Ï', 'Ð', 'Ñ',
        'Ò', 'Ó', 'Ô', 'Õ', 'Ö', '×', 'Ø', 'Ù', 'Ú', 'Û', 'Ü', 'Ý', 'Þ', 'ß', 'à', 'á', 'â', 'ã',
        'ä', 'å', 'æ', 'ç', 'è', 'é', 'ê', 'ë', 'ì', 'í', 'î', 'ï', 'ð', 'ñ', 'ò', 'ó', 'ô', 'õ',
        'ö', '÷', 'ø', 'ù', 'ú', 'û', 'ü', 'ý', 'þ', 'ÿ',
    ],
    0x80,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(text: &str, table: WrongTable) -> Vec<String> {
        damage(text, table).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn emoji_come_back_from_both_tables() {
        assert_eq!(restored("\u{f8ff}üî¥ Blocked", WrongTable::MacRoman), ["🔴"]);
        assert_eq!(restored("“‚Üí”, caf√©", WrongTable::MacRoman), ["→", "é"]);
        assert_eq!(restored("â”œâ”€â”€ cafÃ©", WrongTable::Windows1252), ["├──", "é"]);
        assert_eq!(restored("ÐŸÑ€Ð¸Ð²ÐµÑ‚", WrongTable::Windows1252), ["Привет"]);
        assert_eq!(restored("a ‚Üí b", WrongTable::MacRoman), ["→"]);
        assert_eq!(restored("a â†’ b, donâ€™t", WrongTable::Windows1252), ["→", "’"]);
        assert_eq!(restored("âœ… Done", WrongTable::Windows1252), ["✅"]);
    }

    #[test]
    fn ordinary_letters_are_left_alone() {
        for text in [
            "café à la carte",
            "über — “quoted” … ü",
            "naïve £5 ©",
            "🔴 Blocked → ✅",
            "日本語",
            "«état» — “Über”",
        ] {
            for table in WrongTable::ALL {
                assert!(damage(text, table).is_empty(), "{text} as {}", table.name());
            }
        }
    }
}
