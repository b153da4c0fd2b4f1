//! Paths named in a text.

use std::collections::HashSet;

use crate::document::Span;
use crate::grammar::field::code_spans;

const EXTENSIONS: &[&str] = &[
    "asm",
    "astro",
    "avif",
    "awk",
    "axaml",
    "bash",
    "bat",
    "bicep",
    "c",
    "cc",
    "cfg",
    "cjs",
    "clj",
    "cmake",
    "cmd",
    "conf",
    "cpp",
    "cs",
    "csproj",
    "css",
    "csv",
    "cts",
    "cue",
    "cxx",
    "dart",
    "db",
    "dockerfile",
    "ejs",
    "env",
    "erl",
    "ex",
    "exs",
    "fish",
    "fs",
    "gif",
    "go",
    "gql",
    "gradle",
    "graphql",
    "groovy",
    "h",
    "hbs",
    "hcl",
    "hpp",
    "hs",
    "html",
    "htm",
    "ico",
    "ini",
    "ipynb",
    "j2",
    "java",
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
    "lock",
    "log",
    "lua",
    "m",
    "md",
    "mdc",
    "mdx",
    "mjs",
    "ml",
    "mm",
    "mod",
    "mts",
    "nix",
    "org",
    "pdf",
    "php",
    "pl",
    "plist",
    "png",
    "pom",
    "prisma",
    "properties",
    "proto",
    "ps1",
    "psm1",
    "py",
    "pyi",
    "pyx",
    "qml",
    "r",
    "rb",
    "resx",
    "rs",
    "rst",
    "s",
    "sass",
    "scala",
    "scss",
    "sh",
    "sln",
    "sol",
    "spec",
    "sql",
    "sqlite",
    "sum",
    "svelte",
    "svg",
    "swift",
    "tex",
    "tf",
    "tfvars",
    "toml",
    "tpl",
    "ts",
    "tsv",
    "tsx",
    "txt",
    "ui",
    "vb",
    "vue",
    "wasm",
    "webp",
    "wgsl",
    "wit",
    "xaml",
    "xml",
    "yaml",
    "yml",
    "zig",
    "zsh",
    "tmpl",
    "example",
    "adoc",
    "avsc",
    "bats",
    "bazel",
    "bzl",
    "cshtml",
    "drawio",
    "elm",
    "erb",
    "feature",
    "fsproj",
    "gemspec",
    "haml",
    "http",
    "jl",
    "liquid",
    "mk",
    "mmd",
    "mp3",
    "mp4",
    "njk",
    "parquet",
    "pbxproj",
    "podspec",
    "props",
    "puml",
    "pug",
    "razor",
    "rego",
    "storyboard",
    "styl",
    "targets",
    "thrift",
    "ttf",
    "vbproj",
    "wav",
    "webmanifest",
    "woff",
    "woff2",
    "xcconfig",
    "xsd",
    "xlsx",
    "docx",
    "crt",
    "pem",
    "lockb",
    "desktop",
    "service",
    "po",
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
    if !text.contains(['.', '/']) && !NAMES.iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let codes = code_spans(text);
    let mut found: Vec<Span> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
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
    let mut at = 0;
    for word in region.split_whitespace() {
        let offset = at + region[at..].find(word).unwrap_or(0);
        at = offset + word.len();
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

/// Whether a token is a path by its form.
pub fn is_path(token: &str, in_code: bool) -> bool {
    if token.len() < 2
        || token.len() > 300
        || token.starts_with(['/', '-', '@', '#'])
        || token.contains("://")
        || token.contains(|letter: char| letter.is_whitespace() || "<>=$\"'|()[]".contains(letter))
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
        && EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
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
