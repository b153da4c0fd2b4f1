//! The diagram as an SVG picture that can stand in a document.
//!
//! It has its own background, so that it reads on light and on dark pages, and
//! turns dark where the page asks for it. A state is an icon and an outline, not
//! only a colour. Nothing is loaded from anywhere: system faces, no scripts.
//! Titles that are cut stand in full in the tooltip of their box.

use std::fmt::Write as _;

use super::layout::{self, Layout, NODE_WIDTH, PANEL_TITLE, Place};
use super::text::{width, wrap};
use super::{Diagram, Edge, Kind, Look, Node, Style};

const MARGIN: f64 = 24.0;
const HEADER: f64 = 62.0;
const LEGEND: f64 = 44.0;
/// Narrower, and the legend does not fit.
const WIDTH_MIN: f64 = 760.0;

/// Colours of a look: box, outline, text.
struct Colors {
    fill: &'static str,
    line: &'static str,
    ink: &'static str,
}

fn light(look: Look) -> Colors {
    let (fill, line, ink) = match look {
        Look::Todo => ("#ffffff", "#98a2b3", "#1f2937"),
        Look::Ready => ("#eef6ff", "#1c7ed6", "#123a5e"),
        Look::Doing => ("#d6ebff", "#1864ab", "#0b2c4d"),
        Look::Done => ("#e6f7ea", "#2b8a3e", "#1d4a2a"),
        Look::Blocked => ("#ffe8e6", "#c92a2a", "#5f1515"),
        Look::Cancelled => ("#f2f3f5", "#adb5bd", "#7a828b"),
        Look::Unreachable => ("#fff6d9", "#d9840b", "#5c3a00"),
    };
    Colors { fill, line, ink }
}

fn dark(look: Look) -> Colors {
    let (fill, line, ink) = match look {
        Look::Todo => ("#1c232d", "#768390", "#dde3ea"),
        Look::Ready => ("#15283d", "#539bf5", "#d6e8ff"),
        Look::Doing => ("#183a5c", "#6cb6ff", "#e3f0ff"),
        Look::Done => ("#16301f", "#57ab5a", "#cfe9d4"),
        Look::Blocked => ("#3d1a1a", "#e5534b", "#ffd9d6"),
        Look::Cancelled => ("#22272e", "#545d68", "#8b949e"),
        Look::Unreachable => ("#352a10", "#c69026", "#f3e2b5"),
    };
    Colors { fill, line, ink }
}

/// The picture.
pub(crate) fn render(diagram: &Diagram) -> String {
    let layout = layout::lay_out(diagram);
    let width = (layout.width + 2.0 * MARGIN).max(WIDTH_MIN);
    let height = layout.height + HEADER + LEGEND + 2.0 * MARGIN;
    let mut svg = String::with_capacity(4_000 + diagram.nodes.len() * 700);
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img" aria-labelledby="title">"#
    );
    let _ = writeln!(svg, "<title id=\"title\">{}</title>", escape(&diagram.title));
    style(&mut svg);
    definitions(&mut svg);
    let _ =
        writeln!(svg, r#"<rect class="page" width="{width:.0}" height="{height:.0}" rx="10"/>"#);
    header(&mut svg, diagram, width);
    let x = MARGIN + (width - 2.0 * MARGIN - layout.width).max(0.0) / 2.0;
    let _ = writeln!(svg, r#"<g transform="translate({x:.1} {:.1})">"#, MARGIN + HEADER);
    between_panels(&mut svg, diagram, &layout);
    panels(&mut svg, diagram, &layout);
    // Lines below boxes, the critical ones above the others.
    for critical in [false, true] {
        for (edge, bends) in diagram.edges.iter().zip(&layout.bends) {
            if edge.critical == critical {
                line(&mut svg, diagram, &layout, edge, bends);
            }
        }
    }
    for (node, place) in diagram.nodes.iter().zip(&layout.nodes) {
        draw(&mut svg, node, place);
    }
    svg.push_str("</g>\n");
    legend(&mut svg, diagram, height - LEGEND);
    svg.push_str("</svg>\n");
    svg
}

fn style(svg: &mut String) {
    svg.push_str("<style>\n");
    svg.push_str(
        "text{font-family:-apple-system,'Segoe UI','Helvetica Neue',Arial,'Noto Sans','DejaVu Sans',sans-serif}\n\
         .page{fill:#fbfcfd;stroke:#dde1e6}\n.panel{fill:#f1f4f7;stroke:#dbe1e8}\n\
         .head{fill:#101828;font-size:18px;font-weight:600}\n.sub{fill:#57606a;font-size:12.5px}\n\
         .phase{fill:#344054;font-size:13px;font-weight:600}\n.count{fill:#667085;font-size:12px}\n\
         .id{font-size:12px;font-weight:700}\n.text{font-size:11.5px}\n.note{font-size:10.5px;opacity:.8}\n\
         .line{fill:none;stroke:#98a2b3;stroke-width:1.4}\n.apart{stroke-dasharray:5 4}\n\
         .implied{stroke:#c3cad3}\n.whole{fill:none;stroke:#b4bdc9;stroke-width:3}\n\
         .critical{stroke:#e8590c;stroke-width:2.6}\n.ring{fill:none;stroke:#e8590c;stroke-width:2}\n\
         .tip{fill:#98a2b3}\n.tip-critical{fill:#e8590c}\n.tip-whole{fill:#b4bdc9}\n.dot{fill:#667085}\n.track{fill:#d5dbe3}\n",
    );
    for look in Look::ALL {
        rules(svg, look, &light(look));
    }
    svg.push_str(".cancelled .text{text-decoration:line-through}\n");
    svg.push_str("@media (prefers-color-scheme:dark){\n");
    svg.push_str(
        ".page{fill:#12161c;stroke:#2d343d}\n.panel{fill:#181e26;stroke:#2b333d}\n.head{fill:#e9edf2}\n\
         .sub,.count{fill:#9aa5b1}\n.phase{fill:#c6ced8}\n.line{stroke:#68737f}\n.implied{stroke:#434c57}\n\
         .whole{stroke:#4d5763}\n.tip{fill:#68737f}\n.tip-whole{fill:#4d5763}\n.critical,.ring{stroke:#ff8a4c}\n\
         .tip-critical{fill:#ff8a4c}\n.track{fill:#343d48}\n",
    );
    for look in Look::ALL {
        rules(svg, look, &dark(look));
    }
    svg.push_str("}\n</style>\n");
}

fn rules(svg: &mut String, look: Look, colors: &Colors) {
    let Colors { fill, line, ink } = colors;
    let name = look.as_str();
    let _ = writeln!(
        svg,
        ".{name} .box{{fill:{fill};stroke:{line}}} .{name} .mark{{stroke:{line}}} .{name} .full{{fill:{line}}} .{name} text{{fill:{ink}}}"
    );
}

fn definitions(svg: &mut String) {
    svg.push_str("<defs>\n");
    for (id, class) in [("a", "tip"), ("c", "tip-critical")] {
        let _ = writeln!(
            svg,
            r#"<marker id="{id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="{class}" d="M0 .6 7.4 4 0 7.4z"/></marker>"#
        );
    }
    for (id, class) in [("w", "tip-whole"), ("v", "tip-critical")] {
        let _ = writeln!(
            svg,
            r#"<marker id="{id}" viewBox="0 0 12 12" refX="9" refY="6" markerWidth="12" markerHeight="12" markerUnits="userSpaceOnUse" orient="auto"><path class="{class}" d="M0 0 11 6 0 12z"/></marker>"#
        );
    }
    svg.push_str("</defs>\n");
}

fn header(svg: &mut String, diagram: &Diagram, width_px: f64) {
    let room = ((width_px - 2.0 * MARGIN) / 18.0 * 100.0) as usize;
    let title = wrap(&diagram.title, room, 1).concat();
    let _ = writeln!(
        svg,
        r#"<text class="head" x="{MARGIN}" y="{:.1}">{}</text>"#,
        MARGIN + 16.0,
        escape(&title)
    );
    let _ = writeln!(
        svg,
        r#"<text class="sub" x="{MARGIN}" y="{:.1}">{}</text>"#,
        MARGIN + 37.0,
        escape(&diagram.subtitle)
    );
}

fn panels(svg: &mut String, diagram: &Diagram, layout: &Layout) {
    for (block, place) in diagram.blocks.iter().zip(&layout.blocks) {
        if place.width == 0.0 || block.title.is_empty() {
            continue;
        }
        let Place { x, y, width: w, height } = place;
        let _ = writeln!(
            svg,
            r#"<rect class="panel" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{height:.1}" rx="9"/>"#
        );
        let count = format!("{}/{}", block.closed, block.total);
        let room = ((w - 40.0 - width(&count) as f64 * 0.12) / 13.0 * 100.0).max(0.0) as usize;
        let _ = writeln!(
            svg,
            r#"<text class="phase" x="{:.1}" y="{:.1}">{}<title>{}</title></text>"#,
            x + 14.0,
            y + PANEL_TITLE - 6.0,
            escape(&wrap(&block.title, room, 1).concat()),
            escape(&block.title)
        );
        let _ = writeln!(
            svg,
            r#"<text class="count" text-anchor="end" x="{:.1}" y="{:.1}">{count}</text>"#,
            x + w - 14.0,
            y + PANEL_TITLE - 6.0
        );
    }
}

/// Order of whole phases: broad lines between panels, below them.
fn between_panels(svg: &mut String, diagram: &Diagram, layout: &Layout) {
    for edge in &diagram.block_edges {
        let (from, to) = (layout.blocks[edge.from], layout.blocks[edge.to]);
        if from.width == 0.0 || to.width == 0.0 || to.y <= from.y {
            continue;
        }
        let (class, tip) = match edge.critical {
            true => ("whole critical", "v"),
            false => ("whole", "w"),
        };
        let (x0, y0, x1, y1) = (from.middle(), from.bottom(), to.middle(), to.y);
        let bow = (y1 - y0) * 0.5;
        let _ = writeln!(
            svg,
            r#"<path class="{class}" marker-end="url(#{tip})" d="M{x0:.1} {y0:.1}C{x0:.1} {:.1} {x1:.1} {:.1} {x1:.1} {y1:.1}"/>"#,
            y0 + bow,
            y1 - bow
        );
    }
}

fn line(svg: &mut String, diagram: &Diagram, layout: &Layout, edge: &Edge, bends: &[Place]) {
    let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to]);
    let mut class = String::from("line");
    match edge.style {
        Style::Stated => {}
        Style::Implied => class.push_str(" implied"),
        Style::Apart => class.push_str(" apart"),
    }
    let tip = match edge.critical {
        true => {
            class.push_str(" critical");
            "c"
        }
        false => "a",
    };
    let start = from.middle() + port(diagram, layout, edge, true);
    let end = to.middle() + port(diagram, layout, edge, false);
    let mut path = String::new();
    let level = (from.y + from.height / 2.0 - to.y - to.height / 2.0).abs() < 1.0;
    if level && to.x > from.x {
        let y = from.y + from.height / 2.0;
        let _ = write!(path, "M{:.1} {y:.1}H{:.1}", from.x + from.width, to.x);
    } else if to.y <= from.y {
        // Back up: around the right side.
        let (x0, y0) = (from.x + from.width, from.y + from.height / 2.0);
        let (x1, y1) = (to.x + to.width, to.y + to.height / 2.0);
        let bow = 30.0 + (y0 - y1).abs() * 0.15;
        let out = x0.max(x1) + bow;
        let _ = write!(path, "M{x0:.1} {y0:.1}C{out:.1} {y0:.1} {out:.1} {y1:.1} {x1:.1} {y1:.1}");
    } else {
        let _ = write!(path, "M{start:.1} {:.1}", from.bottom());
        let (mut x, mut y) = (start, from.bottom());
        let ends = bends.iter().map(|bend| (bend.middle(), bend.y, bend.bottom()));
        for (next_x, top, bottom) in ends.chain([(end, to.y, to.y)]) {
            let bow = (top - y) * 0.5;
            let _ = write!(
                path,
                "C{x:.1} {:.1} {next_x:.1} {:.1} {next_x:.1} {top:.1}",
                y + bow,
                top - bow
            );
            if bottom > top {
                let _ = write!(path, "V{bottom:.1}");
            }
            (x, y) = (next_x, bottom);
        }
    }
    let marker = match diagram.nodes[edge.to].kind {
        Kind::Dot => String::new(),
        _ => format!(r#" marker-end="url(#{tip})""#),
    };
    let _ = writeln!(svg, r#"<path class="{class}"{marker} d="{path}"/>"#);
}

/// Where along the side of its box a line begins or ends, from the middle: lines that go
/// left begin left of those that go right.
fn port(diagram: &Diagram, layout: &Layout, edge: &Edge, out: bool) -> f64 {
    let own = if out { edge.from } else { edge.to };
    if diagram.nodes[own].kind == Kind::Dot {
        return 0.0;
    }
    let mut others: Vec<(f64, usize)> = diagram
        .edges
        .iter()
        .zip(&layout.bends)
        .filter(|(other, _)| if out { other.from == own } else { other.to == own })
        .map(|(other, bends)| {
            let far = if out { other.to } else { other.from };
            let bend = if out { bends.first() } else { bends.last() };
            (bend.map_or(layout.nodes[far].middle(), Place::middle), far)
        })
        .collect();
    others.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let far = if out { edge.to } else { edge.from };
    let at = others.iter().position(|(_, other)| *other == far).unwrap_or(0) as f64;
    let count = others.len() as f64;
    let step = (NODE_WIDTH * 0.5 / count).min(18.0);
    (at - (count - 1.0) / 2.0) * step
}

fn draw(svg: &mut String, node: &Node, place: &Place) {
    let Place { x, y, width: w, height: h } = *place;
    if node.kind == Kind::Dot {
        let _ = writeln!(
            svg,
            r#"<circle class="dot" cx="{:.1}" cy="{:.1}" r="3.5"><title>{}</title></circle>"#,
            place.middle(),
            y + h / 2.0,
            escape(&node.title)
        );
        return;
    }
    let _ =
        writeln!(svg, r#"<g class="{}" transform="translate({x:.1} {y:.1})">"#, node.look.as_str());
    let state = node.look.as_str();
    let name = node.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
    let _ = write!(svg, "<title>{}{} ({state})</title>", escape(&name), escape(&node.title));
    if node.critical {
        let _ = write!(
            svg,
            r#"<rect class="ring" x="-3" y="-3" width="{:.0}" height="{:.0}" rx="10"/>"#,
            w + 6.0,
            h + 6.0
        );
    }
    outline(svg, node, w, h);
    match node.kind {
        Kind::Container => {
            icon(svg, node.look, 15.0, h / 2.0);
            let label = match &node.id {
                Some(id) => format!("{id} {}", node.title),
                None => node.title.clone(),
            };
            let room = ((w - 40.0) / 11.5 * 100.0) as usize;
            let _ = write!(
                svg,
                r#"<text class="text" x="28" y="{:.1}">{}</text>"#,
                h / 2.0 + 4.0,
                escape(&wrap(&label, room, 1).concat())
            );
        }
        _ => label(svg, node, w),
    }
    if let Kind::Phase { closed, total } = node.kind {
        let full = (w - 24.0) * closed as f64 / total.max(1) as f64;
        let _ = write!(
            svg,
            r#"<rect class="track" x="12" y="{:.1}" width="{:.1}" height="4" rx="2"/><rect class="full" x="12" y="{:.1}" width="{full:.1}" height="4" rx="2"/>"#,
            h - 10.0,
            w - 24.0,
            h - 10.0
        );
    }
    svg.push_str("</g>\n");
}

/// The box: round for what is open, cut corners for what cannot go on.
fn outline(svg: &mut String, node: &Node, w: f64, h: f64) {
    let dash = match node.look {
        Look::Cancelled => r#" stroke-dasharray="3 3""#,
        Look::Unreachable => r#" stroke-dasharray="6 3""#,
        _ => "",
    };
    let weight = match node.look {
        Look::Todo | Look::Cancelled => 1.2,
        _ => 1.8,
    };
    let _ = match (node.kind, node.look) {
        (Kind::Container, _) => write!(
            svg,
            r#"<rect class="box" width="{w:.0}" height="{h:.0}" rx="{:.0}" stroke-width="{weight}"{dash}/>"#,
            h / 2.0
        ),
        (_, Look::Blocked | Look::Unreachable) => write!(
            svg,
            r#"<path class="box" stroke-width="{weight}"{dash} d="M10 0H{:.0}L{w:.0} 10V{:.0}L{:.0} {h:.0}H10L0 {:.0}V10z"/>"#,
            w - 10.0,
            h - 10.0,
            w - 10.0,
            h - 10.0
        ),
        _ => write!(
            svg,
            r#"<rect class="box" width="{w:.0}" height="{h:.0}" rx="7" stroke-width="{weight}"{dash}/>"#
        ),
    };
}

/// Id and note on the first line, the title below; without an id the title has it all.
fn label(svg: &mut String, node: &Node, w: f64) {
    icon(svg, node.look, 16.0, 17.0);
    let note_px = width(&node.note) as f64 * 0.105;
    let mut y = 21.0;
    if let Some(id) = &node.id {
        let room = ((w - 36.0 - note_px.min(90.0)) / 12.0 * 100.0) as usize;
        let _ = write!(
            svg,
            r#"<text class="id" x="29" y="{y:.0}">{}</text>"#,
            escape(&wrap(id, room, 1).concat())
        );
    }
    if !node.note.is_empty() {
        let note = wrap(&node.note, 860, 1).concat();
        let _ = write!(
            svg,
            r#"<text class="note" text-anchor="end" x="{:.0}" y="{y:.0}">{}</text>"#,
            w - 9.0,
            escape(&note)
        );
    }
    let phase = matches!(node.kind, Kind::Phase { .. });
    let lines = if phase { 1 } else { 2 };
    match (&node.id, node.note.is_empty()) {
        (Some(_), _) => {
            y += 15.5;
            for text in wrap(&node.title, ((w - 20.0) / 11.5 * 100.0) as usize, lines) {
                let _ =
                    write!(svg, r#"<text class="text" x="11" y="{y:.1}">{}</text>"#, escape(&text));
                y += 14.0;
            }
        }
        (None, bare) => {
            let first_room = if bare { w - 38.0 } else { w - 46.0 - note_px.min(90.0) };
            let room = (first_room / 11.5 * 100.0).max(300.0) as usize;
            for text in wrap(&node.title, room, lines) {
                let _ =
                    write!(svg, r#"<text class="text" x="29" y="{y:.1}">{}</text>"#, escape(&text));
                y += 14.0;
            }
        }
    }
}

/// The sign of a state, in a square of 14.
fn icon(svg: &mut String, look: Look, x: f64, y: f64) {
    let _ = write!(
        svg,
        r#"<g transform="translate({x:.1} {y:.1})" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">"#
    );
    svg.push_str(match look {
        Look::Todo => r#"<circle class="mark" r="5" fill="none"/>"#,
        Look::Ready => r#"<circle class="mark" r="5.6" fill="none"/><path class="full" d="M-1.8-3 3.2 0-1.8 3z"/>"#,
        Look::Doing => r#"<circle class="mark" r="5.4" fill="none"/><path class="full" d="M0-5.4A5.4 5.4 0 0 1 0 5.4z"/>"#,
        Look::Done => r#"<circle class="full" r="6.2"/><path d="M-3 .3-.8 2.5 3.1-2.1" fill="none" stroke="white"/>"#,
        Look::Blocked => r#"<path class="full" d="M-2.6-6.2H2.6L6.2-2.6V2.6L2.6 6.2H-2.6L-6.2 2.6V-2.6z"/><path d="M0-3V.6M0 3.1V3.2" fill="none" stroke="white"/>"#,
        Look::Cancelled => r#"<circle class="mark" r="5.2" fill="none"/><path class="mark" d="M-2.6 0H2.6"/>"#,
        Look::Unreachable => r#"<path class="mark" fill="none" d="M0-5.4 5.8 4.8H-5.8z"/><path class="mark" d="M0-1.6V1.4M0 3.3V3.4"/>"#,
    });
    svg.push_str("</g>");
}

fn legend(svg: &mut String, diagram: &Diagram, y: f64) {
    let mut x = MARGIN + 8.0;
    for look in Look::ALL.into_iter().filter(|look| diagram.uses(*look)) {
        let _ = write!(svg, r#"<g class="{}">"#, look.as_str());
        icon(svg, look, x, y);
        svg.push_str("</g>");
        let word = match look {
            Look::Unreachable => "out of reach",
            look => look.as_str(),
        };
        let _ = writeln!(
            svg,
            r#"<text class="sub" x="{:.1}" y="{:.1}">{word}</text>"#,
            x + 12.0,
            y + 4.0
        );
        x += 34.0 + width(word) as f64 * 0.125;
    }
    let mut samples: Vec<(&str, &str)> = Vec::new();
    let lines = || diagram.edges.iter().chain(&diagram.block_edges);
    let has = |style: Style| lines().any(|edge| edge.style == style && !edge.critical);
    samples.extend(lines().any(|edge| edge.critical).then_some(("line critical", "critical path")));
    samples.extend(has(Style::Stated).then_some(("line", "waits for")));
    samples.extend(has(Style::Implied).then_some(("line implied", "by convention")));
    samples.extend(has(Style::Apart).then_some(("line apart", "same files")));
    for (class, word) in samples {
        let _ = writeln!(
            svg,
            r#"<path class="{class}" d="M{x:.1} {y:.1}h24"/><text class="sub" x="{:.1}" y="{:.1}">{word}</text>"#,
            x + 31.0,
            y + 4.0
        );
        x += 50.0 + width(word) as f64 * 0.125;
    }
}

impl Diagram {
    /// Whether some node looks like this.
    pub(super) fn uses(&self, look: Look) -> bool {
        self.nodes.iter().any(|node| node.kind != Kind::Dot && node.look == look)
    }
}

/// Text of an element or an attribute; what XML cannot hold becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_is_safe_in_xml() {
        assert_eq!(escape("a<b>&\"c\"\u{1}\n"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd} ");
    }
}
