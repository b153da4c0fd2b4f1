//! `checkoff why`: what a task waits for, what waits for it, and who says so.
//!
//! The chain is a tree of links: a task, or a group that a sentence or a phase
//! names, each with the reason of the edge that leads to it. Joins that only
//! hand on what a phase or a parent waits for do not show. A task that stands
//! further up is not unfolded again, so the answer is never longer than the plan.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use checkoff_core::graph::{EdgeKind, NodeKind, Standing, TaskIx};
use checkoff_plan::document::{EdgeSource, State};
use checkoff_plan::select::{self, Selector, Target};
use checkoff_plan::weave::{JoinKind, Plan, Reason};
use serde_json::{Value, json};

use crate::commands::set::unselected;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{counted, styled, styles};
use crate::plan_view;

/// Show why a task waits, and what waits for it, down to the lines that say so
///
/// A SELECTOR is what `checkoff set` takes: an id, `section/id`, `line:N`, a title path.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  checkoff why T014
  checkoff why 'Phase 3/T014' TASKS.md --all
  checkoff why T014 --format json")]
pub(crate) struct Args {
    /// Which task
    #[arg(value_name = "SELECTOR")]
    selector: Selector,
    /// Lists, or folders to look for lists in [default: this project]
    paths: Vec<PathBuf>,
    /// Show what is closed too, and long groups in full
    #[arg(long)]
    all: bool,
    /// How many steps to follow
    #[arg(long, value_name = "N", default_value = "12")]
    depth: usize,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let plan = plan_view::load(context, &self.paths)?;
        let task = self.task(&plan)?;
        let standings = plan.graph.standings();
        let width = match self.all {
            true => usize::MAX,
            false => WIDTH,
        };
        let mut before = Chain { plan: &plan, standings: &standings, width, all: self.all, seen: BTreeSet::from([task]), forward: false, depth: 0 };
        let needs = before.links(task, self.depth);
        let mut after = Chain { seen: BTreeSet::from([task]), forward: true, ..before };
        // One step forward is enough: what waits for those is their own story.
        let waiters = after.links(task, 1);
        let mut data = context.output.data();
        match self.format {
            Format::Json => {
                let mut value = plan_view::task_json(&plan, task, standings[task.index()]);
                value["waits_for"] = Value::Array(needs.iter().map(|it| it.to_json(&plan, &standings)).collect());
                value["waited_for_by"] =
                    Value::Array(waiters.iter().map(|it| it.to_json(&plan, &standings)).collect());
                value["followers"] = json!(plan.graph.followers(task));
                serde_json::to_writer_pretty(&mut *data, &value).map_err(io::Error::from)?;
                writeln!(data)?;
            }
            Format::Text => {
                let story = Story { plan: &plan, standings: &standings, columns: context.output.width() };
                story.tell(&mut *data, task, &needs, &waiters)?;
            }
        }
        Ok(Exit::Success)
    }

    fn task(&self, plan: &Plan) -> Result<TaskIx, CommandError> {
        let documents: Vec<_> = plan.documents.iter().collect();
        let found = select::resolve_among(&documents, &self.selector).map_err(unselected)?;
        let task = match found.target {
            Target::Task(task) => Some(task),
            Target::Check(check) => plan.documents[found.document].checks[check].owner,
        };
        task.and_then(|task| plan.index_of(found.document, task)).ok_or_else(|| {
            CommandError::input("that box belongs to no task, so it waits for nothing")
        })
    }
}

/// How many members of a group are shown.
const WIDTH: usize = 6;

/// What an edge leads to.
struct Link {
    /// A task, or a join that stands for a group.
    node: TaskIx,
    kind: EdgeKind,
    /// Indices into [`Plan::reasons`]: everything that says so.
    whys: Vec<u32>,
    /// The parent that hands this on to the task.
    through: Option<TaskIx>,
    /// What it waits for in turn, or the members of the group.
    below: Vec<Link>,
    /// Members left out.
    hidden: usize,
    /// Unfolded further up.
    seen: bool,
}

/// Follows edges backwards, or forwards.
struct Chain<'a> {
    plan: &'a Plan,
    standings: &'a [Standing],
    width: usize,
    all: bool,
    seen: BTreeSet<TaskIx>,
    forward: bool,
    /// How far down the links are that are being made.
    depth: usize,
}

impl Chain<'_> {
    fn links(&mut self, node: TaskIx, depth: usize) -> Vec<Link> {
        if depth == 0 {
            return Vec::new();
        }
        let mut links = Vec::new();
        self.collect(node, None, &mut links);
        links.sort_by_key(|link: &Link| (self.is_over(link.node), link.node));
        let mut links = self.merged(links);
        // Further down only what is new counts.
        if !self.all && self.depth > 0 {
            links.retain(|link| !self.is_over(link.node));
            links.retain(|link| !(self.plan.is_join(link.node) && self.seen.contains(&link.node)));
        }
        for link in &mut links {
            let follows = !self.forward || self.plan.is_join(link.node);
            if self.is_over(link.node) && !self.all || !follows {
                continue;
            }
            if !self.seen.insert(link.node) {
                link.seen = true;
                continue;
            }
            self.depth += 1;
            let (below, hidden) = match self.plan.is_join(link.node) {
                true => self.members(link.node, depth - 1),
                false => (self.links(link.node, depth - 1), 0),
            };
            self.depth -= 1;
            (link.below, link.hidden) = (below, hidden);
        }
        links
    }

    /// One link for one thing, with all that says so; two sentences about the same tasks are
    /// about one group.
    fn merged(&self, links: Vec<Link>) -> Vec<Link> {
        let mut merged: Vec<Link> = Vec::new();
        for link in links {
            let same = |other: &&mut Link| {
                other.node == link.node
                    || self.plan.is_join(link.node)
                        && self.plan.is_join(other.node)
                        && self.plan.name(link.node) == self.plan.name(other.node)
                        && self.inside(link.node) == self.inside(other.node)
            };
            match merged.iter_mut().find(same) {
                Some(known) => {
                    known.whys.extend(link.whys);
                    known.whys.dedup();
                    known.kind = known.kind.min(link.kind);
                }
                None => merged.push(link),
            }
        }
        merged
    }

    fn inside(&self, join: TaskIx) -> BTreeSet<TaskIx> {
        match self.forward {
            true => self.plan.graph.outgoing(join).map(|edge| edge.to).collect(),
            false => self.plan.graph.incoming(join).map(|edge| edge.from).collect(),
        }
    }

    /// The members of a group that count, the first few of them.
    fn members(&mut self, join: TaskIx, depth: usize) -> (Vec<Link>, usize) {
        let mut members = Vec::new();
        self.collect(join, None, &mut members);
        if !self.all {
            members.retain(|link| !self.is_over(link.node));
        }
        members.sort_by_key(|link| link.node);
        members.dedup_by_key(|link| link.node);
        // All of them stand further up already: the name of the group says enough.
        if !self.all && members.iter().all(|link| self.seen.contains(&link.node)) {
            return (Vec::new(), 0);
        }
        let hidden = members.len().saturating_sub(self.width);
        members.truncate(self.width);
        if !self.forward {
            for link in &mut members {
                if depth == 0 || self.is_over(link.node) {
                    continue;
                }
                if !self.seen.insert(link.node) {
                    link.seen = true;
                    continue;
                }
                self.depth += 1;
                link.below = self.links(link.node, depth);
                self.depth -= 1;
            }
        }
        (members, hidden)
    }

    /// The other ends of a node's edges; gates are looked through.
    fn collect(&self, node: TaskIx, through: Option<TaskIx>, into: &mut Vec<Link>) {
        let plan = self.plan;
        let edges: Vec<_> = match self.forward {
            true => plan.graph.outgoing(node).copied().collect(),
            false => plan.graph.incoming(node).copied().collect(),
        };
        for edge in edges {
            let other = if self.forward { edge.to } else { edge.from };
            let gate = plan.join(other).map(|join| join.kind);
            match gate {
                Some(JoinKind::PhaseStart { .. }) => self.collect(other, through, into),
                Some(JoinKind::ParentStart(parent)) => {
                    let through = (!self.forward && parent != node).then_some(parent);
                    self.collect(other, through, into);
                }
                // Closing its own phase or parent is no news.
                Some(JoinKind::PhaseEnd { .. }) if self.forward && plan.graph.outgoing(other).len() == 0 => {}
                _ => into.push(Link {
                    node: other,
                    kind: edge.kind,
                    whys: vec![edge.why],
                    through,
                    below: Vec::new(),
                    hidden: 0,
                    seen: false,
                }),
            }
        }
    }

    /// Nothing to wait for there.
    fn is_over(&self, node: TaskIx) -> bool {
        match self.forward {
            true => !self.plan.is_join(node) && self.plan.graph.node(node).state.is_closed(),
            false => self.standings[node.index()] == Standing::Settled,
        }
    }
}

impl Link {
    fn to_json(&self, plan: &Plan, standings: &[Standing]) -> Value {
        let mut value = match plan.task(self.node) {
            Some(task) => json!({
                "key": plan.key(self.node),
                "title": task.title,
                "state": task.state.as_str(),
            }),
            None => json!({ "group": plan.name(self.node) }),
        };
        value["standing"] = plan_view::standing_word(standings[self.node.index()]).into();
        value["needs"] = match self.kind {
            EdgeKind::Needs => "closed",
            EdgeKind::NeedsDone => "done",
            EdgeKind::After => "over",
        }
        .into();
        let reasons = self.whys.iter().map(|why| {
            let reason = &plan.reasons[*why as usize];
            json!({
                "source": reason.source.as_str(),
                "implied": reason.implied,
                "path": plan.documents[reason.document].path,
                "line": reason.line,
                "detail": reason.detail,
            })
        });
        value["reasons"] = reasons.collect();
        value["through"] = self.through.map(|parent| plan.key(parent)).into();
        let name = if plan.is_join(self.node) { "members" } else { "waits_for" };
        value[name] = self.below.iter().map(|link| link.to_json(plan, standings)).collect();
        value["hidden"] = self.hidden.into();
        value["seen_above"] = self.seen.into();
        value
    }
}

/// The answer for a person.
struct Story<'a> {
    plan: &'a Plan,
    standings: &'a [Standing],
    columns: usize,
}

impl Story<'_> {
    fn tell(
        &self,
        data: &mut dyn Write,
        task: TaskIx,
        needs: &[Link],
        waiters: &[Link],
    ) -> io::Result<()> {
        let Some(own) = self.plan.task(task) else { return Ok(()) };
        let sign = plan_view::task_sign(own.state, self.standings[task.index()]);
        writeln!(data, "{sign} {}", plan_view::id_and_title(own))?;
        writeln!(data, "  {}", styled(styles::DIM, self.plan.place(task)))?;
        writeln!(data, "  {}\n", self.verdict(task, own.state))?;

        let (open, over): (Vec<&Link>, Vec<&Link>) =
            needs.iter().partition(|link| !self.is_over(link));
        if !open.is_empty() {
            writeln!(data, "{}", styled(styles::NAME, "waits for"))?;
            self.tree(data, &open, "", false, false)?;
        }
        if !over.is_empty() {
            let unfolded = over.iter().any(|link| !link.below.is_empty());
            writeln!(data, "{}", styled(styles::NAME, "waited for, and over"))?;
            match unfolded {
                true => self.tree(data, &over, "", false, false)?,
                false => self.brief(data, &over)?,
            }
        }
        if !waiters.is_empty() {
            let all = self.plan.graph.followers(task);
            let all = if all == 0 { String::new() } else { format!(" ({} in all)", counted(all, "task")) };
            writeln!(data, "{}{}", styled(styles::NAME, "is waited for by"), styled(styles::DIM, all))?;
            let (shown, rest) = waiters.split_at(waiters.len().min(2 * WIDTH));
            self.tree(data, &shown.iter().collect::<Vec<_>>(), "", !rest.is_empty(), false)?;
            if !rest.is_empty() {
                writeln!(data, "└─ {}", styled(styles::DIM, format_args!("{} more", rest.len())))?;
            }
        }
        Ok(())
    }

    /// One sentence: can it start?
    fn verdict(&self, task: TaskIx, state: State) -> String {
        let container = self.plan.graph.node(task).kind == NodeKind::Container;
        match (self.standings[task.index()], state) {
            (_, State::Done) => "done".to_owned(),
            (_, State::Cancelled) => "cancelled".to_owned(),
            (Standing::Settled, _) if container => "everything in it is closed".to_owned(),
            (Standing::Settled | Standing::Ready, _) => {
                styled(styles::NOTE, "ready: it waits for nothing").to_string()
            }
            (Standing::Running, _) => styled(styles::NOTE, "being done").to_string(),
            (Standing::Waiting, _) => "waiting".to_owned(),
            (Standing::Unreachable(obstacle), _) => {
                let why = plan_view::obstacle(self.plan, task, obstacle);
                styled(styles::WARN, format_args!("cannot start: {why}")).to_string()
            }
        }
    }

    fn is_over(&self, link: &Link) -> bool {
        self.standings[link.node.index()] == Standing::Settled
    }

    /// A tree; `more` when other lines follow at this level.
    fn tree(
        &self,
        data: &mut dyn Write,
        links: &[&Link],
        indent: &str,
        more: bool,
        of_group: bool,
    ) -> io::Result<()> {
        for (at, link) in links.iter().enumerate() {
            let last = at + 1 == links.len() && !more;
            let (branch, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            writeln!(data, "{indent}{branch}{}", self.headline(link))?;
            let below = format!("{indent}{rest}");
            let bar = if link.below.is_empty() && link.hidden == 0 { "   " } else { "│  " };
            // The members of a group are there for the reason of the group.
            if !of_group {
                for (because, quote) in self.reasons(link, below.len() + 4) {
                    writeln!(data, "{below}{bar}{}", styled(styles::DIM, because))?;
                    if let Some(quote) = quote {
                        writeln!(data, "{below}{bar}{}", styled(styles::DIM, quote))?;
                    }
                }
            }
            let group = self.plan.is_join(link.node);
            self.tree(data, &link.below.iter().collect::<Vec<_>>(), &below, link.hidden > 0, group)?;
            if link.hidden > 0 {
                let hidden = format!("{} more (--all)", link.hidden);
                writeln!(data, "{below}└─ {}", styled(styles::DIM, hidden))?;
            }
        }
        Ok(())
    }

    fn headline(&self, link: &Link) -> String {
        let standing = self.standings[link.node.index()];
        let Some(task) = self.plan.task(link.node) else {
            return self.group(link.node);
        };
        let sign = plan_view::task_sign(task.state, standing);
        let state = match (standing, task.state) {
            (_, State::Done | State::Cancelled) => String::new(),
            (Standing::Unreachable(obstacle), _) => plan_view::obstacle(self.plan, link.node, obstacle),
            (standing, _) => plan_view::standing_word(standing).to_owned(),
        };
        let mut words = vec![state];
        words.extend(match link.kind {
            EdgeKind::NeedsDone => Some("must be done, not skipped".to_owned()),
            EdgeKind::After | EdgeKind::Needs => None,
        });
        words.extend(link.seen.then(|| "see above".to_owned()));
        words.retain(|word| !word.is_empty());
        let words = match words.is_empty() {
            true => String::new(),
            false => format!(" · {}", words.join(" · ")),
        };
        format!("{sign} {}{}", plan_view::id_and_title(task), styled(styles::DIM, words))
    }

    fn group(&self, join: TaskIx) -> String {
        let members: Vec<TaskIx> = self.plan.graph.incoming(join).map(|edge| edge.from).collect();
        let open = members
            .iter()
            .filter(|member| self.standings[member.index()] != Standing::Settled)
            .count();
        let what = match self.plan.join(join).map(|join| join.kind) {
            Some(JoinKind::PhaseEnd { .. }) => "phase ",
            Some(JoinKind::Files) => "all that use ",
            _ => "",
        };
        let count = match open {
            0 => format!("all {} closed", members.len()),
            open => format!("{open} of {} open", members.len()),
        };
        format!(
            "{what}{} {}",
            styled(styles::NAME, self.plan.name(join)),
            styled(styles::DIM, format_args!("· {count}"))
        )
    }

    /// Everything that says so, and its line where it is a sentence.
    fn reasons(&self, link: &Link, used: usize) -> Vec<(String, Option<String>)> {
        const SHOWN_MAX: usize = 3;
        let mut shown: Vec<(String, Option<String>)> = Vec::new();
        for why in &link.whys {
            let reason = &self.plan.reasons[*why as usize];
            let because = plan_view::because(self.plan, reason);
            let because = match link.through {
                Some(parent) => {
                    format!("{because}; it is part of {}, which waits", self.plan.name(parent))
                }
                None => because,
            };
            let member = reason.detail.starts_with("part of ");
            if !member && shown.iter().all(|(known, _)| *known != because) {
                shown.push((because, self.quote(link, reason, used)));
            }
        }
        let more = shown.len().saturating_sub(SHOWN_MAX);
        shown.truncate(SHOWN_MAX);
        if more > 0 {
            shown.push((format!("and {more} more say so"), None));
        }
        shown
    }

    /// The sentence in the file, where it is one.
    fn quote(&self, link: &Link, reason: &Reason, used: usize) -> Option<String> {
        let document = &self.plan.documents[reason.document];
        let said = match reason.source {
            EdgeSource::Prose | EdgeSource::Heading | EdgeSource::Phase => !reason.implied,
            EdgeSource::Column | EdgeSource::Field | EdgeSource::Inline => true,
            _ => false,
        };
        let is_own_line = self.plan.task(link.node).is_some_and(|task| task.line == reason.line);
        if !said || is_own_line || reason.line > document.lines.len() {
            return None;
        }
        let text = document.text(document.line_span(reason.line)).trim().to_owned();
        Some(plan_view::fit(&text, self.columns.saturating_sub(used).max(24)))
    }

    /// Over and done with: names only.
    fn brief(&self, data: &mut dyn Write, links: &[&Link]) -> io::Result<()> {
        for link in links {
            let because: Vec<String> =
                self.reasons(link, 0).into_iter().map(|(because, _)| because).collect();
            let because = because.join("; ");
            let sign = self.plan.task(link.node).map_or(String::new(), |task| {
                format!("{} ", plan_view::task_sign(task.state, Standing::Settled))
            });
            let name = plan_view::fit(self.plan.name(link.node), 60);
            writeln!(data, "   {sign}{name} {}", styled(styles::DIM, format_args!("· {because}")))?;
        }
        Ok(())
    }
}
