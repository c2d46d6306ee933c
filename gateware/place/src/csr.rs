//! Lists of lists in two arrays: what is followed a million times a second lies side by side.

#[derive(Default)]
pub struct Csr {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Csr {
    /// From pairs of a list's number and an item; each list keeps the order of its items.
    pub fn new(lists: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for (list, _) in pairs {
            starts[*list as usize + 1] += 1;
        }
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let mut at = starts.clone();
        let mut items = vec![0; pairs.len()];
        for (list, item) in pairs {
            items[at[*list as usize] as usize] = *item;
            at[*list as usize] += 1;
        }
        Self { starts, items }
    }

    pub fn list(&self, list: u32) -> &[u32] {
        &self.items[self.range(list)]
    }

    pub fn range(&self, list: u32) -> std::ops::Range<usize> {
        self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize
    }

    /// The item at a place of `range`.
    pub fn item(&self, place: usize) -> u32 {
        self.items[place]
    }
}

#[cfg(test)]
mod tests {
    use super::Csr;

    #[test]
    fn lists_keep_their_items_in_order() {
        let lists = Csr::new(3, &[(2, 5), (0, 7), (2, 4), (0, 1)]);
        assert_eq!(lists.list(0), [7, 1]);
        assert!(lists.list(1).is_empty());
        assert_eq!(lists.list(2), [5, 4]);
        assert_eq!(lists.item(lists.range(2).start), 5);
    }
}
