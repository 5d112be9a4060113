//! Loads and stores that all say the same about their addresses.
//!
//! Every load and store carries a hint: how far the compiler could prove its address to be aligned. Nobody reads it,
//! neither what browsers make of a module nor what their processors do; but the same instruction with another hint is
//! another piece of code to a compressor. So each of them gets the hint that is the ordinary one for its width.

use anyhow::{Context, Result};
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{MemArg, Module};
use wasmparser::Parser;

/// The module with ordinary hints. What it does is the same.
///
/// # Errors
/// When this is not a module.
pub(super) fn ordinary(module: &[u8]) -> Result<Vec<u8>> {
    let mut result = Module::new();
    Hints.parse_core_module(&mut result, Parser::new(0), module).context("its hints cannot be made alike")?;
    Ok(result.finish())
}

/// Writes a module again with other hints.
struct Hints;

impl Reencode for Hints {
    type Error = Infallible;

    fn mem_arg(&mut self, arg: wasmparser::MemArg) -> Result<MemArg, Error> {
        Ok(MemArg { offset: arg.offset, align: arg.max_align.into(), memory_index: self.memory_index(arg.memory)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CodeSection, Function, FunctionSection, MemorySection, MemoryType, TypeSection};
    use wasmparser::Validator;

    /// Loads of eight and of two bytes and a store of one, with these hints.
    fn module(hints: [u32; 3]) -> Vec<u8> {
        let [wide, narrow, byte] = hints.map(|align| MemArg { offset: 24, align, memory_index: 0 });
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut functions, mut memories, mut code) =
            (FunctionSection::new(), MemorySection::new(), CodeSection::new());
        functions.function(0);
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        let mut body = Function::new([]);
        body.instructions().i32_const(8).i64_load(wide).drop().i32_const(8).i32_load16_u(narrow).drop();
        body.instructions().i32_const(8).i32_const(1).i32_store8(byte).end();
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&memories).section(&code);
        module.finish()
    }

    #[test]
    fn hints_are_the_ordinary_ones_and_nothing_else_changes() {
        let before = module([0, 0, 0]);
        let after = ordinary(&before).expect("a module");
        assert_ne!(before, after);
        assert_eq!(after, module([3, 1, 0]));
        Validator::new().validate_all(&after).expect("valid");
        assert!(ordinary(b"not a module").is_err());
    }
}
