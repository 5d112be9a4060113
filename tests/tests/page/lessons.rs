//! Lessons: written at the stage, kept in the browser, shared, and read with their questions.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Bar, Lab, PLAIN, Page, Part, Result, Setup, Value, browse, json};

/// A run of three servers that agree, from its beginning on.
async fn prepare(lab: &Lab) -> Result<()> {
    lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
    lab.propose(1, "blue").await?;
    lab.settle().await?;
    lab.seek(0).await
}

/// Such a run, at which somebody begins to write a lesson.
async fn writing(page: &Page) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    prepare(&lab).await?;
    lab.press("Write a lesson…").await?;
    Ok(lab)
}

async fn say(bar: &Bar, step: u32, text: &str) -> Result<()> {
    bar.field("textbox", &format!("At step {step}")).await?.fill(text).await
}

/// Writes a lesson: a note at step 0, a question with choices at step 12, one to be done at step 26.
async fn write(lab: &Lab) -> Result<Bar> {
    lab.press("Write a lesson…").await?;
    let bar = lab.bar();
    bar.field("textbox", "Title of the lesson").await?.fill("Votes and promises").await?;
    say(&bar, 0, "Three servers want to agree.").await?;
    lab.seek(12).await?;
    say(&bar, 12, "How many promises does server 1 need?").await?;
    let sheet = asks(lab, "choices").await?;
    for (field, text) in
        [("Choice 1", "one"), ("Choice 2", "two"), ("Once it is answered", "Two of three are a quorum.")]
    {
        sheet.part("textbox", field).await?.fill(text).await?;
    }
    // Nothing is right before somebody has said so.
    sheet.press("Done").await?;
    sheet.part("alert", "Mark the choice that is right").await?;
    lab.find("input[type=radio][value='2']").await?.click().await?;
    sheet.press("Done").await?;
    let accepted = step_of(lab, "accepted", 2).await?;
    lab.seek(accepted).await?;
    say(&bar, accepted, "Make a crash take this vote.").await?;
    let sheet = asks(lab, "goal").await?;
    sheet.part("combobox", "What is to be done").await?.fill("2").await?;
    sheet.press("Done").await?;
    Ok(bar)
}

/// Opens what the present note asks, and makes it this.
async fn asks(lab: &Lab, kind: &str) -> Result<Part> {
    lab.press("Ask a question…").await?;
    let sheet = lab.part("dialog", "The question at step").await?;
    sheet.part("combobox", "What it asks").await?.fill(kind).await?;
    Ok(sheet)
}

async fn step_of(lab: &Lab, event: &str, node: u32) -> Result<u32> {
    let events = lab.events(0).await?;
    let found = events.iter().find(|it| it["event"] == event && it["node"] == node).expect("it happens");
    Ok(u32::try_from(found["step"].as_u64().expect("a step"))?)
}

fn asked(run: &Value) -> Vec<(u64, bool)> {
    let notes = run["notes"].as_array().cloned().unwrap_or_default();
    notes.iter().map(|note| (note["step"].as_u64().unwrap_or_default(), note["question"].is_object())).collect()
}

/// Reads the lesson from its beginning: both questions stop it, and both are answered.
async fn read(lab: &Lab, accepted: u32) -> Result<()> {
    let bar = lab.bar();
    lab.step(500).await?;
    bar.says("How many promises does server 1 need?").await?;
    let view = lab.view().await?;
    assert_eq!((&view["step"], &view["length"], &view["next"]), (&json!(12), &json!(12), &Value::Null), "it is hidden");
    let last = lab.events(0).await?.iter().filter_map(|event| event["step"].as_u64()).max();
    assert_eq!(last, Some(12));
    bar.press("one").await?;
    bar.says("Not that one. Look again.").await?;
    lab.step(5).await?;
    assert_eq!(lab.view().await?["step"], 12, "it still waits");
    bar.press("two").await?;
    bar.says("Two of three are a quorum.").await?;
    bar.press("Go on").await?;
    lab.pause().await?;
    lab.step(500).await?;
    bar.says("Make a crash take this vote.").await?;
    assert_eq!(lab.view().await?["step"], accepted);
    // Something else is no answer, and leads back to the question.
    lab.server(1, "pause").await?;
    bar.says("○ a crash takes a vote").await?;
    bar.press("Try again").await?;
    lab.until("it is asked again", |view| view["step"] == accepted && view["nodes"][0]["status"] == "up").await?;
    lab.server(2, "crash").await?;
    bar.says(&format!("Done at step {}.", accepted + 1)).await?;
    bar.press("Back to the lesson").await?;
    lab.until("the lesson goes on", |view| view["nodes"][1]["status"] == "up").await?;
    lab.pause().await?;
    let view = lab.settle().await?;
    assert_eq!(
        view["nodes"].as_array().map(|nodes| nodes.iter().filter(|it| it["learned"] != json!([])).count()),
        Some(3)
    );
    Ok(())
}

#[test]
fn a_lesson_with_questions_is_written_kept_read_after_a_reload_and_shared() {
    let link = std::sync::Mutex::new(String::new());
    let step = std::sync::Mutex::new(0);
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        prepare(&lab).await?;
        let accepted = step_of(&lab, "accepted", 2).await?;
        let bar = write(&lab).await?;
        let notes = [(0, false), (12, true), (u64::from(accepted), true)];
        assert_eq!(asked(&lab.run().await?), notes);
        bar.press("Save").await?;
        bar.says("Saved as “Votes and promises”").await?;
        // Another run, another visit: the lesson is where it was put.
        lab.reset(json!({ "nodes": 5 })).await?;
        page.driver().goto("about:blank").await?;
        let lab = page.open(PLAIN).await?;
        lab.press("Scenarios").await?;
        lab.press("Votes and promises").await?;
        lab.until("the lesson is open", |view| view["nodes"].as_array().map(Vec::len) == Some(3)).await?;
        assert_eq!(asked(&lab.run().await?), notes);
        *link.lock().expect("no panic") = lab.share().await?;
        *step.lock().expect("no panic") = accepted;
        read(&lab, accepted).await
    });
    // Somebody else, in a browser that has never seen it.
    let (link, accepted) = (link.into_inner().expect("no panic"), step.into_inner().expect("no panic"));
    let fragment = link.split_once('#').expect("a link").1.to_owned();
    browse(async |page| {
        let lab = page.open(&format!("#{fragment}")).await?;
        lab.seek(0).await?;
        read(&lab, accepted).await
    });
    // And an embedded lab of somebody else's page.
    let host = format!(
        "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab run=\"#{fragment}\" controls=compact></quorum-lab>"
    );
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.seek(0).await?;
        read(&lab, accepted).await
    });
}

/// A goal that takes time: in the middle of a lesson, where its future is hidden, and at its end, where there is none.
#[test]
fn time_passes_where_a_question_asks_for_something_to_be_done() {
    browse(async |page| {
        for step in [12, 500] {
            let lab = page.open(PLAIN).await?;
            lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
            lab.propose(1, "blue").await?;
            if step < 500 {
                lab.settle().await?;
                lab.seek(step).await?;
            } else {
                lab.step(11).await?;
            }
            let asked = lab.view().await?["step"].as_u64().expect("a step");
            lab.press("Write a lesson…").await?;
            say(&lab.bar(), u32::try_from(asked)?, "Let a value be chosen without server 3.").await?;
            let sheet = asks(&lab, "goal").await?;
            sheet.part("combobox", "What is to be done").await?.fill("0").await?;
            sheet.press("Done").await?;
            lab.bar().press("Close").await?;
            let bar = lab.bar();
            bar.says("○ a value is chosen").await?;
            let view = lab.view().await?;
            assert_eq!((&view["length"], &view["next"], &view["ended"]), (&json!(asked), &Value::Null, &json!("task")));
            // By a person's hand alone: it does not go on by itself.
            lab.step(5).await?;
            assert_eq!(lab.view().await?["step"], asked);
            lab.server(3, "crash").await?;
            let view = lab.view().await?;
            assert!(view["step"].as_u64() <= view["length"].as_u64(), "{view}");
            let here = lab.view().await?["step"].as_u64();
            lab.press("Play").await?;
            lab.until("it goes on", |view| view["step"].as_u64() > here).await?;
            lab.pause().await?;
            lab.step(500).await?;
            bar.says("Done at step").await?;
            page.drawn().await?;
            let ends = if step < 500 { "Back to the lesson" } else { "Go on" };
            bar.press(ends).await?;
            page.drawn().await?;
            lab.pause().await?;
            // Once more, and first of all time passes.
            lab.seek(0).await?;
            lab.press("Write a lesson…").await?;
            lab.bar().press("Close").await?;
            lab.step(500).await?;
            assert_eq!(lab.view().await?["ended"], "task");
            lab.press("Step").await?;
            lab.until("it goes on", |view| view["step"].as_u64() > Some(asked)).await?;
            page.drawn().await?;
            lab.bar().press("Try again").await?;
            lab.until("it is asked again", |view| view["step"] == asked && view["length"] == asked).await?;
            page.take_errors().await?;
        }
        Ok(())
    });
}

#[test]
fn a_note_is_moved_and_deleted_and_what_cannot_be_asked_is_said() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        prepare(&lab).await?;
        let bar = write(&lab).await?;
        lab.seek(14).await?;
        bar.field("combobox", "Move a note here").await?.fill("12").await?;
        let steps = |run: &Value| asked(run).iter().map(|(step, _)| *step).collect::<Vec<_>>();
        assert_eq!(steps(&lab.run().await?)[..2], [0, 14]);
        bar.press("Delete").await?;
        assert_eq!(steps(&lab.run().await?).len(), 2);
        let sheet = asks(&lab, "goal").await?;
        sheet.press("Close").await?;
        bar.says("A question needs a sentence that asks it: it is the note at this step.").await?;
        bar.field("textbox", "Title of the lesson").await?.fill("").await?;
        bar.press("Save").await?;
        bar.says("Give the lesson a title").await?;
        // Whoever writes sees beyond every question; closing the bar asks them again.
        bar.press("Close").await?;
        assert_eq!(bar.text().await?, "");
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn play_waits_for_an_answer_and_closing_what_writes_a_lesson_asks_again() {
    browse(async |page| {
        let lab = page.open("#scenario=from-one-value-to-a-log").await?;
        lab.step(5_000).await?;
        let asked = lab.view().await?["step"].clone();
        lab.part("button", "four").await?;
        lab.press("Play").await?;
        lab.part("alert", "A question waits for its answer.").await?;
        assert_eq!(lab.view().await?["step"], asked, "it did not begin again");
        lab.press("Write a lesson…").await?;
        lab.bar().press("Close").await?;
        lab.press("four").await?;
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn escape_closes_what_writes_a_lesson_and_keeps_what_was_typed() {
    browse(async |page| {
        let lab = writing(page).await?;
        let bar = lab.bar();
        let step = lab.view().await?["step"].as_u64().expect("a step");
        bar.field("textbox", &format!("At step {step}")).await?.click().await?;
        let escape: char = Key::Escape.into();
        page.driver().action_chain().send_keys(format!("Look.{escape}")).perform().await?;
        page.eventually("it is closed", async || Ok(bar.text().await?.is_empty().then_some(()))).await?;
        let entry: String =
            page.js("return args[0].shadowRoot.activeElement?.textContent;", vec![lab.element().to_json()?]).await?;
        assert_eq!(entry, "Write a lesson…", "the focus is back where it came from");
        assert_eq!(lab.run().await?["notes"][0]["says"], "Look.");
        Ok(())
    });
}

#[test]
fn what_does_not_fit_is_found_again_and_keeps_nothing_else_from_the_run() {
    browse(async |page| {
        let lab = writing(page).await?;
        let bar = lab.bar();
        let long = "n".repeat(601);
        bar.field("textbox", "Title of the lesson").await?.fill("Votes").await?;
        say(&bar, 0, &long).await?;
        bar.says("The note is too long by 1").await?;
        assert_eq!(lab.run().await?["title"], "Votes");
        lab.seek(12).await?;
        bar.field("textbox", "Title of the lesson").await?.fill("y".repeat(121)).await?;
        say(&bar, 12, "A note.").await?;
        bar.says("The title is too long by 1").await?;
        assert_eq!(lab.run().await?["notes"][0]["says"], "A note.");
        bar.press("Close").await?;
        lab.seek(0).await?;
        lab.press("Write a lesson…").await?;
        let bar = lab.bar();
        bar.says("The title is too long by 1: it has room for 120 letters. The note is too long by 1").await?;
        assert_eq!(bar.field("textbox", "At step 0").await?.value().await?, long);
        bar.field("textbox", "Title of the lesson").await?.fill("Votes and promises").await?;
        say(&bar, 0, "It fits.").await?;
        assert_eq!(lab.run().await?["notes"][0]["says"], "It fits.");
        bar.press("Save").await?;
        bar.says("Saved as “Votes and promises”, under Scenarios.").await?;
        page.take_errors().await?;
        Ok(())
    });
}

/// Whoever opens it at the author's step would have its questions behind them.
#[test]
fn a_lesson_with_questions_is_shared_from_its_start_unless_somebody_wants_this_step() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        prepare(&lab).await?;
        write(&lab).await?;
        let step = lab.view().await?["step"].as_u64().expect("a step");
        lab.press("Share…").await?;
        let sheet = lab.part("dialog", "Share").await?;
        let opens = async |sheet: &Part, at: u64| {
            let says = format!("It opens this run at step {at}, exactly");
            page.eventually(&says, async || Ok(sheet.text().await?.contains(&says).then_some(()))).await?;
            let link = sheet.part("textbox", "Link to this run").await?;
            page.eventually("the link", async || Ok(Some(link.value().await?).filter(|it| !it.is_empty()))).await
        };
        let first = opens(&sheet, 0).await?;
        sheet.part("checkbox", "At its start").await?.click().await?;
        let here = opens(&sheet, step).await?;
        for (link, at) in [(first, 0), (here, step)] {
            let fragment = link.split_once('#').expect("a link").1.to_owned();
            page.driver().goto("about:blank").await?;
            assert_eq!(page.open(&format!("#{fragment}")).await?.view().await?["step"], at);
        }
        Ok(())
    });
}

#[test]
fn a_goal_is_made_of_up_to_three_conditions() {
    browse(async |page| {
        let lab = writing(page).await?;
        say(&lab.bar(), 0, "Lose a vote, and agree all the same.").await?;
        let sheet = asks(&lab, "goal").await?;
        assert!(!sheet.has("combobox", "Third condition").await?, "it comes after the second");
        for (condition, goal) in [("Second condition", "2"), ("Third condition", "9")] {
            sheet.part("combobox", condition).await?.fill(goal).await?;
        }
        sheet.press("Done").await?;
        let run = lab.run().await?;
        assert_eq!(
            run["notes"][0]["question"]["goal"],
            json!([{ "chosen": true }, { "loses": "vote" }, { "underWay": 0 }])
        );
        // It is found again as it was put together.
        lab.press("Asks to do something…").await?;
        assert_eq!(lab.part("combobox", "Third condition").await?.value().await?, "9");
        Ok(())
    });
}

#[test]
fn a_question_is_written_in_its_own_window_and_can_be_taken_away() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        prepare(&lab).await?;
        lab.press("Write a lesson…").await?;
        let sheet = asks(&lab, "goal").await?;
        sheet.part("textbox", "The question").await?.fill("Lose a vote.").await?;
        sheet.press("Done").await?;
        assert_eq!(asked(&lab.run().await?), [(0, true)]);
        lab.press("Asks to do something…").await?;
        lab.part("dialog", "The question at step").await?.press("Take the question away").await?;
        assert_eq!(asked(&lab.run().await?), [(0, false)]);
        assert_eq!(lab.run().await?["notes"][0]["says"], "Lose a vote.");
        // Whoever only looks asks nothing.
        lab.press("Ask a question…").await?;
        lab.part("dialog", "The question at step").await?.press("Close").await?;
        lab.part("button", "Ask a question…").await?;
        Ok(())
    });
}

#[test]
fn a_question_that_is_not_whole_waits_while_somebody_looks_at_another_moment() {
    browse(async |page| {
        let lab = writing(page).await?;
        say(&lab.bar(), 0, "Which of them?").await?;
        let sheet = asks(&lab, "choices").await?;
        sheet.part("textbox", "Choice 1").await?.fill("one").await?;
        sheet.press("Close").await?;
        lab.seek(12).await?;
        lab.part("button", "Ask a question…").await?;
        lab.seek(0).await?;
        lab.press("Asks with choices…").await?;
        let sheet = lab.part("dialog", "The question at step").await?;
        assert_eq!(sheet.part("textbox", "Choice 1").await?.value().await?, "one");
        sheet.press("Take the question away").await?;
        lab.part("button", "Ask a question…").await?;
        assert_eq!(asked(&lab.run().await?), [(0, false)]);
        Ok(())
    });
}

#[test]
fn a_lecture_begins_with_its_title_shows_no_tools_and_keeps_the_focus_after_a_question() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        prepare(&lab).await?;
        write(&lab).await?;
        lab.seek(0).await?;
        lab.press("Present").await?;
        page.eventually("the title is read", async || {
            Ok(lab.find(".hint").await?.text().await?.starts_with("Votes and promises").then_some(()))
        })
        .await?;
        assert_eq!(lab.bar().text().await?, "", "what writes is put aside");
        lab.step(500).await?;
        lab.bar().press("two").await?;
        lab.bar().press("Go on").await?;
        page.eventually("what goes on has the focus", async || {
            let js = "return args[0].shadowRoot.activeElement?.getAttribute('aria-label') === 'Next';";
            Ok(page.js::<bool>(js, vec![lab.element().to_json()?]).await?.then_some(()))
        })
        .await?;
        lab.press("Leave").await?;
        lab.part("textbox", "Title of the lesson").await?;
        Ok(())
    });
}

#[test]
fn whoever_only_looked_at_a_question_lacks_nothing_and_what_is_saved_is_not_said_to_be_lost() {
    browse(async |page| {
        let lab = page.open("#scenario=two-proposers&step=20").await?;
        lab.find("[data-topic=linked]").await?;
        lab.press("Write a lesson…").await?;
        let bar = lab.bar();
        bar.field("textbox", "Title of the lesson").await?.fill("Two of them").await?;
        say(&bar, 20, "Who goes on?").await?;
        let sheet = asks(&lab, "choices").await?;
        sheet.press("Done").await?;
        sheet.part("alert", "A question with choices needs").await?;
        page.driver().action_chain().send_keys(Key::Escape + "").perform().await?;
        let error = async || Ok(lab.shown(".lessonbar .error").await?.unwrap_or_default().is_empty().then_some(()));
        page.eventually("nothing is said to be missing", error).await?;
        bar.press("Save").await?;
        bar.says("Saved as “Two of them”").await?;
        assert_eq!(lab.shown("[data-topic=linked]").await?, None, "it said that nothing is saved");
        Ok(())
    });
}

#[test]
fn what_is_typed_right_after_a_step_is_one_note() {
    browse(async |page| {
        let lab = page.open("#scenario=two-proposers&step=8").await?;
        lab.press("Write a lesson…").await?;
        let notes = lab.run().await?["notes"].as_array().map(Vec::len);
        lab.press("Step").await?;
        lab.find(".lessonbar textarea").await?.click().await?;
        let step = lab.view().await?["step"].clone();
        page.driver().action_chain().send_keys("Watch server 3 now, it matters.").perform().await?;
        let run = lab.run().await?;
        let all = run["notes"].as_array().cloned().unwrap_or_default();
        let mine: Vec<_> = all.iter().filter(|note| note["says"] == "Watch server 3 now, it matters.").collect();
        assert_eq!(mine.len(), 1, "{all:#?}");
        assert_eq!(Some(all.len()), notes.map(|many| many + 1), "{all:#?}");
        assert!(mine[0]["step"].as_u64() <= step.as_u64().map(|step| step + 1), "{step}: {mine:?}");
        Ok(())
    });
}
