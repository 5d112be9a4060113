//! Joins modules: what a page loads together becomes one file, and what it loads later, with `import()`, a file each.
//!
//! A module is a scope with a list of names it takes from others and a list it gives. Modules that are always loaded
//! together can share one scope, if two things hold: no two of their names are the same, and they stand in the order
//! in which a browser would have run them. So each module is read once ([`module`]), the modules are divided into
//! files and ordered ([`plan`]), every name at the top of a module gets one that occurs nowhere else, and an import
//! becomes the very name that it imports ([`names`]). Nothing is wrapped or copied: a `let` that is exported is the
//! same variable for everybody, and a cycle of modules behaves as it does in a browser. Between files the names cross
//! as ordinary imports and exports. One pass over all of it then makes it small, which does more than many small ones.
//!
//! What this does not know, it refuses, with the file and the line: `import * as`, `export * as`, `export default`,
//! imports with attributes, and addresses relative to a module that cannot be read from its text.

mod module;
mod names;
mod plan;
#[cfg(test)]
mod tests;
mod write;

use crate::graph;
use anyhow::Result;
use module::Module;
use plan::Plan;
use std::collections::{BTreeMap, BTreeSet};

/// All modules that were read, by their path.
type Modules = BTreeMap<String, Module>;

/// What became of the modules below an entry. Paths are relative to the site.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    files: BTreeMap<String, String>,
    joined: BTreeSet<String>,
}

impl Linked {
    /// The script to publish at `path`, if it is one of those that were written.
    pub(crate) fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether the module at `path` is now a part of another file.
    pub(crate) fn is_joined(&self, path: &str) -> bool {
        self.joined.contains(path)
    }
}

/// Joins the module `entry` and all that it leads to. `read` has the text of the module at a path.
///
/// # Errors
/// When a module cannot be read, imports what is not there, or says something that is not understood here.
pub(crate) fn link(entry: &str, read: impl Fn(&str) -> Result<String>) -> Result<Linked> {
    let modules = discover(entry, read)?;
    let plan = Plan::new(entry, &modules)?;
    let files = write::files(&modules, &plan)?;
    let joined = modules.into_keys().filter(|path| !files.contains_key(path)).collect();
    Ok(Linked { files, joined })
}

/// Reads `entry` and every module that it leads to, now or later.
fn discover(entry: &str, read: impl Fn(&str) -> Result<String>) -> Result<Modules> {
    let mut modules = Modules::new();
    let mut left = vec![entry.to_owned()];
    while let Some(path) = left.pop() {
        if modules.contains_key(&path) {
            continue;
        }
        let module = Module::read(&path, read(&path)?)?;
        left.extend(module.requests.iter().chain(&module.later).cloned());
        modules.insert(path, module);
    }
    Ok(modules)
}

/// How the file at `from` names what is at `to`.
fn relative(from: &str, to: &str) -> String {
    let mut above: Vec<_> = from.split('/').collect();
    above.pop();
    let shared = above.iter().zip(to.split('/')).take_while(|&(&a, b)| a == b).count();
    let up = "../".repeat(above.len() - shared);
    let down: Vec<_> = to.split('/').skip(shared).collect();
    format!("{}{}", if up.is_empty() { "./" } else { &up }, down.join("/"))
}

/// The path, from the root of the site, of what the module at `from` calls `address`, with its query; nothing for an
/// address that is whole by itself.
fn absolute(from: &str, address: &str) -> Result<Option<String>> {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    Ok(graph::resolve(from, address)?.map(|path| path + &address[end..]))
}
