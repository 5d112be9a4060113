//! Links: the old ones work for ever, every run fits through, and nothing else does.
//!
//! `links/` holds links from the first version on, each beside the run it stands for. They are only ever added to: put
//! a run there as `NAME.quorum.json`, and `UPDATE_GOLDENFILES=1 cargo test -p quorum-link --test links` writes
//! `NAME.link` if there is none. A link that is there is never written again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quorum_core::json::{FromJson, Json, Object};
use quorum_core::run::{Intervention, Run};
use quorum_core::scenario::{RandomLog, RandomRun, RandomWorld};
use quorum_core::sim::{Action, Config, ProtocolKind};
use quorum_link::LinkError;

fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_str().unwrap().ends_with(ending));
    files.sort();
    files
}

fn read_json(text: &str) -> Result<Run, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Run::from_json(&json, "run").map_err(|error| error.to_string())
}

/// Every golden run, with the file that its link is in.
fn goldens() -> impl Iterator<Item = (Run, PathBuf)> {
    files("tests/links", ".quorum.json").into_iter().map(|path| {
        let run = read_json(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let name = path.to_str().unwrap().strip_suffix(".quorum.json").unwrap();
        (run, format!("{name}.link").into())
    })
}

#[test]
fn links_that_people_have_kept_still_open() {
    let mut links = 0;
    for (run, path) in goldens() {
        if !path.exists() && std::env::var_os("UPDATE_GOLDENFILES").is_some() {
            fs::write(&path, quorum_link::to_link(&run).unwrap() + "\n").unwrap();
        }
        let link = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(quorum_link::from_link(&link).unwrap_or_else(|error| panic!("{path:?}: {error}")), run, "{path:?}");
        links += 1;
    }
    assert_eq!(links, files("tests/links", ".link").len(), "every link stands beside its run");
}

/// How many kinds of actions a reader knows: for every other number it says that the link is newer.
fn known_kinds() -> usize {
    let mut run = RandomRun::new(0).run();
    run.interventions = [Intervention { step: 0, action: Action::Heal, at: None }].into();
    run.length = 1;
    let mut binary = quorum_link::to_binary(&run).unwrap();
    let is_known = |number: &u8| {
        // The last byte is the number of the only action.
        *binary.last_mut().unwrap() = *number;
        !matches!(quorum_link::from_binary(&binary), Err(LinkError::Newer(_)))
    };
    (0..=u8::MAX).filter(is_known).count()
}

#[test]
fn a_kept_link_has_every_kind_of_action_and_every_field_of_a_config() {
    let runs: Vec<Run> = goldens().map(|(run, _)| run).collect();
    let actions = runs.iter().flat_map(|run| &run.interventions).map(|intervention| intervention.action.name());
    // A client that asks again does so at the next server, or at one that is named: one name, two numbers. And a request says what
    // its client knew, or not, and so does one that turns up late.
    assert_eq!(actions.collect::<BTreeSet<_>>().len(), known_kinds() - 3);

    let object = |config: &Config| match Json::from(config) {
        Json::Object(object) => object,
        other => panic!("{other:?} is no config"),
    };
    let differs = |name: &str, default: &Object| {
        runs.iter().any(|run| object(&run.config).get(name).is_some_and(|value| Some(value) != default.get(name)))
    };
    let default = object(&Config::default());
    let never: Vec<&str> = default.iter().map(|(name, _)| name).filter(|name| !differs(name, &default)).collect();
    assert!(never.is_empty(), "{never:?}");
    let log = object(&Config { protocol: ProtocolKind::Log, ..Config::default() });
    let never: Vec<&str> = log.iter().map(|(name, _)| name).filter(|name| !differs(name, &log)).collect();
    assert!(never.is_empty(), "{never:?}");
    assert!(differs("workload", &log), "which is not written where there is none");
    assert!(differs("snapshots", &log), "which are not written where there are none");
    assert!(differs("sessions", &log), "which are not written where all clients are remembered");
    assert!(differs("roles", &default), "which are not written where they are left out");
}

#[test]
fn every_world_comes_back_from_its_link_and_is_the_same_run() {
    let mut longest = 0;
    for seed in 0..500 {
        let mut world = RandomRun::new(seed);
        world.disturb(400, drop);
        let run = world.run();
        let link = quorum_link::to_link(&run).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(link, quorum_link::to_link(&run).unwrap(), "world {seed}: the same run makes the same link");
        let read = quorum_link::from_link(&link).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(read, run, "world {seed}");
        let again = read.replay().unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(again.now().digest(), run.digest, "world {seed}");
        longest = longest.max(link.len());
    }
    println!("the longest link of a world of 400 steps has {longest} characters");
}

#[test]
fn every_world_of_a_log_comes_back_from_its_link_and_is_the_same_run() {
    for seed in 0..200 {
        let mut world = RandomLog::new(seed);
        world.disturb(400, &mut drop);
        let run = world.run();
        let link = quorum_link::to_link(&run).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        let read = quorum_link::from_link(&link).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(read, run, "world {seed}");
        let again = read.replay().unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(again.now().digest(), run.digest, "world {seed}");
    }
}

/// The promise is 2,000 characters; the links are far shorter, and should stay so.
#[test]
fn forty_things_done_to_five_servers_fit_into_a_short_link() {
    const MOST: usize = 500;
    let mut lengths: Vec<usize> = (0..1000)
        .map(RandomRun::new)
        .filter(|world| world.simulation().config().nodes == 5)
        .map(|mut world| {
            while world.run().interventions.len() < 40 {
                world.disturb(1, drop);
            }
            quorum_link::to_link(&world.run()).unwrap().len()
        })
        .collect();
    lengths.sort_unstable();
    let (middle, most) = (lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
    println!("{} runs: {} to {most} characters, half of them at most {middle}", lengths.len(), lengths[0]);
    assert!(lengths.len() > 100 && most < MOST, "{most}");
}

/// What the fuzzers begin with, and whatever they have ever found, goes through the readers in every test run.
#[test]
fn the_seeds_of_the_fuzzers_are_refused_or_sound() {
    let (mut sound, mut refused) = (0, 0);
    let mut judge = |path: &Path, run: Option<Run>| match run {
        Some(run) => {
            assert_eq!(quorum_link::from_binary(&quorum_link::to_binary(&run).unwrap()).as_ref(), Ok(&run), "{path:?}");
            sound += 1;
        }
        None => refused += 1,
    };
    for path in files("../../fuzz/seeds/link", "") {
        judge(&path, quorum_link::from_link(&String::from_utf8_lossy(&fs::read(&path).unwrap())).ok());
    }
    for path in files("../../fuzz/seeds/link_binary", "") {
        judge(&path, quorum_link::from_binary(&fs::read(&path).unwrap()).ok());
    }
    for path in files("../../fuzz/seeds/run_json", "") {
        let run = read_json(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        // A file may hold a run that cannot be; it is not fit for a link then.
        judge(&path, run.ok().filter(|run| quorum_link::to_link(run).is_ok()));
    }
    assert!(sound >= 36 && refused >= 12, "{sound} sound and {refused} refused");
}
