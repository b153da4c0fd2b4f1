//! Obsidian Tasks: emoji fields, any mark.

use super::{Dialect, Evidence, MarkMeaning, Profile, State, TitleRule, Verdict};

/// The defaults.
pub(super) const PROFILE: Profile = Profile {
    dialect: Dialect::Obsidian,
    name: "obsidian",
    any_mark: true,
    title: TitleRule::Obsidian,
    marks: &[
        ("/", MarkMeaning::Is(State::Doing)),
        ("-", MarkMeaning::Is(State::Cancelled)),
        ("!", MarkMeaning::Unknown),
        ("~", MarkMeaning::Unknown),
    ],
    detect,
    ..Profile::PLAIN
};

fn detect(evidence: &Evidence<'_>) -> Option<Verdict> {
    let fields = evidence.boxes_with(|text| {
        [
            "🆔",
            "⛔",
            "📅",
            "⏫",
            "🔼",
            "🔽",
            "🔺",
            "🛫",
            "➕",
            "⏳ 20",
            "🔁",
            "[due::",
            "[dependsOn::",
            "[id::",
            "[scheduled::",
        ]
        .iter()
        .any(|sign| text.contains(sign))
    });
    let tags = evidence.boxes_with(|text| text.contains("#task"));
    if fields >= 1 && fields + tags >= 2 {
        return Some(Verdict::new(95, format!("{fields} boxes with emoji or data-view fields")));
    }
    if tags >= 2 {
        return Some(Verdict::new(90, format!("{tags} boxes with #task")));
    }
    (evidence.contains(b"```tasks\n") || (fields >= 1 && evidence.survey.boxes.len() <= 3))
        .then(|| Verdict::new(80, "a ```tasks query or an emoji field"))
}
