//! What every refusal of a lab has in common.

use crate::{Lab, Page};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Tries an action and tells everything that came of it.
const TRY: &str = "
    const [lab, method, argument] = args;
    const heard = [];
    const hear = (event) => heard.push([event.detail.message, event.bubbles, event.composed]);
    document.addEventListener('quorum-error', hear);
    const state = () => JSON.stringify([lab.view(), lab.run(), lab.events()]);
    const before = state();
    const outcome = await lab[method](argument).then(
        () => ({ refused: false }),
        (error) => ({ refused: true, isError: error instanceof Error, message: error.message }));
    document.removeEventListener('quorum-error', hear);
    return { ...outcome, heard, unchanged: state() === before };";

/// Calls a method of the lab that must refuse what it is given: with a sentence that has these words, which the page around
/// hears once, and with everything as it was. Returns the sentence.
///
/// # Errors
/// When the page does not answer.
///
/// # Panics
/// When it is not refused, or not like that.
pub async fn refused(page: &Page, lab: &Lab, method: &str, argument: Value, words: &[&str]) -> Result<String> {
    let told: Value = page.js(TRY, vec![lab.element().to_json()?, json!(method), argument.clone()]).await?;
    let what = format!("{method}({argument}): {told}");
    assert_eq!(told["refused"], true, "{what}");
    assert_eq!(told["isError"], true, "{what}");
    assert_eq!(told["unchanged"], true, "{what}");
    let message = told["message"].as_str().context("a message")?.to_owned();
    assert_eq!(told["heard"], json!([[message, true, true]]), "one quorum-error, which leaves the lab: {what}");
    assert!(message.ends_with('.'), "a sentence: {what}");
    for word in words {
        assert!(message.contains(word), "{word} is missing: {what}");
    }
    Ok(message)
}
