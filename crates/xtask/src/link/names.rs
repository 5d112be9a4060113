//! What a name means, and what it is called in the joined file.
//!
//! Every name at the top of a module is made unique, not only those that collide: then none can be mistaken for a
//! global of another module, or be hidden by a variable inside one of its functions. How long they are does not
//! matter, because minifying renames them; only those that cross from file to file stay.

use super::Modules;
use super::module::{Export, Module};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// The unique names of all that is declared at the top of a module.
pub(super) struct Names(BTreeMap<(String, String), String>);

impl Names {
    /// Names everything in `modules`: what `dom.js` calls `list` becomes `list$`, or else `list$dom`.
    pub(super) fn new(modules: &Modules) -> Self {
        let mut names = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for module in modules.values() {
            let file = module.path.rsplit('/').next().unwrap_or_default();
            let stem = file.split('.').next().unwrap_or_default();
            let suffix = stem.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            for local in &module.declared {
                let is_free = |name: &String| {
                    !taken.contains(name) && modules.values().all(|module| !module.source.contains(name.as_str()))
                };
                let more = (2..).map(|n| format!("{local}${suffix}${n}"));
                let mut candidates = [format!("{local}$"), format!("{local}${suffix}")].into_iter().chain(more);
                let unique = candidates.find(is_free).expect("there is always another number");
                taken.insert(unique.clone());
                names.insert((module.path.clone(), local.clone()), unique);
            }
        }
        Self(names)
    }

    /// The name of what the module at `path` declares as `local`.
    pub(super) fn unique(&self, path: &str, local: &str) -> &str {
        &self.0[&(path.to_owned(), local.to_owned())]
    }
}

/// Where the name `local` of a module is declared, and as what.
pub(super) fn meaning(modules: &Modules, module: &Module, local: &str) -> Result<(String, String)> {
    match module.imports.get(local) {
        None => Ok((module.path.clone(), local.to_owned())),
        Some(import) => resolve(modules, &import.from, &import.name)
            .with_context(|| format!("{}:{} imports {}", module.path, import.line, import.name)),
    }
}

/// Where what the module at `path` exports as `name` is declared, and as what.
pub(super) fn resolve(modules: &Modules, path: &str, name: &str) -> Result<(String, String)> {
    let found = find(modules, path, name, &mut BTreeSet::new())?;
    found.with_context(|| format!("{path} does not export {name}"))
}

/// Everything that a module exports, by its own words or another's.
pub(super) fn exported(modules: &Modules, module: &Module) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut left = vec![module];
    while let Some(next) = left.pop() {
        if seen.insert(&next.path) {
            // A star passes everything on but the default.
            let own = next.exports.keys().filter(|name| next.path == module.path || *name != "default");
            found.extend(own.cloned());
            left.extend(next.stars.iter().map(|star| &modules[star]));
        }
    }
    found
}

fn find(
    modules: &Modules,
    path: &str,
    name: &str,
    seen: &mut BTreeSet<(String, String)>,
) -> Result<Option<(String, String)>> {
    if !seen.insert((path.to_owned(), name.to_owned())) {
        return Ok(None);
    }
    let module = &modules[path];
    match module.exports.get(name) {
        Some(Export::Local(local)) => match module.imports.get(local) {
            None => return Ok(Some((path.to_owned(), local.clone()))),
            Some(import) => return find(modules, &import.from, &import.name, seen),
        },
        Some(Export::Of { from, name }) => return find(modules, from, name, seen),
        None if name == "default" => return Ok(None),
        None => {}
    }
    let mut found: Option<(String, String)> = None;
    for star in &module.stars {
        let other = find(modules, star, name, seen)?;
        if let (Some(one), Some(other)) = (&found, &other)
            && one != other
        {
            bail!("{path} exports {name} twice, from {} and from {}. Name the one that is meant", one.0, other.0);
        }
        found = found.or(other);
    }
    Ok(found)
}
