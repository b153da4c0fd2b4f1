//! Logs of released formats stay readable: `tests/fixtures/format-N.sql` is a dump of a
//! store as that version wrote it, with one event of every kind it knew.

use checkoff_store::{SqliteStore, Store};

use crate::samples::{events, run};

#[test]
fn a_log_of_format_1_reads_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let dump = include_str!("../fixtures/format-1.sql");
    let file = rusqlite::Connection::open(folder.path().join("checkoff.db")).expect("a file");
    file.execute_batch(dump).expect("the dump");
    drop(file);

    let store = SqliteStore::open(folder.path()).expect("a store of format 1");
    let row = store.runs().expect("a list").pop().expect("its run");
    assert_eq!(store.spec(row.run).expect("its plan"), run().spec);
    assert_eq!(store.sources(row.run).expect("its files"), run().sources);
    let read = store.read(row.run, 0, usize::MAX).expect("its log");
    let read: Vec<_> = read.into_iter().map(|it| (it.at, it.event)).collect();
    assert_eq!(read, events());
}

#[test]
fn what_is_written_today_is_format_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path()).expect("a store");
    let run = store.create_run(&run()).expect("a run");
    store.append(run, 0, &events()).expect("a batch");
    drop(store);
    let dump = dump(&folder.path().join("checkoff.db"));
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/format-1.sql");
        std::fs::write(place, &dump).expect("a writable fixture");
    } else {
        assert_eq!(dump, include_str!("../fixtures/format-1.sql"), "the format has changed");
    }
}

/// Everything in the store as SQL.
fn dump(file: &std::path::Path) -> String {
    let connection = rusqlite::Connection::open(file).expect("the file");
    let pragma = |name: &str| -> i64 {
        connection.pragma_query_value(None, name, |row| row.get(0)).expect("a number")
    };
    let mut dump = format!(
        "PRAGMA application_id = {};\nPRAGMA user_version = {};\n",
        pragma("application_id"),
        pragma("user_version")
    );
    let mut schema = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        .expect("the schema");
    let statements = schema.query_map([], |row| row.get::<_, String>(0)).expect("statements");
    for statement in statements {
        dump.push_str(&statement.expect("text"));
        dump.push_str(";\n");
    }
    let tables: [(&str, usize); 4] = [("run", 10), ("task", 3), ("source", 4), ("event", 5)];
    for (table, columns) in tables {
        let quoted: Vec<String> = (0..columns).map(|nth| format!("quote(c{nth})")).collect();
        let names: Vec<String> = (0..columns).map(|nth| format!("c{nth}")).collect();
        let query = format!(
            "WITH t({}) AS (SELECT * FROM {table}) SELECT {} FROM t ORDER BY c0, c1",
            names.join(", "),
            quoted.join(" || ', ' || ")
        );
        let mut rows = connection.prepare(&query).expect("a query");
        let rows = rows.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        for row in rows {
            dump.push_str(&format!("INSERT INTO {table} VALUES ({});\n", row.expect("text")));
        }
    }
    dump
}
