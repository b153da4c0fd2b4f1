//! Which boxes are tasks, and which only check one.

use crate::dialect::{BoxRule, Dialect};
use crate::document::CheckKind;

use super::text::words;
use super::walk::Walk;

/// What a box is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Task,
    Criterion,
    Step,
    Gate,
}

impl Role {
    pub(crate) fn kind(self) -> CheckKind {
        match self {
            Role::Criterion => CheckKind::Criterion,
            Role::Gate => CheckKind::Gate,
            Role::Step | Role::Task => CheckKind::Step,
        }
    }
}

/// What a label line says of the boxes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// `**Acceptance Criteria**:` says what they are.
    Says(Role),
    /// `**Backend**:` only groups them; the heading above may say what they are.
    Groups,
}

impl Label {
    /// What the label itself says.
    pub(crate) fn said(self) -> Option<Role> {
        match self {
            Label::Says(role) => Some(role),
            Label::Groups => None,
        }
    }

    /// What boxes below a bullet of a task are: its steps, unless the label says better.
    pub(crate) fn below_task(self) -> Role {
        self.said().unwrap_or(Role::Step)
    }
}

/// Reads a label line (`**Acceptance Criteria**:`).
///
/// A line is a label when a colon ends it or it is bold throughout.
pub(crate) fn label(text: &str) -> Option<Label> {
    let trimmed = text.trim();
    let closed =
        trimmed.ends_with([':', '：']) || trimmed.ends_with(":**") || trimmed.ends_with("**");
    let named = trimmed.starts_with("**") && trimmed.len() < 120;
    if !(closed || named) || trimmed.len() > 160 {
        return None;
    }
    let said = words(trimmed);
    of_words(said.trim_end_matches([':', '：', '*', ' ']))
        .map(Label::Says)
        .or_else(|| closed.then_some(Label::Groups))
}

/// What a heading or label means for boxes below it.
pub(crate) fn of_words(words: &str) -> Option<Role> {
    let has = |word: &str| words.contains(word);
    if is_gate(words) {
        return Some(Role::Gate);
    }
    if has("acceptance")
        || has("done when")
        || has("criteria")
        || has("success metric")
        || has("验收")
        || has("受け入れ")
    {
        return Some(Role::Criterion);
    }
    let step = [
        "progress",
        "steps",
        "subtasks",
        "sub-tasks",
        "tasks",
        "todo",
        "implementation",
        "checklist",
        "next steps",
        "do",
    ];
    step.iter()
        .any(|word| words == *word || words.starts_with(&format!("{word} ")))
        .then_some(Role::Step)
}

/// Document-level gates by name, wherever they stand.
fn is_gate(words: &str) -> bool {
    [
        "definition of done",
        "validation checklist",
        "quality gate",
        "quality checklist",
        "review checklist",
        "verification checklist",
        "acceptance checklist",
        "review & acceptance",
        "release exit",
        "exit gate",
        "dod",
    ]
    .iter()
    .any(|gate| {
        words == *gate || words.starts_with(gate) || (gate.len() > 8 && words.contains(gate))
    })
}

/// Where tasks are headings, boxes of the document under these are gates: `Success Criteria`,
/// `Done when (all of it)`, `Release Checklist`, 验收清单.
fn is_document_gate(words: &str) -> bool {
    let phase = super::headings::is_phase(words);
    is_gate(words)
        || (!phase
            && [
                "criteria",
                "acceptance",
                "done when",
                "checklist",
                "sign-off",
                "signoff",
                "success metrics",
                "验收",
                "完成标准",
                "检查清单",
                "受け入れ",
                "完了条件",
                "チェックリスト",
            ]
            .iter()
            .any(|word| words.contains(word)))
}

/// What a plan must have reached: where its tasks have ids, boxes without one below this are gates.
fn is_outcome(words: &str) -> bool {
    ["success criteria", "acceptance criteria", "exit criteria", "success metrics"]
        .iter()
        .any(|outcome| words.starts_with(outcome))
        || matches!(words.rsplit(' ').next(), Some("gate" | "gates"))
}

/// In spec-kit any heading with these words has gates below it.
fn is_speckit_gate(words: &str) -> bool {
    is_gate(words)
        || [
            "checklist",
            "gate",
            "validation",
            "criteria",
            "acceptance",
            "sign-off",
            "readiness",
            "verification",
            "success metrics",
        ]
        .iter()
        .any(|word| words.contains(word))
}

impl Walk<'_> {
    /// What a box at the current place is.
    pub(crate) fn role(&self, has_id: bool) -> Role {
        if self.file_task.is_some() {
            return self.file_role();
        }
        if has_id
            && !self.frames.iter().any(|frame| frame.role.is_some_and(|role| role != Role::Task))
        {
            return Role::Task;
        }
        if let Some(role) = self.frame_role() {
            return role;
        }
        if self.owner_of_boxes().is_some() {
            return self.owned_role(has_id);
        }
        if self.column.is_some() && self.inside_task() {
            return Role::Step;
        }
        if !has_id && !self.inside_task() {
            return self.document_role();
        }
        Role::Task
    }

    /// A label bullet above, under a task: `- Acceptance:` with boxes below it.
    fn frame_role(&self) -> Option<Role> {
        let last = self.frames.last()?;
        let role = last.role?;
        (role != Role::Task && (self.inside_task() || role != Role::Step)).then_some(role)
    }

    fn file_role(&self) -> Role {
        if let Some(role) = self.label {
            return role;
        }
        self.headings
            .iter()
            .rev()
            // The title names the task; its words are about the work.
            .filter(|&&heading| self.document.headings[heading].level > 1)
            .find_map(|&heading| of_words(&words(&self.document.headings[heading].text)))
            .filter(|role| *role != Role::Task)
            .unwrap_or(Role::Step)
    }

    fn owned_role(&self, has_id: bool) -> Role {
        if has_id {
            return Role::Task;
        }
        let heading = self.headings.last().map(|&heading| &self.document.headings[heading]);
        let below = heading
            .filter(|heading| heading.task.is_none())
            .and_then(|heading| of_words(&words(&heading.text)));
        self.label.or(below).unwrap_or(Role::Step)
    }

    /// A box of the document itself, without id and owner.
    fn document_role(&self) -> Role {
        let role = self.below_headings.role.get().unwrap_or_else(|| self.role_below_headings());
        self.below_headings.role.set(Some(role));
        if role == Role::Task && self.label == Some(Role::Gate) { Role::Gate } else { role }
    }

    fn role_below_headings(&self) -> Role {
        let criteria = self.profile.boxes == BoxRule::CriterionUnderAcceptance
            && self.headings.iter().any(|&heading| {
                words(&self.document.headings[heading].text).starts_with("acceptance criteria")
            });
        if criteria {
            return Role::Criterion;
        }
        let gate = self.headings.iter().any(|&heading| {
            let words = words(&self.document.headings[heading].text);
            match self.profile.boxes {
                BoxRule::GateUnderChecklist => !self.is_title(heading) && is_speckit_gate(&words),
                BoxRule::Task if self.tasks_elsewhere() => {
                    !self.is_title(heading) && is_document_gate(&words)
                }
                BoxRule::Task | BoxRule::CriterionUnderAcceptance => {
                    !self.is_title(heading)
                        && (is_gate(&words)
                            || words.starts_with("done when")
                            || self.survey.has_ids() && is_outcome(&words))
                }
            }
        });
        if gate {
            return Role::Gate;
        }
        Role::Task
    }

    /// Whether the tasks of the file are headings, rows or cards, and boxes check them.
    fn tasks_elsewhere(&self) -> bool {
        matches!(
            self.profile.dialect,
            Dialect::Heading | Dialect::Table | Dialect::Kanban | Dialect::Superpowers
        )
    }

    /// The task a check belongs to.
    pub(crate) fn check_owner(&self) -> Option<usize> {
        self.file_task.or_else(|| self.enclosing_task()).or_else(|| self.owner_of_boxes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_boxes_are() {
        for (text, role) in [
            ("**Acceptance Criteria**:", Some(Label::Says(Role::Criterion))),
            ("**Done when:**", Some(Label::Says(Role::Criterion))),
            ("**Progress**:", Some(Label::Says(Role::Step))),
            ("**Steps:**", Some(Label::Says(Role::Step))),
            ("**Subtasks**", Some(Label::Says(Role::Step))),
            ("Definition of Done:", Some(Label::Says(Role::Gate))),
            ("**Backend**:", Some(Label::Groups)),
            ("just a sentence", None),
        ] {
            assert_eq!(label(text), role, "{text}");
        }
    }
}
