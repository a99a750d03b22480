//! Runs every committed seed, and every crash that was once found, through its oracle.

use std::{fs, path::Path};

#[test]
fn every_seed_keeps_its_oracle_quiet() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, oracle) in fuzz::TARGETS {
        let folder = seeds.join(name);
        let mut count = 0;
        for entry in fs::read_dir(&folder).expect("every target has a folder of seeds") {
            let path = entry.expect("readable folder").path();
            oracle(&fs::read(&path).expect("readable seed"));
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
    }
}
