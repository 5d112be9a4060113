//! Writes the files: the text of their modules one after the other, and what crosses between files around it.

use super::module::{Module, Piece};
use super::names::{self, Names};
use super::plan::Plan;
use super::{Modules, relative};
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The text of every file, by its path.
pub(super) fn files(modules: &Modules, plan: &Plan) -> Result<BTreeMap<String, String>> {
    let mut writer = Writer { modules, plan, names: Names::new(modules), files: BTreeMap::new() };
    let mut copies = BTreeMap::new();
    for (path, members) in plan.files() {
        let root = modules.get(path).filter(|_| plan.is_root(path));
        if let (Some(root), [_]) = (root, members)
            && root.requests.is_empty()
            && modules.values().all(|other| !other.requests.iter().any(|request| request == path))
        {
            copies.insert(path.to_owned(), root.source.clone()); // nothing to join: it stays word for word
            continue;
        }
        for member in members {
            writer.add(path, &modules[member])?;
        }
        if let Some(root) = root {
            writer.publish(path, root)?;
        }
    }
    let written = writer.files.into_iter().map(|(path, file)| (path.to_owned(), file.text(path)));
    Ok(written.chain(copies).collect())
}

struct Writer<'a> {
    modules: &'a Modules,
    plan: &'a Plan,
    names: Names,
    files: BTreeMap<&'a str, File<'a>>,
}

impl<'a> Writer<'a> {
    /// Adds a module to the file at `path`, in the file's own names and addresses.
    fn add(&mut self, path: &'a str, module: &Module) -> Result<()> {
        if let Some(why) = &module.refused {
            bail!("{why}");
        }
        for request in &module.requests {
            // It has to run first, whatever is taken from it.
            self.take(path, self.plan.file_of(request), None);
        }
        let mut body = String::new();
        for piece in &module.pieces {
            match piece {
                Piece::Text(text) => body += text,
                Piece::Address(target) => body += &relative(path, target),
                Piece::Name(local) => {
                    let (owner, local) = names::meaning(self.modules, module, local)?;
                    body += &self.name(path, &owner, &local);
                }
            }
        }
        // On a line of its own: a module may end with a comment, or without a semicolon.
        self.file(path).body += &(body + "\n;\n");
        Ok(())
    }

    /// Exports from the file at `path` what is asked for at this address: all that the module there exports.
    fn publish(&mut self, path: &'a str, root: &Module) -> Result<()> {
        for outside in names::exported(self.modules, root) {
            let (owner, local) = names::resolve(self.modules, &root.path, &outside)?;
            let inside = self.name(path, &owner, &local);
            self.file(path).exports.insert((outside, inside));
        }
        Ok(())
    }

    /// What the file at `path` calls a name of the module `owner`.
    fn name(&mut self, path: &'a str, owner: &str, local: &str) -> String {
        let unique = self.names.unique(owner, local).to_owned();
        self.take(path, self.plan.file_of(owner), Some(&unique));
        unique
    }

    /// Notes that the file `to` needs the file `from`, and which name of it.
    fn take(&mut self, to: &'a str, from: &'a str, name: Option<&String>) {
        if to == from {
            return;
        }
        let imports = &mut self.file(to).imports;
        let at = imports.iter().position(|(file, _)| *file == from).unwrap_or_else(|| {
            imports.push((from, BTreeSet::new()));
            imports.len() - 1
        });
        imports[at].1.extend(name.cloned());
        let exported = name.map(|name| (name.clone(), name.clone()));
        self.file(from).exports.extend(exported);
    }

    fn file(&mut self, path: &'a str) -> &mut File<'a> {
        self.files.entry(path).or_default()
    }
}

/// A file that is being written.
#[derive(Default)]
struct File<'a> {
    /// The files it needs, in the order in which they have to run, and the names it takes from each.
    imports: Vec<(&'a str, BTreeSet<String>)>,
    body: String,
    /// What it gives: the name outside and the name inside.
    exports: BTreeSet<(String, String)>,
}

impl File<'_> {
    fn text(self, path: &str) -> String {
        let mut text = String::new();
        for (from, names) in self.imports {
            let names = names.into_iter().collect::<Vec<_>>().join(", ");
            // Writing to a string cannot fail.
            let _ = writeln!(text, "import {{ {names} }} from \"{}\";", relative(path, from));
        }
        text += &self.body;
        let exports: Vec<_> = self.exports.iter().map(|(outside, inside)| format!("{inside} as {outside}")).collect();
        let _ = writeln!(text, "export {{ {} }};", exports.join(", "));
        text
    }
}
