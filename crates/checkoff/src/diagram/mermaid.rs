//! The diagram as Mermaid text, for what renders it (GitHub, GitLab, Obsidian).

use super::{Diagram, Edge, Kind, Look, Node, Style};

/// The text of a flowchart.
pub(crate) fn render(diagram: &Diagram) -> String {
    let mut text = String::from("flowchart TD\n");
    for (at, block) in diagram.blocks.iter().enumerate() {
        let members: Vec<usize> =
            (0..diagram.nodes.len()).filter(|node| diagram.nodes[*node].block == at).collect();
        if members.is_empty() {
            continue;
        }
        let framed = is_framed(diagram, at);
        if framed {
            let title = if block.title.is_empty() { " " } else { &block.title };
            text.push_str(&format!("  subgraph b{at}[\"{}\"]\n", escape(title)));
        }
        for node in members {
            let indent = if framed { "    " } else { "  " };
            text.push_str(&format!("{indent}{}\n", node_text(node, &diagram.nodes[node])));
        }
        if framed {
            text.push_str("  end\n");
        }
    }
    let mut lines = 0;
    let mut critical = Vec::new();
    let mut line = |text: &mut String, from: String, arrow: &str, to: String, edge: &Edge| {
        text.push_str(&format!("  {from} {arrow} {to}\n"));
        if edge.critical {
            critical.push(lines.to_string());
        }
        lines += 1;
    };
    for edge in &diagram.block_edges {
        let arrow = if edge.style == Style::Implied { "-.->" } else { "==>" };
        if is_framed(diagram, edge.from) && is_framed(diagram, edge.to) {
            line(&mut text, format!("b{}", edge.from), arrow, format!("b{}", edge.to), edge);
        }
    }
    for edge in &diagram.edges {
        let arrow = match edge.style {
            Style::Stated | Style::Implied => "-->",
            Style::Apart => "-.->",
        };
        line(&mut text, format!("n{}", edge.from), arrow, format!("n{}", edge.to), edge);
    }
    if !critical.is_empty() {
        text.push_str(&format!(
            "  linkStyle {} stroke:#d9480f,stroke-width:3px\n",
            critical.join(",")
        ));
    }
    for look in Look::ALL.into_iter().filter(|look| diagram.uses(*look)) {
        text.push_str(&format!("  classDef {} {}\n", look.as_str(), class(look)));
    }
    text
}

/// A block is framed when it has a name or something points at it as a whole.
fn is_framed(diagram: &Diagram, block: usize) -> bool {
    let pointed = diagram.block_edges.iter().any(|edge| edge.from == block || edge.to == block);
    let drawn = diagram.nodes.iter().any(|node| node.block == block);
    drawn && (pointed || !diagram.blocks[block].title.is_empty())
}

fn node_text(at: usize, node: &Node) -> String {
    let label = match &node.id {
        Some(id) => format!("<b>{}</b> {}", escape(id), escape(&node.title)),
        None => escape(&node.title),
    };
    let note = match node.note.is_empty() {
        true => String::new(),
        false => format!("<br/><small>{}</small>", escape(&node.note)),
    };
    // A state is a shape too, not only a colour.
    let (open, close) = match (node.kind, node.look) {
        (Kind::Dot, _) => return format!("n{at}((\" \"))"),
        (Kind::Container, _) => ("([", "])"),
        (_, Look::Done) => ("[[", "]]"),
        (_, Look::Blocked | Look::Unreachable) => ("{{", "}}"),
        (_, Look::Doing) => ("(", ")"),
        (_, Look::Cancelled) => ("[/", "/]"),
        (_, Look::Todo | Look::Ready) => ("[", "]"),
    };
    format!("n{at}{open}\"{label}{note}\"{close}:::{}", node.look.as_str())
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Todo => "fill:#f8f9fa,stroke:#868e96,color:#212529",
        Look::Ready => "fill:#e7f5ff,stroke:#1c7ed6,stroke-width:2px,color:#1b3a57",
        Look::Doing => "fill:#d0ebff,stroke:#1864ab,stroke-width:2px,color:#10304d",
        Look::Done => "fill:#d3f9d8,stroke:#2b8a3e,color:#1b4a26",
        Look::Blocked => "fill:#ffe3e3,stroke:#c92a2a,stroke-width:2px,color:#5c1616",
        Look::Unreachable => "fill:#fff3bf,stroke:#e67700,stroke-dasharray:4,color:#5c3a00",
        Look::Cancelled => "fill:#f1f3f5,stroke:#adb5bd,stroke-dasharray:3,color:#868e96",
    }
}

/// Text between quotes: Mermaid reads `#name;` and `#number;` as characters.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '#' => escaped.push_str("#35;"),
            // Markdown strings and templates begin with these.
            '`' => escaped.push_str("#96;"),
            '{' => escaped.push_str("#123;"),
            '}' => escaped.push_str("#125;"),
            '\\' => escaped.push_str("#92;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn labels_hold_any_text() {
        assert_eq!(
            escape(r#"a "b" <c> #1 `d` {e}"#),
            "a #quot;b#quot; #lt;c#gt; #35;1 #96;d#96; #123;e#125;"
        );
        assert_eq!(escape("a\nb"), "a b");
    }
}
