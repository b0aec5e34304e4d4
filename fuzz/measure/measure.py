"""Measures what each ingredient of the harness brings. Started by ci/measure; README.md explains.

Every trial goes into the JSON file at once, and is not run again while it is there: an interrupted
measurement goes on from where it was. Exit codes: 0 measured, 2 usage, 3 environment, 130
interrupted.
"""

import argparse
import concurrent.futures
import dataclasses
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
sys.path += [str(REPO / "fuzz" / "afl"), str(REPO / "engine" / "mutants")]
import report  # noqa: E402
import run as afl  # noqa: E402
import trial  # noqa: E402
from apply import Edit  # noqa: E402

USAGE, ENVIRONMENT, INTERRUPTED = 2, 3, 130

# Easy ones, then such as take a rare path: an overflow chain, a growth under an iterator, a kind.
CANARIES = ("rest-early", "growth-idles", "yield-twice", "I09", "H05", "E11", "W02",
            "prealloc-short", "erased-key-leaks", "V04", "E07", "I11")
CLEAN_TARGET = "ops_u64"

INPUT_BYTES = re.search(r"kMaxInputBytes = (\d+)",
                        (REPO / "fuzz" / "mutate_bytes.h").read_text(encoding="utf-8"))[1]
LIBFUZZER = [f"-max_len={INPUT_BYTES}", "-len_control=0", "-artifact_prefix=./"]  # as campaigns
UNLIMITED = 1e9  # seconds


@dataclasses.dataclass(frozen=True)
class Config:
    title: str
    program: str  # built as NAME_program
    env: dict


CONFIGS = {
    "bytes": Config("libFuzzer, bytes", "fuzzer",
                    {"MAPFUZZ_MUTATOR": "0", "MAPFUZZ_FEEDBACK": "0"}),
    "mutator": Config("+ mutator", "fuzzer", {"MAPFUZZ_FEEDBACK": "0"}),
    "feedback": Config("+ state feedback", "fuzzer", {}),
    "afl": Config("AFL++, both", "afl", {}),
    "rapidcheck": Config("RapidCheck", "rapidcheck", {}),
}


@dataclasses.dataclass(frozen=True)
class Task:
    config: str
    subject: str  # a canary, or CLEAN_TARGET
    seed: int
    limit: float  # seconds of CPU
    executions: int  # 0: until the limit

    def key(self):
        return [self.config, self.subject, self.seed, self.limit, self.executions]


def say(message):
    print(f"ci/measure: {message}", file=sys.stderr, flush=True)


def target_of(subject):
    if subject == CLEAN_TARGET:
        return CLEAN_TARGET
    return Edit(REPO / f"fuzz/canaries/{subject}.edit").fields.get("target", "ops_u64")


def executable(build, subject, program):
    if subject == CLEAN_TARGET:
        return build / "bin" / f"{subject}_{program}"
    folder = build / "canaries" / subject
    if program == "fuzzer":
        return folder / f"{target_of(subject)}_fuzzer"
    return folder / f"canary_{subject}_{program}"


def build_targets(configs, canaries, with_states):
    """What Ninja has to build."""
    names = [f"canary_{canary}" for canary in canaries] + [CLEAN_TARGET] * with_states
    programs = sorted({CONFIGS[config].program for config in configs})
    return ([f"{name}_{program}" for name in names for program in programs]
            + ["mapfuzz_afl_mutator"] * ("afl" in programs) + ["mapfuzz"] * with_states)


def start(task, build, folder):
    """Command and environment of a task, from an empty corpus."""
    config = CONFIGS[task.config]
    program = executable(build, task.subject, config.program)
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("MAPFUZZ_", "AFL_"))} | config.env
    if config.program == "afl":
        afl.write_smallest_input(folder / "inputs")
        env = afl.environment(build / "bin" / "mapfuzz_afl_mutator.so",
                              target_of(task.subject), env)
        env["AFL_BENCH_UNTIL_CRASH"] = "1"
        return afl.command(program, folder / "inputs", folder, task.seed,
                           task.executions or None), env
    env["ASAN_OPTIONS"] = "symbolize=0"  # a second of CPU that finds nothing
    if config.program == "rapidcheck":
        return [program, task.seed, *([task.executions] if task.executions else [])], env
    (folder / "corpus").mkdir()
    runs = [f"-runs={task.executions}"] if task.executions else []
    return [program, *LIBFUZZER, f"-seed={task.seed}", *runs, folder / "corpus"], env


def clause_of(task, end, build, folder):
    """The clause that the trial broke; empty: it found nothing."""
    if CONFIGS[task.config].program == "afl":
        crashes = afl.saved(folder, "crashes")
        if not crashes:
            return ""
        found = afl.replay(executable(build, task.subject, "afl"), crashes[:1])
        return afl.told(found[1]) if found else "not again"
    if end.stopped or end.code == 0:
        return ""
    return afl.told(end.output)


def perform(task, build):
    """One trial, as the JSON file has it."""
    trial.adopt_orphans()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mapfuzz-measure-"))
    try:
        command, env = start(task, build, folder)
        end = trial.run(command, env, folder, task.limit)
        if end.executions == 0:
            raise afl.Stop(ENVIRONMENT, f"{command[0]} ran nothing and ended with {end.code}:\n"
                           f"{afl.tail(folder / 'log')}")
        clause = clause_of(task, end, build, folder)
        if not clause and not end.stopped and end.code != 0:
            raise afl.Stop(ENVIRONMENT, f"{command[0]} ended with {end.code} and no finding:\n"
                           f"{afl.tail(folder / 'log')}")
        done = {"key": task.key(), "found": bool(clause), "clause": clause,
                "cpu": round(end.cpu, 2), "executions": end.executions}
        if task.subject == CLEAN_TARGET:
            done["states"] = [cell for cell, count in enumerate(end.states) if count]
        return done
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reachable_cells(build):
    """The cells that no argument puts out of reach: a campaign's states.json lists all of them."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [build / "bin" / "mapfuzz", "campaign", "--target", CLEAN_TARGET, "--runs", "100",
             "--empty", "--out", folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        states = pathlib.Path(folder, "states.json")
        if made.returncode != 0 or not states.is_file():
            raise afl.Stop(ENVIRONMENT,
                           f"mapfuzz campaign ended with {made.returncode}:\n{made.stdout}")
        table = json.loads(states.read_text(encoding="utf-8"))["states"]
        return [cell for cell, state in enumerate(table) if "unreachable" not in state]


def tasks(options):
    """Seed by seed, so that what an interrupted measurement has is even."""
    for seed in range(1, options.seeds + 1):
        for config in options.configs:
            if options.executions:
                yield Task(config, CLEAN_TARGET, seed, UNLIMITED, options.executions)
            for canary in options.canaries:
                yield Task(config, canary, seed, options.limit, 0)


def load(path):
    if not path.is_file():
        return {"trials": []}
    return json.loads(path.read_text(encoding="utf-8"))


def store(path, results):
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(results) + "\n", encoding="utf-8")
    draft.replace(path)


def git(*words):
    return subprocess.run(["git", "-C", REPO, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()


def revision():
    """The tables that --write leaves behind, here and in the sweep, are no change."""
    changed = git("status", "--porcelain", "--", ".", ":!fuzz/measure/README.md",
                  ":!fuzz/sweep/README.md")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + ("-dirty" if changed else "")


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = re.findall(r"model name\s*: (.*)", text)
    return f"{models[0] if models else 'unknown CPU'}, {os.cpu_count()} cores"


def measure(options):
    results = load(options.json)
    now = revision()
    if results["trials"] and results["revision"] != now:
        raise afl.Stop(USAGE, f"{options.json} was measured at {results['revision']}, this is "
                       f"{now}: give another file (--json), or remove it")
    results |= {"revision": now, "machine": machine(),
                "clauses": {canary: Edit(REPO / f"fuzz/canaries/{canary}.edit").fields["clause"]
                            for canary in options.canaries}}
    if options.executions:
        results["reachable"] = reachable_cells(options.build)
    wanted = list(tasks(options))
    have = {tuple(done["key"]) for done in results["trials"]}
    missing = [task for task in wanted if tuple(task.key()) not in have]
    say(f"{len(missing)} trials, {len(wanted) - len(missing)} more are in {options.json}")
    # A process for each trial: it waits for all children it has.
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        running = {pool.submit(perform, task, options.build): task for task in missing}
        try:
            for number, future in enumerate(concurrent.futures.as_completed(running), 1):
                done = future.result()
                results["trials"].append(done)
                store(options.json, results)
                config, subject, seed = done["key"][:3]
                say(f"{number} of {len(missing)}: {subject}, {CONFIGS[config].title}, seed {seed}: "
                    f"{done['clause'] or 'nothing'} in {done['cpu']:.2f} s, "
                    f"{done['executions']} executions")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    keys = {tuple(task.key()) for task in wanted}
    trials = [done for done in results["trials"] if tuple(done["key"]) in keys]
    return report.markdown(results, trials, {name: CONFIGS[name].title for name in options.configs},
                           options)


def names_of(known):
    def parse(text):
        names = tuple(text.split(","))
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"'{name}': known are {', '.join(known)}")
        return names
    return parse


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="ci/measure", description="Time and executions that libFuzzer with and without "
        "mutator and state feedback, AFL++ and RapidCheck take to find planted bugs; states they "
        "reach.",
        epilog="Exit 0: measured; 2: usage; 3: setup or build failed, or a program that ran "
        "nothing; 130: interrupted (the same command goes on).")
    parser.add_argument("--seeds", type=afl.positive, default=10, help="default: 10")
    parser.add_argument("--limit", type=float, default=25.0, help="seconds of CPU, default: 25")
    parser.add_argument("--executions", type=int, default=20_000, metavar="N",
                        help="of the clean engine, for the table of states; default: 20000; 0: no "
                        "such table")
    known = sorted(edit.stem for edit in (REPO / "fuzz" / "canaries").glob("*.edit"))
    parser.add_argument("--canaries", type=names_of(known), default=CANARIES, metavar="ID,ID",
                        help=f"default: {','.join(CANARIES)}")
    parser.add_argument("--configs", type=names_of(CONFIGS), default=tuple(CONFIGS),
                        metavar="NAME,NAME", help=f"default: {','.join(CONFIGS)}")
    parser.add_argument("-j", "--jobs", type=afl.positive, default=1, help="trials at a time")
    parser.add_argument("--json", type=pathlib.Path, default=REPO / "build" / "measure.json",
                        help="every trial; default: build/measure.json; gone on from")
    parser.add_argument("--write", action="store_true",
                        help="put the tables into fuzz/measure/README.md")
    parser.add_argument("--print-build-targets", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", type=pathlib.Path, default=REPO / "build" / "asan",
                        help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if options.print_build_targets:
        print(*build_targets(options.configs, options.canaries, options.executions > 0))
        return 0
    try:
        tables = measure(options)
        print(tables)
        if options.write:
            readme = HERE / "README.md"
            readme.write_text(report.put_between(readme.read_text(encoding="utf-8"), tables),
                              encoding="utf-8")
    except afl.Stop as stop:
        say(stop)
        return stop.code
    except OSError as problem:
        say(problem)
        return ENVIRONMENT
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
