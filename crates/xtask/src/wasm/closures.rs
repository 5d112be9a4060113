//! Closures that nobody can call.
//!
//! wasm-bindgen prepares a way in for every closure that any function of js-sys takes, and a way in is in the table of
//! functions, so everything it calls is kept, too. But a page calls a closure only through an export, and there is one
//! only for a closure that is really handed over. Whatever has none makes room.

use anyhow::{Result, bail, ensure};
use std::collections::HashSet;
use walrus::{ElementItems, ExportItem, FunctionId, Module, RefType, passes};

/// What the ways in are called.
const WAYS_IN: &str = "wasm_bindgen::convert::closures::";

/// Takes out of the module the ways into closures that it does not export, and what only they need.
///
/// # Errors
/// When the page could call them without an export, or their names are not there: then nothing is known about them.
pub(super) fn drop_unused(module: &mut Module) -> Result<()> {
    let is_way_in = |id: FunctionId| {
        let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
        name.starts_with(WAYS_IN) || name.starts_with("wasm_bindgen[") && name.contains("::convert::closures::")
    };
    let mut exported = HashSet::new();
    for export in module.exports.iter() {
        match export.item {
            ExportItem::Function(id) => _ = exported.insert(id),
            ExportItem::Table(id) if module.tables.get(id).element_ty == RefType::FUNCREF => {
                bail!("the page can call every function of table \"{}\"", export.name)
            }
            _ => {}
        }
    }
    let mut ways_in = Vec::new();
    for function in module.funcs.iter() {
        if is_way_in(function.id()) {
            ways_in.push(function.id());
        }
    }
    ensure!(!ways_in.is_empty(), "no function is called {WAYS_IN}…");
    let unused: HashSet<_> = ways_in.into_iter().filter(|id| !exported.contains(id)).collect();
    for element in module.elements.iter_mut() {
        let ElementItems::Functions(items) = &mut element.items else { continue };
        // The others keep their places, so something has to be in these: one of the others.
        let Some(other) = items.iter().copied().find(|id| !unused.contains(id)) else { continue };
        items.iter_mut().filter(|id| unused.contains(id)).for_each(|id| *id = other);
    }
    passes::gc::run(module);
    Ok(())
}
