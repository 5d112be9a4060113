//! What is read off a run to draw it in space and time, without the drawing: its modules by themselves, in a browser.

use quorum_tests::{Setup, Value, json};

/// What the model makes of the events of a run, taken in at once or bit by bit.
const MODEL: &str = "
    const { Model, fateOf } = await import('/model/spacetime-model.js');
    const tell = (model) => JSON.stringify([model.events.length, model.lanes, model.axis.length, model.axis.steps,
        model.arrows.map((arrow) => [arrow.message.id, arrow.start.step, arrow.end?.step, arrow.stops.map((e) => e.step), arrow.source?.message.id, fateOf(arrow)]),
        [1, 2, 3].map((server) => model.turns(server)), model.axis.breaks(0, 1e9)]);
    const fresh = (events) => { const model = new Model(); model.follow(events, 3); return model; };";

#[test]
fn the_model_grows_with_a_run_and_forgets_only_what_a_fork_leaves() {
    let site = Setup::new()
        .page("/model/spacetime-model.js", include_str!("../../web/lab/spacetime/model.js"))
        .page("/model/spacetime-axis.js", include_str!("../../web/lab/spacetime/axis.js"));
    site.browse(async |page| {
        let lab = page.open("").await?;
        lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
        lab.propose(1, "blue").await?;
        lab.settle().await?;
        lab.server(3, "crash").await?;
        lab.server(3, "restart").await?;
        lab.server(2, "pause").await?;
        lab.propose(1, "blue").await?;
        lab.step(3).await?;
        let message = lab.view().await?["messages"][0]["id"].clone();
        for act in ["duplicate", "hold", "release"] {
            lab.apply(json!({ "type": act, "message": message })).await?;
        }
        lab.settle().await?;
        lab.apply(json!({ "type": "power-cut" })).await?;
        let events = Value::from(lab.events(0).await?);
        let same = format!("{MODEL}
            const events = args[0];
            const grown = new Model();
            for (let n = 0; n <= events.length; n += 3) grown.follow(events.slice(0, n), 3);
            grown.follow(events, 3);
            const wrong = [];
            if (tell(grown) !== tell(fresh(events))) wrong.push('grown');
            const steps = [...new Set(events.map((e) => e.step))];
            for (const step of steps) {{
                const kept = events.filter((e) => e.step <= step);
                const other = [...kept, {{ step: step + 1, at: kept.at(-1).at + 500, event: 'crashed', node: 2, why: 'It does.' }}];
                const model = fresh(events);
                if (!model.follow(other, 3) || model.follow(other, 3)) wrong.push(`change after ${{step}}`);
                if (tell(model) !== tell(fresh(other))) wrong.push(`fork after ${{step}}`);
            }}
            const fates = fresh(events).arrows.map(fateOf);
            return [wrong, steps.length > 40, fates.includes('delivered'), fates.includes('dropped'), fates.includes('in_flight')];");
        let told: Value = page.js(&same, vec![events]).await?;
        assert_eq!(told, json!([[], true, true, true, false]), "after a power cut nothing is under way");
        Ok(())
    });
}

#[test]
fn the_axis_keeps_the_order_of_steps_and_cuts_long_waits_short() {
    let site = Setup::new().page("/spacetime-axis.js", include_str!("../../web/lab/spacetime/axis.js"));
    site.browse(async |page| {
        page.open("").await?;
        let told: Value = page
            .js(
                "const { Axis } = await import('/spacetime-axis.js');
                const axis = new Axis();
                [0, 0, 5, 40, 1040, 1045].forEach((at, i) => axis.add(i + 1, at));
                const places = Array.from({ length: 7 }, (_, step) => axis.place(step));
                const rising = places.every((place, i) => !i || place > places[i - 1]);
                const back = places.map((place) => axis.stepAt(place));
                const breaks = axis.breaks(0, 1000).map(({ lasts }) => lasts);
                const ticks = axis.ticks(0, 1000, 5).map(({ text }) => text);
                axis.byTime = false;
                const bySteps = [axis.place(5), axis.breaks(0, 9).length, axis.ticks(0, 9, 2).map(({ text }) => text)];
                axis.byTime = true;
                axis.cut(4);
                return { rising, back, breaks, ticks, bySteps, cut: [axis.steps, axis.breaks(0, 1000).length], short: places[5] - places[4] < 40, exact: places[4] - places[3] };",
                vec![],
            )
            .await?;
        assert_eq!(
            told,
            json!({
                "rising": true, "back": [0, 1, 2, 3, 4, 5, 6], "breaks": [1000], "short": true, "exact": 35,
                "ticks": ["0 ms", "5 ms", "10 ms", "15 ms", "20 ms", "25 ms", "30 ms", "35 ms", "40 ms", "1040 ms", "1045 ms"],
                "bySteps": [5, 0, ["0", "2", "4", "6"]], "cut": [4, 0],
            })
        );
        Ok(())
    });
}
