//! What every host of attempts must do. Each case runs in a thread and in a process.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use checkoff_core::RunId;
use checkoff_worker::{
    CancelMode, Exit, KeeperError, KeeperOptions, Leftovers, Output, OutputLimits, PartId, Report,
    Runtime, adopt, process,
};

use crate::stage::{FOREVER, Host, Stage, fake_engine, hear, tell, text, wait_until_gone};

macro_rules! for_every_host {
    ($($case:ident),* $(,)?) => {
        mod in_a_thread { $( #[test] fn $case() { super::$case(super::Host::Thread); } )* }
        mod in_a_process { $( #[test] fn $case() { super::$case(super::Host::Process); } )* }
    };
}

for_every_host!(
    exit_codes_and_signals_are_told_apart,
    the_account_of_an_attempt_is_complete,
    a_missing_folder_is_named,
    a_missing_interpreter_is_named,
    a_missing_program_is_the_shells_to_complain_about,
    what_the_kernel_finds_too_long_is_a_failure_to_start,
    output_comes_back_byte_for_byte,
    both_streams_keep_their_order,
    long_output_stays_in_a_file_complete,
    output_can_be_read_while_it_is_written,
    too_much_output_ends_the_attempt_and_keeps_it,
    a_process_left_in_the_group_is_ended,
    a_process_left_in_the_group_may_end_by_itself,
    a_process_that_ignores_term_and_outlives_its_leader_is_killed,
    a_process_may_be_left_when_the_task_says_so,
    a_daemon_writes_into_the_output_of_its_own_attempt_only,
    a_timeout_asks_first,
    a_timeout_kills_what_does_not_listen,
    a_success_after_the_timeout_is_a_timeout,
    cancel_asks_and_cancel_now_kills,
    cancel_again_hurries,
    a_stopped_attempt_can_be_cancelled,
    cancelling_what_is_not_there_does_nothing,
    attempts_wait_for_a_slot_and_checks_go_first,
    what_waits_can_be_taken_back_or_cancelled,
    what_runs_cannot_be_taken_back,
    standard_input_is_empty,
    no_other_descriptor_is_open,
    the_environment_is_as_documented,
    a_plain_command_is_found_by_the_path_of_the_task,
    a_bad_variable_name_is_named,
    a_fenced_block_runs_under_its_interpreter,
    closing_waits_for_what_runs_and_drops_what_waits,
);

fn spawn_failure(exit: &Exit) -> &str {
    match exit {
        Exit::SpawnFailed(why) => why,
        other => panic!("it was started: {other}"),
    }
}

fn exit_codes_and_signals_are_told_apart(host: Host) {
    let stage = Stage::new(host);
    let check = |script: &str, expect: Exit| {
        assert_eq!(stage.shell(script).exit, expect, "{script}");
    };
    check("true", Exit::Code(0));
    check("false", Exit::Code(1));
    check("exit 42", Exit::Code(42));
    check("exit 255", Exit::Code(255));
    check("kill -KILL $$", Exit::Signal(9));
    check("kill -SEGV $$", Exit::Signal(11));
    check("kill -TERM $$", Exit::Signal(15));
}

fn the_account_of_an_attempt_is_complete(host: Host) {
    let stage = Stage::new(host);
    let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    let id = stage.start(stage.spec(script));
    let (process, _) = stage.started(id);
    let finished = stage.finished(id);
    assert!(process.pid > 1 && process.start_ticks > 0, "{process:?}");
    assert!(finished.cpu_user_us + finished.cpu_system_us > 1_000, "{finished:?}");
    assert!(finished.peak_rss_bytes > 100_000, "{finished:?}");
    assert!(finished.ended_at > finished.started_at, "{finished:?}");
    assert!(finished.started_at.as_unix_us() > 1_700_000_000_000_000, "{finished:?}");
    assert!(!finished.had_leftovers);
}

fn a_missing_folder_is_named(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("true");
    spec.cwd = stage.path().join("nirgends");
    let exit = stage.run(spec).exit;
    assert!(spawn_failure(&exit).ends_with("nirgends` does not exist"), "{exit}");

    fs::write(stage.path().join("datei"), "").unwrap();
    let mut spec = stage.spec("true; true");
    spec.cwd = stage.path().join("datei");
    let exit = stage.run(spec).exit;
    assert!(spawn_failure(&exit).ends_with("datei` is not a folder"), "{exit}");
}

fn a_missing_interpreter_is_named(host: Host) {
    let stage = Stage::new(host);
    let check = |shell: &[&str], expect: &str| {
        let mut spec = stage.spec("true");
        spec.shell = shell.iter().map(|word| (*word).to_owned()).collect();
        let exit = stage.run(spec).exit;
        assert_eq!(spawn_failure(&exit), expect);
    };
    check(&[], "no interpreter is named");
    check(&["no-such-shell", "-c"], "interpreter `no-such-shell` is not found");
    check(&["/no/such/shell", "-c"], "interpreter `/no/such/shell` is not found");
    check(&["/etc/passwd", "-c"], "interpreter `/etc/passwd` may not be executed");
}

fn a_missing_program_is_the_shells_to_complain_about(host: Host) {
    let stage = Stage::new(host);
    let finished = stage.shell("no-such-program --at all");
    assert_eq!(finished.exit, Exit::Code(127));
    assert!(text(&finished).contains("no-such-program"), "{finished:?}");
    // A file that is not a program is found and refused by the shell.
    let finished = stage.shell("/etc/passwd");
    assert_eq!(finished.exit, Exit::Code(126));
}

fn what_the_kernel_finds_too_long_is_a_failure_to_start(host: Host) {
    let stage = Stage::new(host);
    let exit = stage.shell(&format!(": {}", "x".repeat(200_000))).exit;
    assert!(spawn_failure(&exit).contains("too long for the kernel"), "{exit}");

    let mut spec = stage.spec("true");
    spec.env = (0..200).map(|n| (format!("LONG_{n}"), "x".repeat(100_000))).collect();
    let exit = stage.run(spec).exit;
    assert!(spawn_failure(&exit).contains("too long for the kernel"), "{exit}");

    let exit = stage.shell(&"x".repeat(40 << 20)).exit;
    assert!(spawn_failure(&exit).contains("too long for the kernel"), "{exit}");

    let exit = stage.shell("true \0").exit;
    assert_eq!(spawn_failure(&exit), "script or environment contains a NUL byte");
    // All that has not harmed the keeper.
    assert_eq!(stage.shell("true").exit, Exit::Code(0));
}

fn output_comes_back_byte_for_byte(host: Host) {
    let stage = Stage::new(host);
    let check = |script: &str, expect: Output| {
        assert_eq!(stage.shell(script).output, expect, "{script}");
    };
    check("true", Output::Empty);
    check("printf 'no newline'", Output::Inline(b"no newline".to_vec()));
    check("printf '\\0\\377\\n\\r'", Output::Inline(b"\0\xff\n\r".to_vec()));
    // The spool is used again: nothing of the longer output before may show.
    check("printf x", Output::Inline(b"x".to_vec()));
    let sixteen = stage.shell("head -c 16384 /dev/zero").output;
    assert_eq!(sixteen, Output::Inline(vec![0; 16384]));
}

fn both_streams_keep_their_order(host: Host) {
    let stage = Stage::new(host);
    let finished = stage.shell("echo 1; echo 2 >&2; sh -c 'echo 3'; echo 4 >&2");
    assert_eq!(text(&finished), "1\n2\n3\n4\n");
}

fn long_output_stays_in_a_file_complete(host: Host) {
    let stage = Stage::new(host);
    let finished = stage.shell("seq 1400000");
    let Output::File { path, len, head, tail } = finished.output else { panic!("not in a file") };
    let whole = fs::read(&path).unwrap();
    assert!(len > 10_000_000);
    assert_eq!(len, whole.len() as u64);
    let expect: String = (1..=1_400_000).map(|n| format!("{n}\n")).collect();
    assert!(whole == expect.as_bytes(), "the file differs");
    assert_eq!(head, whole[..4096]);
    assert_eq!(tail, whole[whole.len() - 4096..]);
    // One byte more than travels in the report.
    let Output::File { len, .. } = stage.shell("head -c 16385 /dev/zero").output else {
        panic!("not in a file")
    };
    assert_eq!(len, 16385);
    assert_eq!(text(&stage.shell("echo next")), "next\n");
}

fn output_can_be_read_while_it_is_written(host: Host) {
    let stage = Stage::new(host);
    let (said, go_on) = (stage.pipe("said"), stage.pipe("go-on"));
    let id = stage.start(stage.spec("echo first; echo > said; read _ < go-on; echo second"));
    let (_, spool) = stage.started(id);
    hear(&said);
    assert_eq!(fs::read_to_string(&spool).unwrap(), "first\n");
    tell(&go_on, "\n");
    assert_eq!(text(&stage.finished(id)), "first\nsecond\n");
}

fn too_much_output_ends_the_attempt_and_keeps_it(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("yes");
    spec.output = OutputLimits { total: 1 << 20, ..OutputLimits::default() };
    let finished = stage.run(spec);
    assert_eq!(finished.exit, Exit::OutputLimit { limit: Some(1 << 20) });
    let Output::File { path, len, .. } = finished.output else { panic!("not in a file") };
    assert!(len > 1 << 20);
    assert_eq!(fs::metadata(path).unwrap().len(), len);
}

fn a_process_left_in_the_group_is_ended(host: Host) {
    let options = KeeperOptions { linger: Duration::ZERO, slots: 1, ..KeeperOptions::default() };
    let stage = Stage::with(host, options);
    let finished = stage.shell("sleep 1000 & echo $!");
    assert_eq!(finished.exit, Exit::Code(0));
    assert!(finished.had_leftovers);
    let pid = text(&finished).trim().parse().unwrap();
    let left = process::identify(pid).filter(|left| process::is_alive(*left));
    assert_eq!(left, None, "it is still there");
}

fn a_process_left_in_the_group_may_end_by_itself(host: Host) {
    let options = KeeperOptions { linger: FOREVER, slots: 1, ..KeeperOptions::default() };
    let stage = Stage::with(host, options);
    let go_on = stage.pipe("go-on");
    let id = stage.start(stage.spec("echo early; (read _ < go-on; echo late) &"));
    tell(&go_on, "\n");
    let finished = stage.finished(id);
    assert_eq!(finished.exit, Exit::Code(0));
    assert_eq!(text(&finished), "early\nlate\n");
}

fn a_process_that_ignores_term_and_outlives_its_leader_is_killed(host: Host) {
    let options = KeeperOptions { linger: Duration::ZERO, slots: 1, ..KeeperOptions::default() };
    let stage = Stage::with(host, options);
    let (ready, go) = (stage.pipe("ready"), stage.pipe("go"));
    let mut spec = stage.spec(
        "(trap '' TERM; echo > ready; while :; do sleep 1000; done) & echo $!; read _ < go; exit 3",
    );
    spec.grace = Duration::from_millis(20);
    let id = stage.start(spec);
    hear(&ready);
    tell(&go, "\n");
    let finished = stage.finished(id);
    assert_eq!(finished.exit, Exit::Code(3));
    assert!(finished.had_leftovers);
    let pid = text(&finished).trim().parse().unwrap();
    assert!(process::identify(pid).is_none_or(|left| !process::is_alive(left)));
}

fn a_process_may_be_left_when_the_task_says_so(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("sleep 1000 & echo $!");
    spec.leftovers = Leftovers::Leave;
    let finished = stage.run(spec);
    assert_eq!(finished.exit, Exit::Code(0));
    assert!(finished.had_leftovers);
    let pid = text(&finished).trim().parse().unwrap();
    let left = adopt(process::identify(pid).unwrap()).unwrap().expect("it was ended");
    // Its group is that of its attempt, so it is ended by itself here.
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid.cast_signed()).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    assert!(left.wait(Some(FOREVER)).unwrap());
}

fn a_daemon_writes_into_the_output_of_its_own_attempt_only(host: Host) {
    let stage = Stage::with(host, KeeperOptions { slots: 1, ..KeeperOptions::default() });
    let [ready, go, done, next_go] =
        ["ready", "go", "done", "next-go"].map(|name| stage.pipe(name));
    let daemon = "setsid sh -c 'echo > ready; read _ < go; echo from the daemon; echo > done' &";
    let begun = stage.pipe("begun");
    let id = stage.start(stage.spec(&format!("echo begun; {daemon} read _ < begun")));
    let (_, spool) = stage.started(id);
    hear(&ready);
    tell(&begun, "\n");
    let finished = stage.finished(id);
    assert_eq!((&finished.exit, text(&finished)), (&Exit::Code(0), "begun\n".to_owned()));
    let next = stage.start(stage.spec("echo next; read _ < next-go"));
    let (_, next_spool) = stage.started(next);
    assert_ne!(next_spool, spool);
    tell(&go, "\n");
    hear(&done);
    tell(&next_go, "\n");
    assert_eq!(text(&stage.finished(next)), "next\n");
    let own = stage.keeper.folder().join("output").join(id.attempt.to_string());
    assert_eq!(fs::read_to_string(own).unwrap(), "begun\nfrom the daemon\n");
}

fn a_timeout_asks_first(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("sleep 1000");
    spec.timeout = Some(Duration::from_millis(30));
    let finished = stage.run(spec);
    assert_eq!(finished.exit, Exit::Timeout { killed: false });
    assert!(finished.ended_at.since_us(finished.started_at) >= 30_000);
}

fn a_timeout_kills_what_does_not_listen(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("trap '' TERM; while :; do sleep 1000; done");
    spec.timeout = Some(Duration::from_millis(300));
    spec.grace = Duration::from_millis(30);
    let id = stage.start(spec);
    let (process, _) = stage.started(id);
    let exit = stage.finished(id).exit;
    // On a machine so slow that the trap was not set in time, TERM was enough.
    assert!(matches!(exit, Exit::Timeout { .. }), "{exit}");
    wait_until_gone(process);
}

fn a_success_after_the_timeout_is_a_timeout(host: Host) {
    let stage = Stage::new(host);
    let ready = stage.pipe("ready");
    let mut spec = stage.spec("trap 'exit 0' TERM; echo > ready; while :; do sleep 0.01; done");
    spec.timeout = Some(Duration::from_millis(1_500));
    let id = stage.start(spec);
    hear(&ready);
    assert_eq!(stage.finished(id).exit, Exit::Timeout { killed: false });
}

fn cancel_asks_and_cancel_now_kills(host: Host) {
    let stage = Stage::new(host);
    let ready = stage.pipe("ready");
    let script = "trap 'echo asked; exit 5' TERM; echo > ready; while :; do sleep 0.01; done";
    let gentle = stage.start(stage.spec(script));
    hear(&ready);
    stage.keeper.cancel(gentle, CancelMode::Gentle).unwrap();
    let finished = stage.finished(gentle);
    assert_eq!(finished.exit, Exit::Cancelled { killed: false });
    // The shell may have remarked on its `sleep` before.
    assert!(text(&finished).ends_with("asked\n"), "{finished:?}");

    let now = stage.start(stage.spec(script));
    hear(&ready);
    stage.keeper.cancel(now, CancelMode::Now).unwrap();
    let finished = stage.finished(now);
    assert_eq!(finished.exit, Exit::Cancelled { killed: true });
    assert_eq!(text(&finished), "");
}

fn cancel_again_hurries(host: Host) {
    let stage = Stage::new(host);
    let (ready, asked) = (stage.pipe("ready"), stage.pipe("asked"));
    let mut spec =
        stage.spec("trap 'echo > asked' TERM; echo > ready; while :; do sleep 0.01; done");
    spec.grace = FOREVER;
    let id = stage.start(spec);
    hear(&ready);
    stage.keeper.cancel(id, CancelMode::Gentle).unwrap();
    hear(&asked);
    stage.keeper.cancel(id, CancelMode::Now).unwrap();
    assert_eq!(stage.finished(id).exit, Exit::Cancelled { killed: true });
}

fn a_stopped_attempt_can_be_cancelled(host: Host) {
    let stage = Stage::new(host);
    let ready = stage.pipe("ready");
    let id = stage.start(stage.spec("echo > ready; kill -STOP $$"));
    hear(&ready);
    stage.keeper.cancel(id, CancelMode::Gentle).unwrap();
    assert_eq!(stage.finished(id).exit, Exit::Cancelled { killed: false });
}

fn cancelling_what_is_not_there_does_nothing(host: Host) {
    let stage = Stage::new(host);
    let over = stage.shell("true").id;
    let never = PartId { run: RunId(77), ..over };
    stage.keeper.cancel(over, CancelMode::Now).unwrap();
    stage.keeper.cancel(never, CancelMode::Gentle).unwrap();
    stage.keeper.withdraw(never).unwrap();
    stage.keeper.acknowledge(&[over, never]).unwrap();
    assert_eq!(stage.shell("true").exit, Exit::Code(0));
    let ends = stage.close().into_iter().filter(|report| matches!(report, Report::Finished(_)));
    assert_eq!(ends.count(), 2);
}

fn attempts_wait_for_a_slot_and_checks_go_first(host: Host) {
    let stage = Stage::with(host, KeeperOptions { slots: 1, ..KeeperOptions::default() });
    let go_on = stage.pipe("go-on");
    let first = stage.start(stage.spec("read _ < go-on"));
    stage.started(first);
    let second = stage.start(stage.spec("true"));
    let check = |nth| {
        let mut spec = stage.spec("true");
        spec.id = PartId::check(RunId(1), first.attempt, nth);
        stage.start(spec)
    };
    let checks = [check(0), check(1)];
    tell(&go_on, "\n");
    stage.finished(second);
    let order: Vec<PartId> = stage
        .close()
        .into_iter()
        .filter_map(|report| match report {
            Report::Started { id, .. } => Some(id),
            _ => None,
        })
        .collect();
    assert_eq!(order, [first, checks[0], checks[1], second]);
}

fn what_waits_can_be_taken_back_or_cancelled(host: Host) {
    let stage = Stage::with(host, KeeperOptions { slots: 1, ..KeeperOptions::default() });
    let go_on = stage.pipe("go-on");
    let first = stage.start(stage.spec("read _ < go-on"));
    let (back, off) = (stage.start(stage.spec("true")), stage.start(stage.spec("true")));
    stage.keeper.withdraw(back).unwrap();
    stage.keeper.cancel(off, CancelMode::Gentle).unwrap();
    let withdrawn = |report: &Report| match report {
        Report::Withdrawn { id } => Some(*id),
        _ => None,
    };
    assert_eq!(stage.wait(withdrawn), back);
    assert_eq!(stage.finished(off).exit, Exit::Cancelled { killed: false });
    tell(&go_on, "\n");
    assert_eq!(stage.finished(first).exit, Exit::Code(0));
    let started =
        stage.close().into_iter().filter(|report| matches!(report, Report::Started { .. }));
    assert_eq!(started.count(), 1);
}

fn what_runs_cannot_be_taken_back(host: Host) {
    let stage = Stage::new(host);
    let go_on = stage.pipe("go-on");
    let id = stage.start(stage.spec("read _ < go-on; exit 7"));
    stage.started(id);
    stage.keeper.withdraw(id).unwrap();
    tell(&go_on, "\n");
    assert_eq!(stage.finished(id).exit, Exit::Code(7));
}

fn standard_input_is_empty(host: Host) {
    let stage = Stage::new(host);
    assert_eq!(text(&stage.shell("cat; readlink /proc/self/fd/0")), "/dev/null\n");
}

fn no_other_descriptor_is_open(host: Host) {
    let stage = Stage::new(host);
    // The listing itself has a descriptor, too, but that is gone when it is looked at.
    let script = "for d in /proc/$$/fd/*; do [ -e \"$d\" ] && echo \"${d##*/}\"; done";
    // What whoever runs the tests left open for everybody is not ours to close.
    let plain = std::process::Command::new("/bin/sh").args(["-c", script]).output().unwrap();
    let expect = String::from_utf8(plain.stdout).unwrap();
    assert!(expect.starts_with("0\n1\n"), "{expect}");
    for _ in 0..3 {
        assert_eq!(text(&stage.shell(script)), expect);
    }
}

fn the_environment_is_as_documented(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("env -0");
    spec.env = vec![
        ("GRÜN".to_owned(), "a=b\nc".to_owned()),
        ("HOME".to_owned(), "/somewhere".to_owned()),
        ("CHECKOFF_ATTEMPT".to_owned(), "forged".to_owned()),
    ];
    let id = spec.id;
    let finished = stage.run(spec);
    let seen = text(&finished);
    let seen: BTreeMap<&str, &str> =
        seen.split_terminator('\0').map(|line| line.split_once('=').unwrap()).collect();
    let mut expect: BTreeMap<String, String> = std::env::vars().collect();
    expect.remove("OLDPWD");
    let mut set = |name: &str, value: &str| expect.insert(name.to_owned(), value.to_owned());
    set("PWD", stage.path().to_str().unwrap());
    set("GRÜN", "a=b\nc");
    set("HOME", "/somewhere");
    set("CHECKOFF_RUN", "r1");
    set("CHECKOFF_TASK", "0");
    set("CHECKOFF_ATTEMPT", &id.to_string());
    set("CHECKOFF_KEEPER", stage.keeper.folder().to_str().unwrap());
    let expect: BTreeMap<&str, &str> =
        expect.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(seen, expect);
    assert_eq!(id.to_string(), "r1/0.1");
}

fn a_plain_command_is_found_by_the_path_of_the_task(host: Host) {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new(host);
    let folder = stage.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("greet");
    fs::write(&program, "#!/bin/sh\necho \"hello $1 from ${0##*/}\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut spec = stage.spec("greet world");
    let path = std::env::var("PATH").unwrap();
    spec.env = vec![("PATH".to_owned(), format!("{}:{path}", folder.display()))];
    assert_eq!(text(&stage.run(spec)), "hello world from greet\n");
    assert_eq!(stage.shell("greet world").exit, Exit::Code(127));
}

fn a_bad_variable_name_is_named(host: Host) {
    let stage = Stage::new(host);
    for name in ["", "A=B"] {
        let mut spec = stage.spec("true");
        spec.env = vec![(name.to_owned(), "x".to_owned())];
        let exit = stage.run(spec).exit;
        let expect = format!("environment variable name `{name}` is not valid");
        assert_eq!(spawn_failure(&exit), expect);
    }
}

fn a_fenced_block_runs_under_its_interpreter(host: Host) {
    let stage = Stage::new(host);
    let mut spec = stage.spec("set -o pipefail; false | true; echo $?");
    spec.shell = checkoff_worker::shell::shell_for_info("bash").unwrap();
    assert_eq!(text(&stage.run(spec)), "1\n");
    let mut spec = stage.spec("for n in range(3):\n    print(n, end='')\n");
    spec.shell = checkoff_worker::shell::shell_for_info("python").unwrap();
    assert_eq!(text(&stage.run(spec)), "012");
}

fn closing_waits_for_what_runs_and_drops_what_waits(host: Host) {
    let stage = Stage::with(host, KeeperOptions { slots: 1, ..KeeperOptions::default() });
    let go_on = stage.pipe("go-on");
    let first = stage.start(stage.spec("read _ < go-on; echo over"));
    stage.start(stage.spec("true"));
    stage.started(first);
    let teller = std::thread::spawn(move || tell(&go_on, "\n"));
    let reports = stage.close();
    teller.join().unwrap();
    let ends: Vec<_> = reports
        .iter()
        .filter_map(|report| match report {
            Report::Finished(finished) => Some((finished.id, text(finished))),
            Report::Lost { why } => panic!("lost: {why}"),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [(first, "over\n".to_owned())]);
}

#[test]
fn a_thousand_attempts_leave_nothing_open() {
    let stage = Stage::new(Host::Process);
    let count = |what: &str| {
        let folder = PathBuf::from(format!("/proc/{}/{what}", stage.keeper.pid()));
        fs::read_dir(folder).unwrap().count()
    };
    let batch = |attempts: usize| {
        let ids: Vec<PartId> =
            (0..attempts).map(|_| stage.start(stage.spec("true; echo x"))).collect();
        for id in &ids {
            assert_eq!(stage.finished(*id).exit, Exit::Code(0));
        }
        stage.keeper.acknowledge(&ids).unwrap();
    };
    // The first ones fill the slots, which stay.
    batch(16);
    let before = (count("fd"), count("task"));
    batch(1_000);
    assert_eq!((count("fd"), count("task")), before);
    let pid = stage.keeper.pid();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    assert_eq!(children.unwrap_or_default(), "");
    let outputs = fs::read_dir(stage.keeper.folder().join("output")).unwrap().count();
    assert_eq!(outputs, 0);
}

#[test]
fn a_folder_has_one_keeper_in_its_life() {
    let stage = Stage::new(Host::Process);
    let again = || {
        let (send, _reports) = crossbeam_channel::unbounded();
        let options = KeeperOptions::default();
        checkoff_worker::Keeper::in_process(stage.keeper.folder(), options, send)
    };
    match again() {
        Err(KeeperError::Refused { why, .. }) => assert_eq!(why, "the folder is another keeper's"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_program_that_is_no_keeper_is_an_error() {
    let check = |program: &str, expect: &str| {
        let folder = tempfile::tempdir().unwrap();
        let (send, _reports) = crossbeam_channel::unbounded();
        let program = std::process::Command::new(program);
        let options = KeeperOptions::default();
        let error =
            checkoff_worker::Keeper::spawn(program, folder.path(), options, send).unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
    };
    check("true", "ended at once: exit status: 0");
    check("/no/such/program", "cannot start the keeper");
}

#[test]
fn exits_are_learnt_even_where_sigchld_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let (send, reports) = crossbeam_channel::unbounded();
    let mut program = std::process::Command::new("/bin/sh");
    let keeper = fake_engine().get_program().to_owned();
    program.args(["-c", "trap '' CHLD; exec \"$0\" keeper \"$1\""]).arg(keeper);
    let options = KeeperOptions::default();
    let keeper = checkoff_worker::Keeper::spawn(program, folder.path(), options, send).unwrap();
    keeper.start(checkoff_worker::AttemptSpec::shell(crate::stage::work(0), "exit 9")).unwrap();
    keeper.close();
    let exits: Vec<Exit> = reports
        .into_iter()
        .filter_map(|report| match report {
            Report::Finished(finished) => Some(finished.exit),
            _ => None,
        })
        .collect();
    assert_eq!(exits, [Exit::Code(9)]);
}

#[test]
fn a_full_disk_stops_starts_and_the_journal_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let place = checkoff_worker::keeper::next_folder(folder.path()).unwrap();
    let (send, reports) = crossbeam_channel::unbounded();
    // No file may be longer than 4 KiB: the nearest thing to a full disk that needs
    // no disk. Where the limit is met the kernel sends XFSZ, unless that is ignored.
    let mut program = std::process::Command::new("/bin/sh");
    let keeper = fake_engine().get_program().to_owned();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" keeper \"$1\"";
    program.args(["-c", script]).arg(keeper);
    let options = KeeperOptions::default();
    let keeper = checkoff_worker::Keeper::spawn(program, &place, options, send).unwrap();
    for task in 0..100 {
        let spec = checkoff_worker::AttemptSpec::shell(crate::stage::work(task), "echo x");
        keeper.start(spec).unwrap();
    }
    let ends: Vec<checkoff_worker::Finished> = (0..100)
        .map(|_| {
            loop {
                match reports.recv_timeout(FOREVER).unwrap() {
                    Report::Finished(finished) => break finished,
                    Report::Started { .. } => {}
                    other => panic!("{other:?}"),
                }
            }
        })
        .collect();
    let done: Vec<_> = ends.iter().take_while(|end| end.exit.is_success()).collect();
    assert!((5..60).contains(&done.len()), "{} were started", done.len());
    for failed in &ends[done.len()..] {
        assert!(spawn_failure(&failed.exit).contains("journal"), "{}", failed.exit);
    }
    keeper.close();
    // All but perhaps the last one, whose end found no room any more.
    let recorded: Vec<PartId> = done[..done.len() - 1].iter().map(|end| end.id).collect();
    for one in checkoff_worker::settle(folder.path(), &recorded).unwrap() {
        let checkoff_worker::Settlement::Finished(finished) = &one.outcome else {
            panic!("{one:?}")
        };
        assert_eq!(text(finished), "x\n");
    }
}

#[test]
fn a_keeper_nobody_listens_to_ends_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (send, reports) = crossbeam_channel::unbounded();
    let mut program = fake_engine();
    program.arg("keeper");
    let options = KeeperOptions { slots: 4, ..KeeperOptions::default() };
    let keeper = checkoff_worker::Keeper::spawn(program, folder.path(), options, send).unwrap();
    drop(reports);
    // More than fits into the pipe of reports.
    for task in 0..20 {
        let script = "head -c 16000 /dev/zero";
        let spec = checkoff_worker::AttemptSpec::shell(crate::stage::work(task), script);
        if keeper.start(spec).is_err() {
            break;
        }
    }
    keeper.close();
}

#[test]
fn a_dropped_keeper_is_not_a_lost_one() {
    let stage = Stage::new(Host::Process);
    let go_on = stage.pipe("go-on");
    let id = stage.start(stage.spec("read _ < go-on; exit 6"));
    stage.started(id);
    let (_folder, reports) = stage.drop_keeper();
    tell(&go_on, "\n");
    let rest: Vec<Report> = reports.into_iter().collect();
    match rest.as_slice() {
        [Report::Finished(finished)] => assert_eq!(finished.exit, Exit::Code(6)),
        other => panic!("{other:?}"),
    }
}
