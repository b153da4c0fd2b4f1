//! From a woven plan to a run: what is left to do, selected, frozen, resolved to
//! numbers.
//!
//! A run holds the tasks it is to close. What is closed already is left out, and
//! the needs on it with it. A node that is not to be run but stands *between* two
//! that are (a join, an unselected task) stays as a group without a place, so that
//! the order it carries is kept; anything else that is not selected is as if it
//! were done, and [`Prepared::assumed`] names it.

use std::path::{Path, PathBuf};

use checkoff_core::graph::{Edge, EdgeKind, Graph, NodeKind, TaskIx};
use checkoff_core::spec::{Action, Limits, Need, NeedKind, Place, PlanFile, Policy, TaskSpec};
use checkoff_core::{RunSpec, State, TaskIndex};
use checkoff_plan::attribute::Key;
use checkoff_plan::document::EdgeSource;
use checkoff_plan::weave::{self, Problem, Severity, Work};
use checkoff_store::Source;
use checkoff_worker::shell::shell_for_info;

use crate::Plan;

/// What of a plan is to be run, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The tasks to run; `None` is every open one.
    pub selection: Option<Selection>,
    /// How much at once.
    pub limits: Limits,
    /// What to do when something happens that the plan does not say.
    pub policy: Policy,
    /// For each document its project: the absolute directory its commands run in.
    pub projects: Vec<PathBuf>,
    /// For each document its file, absolute.
    pub paths: Vec<PathBuf>,
}

/// Which tasks are to be run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These and what is in them, and nothing they need.
    pub only: Vec<TaskIx>,
    /// These and what is in them, and everything they need.
    pub until: Vec<TaskIx>,
}

/// A run that can be started.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the engine starts.
    pub plan: Plan,
    /// For each task of the run its task in the plan; `None` for what is not written in a file.
    pub tasks: Vec<Option<TaskIx>>,
    /// Open tasks that are not part of the run though a task of it needs them: who needs whom.
    pub assumed: Vec<(TaskIx, TaskIx)>,
}

/// The plan cannot be run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// It has errors that decide what may run when; nothing is started before they are settled.
    #[error("the list cannot be run as it stands")]
    Problems(Vec<Problem>),
    /// Nothing of what was selected is open.
    #[error("nothing is left to do")]
    NothingLeft,
}

/// Makes a run of a plan. Reads no file and no clock.
///
/// # Errors
/// The plan cannot be run as it stands, or has nothing to run.
pub fn prepare(plan: &weave::Plan, request: &Request) -> Result<Prepared, PrepareError> {
    let (works, mut unreadable) = weave::work(plan);
    unreadable.extend(unknown_languages(plan));
    let kept = Kept::new(plan, request.selection.as_ref());
    let errors: Vec<Problem> = plan
        .problems
        .iter()
        .chain(&unreadable)
        .filter(|problem| problem.severity == Severity::Error)
        .filter(|problem| problem.task.is_none_or(|task| kept.concerns(plan, task)))
        .cloned()
        .collect();
    if !errors.is_empty() {
        return Err(PrepareError::Problems(errors));
    }
    if !kept.roles.contains(&Role::Run) {
        return Err(PrepareError::NothingLeft);
    }
    let maker =
        Maker { plan, request, works: &works, kept: &kept, rank: plan.graph.timing().rank_ms };
    Ok(maker.make())
}

/// What becomes of a node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is run.
    Run,
    /// It only carries order from one that is run to another.
    Between,
    /// It is no part of the run.
    Out,
}

/// The role of every node.
struct Kept {
    roles: Vec<Role>,
}

impl Kept {
    fn new(plan: &weave::Plan, selection: Option<&Selection>) -> Kept {
        let graph = &plan.graph;
        let selected = match selection {
            Some(selection) => selected(plan, selection),
            None => vec![true; plan.tasks.len()],
        };
        let is_open = |node: TaskIx| !graph.node(node).state.is_closed();
        let runs: Vec<bool> = graph
            .indices()
            .map(|node| selected.get(node.index()).is_some_and(|it| *it) && is_open(node))
            .collect();
        // Between: something that runs lies before it and behind it, over nodes that do not.
        let order = graph.topological_order();
        let (mut before, mut behind) = (vec![false; graph.len()], vec![false; graph.len()]);
        let carries = |node: TaskIx| !runs[node.index()] && is_open(node);
        for &node in order.iter().filter(|node| carries(**node)) {
            before[node.index()] = graph
                .incoming(node)
                .any(|edge| runs[edge.from.index()] || before[edge.from.index()]);
        }
        for &node in order.iter().rev().filter(|node| carries(**node)) {
            behind[node.index()] =
                graph.outgoing(node).any(|edge| runs[edge.to.index()] || behind[edge.to.index()]);
        }
        let holds = |node: TaskIx| {
            graph.node(node).kind == NodeKind::Join
                && graph.node(node).state != State::Todo
                && graph.outgoing(node).any(|edge| runs[edge.to.index()])
        };
        let roles = graph.indices().map(|node| match runs[node.index()] {
            true => Role::Run,
            false if before[node.index()] && behind[node.index()] || holds(node) => Role::Between,
            false => Role::Out,
        });
        Kept { roles: roles.collect() }
    }

    fn role(&self, node: TaskIx) -> Role {
        self.roles[node.index()]
    }

    /// Whether a problem of this task matters: it is run.
    fn concerns(&self, plan: &weave::Plan, task: TaskIx) -> bool {
        task.index() < plan.tasks.len() && self.role(task) == Role::Run
    }
}

/// The selected tasks, with what is in them and, for `until`, all they need.
fn selected(plan: &weave::Plan, selection: &Selection) -> Vec<bool> {
    let mut selected = vec![false; plan.tasks.len()];
    let children = children(plan);
    let mut to_do = selection.only.clone();
    while let Some(task) = to_do.pop() {
        if !std::mem::replace(&mut selected[task.index()], true) {
            to_do.extend(&children[task.index()]);
        }
    }
    let mut seen = vec![false; plan.graph.len()];
    let mut to_do = selection.until.clone();
    while let Some(node) = to_do.pop() {
        if std::mem::replace(&mut seen[node.index()], true) {
            continue;
        }
        if let Some(children) = children.get(node.index()) {
            selected[node.index()] = true;
            to_do.extend(children);
        }
        let needed = |kind| matches!(kind, EdgeKind::Needs | EdgeKind::NeedsDone);
        to_do.extend(plan.graph.incoming(node).filter(|it| needed(it.kind)).map(|it| it.from));
    }
    selected
}

/// The tasks right below each task.
fn children(plan: &weave::Plan) -> Vec<Vec<TaskIx>> {
    let mut first_of = vec![0; plan.documents.len()];
    for (document, first) in first_of.iter_mut().enumerate() {
        *first = plan.tasks.iter().position(|task| task.document == document).unwrap_or(0);
    }
    let below = |at: &weave::PlanTask| {
        let children = &plan.documents[at.document].tasks[at.task].children;
        children.iter().map(|child| TaskIx::from(first_of[at.document] + child)).collect()
    };
    plan.tasks.iter().map(below).collect()
}

/// Makes the spec.
struct Maker<'a> {
    plan: &'a weave::Plan,
    request: &'a Request,
    works: &'a [Work],
    kept: &'a Kept,
    rank: Vec<u64>,
}

impl Maker<'_> {
    fn make(&self) -> Prepared {
        let graph = &self.plan.graph;
        let nodes: Vec<TaskIx> =
            graph.indices().filter(|node| self.kept.role(*node) != Role::Out).collect();
        let mut index = vec![None; graph.len()];
        for (at, node) in (0..).zip(&nodes) {
            index[node.index()] = Some(TaskIndex(at));
        }
        let documents = self.plan.documents.iter().zip(&self.request.paths);
        let files = documents.map(|(document, path)| PlanFile {
            path: path.to_string_lossy().into_owned(),
            hash: blake3::hash(&document.bytes).to_hex().to_string(),
            dialect: document.detection.dialect.as_str().to_owned(),
        });
        let sources = self.plan.documents.iter().zip(&self.request.paths);
        let sources = sources.map(|(document, path)| Source {
            path: path.to_string_lossy().into_owned(),
            bytes: document.bytes.to_vec(),
        });
        let spec = RunSpec {
            files: files.collect(),
            tasks: nodes.iter().map(|node| self.task(*node, &index)).collect(),
            // What may not run at once is ordered by the plan already.
            resources: 0,
            limits: self.request.limits,
            policy: self.request.policy,
        };
        let is_run = |node: &TaskIx| self.kept.role(*node) == Role::Run;
        Prepared {
            tasks: nodes.iter().map(|node| is_run(node).then_some(*node)).collect(),
            assumed: self.assumed(graph),
            plan: Plan { spec, sources: sources.collect() },
        }
    }

    fn task(&self, node: TaskIx, index: &[Option<TaskIndex>]) -> TaskSpec {
        let mut needs: Vec<Need> = self
            .plan
            .graph
            .incoming(node)
            .filter_map(|edge| {
                let kind = match edge.kind {
                    EdgeKind::Needs | EdgeKind::NeedsDone => NeedKind::Done,
                    EdgeKind::After if self.is_about_files(edge) => NeedKind::Apart,
                    EdgeKind::After => NeedKind::Ended,
                };
                Some(Need { task: index[edge.from.index()]?, kind })
            })
            .collect();
        needs.sort_by_key(|need| (need.task, need.kind));
        needs.dedup_by_key(|need| need.task);
        needs.sort_by_key(|need| (need.kind, need.task));
        let rank = self.rank[node.index()];
        match self.plan.task(node) {
            Some(task) if self.kept.role(node) == Role::Run => {
                self.written(node, task, needs, rank)
            }
            _ => self.unwritten(node, needs, rank),
        }
    }

    /// Whether the edge only keeps two tasks from working on one file at once.
    fn is_about_files(&self, edge: &Edge) -> bool {
        let reason = self.plan.reasons.get(edge.why as usize);
        reason.is_some_and(|reason| reason.source == EdgeSource::Path)
    }

    /// A task of a file.
    fn written(
        &self,
        node: TaskIx,
        task: &checkoff_plan::document::Task,
        needs: Vec<Need>,
        rank: u64,
    ) -> TaskSpec {
        let at = &self.plan.tasks[node.index()];
        let work = &self.works[node.index()];
        let project = self.request.projects.get(at.document).map_or(Path::new("/"), |it| it);
        let action = match &work.run {
            _ if task.state == State::Blocked => Action::Held,
            Some(script) => Action::Shell { script: script.clone(), shell: interpreter(task) },
            None if at.container => Action::Group,
            None => Action::Person,
        };
        TaskSpec {
            key: at.key.clone(),
            name: task.name().to_owned(),
            title: task.title.clone(),
            phase: task.phase.clone(),
            place: Some(Place {
                file: narrow(at.document),
                line: narrow(task.line),
                item: narrow(at.task),
            }),
            needs,
            claims: Vec::new(),
            action,
            done_when: work.done_when.clone(),
            cwd: joined(project, work.cwd.as_deref()),
            env: work.env.clone(),
            timeout_ms: work.timeout_ms,
            estimate_ms: work.estimate_ms,
            rank,
            safe_to_repeat: work.safe_to_repeat,
            files: task
                .files
                .iter()
                .filter(|file| !file.read_only)
                .map(|file| file.path.clone())
                .collect(),
        }
    }

    /// Something that only carries order.
    fn unwritten(&self, node: TaskIx, needs: Vec<Need>, rank: u64) -> TaskSpec {
        let name = self.plan.name(node);
        let held = self.plan.graph.node(node).state == State::Blocked;
        TaskSpec {
            // `@` ends the part that names it, so that it is nobody else's key.
            key: format!("{name}@{}", node.index()),
            name: name.to_owned(),
            title: name.to_owned(),
            phase: None,
            place: None,
            needs,
            claims: Vec::new(),
            action: if held { Action::Held } else { Action::Group },
            done_when: Vec::new(),
            cwd: String::new(),
            env: Vec::new(),
            timeout_ms: None,
            estimate_ms: None,
            rank,
            safe_to_repeat: false,
            files: Vec::new(),
        }
    }

    /// Needs of tasks that run on open tasks that do not.
    fn assumed(&self, graph: &Graph) -> Vec<(TaskIx, TaskIx)> {
        let mut assumed: Vec<(TaskIx, TaskIx)> = graph
            .edges()
            .iter()
            .filter(|edge| edge.kind != EdgeKind::After)
            .filter(|edge| self.kept.role(edge.to) == Role::Run)
            .filter(|edge| {
                self.kept.role(edge.from) != Role::Run && graph.node(edge.from).is_open_task()
            })
            .map(|edge| (edge.to, edge.from))
            .collect();
        assumed.sort_unstable();
        assumed.dedup();
        assumed
    }
}

/// Scripts in a language that nothing here runs: no shell is to guess at them.
fn unknown_languages(plan: &weave::Plan) -> Vec<Problem> {
    let unknown = |(index, task): (TaskIx, &checkoff_plan::document::Task)| {
        let run = task.attribute(Key::Run)?;
        let fence = run.fence.as_deref().filter(|fence| shell_for_info(fence).is_none())?;
        let language = fence.split_whitespace().next().unwrap_or_default();
        Some(Problem {
            severity: Severity::Error,
            kind: weave::ProblemKind::Unreadable {
                key: "run",
                reason: format!("nothing here runs `{language}`; name its program in a `sh` block"),
            },
            document: plan.tasks[index.index()].document,
            line: run.line,
            span: Some(run.value_span),
            task: Some(index),
        })
    };
    plan.indexed().filter_map(unknown).collect()
}

/// The interpreter that the fence of a script names; none for the usual one.
fn interpreter(task: &checkoff_plan::document::Task) -> Vec<String> {
    let fence = task.attribute(Key::Run).and_then(|run| run.fence.as_deref()).unwrap_or_default();
    let usual = shell_for_info("");
    shell_for_info(fence).filter(|shell| Some(shell) != usual.as_ref()).unwrap_or_default()
}

/// A directory of a project.
fn joined(project: &Path, directory: Option<&str>) -> String {
    let path = directory.map_or_else(|| project.to_owned(), |directory| project.join(directory));
    path.to_string_lossy().into_owned()
}

/// A count that a file of less than four thousand million lines cannot exceed.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkoff_plan::document::{Attribute, Document, Reference, Span, Text};
    use checkoff_plan::read;

    const LIST: &str = "- [x] Set up\n- [ ] Build\n- [ ] Look at it\n- [ ] Ship\n";

    /// T001 is done; T002 builds, T003 looks at it, T004 ships, each after the one before.
    fn document() -> Document {
        let mut document = read::read("TASKS.md", LIST.as_bytes(), &read::Options::default());
        for (number, task) in (1..).zip(&mut document.tasks) {
            task.id = Some(format!("T{number:03}"));
            task.key = format!("T{number:03}");
            if number > 1 {
                task.depends_on.push(Reference {
                    id: format!("T{:03}", number - 1),
                    line: number,
                    span: Span::default(),
                    source: EdgeSource::Field,
                    optional: false,
                    strict: false,
                });
            }
        }
        let attribute = |key, value: &str| {
            let text = Text { text: value.to_owned(), line: 2, span: Span::default() };
            Attribute {
                key,
                line: 2,
                key_span: Span::default(),
                value: value.to_owned(),
                value_span: Span::default(),
                code_spans: vec![text],
                fence: None,
            }
        };
        document.tasks[1].attributes.extend([
            attribute(Key::Run, "make"),
            attribute(Key::Cwd, "sub"),
            attribute(Key::DoneWhen, "test -f out"),
        ]);
        document.tasks[3].attributes.push(attribute(Key::Run, "make ship"));
        document
    }

    fn prepared(
        selection: impl Fn(&weave::Plan) -> Option<Selection>,
    ) -> Result<Prepared, PrepareError> {
        let plan = weave::weave(vec![document()]);
        let request = Request {
            selection: selection(&plan),
            projects: vec!["/p".into()],
            paths: vec!["/p/TASKS.md".into()],
            ..Request::default()
        };
        prepare(&plan, &request)
    }

    fn shown(prepared: &Prepared) -> Vec<String> {
        let tasks = &prepared.plan.spec.tasks;
        let needs = |task: &TaskSpec| -> Vec<&str> {
            task.needs.iter().map(|need| tasks[need.task.get()].name.as_str()).collect()
        };
        let action = |task: &TaskSpec| match (&task.action, task.place) {
            (Action::Shell { script, .. }, _) => script.clone(),
            (Action::Person, _) => "person".to_owned(),
            (Action::Group, None) => "between".to_owned(),
            (Action::Group, Some(_)) => "group".to_owned(),
            (Action::Held, _) => "held".to_owned(),
        };
        tasks
            .iter()
            .map(|task| format!("{} {:?} {}", task.name, needs(task), action(task)))
            .collect()
    }

    fn find(plan: &weave::Plan, name: &str) -> Vec<TaskIx> {
        let found = plan.indexed().find(|(_, task)| task.name() == name);
        vec![found.expect("the task is in the list").0]
    }

    #[test]
    fn what_is_closed_is_left_out() {
        let prepared = prepared(|_| None).expect("it can be run");
        let expected = ["T002 [] make", "T003 [\"T002\"] person", "T004 [\"T003\"] make ship"];
        assert_eq!(shown(&prepared), expected);
        let build = &prepared.plan.spec.tasks[0];
        assert_eq!(
            (build.cwd.as_str(), build.place),
            ("/p/sub", Some(Place { file: 0, line: 2, item: 1 }))
        );
        assert_eq!(build.done_when, ["test -f out"]);
        assert_eq!(prepared.plan.spec.files[0].path, "/p/TASKS.md");
        assert!(prepared.assumed.is_empty());
    }

    #[test]
    fn until_takes_what_is_needed_with_it() {
        let until =
            |plan: &weave::Plan| Some(Selection { until: find(plan, "T003"), only: vec![] });
        let prepared = prepared(until).expect("it can be run");
        assert_eq!(shown(&prepared), ["T002 [] make", "T003 [\"T002\"] person"]);
    }

    #[test]
    fn only_keeps_the_order_across_what_is_not_selected_and_says_what_it_assumes() {
        let only = |plan: &weave::Plan| {
            let only = [find(plan, "T002"), find(plan, "T004")].concat();
            Some(Selection { only, until: vec![] })
        };
        let prepared = prepared(only).expect("it can be run");
        let expected = ["T002 [] make", "T003 [\"T002\"] between", "T004 [\"T003\"] make ship"];
        assert_eq!(shown(&prepared), expected);
        assert_eq!(prepared.assumed, [(TaskIx(3), TaskIx(2))]);
    }

    #[test]
    fn nothing_left_is_said() {
        let only = |plan: &weave::Plan| Some(Selection { only: find(plan, "T001"), until: vec![] });
        assert_eq!(prepared(only).expect_err("it is done"), PrepareError::NothingLeft);
    }
}
