//! `almanac PAGES SITE`: every page of a folder becomes a page of a site.

mod page;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use page::Page;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [pages, site] = arguments.as_slice() else {
        return Err("usage: almanac PAGES SITE".into());
    };
    let pages = read(Path::new(pages))?;
    let site = Path::new(site);
    fs::create_dir_all(site)?;
    for page in &pages {
        fs::write(site.join(format!("{}.html", page.name)), page.html())?;
    }
    fs::write(site.join("index.html"), page::index(&pages))?;
    println!("{} pages written to {}", pages.len(), site.display());
    Ok(())
}

/// Reads every `.txt` of a folder, by name.
fn read(folder: &Path) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            pages.push(Page::parse(&name, &fs::read_to_string(&path)?)?);
        }
    }
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(pages)
}
