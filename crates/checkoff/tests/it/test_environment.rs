//! A folder of its own, a sealed environment, and the binary under test.
//!
//! Nothing of the machine shows through: home and working directory are
//! temporary, variables are cleared but for a plain `PATH`, and text is laid out
//! for 100 columns. What differs from run to run (paths, ids, times) is
//! replaced before it is compared.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// See the module.
pub(crate) struct TestEnvironment {
    root: TempDir,
}

impl TestEnvironment {
    /// An empty project.
    pub(crate) fn new() -> TestEnvironment {
        let root = TempDir::with_prefix("checkoff-it-").expect("a temporary folder");
        let environment = TestEnvironment { root };
        fs::create_dir(environment.project()).expect("the project folder");
        fs::create_dir(environment.root.path().join("home")).expect("the home folder");
        environment
    }

    /// A project with one list, `TASKS.md`.
    pub(crate) fn with_list(text: &str) -> TestEnvironment {
        let environment = TestEnvironment::new();
        environment.write("TASKS.md", text);
        environment
    }

    /// Where commands are run.
    pub(crate) fn project(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// A path in the project.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.project().join(name)
    }

    /// Writes a file of the project, with its folders.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the folders of a file");
        fs::write(path, contents).expect("a file of the project");
    }

    /// Reads a file of the project.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file of the project")
    }

    /// The binary, ready to be given more.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checkoff"));
        self.seal(&mut command);
        command.args(arguments);
        command
    }

    /// A shell line with `$CHECKOFF` as the binary.
    pub(crate) fn shell(&self, line: &str) -> Outcome {
        let mut command = Command::new("bash");
        self.seal(&mut command);
        command.env("CHECKOFF", env!("CARGO_BIN_EXE_checkoff")).args(["-c", line]);
        self.finish(&mut command)
    }

    /// Runs the binary to its end.
    pub(crate) fn checkoff(&self, arguments: &[&str]) -> Outcome {
        self.finish(&mut self.command(arguments))
    }

    fn seal(&self, command: &mut Command) {
        command
            .current_dir(self.project())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.root.path().join("home"))
            .env("TERM", "dumb")
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("COLUMNS", "100")
            .stdin(Stdio::null());
    }

    fn finish(&self, command: &mut Command) -> Outcome {
        let output = command.output().expect("the binary starts");
        self.normalised(output)
    }

    /// What ran, without what differs from run to run.
    pub(crate) fn normalised(&self, output: Output) -> Outcome {
        let root = self.root.path().to_string_lossy().into_owned();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&root, "$ROOT");
        Outcome {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// What a command did, as a snapshot shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// `None` when ended by a signal.
    pub(crate) code: Option<i32>,
    /// Data.
    pub(crate) stdout: String,
    /// Talk.
    pub(crate) stderr: String,
}

impl Outcome {
    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Outcome {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        Ok(())
    }
}
