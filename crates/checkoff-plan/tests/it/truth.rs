//! Hand-made truth about other people's lists, where it lies.

use checkoff_plan::truth::{Tally, Truth, name_in_repository};
use checkoff_plan::{lint, read};
use sha1::{Digest as _, Sha1};

use crate::corpus;

#[test]
fn every_file_holds_what_a_person_says_it_holds() {
    let Some(folder) = corpus::folder() else { return };
    let Ok(entries) = std::fs::read_dir(folder.join("truth")) else {
        println!("skipped: the corpus has no truth folder");
        return;
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    let mut differences = Vec::new();
    let (mut files, mut fields, mut findings) = (0, Tally::default(), Tally::default());
    for path in
        paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json"))
    {
        let json = std::fs::read(path).expect("a truth file can be read");
        let truth = Truth::parse(&json).expect("a truth file is JSON");
        let Some(file) = truth.file() else { continue };
        let inside = folder.join(file);
        let place = if inside.exists() { inside } else { folder.join("..").join(file) };
        let bytes = std::fs::read(&place).expect("the file of a truth file can be read");
        let sha1: String = Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sha1, truth.sha1(), "{file} is not the file that was judged");
        let documents = [read::read(name_in_repository(file), bytes, &read::Options::default())];
        let verdict =
            truth.judge(&documents[0], &lint::check(&documents, &lint::Config::default()));
        files += 1;
        fields.add(verdict.fields);
        findings.add(verdict.findings);
        println!("{:18} {file}: {:?} {:?}", truth.dialect(), verdict.fields, verdict.findings);
        differences.extend(
            verdict.differences.into_iter().map(|difference| format!("{file}: {difference}")),
        );
    }
    println!("{files} files, fields {fields:?}, findings {findings:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
