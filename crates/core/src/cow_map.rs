//! A sorted map that is cheap to copy.
//!
//! Acceptors and disks remember a vote for each slot, learners and the observer every ballot in which somebody voted, and a run
//! with a way back keeps hundreds of copies of all that. So the entries live in small pages, and a copy shares every page until
//! one of the two writes to it. New slots and ballots are mostly the highest so far: only the last page is ever busy.

use alloc::{sync::Arc, vec::Vec};
use core::cmp::Ordering;

/// Most entries on a page: few enough to copy one at a write, many enough that a copy of the map has few pages to share.
const PAGE: usize = 32;

/// A sorted map from `K` to `V`.
///
/// * Keys ascend, across pages too. No page is empty.
/// * A copy costs one reference for each page.
#[derive(Clone, Debug)]
pub(crate) struct CowMap<K, V> {
    pages: Vec<Arc<Vec<(K, V)>>>,
}

/// Equal entries, however they came to lie on their pages.
impl<K: PartialEq, V: PartialEq> PartialEq for CowMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.pages.iter().flat_map(|page| page.iter()).eq(other.pages.iter().flat_map(|page| page.iter()))
    }
}

impl<K: Eq, V: Eq> Eq for CowMap<K, V> {}

impl<K: PartialOrd, V: PartialOrd> PartialOrd for CowMap<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other.iter())
    }
}

impl<K: Ord, V: Ord> Ord for CowMap<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl<K, V> CowMap<K, V> {
    pub(crate) const fn new() -> Self {
        Self { pages: Vec::new() }
    }

    /// The entries, lowest key first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.pages.iter().flat_map(|page| page.iter())
    }

    /// Roughly how many bytes a copy of it takes that shares what it can.
    pub(crate) const fn approx_bytes(&self) -> usize {
        self.pages.len() * size_of::<usize>() + PAGE * size_of::<(K, V)>()
    }
}

impl<K, V> Default for CowMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Copy, V> CowMap<K, V> {
    /// The entry of `key`, if there is one.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let page = self.pages.get(self.pages_until(*key).checked_sub(1)?)?;
        let at = page.binary_search_by_key(key, |(key, _)| *key).ok()?;
        Some(&page[at].1)
    }

    /// How many pages begin at `key` or below. Mostly all do: looking at the last one spares a search that gets longer as a
    /// run does.
    fn pages_until(&self, key: K) -> usize {
        let begins = |page: &Arc<Vec<(K, V)>>| page.first().is_some_and(|(first, _)| *first <= key);
        if self.pages.last().is_none_or(begins) { self.pages.len() } else { self.pages.partition_point(begins) }
    }

    /// The last entry from `first` to `last`, both included, of which this is true.
    pub(crate) fn last_between(&self, first: K, last: K, is_it: impl Fn(&K, &V) -> bool) -> Option<&(K, V)> {
        for page in self.pages[..self.pages_until(last)].iter().rev() {
            for entry in page.iter().rev() {
                if entry.0 < first {
                    return None;
                }
                if entry.0 <= last && is_it(&entry.0, &entry.1) {
                    return Some(entry);
                }
            }
        }
        None
    }
}

impl<K: Ord + Copy, V: Clone> CowMap<K, V> {
    /// The entry of `key`, made if there is none.
    pub(crate) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let (entries, at) = self.place(key);
        let position = at.unwrap_or_else(|position| {
            entries.insert(position, (key, V::default()));
            position
        });
        &mut entries[position].1
    }

    /// The page that `key` is on, or belongs on and has room for it; and where on it.
    fn place(&mut self, key: K) -> (&mut Vec<(K, V)>, Result<usize, usize>) {
        let mut page = self.pages_until(key).saturating_sub(1);
        let mut at = match self.pages.get(page) {
            Some(entries) => entries.binary_search_by_key(&key, |(key, _)| *key),
            None => {
                self.pages.push(Arc::new(Vec::new()));
                Err(0)
            }
        };
        if let Err(position) = at
            && self.pages[page].len() == PAGE
        {
            // What only ever grows at the end fills its pages, and goes on sharing them; elsewhere a full page is halved.
            let grows = position == PAGE;
            let kept = if grows { PAGE } else { PAGE / 2 };
            let rest = if grows { Vec::new() } else { Arc::make_mut(&mut self.pages[page]).split_off(kept) };
            self.pages.insert(page + 1, Arc::new(rest));
            if position >= kept {
                (page, at) = (page + 1, Err(position - kept));
            }
        }
        (Arc::make_mut(&mut self.pages[page]), at)
    }
}

/// What only a log needs.
#[cfg(feature = "log")]
impl<K, V> CowMap<K, V> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.pages.iter().map(|page| page.len()).sum()
    }

    /// The entry with the highest key.
    pub(crate) fn last(&self) -> Option<&(K, V)> {
        self.pages.last()?.last()
    }

    /// The entries from `key` on, lowest key first.
    pub(crate) fn since(&self, key: K) -> impl Iterator<Item = &(K, V)>
    where
        K: Ord + Copy,
    {
        let pages = &self.pages[self.pages_until(key).saturating_sub(1)..];
        pages.iter().flat_map(|page| page.iter()).skip_while(move |(other, _)| *other < key)
    }

    /// Drops the entries below `key`. Pages above it stay shared.
    pub(crate) fn drop_below(&mut self, key: K)
    where
        K: Ord + Copy,
        V: Clone,
    {
        let first = self.pages_until(key).saturating_sub(1);
        self.pages.drain(..first);
        let Some(page) = self.pages.first_mut() else { return };
        let below = page.partition_point(|(other, _)| *other < key);
        if below == page.len() {
            self.pages.remove(0);
        } else if below > 0 {
            Arc::make_mut(page).drain(..below);
        }
    }

    /// The entry of `key` is this from now on.
    pub(crate) fn insert(&mut self, key: K, value: V)
    where
        K: Ord + Copy,
        V: Clone,
    {
        let (entries, at) = self.place(key);
        match at {
            Ok(position) => entries[position].1 = value,
            Err(position) => entries.insert(position, (key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    fn entries<K: Copy + Ord, V: Clone + Default>(map: &CowMap<K, V>) -> Vec<(K, V)> {
        map.iter().cloned().collect()
    }

    /// Numbers in an order that is neither ascending nor regular, with repetitions.
    fn keys() -> impl Iterator<Item = u32> {
        (0_u32..2000).map(|i| i.wrapping_mul(2_654_435_761) >> 21)
    }

    #[test]
    fn it_holds_what_a_plain_map_holds_in_any_order_of_keys() {
        for keys in [keys().collect::<Vec<_>>(), (0..500).collect(), (0..500).rev().collect()] {
            let (mut map, mut plain) = (CowMap::default(), BTreeMap::new());
            for key in keys {
                *map.entry(key) += key + 1;
                *plain.entry(key).or_insert(0) += key + 1;
            }
            for key in 0..600 {
                for first in [0, key / 2, key] {
                    let last = map.last_between(first, key, |_, value| value % 3 == 0).copied();
                    let plainly = plain.range(first..=key).rfind(|(_, value)| *value % 3 == 0);
                    assert_eq!(last, plainly.map(|(key, value)| (*key, *value)));
                }
            }
            assert_eq!(entries(&map), plain.into_iter().collect::<Vec<_>>());
            assert!(map.pages.iter().all(|page| (1..=PAGE).contains(&page.len())));
        }
    }

    #[test]
    fn what_is_below_a_key_can_be_dropped_and_the_rest_stays_shared() {
        for count in [0, 1, 31, 32, 33, 500] {
            for key in (0..520).step_by(7).chain([32, 33, 64, count]) {
                let (mut map, mut plain) = (CowMap::default(), BTreeMap::new());
                for number in 0..count {
                    *map.entry(number) = number;
                    plain.insert(number, number);
                }
                let copy = map.clone();
                map.drop_below(key);
                assert_eq!(entries(&map), plain.split_off(&key).into_iter().collect::<Vec<_>>(), "{count} {key}");
                assert!(map.pages.iter().all(|page| !page.is_empty()));
                let shared = copy.pages.iter().rev().zip(map.pages.iter().rev()).filter(|(a, b)| Arc::ptr_eq(a, b));
                assert!(shared.count() + 1 >= map.pages.len());
                assert_eq!(entries(&copy).len(), count, "a copy keeps what it had");
                *map.entry(key) = 7;
                assert_eq!(map.get(&key), Some(&7));
            }
        }
    }

    #[test]
    fn what_is_equal_does_not_depend_on_pages() {
        let [mut up, mut down] = [CowMap::default(), CowMap::default()];
        for key in 0..100 {
            *up.entry(key) = key;
            *down.entry(99 - key) = 99 - key;
        }
        assert_eq!(up, down);
        *up.entry(7) = 8;
        assert_ne!(up, down);
    }

    #[test]
    fn a_copy_keeps_what_it_had_and_shares_what_nobody_wrote_to() {
        let mut map = CowMap::default();
        for key in 0..1000 {
            *map.entry(key) = key;
        }
        let copy = map.clone();
        for key in 990..1010 {
            *map.entry(key) = 0;
        }
        assert_eq!(entries(&copy), (0..1000).map(|key| (key, key)).collect::<Vec<_>>());
        let shared = copy.pages.iter().zip(&map.pages).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert!(shared + 2 >= copy.pages.len(), "{shared} of {}", copy.pages.len());
        assert_eq!(copy.pages.len(), 1000_usize.div_ceil(PAGE), "what grows at the end fills its pages");
    }
}
