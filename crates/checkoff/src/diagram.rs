//! A plan as a picture: what is drawn, before how.
//!
//! The graph of a plan has more in it than a picture should: joins, gates, edges
//! that follow from others. Here tasks are grouped by phase to *blocks*; an order
//! of whole phases becomes one edge between blocks; joins vanish where that costs
//! few lines, and are a dot where it would cost many; and an edge that others
//! imply is left out. What remains is drawn by [`svg`], [`mermaid`] and [`dot`],
//! which know nothing of plans.

mod build;
pub(crate) mod dot;
mod layout;
pub(crate) mod mermaid;
pub(crate) mod svg;
mod text;

use checkoff_core::graph::Standing;
use checkoff_plan::document::State;

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diagram {
    /// Above it all.
    pub(crate) title: String,
    /// Below the title: counts.
    pub(crate) subtitle: String,
    /// In plan order.
    pub(crate) nodes: Vec<Node>,
    /// Between nodes.
    pub(crate) edges: Vec<Edge>,
    /// Groups of nodes, in plan order; every node is in one.
    pub(crate) blocks: Vec<Block>,
    /// Between whole blocks.
    pub(crate) block_edges: Vec<Edge>,
}

/// A box in the picture.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What it stands for.
    pub(crate) kind: Kind,
    /// Bold, first.
    pub(crate) id: Option<String>,
    /// In full.
    pub(crate) title: String,
    /// Small, in a corner: estimate, agent.
    pub(crate) note: String,
    /// Of the task.
    pub(crate) look: Look,
    /// Index into [`Diagram::blocks`].
    pub(crate) block: usize,
    /// A delay delays the end.
    pub(crate) critical: bool,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A task.
    Task,
    /// A parent that closes with what it holds.
    Container,
    /// Many before many.
    Dot,
    /// A whole phase, with how much of it is closed.
    Phase {
        /// Closed tasks.
        closed: usize,
        /// All tasks.
        total: usize,
    },
}

/// How a node looks: its state, and for what is to be done where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Look {
    /// To be done later.
    Todo,
    /// Can start.
    Ready,
    /// Under way.
    Doing,
    /// Done.
    Done,
    /// Blocked.
    Blocked,
    /// Cancelled.
    Cancelled,
    /// To be done, but out of reach.
    Unreachable,
}

impl Look {
    /// All, in the order of the legend.
    pub(crate) const ALL: [Look; 7] = [
        Look::Ready,
        Look::Doing,
        Look::Todo,
        Look::Done,
        Look::Blocked,
        Look::Unreachable,
        Look::Cancelled,
    ];

    fn of(state: State, standing: Standing) -> Look {
        match (state, standing) {
            (State::Done, _) => Look::Done,
            (State::Cancelled, _) => Look::Cancelled,
            (State::Blocked, _) => Look::Blocked,
            (State::Doing, _) => Look::Doing,
            (State::Todo, Standing::Ready) => Look::Ready,
            (State::Todo, Standing::Unreachable(_)) => Look::Unreachable,
            (State::Todo, _) => Look::Todo,
        }
    }

    /// The word of the legend; also the name of the class.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Look::Todo => "todo",
            Look::Ready => "ready",
            Look::Doing => "doing",
            Look::Done => "done",
            Look::Blocked => "blocked",
            Look::Cancelled => "cancelled",
            Look::Unreachable => "unreachable",
        }
    }
}

/// A line in the picture, between nodes or between blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Goes first.
    pub(crate) from: usize,
    /// Waits.
    pub(crate) to: usize,
    /// How it is drawn.
    pub(crate) style: Style,
    /// On the critical path.
    pub(crate) critical: bool,
}

/// How an edge is drawn, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Style {
    /// Stated.
    Stated,
    /// By convention of the dialect.
    Implied,
    /// A common file.
    Apart,
}

/// A group of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// The heading; empty for tasks above every heading.
    pub(crate) title: String,
    /// Closed tasks.
    pub(crate) closed: usize,
    /// All tasks, drawn or not.
    pub(crate) total: usize,
}
