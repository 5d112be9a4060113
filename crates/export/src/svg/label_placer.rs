//! Who has taken which room, so that no label is drawn over another.

use alloc::{vec, vec::Vec};

/// Width of the columns in which taken room is looked up.
const COLUMN: f64 = 64.0;

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Room {
    /// Room around a point.
    pub(super) fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self { x: x - width / 2.0, y: y - height / 2.0, width, height }
    }

    fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// The room of a picture.
pub(super) struct LabelPlacer {
    columns: Vec<Vec<Room>>,
    width: f64,
}

impl LabelPlacer {
    pub(super) fn new(width: f64) -> Self {
        Self { columns: vec![Vec::new(); (width / COLUMN) as usize + 1], width }
    }

    fn columns(&self, room: Room) -> core::ops::RangeInclusive<usize> {
        let last = self.columns.len() - 1;
        let column = |x: f64| ((x.max(0.0) / COLUMN) as usize).min(last);
        column(room.x)..=column(room.x + room.width)
    }

    /// Whether nothing is there, and it is within the picture.
    pub(super) fn is_free(&self, room: Room) -> bool {
        let inside = room.x >= 0.0 && room.x + room.width <= self.width;
        inside && !self.columns(room).any(|column| self.columns[column].iter().any(|taken| taken.overlaps(room)))
    }

    /// Takes room, free or not.
    pub(super) fn take(&mut self, room: Room) {
        for column in self.columns(room) {
            self.columns[column].push(room);
        }
    }

    /// The first of these that is free, which is then taken.
    pub(super) fn first_free(&mut self, mut rooms: impl Iterator<Item = Room>) -> Option<Room> {
        let room = rooms.find(|room| self.is_free(*room))?;
        self.take(room);
        Some(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_not_given_again_and_nothing_outside_is() {
        let mut space = LabelPlacer::new(500.0);
        let at = |x, y| Room { x, y, width: 100.0, height: 10.0 };
        space.take(at(50.0, 0.0));
        assert!(!space.is_free(at(149.0, 9.0)) && space.is_free(at(150.0, 0.0)) && space.is_free(at(50.0, 10.0)));
        assert!(!space.is_free(at(401.0, 50.0)) && !space.is_free(at(-1.0, 50.0)));
        let given = space.first_free([at(60.0, 5.0), at(200.0, 5.0)].into_iter()).unwrap();
        assert_eq!(given.x, 200.0);
        assert!(space.first_free([at(60.0, 5.0), at(200.0, 5.0)].into_iter()).is_none());
    }
}
