//! Order between phases: `Foundational (Phase 2): Depends on Setup`, `**Dependencies**: Phase 1
//! complete` under a phase, `Do not advance a wave until …`, and the order of phase headings.

use crate::map::{HashMap, HashSet};
use std::cell::Cell;
use std::collections::BTreeSet;

use crate::dialect::{BoxRule, Profile};
use crate::document::{Document, EdgeSource, PhaseEdge, Span};
use crate::grammar::field;

use super::headings::is_phase;
use super::text::{aligned, words};

/// Reads the phase lines of a document into its phase edges.
pub(crate) fn read(document: &mut Document, lines: &[(usize, Span)], profile: &'static Profile) {
    let phases = Phases::new(document);
    if phases.list.len() < 2 {
        return;
    }
    let bytes = std::sync::Arc::clone(&document.bytes);
    let mut edges = Vec::new();
    for (index, span) in lines {
        let text = aligned(&bytes[span.range()]);
        let lower = text.to_lowercase();
        if let Some(word) = waits_for_previous(&lower) {
            phases.consecutive(word, index + 1, false, EdgeSource::Prose, &mut edges);
            continue;
        }
        phases.statement(document, &text, &lower, index + 1, &mut edges);
    }
    if profile.boxes == BoxRule::GateUnderChecklist
        || document.headings.iter().any(|heading| heading.text.starts_with("Wave "))
    {
        phases.consecutive("", 0, true, EdgeSource::Heading, &mut edges);
    }
    document.phase_edges = edges;
}

/// The phases of a document: headings with tasks below them.
struct Phases {
    list: Vec<Phase>,
    /// `phase 3.1` → its heading, for the first phase of each name.
    by_name: HashMap<String, usize>,
    /// User stories by number; a plan has few, so they are simply walked.
    stories: Vec<(String, usize)>,
    /// Phases looked at so far, by all sentences together.
    looked_at: Cell<usize>,
}

/// Sentences after so many looks at phases are not read: a file with as many phases as
/// sentences about them would take the square of its size.
const LOOKED_AT_MAX: usize = 2_000_000;

struct Phase {
    heading: usize,
    line: usize,
    /// First and last line of what stands below it.
    last_line: usize,
    /// `phase 3.1`, `wave a`: its first word and number.
    name: String,
    lower: String,
}

impl Phases {
    fn new(document: &Document) -> Phases {
        let with_tasks: BTreeSet<&str> =
            document.tasks.iter().filter_map(|task| task.phase.as_deref()).collect();
        let mut seen = BTreeSet::new();
        let list: Vec<Phase> = document
            .headings
            .iter()
            .enumerate()
            .filter(|(_, heading)| {
                is_phase(&heading.text)
                    && with_tasks.contains(heading.text.as_str())
                    && seen.insert(heading.text.clone())
            })
            .map(|(index, heading)| Phase {
                heading: index,
                line: heading.line,
                last_line: document.headings[index + 1..]
                    .iter()
                    .find(|other| other.level <= heading.level)
                    .map_or(usize::MAX, |other| other.line - 1),
                name: phase_name(&words(&heading.text)),
                lower: heading.text.to_lowercase(),
            })
            .collect();
        let mut by_name = HashMap::default();
        let mut stories = Vec::new();
        for phase in &list {
            by_name.entry(phase.name.clone()).or_insert(phase.heading);
            let story =
                phase.lower.find("user story ").map(|at| &phase.lower[at + "user story ".len()..]);
            let number: String =
                story.unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
            if !number.is_empty() && stories.len() < 64 {
                stories.push((number, phase.heading));
            }
        }
        Phases { list, by_name, stories, looked_at: Cell::new(0) }
    }

    /// All phases, or none when sentences have looked at too many.
    fn look(&self) -> &[Phase] {
        self.looked_at.set(self.looked_at.get() + self.list.len());
        if self.looked_at.get() > LOOKED_AT_MAX { &[] } else { &self.list }
    }

    /// The phases called by word and number in a text, in the order they are called.
    fn named(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        let mut word = "";
        let parts = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '.'));
        for part in parts.map(|part| part.trim_end_matches('.')).filter(|part| !part.is_empty()) {
            let singular = part.strip_suffix('s').unwrap_or(part);
            if super::headings::is_phase(singular) {
                word = singular;
                continue;
            }
            match self.by_name.get(&format!("{word} {part}")) {
                Some(&heading) if !word.is_empty() => found.push(heading),
                _ if matches!(part, "and" | "or") => {}
                _ => word = "",
            }
        }
        found
    }

    /// Each phase after the one before it.
    fn consecutive(
        &self,
        word: &str,
        line: usize,
        implied: bool,
        source: EdgeSource,
        edges: &mut Vec<PhaseEdge>,
    ) {
        let list = if implied { &self.list } else { self.look() };
        let list: Vec<&Phase> = list.iter().filter(|phase| phase.name.starts_with(word)).collect();
        for pair in list.windows(2) {
            edges.push(PhaseEdge {
                line: if line == 0 { pair[1].line } else { line },
                before: vec![pair[0].heading],
                after: vec![pair[1].heading],
                source,
                implied,
            });
        }
    }

    fn statement(
        &self,
        document: &Document,
        text: &str,
        lower: &str,
        line: usize,
        edges: &mut Vec<PhaseEdge>,
    ) {
        let is_heading =
            document.headings.binary_search_by_key(&line, |heading| heading.line).is_ok();
        if let Some(at) = lower.find("must complete before").filter(|_| is_heading) {
            let after = self.by_number(&lower[at + "must complete before".len()..]);
            let before: Vec<usize> = self
                .look()
                .iter()
                .filter(|phase| phase.line == line)
                .map(|phase| phase.heading)
                .collect();
            push(edges, line, before, after, EdgeSource::Heading, true);
            return;
        }
        let speaks = ["depend", "block", "prerequisite"].iter().any(|word| lower.contains(word));
        if is_heading || !speaks || self.says_nothing(lower) {
            return;
        }
        let (subject, rest) = self.subject(text, lower, line);
        if subject.is_empty() {
            return;
        }
        for (verb, reversed) in
            [("depends on", false), ("depend on", false), ("blocked by", false), ("blocks", true)]
        {
            let Some(at) = rest.find(verb) else { continue };
            let others = self.resolve(object(&rest[at + verb.len()..]), &subject);
            let (before, after) =
                if reversed { (subject.clone(), others) } else { (others, subject.clone()) };
            push(edges, line, before, after, EdgeSource::Prose, false);
        }
        if let Some(object) = dependency_field(text, lower) {
            let others = self.resolve(&object, &subject);
            push(edges, line, others, subject, EdgeSource::Field, false);
        }
    }

    fn says_nothing(&self, lower: &str) -> bool {
        lower.contains("no dependenc") || lower.contains("parallel") && !lower.contains("depend")
    }

    /// The phases a line speaks of: its label, else the phase it stands under.
    fn subject<'t>(&self, text: &str, lower: &'t str, line: usize) -> (Vec<usize>, &'t str) {
        let label = field::parse(text)
            .map(|pair| (text[pair.key.range()].to_lowercase(), pair.value.start));
        if let Some((label, value)) = label {
            let named = self.resolve(&label, &[]);
            let is_dependency =
                field::key(&field::normal(&label)) == Some(crate::attribute::Key::Needs);
            if !named.is_empty() && !is_dependency {
                return (named, lower.get(value..).unwrap_or(""));
            }
        }
        if let Some(at) = ["depends on", "depend on", "blocked by", "blocks"]
            .iter()
            .filter_map(|verb| lower.find(verb))
            .min()
        {
            let named = self.resolve(&lower[..at], &[]);
            if !named.is_empty() {
                return (named, &lower[at..]);
            }
        }
        let under =
            self.look().iter().rev().find(|phase| phase.line < line && line <= phase.last_line);
        (under.map(|phase| phase.heading).into_iter().collect(), "")
    }

    /// The phases a piece of text names, without those of `except`.
    fn resolve(&self, text: &str, except: &[usize]) -> Vec<usize> {
        let text = text.to_lowercase();
        let mut found: Vec<usize> = Vec::new();
        let mut known: HashSet<usize> = except.iter().copied().collect();
        let mut add = |heading: usize| {
            if known.insert(heading) {
                found.push(heading);
            }
        };
        for heading in self.named(&text) {
            add(heading);
        }
        for phase in self.open_range(&text) {
            add(phase);
        }
        for (name, heading_words) in [
            ("setup", &["setup"] as &[&str]),
            ("foundational", &["foundation"]),
            ("foundation", &["foundation"]),
            ("polish", &["polish"]),
        ] {
            if names(&text, name) {
                self.look()
                    .iter()
                    .filter(|phase| heading_words.iter().any(|word| phase.lower.contains(word)))
                    .for_each(|phase| add(phase.heading));
            }
        }
        let numbers = story_numbers(&text);
        let all = text.contains("all user stories")
            || text.contains("all desired user stories")
            || text.contains("user stories") && !text.contains("us1") && numbers.is_empty();
        let earlier = ["all prior phases", "all previous phases", "all preceding phases"]
            .iter()
            .chain(&["all earlier phases", "all other phases"])
            .any(|words| text.contains(words));
        if let Some(&first) = except.first().filter(|_| earlier) {
            let before = self.look().iter().map(|phase| phase.heading);
            before.take_while(|&heading| heading != first).for_each(&mut add);
        }
        let stories = self.stories.iter().filter(|(number, _)| {
            all || number.parse().is_ok_and(|number: u64| numbers.contains(&number))
                || names(&text, &format!("us{number}"))
                || names(&text, &format!("user story {number}"))
        });
        for (_, heading) in stories {
            add(*heading);
        }
        found
    }

    /// `Phase 3+`, `Phases 1-3`.
    fn open_range(&self, text: &str) -> Vec<usize> {
        let Some(at) = text.find("phase") else { return Vec::new() };
        let rest = text[at + 5..].trim_start_matches('s').trim_start();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Ok(first) = digits.parse::<u64>() else { return Vec::new() };
        let tail = rest[digits.len()..].trim_start();
        let last = if tail.starts_with('+') {
            u64::MAX
        } else {
            let tail = tail.trim_start_matches(['-', '–', '—']);
            if tail.len() == rest[digits.len()..].trim_start().len() {
                return Vec::new();
            }
            tail.trim_start()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
                .parse()
                .unwrap_or(first)
        };
        self.look()
            .iter()
            .filter(|phase| {
                let number =
                    phase.name.strip_prefix("phase ").and_then(|name| name.parse::<u64>().ok());
                number.is_some_and(|number| (first..=last).contains(&number))
                    && (last != u64::MAX
                        || phase.lower.contains("story")
                        || !phase.lower.contains("polish"))
            })
            .map(|phase| phase.heading)
            .collect()
    }

    /// `3.3` → the phase with that number.
    fn by_number(&self, text: &str) -> Vec<usize> {
        let number: String = text
            .trim_start_matches(|letter: char| !letter.is_ascii_digit())
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || *letter == '.')
            .collect();
        let number = number.trim_end_matches('.');
        self.look()
            .iter()
            .filter(|phase| phase.name.split_whitespace().nth(1) == Some(number))
            .map(|phase| phase.heading)
            .collect()
    }
}

/// What a verb speaks of: up to a note, a dash, or the next statement.
fn object(rest: &str) -> &str {
    let end = [" - ", " — ", " – ", ";", "(", "**", ". ", " blocks "]
        .iter()
        .filter_map(|sign| rest.find(sign))
        .min();
    &rest[..end.unwrap_or(rest.len())]
}

/// The numbers of `user stories 2-5`, `user stories 1 and 2`.
fn story_numbers(text: &str) -> Vec<u64> {
    let Some(at) = text.find("user stories ") else { return Vec::new() };
    let mut numbers: Vec<u64> = Vec::new();
    let mut ranges = false;
    for part in text[at + "user stories ".len()..]
        .split_inclusive(|letter: char| !letter.is_ascii_digit())
        .take(16)
    {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse::<u64>() {
            let first = numbers.last().filter(|_| ranges).map_or(number, |last| last + 1);
            numbers.extend((first..=number).take(64));
            ranges = false;
        }
        match &part[digits.len()..] {
            "-" | "–" | "—" => ranges = true,
            "" | " " | "," | "&" | "+" => {}
            // `and`, `to` come letter by letter.
            "a" | "n" | "d" => {}
            "t" | "o" => ranges = true,
            _ => break,
        }
    }
    numbers
}

fn push(
    edges: &mut Vec<PhaseEdge>,
    line: usize,
    before: Vec<usize>,
    after: Vec<usize>,
    source: EdgeSource,
    implied: bool,
) {
    if !before.is_empty() && !after.is_empty() {
        edges.push(PhaseEdge { line, before, after, source, implied });
    }
}

/// The first word and number of a phase heading: `phase 3.1`, `wave a`.
fn phase_name(words: &str) -> String {
    let mut parts = words
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '—' | '–' | '('));
    let first = parts.next().unwrap_or("");
    let second = parts.find(|part| !part.is_empty()).unwrap_or("").trim_end_matches(['.', ',']);
    let numbered =
        second.len() == 1 || second.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    if numbered { format!("{first} {second}") } else { String::new() }
}

/// Whether `text` holds `name` as whole words; `phase 3` is not in `phase 3.1` or `phase 31`.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + name.len()..];
        let goes_on = after.chars().next().is_some_and(char::is_alphanumeric)
            || (after.starts_with('.')
                && after[1..].starts_with(|letter: char| letter.is_ascii_digit()));
        before.is_none_or(|letter| !letter.is_alphanumeric()) && !goes_on
    })
}

/// `Do not advance a wave until the prior wave's tasks are checked`: the word for a phase.
fn waits_for_previous(lower: &str) -> Option<&'static str> {
    let denied = ["do not", "don't", "never"].iter().any(|word| lower.contains(word));
    let until = lower.find("until")?;
    let previous =
        ["prior", "previous", "preceding"].iter().any(|word| lower[until..].contains(word));
    if !denied || !previous {
        return None;
    }
    ["wave", "phase", "sprint", "stage", "milestone"].into_iter().find(|word| lower.contains(word))
}

/// The value of a `Dependencies:` field, also behind a bar on a line of several.
fn dependency_field(text: &str, lower: &str) -> Option<String> {
    for label in [
        "**dependencies**:",
        "**depends on**:",
        "**dependencies:**",
        "**depends on:**",
        "**prerequisites**:",
        "**prerequisite**:",
    ] {
        if let Some(at) = lower.find(label) {
            let value = text.get(at + label.len()..)?;
            return Some(value.split('|').next().unwrap_or(value).trim().to_owned());
        }
    }
    let pair = field::parse(text)?;
    let key = field::normal(&text[pair.key.range()]);
    (field::key(&key) == Some(crate::attribute::Key::Needs))
        .then(|| text[pair.value.range()].to_owned())
}

#[cfg(test)]
mod tests {
    use crate::read::{Options, read};

    fn edges(text: &str) -> Vec<String> {
        let document = read("", text.as_bytes(), &Options::default());
        let name = |headings: &[usize]| {
            headings
                .iter()
                .map(|&heading| {
                    document.headings[heading].text.split(':').next().unwrap_or("").to_owned()
                })
                .collect::<Vec<_>>()
                .join("+")
        };
        document
            .phase_edges
            .iter()
            .filter(|edge| !edge.implied)
            .map(|edge| format!("{}: {} < {}", edge.line, name(&edge.before), name(&edge.after)))
            .collect()
    }

    #[test]
    fn phases_are_ordered_by_sentences_and_fields() {
        let text = "# T\n## Phase 1: Setup\n- [ ] T001 a\n## Phase 2: Foundational\n**Duration**: 1d | **Dependencies**: Phase 1 complete\n- [ ] T002 b\n## Phase 3: User Story 1\n- [ ] T003 c\n## Phase 4: User Story 2\n- [ ] T004 d\n## Order\n- **Foundational (Phase 2)**: Depends on Setup completion - BLOCKS all user stories\n- **User Stories (Phase 3+)**: Depend on Foundational phase completion\n- **Setup (Phase 1)**: No dependencies - can start immediately\n";
        assert_eq!(
            edges(text),
            [
                "5: Phase 1 < Phase 2",
                "12: Phase 1 < Phase 2",
                "12: Phase 2 < Phase 3+Phase 4",
                "13: Phase 2 < Phase 3+Phase 4",
            ]
        );
    }

    #[test]
    fn a_dash_ends_what_a_phase_waits_for() {
        let text = "# T\n## Phase 1: Setup\n- [ ] T001 a\n## Phase 2: Base\n- [ ] T002 b\n## Phase 3: User Story 1\n- [ ] T003 c\n## Phase 4: User Story 2\n- [ ] T004 d\n## Phase 5: Docs\n- [ ] T005 e\n## Order\n- **Phase 2 (Base)**: Depends on Phase 1 — BLOCKS all user stories\n- **User Stories 2-3**: Depend on US1 completion\n- **Phase 5 (Docs)**: Depends on all prior phases\n";
        assert_eq!(
            edges(text),
            [
                "13: Phase 1 < Phase 2",
                "13: Phase 2 < Phase 3+Phase 4",
                "14: Phase 3 < Phase 4",
                "15: Phase 1+Phase 2+Phase 3+Phase 4 < Phase 5",
            ]
        );
    }

    #[test]
    fn waves_wait_for_each_other_when_said() {
        let text = "> Do not advance a wave until the prior wave's tasks are checked\n\n## Wave A — x\n### [x] W1.1 — a\n## Wave B — y\n### [ ] W1.2 — b\n## Wave C — z\n### [ ] W1.3 — c\n";
        assert_eq!(edges(text), ["1: Wave A — x < Wave B — y", "1: Wave B — y < Wave C — z"]);
    }
}
