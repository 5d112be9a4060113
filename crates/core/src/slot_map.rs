//! What is kept for each slot.
//!
//! A log has many slots, and a run with a way back keeps hundreds of copies of what is kept of them. So it lies in a
//! [`CowMap`](crate::cow_map::CowMap), whose copies share their pages. Single-decree Paxos has one slot. The engine that a page
//! loads first knows no other protocol: there, the same entries lie in one sorted vector, which is less code.

/// A sorted map from slots, which is cheap to copy as well where there may be many of them.
#[cfg(feature = "log")]
pub(crate) type SlotMap<K, V> = crate::cow_map::CowMap<K, V>;
/// A sorted map from slots, of which there is one.
#[cfg(not(feature = "log"))]
pub(crate) type SlotMap<K, V> = sorted::SortedMap<K, V>;

#[cfg(any(test, not(feature = "log")))]
mod sorted {
    use alloc::vec::Vec;

    /// A sorted map in one vector. It does what [`CowMap`](crate::cow_map::CowMap) does, as far as slots need it.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub(crate) struct SortedMap<K, V>(Vec<(K, V)>);

    impl<K, V> SortedMap<K, V> {
        pub(crate) const fn new() -> Self {
            Self(Vec::new())
        }

        pub(crate) const fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        pub(crate) const fn len(&self) -> usize {
            self.0.len()
        }

        pub(crate) fn last(&self) -> Option<&(K, V)> {
            self.0.last()
        }

        pub(crate) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
            self.0.iter()
        }

        #[cfg(not(feature = "log"))]
        pub(crate) const fn approx_bytes(&self) -> usize {
            self.0.len() * size_of::<(K, V)>()
        }
    }

    impl<K: Ord + Copy, V> SortedMap<K, V> {
        fn find(&self, key: K) -> Result<usize, usize> {
            self.0.binary_search_by_key(&key, |(key, _)| *key)
        }

        pub(crate) fn get(&self, key: &K) -> Option<&V> {
            Some(&self.0[self.find(*key).ok()?].1)
        }

        pub(crate) fn since(&self, key: K) -> impl Iterator<Item = &(K, V)> {
            self.0[self.find(key).unwrap_or_else(|position| position)..].iter()
        }

        pub(crate) fn entry(&mut self, key: K) -> &mut V
        where
            V: Default,
        {
            let position = self.find(key).unwrap_or_else(|position| {
                self.0.insert(position, (key, V::default()));
                position
            });
            &mut self.0[position].1
        }

        pub(crate) fn drop_below(&mut self, key: K) {
            let position = self.find(key).unwrap_or_else(|position| position);
            self.0.drain(..position);
        }

        pub(crate) fn insert(&mut self, key: K, value: V) {
            match self.find(key) {
                Ok(position) => self.0[position].1 = value,
                Err(position) => self.0.insert(position, (key, value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sorted::SortedMap;
    use crate::cow_map::CowMap;

    #[test]
    fn both_maps_hold_the_same() {
        let (mut sorted, mut paged) = (SortedMap::new(), CowMap::new());
        let is_same = |sorted: &SortedMap<u64, u64>, paged: &CowMap<u64, u64>| {
            assert!(sorted.iter().eq(paged.iter()));
            assert_eq!((sorted.len(), sorted.is_empty(), sorted.last()), (paged.len(), paged.is_empty(), paged.last()));
            for key in 0..70 {
                assert_eq!(sorted.get(&key), paged.get(&key));
                assert!(sorted.since(key).eq(paged.since(key)));
            }
        };
        is_same(&sorted, &paged);
        for number in 0..400_u64 {
            let key = number * 37 % 64;
            if number % 3 == 0 {
                *sorted.entry(key) += number;
                *paged.entry(key) += number;
            } else {
                sorted.insert(key, number);
                paged.insert(key, number);
            }
            is_same(&sorted, &paged);
        }
        assert!(paged.len() > 32, "more than fit on one page");
        for key in [0, 1, 20, 40, 63, 64, 100] {
            sorted.drop_below(key);
            paged.drop_below(key);
            is_same(&sorted, &paged);
        }
        assert!(paged.is_empty());
    }
}
