//! Where each box of a picture stands: a column for each rank that there is, and within it such an order that few lines cross.

use super::{BOX, GAP, MARGIN, MOST};
use crate::report::drawing::Drawing;

/// So often each column is put in the order of its neighbours, from left to right and back.
const SWEEPS: usize = 4;

/// The upper left corner of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) x: u32,
    pub(super) y: u32,
}

/// Every box, and the size of it all.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) spots: Vec<Spot>,
    pub(super) size: (u32, u32),
}

impl Layout {
    /// `None` where there are too many.
    pub(super) fn of(drawing: &Drawing) -> Option<Self> {
        let count = drawing.nodes.len();
        if count > MOST {
            return None;
        }
        let mut columns = columns(drawing);
        let mut beside: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (from, to) in &drawing.edges {
            beside[*from].push(*to);
            beside[*to].push(*from);
        }
        let mut height = vec![0.0_f64; count];
        place(&columns, &mut height);
        for sweep in 0..SWEEPS {
            let order: Vec<usize> =
                if sweep % 2 == 0 { (0..columns.len()).collect() } else { (0..columns.len()).rev().collect() };
            for at in order {
                // Each box where its neighbours are on the average; without one it stays.
                let wanted = |node: &usize| {
                    let all = &beside[*node];
                    let sum: f64 = all.iter().map(|other| height[*other]).sum();
                    if all.is_empty() { height[*node] } else { sum / f64::from(u32::try_from(all.len()).unwrap_or(1)) }
                };
                let mut column: Vec<(f64, usize)> = columns[at].iter().map(|node| (wanted(node), *node)).collect();
                column.sort_by(|(a, one), (b, other)| a.total_cmp(b).then(one.cmp(other)));
                columns[at] = column.into_iter().map(|(_, node)| node).collect();
                place(&columns, &mut height);
            }
        }
        let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let step = (BOX.0 + GAP.0, BOX.1 + GAP.1);
        let mut spots = vec![Spot { x: 0, y: 0 }; count];
        for (at, column) in columns.iter().enumerate() {
            let above = number(tallest - column.len()) * step.1 / 2;
            for (row, node) in column.iter().enumerate() {
                spots[*node] = Spot { x: MARGIN + number(at) * step.0, y: MARGIN + above + number(row) * step.1 };
            }
        }
        let size = |count: usize, step: u32, gap: u32| (2 * MARGIN + number(count) * step).saturating_sub(gap);
        Some(Self { spots, size: (size(columns.len(), step.0, GAP.0), size(tallest, step.1, GAP.1)) })
    }
}

/// The nodes of each rank, those without any left out.
fn columns(drawing: &Drawing) -> Vec<Vec<usize>> {
    let mut by_rank = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    for (at, node) in drawing.nodes.iter().enumerate() {
        by_rank.entry(node.rank).or_default().push(at);
    }
    by_rank.into_values().collect()
}

/// The middle of each box, in rows; every column around the same middle.
fn place(columns: &[Vec<usize>], height: &mut [f64]) {
    for column in columns {
        let half = f64::from(u32::try_from(column.len()).unwrap_or(u32::MAX)) / 2.0;
        for (row, node) in (0_u32..).zip(column) {
            height[*node] = f64::from(row) - half;
        }
    }
}
