//! `size`: what a first visit downloads, and the limit on it.

use crate::package::{self, Package};
use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use std::fs;
use std::io::Write;

/// What a first visit to the packaged site is allowed, in bytes of gzip: about a second on a slow telephone network.
const LIMIT: usize = 104 * 1024;
/// What it may not grow beyond until it is within the limit again: to be lowered, and raised only with a reason. Beats,
/// lanes, branches that survive and the fixed grid of actions are needed for the first picture; so are the lesson that a
/// first visit begins with, the layout of a telephone, values spelled so that they can be seen, marks that give way to each
/// other among many servers, that a run is called stuck only where nothing planned can help, and the seam at which the engine
/// of a replicated log takes the place of this one. The element is a file apart from what a figure is made of, so that a figure
/// far down a page costs 8 KB until somebody comes near. Apart, the two take 6 KB more than as one. The words of the page have names, so
/// that it can speak another language: 1.7 KB. The colours of who has picked their own, and text of twice its size: 0.4 KB. That a run may
/// be one of real servers takes 1.1 KB of the engine, and that they may say what comes next 0.4 KB.
const CEILING: usize = 157 * 1024;

/// Packages the site and says how large a first visit to it is.
///
/// # Errors
/// When the site cannot be packaged, names a file that is not there, or is larger than the ceiling.
pub(crate) fn size(as_json: bool) -> Result<()> {
    let report = Report::of(&package::package()?)?;
    ensure!(
        report.files.iter().any(|file| file.path.ends_with(".wasm")),
        "the page does not preload its WebAssembly, so the sum would be wrong"
    );
    if as_json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.table());
    }
    report.within_ceiling()
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
}

impl Report {
    fn of(Package { site, first_visit }: &Package) -> Result<Self> {
        let mut report = Self { files: Vec::new(), total: Size::default() };
        for path in first_visit.clone() {
            let bytes = fs::read(site.join(&path)).with_context(|| format!("{path} cannot be read"))?;
            let size = Size::of(&bytes).with_context(|| format!("{path} cannot be compressed"))?;
            report.total.raw += size.raw;
            report.total.gzip += size.gzip;
            report.total.brotli += size.brotli;
            report.files.push(Measured { path, size });
        }
        Ok(report)
    }

    fn within_ceiling(&self) -> Result<()> {
        let total = self.total.gzip;
        ensure!(
            total <= CEILING,
            "a first visit downloads {total} bytes of gzip, and it may not grow beyond {CEILING}. Load what is not needed at once \
             with import(), or make it smaller"
        );
        Ok(())
    }

    fn table(&self) -> String {
        let longest = self.files.iter().map(|file| file.path.len()).max();
        let width = longest.unwrap_or(0).max("a first visit".len());
        let row =
            |name: &str, Size { raw, gzip, brotli }: Size| format!("{name:width$} {raw:>9} {gzip:>9} {brotli:>9}\n");
        let mut table = format!("{:width$} {:>9} {:>9} {:>9}\n", "bytes", "raw", "gzip", "brotli");
        for Measured { path, size } in &self.files {
            table += &row(path, *size);
        }
        table += &row("a first visit", self.total);
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
        Report { files: vec![Measured { path: "index.html".into(), size }], total: size }
    }

    #[test]
    fn the_table_says_how_the_total_stands_to_the_limit() {
        for (gzip, verdict) in [(LIMIT, "\nwithin the limit"), (LIMIT + 1, "\nabove the limit")] {
            assert!(report(gzip).table().contains(verdict), "{gzip}");
        }
    }

    #[test]
    fn more_than_the_ceiling_is_an_error_that_says_what_to_do() {
        assert!(report(CEILING).within_ceiling().is_ok());
        let error = report(CEILING + 1).within_ceiling().expect_err("too much").to_string();
        assert!(error.contains(&format!("may not grow beyond {CEILING}")) && error.contains("import()"), "{error}");
    }

    #[test]
    fn the_json_has_the_promised_shape() {
        let expected = concat!(
            r#"{"files":[{"path":"index.html","raw":200000,"gzip":1,"brotli":50000}],"#,
            r#""total":{"raw":200000,"gzip":1,"brotli":50000}}"#
        );
        assert_eq!(serde_json::to_string(&report(1)).expect("plain data"), expected);
    }

    #[test]
    fn both_compressions_compress() {
        let size = Size::of(&[b'a'; 10_000]).expect("compressed");
        assert!(size.raw == 10_000 && size.gzip < 200 && size.brotli < 200);
    }
}
