//! Paths named in a text.

use crate::map::HashSet;

use crate::document::Span;
use crate::grammar::field::code_spans;

/// In order, to be searched by halves.
const EXTENSIONS: &[&str] = &[
    "adoc",
    "asm",
    "astro",
    "avif",
    "avsc",
    "awk",
    "axaml",
    "bash",
    "bat",
    "bats",
    "bazel",
    "bicep",
    "bzl",
    "c",
    "cc",
    "cfg",
    "cjs",
    "clj",
    "cmake",
    "cmd",
    "conf",
    "cpp",
    "crt",
    "cs",
    "cshtml",
    "csproj",
    "css",
    "csv",
    "cts",
    "cue",
    "cxx",
    "dart",
    "db",
    "desktop",
    "dockerfile",
    "docx",
    "drawio",
    "ejs",
    "elm",
    "env",
    "erb",
    "erl",
    "ex",
    "example",
    "exs",
    "feature",
    "fish",
    "fs",
    "fsproj",
    "gemspec",
    "gif",
    "go",
    "gql",
    "gradle",
    "graphql",
    "groovy",
    "h",
    "haml",
    "hbs",
    "hcl",
    "hpp",
    "hs",
    "htm",
    "html",
    "http",
    "ico",
    "ini",
    "ipynb",
    "j2",
    "java",
    "jl",
    "jpeg",
    "jpg",
    "js",
    "json",
    "json5",
    "jsonc",
    "jsonl",
    "jsx",
    "kt",
    "kts",
    "less",
    "liquid",
    "lock",
    "lockb",
    "log",
    "lua",
    "m",
    "md",
    "mdc",
    "mdx",
    "mjs",
    "mk",
    "ml",
    "mm",
    "mmd",
    "mod",
    "mp3",
    "mp4",
    "mts",
    "nix",
    "njk",
    "org",
    "parquet",
    "pbxproj",
    "pdf",
    "pem",
    "php",
    "pl",
    "plist",
    "png",
    "po",
    "podspec",
    "pom",
    "prisma",
    "properties",
    "props",
    "proto",
    "ps1",
    "psm1",
    "pug",
    "puml",
    "py",
    "pyi",
    "pyx",
    "qml",
    "r",
    "razor",
    "rb",
    "rego",
    "resx",
    "rs",
    "rst",
    "s",
    "sass",
    "scala",
    "scss",
    "service",
    "sh",
    "sln",
    "sol",
    "spec",
    "sql",
    "sqlite",
    "storyboard",
    "styl",
    "sum",
    "svelte",
    "svg",
    "swift",
    "targets",
    "tex",
    "tf",
    "tfvars",
    "thrift",
    "tmpl",
    "toml",
    "tpl",
    "ts",
    "tsv",
    "tsx",
    "ttf",
    "txt",
    "ui",
    "vb",
    "vbproj",
    "vue",
    "wasm",
    "wav",
    "webmanifest",
    "webp",
    "wgsl",
    "wit",
    "woff",
    "woff2",
    "xaml",
    "xcconfig",
    "xlsx",
    "xml",
    "xsd",
    "yaml",
    "yml",
    "zig",
    "zsh",
];

const NAMES: &[&str] = &[
    "Dockerfile",
    "Makefile",
    "Justfile",
    "justfile",
    "Procfile",
    "Vagrantfile",
    "Gemfile",
    "Rakefile",
    "Jenkinsfile",
    "Containerfile",
    "Tiltfile",
    "CODEOWNERS",
    ".gitignore",
    ".gitattributes",
    ".env",
    ".dockerignore",
    ".editorconfig",
    ".prettierrc",
    ".eslintrc",
    ".npmrc",
    ".nvmrc",
    ".env.example",
    ".env.local",
];

const TOP_DIRECTORIES: &[&str] = &[
    "src",
    "lib",
    "app",
    "apps",
    "tests",
    "test",
    "docs",
    "doc",
    "scripts",
    "backend",
    "frontend",
    "packages",
    "crates",
    "internal",
    "cmd",
    "pkg",
    "config",
    "configs",
    "specs",
    "public",
    "assets",
    "infra",
    "api",
    "server",
    "client",
    "ui",
    "tools",
    "examples",
    "components",
    "pages",
    "services",
    "models",
    "migrations",
    ".github",
    ".claude",
    "core",
    "utils",
    "contracts",
    "supabase",
    "web",
    "e2e",
    "bin",
    "benches",
    "include",
];

/// Products that look like files.
const PRODUCTS: &[&str] = &[
    "node.js",
    "next.js",
    "vue.js",
    "react.js",
    "express.js",
    "three.js",
    "d3.js",
    "nuxt.js",
    "nest.js",
    "chart.js",
    "discord.js",
    "ethers.js",
    "web3.js",
    "polkadot.js",
    "alpine.js",
    "solid.js",
    "ember.js",
    "backbone.js",
    "angular.js",
    "p5.js",
    "babylon.js",
    "deck.gl",
    "moment.js",
    "day.js",
    "plotly.js",
    "tensorflow.js",
    "asp.net",
    "hono.js",
    "bull.js",
    "transformers.js",
    "sql.js",
    "leaflet.js",
    "video.js",
    "socket.io",
    "console.log",
    "process.env",
    "import.meta.env",
];

/// Path tokens of a sentence, in order, each once.
pub fn in_text(text: &str) -> Vec<Span> {
    // Names without a dot all end like these.
    if !text.contains(['.', '/']) && !text.contains("file") && !text.contains("OWNERS") {
        return Vec::new();
    }
    let codes = code_spans(text);
    let mut found: Vec<Span> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::default();
    let mut push = |span: Span| {
        // Few paths are compared one by one; a text with many is kept linear by a set.
        const FEW: usize = 16;
        let path = &text[span.range()];
        if found.len() == FEW && seen.is_empty() {
            seen.extend(found.iter().map(|known| &text[known.range()]));
        }
        let new = if found.len() < FEW {
            !found.iter().any(|known| &text[known.range()] == path)
        } else {
            seen.insert(path)
        };
        if new {
            found.push(span);
        }
    };
    let mut at = 0;
    for code in codes.iter().copied().map(Some).chain([None]) {
        let until = code.map_or(text.len(), |code| code.start - 1);
        bare(text, at, until, &mut push);
        let Some(code) = code else { break };
        if is_path(&text[code.range()], true) {
            push(code);
        }
        at = (code.end + 1).min(text.len());
        while text.as_bytes().get(at) == Some(&b'`') {
            at += 1;
        }
    }
    found
}

/// Paths of a files field or column: code spans when there are any, else the comma-separated words.
pub fn in_field(text: &str) -> Vec<Span> {
    let codes = code_spans(text);
    let mut found = Vec::new();
    if codes.is_empty() {
        for (start, item) in split_commas(text) {
            let lead = item.len() - item.trim_start().len();
            let word = item.split_whitespace().next().unwrap_or("");
            let word = word.trim_end_matches([',', ';']);
            if word.contains(['/', '.', '*']) && is_field_path(word) {
                found.push(Span::new(start + lead, start + lead + word.len()));
            }
        }
        return found;
    }
    for code in codes {
        // `a.rs, b.rs` in one code span are two paths.
        let inner = &text[code.range()];
        let several = inner.contains([',', ';']);
        for (start, item) in split_commas(inner) {
            let word = item.trim();
            let lead = item.len() - item.trim_start().len();
            // `.spec` among others is a file; alone it may be anything.
            if is_path(word, true)
                || (word.contains(['/', '*']) && is_field_path(word))
                || (several && word.starts_with('.') && is_field_path(word))
            {
                let start = code.start + start + lead;
                found.push(Span::new(start, start + word.len()));
            }
        }
    }
    found
}

fn split_commas(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split([',', ';', '、', '，', '\n']).map(move |item| {
        let start = at;
        at += item.len();
        // The separator's own width.
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        (start, item)
    })
}

fn is_field_path(word: &str) -> bool {
    !word.contains("://")
        && !word.contains(['<', '>', '=', '$', '"', '\'', '|'])
        && !word.contains(char::is_whitespace)
        && word.chars().any(char::is_alphanumeric)
        && !matches!(word.to_ascii_lowercase().as_str(), "n/a" | "n.a." | "and/or")
        && !word.starts_with('(')
}

fn bare(text: &str, start: usize, until: usize, push: &mut impl FnMut(Span)) {
    let Some(region) = text.get(start..until.max(start)) else { return };
    for word in region.split_whitespace() {
        if !may_be_path(word) {
            continue;
        }
        let offset = word.as_ptr() as usize - region.as_ptr() as usize;
        let trimmed = word.trim_start_matches(|letter: char| is_wrapping(letter));
        // `./scripts/run.sh` stands in the folder of the list; `../x` does not.
        let here = word.len() - trimmed.len() == 1 && word.starts_with("./");
        let trimmed = if here { &trimmed[1..] } else { trimmed };
        let lead = word.len() - trimmed.len();
        let trimmed = trimmed.trim_end_matches(|letter: char| is_wrapping(letter));
        if is_path(trimmed, false) {
            push(Span::new(start + offset + lead, start + offset + lead + trimmed.len()));
        }
    }
}

/// Whether a word has a sign or an ending that a path needs.
fn may_be_path(word: &str) -> bool {
    memchr::memchr2(b'.', b'/', word.as_bytes()).is_some()
        || word.contains("file")
        || word.contains("OWNERS")
}

fn is_wrapping(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '('
            | ')'
            | '*'
            | '`'
            | '，'
            | '。'
            | '、'
            | '（'
            | '）'
    )
}

/// Blanks and signs that paths in lists do not have.
fn is_no_path_byte(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte == b'\x0B'
        || matches!(
            byte,
            b'<' | b'>' | b'=' | b'$' | b'"' | b'\'' | b'|' | b'(' | b')' | b'[' | b']'
        )
}

fn is_extension(extension: &str) -> bool {
    const LENGTH_MAX: usize = 16;
    let mut lower = [0; LENGTH_MAX];
    let Some(lower) = lower.get_mut(..extension.len()) else { return false };
    lower.copy_from_slice(extension.as_bytes());
    lower.make_ascii_lowercase();
    EXTENSIONS.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

/// Whether a token is a path by its form.
pub fn is_path(token: &str, in_code: bool) -> bool {
    if token.len() < 2
        || token.len() > 300
        || token.starts_with(['/', '-', '@', '#'])
        || token.bytes().any(is_no_path_byte)
        || token.contains("://")
        || (!token.is_ascii() && token.contains(char::is_whitespace))
    {
        return false;
    }
    if PRODUCTS.iter().any(|product| product.eq_ignore_ascii_case(token)) {
        return false;
    }
    if token.ends_with('/') {
        return token.chars().any(char::is_alphanumeric);
    }
    let last = token.rsplit('/').next().unwrap_or(token);
    if NAMES.contains(&last) {
        return true;
    }
    if let Some((stem, extension)) = last.rsplit_once('.')
        && is_extension(extension)
        && !stem.is_empty()
    {
        return true;
    }
    let top = token.split('/').next().unwrap_or("");
    in_code && token.contains('/') && TOP_DIRECTORIES.contains(&top)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(found: Vec<Span>, text: &str) -> Vec<&str> {
        found.into_iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn extensions_are_in_order_and_fit() {
        assert!(EXTENSIONS.is_sorted());
        assert!(EXTENSIONS.iter().all(|known| is_extension(known)));
        assert!(
            is_extension("RS") && !is_extension("exe") && !is_extension("longerthanalltheothers")
        );
        assert!(NAMES.iter().all(|name| may_be_path(name)));
    }

    #[test]
    fn sentences_name_paths_in_code_and_bare() {
        for (sentence, expected) in [
            ("Create x in src/models/package.rs", &["src/models/package.rs"] as &[_]),
            ("Update `.env.example` or notes", &[".env.example"]),
            ("Extend worker_pool.py with y", &["worker_pool.py"]),
            ("Initialise project (pyproject.toml)", &["pyproject.toml"]),
            (
                "Create .aikit/ system in src/core/filesystem.rs",
                &["aikit/", "src/core/filesystem.rs"],
            ),
            ("Add .gitignore automation in src/core/git.rs", &["src/core/git.rs"]),
            ("docs under `specs/[name]/`", &[]),
            ("Call ./scripts/run.sh from ../other.sh", &["scripts/run.sh"]),
            ("Use Node.js and Next.js", &[]),
            ("Add console.log where process.env is read", &[]),
            ("Run `pytest backend/tests/`", &[]),
            ("POST `/auth/callback` with @/path", &[]),
            ("ProfileManager.create_profile() method", &[]),
            ("Edit `src/cli` and src/cli", &["src/cli"]),
            ("Lint `.ts` and `src/**/*.ts` sources", &["src/**/*.ts"]),
            ("a.rs, a.rs and b.rs.", &["a.rs", "b.rs"]),
        ] {
            assert_eq!(text(in_text(sentence), sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn fields_name_paths_by_code_or_comma() {
        for (field, expected) in [
            (
                "`internal/a.go` (new), `internal/cmd/brain.go`",
                &["internal/a.go", "internal/cmd/brain.go"] as &[_],
            ),
            ("core/models.py, core/__init__.py", &["core/models.py", "core/__init__.py"]),
            ("n/a (CI / local)", &[]),
            ("-", &[]),
            ("`a.rs, b/c.rs`", &["a.rs", "b/c.rs"]),
            ("internal/core,internal/cmd", &["internal/core", "internal/cmd"]),
            ("`internal/core/` (cost), `x`", &["internal/core/"]),
            ("`a.py, .github/ci.yml, b/, .spec`", &["a.py", ".github/ci.yml", "b/", ".spec"]),
        ] {
            assert_eq!(text(in_field(field), field), expected, "{field}");
        }
    }
}
