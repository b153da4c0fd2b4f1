//! Where everything stands: a layered layout in panels.
//!
//! From top to bottom. Blocks (phases) are panels, on levels by the order between
//! them; panels of one level stand side by side. Inside a panel nodes stand in
//! rows, each after all it waits for, at most so many in a row. A line that
//! passes rows gets a bend in each, and bends take part in everything as narrow
//! nodes, so that lines do not run through boxes.
//!
//! Then, a few times down and up: each row is sorted by the mean place of its
//! neighbours (fewer crossings; the best order seen is kept), and at last each
//! row is moved as near to its neighbours as its order and its panel allow: that
//! is a least-squares problem that pooling neighbours solves exactly.
//!
//! A block of nothing but chains would be a tall tower of single boxes; it is
//! written like text instead, from left to right, line by line.

use super::{Diagram, Edge, Kind};

/// Width of a node's box.
pub(super) const NODE_WIDTH: f64 = 196.0;
/// Height of a node's box.
pub(super) const NODE_HEIGHT: f64 = 58.0;
/// Height of the box of a parent.
pub(super) const PARENT_HEIGHT: f64 = 30.0;
/// A dot with room for the lines around it.
const DOT: f64 = 30.0;
const BEND: f64 = 6.0;
const GAP: f64 = 16.0;
const ROW_GAP: f64 = 34.0;
/// Between rows without a line between them.
const ROW_GAP_PLAIN: f64 = 12.0;
const PANEL_PADDING: f64 = 16.0;
/// Height of a panel's heading.
pub(super) const PANEL_TITLE: f64 = 26.0;
const PANEL_GAP: f64 = 30.0;
/// Nodes side by side, over all panels of a level.
const COLUMNS: usize = 6;
/// Panels side by side.
const PANELS: usize = 4;
const SWEEPS: usize = 10;

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Place {
    pub(super) fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// Where everything stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// Beside [`Diagram::nodes`].
    pub(super) nodes: Vec<Place>,
    /// Beside [`Diagram::blocks`]; of no width when nothing of it is drawn.
    pub(super) blocks: Vec<Place>,
    /// Beside [`Diagram::edges`]: the bends, from top to bottom.
    pub(super) bends: Vec<Vec<Place>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A node or a bend.
#[derive(Debug, Clone, Copy)]
struct Item {
    row: usize,
    block: usize,
    width: f64,
    height: f64,
    /// Left edge.
    x: f64,
}

/// Lays a diagram out.
pub(super) fn lay_out(diagram: &Diagram) -> Layout {
    let mut plane = Plane::new(diagram);
    plane.bend_lines();
    plane.measure();
    plane.order();
    plane.settle();
    plane.finish()
}

struct Plane<'a> {
    diagram: &'a Diagram,
    items: Vec<Item>,
    /// Between items of neighbouring rows, upper first.
    links: Vec<(usize, usize)>,
    /// Beside the edges of the diagram: the items of its bends.
    bends: Vec<Vec<usize>>,
    /// Items of each block in each of its rows, in order.
    groups: Vec<Group>,
    /// The blocks of each level.
    levels: Vec<Vec<usize>>,
    level_of_row: Vec<usize>,
    /// Beside the blocks: written like text.
    written: Vec<bool>,
    panels: Vec<Place>,
    width: f64,
}

struct Group {
    block: usize,
    items: Vec<usize>,
}

impl<'a> Plane<'a> {
    fn new(diagram: &'a Diagram) -> Plane<'a> {
        let levels = levels(diagram);
        let mut items: Vec<Item> = diagram
            .nodes
            .iter()
            .map(|node| {
                let (width, height) = match node.kind {
                    Kind::Task | Kind::Phase { .. } => (NODE_WIDTH, NODE_HEIGHT),
                    Kind::Container => (NODE_WIDTH, PARENT_HEIGHT),
                    Kind::Dot => (DOT, DOT / 4.0),
                };
                Item { row: 0, block: node.block, width, height, x: 0.0 }
            })
            .collect();
        let mut first_row = 0;
        let mut level_of_row = Vec::new();
        let written: Vec<bool> =
            (0..diagram.blocks.len()).map(|block| is_chains(diagram, block)).collect();
        for (level, blocks) in levels.iter().enumerate() {
            let columns = (COLUMNS / blocks.len().max(1)).max(1);
            let mut rows_max = 0;
            for &block in blocks {
                let rows = match written[block] {
                    true => lines(diagram, block, columns, &mut items),
                    false => rows(diagram, block, columns, &mut items),
                };
                rows_max = rows_max.max(rows);
            }
            for item in items.iter_mut().filter(|item| blocks.contains(&item.block)) {
                item.row += first_row;
            }
            level_of_row.extend(std::iter::repeat_n(level, rows_max));
            first_row += rows_max;
        }
        let panels = vec![Place::default(); diagram.blocks.len()];
        Plane {
            diagram,
            items,
            links: Vec::new(),
            bends: vec![Vec::new(); diagram.edges.len()],
            groups: Vec::new(),
            levels,
            level_of_row,
            written,
            panels,
            width: 0.0,
        }
    }

    /// Gives each line that passes rows a bend in each of them.
    fn bend_lines(&mut self) {
        for (at, edge) in self.diagram.edges.iter().enumerate() {
            let (from, to) = (self.items[edge.from], self.items[edge.to]);
            if to.row <= from.row || from.block == to.block && self.written[from.block] {
                continue;
            }
            let mut above = edge.from;
            for row in from.row + 1..to.row {
                let block = self.block_on_the_way(row, from.block, to.block);
                self.items.push(Item { row, block, width: BEND, height: 0.0, x: 0.0 });
                let bend = self.items.len() - 1;
                self.links.push((above, bend));
                self.bends[at].push(bend);
                above = bend;
            }
            self.links.push((above, edge.to));
        }
        let mut index: std::collections::BTreeMap<(usize, usize), Vec<usize>> =
            std::collections::BTreeMap::new();
        for (at, item) in self.items.iter().enumerate() {
            index.entry((item.row, item.block)).or_default().push(at);
        }
        for items in index.values_mut() {
            items.sort_by(|one, other| self.items[*one].x.total_cmp(&self.items[*other].x));
        }
        self.groups = index.into_iter().map(|((_, block), items)| Group { block, items }).collect();
    }

    /// The panel that a line goes through: where it comes from or goes to, else the one that
    /// stands in about the same place of its level.
    fn block_on_the_way(&self, row: usize, from: usize, to: usize) -> usize {
        let here = &self.levels[self.level_of_row[row]];
        for block in [to, from] {
            if here.contains(&block) {
                return block;
            }
        }
        let rank = |block: usize| {
            let level = self.levels.iter().find(|level| level.contains(&block));
            level.map_or(0.5, |level| {
                let at = level.iter().position(|other| *other == block).unwrap_or(0);
                (at as f64 + 0.5) / level.len() as f64
            })
        };
        let at = (rank(from) * here.len() as f64) as usize;
        here[at.min(here.len() - 1)]
    }

    /// Panels as wide as their widest row, levels as wide as the widest.
    fn measure(&mut self) {
        let mut inner = vec![0.0f64; self.diagram.blocks.len()];
        for group in &self.groups {
            let width: f64 = group.items.iter().map(|item| self.items[*item].width + GAP).sum();
            inner[group.block] = inner[group.block].max(width - GAP);
        }
        let level_width = |blocks: &[usize]| -> f64 {
            let panels: f64 = blocks.iter().map(|block| inner[*block] + 2.0 * PANEL_PADDING).sum();
            panels + PANEL_GAP * (blocks.len().saturating_sub(1)) as f64
        };
        self.width = self.levels.iter().map(|blocks| level_width(blocks)).fold(0.0, f64::max);
        for blocks in &self.levels {
            let spare = (self.width - level_width(blocks)) / blocks.len().max(1) as f64;
            let mut x = 0.0;
            for &block in blocks {
                let width = inner[block] + 2.0 * PANEL_PADDING + spare;
                self.panels[block] = Place { x, width, ..Place::default() };
                x += width + PANEL_GAP;
            }
        }
        for group in &self.groups {
            spread(&mut self.items, &group.items, &self.panels[group.block]);
        }
        self.align(&inner);
    }

    /// Rows that no line enters or leaves begin where the widest of the panel does.
    fn align(&mut self, inner: &[f64]) {
        let mut linked = vec![false; self.items.len()];
        for &(upper, lower) in &self.links {
            (linked[upper], linked[lower]) = (true, true);
        }
        for group in &self.groups {
            let written = self.written[group.block];
            if !written && group.items.iter().any(|item| linked[*item]) {
                continue;
            }
            let panel = self.panels[group.block];
            let mut x = panel.x + (panel.width - inner[group.block]) / 2.0;
            for &item in &group.items {
                self.items[item].x = x;
                x += self.items[item].width + GAP;
            }
        }
    }

    fn middle(&self, item: usize) -> f64 {
        self.items[item].x + self.items[item].width / 2.0
    }

    /// Sorts rows by the mean place of their neighbours, down and up in turns.
    fn order(&mut self) {
        let (above, below) = self.neighbours();
        let mut best: Vec<Vec<usize>> = self.snapshot();
        let mut fewest = self.crossings();
        for sweep in 0..SWEEPS {
            if fewest == 0 {
                break;
            }
            let down = sweep % 2 == 0;
            let neighbours = if down { &above } else { &below };
            let order: Vec<usize> = match down {
                true => (0..self.groups.len()).collect(),
                false => (0..self.groups.len()).rev().collect(),
            };
            for group in order {
                if !self.moves(group, &above, &below) {
                    continue;
                }
                let mut items = std::mem::take(&mut self.groups[group].items);
                let mut keyed: Vec<(f64, usize)> = items
                    .iter()
                    .map(|&item| (self.mean(&neighbours[item]).unwrap_or(self.middle(item)), item))
                    .collect();
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                items.clear();
                items.extend(keyed.into_iter().map(|(_, item)| item));
                spread(&mut self.items, &items, &self.panels[self.groups[group].block]);
                self.groups[group].items = items;
            }
            let crossings = self.crossings();
            if crossings < fewest {
                fewest = crossings;
                best = self.snapshot();
            }
        }
        for (group, items) in best.into_iter().enumerate() {
            if self.moves(group, &above, &below) {
                spread(&mut self.items, &items, &self.panels[self.groups[group].block]);
                self.groups[group].items = items;
            }
        }
    }

    /// Whether lines draw a row to another place: not where there are none, and not where it
    /// is written like text.
    fn moves(&self, group: usize, above: &[Vec<usize>], below: &[Vec<usize>]) -> bool {
        let group = &self.groups[group];
        let linked = |item: &usize| !above[*item].is_empty() || !below[*item].is_empty();
        !self.written[group.block] && group.items.iter().any(linked)
    }

    fn snapshot(&self) -> Vec<Vec<usize>> {
        self.groups.iter().map(|group| group.items.clone()).collect()
    }

    fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut above = vec![Vec::new(); self.items.len()];
        let mut below = vec![Vec::new(); self.items.len()];
        for &(upper, lower) in &self.links {
            above[lower].push(upper);
            below[upper].push(lower);
        }
        (above, below)
    }

    fn mean(&self, items: &[usize]) -> Option<f64> {
        let sum: f64 = items.iter().map(|&item| self.middle(item)).sum();
        (!items.is_empty()).then(|| sum / items.len() as f64)
    }

    fn crossings(&self) -> usize {
        let mut by_row: std::collections::BTreeMap<usize, Vec<(f64, f64)>> =
            std::collections::BTreeMap::new();
        for &(upper, lower) in &self.links {
            let line = (self.middle(upper), self.middle(lower));
            by_row.entry(self.items[upper].row).or_default().push(line);
        }
        let mut crossings = 0;
        for lines in by_row.values() {
            for (at, one) in lines.iter().enumerate() {
                let crossed = |other: &&(f64, f64)| (one.0 - other.0) * (one.1 - other.1) < 0.0;
                crossings += lines[at + 1..].iter().filter(crossed).count();
            }
        }
        crossings
    }

    /// Moves rows as near to their neighbours as order and panels allow.
    fn settle(&mut self) {
        let (above, below) = self.neighbours();
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            for at in 0..self.groups.len() {
                let group = if down { at } else { self.groups.len() - 1 - at };
                if !self.moves(group, &above, &below) {
                    continue;
                }
                let items = self.groups[group].items.clone();
                let wanted: Vec<Option<f64>> = items
                    .iter()
                    .map(|&item| {
                        let both: Vec<usize> =
                            above[item].iter().chain(&below[item]).copied().collect();
                        let near = if down { &above[item] } else { &below[item] };
                        self.mean(near).or_else(|| self.mean(&both))
                    })
                    .collect();
                if wanted.iter().all(Option::is_none) {
                    continue;
                }
                let targets: Vec<f64> = items
                    .iter()
                    .zip(&wanted)
                    .map(|(&item, wanted)| {
                        wanted.unwrap_or(self.middle(item)) - self.items[item].width / 2.0
                    })
                    .collect();
                let widths: Vec<f64> = items.iter().map(|&item| self.items[item].width).collect();
                let panel = self.panels[self.groups[group].block];
                let room = (panel.x + PANEL_PADDING, panel.x + panel.width - PANEL_PADDING);
                for (item, x) in items.into_iter().zip(nearest(&targets, &widths, room)) {
                    self.items[item].x = x;
                }
            }
        }
    }

    fn finish(self) -> Layout {
        let rows = self.level_of_row.len();
        let mut height = vec![0.0f64; rows];
        for item in &self.items {
            height[item.row] = height[item.row].max(item.height);
        }
        let mut linked = vec![false; rows];
        for &(upper, _) in &self.links {
            linked[self.items[upper].row] = true;
        }
        for item in self.items.iter().filter(|item| self.written[item.block]) {
            linked[item.row] = true;
        }
        let mut y = 0.0;
        let mut top = vec![0.0f64; rows];
        let mut panels = self.panels.clone();
        let mut start = 0.0;
        for row in 0..rows {
            let level = self.level_of_row[row];
            let first = row == 0 || self.level_of_row[row - 1] != level;
            let last = row + 1 == rows || self.level_of_row[row + 1] != level;
            if first {
                start = y;
                let titled = |block: &usize| !self.diagram.blocks[*block].title.is_empty();
                let title = self.levels[level].iter().any(titled);
                y += if title { PANEL_TITLE + 6.0 } else { PANEL_PADDING };
            }
            top[row] = y;
            y += height[row];
            if last {
                y += PANEL_PADDING;
                for &block in &self.levels[level] {
                    panels[block].y = start;
                    panels[block].height = y - start;
                }
                y += PANEL_GAP + 8.0;
            } else {
                y += if linked[row] { ROW_GAP } else { ROW_GAP_PLAIN };
            }
        }
        let place = |item: &Item| Place {
            x: item.x,
            // Smaller things stand in the middle of their row; bends pass through it.
            y: if item.height == 0.0 {
                top[item.row]
            } else {
                top[item.row] + (height[item.row] - item.height) / 2.0
            },
            width: item.width,
            height: if item.height == 0.0 { height[item.row] } else { item.height },
        };
        let nodes = self.items[..self.diagram.nodes.len()].iter().map(place).collect();
        let bends = self
            .bends
            .iter()
            .map(|bends| bends.iter().map(|bend| place(&self.items[*bend])).collect())
            .collect();
        Layout {
            nodes,
            blocks: panels,
            bends,
            width: self.width,
            height: (y - PANEL_GAP - 8.0).max(0.0),
        }
    }
}

/// Evenly from the middle of the panel, in order.
fn spread(items: &mut [Item], group: &[usize], panel: &Place) {
    let width: f64 = group.iter().map(|item| items[*item].width + GAP).sum::<f64>() - GAP;
    let mut x = panel.x + (panel.width - width) / 2.0;
    for &item in group {
        items[item].x = x;
        x += items[item].width + GAP;
    }
}

/// Left edges in the given order, apart by [`GAP`], within `room`, with the least sum of
/// squared distances from the targets: taking off what stands to the left turns it into
/// regression on a rising sequence, which pooling solves.
fn nearest(targets: &[f64], widths: &[f64], room: (f64, f64)) -> Vec<f64> {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(targets.len());
    // Pools of neighbours that move as one: sum of wishes, how many.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (target, width) in targets.iter().zip(widths) {
        offsets.push(offset);
        pools.push((target - offset, 1));
        offset += width + GAP;
        while let [.., left, right] = pools[..]
            && left.0 / left.1 as f64 > right.0 / right.1 as f64
        {
            pools.pop();
            if let Some(pool) = pools.last_mut() {
                *pool = (left.0 + right.0, left.1 + right.1);
            }
        }
    }
    let total = offset - GAP;
    let (low, high) = (room.0, (room.1 - total).max(room.0));
    pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n((pool.0 / pool.1 as f64).clamp(low, high), pool.1))
        .zip(offsets)
        .map(|(x, offset)| x + offset)
        .collect()
}

/// The blocks that are drawn, by level: each after those that go before it, at most
/// [`PANELS`] on a level.
fn levels(diagram: &Diagram) -> Vec<Vec<usize>> {
    let drawn: Vec<usize> = (0..diagram.blocks.len())
        .filter(|block| diagram.nodes.iter().any(|node| node.block == *block))
        .collect();
    let between = diagram
        .edges
        .iter()
        .map(|edge| (diagram.nodes[edge.from].block, diagram.nodes[edge.to].block));
    let whole = diagram.block_edges.iter().map(|edge| (edge.from, edge.to));
    // File order decides where phases go round in a circle, and lines back are drawn as such.
    let before: Vec<(usize, usize)> = between.chain(whole).filter(|(from, to)| from < to).collect();
    let mut level = vec![0usize; diagram.blocks.len()];
    for &block in &drawn {
        let above = before.iter().filter(|(_, to)| *to == block);
        level[block] = above.map(|(from, _)| level[*from] + 1).max().unwrap_or(0);
    }
    let mut levels: Vec<Vec<usize>> = Vec::new();
    let deepest = drawn.iter().map(|block| level[*block]).max().unwrap_or(0);
    for number in 0..=deepest {
        let blocks: Vec<usize> =
            drawn.iter().copied().filter(|block| level[*block] == number).collect();
        let size = |block: &usize| diagram.nodes.iter().filter(|node| node.block == *block).count();
        // A long block beside a short one wastes a column; alone it can be wide.
        let side_by_side = match blocks.iter().map(size).max() {
            Some(longest) if longest > 24 && blocks.len() > 1 && before.is_empty() => 2,
            _ => PANELS,
        };
        levels.extend(blocks.chunks(side_by_side).map(<[usize]>::to_vec));
    }
    levels
}

/// Whether inside the block every node has at most one before and one after it, and most
/// have one.
fn is_chains(diagram: &Diagram, block: usize) -> bool {
    let members = diagram.nodes.iter().filter(|node| node.block == block).count();
    let mut before = std::collections::BTreeSet::new();
    let mut after = std::collections::BTreeSet::new();
    let inside = |edge: &&Edge| {
        diagram.nodes[edge.from].block == block && diagram.nodes[edge.to].block == block
    };
    let inside: Vec<&Edge> = diagram.edges.iter().filter(inside).collect();
    // A cycle has as many lines as nodes, and is drawn as what it is.
    inside.len() > 2
        && inside.len() < members
        && inside.len() * 2 >= members
        && inside.iter().all(|edge| before.insert(edge.from) && after.insert(edge.to))
}

/// Writes the chains of a block line by line; how many lines.
fn lines(diagram: &Diagram, block: usize, columns: usize, items: &mut [Item]) -> usize {
    let next: std::collections::BTreeMap<usize, usize> = diagram
        .edges
        .iter()
        .filter(|edge| items[edge.from].block == block && items[edge.to].block == block)
        .map(|edge| (edge.from, edge.to))
        .collect();
    let follows: std::collections::BTreeSet<usize> = next.values().copied().collect();
    let members = (0..diagram.nodes.len()).filter(|node| diagram.nodes[*node].block == block);
    let mut count = 0;
    for first in members.filter(|node| !follows.contains(node)) {
        for node in std::iter::successors(Some(first), |node| next.get(node).copied()) {
            items[node].row = count / columns;
            // The order in the row, until places are given.
            items[node].x = (count % columns) as f64;
            count += 1;
        }
    }
    count.div_ceil(columns)
}

/// Gives the nodes of a block their rows, at most `columns` in each; how many rows.
fn rows(diagram: &Diagram, block: usize, columns: usize, items: &mut [Item]) -> usize {
    let inside: Vec<Edge> = diagram
        .edges
        .iter()
        .filter(|edge| items[edge.from].block == block && items[edge.to].block == block)
        .copied()
        .collect();
    let members: Vec<usize> =
        (0..diagram.nodes.len()).filter(|node| diagram.nodes[*node].block == block).collect();
    let mut waits: std::collections::BTreeMap<usize, usize> =
        members.iter().map(|node| (*node, 0)).collect();
    for edge in &inside {
        *waits.entry(edge.to).or_default() += 1;
    }
    let mut free: std::collections::BTreeSet<usize> =
        members.iter().copied().filter(|node| waits[node] == 0).collect();
    let mut left: std::collections::BTreeSet<usize> = members.iter().copied().collect();
    let mut earliest: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let mut full: Vec<usize> = Vec::new();
    // When only a cycle is left, its first node is taken as free.
    while let Some(node) = free.pop_first().or_else(|| left.first().copied()) {
        if !left.remove(&node) {
            continue;
        }
        let mut row = earliest.get(&node).copied().unwrap_or(0);
        let takes_room = diagram.nodes[node].kind != Kind::Dot;
        while takes_room && full.get(row).is_some_and(|count| *count >= columns) {
            row += 1;
        }
        if full.len() <= row {
            full.resize(row + 1, 0);
        }
        full[row] += usize::from(takes_room);
        items[node].row = row;
        for edge in inside.iter().filter(|edge| edge.from == node && left.contains(&edge.to)) {
            let earliest = earliest.entry(edge.to).or_insert(0);
            *earliest = (*earliest).max(row + 1);
            if let Some(waits) = waits.get_mut(&edge.to) {
                *waits -= 1;
                if *waits == 0 {
                    free.insert(edge.to);
                }
            }
        }
    }
    full.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_order_and_distance() {
        let room = (0.0, 1000.0);
        assert_eq!(nearest(&[100.0, 300.0], &[50.0, 50.0], room), [100.0, 300.0]);
        // Both want the same place: they share the way.
        assert_eq!(nearest(&[100.0, 100.0], &[50.0, 50.0], room), [67.0, 133.0]);
        assert_eq!(nearest(&[300.0, 100.0], &[50.0, 50.0], room), [167.0, 233.0]);
        assert_eq!(nearest(&[-50.0], &[50.0], room), [0.0]);
        assert_eq!(nearest(&[2000.0], &[50.0], room), [950.0]);
    }
}
