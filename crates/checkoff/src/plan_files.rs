//! Which files a command is about, and reading them.
//!
//! Three ways to say it: a file is taken as it is; a folder is walked for files
//! that may hold tasks, `.gitignore` respected; nothing at all means the lists
//! people usually keep, looked for at the working directory. A file that was
//! named and cannot be read is an error; one that was met on a walk and turns
//! out to be no list is stepped over.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use checkoff_engine::plan_file::{self, PlanFileError};
use checkoff_plan::document::Document;
use checkoff_plan::read;

use crate::arguments::Settings;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::parallel;
use crate::suggest;

/// Above this a file is not a task list but an accident (1 GiB).
const FILE_BYTES_MAX: u64 = 1 << 30;

/// How far into a file zero bytes are looked for that make it binary.
const BINARY_PROBE_BYTES: usize = 8 << 10;

/// Where people keep their lists, relative to the project; `*` is any one folder.
/// Names match in any case.
const USUAL_PLACES: &[&str] = &[
    "TASKS.md",
    "TODO.md",
    "BACKLOG.md",
    "PLAN.md",
    "ROADMAP.md",
    "KANBAN.md",
    "BOARD.md",
    "todo.txt",
    "todo.org",
    "docs/TASKS.md",
    "docs/TODO.md",
    "docs/BACKLOG.md",
    "docs/ROADMAP.md",
    "specs/*/tasks.md",
    ".specify/specs/*/tasks.md",
    ".kiro/specs/*/tasks.md",
    ".claude/specs/*/tasks.md",
    "openspec/changes/*/tasks.md",
    "conductor/tracks/*/plan.md",
    ".planning/ROADMAP.md",
    ".taskmaster/tasks/tasks.json",
    ".beads/issues.jsonl",
];

/// Hidden folders that hold lists; every other hidden folder is stepped over on a walk.
const HIDDEN_FOLDERS: &[&str] =
    &[".specify", ".kiro", ".claude", ".planning", ".taskmaster", ".beads", ".agent-os"];

/// A file to read, and how we came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Where it is, relative as it was given or found.
    pub(crate) path: PathBuf,
    /// The user named it, so that not being able to read it is an error.
    pub(crate) named: bool,
}

/// The files a command is about: those named, those below the folders named, or
/// (nothing named) the lists of this project. Never empty.
pub(crate) fn find(context: &Context, named: &[PathBuf]) -> Result<Vec<Candidate>, CommandError> {
    if named.is_empty() {
        return usual_lists(context);
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for path in named {
        if path.is_dir() {
            let mut below: Vec<PathBuf> = walk(path).collect();
            if below.is_empty() {
                return Err(CommandError::input(format_args!(
                    "no file below `{}` looks like a task list",
                    path.display()
                ))
                .hint("Markdown, todo.txt, Org, beads and task-master files are read"));
            }
            below.sort();
            candidates.extend(below.into_iter().map(|path| Candidate { path, named: false }));
        } else {
            candidates.push(Candidate { path: path.clone(), named: true });
        }
    }
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.path.clone()));
    Ok(candidates)
}

/// What reading a candidate came to.
enum Loaded {
    /// A list.
    List(Box<Document>),
    /// Met on a walk, and no list.
    NoList,
    /// Met on a walk, may be a list, cannot be read: what to warn with.
    Unreadable(String),
}

/// Reads one file as a list.
fn load(settings: &Settings, candidate: &Candidate) -> Result<Loaded, CommandError> {
    let bytes = match read_bytes(&candidate.path) {
        Ok(bytes) => bytes,
        Err(error) if candidate.named => return Err(refuse(&candidate.path, error)),
        Err(ReadListError::Io(error)) => {
            let warning = format!("`{}` {}", candidate.path.display(), plain(&error));
            return Ok(Loaded::Unreadable(warning));
        }
        Err(_) => return Ok(Loaded::NoList),
    };
    let options = read::Options { profile: settings.profile };
    let document = read::read(&candidate.path.to_string_lossy(), bytes, &options);
    if !candidate.named && document.tasks.is_empty() {
        return Ok(Loaded::NoList);
    }
    Ok(Loaded::List(Box::new(document)))
}

/// Reads all the lists a command is about, in order. Never empty.
pub(crate) fn documents(
    context: &Context,
    named: &[PathBuf],
) -> Result<Vec<Document>, CommandError> {
    let candidates = find(context, named)?;
    let settings = &context.settings;
    let loaded = parallel::map(&candidates, |candidate| load(settings, candidate));
    let mut documents = Vec::new();
    for loaded in loaded {
        match loaded? {
            Loaded::List(document) => {
                let detection = &document.detection;
                context.output.detail(format_args!(
                    "{}: read as {} ({} %: {})",
                    document.path,
                    detection.dialect,
                    detection.confidence,
                    detection.reasons.join(", ")
                ));
                documents.push(*document);
            }
            Loaded::NoList => {}
            Loaded::Unreadable(warning) => context.output.warn(warning),
        }
    }
    if documents.is_empty() {
        return Err(none_holds_a_task(named, candidates.len()));
    }
    Ok(documents)
}

/// The error when candidates were found and none is a list.
fn none_holds_a_task(named: &[PathBuf], candidates: usize) -> CommandError {
    let places: Vec<String> = named.iter().map(|path| format!("`{}`", path.display())).collect();
    let places = if places.is_empty() { "this project".to_owned() } else { shorten(&places) };
    CommandError::input(match candidates {
        1 => format!("the one file of {places} that could be a list holds no task"),
        _ => format!("none of {candidates} files of {places} holds a task"),
    })
}

/// Replaces a list by a new version of it, unless it is no longer what was read.
pub(crate) fn replace(path: &str, before: &[u8], after: &[u8]) -> Result<(), CommandError> {
    plan_file::replace(Path::new(path), before, after).map_err(unwritten)
}

/// The error for a list that was not written; it is as it was.
pub(crate) fn unwritten(error: PlanFileError) -> CommandError {
    let exit = match &error {
        PlanFileError::Read { .. } | PlanFileError::NotAFile { .. } => Exit::Input,
        error if error.is_of_system() => Exit::System,
        _ => Exit::Refused,
    };
    let hint = error.hint();
    CommandError::from_error(exit, error).maybe_hint(hint)
}

/// The one file a command is about: the one named, else the only list of this project.
pub(crate) fn one(context: &Context, named: Option<&Path>) -> Result<PathBuf, CommandError> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let mut lists = usual_lists(context)?;
    if lists.len() > 1 {
        let names: Vec<String> =
            lists.iter().map(|list| format!("`{}`", list.path.display())).collect();
        return Err(CommandError::usage(format_args!(
            "there are {} lists here: {}",
            names.len(),
            shorten(&names)
        ))
        .hint("name the one you mean"));
    }
    Ok(lists.remove(0).path)
}

/// The folder that the commands of a list run in: that of the list itself, or for a list in one
/// of the usual places the one that place is relative to (`p` for `p/specs/003/tasks.md`).
pub(crate) fn project_of(list: &Path) -> PathBuf {
    let own = || list.parent().unwrap_or(Path::new("/")).to_owned();
    USUAL_PLACES
        .iter()
        .map(|place| place.split('/').collect::<Vec<&str>>())
        .filter(|place| {
            let parts = list.iter().rev().zip(place.iter().rev());
            list.iter().count() > place.len()
                && parts.clone().count() == place.len()
                && parts.into_iter().all(|(name, pattern)| matches_component(pattern, name))
        })
        .max_by_key(Vec::len)
        .and_then(|place| list.ancestors().nth(place.len()).map(Path::to_owned))
        .unwrap_or_else(own)
}

/// Why a file could not be read as a list.
#[derive(Debug, thiserror::Error)]
enum ReadListError {
    #[error("{}", plain(.0))]
    Io(#[from] io::Error),
    #[error("is a folder")]
    Folder,
    #[error("is a device")]
    Device,
    #[error("is binary (a zero byte at offset {0})")]
    Binary(usize),
    #[error("is larger than {} MiB", FILE_BYTES_MAX >> 20)]
    Large,
}

/// The sentence of an error of the system, without its number.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, ReadListError> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        read_bounded(io::stdin().lock(), &mut bytes)?;
        return Ok(bytes);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ReadListError::Folder);
    }
    if std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type()) {
        return Err(ReadListError::Device);
    }
    bytes.reserve_exact(usize::try_from(metadata.len().min(FILE_BYTES_MAX)).unwrap_or(0) + 1);
    read_bounded(file, &mut bytes)?;
    Ok(bytes)
}

/// The first zero byte of bytes that are no text, `None` when they are text.
///
/// Zero bytes alone do not tell: an editor that appends in another encoding leaves some in a
/// list that is otherwise whole. Bytes with zeros are no text when they are not UTF-8 either
/// (programs, archives, pictures) or when a quarter of them is zero (UTF-16 throughout).
fn binary_at(probe: &[u8]) -> Option<usize> {
    let first = probe.iter().position(|&byte| byte == 0)?;
    let zeros = probe.iter().filter(|&&byte| byte == 0).count();
    // The probe may end inside a character.
    let is_utf8 = str::from_utf8(probe).map_or_else(|error| error.error_len().is_none(), |_| true);
    (!is_utf8 || zeros * 4 >= probe.len()).then_some(first)
}

fn read_bounded(reader: impl Read, bytes: &mut Vec<u8>) -> Result<(), ReadListError> {
    let mut reader = reader.take(FILE_BYTES_MAX + 1);
    reader.by_ref().take(BINARY_PROBE_BYTES as u64).read_to_end(bytes)?;
    if let Some(offset) = binary_at(bytes) {
        return Err(ReadListError::Binary(offset));
    }
    reader.read_to_end(bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ReadListError::Large);
    }
    Ok(())
}

/// The error for a file the user named, with the way out.
fn refuse(path: &Path, error: ReadListError) -> CommandError {
    let hint = match &error {
        ReadListError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            Some(meant(path).map_or_else(
                || "`checkoff init` writes a starter list".to_owned(),
                |meant| format!("did you mean `{}`?", meant.display()),
            ))
        }
        ReadListError::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Some(format!("`ls -l {}` shows who may read it", path.display()))
        }
        ReadListError::Binary(_) => Some("a task list is text in UTF-8".to_owned()),
        _ => None,
    };
    CommandError::new(Exit::Input, format_args!("`{}` {error}", path.display())).maybe_hint(hint)
}

/// A file beside the missing one with nearly its name.
fn meant(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let names: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .ok()?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let name = path.file_name()?.to_string_lossy();
    let nearest = suggest::nearest(&name, names.iter().map(String::as_str))?;
    Some(path.with_file_name(nearest))
}

fn usual_lists(context: &Context) -> Result<Vec<Candidate>, CommandError> {
    let configured = &context.config()?.lists;
    let places: Vec<&str> = if configured.is_empty() {
        USUAL_PLACES.to_vec()
    } else {
        configured.iter().map(String::as_str).collect()
    };
    let mut lists: Vec<Candidate> = Vec::new();
    for place in &places {
        for path in expand(place) {
            if !lists.iter().any(|list| list.path == path) {
                lists.push(Candidate { path, named: false });
            }
        }
    }
    if lists.is_empty() {
        let looked: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
        return Err(CommandError::input(format_args!(
            "no task list here; looked for {}",
            shorten(&looked)
        ))
        .hint("name a file or a folder, or let `checkoff init` write a starter list"));
    }
    Ok(lists)
}

/// The files that match a place, component by component, names in any case.
fn expand(place: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    let components: Vec<&str> = place.split('/').collect();
    for (depth, component) in components.iter().enumerate() {
        let is_last = depth + 1 == components.len();
        let mut next = Vec::new();
        for folder in &found {
            let listing = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let Ok(entries) = std::fs::read_dir(listing) else { continue };
            let mut names: Vec<_> = entries
                .flatten()
                .map(|entry| entry.file_name())
                .filter(|name| matches_component(component, name))
                .collect();
            names.sort();
            next.extend(
                names
                    .into_iter()
                    .map(|name| folder.join(name))
                    .filter(|path| if is_last { path.is_file() } else { path.is_dir() }),
            );
        }
        found = next;
    }
    found
}

fn matches_component(pattern: &str, name: &OsStr) -> bool {
    pattern == "*" || name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(pattern))
}

/// The files below a folder that may hold tasks.
fn walk(folder: &Path) -> impl Iterator<Item = PathBuf> {
    ignore::WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let hidden = entry.depth() > 0 && name.starts_with('.') && name.len() > 1;
            !hidden || HIDDEN_FOLDERS.contains(&&*name)
        })
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()))
        .map(ignore::DirEntry::into_path)
        .filter(|path| may_hold_tasks(path))
}

fn may_hold_tasks(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match &*extension {
        "md" | "markdown" | "mdown" | "org" => true,
        "txt" => name.contains("todo"),
        "jsonl" => {
            name.contains("issues") || path.components().any(|it| it.as_os_str() == ".beads")
        }
        "json" => name == "tasks.json",
        _ => false,
    }
}

/// At most eight names, then how many more.
fn shorten(names: &[String]) -> String {
    const NAMES_MAX: usize = 8;
    if names.len() <= NAMES_MAX {
        return names.join(", ");
    }
    format!("{} and {} more", names[..NAMES_MAX].join(", "), names.len() - NAMES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_make_a_file_binary_unless_the_rest_is_text() {
        let utf16: Vec<u8> = "- [ ] Dig\n".bytes().flat_map(|byte| [byte, 0]).collect();
        let list = b"- [ ] Dig the beds\n- [x] Buy seeds\n".repeat(4);
        let mended = [list.as_slice(), &utf16].concat();
        let cut = [b"a\0b ".repeat(2).as_slice(), &"é".as_bytes()[..1]].concat();
        let cases: [(&[u8], Option<usize>); 7] = [
            (&list, None),
            (&mended, None),
            (&cut, None),
            (b"", None),
            (&utf16, Some(1)),
            (b"\xFF\xFE-\0 \0", Some(3)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(8)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(binary_at(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_list_in_a_usual_place_belongs_to_the_project_around_it() {
        let cases = [
            ("/p/TASKS.md", "/p"),
            ("/p/specs/003-x/tasks.md", "/p"),
            ("/p/docs/todo.md", "/p"),
            ("/p/.kiro/specs/a/tasks.md", "/p"),
            ("/p/lists/mine.md", "/p/lists"),
            ("/specs/a/b/tasks.md", "/specs/a/b"),
        ];
        for (list, project) in cases {
            assert_eq!(project_of(Path::new(list)), Path::new(project), "{list}");
        }
    }
}
