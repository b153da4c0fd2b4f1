//! Files: tasks that change one path do not run at once.
//!
//! Every path, folder, glob and mutex that some open task claims is a *resource*,
//! and each task holds it in one of four ways, as in a database that locks tables
//! and rows:
//!
//! | way | said by | shares with |
//! |---|---|---|
//! | exclusive | changes exactly this path, folder, glob | nobody |
//! | shared | reads exactly this | shared, reader inside |
//! | writer inside | changes something under this folder, or that this glob matches | writer and reader inside |
//! | reader inside | reads something inside | all but exclusive |
//!
//! Going through the tasks in an order that respects all other edges, each waits for
//! the holders it does not share with. The holders since the last exclusive one are
//! gathered in joins that are extended, never rebuilt, so the edges stay linear in the
//! claims, however readers and writers alternate.

use crate::map::HashMap;

use checkoff_core::graph::{EdgeKind, Graph, TaskIx};

use super::loom::Loom;
use super::{JoinKind, Reason};
use crate::attribute::Key;
use crate::document::EdgeSource;

/// With more different globs than this, each stands for the folder before its first sign.
const GLOBS_MAX: usize = 256;

/// In which way a resource is held, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    ReaderInside,
    WriterInside,
    Shared,
    Exclusive,
}

/// What a claim is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Resource {
    /// A file or folder, without a trailing `/`; the empty path is the project.
    Path(String),
    Glob(String),
    Mutex(String),
    /// Two tasks that say so (index of the pair).
    Pair(usize),
}

/// One task's claim on one resource.
struct Claim {
    resource: usize,
    task: TaskIx,
    hold: Hold,
}

impl Loom<'_> {
    /// Lays the edges between tasks that share files.
    pub(super) fn files(&mut self, graph: &Graph) {
        let order = running_order(graph, self.tasks.len());
        let (resources, claims) = self.claims(&order);
        let mut by_resource: Vec<Vec<(TaskIx, Hold)>> = vec![Vec::new(); resources.len()];
        for claim in claims {
            let row = &mut by_resource[claim.resource];
            match row.last_mut() {
                Some((task, hold)) if *task == claim.task => *hold = both(*hold, claim.hold),
                _ => row.push((claim.task, claim.hold)),
            }
        }
        for (resource, holders) in resources.iter().zip(by_resource) {
            if holders.len() > 1 {
                self.keep_apart(resource, &holders);
            }
        }
    }

    /// What the open tasks claim, in order; a resource that nobody claims as such is left out.
    fn claims(&self, order: &[TaskIx]) -> (Vec<Resource>, Vec<Claim>) {
        let mut index: HashMap<Resource, usize> = HashMap::default();
        let mut resources: Vec<Resource> = Vec::new();
        let mut claims: Vec<Claim> = Vec::new();
        let mut paths: Vec<(TaskIx, String, bool)> = Vec::new();
        let mut number = |resource: Resource, resources: &mut Vec<Resource>| {
            *index.entry(resource).or_insert_with_key(|resource| {
                resources.push(resource.clone());
                resources.len() - 1
            })
        };
        let mut pairs: HashMap<TaskIx, Vec<usize>> = HashMap::default();
        for (at, (one, other, _)) in self.apart.iter().enumerate() {
            pairs.entry(*one).or_default().push(at);
            pairs.entry(*other).or_default().push(at);
        }
        let globs = self.globs(order);
        for &task in order {
            for &pair in pairs.get(&task).into_iter().flatten() {
                let resource = number(Resource::Pair(pair), &mut resources);
                claims.push(Claim { resource, task, hold: Hold::Exclusive });
            }
            for mutex in self.task(task).attributes.iter().filter(|it| it.key == Key::Exclusive) {
                let name = mutex.value.trim().to_lowercase();
                let resource = number(Resource::Mutex(name), &mut resources);
                claims.push(Claim { resource, task, hold: Hold::Exclusive });
            }
            for file in &self.task(task).files {
                let hold = if file.read_only { Hold::Shared } else { Hold::Exclusive };
                let path = normal(&file.path);
                let resource = match globs.too_many || !is_glob(&path) {
                    true => Resource::Path(literal_folder(&path).to_owned()),
                    false => Resource::Glob(path.clone()),
                };
                let resource = number(resource, &mut resources);
                claims.push(Claim { resource, task, hold });
                paths.push((task, path, file.read_only));
            }
        }
        // Only now are all resources known that something may be inside of.
        for (task, path, read_only) in paths {
            let hold = if read_only { Hold::ReaderInside } else { Hold::WriterInside };
            let literal = literal_folder(&path);
            let folders = std::iter::once(literal).filter(|folder| *folder != path);
            for folder in folders.chain(folders_above(literal)) {
                if let Some(&resource) = index.get(&Resource::Path(folder.to_owned())) {
                    claims.push(Claim { resource, task, hold });
                }
            }
            for glob in globs.around(&path) {
                if *glob != path
                    && overlap(glob, &path)
                    && let Some(&resource) = index.get(&Resource::Glob(glob.clone()))
                {
                    claims.push(Claim { resource, task, hold });
                }
            }
        }
        let mut place = vec![0usize; self.tasks.len()];
        for (at, task) in order.iter().enumerate() {
            place[task.index()] = at;
        }
        claims.sort_by_key(|claim| place[claim.task.index()]);
        (resources, claims)
    }

    fn globs(&self, order: &[TaskIx]) -> Globs {
        let mut by_folder: HashMap<String, Vec<String>> = HashMap::default();
        let mut count = 0;
        for file in order.iter().flat_map(|task| &self.task(*task).files) {
            let path = normal(&file.path);
            if is_glob(&path) {
                let globs = by_folder.entry(literal_folder(&path).to_owned()).or_default();
                if !globs.contains(&path) && count <= GLOBS_MAX {
                    globs.push(path);
                    count += 1;
                }
            }
        }
        Globs { by_folder, too_many: count > GLOBS_MAX }
    }

    fn keep_apart(&mut self, resource: &Resource, holders: &[(TaskIx, Hold)]) {
        let mut last: Option<TaskIx> = None;
        let mut since: [Gathered; 3] = Default::default();
        for &(task, hold) in holders {
            let mut before: Vec<TaskIx> = Vec::new();
            let at_once = matches!(hold, Hold::Exclusive);
            for (kind, group) in since.iter_mut().enumerate() {
                if !shares(hold, KINDS[kind]) {
                    group.collect(self, resource, at_once, &mut before);
                }
            }
            if before.is_empty() {
                before.extend(last);
            }
            for from in before {
                self.after(resource, from, task);
            }
            match KINDS.iter().position(|kind| *kind == hold) {
                Some(kind) => since[kind].fresh.push(task),
                None => {
                    last = Some(task);
                    since = Default::default();
                }
            }
        }
    }

    fn after(&mut self, resource: &Resource, from: TaskIx, to: TaskIx) {
        // A task may be here twice, through a folder and a file in it.
        if let Some(edge) = self.edges.last()
            && (edge.from, edge.to) == (from, to)
        {
            return;
        }
        let why = match resource {
            Resource::Pair(pair) => self.apart[*pair].2,
            Resource::Path(name) | Resource::Glob(name) | Resource::Mutex(name) => {
                let waits = if to.index() < self.tasks.len() { to } else { from };
                let task = self.task(waits);
                let found = task.files.iter().find(|file| touches(name, &normal(&file.path)));
                let line = found.map_or(task.line, |file| file.line);
                let mut reason = Reason::of(EdgeSource::Path, self.document_of(waits), line);
                reason.span = found.map(|file| file.span);
                reason.detail = match resource {
                    Resource::Path(_) if name.is_empty() => "the whole project".to_owned(),
                    Resource::Mutex(_) => format!("exclusive: {name}"),
                    _ => name.clone(),
                };
                self.reason(reason)
            }
        };
        self.edge(from, to, EdgeKind::After, why);
    }
}

const KINDS: [Hold; 3] = [Hold::ReaderInside, Hold::WriterInside, Hold::Shared];

/// The holders of one kind since the last exclusive one.
#[derive(Default)]
struct Gathered {
    /// Stands for all that were asked for before.
    join: Option<TaskIx>,
    /// Since then.
    fresh: Vec<TaskIx>,
}

impl Gathered {
    /// The nodes to wait for. Unless this is the last time, several become one join.
    fn collect(
        &mut self,
        loom: &mut Loom<'_>,
        resource: &Resource,
        last_time: bool,
        into: &mut Vec<TaskIx>,
    ) {
        if !last_time && self.join.iter().len() + self.fresh.len() > 1 {
            let join = loom.join(JoinKind::Files, name(resource));
            if let Some(earlier) = self.join.replace(join)
                && let Some(&any) = self.fresh.first()
            {
                // The reason is that of any member: the same resource.
                loom.after(resource, any, join);
                let why = loom.edges.last().map_or(0, |edge| edge.why);
                loom.edge(earlier, join, EdgeKind::After, why);
                self.fresh.remove(0);
            }
            for task in std::mem::take(&mut self.fresh) {
                loom.after(resource, task, join);
            }
        }
        into.extend(self.join);
        into.extend(self.fresh.iter().copied());
    }
}

fn name(resource: &Resource) -> String {
    match resource {
        Resource::Path(name) | Resource::Glob(name) | Resource::Mutex(name) => name.clone(),
        Resource::Pair(_) => String::new(),
    }
}

/// Whether two tasks may hold a resource in these ways at once.
fn shares(one: Hold, other: Hold) -> bool {
    match (one.min(other), one.max(other)) {
        (_, Hold::Exclusive) => false,
        (low, Hold::Shared) => low != Hold::WriterInside,
        _ => true,
    }
}

/// One task holding a resource in two ways.
fn both(one: Hold, other: Hold) -> Hold {
    match shares(one, other) {
        true => one.max(other),
        false => Hold::Exclusive,
    }
}

/// Globs by the folder before their first sign.
struct Globs {
    by_folder: HashMap<String, Vec<String>>,
    too_many: bool,
}

impl Globs {
    /// The globs that may match a path or overlap a glob.
    fn around<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a String> {
        let folders = match self.too_many || self.by_folder.is_empty() {
            true => None,
            false => Some(std::iter::once(literal_folder(path)).chain(folders_above(path))),
        };
        folders.into_iter().flatten().filter_map(|folder| self.by_folder.get(folder)).flatten()
    }
}

/// The open tasks in an order that all edges allow: those under way that wait for nothing
/// open first (the others must keep out of their way), then file order where edges allow.
fn running_order(graph: &Graph, tasks: usize) -> Vec<TaskIx> {
    let order = graph.topological_order();
    let mut behind = vec![false; graph.len()];
    for &task in &order {
        let passes = behind[task.index()] || graph.node(task).is_open_task();
        for edge in graph.outgoing(task).filter(|_| passes) {
            behind[edge.to.index()] = true;
        }
    }
    let is_task = |task: &TaskIx| task.index() < tasks && graph.node(*task).is_open_task();
    let first = |task: &TaskIx| {
        graph.node(*task).state == crate::document::State::Doing && !behind[task.index()]
    };
    let mut tasks: Vec<TaskIx> = order.into_iter().filter(is_task).collect();
    tasks.sort_by_key(|task| !first(task));
    tasks
}

/// Without `./`, a trailing `/` and repeated `/`.
fn normal(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if !normal.is_empty() {
            normal.push('/');
        }
        normal.push_str(part);
    }
    normal
}

fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The path itself, or for a glob the folder before its first sign.
fn literal_folder(path: &str) -> &str {
    match path.find(['*', '?', '[']) {
        None => path,
        Some(sign) => path[..sign].rfind('/').map_or("", |slash| &path[..slash]),
    }
}

/// `a/b`, `a` and `` for `a/b/c`.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!path.is_empty()).then_some(path);
    std::iter::from_fn(move || {
        let path = rest?;
        let above = path.rfind('/').map_or("", |slash| &path[..slash]);
        rest = (!above.is_empty()).then_some(above);
        Some(above)
    })
}

/// Whether a claim on one path or glob may concern the other.
fn touches(name: &str, path: &str) -> bool {
    name == path
        || overlap(name, path)
        || path.starts_with(name) && path[name.len()..].starts_with('/')
}

/// Whether some path may match both: part by part, `**` any number of parts. Two parts
/// with signs overlap unless their fixed ends exclude each other.
fn overlap(one: &str, other: &str) -> bool {
    let one: Vec<&str> = one.split('/').collect();
    let other: Vec<&str> = other.split('/').collect();
    parts_overlap(&one, &other)
}

fn parts_overlap(one: &[&str], other: &[&str]) -> bool {
    // Reachable pairs of positions; every cell is looked at once.
    let mut reached = vec![false; (one.len() + 1) * (other.len() + 1)];
    let at = |i: usize, j: usize| i * (other.len() + 1) + j;
    reached[at(0, 0)] = true;
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            if !reached[at(i, j)] {
                continue;
            }
            let (left, right) = (one.get(i).copied(), other.get(j).copied());
            if left == Some("**") {
                reached[at(i + 1, j)] = true;
            }
            if right == Some("**") {
                reached[at(i, j + 1)] = true;
            }
            if let (Some(left), Some(right)) = (left, right)
                && part_overlaps(left, right)
            {
                let stay_left = if left == "**" { i } else { i + 1 };
                let stay_right = if right == "**" { j } else { j + 1 };
                reached[at(i + 1, j + 1)] = true;
                reached[at(stay_left, j + 1)] = true;
                reached[at(i + 1, stay_right)] = true;
            }
        }
    }
    reached[at(one.len(), other.len())]
}

fn part_overlaps(one: &str, other: &str) -> bool {
    let signs = ['*', '?', '['];
    match (one.find(signs), other.find(signs)) {
        (None, None) => one == other,
        _ if one == "**" || other == "**" => true,
        _ => {
            let ends = |part: &str| {
                let head = part.find(signs).unwrap_or(part.len());
                let tail = part.rfind(['*', '?', ']']).map_or(0, |sign| sign + 1);
                (part[..head].to_owned(), part[tail..].to_owned(), tail > 0)
            };
            let (head, tail, open) = ends(one);
            let (other_head, other_tail, other_open) = ends(other);
            let heads = head.starts_with(&other_head) || other_head.starts_with(&head);
            let tails = match (open, other_open) {
                (true, true) => tail.ends_with(&other_tail) || other_tail.ends_with(&tail),
                (true, false) => other.ends_with(&tail) && other.len() >= head.len() + tail.len(),
                (false, true) => {
                    one.ends_with(&other_tail) && one.len() >= other_head.len() + other_tail.len()
                }
                (false, false) => one == other,
            };
            heads && tails
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_overlap_where_a_path_may_match_both() {
        for (one, other, expect) in [
            ("src/*.rs", "src/a.rs", true),
            ("src/*.rs", "src/a.ts", false),
            ("src/*.rs", "src/deep/a.rs", false),
            ("src/**", "src/deep/a.rs", true),
            ("src/**/*.rs", "src/a.rs", true),
            ("src/**/*.rs", "src/x/y/a.rs", true),
            ("src/**/*.rs", "src/**/*.ts", false),
            ("src/**/*.rs", "src/api/*.rs", true),
            ("src/*_test.rs", "src/a*.rs", true),
            ("a/*", "b/*", false),
            ("**/Cargo.toml", "crates/x/Cargo.toml", true),
            ("src/?.rs", "src/a.rs", true),
            ("*", "*", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(overlap(one, other), expect, "{one} and {other}");
            assert_eq!(overlap(other, one), expect, "{other} and {one}");
        }
    }

    #[test]
    fn paths_are_compared_without_decoration() {
        assert_eq!(normal("./src//lib.rs"), "src/lib.rs");
        assert_eq!(normal("src/"), "src");
        assert_eq!(folders_above("a/b/c").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders_above("a").collect::<Vec<_>>(), [""]);
        assert_eq!(literal_folder("src/*/a.rs"), "src");
        assert_eq!(literal_folder("**/a.rs"), "");
        assert_eq!(literal_folder("src/a.rs"), "src/a.rs");
    }

    #[test]
    fn holds_share_as_the_table_says() {
        use Hold::{Exclusive, ReaderInside, Shared, WriterInside};
        for (one, other, expect) in [
            (Exclusive, Exclusive, false),
            (Exclusive, ReaderInside, false),
            (Shared, Shared, true),
            (Shared, ReaderInside, true),
            (Shared, WriterInside, false),
            (WriterInside, WriterInside, true),
            (WriterInside, ReaderInside, true),
        ] {
            assert_eq!(shares(one, other), expect, "{one:?} {other:?}");
            assert_eq!(shares(other, one), expect, "{other:?} {one:?}");
        }
        assert_eq!(both(Shared, WriterInside), Exclusive);
    }
}
