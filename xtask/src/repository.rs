//! What the repository is made of: its files and its packages, read once, so
//! that every rule of `tidy` is a pure function over them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Everything the rules look at.
pub(crate) struct Repository {
    /// Files that git tracks or would track, sorted by path.
    pub(crate) files: Vec<File>,
    /// The packages of this workspace.
    pub(crate) packages: Vec<Package>,
}

/// One file.
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// Its text, or nothing if it is not UTF-8.
    pub(crate) text: Option<String>,
}

/// One package of ours.
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// What it names in its manifest.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest.
pub(crate) struct Dependency {
    /// Name of the package, not of a rename.
    pub(crate) name: String,
    /// Only for tests, examples and benchmarks.
    pub(crate) development: bool,
}

impl Repository {
    /// Reads the repository this program was built in.
    pub(crate) fn read() -> anyhow::Result<Repository> {
        let root = root();
        let mut files = Vec::new();
        for path in paths(root)? {
            let bytes = std::fs::read(root.join(&path))
                .with_context(|| format!("cannot read `{}`", path.display()))?;
            let path = path.to_str().context("a file name is not UTF-8")?.to_owned();
            files.push(File { path, text: String::from_utf8(bytes).ok() });
        }
        Ok(Repository { files, packages: packages(root)? })
    }

    /// The text of one file, if it is there and is text.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }

    /// Whether there is such a file, or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// Files that are text, with a given ending.
    pub(crate) fn texts(&self, ending: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(ending))
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }
}

/// The root of the repository, from where this crate was compiled.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root")
}

/// The cargo that started this program, or the one on the path.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Every file that git tracks or would track, relative to `root`.
///
/// Files that are new and not ignored count: a rule that sees only what is
/// committed speaks too late. Files deleted from the work tree do not.
fn paths(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("cannot run git")?;
    ensure!(output.status.success(), "git ls-files failed in `{}`", root.display());
    let listing = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut paths: Vec<PathBuf> = listing
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn packages(root: &Path) -> anyhow::Result<Vec<Package>> {
    // Without the dependencies' own manifests: those of other platforms may never
    // have been downloaded here, and nothing asks for them.
    let metadata = MetadataCommand::new()
        .current_dir(root)
        .no_deps()
        .exec()
        .context("cargo metadata failed")?;
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| Dependency {
                name: dependency.name.clone(),
                development: dependency.kind == DependencyKind::Development,
            })
            .collect(),
    };
    Ok(metadata.packages.iter().map(package).collect())
}

#[cfg(test)]
pub(crate) mod fixture {
    //! A repository out of literals, for the rules' own tests.

    use super::{Dependency, File, Package, Repository};

    /// A repository with these files and no packages.
    pub(crate) fn files(files: &[(&str, &str)]) -> Repository {
        let file = |&(path, text): &(&str, &str)| File {
            path: path.to_owned(),
            text: Some(text.to_owned()),
        };
        Repository { files: files.iter().map(file).collect(), packages: Vec::new() }
    }

    /// A package; a dependency with a leading `~` is for development.
    pub(crate) fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependency = |name: &&str| Dependency {
            name: name.trim_start_matches('~').to_owned(),
            development: name.starts_with('~'),
        };
        Package {
            name: name.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }
}
