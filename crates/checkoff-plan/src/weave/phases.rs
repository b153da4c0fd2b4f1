//! Phases: a start and an end for each that some statement orders.
//!
//! The end waits for every task under the heading, every task under it waits for
//! the start, and a statement is one edge from end to start. So «Phase 2 blocks
//! all user stories» costs as many edges as there are stories, not tasks squared.

use checkoff_core::graph::{EdgeKind, TaskIx};

use super::loom::{Loom, PhaseGates};
use super::{JoinKind, Reason};
use crate::dialect::Dialect;
use crate::document::{Document, EdgeSource, Heading, PhaseEdge};

impl Loom<'_> {
    /// The order of phases, stated and implied.
    pub(super) fn phases(&mut self) {
        for document in 0..self.documents.len() {
            self.stated_phases(document);
            if implies_phase_order(self.documents[document].detection.dialect) {
                self.implied_phases(document);
            }
        }
    }

    fn stated_phases(&mut self, document: usize) {
        let read = &self.documents[document];
        let ordered = ordered(read);
        let ends = ends(&read.headings);
        let overlaps = |one: usize, other: usize| {
            (one..ends[one]).contains(&other) || (other..ends[other]).contains(&one)
        };
        for edge in &read.phase_edges {
            let headings = &read.headings;
            // A convention gives way to a sentence, and to the finer rule below.
            let replaced = implies_phase_order(read.detection.dialect)
                || edge.after.iter().all(|at| ordered.get(*at).copied().unwrap_or(false));
            if is_convention(read, edge) && replaced {
                continue;
            }
            let name = |at: &usize| headings.get(*at).map(|it| it.text.clone());
            let mut reason = Reason::of(edge.source, document, edge.line);
            reason.implied = edge.implied;
            reason.detail = edge.before.iter().filter_map(name).collect::<Vec<_>>().join(", ");
            let detail = reason.detail.clone();
            let why = self.reason(reason);
            let known = |ids: &[usize]| -> Vec<usize> {
                ids.iter().copied().filter(|at| *at < headings.len()).collect()
            };
            let (before, after) = (known(&edge.before), known(&edge.after));
            let overlap = before.len().saturating_mul(after.len()) <= OVERLAPS_MAX
                && after.iter().any(|&after| before.iter().any(|&before| overlaps(before, after)));
            if overlap || before.len() * after.len() <= before.len() + after.len() {
                for &after in &after {
                    for &before in &before {
                        if !overlaps(before, after) {
                            self.phase_before(document, before, after, why);
                        }
                    }
                }
                continue;
            }
            let join = self.join(JoinKind::Statement, detail);
            for before in before {
                let end = self.phase(document, before).end;
                self.edge(end, join, EdgeKind::Needs, why);
            }
            for after in after {
                let start = self.phase(document, after).start;
                self.edge(join, start, EdgeKind::Needs, why);
            }
        }
    }

    fn phase_before(&mut self, document: usize, before: usize, after: usize, why: u32) {
        let end = self.phase(document, before).end;
        let start = self.phase(document, after).start;
        self.edge(end, start, EdgeKind::Needs, why);
    }

    /// The phases that nothing orders come after the one before; stories, side by side,
    /// after the last phase that is none.
    fn implied_phases(&mut self, document: usize) {
        let read = &self.documents[document];
        let ordered = ordered(read);
        let mut last: Option<usize> = None;
        let mut stories: Vec<usize> = Vec::new();
        for phase in phase_headings(read) {
            let story = is_story(&read.headings[phase].text);
            let before: Vec<usize> = match story || stories.is_empty() {
                true => last.into_iter().collect(),
                false => std::mem::take(&mut stories),
            };
            for before in before.into_iter().filter(|_| !ordered[phase]) {
                let mut reason = Reason::of(EdgeSource::Phase, document, read.headings[phase].line);
                reason.implied = true;
                reason.detail = read.headings[before].text.clone();
                let why = self.reason(reason);
                self.phase_before(document, before, phase, why);
            }
            match story {
                true => stories.push(phase),
                false => last = Some(phase),
            }
        }
    }

    /// The start and end of a phase, made when first asked for.
    pub(super) fn phase(&mut self, document: usize, heading: usize) -> PhaseGates {
        if let Some(gates) = self.phase_gates.get(&(document, heading)) {
            return *gates;
        }
        let read = &self.documents[document];
        let name = read.headings[heading].text.clone();
        let start = self.join(JoinKind::PhaseStart { document, heading }, name.clone());
        let end = self.join(JoinKind::PhaseEnd { document, heading }, name.clone());
        let gates = PhaseGates { start, end };
        self.phase_gates.insert((document, heading), gates);
        let members = self.members(document, heading);
        let mut reason = Reason::of(EdgeSource::Phase, document, read.headings[heading].line);
        reason.detail = format!("part of {name}");
        // A task that contradicts the order of phases starts on its own; the phase still
        // waits for it.
        let closes = self.reason(reason.clone());
        let opens = self.weak_reason(reason);
        if members.is_empty() {
            self.edge(start, end, EdgeKind::Needs, opens);
        }
        for task in members {
            let entrance = self.entrance(task);
            self.edge(start, entrance, EdgeKind::Needs, opens);
            self.edge(task, end, EdgeKind::Needs, closes);
        }
        gates
    }

    /// The tasks under a heading whose parents are not, and the task the heading is.
    fn members(&self, document: usize, heading: usize) -> Vec<TaskIx> {
        let read = &self.documents[document];
        let below = heading..end(&read.headings, heading);
        let own = read.headings[heading].task;
        let is_inside = |task: usize| {
            Some(task) == own || read.tasks[task].heading.is_some_and(|at| below.contains(&at))
        };
        // Tasks stand in file order, so those under a heading are one stretch (a heading's
        // own task may stand before it).
        let line = read.headings[heading].line;
        let end = read.headings.get(below.end).map_or(usize::MAX, |heading| heading.line);
        let from = read.tasks.partition_point(|task| task.line < line);
        let to = read.tasks.partition_point(|task| task.line < end);
        let stretch = from..to.max(from);
        own.filter(|own| !stretch.contains(own))
            .into_iter()
            .chain(stretch)
            .filter(|&task| is_inside(task))
            .filter(|&task| read.tasks[task].parent.is_none_or(|parent| !is_inside(parent)))
            .map(|task| self.names.at(document, task))
            .collect()
    }
}

/// Whether an edge is there only because one phase stands below the other: it is implied,
/// and no line but the later heading speaks for it.
fn is_convention(document: &Document, edge: &PhaseEdge) -> bool {
    let headings = &document.headings;
    edge.implied
        && edge.after.iter().any(|at| headings.get(*at).is_some_and(|it| it.line == edge.line))
}

/// Beside the headings: whether some sentence says what goes before it.
fn ordered(document: &Document) -> Vec<bool> {
    let mut ordered = vec![false; document.headings.len()];
    let said = document.phase_edges.iter().filter(|edge| !is_convention(document, edge));
    for at in said.flat_map(|edge| &edge.after) {
        if let Some(ordered) = ordered.get_mut(*at) {
            *ordered = true;
        }
    }
    ordered
}

/// Whether the order of phases is part of the dialect.
fn implies_phase_order(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Speckit | Dialect::SpeckitTemplate | Dialect::Conductor)
}

/// The headings that are phases of some task, in file order.
pub(super) fn phase_headings(document: &Document) -> Vec<usize> {
    let parents = parents(&document.headings);
    let mut phases: Vec<usize> = Vec::new();
    for task in &document.tasks {
        let Some(phase) = task.phase.as_deref() else { continue };
        let above = std::iter::successors(task.heading, |at| parents.get(*at).copied().flatten());
        let found = above
            .into_iter()
            .find(|at| document.headings.get(*at).is_some_and(|heading| heading.text == phase));
        if let Some(found) = found
            && phases.last() != Some(&found)
        {
            phases.push(found);
        }
    }
    phases.sort_unstable();
    phases.dedup();
    phases
}

/// The heading each heading stands under.
fn parents(headings: &[Heading]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut parents = Vec::with_capacity(headings.len());
    for (at, heading) in headings.iter().enumerate() {
        while open.last().is_some_and(|&above| headings[above].level >= heading.level) {
            open.pop();
        }
        parents.push(open.last().copied());
        open.push(at);
    }
    parents
}

/// More pairs of phases than this, all in one sentence, are not compared with each other.
const OVERLAPS_MAX: usize = 1_000_000;

/// The heading after a heading and all under it.
fn end(headings: &[Heading], heading: usize) -> usize {
    let level = headings[heading].level;
    let rest = &headings[heading + 1..];
    let length = rest.iter().position(|other| other.level <= level).unwrap_or(rest.len());
    heading + 1 + length
}

/// The same for every heading, in one walk.
fn ends(headings: &[Heading]) -> Vec<usize> {
    let mut ends = vec![headings.len(); headings.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, heading) in headings.iter().enumerate() {
        while let Some(above) = open.pop_if(|above| headings[*above].level >= heading.level) {
            ends[above] = at;
        }
        open.push(at);
    }
    ends
}

/// «Phase 3: User Story 1 - …».
fn is_story(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    heading.contains("user story") || heading.contains("(us") || heading.contains("[us")
}
