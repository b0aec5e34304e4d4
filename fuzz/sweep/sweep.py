"""Runs `mapfuzz campaign` against every planted bug, over several seeds. Started by ci/sweep;
README.md explains.

Every trial goes into the JSON file at once, and is not run again while the fuzzer is the one that
it ran: an interrupted sweep goes on from where it was. Exit codes: 0 all found often enough,
2 usage, 3 environment, 5 some are not, 130 interrupted.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing may appear among the sources
HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[1]
sys.path += [str(REPO / "fuzz" / folder) for folder in ("afl", "measure")]
sys.path.append(str(REPO / "engine" / "mutants"))
import measure  # noqa: E402
import run as afl  # noqa: E402
import table  # noqa: E402
import trial  # noqa: E402
from apply import Broken, Edit  # noqa: E402

USAGE, ENVIRONMENT, NOT_REPRODUCED, THRESHOLD, INTERRUPTED = 2, 3, 4, 5, 130

PATIENCE = 20  # seconds of the clock that a second of CPU may take
FOLDERS = ("canaries", "sweep")  # of edits, below fuzz/ and below the build tree
FIELDS = {"class": "S[0-5]"}
OPTIONAL = {"target": r"\w+", "row": r"\w+ \w+|all"}
# Canaries that are mutants of table C, by its classes.
CLASSES = {"S0": "zero-key-kept",
           "S1": "A01 A03 A15 C08 E05 E07 E11 H04 H05 I01 I02 I11 V04 W01 W11",
           "S2": "D02 no-reseed", "S3": "E15 W02", "S4": "I09", "S5": "D13 y-bit"}


@dataclasses.dataclass(frozen=True)
class Subject:
    """A planted bug, and what `mapfuzz campaign` is told about it."""
    id: str
    title: str
    spec: str
    cls: str  # of table C; empty: a canary that is not in it
    target: str
    folder: str  # one of FOLDERS


@dataclasses.dataclass(frozen=True)
class Task:
    subject: Subject
    seed: int
    limit: int  # seconds of CPU
    runs: int  # 0: until the limit

    def key(self):
        return [self.subject.id, self.seed, self.limit, self.runs]


def say(message):
    print(f"ci/sweep: {message}", file=sys.stderr, flush=True)


def subjects(fuzz=REPO / "fuzz"):
    """All of them, by id."""
    classes = {name: cls for cls, names in CLASSES.items() for name in names.split()}
    found = {}
    for folder in FOLDERS:
        for path in sorted((fuzz / folder).glob("*.edit")):
            edit = Edit(path, FIELDS, OPTIONAL) if folder == "sweep" else Edit(path)
            fields = edit.fields
            if path.stem in found:
                raise Broken(f"{path}: another edit has this id already")
            found[path.stem] = Subject(
                path.stem, fields["title"], fields["spec"],
                fields.get("class", classes.get(path.stem, "")), fields.get("target", "ops_u64"),
                folder)
    return found


def build_targets(chosen):
    return [f"canary_{subject.id}_{program}" for subject in chosen
            for program in ("fuzzer", "mapfuzz")]


def place(subject, build):
    return build / subject.folder / subject.id


def fingerprint(subject, build):
    """Of the program that is run: a trial says nothing of another one."""
    path = place(subject, build) / f"{subject.target}_fuzzer"
    with open(path, "rb") as program:
        return hashlib.file_digest(program, "sha256").hexdigest()[:16]


def operations(text):
    """Of a program: lines after its map line that are no comments."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    return len(lines) - 1 - [line.split()[0] for line in lines].index("map")


def signature(text):
    """The first line of a finding."""
    found = re.match(r"# (.+)", text)
    if found is None:
        raise ValueError("the finding's first line should be '# SIGNATURE'")
    return found[1].strip()


def check(cli, file, folder):
    """Is no operation of the finding superfluous? Asked anew, whatever the campaign said."""
    made = subprocess.run([cli, "minimize", "--check", file], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode == NOT_REPRODUCED:
        say(f"{file.name} is not shown again:\n{made.stdout}")
    elif made.returncode not in (0, 1):
        raise afl.Stop(ENVIRONMENT, f"{cli} minimize --check {file} ended with {made.returncode}, "
                       f"not 0, 1 or {NOT_REPRODUCED}:\n{made.stdout}")
    return made.returncode == 0


def executions(folder, target):
    """As the campaign has saved them, if it came so far."""
    state = folder / "state.json"
    if not state.is_file():
        return 0
    return json.loads(state.read_text(encoding="utf-8"))["targets"][target]["execs"]


def perform(task, build, keep):
    """One trial, as the JSON file has it. The finding is kept in folder `keep`."""
    trial.adopt_orphans()
    subject = task.subject
    cli = place(subject, build) / "mapfuzz"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mapfuzz-sweep-"))
    try:
        out = folder / "campaign"
        artifacts = out / subject.target / "artifacts"
        # Of CPU, not of the clock: what else the machine does must not turn a find into a miss. On
        # an idle one they are the same, as a campaign of one target runs one process.
        budget = ["--runs", task.runs] if task.runs else ["--time", f"{task.limit * PATIENCE}s"]
        env = {name: value for name, value in os.environ.items()
               if not name.startswith("MAPFUZZ_")}
        env["ASAN_OPTIONS"] = "symbolize=0"  # a second of CPU that finds nothing
        end = trial.run([cli, "campaign", "--target", subject.target, *budget, "--empty", "--seed",
                         task.seed, "--out", out], env, folder,
                        measure.UNLIMITED if task.runs else task.limit,
                        lambda: artifacts.is_dir() and any(artifacts.iterdir()))
        if not end.stopped and end.code not in (0, 1):
            raise afl.Stop(ENVIRONMENT, f"{cli} campaign ended with {end.code}, not 0 or 1:\n"
                           f"{afl.tail(folder / 'log')}")
        done = {"key": task.key(), "program": fingerprint(subject, build),
                "found": end.code == 1, "cpu": round(end.cpu, 2),
                "executions": executions(out, subject.target)}
        if end.code == 1:
            finding = next((out / "findings").glob("*.ops"))
            text = finding.read_text(encoding="utf-8")
            keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(finding, keep / f"{subject.id}-{task.seed}.ops")
            # One that came and was minimised between two looks: all of it is the time to it.
            seconds = end.cpu if end.goal_cpu is None else end.goal_cpu
            done |= {"seconds": round(seconds, 2), "signature": signature(text),
                     "operations": operations(text), "minimal": check(cli, finding, folder)}
        return done
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tasks(options):
    """Seed by seed, so that what an interrupted sweep has is even."""
    return [Task(subject, seed, options.limit, options.runs)
            for seed in range(1, options.seeds + 1) for subject in options.only]


def still_valid(done, programs, again_misses):
    return programs.get(done["key"][0]) == done["program"] and (done["found"] or not again_misses)


def line(done):
    subject, seed = done["key"][:2]
    if not done["found"]:
        return (f"{subject}, seed {seed}: nothing, {done['executions']} executions, "
                f"{done['cpu']} s of CPU")
    return (f"{subject}, seed {seed}: {done['signature']} in {done['seconds']} s of CPU, "
            f"{done['executions']} executions; {done['operations']} operations"
            f"{'' if done['minimal'] else ', NOT 1-MINIMAL'}")


def sweep(options):
    """The trials that were asked for, old and new."""
    results = measure.load(options.json)
    programs = {subject.id: fingerprint(subject, options.build) for subject in options.only}
    wanted = tasks(options)
    keys = {tuple(task.key()) for task in wanted}
    # Others' trials stay as they are: --only must not throw away the rest.
    results["trials"] = [done for done in results["trials"] if tuple(done["key"]) not in keys
                         or still_valid(done, programs, options.again_misses)]
    have = {tuple(done["key"]) for done in results["trials"]}
    missing = [task for task in wanted if tuple(task.key()) not in have and not options.table_only]
    say(f"{len(missing)} trials, {len(have & keys)} more are in {options.json}")
    # A process for each trial: it waits for all children it has.
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        keep = options.json.parent / "sweep"
        running = [pool.submit(perform, task, options.build, keep) for task in missing]
        try:
            for number, future in enumerate(concurrent.futures.as_completed(running), 1):
                done = future.result()
                results["trials"].append(done)
                measure.store(options.json, results)
                say(f"{number} of {len(missing)}: {line(done)}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done for done in results["trials"] if tuple(done["key"]) in keys]


def parse(arguments, known):
    def chosen(text):
        for name in text.split(","):
            if name not in known:
                raise argparse.ArgumentTypeError(f"'{name}': known are {', '.join(known)}")
        return [known[name] for name in text.split(",")]
    parser = argparse.ArgumentParser(
        prog="ci/sweep", description="mapfuzz campaign against every planted bug, from an empty "
        "corpus, over several seeds: found or not, when, and how small the finding is.",
        epilog="Exit 0: all found in 9 of 10 seeds; 2: usage; 3: setup or build failed, or a "
        "program that ran nothing; 5: not all found; 130: interrupted (the same command goes on).")
    parser.add_argument("--seeds", type=afl.positive, default=10, help="default: 10")
    parser.add_argument("--limit", type=afl.positive, default=60, metavar="SECONDS",
                        help="of CPU that a campaign may use until it finds; default: 60")
    parser.add_argument("--runs", type=int, default=0, metavar="N",
                        help="executions, in place of a time")
    parser.add_argument("--only", type=chosen, default=list(known.values()), metavar="ID,ID",
                        help="default: all of fuzz/canaries and fuzz/sweep")
    parser.add_argument("-j", "--jobs", type=afl.positive, default=1, help="trials at a time")
    parser.add_argument("--again-misses", action="store_true",
                        help="run again what found nothing")
    parser.add_argument("--json", type=pathlib.Path, default=REPO / "build" / "sweep.json",
                        help="every trial; default: build/sweep.json; gone on from")
    parser.add_argument("--table-only", action="store_true",
                        help="run nothing: the table of what is there")
    parser.add_argument("--write", action="store_true",
                        help="put the table into fuzz/sweep/README.md")
    parser.add_argument("--print-build-targets", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", type=pathlib.Path, default=REPO / "build" / "asan",
                        help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options = parse(arguments, subjects())
        if options.print_build_targets:
            print(*build_targets(options.only))
            return 0
        trials = sweep(options)
        text = table.markdown(options, trials, measure.revision(), measure.machine())
        print(text)
        if options.write:
            readme = HERE / "README.md"
            readme.write_text(table.put_between(readme.read_text(encoding="utf-8"), text),
                              encoding="utf-8")
        return 0 if table.all_found(options.only, trials, options.seeds) else THRESHOLD
    except afl.Stop as stop:
        say(stop)
        return stop.code
    except (Broken, OSError) as problem:
        say(problem)
        return ENVIRONMENT
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
