//! Closures that nobody can call, and tasks that nobody can start.
//!
//! wasm-bindgen prepares a way in for every closure that any function of js-sys takes, and a way in is in the table of
//! functions, so everything it calls is kept, too. But a page calls a closure only through an export, and there is one
//! only for a closure that is really handed over. Whatever has none makes room. So does what wakes a future, where
//! nothing else of js-sys's futures is left that could have begun one. What does without js-sys has neither.

use anyhow::{Result, bail, ensure};
use std::collections::HashSet;
use walrus::{ElementItems, ExportItem, FunctionId, Module, RefType, passes};

/// What the ways into closures are called.
const CLOSURES: &str = "wasm_bindgen::convert::closures::";
/// What the parts of a task are called.
const TASKS: &str = "js_sys::futures::";

/// Takes out of the module the ways into closures that it does not export, its tasks, and what only they need.
///
/// # Errors
/// When the page could call them without an export, their names are not there, or it has tasks: then they are needed.
pub(super) fn drop_unused(module: &mut Module) -> Result<()> {
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
    let closures = called(module, CLOSURES);
    ensure!(module.funcs.iter().any(|function| function.name.is_some()), "its functions have no names");
    let mut unused: HashSet<_> = closures.into_iter().chain(called(module, TASKS)).collect();
    unused.retain(|id| !exported.contains(id));
    for element in module.elements.iter_mut() {
        let ElementItems::Functions(items) = &mut element.items else { continue };
        // The others keep their places, so something has to be in these: one of the others.
        let Some(other) = items.iter().copied().find(|id| !unused.contains(id)) else { continue };
        items.iter_mut().filter(|id| unused.contains(id)).for_each(|id| *id = other);
    }
    passes::gc::run(module);
    ensure!(called(module, TASKS).is_empty(), "the engine has tasks now, and what wakes them must stay");
    Ok(())
}

/// Functions by the beginning of their names, in either of the ways in which Rust writes them.
fn called(module: &Module, beginning: &str) -> Vec<FunctionId> {
    let begins = |name: &str| plain(name).trim_start_matches('<').starts_with(beginning);
    module
        .funcs
        .iter()
        .filter(|function| function.name.as_deref().is_some_and(begins))
        .map(walrus::Function::id)
        .collect()
}

/// A name without the numbers of crates: `js_sys[5410d6443c35a3f2]::futures` is `js_sys::futures`.
fn plain(name: &str) -> String {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once(']').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, RefType};

    /// A table of functions of these names.
    fn module(names: &[&str]) -> Module {
        let mut module = Module::default();
        let mut items = Vec::new();
        for name in names {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
            function.name((*name).into());
            items.push(function.finish(Vec::new(), &mut module.funcs));
        }
        let (size, start) = (names.len() as u64, walrus::ConstExpr::Value(walrus::ir::Value::I32(0)));
        let table = module.tables.add_local(false, size, None, RefType::FUNCREF);
        let kind = walrus::ElementKind::Active { table, offset: start };
        let element = module.elements.add(kind, ElementItems::Functions(items.clone()));
        module.tables.get_mut(table).elem_segments.insert(element);
        // What calls through the table: without it, nothing of it is needed.
        let mut caller = FunctionBuilder::new(&mut module.types, &[], &[]);
        let ty = module.types.add(&[], &[]);
        caller.func_body().i32_const(0).call_indirect(ty, table);
        let caller = caller.finish(Vec::new(), &mut module.funcs);
        module.exports.add("call", caller);
        module
    }

    fn names(module: &Module) -> Vec<&str> {
        module.funcs.iter().filter_map(|function| function.name.as_deref()).collect()
    }

    #[test]
    fn what_cannot_be_called_goes_and_the_others_keep_their_places() {
        let task = "js_sys[5410d6443c35a3f2]::futures::wake";
        let mut module = module(&["wasm_bindgen::convert::closures::_::invoke::h1", "ours", task, "also ours"]);
        drop_unused(&mut module).expect("nothing is exported");
        assert_eq!(names(&module), ["ours", "also ours"]);
        let ElementItems::Functions(items) = &module.elements.iter().next().expect("a table").items else {
            panic!("functions")
        };
        let places: Vec<_> = items.iter().map(|id| module.funcs.get(*id).name.as_deref()).collect();
        assert_eq!(places, [Some("ours"), Some("ours"), Some("ours"), Some("also ours")]);
    }

    #[test]
    fn what_the_page_may_call_stays() {
        let mut used = module(&["wasm_bindgen::convert::closures::_::invoke::h1", "ours"]);
        let closure = called(&used, CLOSURES)[0];
        used.exports.add("closure", closure);
        drop_unused(&mut used).expect("it has an export");
        assert_eq!(names(&used).len(), 2);
    }

    #[test]
    fn a_module_that_begins_tasks_is_refused() {
        let mut busy = module(&["wasm_bindgen::convert::closures::_::invoke::h1", "ours", "js_sys::futures::spawn"]);
        let spawn = called(&busy, TASKS)[0];
        busy.exports.add("spawn", spawn);
        assert!(drop_unused(&mut busy).is_err());
    }

    #[test]
    fn a_module_without_closures_stays_as_it_is_and_one_without_names_is_refused() {
        let mut plain = module(&["ours"]);
        drop_unused(&mut plain).expect("nothing to do");
        assert_eq!(names(&plain), ["ours"]);
        plain.funcs.iter_mut().for_each(|function| function.name = None);
        assert!(drop_unused(&mut plain).is_err());
    }
}
