//! Small plans, written as text.
//!
//! One task a line, `name: properties`, separated by `;`:
//! `needs a, b?, c~` (`?` = ended is enough, `~` = only not at the same time),
//! `uses x, y!` (`!` = alone), `checks 2`, `rank 7`, `safe`, `person`, `group`, `held`,
//! `unboxed`. A first line `policy: jobs 3; stop; continue; wait; rollup` may set the rest.

use std::collections::BTreeMap;

use checkoff_core::TaskIndex;
use checkoff_core::spec::{
    Action, Claim, Limits, Need, NeedKind, OnFailure, Place, Policy, RunSpec, TaskSpec,
};

/// Reads a plan.
pub(crate) fn plan(text: &str) -> RunSpec {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    let mut spec = RunSpec { limits: Limits { jobs: 1 }, ..RunSpec::default() };
    if let Some(policy) = lines.first().and_then(|line| line.strip_prefix("policy:")) {
        (spec.limits, spec.policy) = read_policy(policy);
        lines.remove(0);
    }
    let name_of = |line: &str| line.split(':').next().unwrap_or_default().trim().to_owned();
    let index: BTreeMap<String, TaskIndex> =
        lines.iter().map(|line| name_of(line)).zip((0..).map(TaskIndex)).collect();
    let mut resources = BTreeMap::new();
    for (line, item) in lines.iter().zip(0..) {
        let properties = line.split_once(':').map_or("", |(_, properties)| properties);
        let mut task = named(&name_of(line), item);
        for property in properties.split(';').map(str::trim).filter(|it| !it.is_empty()) {
            set(&mut task, property, &index, &mut resources);
        }
        spec.tasks.push(task);
    }
    spec.resources = u32::try_from(resources.len()).expect("few resources");
    spec
}

/// A shell task that needs nothing.
pub(crate) fn named(name: &str, item: u32) -> TaskSpec {
    TaskSpec {
        key: name.to_owned(),
        name: name.to_owned(),
        title: name.to_owned(),
        phase: None,
        place: Some(Place { file: 0, item, line: item + 1 }),
        needs: Vec::new(),
        claims: Vec::new(),
        action: Action::Shell { script: "true".to_owned(), shell: Vec::new() },
        done_when: Vec::new(),
        cwd: "/".to_owned(),
        env: Vec::new(),
        timeout_ms: None,
        estimate_ms: None,
        rank: 0,
        safe_to_repeat: false,
        files: Vec::new(),
    }
}

fn set(
    task: &mut TaskSpec,
    property: &str,
    index: &BTreeMap<String, TaskIndex>,
    resources: &mut BTreeMap<String, u32>,
) {
    let (word, rest) = property.split_once(' ').unwrap_or((property, ""));
    let list = || rest.split(',').map(str::trim).filter(|it| !it.is_empty());
    let number = || rest.trim().parse().expect("a number");
    match word {
        "needs" => task.needs.extend(list().map(|name| need(name, index))),
        "uses" => task.claims.extend(list().map(|name| claim(name, resources))),
        "checks" => {
            let count: usize = number();
            task.done_when = (0..count).map(|nth| format!("check {nth}")).collect();
        }
        "rank" => task.rank = rest.trim().parse().expect("a number"),
        "safe" => task.safe_to_repeat = true,
        "person" => task.action = Action::Person,
        "group" => task.action = Action::Group,
        "held" => task.action = Action::Held,
        "unboxed" => task.place = None,
        other => panic!("`{other}` is no property of a task"),
    }
}

fn need(name: &str, index: &BTreeMap<String, TaskIndex>) -> Need {
    let (name, kind) = match (name.strip_suffix('?'), name.strip_suffix('~')) {
        (Some(name), _) => (name, NeedKind::Ended),
        (_, Some(name)) => (name, NeedKind::Apart),
        _ => (name, NeedKind::Done),
    };
    Need { task: *index.get(name).unwrap_or_else(|| panic!("no task `{name}`")), kind }
}

fn claim(name: &str, resources: &mut BTreeMap<String, u32>) -> Claim {
    let (name, write) = match name.strip_suffix('!') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let next = u32::try_from(resources.len()).expect("few resources");
    Claim { resource: *resources.entry(name.to_owned()).or_insert(next), write }
}

fn read_policy(text: &str) -> (Limits, Policy) {
    let (mut limits, mut policy) = (Limits { jobs: 1 }, Policy::default());
    for property in text.split(';').map(str::trim) {
        match property.split_once(' ').unwrap_or((property, "")) {
            ("jobs", number) => limits.jobs = number.parse().expect("a number"),
            ("stop", _) => policy.on_failure = OnFailure::Stop,
            ("continue", _) => policy.on_failure = OnFailure::Continue,
            ("wait", _) => policy.wait_for_persons = true,
            ("rollup", _) => policy.rollup = true,
            (other, _) => panic!("`{other}` is no policy"),
        }
    }
    (limits, policy)
}
