//! The diagram as DOT text, for Graphviz.

use super::{Diagram, Edge, Kind, Look, Node, Style};

/// The text of a digraph.
pub(crate) fn render(diagram: &Diagram) -> String {
    let mut text = String::from("digraph plan {\n");
    text.push_str("  compound=true; rankdir=TB; nodesep=0.25; ranksep=0.45;\n");
    text.push_str("  graph [fontname=\"Helvetica\", fontsize=12, labeljust=l];\n");
    text.push_str("  node [fontname=\"Helvetica\", fontsize=11, style=filled, shape=box];\n");
    text.push_str("  edge [color=\"#868e96\", arrowsize=0.7];\n");
    text.push_str(&format!("  label={}; labelloc=t;\n", quoted(&diagram.title)));
    for (at, block) in diagram.blocks.iter().enumerate() {
        let members: Vec<usize> =
            (0..diagram.nodes.len()).filter(|node| diagram.nodes[*node].block == at).collect();
        if members.is_empty() {
            continue;
        }
        text.push_str(&format!("  subgraph cluster_{at} {{\n"));
        if block.title.is_empty() {
            text.push_str("    style=invis;\n");
        } else {
            let label = format!("{}  {}/{}", block.title, block.closed, block.total);
            text.push_str(&format!(
                "    label={}; color=\"#ced4da\"; style=rounded;\n",
                quoted(&label)
            ));
        }
        for node in members {
            text.push_str(&format!("    n{node} [{}];\n", attributes(&diagram.nodes[node])));
        }
        text.push_str("  }\n");
    }
    for edge in &diagram.block_edges {
        let member = |block: usize, last: bool| {
            let mut nodes = (0..diagram.nodes.len()).filter(|at| diagram.nodes[*at].block == block);
            if last { nodes.next_back() } else { nodes.next() }
        };
        if let (Some(from), Some(to)) = (member(edge.from, true), member(edge.to, false)) {
            text.push_str(&format!(
                "  n{from} -> n{to} [ltail=cluster_{}, lhead=cluster_{}, penwidth=2{}];\n",
                edge.from,
                edge.to,
                look_of(edge)
            ));
        }
    }
    for edge in &diagram.edges {
        let look = look_of(edge);
        let look = look.strip_prefix(", ").unwrap_or(&look);
        text.push_str(&format!("  n{} -> n{} [{look}];\n", edge.from, edge.to));
    }
    text.push_str("}\n");
    text
}

fn look_of(edge: &Edge) -> String {
    let mut look = String::new();
    match edge.style {
        Style::Stated => {}
        Style::Implied if edge.critical => {}
        Style::Implied => look.push_str(", color=\"#adb5bd\""),
        Style::Apart => look.push_str(", style=dashed"),
    }
    if edge.critical {
        look.push_str(", color=\"#d9480f\", penwidth=2.4");
    }
    look
}

fn attributes(node: &Node) -> String {
    if node.kind == Kind::Dot {
        return "shape=point, width=0.08, label=\"\"".to_owned();
    }
    let (fill, line, shape) = match node.look {
        Look::Todo => ("#f8f9fa", "#868e96", "box"),
        Look::Ready => ("#e7f5ff", "#1c7ed6", "box"),
        Look::Doing => ("#d0ebff", "#1864ab", "cds"),
        Look::Done => ("#d3f9d8", "#2b8a3e", "note"),
        Look::Blocked => ("#ffe3e3", "#c92a2a", "octagon"),
        Look::Unreachable => ("#fff3bf", "#e67700", "hexagon"),
        Look::Cancelled => ("#f1f3f5", "#adb5bd", "parallelogram"),
    };
    let shape = if node.kind == Kind::Container { "oval" } else { shape };
    let mut label = super::text::wrap(&node.title, 1900, 3).join("\n");
    if let Some(id) = &node.id {
        label = format!("{id}\n{label}");
    }
    if !node.note.is_empty() {
        label = format!("{label}\n({})", node.note);
    }
    let width = if node.critical { ", penwidth=2.4" } else { "" };
    format!(
        "label={}, tooltip={}, shape={shape}, fillcolor=\"{fill}\", color=\"{line}\"{width}",
        quoted(&label),
        quoted(&node.title)
    )
}

/// A DOT string: only the quote and the backslash mean something, and line ends are `\n`.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn strings_hold_any_text() {
        assert_eq!(quoted("a \"b\" c\\d\ne\tf"), r#""a \"b\" c\\d\ne f""#);
    }
}
