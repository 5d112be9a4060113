//! Which module goes into which file, and where in it.
//!
//! The entry and each module that is loaded with `import()` is the root of a file. A module goes where it is certainly
//! loaded: into the entry's file if the entry needs it, else into the file of the only root that does. What several
//! roots need and the entry does not is a file of its own, so that no module ever exists twice.

use super::Modules;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// The files, and the file of every module.
pub(super) struct Plan {
    files: BTreeMap<String, Vec<String>>,
    file_of: BTreeMap<String, String>,
    roots: BTreeSet<String>,
}

impl Plan {
    /// Divides `modules` among files.
    pub(super) fn new(entry: &str, modules: &Modules) -> Result<Self> {
        let later: BTreeSet<_> = modules.values().flat_map(|module| &module.later).map(String::as_str).collect();
        refuse_roots_that_are_imported(&later, modules)?;
        let mut roots_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut files: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
        let roots: Vec<_> = std::iter::once(entry).chain(later).collect();
        let orders: Vec<_> = roots.iter().map(|&root| (root, order(root, modules))).collect();
        for (root, order) in &orders {
            for module in order {
                let roots = roots_of.entry(module).or_default();
                // The entry is the first, and whatever it has is there already when anything else is loaded.
                if roots.first() != Some(&entry) {
                    roots.push(root);
                }
            }
        }
        for (root, order) in &orders {
            for &module in order {
                let roots = &roots_of[module];
                if roots.first() == Some(root) {
                    files.entry(roots.clone()).or_default().push(module.to_owned());
                }
            }
        }
        let roots = roots.into_iter().map(str::to_owned).collect();
        let mut plan = Self { files: BTreeMap::new(), file_of: BTreeMap::new(), roots };
        for (needed_by, members) in files {
            let path = if let [root] = needed_by[..] { root.to_owned() } else { members[0].clone() };
            plan.file_of.extend(members.iter().map(|module| (module.clone(), path.clone())));
            plan.files.insert(path, members);
        }
        Ok(plan)
    }

    /// Every file and the modules in it, in the order in which they run.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.files.iter().map(|(path, members)| (path.as_str(), members.as_slice()))
    }

    /// Whether somebody outside asks for the module at `path`: a page, or an `import()`.
    pub(super) fn is_root(&self, path: &str) -> bool {
        self.roots.contains(path)
    }

    /// The file that the module at `path` is in.
    pub(super) fn file_of(&self, path: &str) -> &str {
        &self.file_of[path]
    }
}

/// A module that is the answer to an `import()` is a file by itself, so it cannot be a part of another one.
fn refuse_roots_that_are_imported(later: &BTreeSet<&str>, modules: &Modules) -> Result<()> {
    for module in modules.values() {
        if let Some(both) = module.requests.iter().find(|request| later.contains(request.as_str())) {
            bail!("{} imports {both}, which is also loaded with import(). Do one or the other", module.path);
        }
    }
    Ok(())
}

/// The module `root` and all it needs, in the order in which a browser runs them: what a module imports before the
/// module, in the order of its imports. In a cycle the one that was asked for first runs last.
fn order<'a>(root: &'a str, modules: &'a Modules) -> Vec<&'a str> {
    fn visit<'a>(path: &'a str, modules: &'a Modules, seen: &mut BTreeSet<&'a str>, order: &mut Vec<&'a str>) {
        if seen.insert(path) {
            for request in &modules[path].requests {
                visit(request, modules, seen, order);
            }
            order.push(path);
        }
    }
    let mut order = Vec::new();
    visit(root, modules, &mut BTreeSet::new(), &mut order);
    order
}
