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
use checkoff_plan::document::State;
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
        let mut before = Chain { plan: &plan, standings: &standings, width, all: self.all, seen: BTreeSet::from([task]), forward: false };
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
    /// Index into [`Plan::reasons`].
    why: u32,
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
}

impl Chain<'_> {
    fn links(&mut self, node: TaskIx, depth: usize) -> Vec<Link> {
        if depth == 0 {
            return Vec::new();
        }
        let mut links = Vec::new();
        self.collect(node, None, &mut links);
        links.sort_by_key(|link: &Link| (self.is_over(link.node), link.node));
        links.dedup_by_key(|link| (link.node, link.why));
        for link in &mut links {
            let follows = !self.forward || self.plan.is_join(link.node);
            if self.is_over(link.node) && !self.all || !follows {
                continue;
            }
            if !self.seen.insert(link.node) {
                link.seen = true;
                continue;
            }
            let (below, hidden) = match self.plan.is_join(link.node) {
                true => self.members(link.node, depth - 1),
                false => (self.links(link.node, depth - 1), 0),
            };
            (link.below, link.hidden) = (below, hidden);
        }
        links
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
                link.below = self.links(link.node, depth);
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
                    why: edge.why,
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
        let reason = &plan.reasons[self.why as usize];
        let document = &plan.documents[reason.document];
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
        value["reason"] = json!({
            "source": reason.source.as_str(),
            "implied": reason.implied,
            "path": document.path,
            "line": reason.line,
            "detail": reason.detail,
            "through": self.through.map(|parent| plan.key(parent)),
        });
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
            self.links(data, &open, "", false)?;
        }
        if !over.is_empty() {
            let unfolded = over.iter().any(|link| !link.below.is_empty());
            writeln!(data, "{}", styled(styles::NAME, "waited for, and over"))?;
            match unfolded {
                true => self.links(data, &over, "", false)?,
                false => self.brief(data, &over)?,
            }
        }
        if !waiters.is_empty() {
            let all = self.plan.graph.followers(task);
            let all = if all == 0 { String::new() } else { format!(" ({} in all)", counted(all, "task")) };
            writeln!(data, "{}{}", styled(styles::NAME, "is waited for by"), styled(styles::DIM, all))?;
            let (shown, rest) = waiters.split_at(waiters.len().min(2 * WIDTH));
            self.links(data, &shown.iter().collect::<Vec<_>>(), "", !rest.is_empty())?;
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
    fn links(
        &self,
        data: &mut dyn Write,
        links: &[&Link],
        indent: &str,
        more: bool,
    ) -> io::Result<()> {
        for (at, link) in links.iter().enumerate() {
            let last = at + 1 == links.len() && !more;
            let (branch, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            writeln!(data, "{indent}{branch}{}", self.headline(link))?;
            let below = format!("{indent}{rest}");
            let bar = if link.below.is_empty() && link.hidden == 0 { "   " } else { "│  " };
            if let Some(because) = self.because(link) {
                writeln!(data, "{below}{bar}{}", styled(styles::DIM, because))?;
            }
            if let Some(quote) = self.quote(link, below.len() + 4) {
                writeln!(data, "{below}{bar}{}", styled(styles::DIM, quote))?;
            }
            self.links(data, &link.below.iter().collect::<Vec<_>>(), &below, link.hidden > 0)?;
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

    fn because(&self, link: &Link) -> Option<String> {
        let reason = &self.plan.reasons[link.why as usize];
        let member = reason.source == checkoff_plan::document::EdgeSource::Phase
            && reason.detail.starts_with("part of ");
        if member {
            return None;
        }
        let because = plan_view::because(self.plan, reason);
        Some(match link.through {
            Some(parent) => format!("{because}; it is part of {}, which waits", self.plan.name(parent)),
            None => because,
        })
    }

    /// The sentence in the file, where it is one.
    fn quote(&self, link: &Link, used: usize) -> Option<String> {
        let reason: &Reason = &self.plan.reasons[link.why as usize];
        let document = &self.plan.documents[reason.document];
        let span = reason.span.filter(|span| !span.is_empty())?;
        let is_away = self.plan.task(link.node).is_none_or(|task| task.line != reason.line);
        if !is_away {
            return None;
        }
        let line = document.line_of(span.start);
        let text = document.text(document.line_span(line)).trim().to_owned();
        Some(plan_view::fit(&text, self.columns.saturating_sub(used).max(24)))
    }

    /// Over and done with: names only.
    fn brief(&self, data: &mut dyn Write, links: &[&Link]) -> io::Result<()> {
        for link in links {
            let reason = &self.plan.reasons[link.why as usize];
            let because = plan_view::because(self.plan, reason);
            let sign = self.plan.task(link.node).map_or(String::new(), |task| {
                format!("{} ", plan_view::task_sign(task.state, Standing::Settled))
            });
            let name = plan_view::fit(self.plan.name(link.node), 60);
            writeln!(data, "   {sign}{name} {}", styled(styles::DIM, format_args!("· {because}")))?;
        }
        Ok(())
    }
}
