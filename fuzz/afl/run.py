"""Fuzzes one target with AFL++ and tells what it found. Started by ci/afl.

What it leaves in --out DIR: AFL++'s own folder `default` (queue, crashes, fuzzer_stats), its log,
and the inputs it began with; a second run goes on from there. fuzz/measure starts AFL++ through
`command` and `environment` too.

Exit codes are those of fuzz/cli/exit_code.h: 0 nothing wrong, 1 a finding, 2 usage, 3 environment
or nothing ran, 130 interrupted.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
FINDING, ENVIRONMENT, INTERRUPTED = 1, 3, 130
HANG_MILLISECONDS = 25_000  # as campaigns give libFuzzer
PATIENCE = 10  # seconds from SIGINT to SIGKILL

# An oracle's line, or that of a sanitizer's hook (fuzz/target.cc).
CLAUSE = re.compile(r"ASSERTION FAILED: oracle\[([^\]]*)\]|^mapfuzz: died at .*: (\S+)", re.M)


class Stop(Exception):
    """Ends the run with an exit code and a message."""

    def __init__(self, code, message):
        super().__init__(code, message)  # both: it may come out of another process, pickled
        self.code = code

    def __str__(self):
        return str(self.args[1])


def say(message):
    print(f"ci/afl: {message}", file=sys.stderr, flush=True)


def environment(mutator, target, inherited=None):
    """What afl-fuzz needs to start at all in containers and on shared machines, and our mutator,
    which writes programs of that target."""
    env = dict(os.environ if inherited is None else inherited)
    # It insists on options of its own for these, and gives them to the target.
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        env.pop(name, None)
    env |= {
        "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",  # core_pattern may be a pipe
        "AFL_SKIP_CPUFREQ": "1",  # a container may not set the governor
        "AFL_NO_AFFINITY": "1",  # nor is a core ours alone
        "AFL_NO_UI": "1",
        "AFL_NO_CRASH_README": "1",
        # Fork before the constructors of C++ and Go have run: the threads of a Go runtime that is
        # up do not survive a fork, and `lockstep` would hang.
        "AFL_EARLY_FORKSERVER": "1",
        "AFL_DRIVER_DONT_DEFER": "1",
        "AFL_IGNORE_UNKNOWN_ENVS": "1",  # such as that last one: two seconds to complain of it
        "AFL_FAST_CAL": "1",  # targets are deterministic
    }
    if env.get("MAPFUZZ_MUTATOR") != "0":
        env |= {
            "AFL_CUSTOM_MUTATOR_LIBRARY": str(mutator.resolve()),
            "AFL_CUSTOM_MUTATOR_ONLY": "1",  # it mutates bytes too, in libFuzzer's share
            "MAPFUZZ_TARGET": target,
            "AFL_DISABLE_TRIM": "1",  # bytes cut from a program change all behind them
        }
    return env


def command(program, inputs, folder, seed=None, runs=None, seconds=None):
    """`inputs` is a folder, or "-" to go on from what `folder` holds."""
    words = ["afl-fuzz", "-i", inputs, "-o", folder, "-t", HANG_MILLISECONDS]
    words += [] if seed is None else ["-s", seed]
    words += [] if runs is None else ["-E", runs]
    words += [] if seconds is None else ["-V", seconds]
    return [str(word) for word in [*words, "--", program]]


def write_smallest_input(folder):
    """AFL++ wants one input, not empty; this is a program without operations."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "smallest").write_bytes(b"\0")


def read_stats(folder):
    """fuzzer_stats as a dictionary; empty where there is none."""
    path = folder / "default" / "fuzzer_stats"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    parts = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in parts}


def saved(folder, kind):
    """Inputs saved as `crashes` or `hangs`; of earlier runs too, whose folder AFL++ renames."""
    return sorted(folder.glob(f"default/{kind}*/id:*"))


def found_by_mutator(folder, mutator):
    """How many inputs of the queue AFL++ owes to the mutator: it writes that into their names."""
    queue = folder.glob("default/queue/id:*")
    return sum(f"op:{mutator.name}" in entry.name for entry in queue)


def replay(program, files):
    """Runs files through a target; None, or the file that fails and what the target said."""
    child = subprocess.run([program, *files], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if child.returncode == 0:
        return None
    # What the driver said about a file may be lost in a buffer as the process died: one by one.
    if len(files) > 1:
        for file in files:
            found = replay(program, [file])
            if found is not None:
                return found
    return files[-1], child.stdout


def told(text):
    clause = CLAUSE.search(text)
    return clause.group(1) or clause.group(2) if clause else "a signal"


def prepare(options):
    """The inputs to begin with."""
    if (options.out / "default" / "fuzzer_stats").is_file():
        say(f"going on from {options.out}")
        return "-"
    seeds = options.out / "seeds"
    shutil.rmtree(options.out / "default", ignore_errors=True)
    shutil.rmtree(seeds, ignore_errors=True)
    write_smallest_input(seeds)
    if not options.empty:
        built = subprocess.run([options.cli, "corpus", "build", REPO / "corpus" / "seeds", seeds],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        if built.returncode != 0:
            raise Stop(ENVIRONMENT, f"mapfuzz corpus build ended with {built.returncode}")
    return seeds


def executions(folder):
    """Of all runs in this folder."""
    return int(read_stats(folder).get("execs_done", 0))


def fuzz(options, inputs):
    """afl-fuzz, to its end; 130 where it was interrupted, else its exit code."""
    env = environment(options.mutator, options.target)
    if not options.keep_going:
        env["AFL_BENCH_UNTIL_CRASH"] = "1"
    # AFL++ goes on counting where it was.
    runs = options.runs and options.runs + executions(options.out)
    words = command(options.program, inputs, options.out, options.seed, runs, options.time)
    log = options.out / "afl-fuzz.log"
    say(f"fuzzing {options.target} for "
        f"{f'{options.runs} executions' if options.runs else f'{options.time} s'}; log in {log}")
    interrupted = []  # when
    with open(log, "wb") as out:
        child = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.STDOUT, start_new_session=True)

        def stop(*_):
            interrupted.append(time.monotonic())
            child.send_signal(signal.SIGINT)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        code = None
        while code is None:
            try:
                code = child.wait(1)
            except subprocess.TimeoutExpired:
                if interrupted and time.monotonic() > interrupted[0] + PATIENCE:
                    child.kill()
    return INTERRUPTED if interrupted else code


def tail(path, lines=15):
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join("  " + line for line in text.splitlines()[-lines:] if line.strip())


def shown(path):
    path = os.path.relpath(path)
    return shlex.quote(path)


def tell_finding(options, file, clause):
    print(f"  {clause}\n    file       {shown(file)}\n"
          f"    reproduce  ci/mapfuzz repro --target {options.target} {shown(file)}")


def summary(options, code, before):
    stats = read_stats(options.out)
    done = executions(options.out) - before
    if done <= 0 or code not in (0, INTERRUPTED):
        log = options.out / "afl-fuzz.log"
        raise Stop(ENVIRONMENT, f"afl-fuzz ended with {code} after {done} executions; the "
                   f"end of {log}:\n{tail(log)}\nto begin anew: rm -r {shown(options.out)}")
    crashes = {file: replay(options.program, [file]) for file in saved(options.out, "crashes")}
    # What an earlier run saved may have been mended since.
    crashes = {file: found for file, found in crashes.items()
               if found is not None or file.parent.name == "crashes"}
    hangs = saved(options.out, "hangs")
    print(f"target      {options.target}\n"
          f"executions  {done}, {float(stats['execs_per_sec']):.0f} a second\n"
          f"corpus      {stats['corpus_count']} inputs, {stats['corpus_found']} of them new, "
          f"{found_by_mutator(options.out, options.mutator)} by the mutator\n"
          f"map         {stats['edges_found']} of {stats['total_edges']} edges and states\n"
          f"crashes     {len(crashes)}\n"
          f"hangs       {len(hangs)}")
    for file, found in crashes.items():
        tell_finding(options, file, told(found[1]) if found else "not when run alone")
    for file in hangs:
        tell_finding(options, file, "hang")
    if crashes or hangs:
        return FINDING
    return INTERRUPTED if code == INTERRUPTED else 0


def run(options):
    if shutil.which("afl-fuzz") is None:
        raise Stop(ENVIRONMENT, "there is no afl-fuzz: install Debian's package afl++ (ci/setup)")
    options.out.mkdir(parents=True, exist_ok=True)
    inputs = prepare(options)
    if inputs != "-":
        # AFL++ would pass over inputs that crash, and say nothing in the end.
        found = replay(options.program, sorted(inputs.iterdir()))
        if found is not None:
            print(f"target      {options.target}\nan input to begin with fails:")
            tell_finding(options, found[0], told(found[1]))
            return FINDING
    before = executions(options.out)
    return summary(options, fuzz(options, inputs), before)


def duration(text):
    match = re.fullmatch(r"([1-9]\d{0,6})([smh]?)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"'{text}': expected a duration such as 90s, 10m or 2h")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def positive(text):
    if re.fullmatch(r"[1-9]\d{0,11}", text) is None:
        raise argparse.ArgumentTypeError(f"'{text}': expected a number above 0")
    return int(text)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="ci/afl", description="Fuzzes one target with AFL++ and our mutator, until the first "
        "crash or the bound.",
        epilog="Exit 0: nothing wrong; 1: a finding; 2: usage; 3: setup or build failed, or "
        "nothing ran; 130: interrupted. MAPFUZZ_MUTATOR=0 leaves all mutation to AFL++, "
        "MAPFUZZ_FEEDBACK=0 guides it by edges alone.")
    parser.add_argument("--target", default="ops_u64",
                        help="default: ops_u64; ci/mapfuzz targets lists them")
    bound = parser.add_mutually_exclusive_group()
    bound.add_argument("--time", type=duration, help="default: 60s; 10m, 2h")
    bound.add_argument("--runs", type=positive, help="about so many executions instead")
    parser.add_argument("--seed", type=positive, help="of AFL++'s random choices")
    parser.add_argument("--empty", action="store_true", help="begin without corpus/seeds")
    parser.add_argument("--keep-going", action="store_true", help="go on after a crash")
    parser.add_argument("--out", type=pathlib.Path,
                        help="default: build/afl/TARGET; kept, and gone on from")
    for name in ("program", "mutator", "cli"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.runs is None and options.time is None:
        options.time = 60
    if options.out is None:
        options.out = REPO / "build" / "afl" / options.target
    return options


def main(arguments):
    options = parse(arguments)
    try:
        return run(options)
    except Stop as stop:
        say(stop)
        return stop.code
    except OSError as problem:
        say(problem)
        return ENVIRONMENT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
