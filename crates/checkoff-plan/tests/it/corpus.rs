//! Where other people's lists lie: never in this repository.

use std::path::{Path, PathBuf};

/// The corpus, or `None` (and a line that says so) where there is none.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CHECKOFF_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no corpus at {} (CHECKOFF_CORPUS names another place)", folder.display());
    None
}

/// Every list of the corpus: its path below the folder and its bytes.
pub(crate) fn lists() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else { return Vec::new() };
    let mut lists = Vec::new();
    for dialect in
        sorted(&folder).into_iter().filter(|path| path.is_dir() && !path.ends_with("truth"))
    {
        for path in sorted(&dialect) {
            let name = path
                .strip_prefix(&folder)
                .expect("it was found below")
                .to_string_lossy()
                .into_owned();
            lists.push((name, std::fs::read(&path).expect("a corpus file can be read")));
        }
    }
    lists
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a corpus folder can be read");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}
