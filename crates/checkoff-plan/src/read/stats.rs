//! Counts and percentages that a file declares about itself, beside what is true.
//!
//! Only lines that plainly count this list are taken: a status table, `Total
//! Tasks`, tasks per phase. A number about something else must not become a
//! finding.

use crate::map::HashMap;

use crate::document::{Document, Region, Span, Stat, StatKind, State};
use crate::grammar::words;
use crate::scan::{Kind, Scan, cells};

use crate::dialect::Profile;

use super::headings::is_phase;
use super::text::{aligned, words as plain_words};

/// A file that declares more than this counts something else.
const STATS_MAX: usize = 1000;

/// What is true, counted once.
struct Counts {
    states: HashMap<State, u64>,
    phases: HashMap<String, u64>,
}

impl Counts {
    fn new(document: &Document) -> Counts {
        let mut counts = Counts { states: HashMap::default(), phases: HashMap::default() };
        for task in &document.tasks {
            *counts.states.entry(task.state).or_default() += 1;
            if let Some(phase) = &task.phase {
                match counts.phases.get_mut(phase) {
                    Some(count) => *count += 1,
                    None => drop(counts.phases.insert(phase.clone(), 1)),
                }
            }
        }
        counts
    }

    fn in_state(&self, state: State) -> u64 {
        self.states.get(&state).copied().unwrap_or(0)
    }

    fn in_phase(&self, phase: &str) -> u64 {
        self.phases.get(phase).copied().unwrap_or(0)
    }
}

/// Finds the declared numbers of a document.
pub(crate) fn read(document: &mut Document, scan: &Scan, profile: &'static Profile) {
    if profile.one_file {
        return;
    }
    let bytes = std::sync::Arc::clone(&document.bytes);
    let counts = Counts::new(document);
    let mut found = Vec::new();
    let mut status_table = false;
    for (index, (line, shape)) in scan.lines.iter().zip(&scan.shapes).enumerate() {
        if line.region != Region::Body || found.len() >= STATS_MAX {
            continue;
        }
        let text = &bytes[line.start..line.end];
        match shape.kind {
            Kind::Row if status_table => table_row(document, &counts, index, text, &mut found),
            Kind::Row => {
                let next =
                    scan.shapes.get(index + 1).is_some_and(|next| next.kind == Kind::Delimiter);
                status_table = next && is_status_header(text);
            }
            Kind::Delimiter => {}
            Kind::Heading => {
                status_table = false;
                in_heading(document, index, &mut found);
            }
            Kind::Item | Kind::Text if shape.bracket.is_none() && text.len() < 300 => {
                status_table = false;
                labelled(document, &counts, index, shape.content as usize, text, &mut found);
            }
            _ => status_table = false,
        }
    }
    document.stats = found;
}

/// `| Status | Count |`
fn is_status_header(text: &[u8]) -> bool {
    let names: Vec<String> =
        cells(text).iter().map(|cell| plain_words(&aligned(&text[cell.range()]))).collect();
    matches!(names.as_slice(), [first, second, ..]
        if matches!(first.as_str(), "status" | "state" | "column") && matches!(second.as_str(), "count" | "tasks" | "number" | "items" | "#" | "" ))
}

fn table_row(
    document: &Document,
    counts: &Counts,
    index: usize,
    text: &[u8],
    found: &mut Vec<Stat>,
) {
    let cells = cells(text);
    let [label, number, ..] = cells.as_slice() else { return };
    let label = aligned(&text[label.range()]).trim().to_owned();
    let Some((declared, span)) =
        number_in(&text[number.range()], document.lines[index].start + number.start)
    else {
        return;
    };
    let line = index + 1;
    if plain_words(&label) == "total" {
        let actual = document.tasks.len() as u64;
        found.push(Stat { line, what: StatKind::Total, declared, actual, span });
        return;
    }
    let start = label.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(0);
    let Some((length, state)) = words::word_at(&label[start..]) else { return };
    let word = label[start..start + length].to_lowercase();
    let actual = in_state(document, counts, state, &word);
    found.push(Stat { line, what: StatKind::State(state, word), declared, actual, span });
}

/// Tasks of the column with this word, or of the state where there is no board.
fn in_state(document: &Document, counts: &Counts, state: State, word: &str) -> u64 {
    if document.columns.is_empty() {
        return counts.in_state(state);
    }
    let texts =
        document.columns.iter().map(|column| document.headings[column.heading].text.as_str());
    let named: std::collections::BTreeSet<&str> = texts
        .filter(|text| {
            // Mojibake before the word is letters too, but never ASCII ones.
            let start = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(0);
            text[start..].to_lowercase().starts_with(word)
        })
        .collect();
    named.into_iter().map(|column| counts.in_phase(column)).sum()
}

/// `## Phase 2: Contract tests (12 tasks)`: against the tasks below it that stand side by side.
fn in_heading(document: &Document, index: usize, found: &mut Vec<Stat>) {
    let line = index + 1;
    let Ok(at) = document.headings.binary_search_by_key(&line, |heading| heading.line) else {
        return;
    };
    let heading = &document.headings[at];
    let whole = document.line_span(line);
    let text = aligned(&document.bytes[whole.range()]);
    let Some((declared, span)) = text
        .rmatch_indices('(')
        .find_map(|(open, _)| tasks_in_note(&text[open + 1..], whole.start + open + 1))
    else {
        return;
    };
    let end = document.headings[at + 1..]
        .iter()
        .find(|other| other.level <= heading.level)
        .map_or(usize::MAX, |other| other.line);
    let from = document.tasks.partition_point(|task| task.line <= line);
    let below: Vec<_> = document.tasks[from..].iter().take_while(|task| task.line < end).collect();
    // With nested tasks nobody can say which of them were counted.
    if below.is_empty() || below.iter().any(|task| task.parent.is_some()) {
        return;
    }
    let what = StatKind::Phase(heading.text.clone());
    found.push(Stat { line, what, declared, actual: below.len() as u64, span });
}

/// `12 tasks)` at `base`, right behind a parenthesis that opens.
fn tasks_in_note(text: &str, base: usize) -> Option<(u64, Span)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[digits..].strip_prefix(" task")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    rest.starts_with([')', ',', ' ']).then_some(())?;
    Some((text[..digits].parse().ok()?, Span::new(base, base + digits)))
}

/// `**Total Tasks**: 77`, `- **Setup Phase**: 8 tasks`.
fn labelled(
    document: &Document,
    counts: &Counts,
    index: usize,
    content: usize,
    text: &[u8],
    found: &mut Vec<Stat>,
) {
    let body = aligned(&text[content..]).into_owned();
    let base = document.lines[index].start + content;
    let mut offset = 0;
    for part in body.split('|') {
        let start = offset;
        offset += part.len() + 1;
        let Some(pair) = crate::grammar::field::parse(part) else { continue };
        let label = plain_words(&part[pair.key.range()]);
        let value = &part[pair.value.range()];
        let Some((declared, span)) = number_in(value.as_bytes(), base + start + pair.value.start)
        else {
            continue;
        };
        let leads = span.start == base + start + pair.value.start || value.starts_with('*');
        if !leads {
            continue;
        }
        if let Some((what, actual)) = counted(document, counts, &label, value) {
            found.push(Stat { line: index + 1, what, declared, actual, span });
        }
    }
}

fn counted(
    document: &Document,
    counts: &Counts,
    label: &str,
    value: &str,
) -> Option<(StatKind, u64)> {
    let count =
        |state: State| document.tasks.iter().filter(|task| task.state == state).count() as u64;
    match label {
        "total tasks" | "total number of tasks" | "tasks total" | "total task count" => {
            // `5 completed out of 8 total`: the first number counts what is done.
            if value.contains("out of") {
                let said = value.contains("completed") || value.contains("done");
                let done = StatKind::State(State::Done, "completed".to_owned());
                return said.then(|| (done, count(State::Done)));
            }
            Some((StatKind::Total, document.tasks.len() as u64))
        }
        "total" if counts_tasks(value) => Some((StatKind::Total, document.tasks.len() as u64)),
        "tasks completed" | "completed tasks" | "tasks done" | "tasks complete" => {
            Some((StatKind::State(State::Done, "completed".to_owned()), count(State::Done)))
        }
        "tasks skipped" | "skipped tasks" => {
            Some((StatKind::State(State::Cancelled, "skipped".to_owned()), count(State::Cancelled)))
        }
        "parallel tasks" | "parallelizable tasks" | "tasks marked [p]" => Some(parallel(document)),
        _ if value.contains("tasks marked [P]") => Some(parallel(document)),
        _ if value.contains("task") => phase_count(document, counts, label),
        _ => None,
    }
}

fn parallel(document: &Document) -> (StatKind, u64) {
    (StatKind::Parallel, document.tasks.iter().filter(|task| task.parallel).count() as u64)
}

/// `23 tasks across 5 phases`: the number counts tasks, and all of them.
fn counts_tasks(value: &str) -> bool {
    let rest = value.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest == " tasks" || rest.starts_with(" tasks across ") || rest.starts_with(" tasks in ")
}

/// Tasks of the phase a label names.
fn phase_count(document: &Document, counts: &Counts, label: &str) -> Option<(StatKind, u64)> {
    let name = label.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    let key = phase_key(name)?;
    let mut matching =
        document.headings.iter().filter(|heading| is_phase(&heading.text)).filter(|heading| {
            let lower = heading.text.to_lowercase();
            holds_word(&lower, &key)
        });
    let heading = matching.next()?;
    if matching.any(|other| other.text != heading.text) {
        return None;
    }
    let actual = counts.in_phase(&heading.text);
    (actual > 0).then(|| (StatKind::Phase(heading.text.clone()), actual))
}

/// What identifies a phase in a label: `setup`, `user story 1`, `phase 3`.
fn phase_key(label: &str) -> Option<String> {
    let label = label.split(['(', ':', '-', '—', '–']).next()?.trim();
    if let Some(number) = label.strip_prefix("user story ").or_else(|| label.strip_prefix("us")) {
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        return (!digits.is_empty()).then(|| format!("user story {digits}"));
    }
    if label.starts_with("phase ") {
        return Some(label.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    }
    let word = label.strip_suffix(" phase").unwrap_or(label);
    matches!(
        word,
        "setup" | "foundational" | "foundation" | "polish" | "integration" | "core" | "tests"
    )
    .then(|| word.to_owned())
}

fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let after = &text[at + word.len()..];
        let before = text[..at].chars().next_back();
        let goes_on = after.chars().next().is_some_and(char::is_alphanumeric)
            || (after.starts_with('.')
                && after[1..].starts_with(|letter: char| letter.is_ascii_digit()));
        before.is_none_or(|letter| !letter.is_alphanumeric()) && !goes_on
    })
}

/// The first number of a text, and where it is.
fn number_in(text: &[u8], base: usize) -> Option<(u64, Span)> {
    let start = text.iter().position(u8::is_ascii_digit)?;
    let length = text[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[start..start + length]).ok()?.parse().ok()?;
    // `~77`, `77%`, `7.5`, `17-24` are no counts.
    let odd = text
        .get(start + length)
        .is_some_and(|byte| matches!(byte, b'.' | b'%' | b'-' | b'/' | b'+'));
    let rough = start > 0 && matches!(text[start - 1], b'~' | b'-' | b'.');
    (!odd && !rough).then(|| (number, Span::new(base + start, base + start + length)))
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, read};

    #[test]
    fn declared_numbers_stand_beside_the_true_ones() {
        let text = "# T\n**Tasks Total**: 2 completed out of 5 total\n**Total Tasks**: 5 | **Duration**: 17-24 days\n- **Setup Phase**: 2 tasks\n## Phase 1: Setup\n- [ ] T001 a\n- [X] T002 b\n";
        let document = read("", text.as_bytes(), &Options::default());
        let found: Vec<_> =
            document.stats.iter().map(|stat| (stat.line, stat.declared, stat.actual)).collect();
        assert_eq!(found, [(2, 2, 1), (3, 5, 2), (4, 2, 2)]);
    }

    #[test]
    fn headings_and_totals_count_tasks() {
        let text = "# T\n## Phase 1: Tests (3 tasks)\n### Units (1 task)\n- [ ] T001 [P] a\n### Others (~9 tasks)\n- [ ] T002 b\n## Phase 2 (1 task - soon)\n- [ ] T003 c\n  - [ ] d\n## Notes\n- Total: 4 tasks across 2 phases\n- **Parallel**: 2 tasks marked [P]\n- Total: 5 items\n";
        let document = read("", text.as_bytes(), &Options::default());
        let found: Vec<_> =
            document.stats.iter().map(|stat| (stat.line, stat.declared, stat.actual)).collect();
        assert_eq!(found, [(2, 3, 2), (3, 1, 1), (11, 4, 4), (12, 2, 1)]);
    }
}
