//! Functions that look alike, next to each other.
//!
//! A compressor writes what it has just seen as a reference to it, but it looks back 32 KB only, and a module is several
//! times that. The order of its functions means nothing to anybody else. So each is followed by the one that shares
//! most of its code with the last few, and what would have been too far away to refer to is near. Of functions that are
//! the same to the last byte, one is enough.

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;
use std::io::Write;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module, NameMap, NameSection};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, KnownCustom, Name, Parser, Payload,
    TypeRef,
};

/// How many bytes in a row count as something two functions have in common: a call with an argument, about.
const PIECE: usize = 4;
/// What a shared piece may weigh against one that is not, and how many tenths of that are left of it a function later.
/// Which is best differs from module to module, so each is tried.
const WORTHS: [i64; 4] = [3, 4, 5, 6];
const FADINGS: [i64; 2] = [3, 7];

/// The module with each function once, in the order that compresses best. What the module does is the same.
///
/// # Errors
/// When this is not a module.
pub(super) fn alike_together(module: &[u8]) -> Result<Vec<u8>> {
    let (imported, functions) = functions(module).context("its functions cannot be read")?;
    let mut best: Option<(usize, Vec<u8>)> = None;
    for (worth, fading) in WORTHS.into_iter().flat_map(|worth| FADINGS.map(|fading| (worth, fading))) {
        let mut ordered = Module::new();
        Ordering::new(imported, &functions, worth, fading)
            .parse_core_module(&mut ordered, Parser::new(0), module)
            .context("its functions cannot be put into another order")?;
        let ordered = ordered.finish();
        let size = compressed(&ordered)?;
        if best.as_ref().is_none_or(|(least, _)| size < *least) {
            best = Some((size, ordered));
        }
    }
    Ok(best.map(|(_, ordered)| ordered).unwrap_or_default())
}

/// How many bytes of gzip.
fn compressed(module: &[u8]) -> Result<usize> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(module)?;
    Ok(gzip.finish()?.len())
}

/// The number of a function's type, and its code.
type Own<'a> = (u32, &'a [u8]);

/// How many functions are imported, and the module's own.
fn functions(module: &[u8]) -> wasmparser::Result<(u32, Vec<Own<'_>>)> {
    let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => types = section.into_iter().collect::<wasmparser::Result<_>>()?,
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, types.into_iter().zip(bodies).collect()))
}

/// Numbers of functions, so that each is followed by the one that adds least to the last few among those that are left.
fn by_likeness(bodies: &[&[u8]], worth: i64, fading: i64) -> Vec<usize> {
    let pieces: Vec<HashSet<&[u8]>> = bodies.iter().map(|body| body.windows(PIECE).collect()).collect();
    let mut found_in: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (number, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            found_in.entry(piece).or_default().push(number);
        }
    }
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    let mut next = 0;
    // In tenths.
    let mut shared = vec![0_i64; bodies.len()];
    while next < left.len() {
        let last = left.remove(next);
        order.push(last);
        shared.iter_mut().for_each(|pieces| *pieces = *pieces * fading / 10);
        for piece in &pieces[last] {
            found_in[piece].iter().for_each(|&number| shared[number] += 10);
        }
        // What it shares makes a function cheap to write here, and what is its own must be written anyway, anywhere.
        let likeness = |number: usize| worth * shared[number] - 10 * pieces[number].len() as i64;
        // Among equals the first, so that the same module always becomes the same.
        next = (0..left.len()).rev().max_by_key(|&at| likeness(left[at])).unwrap_or_default();
    }
    order
}

/// Writes a module again with its functions in another order.
struct Ordering {
    imported: u32,
    /// The old number of each function that is kept, in the new order; imported ones, which keep theirs, are not counted.
    order: Vec<usize>,
    /// The new number of each function, or of the one that is the same, in the old order.
    places: Vec<u32>,
}

impl Ordering {
    fn new(imported: u32, functions: &[Own<'_>], worth: i64, fading: i64) -> Self {
        let mut seen = HashSet::new();
        let kept: Vec<_> = (0..functions.len()).filter(|&number| seen.insert(functions[number])).collect();
        let bodies: Vec<_> = kept.iter().map(|&number| functions[number].1).collect();
        let order: Vec<_> = by_likeness(&bodies, worth, fading).into_iter().map(|at| kept[at]).collect();
        let new: HashMap<_, u32> = order.iter().map(|&number| functions[number]).zip(0..).collect();
        Self { imported, places: functions.iter().map(|function| new[function]).collect(), order }
    }
}

impl Reencode for Ordering {
    type Error = Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, Error> {
        Ok(match old.checked_sub(self.imported) {
            Some(own) => self.imported + self.places[own as usize],
            None => old,
        })
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        for &old in &self.order {
            functions.function(types[old]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<wasmparser::Result<_>>()?;
        for old in self.order.clone() {
            self.parse_function_body(code, bodies[old].clone())?;
        }
        Ok(())
    }

    /// Of what is not code, only names are for anybody who comes after.
    fn parse_custom_section(&mut self, module: &mut Module, section: CustomSectionReader<'_>) -> Result<(), Error> {
        match section.as_known() {
            KnownCustom::Name(_) => utils::parse_custom_section(self, module, section),
            _ => Ok(()),
        }
    }

    /// Names are listed by number. Nobody asks for those of local variables.
    fn parse_custom_name_subsection(&mut self, names: &mut NameSection, section: Name<'_>) -> Result<(), Error> {
        match section {
            Name::Function(old) => {
                let mut named = BTreeMap::new();
                for naming in old {
                    let naming = naming?;
                    named.insert(self.function_index(naming.index)?, naming.name);
                }
                let mut map = NameMap::new();
                named.iter().for_each(|(&number, name)| map.append(number, name));
                names.functions(&map);
            }
            Name::Local(_) | Name::Label(_) => {}
            other => utils::parse_custom_name_subsection(self, names, other)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, ImportSection, RefType,
        StartSection, TableSection, TableType, TypeSection, ValType,
    };
    use wasmparser::{ElementItems, Operator, Validator};

    /// Function 0 is imported; 1 to 4 say who they are, and call one of the others. 1 and 3 look alike, and so do 2 and 4.
    /// Function 5 is function 3 again.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I64], []);
        let mut imports = ImportSection::new();
        imports.import("page", "now", EntityType::Function(0));
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (number, calls) in [(1, 0), (2, 3), (3, 1), (4, 3), (3, 1)] {
            functions.function(u32::from(number % 2 == 0));
            let mut body = Function::new([]);
            body.instructions().i32_const(number).drop();
            if number % 2 == 0 {
                body.instructions().local_get(0).i64_const(77).i64_mul().i64_const(1234).i64_add().drop();
            } else {
                body.instructions().i32_const(1234).i32_const(5678).i32_add().drop();
            }
            body.instructions().call(calls).end();
            code.function(&body);
        }
        let (element_type, maximum) = (RefType::FUNCREF, None);
        let mut tables = TableSection::new();
        tables.table(TableType { element_type, minimum: 2, maximum, table64: false, shared: false });
        let mut exports = ExportSection::new();
        exports.export("two", ExportKind::Func, 2).export("three", ExportKind::Func, 3).export(
            "again",
            ExportKind::Func,
            5,
        );
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(Cow::Borrowed(&[5, 2])));
        let mut names = NameMap::new();
        names.append(2, "two");
        names.append(3, "three");
        let mut named = NameSection::new();
        named.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&exports);
        module.section(&StartSection { function_index: 3 }).section(&elements).section(&code).section(&named);
        module.finish()
    }

    /// Who each function says it is, in the order of their numbers; the imported one says nothing.
    fn who(module: &[u8]) -> Vec<i32> {
        let mut who = vec![0];
        for (_, body) in functions(module).expect("a module").1 {
            let body = FunctionBody::new(wasmparser::BinaryReader::new(body, 0));
            let first = body.get_operators_reader().expect("code").read();
            let Ok(Operator::I32Const { value }) = first else { panic!("it begins with {first:?}") };
            who.push(value);
        }
        who
    }

    /// Everything a module does with its functions, which are called by who they are.
    fn meaning(module: &[u8]) -> Vec<String> {
        let who = who(module);
        let name = |number: u32| who[number as usize];
        let mut meaning = Vec::new();
        let mut bodies = 1;
        for payload in Parser::new(0).parse_all(module) {
            match payload.expect("well-formed") {
                Payload::FunctionSection(types) => {
                    for (ty, who) in types.into_iter().zip(&who[1..]) {
                        meaning.push(format!("{who} has type {}", ty.expect("a type")));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports.into_iter().map(|export| export.expect("an export")) {
                        meaning.push(format!("{} is {}", export.name, name(export.index)));
                    }
                }
                Payload::StartSection { func, .. } => meaning.push(format!("it starts with {}", name(func))),
                Payload::ElementSection(elements) => {
                    for element in elements.into_iter().map(|element| element.expect("elements")) {
                        let ElementItems::Functions(items) = element.items else { panic!("functions") };
                        let items: Vec<_> = items.into_iter().map(|item| name(item.expect("a number"))).collect();
                        meaning.push(format!("the table has {items:?}"));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let mut code = format!("{}:", who[bodies]);
                    bodies += 1;
                    for operator in body.get_operators_reader().expect("code") {
                        match operator.expect("an operator") {
                            Operator::Call { function_index } => code += &format!(" calls {}", name(function_index)),
                            other => code += &format!(" {other:?}"),
                        }
                    }
                    meaning.push(code);
                }
                Payload::CustomSection(section) => {
                    let wasmparser::KnownCustom::Name(names) = section.as_known() else { panic!("names") };
                    for names in names {
                        let Ok(Name::Function(names)) = names else { panic!("names of functions") };
                        let names: Vec<_> = names.into_iter().map(|naming| naming.expect("a name")).collect();
                        assert!(names.is_sorted_by_key(|naming| naming.index), "names are listed by number");
                        meaning.extend(names.iter().map(|n| format!("{} is called {}", name(n.index), n.name)));
                    }
                }
                _ => {}
            }
        }
        meaning.sort();
        meaning.dedup();
        meaning
    }

    #[test]
    fn each_function_is_there_once_in_another_order_and_does_the_same() {
        let before = module();
        let after = alike_together(&before).expect("a module");
        Validator::new().validate_all(&before).expect("the test's own module is valid");
        Validator::new().validate_all(&after).expect("so is what becomes of it");
        assert_eq!(who(&before), [0, 1, 2, 3, 4, 3]);
        assert_eq!(who(&after), [0, 1, 3, 2, 4], "what is alike is together, and what is the same is there once");
        assert_eq!(meaning(&after), meaning(&before));
        assert_eq!(meaning(&before).len(), 4 + 3 + 1 + 1 + 4 + 2);
    }

    #[test]
    fn each_function_is_followed_by_the_one_that_adds_least_to_it() {
        let bodies: [&[u8]; 5] = [b"abcdefgh", b"12345678", b"bcdefghi", b"abcd", b"2345678"];
        assert_eq!(by_likeness(&bodies, 4, 0), [0, 2, 3, 4, 1]);
        assert_eq!(by_likeness(&[], 4, 0), [0; 0]);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(alike_together(b"not a module").is_err());
    }
}
