//! The first lesson as a screen reader tells it: what is said aloud at each beat, and what there is to read between two.
//! It is compared with a story that a person can read; `UPDATE_GOLDENFILES=1` writes it anew.

use quorum_tests::{Browser, Context, Lab, Page, Result, Value, browse, ensure, json};
use std::collections::HashMap;
use std::path::Path;
use std::{env, fs};

/// Keeps all that the live region says.
const LISTEN: &str = "
    globalThis.heard = [];
    const live = args[0].shadowRoot.querySelector('[aria-live=polite]');
    const hear = () => live.textContent && heard.push(live.textContent);
    new MutationObserver(hear).observe(live, { childList: true, characterData: true, subtree: true });";

/// More beats than the lesson has.
const LONG: usize = 30;

/// The part of the accessibility tree that is in the lab, as nodes with a role, a name and children.
struct Tree {
    nodes: HashMap<String, Value>,
    root: String,
}

impl Tree {
    async fn of(page: &Page) -> Result<Self> {
        let tree = page.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
        let root = nodes[0]["nodeId"].as_str().context("a tree without a root")?.to_owned();
        let nodes = nodes.iter().filter_map(|node| Some((node["nodeId"].as_str()?.to_owned(), node.clone()))).collect();
        Ok(Self { nodes, root })
    }

    fn children(&self, node: &Value) -> impl Iterator<Item = &Value> {
        let ids: Vec<_> = node["childIds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        ids.into_iter().filter_map(|id| self.nodes.get(id))
    }

    /// The first node below `node` with a role and a name.
    fn find<'a>(&'a self, node: &'a Value, role: &str, name: &str) -> Option<&'a Value> {
        if is(node, role) && node["name"]["value"] == name {
            return Some(node);
        }
        self.children(node).find_map(|child| self.find(child, role, name))
    }

    /// What is read of a node: its text, or the names of what can be pressed.
    fn read(&self, node: &Value, into: &mut Vec<String>) {
        let told = node["ignored"] != true && (is(node, "button") || is(node, "StaticText"));
        let name = node["name"]["value"].as_str().unwrap_or_default();
        if told && !name.is_empty() {
            into.push(name.to_owned());
        } else {
            self.children(node).for_each(|child| self.read(child, into));
        }
    }

    /// The lines that are read of the part with a role and a name; an error where it is not told of.
    fn lines(&self, role: &str, name: &str) -> Result<Vec<String>> {
        let root = self.nodes.get(&self.root).context("a tree without a root")?;
        let part = self.find(root, role, name).with_context(|| format!("no {role} is called {name}"))?;
        let mut lines = Vec::new();
        self.read(part, &mut lines);
        Ok(lines)
    }
}

fn is(node: &Value, role: &str) -> bool {
    node["role"]["value"] == role
}

/// What there is to read at a moment, in the order in which it is read.
async fn page_reads(page: &Page, tree: &Tree) -> Result<String> {
    let chosen = tree.lines("group", "Chosen")?.join(" ").replace("  ", " ");
    let servers = tree.lines("group", "Servers")?;
    let messages = tree.lines("group", "Messages")?;
    let waiting = tree.lines("group", "Outboxes")?;
    let note: String = page
        .js("return document.querySelector('quorum-lab').shadowRoot.querySelector('.hint').textContent;", vec![])
        .await?;
    ensure!(tree.lines("region", "Stage")?.concat().contains(note.trim()), "the note is not told of: {note}");
    let mut text = format!("    In the middle: {chosen}\n");
    for line in servers {
        text += &format!("    {line}\n");
    }
    for (what, lines) in [("Waiting", waiting), ("On the way", messages)] {
        for line in lines {
            text += &format!("    {what}: {line}\n");
        }
    }
    Ok(text)
}

async fn heard(page: &Page) -> Result<Vec<String>> {
    page.js("return heard.splice(0);", vec![]).await
}

/// Goes on by one idea, as a person who presses the right arrow does; whether there was one.
async fn on(page: &Page, lab: &Lab) -> Result<bool> {
    let before = lab.view().await?["step"].clone();
    lab.beat(1).await?;
    page.layout().await?;
    Ok(lab.view().await?["step"] != before)
}

#[test]
fn the_first_lesson_is_told_as_a_story_and_each_beat_is_said_once() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver tells what a screen reader is told
        }
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        page.devtools("Accessibility.enable", json!({})).await?;
        let lab = page.open("#scenario=first-agreement").await?;
        lab.press("Dismiss").await?;
        page.js::<()>(LISTEN, vec![lab.element().to_json()?]).await?;
        page.layout().await?;
        ensure!(heard(page).await?.is_empty(), "something is said before anything has happened");
        let note = "return args[0].shadowRoot.querySelector('.hint').textContent;";
        let first: String = page.js(note, vec![lab.element().to_json()?]).await?;
        let mut story = format!("First agreement, as a screen reader tells it\n\nStep 0 reads: {first}\n");
        story += &page_reads(page, &Tree::of(page).await?).await?;
        let mut said: Vec<String> = Vec::new();
        for _ in 0..LONG {
            if !on(page, &lab).await? {
                break;
            }
            let now = heard(page).await?;
            let step = lab.view().await?["step"].clone();
            ensure!(now.len() == 1, "at step {step} it says {} sentences: {now:?}", now.len());
            ensure!(!said.contains(&now[0]), "at step {step} it says again: {}", now[0]);
            story += &format!("\nStep {step} says: {}\n", now[0]);
            story += &page_reads(page, &Tree::of(page).await?).await?;
            said.extend(now);
        }
        // All notes of the lesson have been said, the first one apart: it was there before anything happened.
        for note in lab.run().await?["notes"].as_array().into_iter().flatten().skip(1) {
            let note = note["says"].as_str().unwrap_or_default();
            ensure!(said.iter().any(|it| it.contains(note)), "never said: {note}");
        }
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("heard/first-agreement.txt");
        if env::var_os("UPDATE_GOLDENFILES").is_some() {
            fs::write(&golden, &story)?;
        }
        let expected = fs::read_to_string(&golden).context("the story is not there: UPDATE_GOLDENFILES=1 writes it")?;
        assert_eq!(story, expected, "it is told otherwise; UPDATE_GOLDENFILES=1 writes it anew, and then read it");
        Ok(())
    });
}
