//! `size`: what a first visit downloads, and the limit on it.

use crate::package::{self, Package};
use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use std::fs;
use std::io::Write;

/// What a first visit to the packaged site is allowed, in bytes of gzip: about a second on a slow telephone network.
const LIMIT: usize = 104 * 1024;
/// What is asked for once somebody does anything: so far the page shows what was recorded.
const ENGINE: &str = "wasm/quorum_wasm_bg.wasm";

/// Packages the site and says how large a first visit to it is.
///
/// # Errors
/// When the site cannot be packaged, names a file that is not there, or is larger than the limit.
pub(crate) fn size(as_json: bool) -> Result<()> {
    let report = Report::of(&package::package()?)?;
    ensure!(
        report.files.iter().any(|file| file.path.ends_with(".shown.json")),
        "the page preloads no recording, so it asks for its engine, and the sum would be wrong"
    );
    if as_json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.table());
    }
    report.within_limit()
}

#[derive(Clone, Copy, Default, Serialize)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

#[derive(Serialize)]
struct Measured {
    path: String,
    #[serde(flatten)]
    size: Size,
}

/// What `--json` prints, in this shape.
#[derive(Serialize)]
struct Report {
    files: Vec<Measured>,
    total: Size,
    /// What comes in the background with the first press.
    engine: Size,
}

impl Report {
    fn of(Package { site, first_visit }: &Package) -> Result<Self> {
        let of = |path: &str| {
            let bytes = fs::read(site.join(path)).with_context(|| format!("{path} cannot be read"))?;
            Size::of(&bytes).with_context(|| format!("{path} cannot be compressed"))
        };
        let mut report = Self { files: Vec::new(), total: Size::default(), engine: of(ENGINE)? };
        for path in first_visit.clone() {
            let size = of(&path)?;
            report.total.raw += size.raw;
            report.total.gzip += size.gzip;
            report.total.brotli += size.brotli;
            report.files.push(Measured { path, size });
        }
        Ok(report)
    }

    fn within_limit(&self) -> Result<()> {
        let total = self.total.gzip;
        ensure!(
            total <= LIMIT,
            "a first visit downloads {total} bytes of gzip, and {LIMIT} are allowed. Load what is not needed at once with \
             import(), or make it smaller"
        );
        Ok(())
    }

    fn table(&self) -> String {
        let longest = self.files.iter().map(|file| file.path.len()).max();
        let later = "the engine, at the first press";
        let width = longest.unwrap_or(0).max(later.len());
        let row =
            |name: &str, Size { raw, gzip, brotli }: Size| format!("{name:width$} {raw:>9} {gzip:>9} {brotli:>9}\n");
        let mut table = format!("{:width$} {:>9} {:>9} {:>9}\n", "bytes", "raw", "gzip", "brotli");
        for Measured { path, size } in &self.files {
            table += &row(path, *size);
        }
        table += &row("a first visit", self.total);
        table += &row(later, self.engine);
        let verdict = if self.total.gzip <= LIMIT { "within" } else { "above" };
        table + &format!("\n{verdict} the limit of {LIMIT} bytes of gzip\n")
    }
}

impl Size {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let gzip = gzip.finish()?.len();
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &brotli::enc::BrotliEncoderParams::default())?;
        Ok(Self { raw: bytes.len(), gzip, brotli: compressed.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(gzip: usize) -> Report {
        let size = Size { raw: 200_000, gzip, brotli: 50_000 };
        let engine = Size { raw: 3, gzip: 2, brotli: 1 };
        Report { files: vec![Measured { path: "index.html".into(), size }], total: size, engine }
    }

    #[test]
    fn the_table_says_how_the_total_stands_to_the_limit() {
        for (gzip, verdict) in [(LIMIT, "\nwithin the limit"), (LIMIT + 1, "\nabove the limit")] {
            assert!(report(gzip).table().contains(verdict), "{gzip}");
        }
    }

    #[test]
    fn more_than_the_limit_is_an_error_that_says_what_to_do() {
        assert!(report(LIMIT).within_limit().is_ok());
        let error = report(LIMIT + 1).within_limit().expect_err("too much").to_string();
        assert!(error.contains(&format!("{LIMIT} are allowed")) && error.contains("import()"), "{error}");
    }

    #[test]
    fn the_json_has_the_promised_shape() {
        let expected = concat!(
            r#"{"files":[{"path":"index.html","raw":200000,"gzip":1,"brotli":50000}],"#,
            r#""total":{"raw":200000,"gzip":1,"brotli":50000},"engine":{"raw":3,"gzip":2,"brotli":1}}"#
        );
        assert_eq!(serde_json::to_string(&report(1)).expect("plain data"), expected);
    }

    #[test]
    fn both_compressions_compress() {
        let size = Size::of(&[b'a'; 10_000]).expect("compressed");
        assert!(size.raw == 10_000 && size.gzip < 200 && size.brotli < 200);
    }
}
