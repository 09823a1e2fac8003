//! Union-find whose roots are the smallest numbers (Tarjan 1975, with halving
//! of paths: Tarjan and van Leeuwen 1984).

pub struct Forest {
    parent: Vec<u32>,
    /// Members, right at roots.
    size: Vec<u32>,
}

impl Forest {
    /// So many members, each by itself.
    pub fn new(members: usize) -> Forest {
        Forest {
            parent: (0..members as u32).collect(),
            size: vec![1; members],
        }
    }

    /// The smallest member of the set.
    pub fn root(&mut self, member: u32) -> u32 {
        let mut at = member;
        loop {
            let up = self.parent[at as usize];
            if up == at {
                return at;
            }
            let above = self.parent[up as usize];
            self.parent[at as usize] = above;
            at = above;
        }
    }

    /// Members of the set.
    pub fn size(&mut self, member: u32) -> u32 {
        let root = self.root(member);
        self.size[root as usize]
    }

    /// Makes two sets one. The smaller number leads, not the larger set: paths
    /// are halved all the same, which keeps them short.
    pub fn join(&mut self, (a, b): (u32, u32)) -> u32 {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return a;
        }
        let (low, high) = (a.min(b), a.max(b));
        self.parent[high as usize] = low;
        self.size[low as usize] += self.size[high as usize];
        low
    }

    /// Puts a member back by itself; right only if all of its set are put back.
    pub fn release(&mut self, member: u32) {
        self.parent[member as usize] = member;
        self.size[member as usize] = 1;
    }
}
