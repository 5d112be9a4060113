//! Reads a module: what it imports and exports, and its text, cut where a name or an address has to be changed.

use super::absolute;
use crate::graph::is_this_module;
use anyhow::{Context, Result, bail};
use oxc::allocator::Allocator;
use oxc::ast::ast::{
    AssignmentTargetPropertyIdentifier, BindingIdentifier, BindingProperty, Declaration, ExportNamedDeclaration,
    Expression, IdentifierReference, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression, MetaProperty,
    NewExpression, ObjectProperty, Statement,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::semantic::{Scoping, SemanticBuilder, SymbolId};
use oxc::span::{GetSpan, SourceType, Span};
use std::collections::BTreeMap;

/// A module, as far as joining it with others is concerned.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// From the root of the site.
    pub(super) path: String,
    pub(super) source: String,
    /// What it imports, as paths, in the order in which it does.
    pub(super) requests: Vec<String>,
    /// What it may load with `import()`.
    pub(super) later: Vec<String>,
    /// The names that come from elsewhere.
    pub(super) imports: BTreeMap<String, Import>,
    /// What others may import, by the name they use.
    pub(super) exports: BTreeMap<String, Export>,
    /// Modules whose exports are passed on, all of them.
    pub(super) stars: Vec<String>,
    /// The names that are declared at its top.
    pub(super) declared: Vec<String>,
    /// Its text without imports and exports.
    pub(super) pieces: Vec<Piece>,
    /// Why it cannot be joined with others, if so.
    pub(super) refused: Option<String>,
}

/// What a local name stands for.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) from: String,
    pub(super) name: String,
    /// Where it says so, from 1.
    pub(super) line: usize,
}

/// What an exported name stands for.
#[derive(Debug)]
pub(super) enum Export {
    /// A name of the module, declared or imported.
    Local(String),
    /// What another module exports as `name`.
    Of { from: String, name: String },
}

/// A part of a module's text.
#[derive(Debug)]
pub(super) enum Piece {
    /// To be written as it is.
    Text(String),
    /// A name from the top of the module.
    Name(String),
    /// A path from the root of the site, to be written relative to the file.
    Address(String),
}

impl Module {
    /// Reads the module `source` that is at `path`.
    ///
    /// # Errors
    /// When it is not JavaScript, or loads what is not part of the site.
    pub(super) fn read(path: &str, source: String) -> Result<Self> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, &source, SourceType::mjs()).parse();
        if let Some(error) = parsed.errors.first() {
            bail!("{path}: {error}");
        }
        let scoping = SemanticBuilder::new().build(&parsed.program).semantic.into_scoping();
        let module = Self { path: path.to_owned(), ..Self::default() };
        let mut reader = Reader { module, source: &source, scoping: &scoping, done: 0, wrong: None };
        for statement in &parsed.program.body {
            reader.statement(statement)?;
        }
        reader.cut(source.len(), source.len());
        let Reader { mut module, wrong, .. } = reader;
        if let Some(error) = wrong {
            return Err(error);
        }
        let top = scoping.iter_bindings_in(scoping.root_scope_id()).map(|symbol| scoping.symbol_name(symbol));
        module.declared = top.filter(|name| !module.imports.contains_key(*name)).map(str::to_owned).collect();
        module.source = source;
        Ok(module)
    }
}

struct Reader<'s> {
    module: Module,
    source: &'s str,
    scoping: &'s Scoping,
    /// How much of the source is in the pieces, in bytes.
    done: usize,
    wrong: Option<anyhow::Error>,
}

impl Reader<'_> {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<()> {
        let span = statement.span();
        match statement {
            Statement::ImportDeclaration(import) => self.import(import)?,
            Statement::ExportNamedDeclaration(export) => return self.export(export),
            Statement::ExportAllDeclaration(export) => {
                if export.exported.is_some() {
                    self.refuse(span, "export * as");
                }
                let from = self.request(&export.source.value, span)?;
                self.module.stars.push(from);
            }
            Statement::ExportDefaultDeclaration(_) => self.refuse(span, "export default"),
            other => {
                self.visit_statement(other);
                return Ok(());
            }
        }
        self.leave_out(span);
        Ok(())
    }

    fn import(&mut self, import: &ImportDeclaration<'_>) -> Result<()> {
        if import.with_clause.is_some() {
            self.refuse(import.span, "an import with attributes");
        }
        let from = self.request(&import.source.value, import.span)?;
        for specifier in import.specifiers.iter().flatten() {
            let name = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => one.imported.name().to_string(),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => {
                    self.refuse(import.span, "import * as");
                    continue;
                }
            };
            let import = Import { from: from.clone(), name, line: self.line(specifier.span()) };
            self.module.imports.insert(specifier.local().name.to_string(), import);
        }
        Ok(())
    }

    fn export(&mut self, export: &ExportNamedDeclaration<'_>) -> Result<()> {
        let from = match &export.source {
            Some(source) => Some(self.request(&source.value, export.span)?),
            None => None,
        };
        for specifier in &export.specifiers {
            let name = specifier.local.name().to_string();
            let what = match &from {
                Some(from) => Export::Of { from: from.clone(), name },
                None => Export::Local(name),
            };
            self.module.exports.insert(specifier.exported.name().to_string(), what);
        }
        let Some(declaration) = &export.declaration else {
            self.leave_out(export.span);
            return Ok(());
        };
        let mut declares = |name: &str| self.module.exports.insert(name.to_owned(), Export::Local(name.to_owned()));
        match declaration {
            Declaration::VariableDeclaration(all) => {
                let names = all.declarations.iter().flat_map(|one| one.id.get_binding_identifiers());
                names.for_each(|name| drop(declares(&name.name)));
            }
            other => drop(other.id().map(|name| declares(&name.name))),
        }
        self.leave_out(Span::new(export.span.start, declaration.span().start));
        self.visit_declaration(declaration);
        Ok(())
    }

    /// Notes a module that has to run before this one.
    fn request(&mut self, address: &str, span: Span) -> Result<String> {
        let path = self.inside(address, span)?;
        if !self.module.requests.contains(&path) {
            self.module.requests.push(path.clone());
        }
        Ok(path)
    }

    /// The path of a module of the site.
    fn inside(&self, address: &str, span: Span) -> Result<String> {
        let place = || format!("{}:{} loads {address}", self.module.path, self.line(span));
        let is_relative = address.starts_with("./") || address.starts_with("../");
        let path = if is_relative { absolute(&self.module.path, address).with_context(place)? } else { None };
        path.with_context(place).context("only modules of the site, named with ./ or ../, can be joined")
    }

    fn refuse(&mut self, span: Span, what: &str) {
        let why = format!("{}:{}: {what} cannot be joined with other modules", self.module.path, self.line(span));
        self.module.refused.get_or_insert(why);
    }

    fn line(&self, span: Span) -> usize {
        self.source[..span.start as usize].matches('\n').count() + 1
    }

    /// Takes the text up to `start` as it is, and goes on at `end`.
    fn cut(&mut self, start: usize, end: usize) {
        self.module.pieces.push(Piece::Text(self.source[self.done..start].to_owned()));
        self.done = end;
    }

    fn leave_out(&mut self, span: Span) {
        self.cut(span.start as usize, span.end as usize);
    }

    fn replace(&mut self, span: Span, by: Piece) {
        self.leave_out(span);
        self.module.pieces.push(by);
    }

    fn name(&mut self, name: &str, span: Span, symbol: Option<SymbolId>) {
        if symbol.is_some_and(|symbol| self.scoping.symbol_scope_id(symbol) == self.scoping.root_scope_id()) {
            self.replace(span, Piece::Name(name.to_owned()));
        }
    }

    /// `{ a }` says two things, the key and the name, and only the name may change: writes the key out.
    fn write_key(&mut self, key: Span) {
        let text = self.source[key.start as usize..key.end as usize].to_owned();
        self.cut(key.start as usize, key.start as usize);
        self.module.pieces.push(Piece::Text(text + ": "));
    }

    /// Replaces the address that a string is or a template begins with, and says whether it is certain.
    fn address(&mut self, literal: &Expression<'_>) -> bool {
        let (span, is_whole) = match literal {
            Expression::StringLiteral(text) => (text.span.shrink(1), true),
            Expression::TemplateLiteral(text) => (text.quasis[0].span, text.is_no_substitution_template()),
            _ => return false,
        };
        let text = &self.source[span.start as usize..span.end as usize];
        let path = text.split(['?', '#']).next().unwrap_or("");
        // How a template goes on must not change the path.
        let goes_on = !is_whole && path.len() == text.len();
        if goes_on || path.ends_with('/') || text.contains('\\') {
            return false;
        }
        match absolute(&self.module.path, text) {
            Ok(Some(path)) => self.replace(span, Piece::Address(path)),
            Ok(None) => {}
            Err(error) => drop(self.wrong.get_or_insert(error)),
        }
        if let Expression::TemplateLiteral(text) = literal {
            walk::walk_expressions(self, &text.expressions);
        }
        true
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'a>) {
        let symbol = self.scoping.get_reference(name.reference_id()).symbol_id();
        self.name(&name.name, name.span, symbol);
    }

    fn visit_binding_identifier(&mut self, name: &BindingIdentifier<'a>) {
        self.name(&name.name, name.span, name.symbol_id.get());
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        if property.shorthand {
            self.write_key(property.key.span());
            self.visit_expression(&property.value);
        } else {
            walk::walk_object_property(self, property);
        }
    }

    fn visit_binding_property(&mut self, property: &BindingProperty<'a>) {
        if property.shorthand {
            self.write_key(property.key.span());
            self.visit_binding_pattern(&property.value);
        } else {
            walk::walk_binding_property(self, property);
        }
    }

    fn visit_assignment_target_property_identifier(&mut self, property: &AssignmentTargetPropertyIdentifier<'a>) {
        self.write_key(property.binding.span);
        walk::walk_assignment_target_property_identifier(self, property);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        let before = self.module.pieces.len();
        if let Some(text) = constant(&import.source) {
            match self.inside(&text, import.span) {
                Ok(path) => self.module.later.push(path),
                Err(error) => drop(self.wrong.get_or_insert(error)),
            }
            self.address(&import.source);
        } else {
            walk::walk_import_expression(self, import);
        }
        // One made of `import.meta.url` is whole; any other would be relative to a file that has moved.
        let is_known = self.module.pieces[before..].iter().any(|piece| matches!(piece, Piece::Address(_)));
        if !is_known {
            self.refuse(import.span, "import() of an address that its text does not tell");
        }
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Expression::Identifier(class) = &new.callee
            && class.name == "URL"
            && let [to, base] = new.arguments.as_slice()
            && is_this_module(base)
            && to.as_expression().is_some_and(|to| self.address(to))
        {
            return;
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_meta_property(&mut self, meta: &MetaProperty<'a>) {
        if meta.meta.name == "import" {
            self.refuse(meta.span, "import.meta, except as new URL(\"…\", import.meta.url),");
        }
    }
}

/// The text that an expression certainly is.
fn constant(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        Expression::TemplateLiteral(text) => text.single_quasi().map(|text| text.to_string()),
        _ => None,
    }
}
