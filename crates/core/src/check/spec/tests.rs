use super::*;
use crate::check::explore::{Budget, Search, Status};

fn searched(spec: Spec) -> Search<Spec> {
    let mut search = Search::new(spec, Budget::UNLIMITED);
    while search.advance(1000) == Status::Running {}
    search
}

#[test]
fn counts() {
    for b in 1..=3 {
        for merged in [false, true] {
            let spec = Spec::new(3, 2, b).unwrap();
            let spec = if merged { spec.merged() } else { spec };
            let most = spec.most_states();
            let s = searched(spec);
            std::println!(
                "{b} {merged} {} {} {} {:?} bytes/state {} most {most}",
                s.states(),
                s.generated(),
                s.depth(),
                s.status(),
                s.bytes() as f64 / s.states() as f64
            );
            for (i, p) in s.model().properties.iter().enumerate() {
                std::println!("   {} {:?}", p.name, s.witness(i));
            }
        }
    }
    for fault in [Fault::VoteRaisesNoPromise, Fault::ReportsIgnored] {
        for b in 1..=3 {
            let s = searched(Spec::new(3, 2, b).unwrap().with_fault(fault));
            std::println!("{fault:?} {b} {} {:?}", s.states(), s.status());
            let m = searched(Spec::new(3, 2, b).unwrap().merged().with_fault(fault));
            std::println!("{fault:?} merged {b} {} {:?}", m.states(), m.status());
            if let Status::Violated { state, .. } = m.status() {
                let Status::Violated { state: other, .. } = s.status() else { panic!() };
                std::println!("{} {}", s.level(other), m.level(state));
                for step in Spec::run(&m, state) {
                    std::println!("  {step}");
                }
            }
        }
    }
}
