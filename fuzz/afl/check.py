"""Tests of the AFL++ leg, started by ctest (tests.cmake): check.py CASE --option ...

Every run is bounded by executions. Exit codes: 0 as it should be, 1 not, 2 usage.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing may appear among the sources
import run  # noqa: E402

RUNS = 2000


class Wrong(Exception):
    """The AFL++ leg does not do what it must."""


def require(condition, message):
    if not condition:
        raise Wrong(message)


def fuzz(options, *more, env=None, anew=True):
    """run.py on the target: its exit code, its folder, and what it printed."""
    folder = options.work
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    child = subprocess.run(
        [sys.executable, "-B", run.__file__, "--program", options.program, "--mutator",
         options.mutator, "--cli", options.cli, "--target", options.target, "--empty", "--seed",
         "1", "--out", folder, *more],
        env=dict(os.environ) | (env or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        text=True, check=False)
    print(child.stdout, end="")
    return child.returncode, folder, child.stdout


def judge_growth(options, code, folder):
    stats = run.read_stats(folder)
    require(code == 0, f"run.py ended with {code}, not 0")
    require(int(stats["execs_done"]) >= RUNS, f"{stats['execs_done']} executions, not {RUNS}")
    require("persistent" in stats["target_mode"] and "shmem_testcase" in stats["target_mode"],
            f"target mode '{stats['target_mode']}', not persistent with shared memory")
    require(int(stats["corpus_found"]) > 20, f"the corpus grew by {stats['corpus_found']} alone")
    log = (folder / "afl-fuzz.log").read_text(encoding="utf-8", errors="replace")
    require(re.search(r"Custom mutator '.*' installed successfully", log),
            "AFL++ did not load the mutator")
    require(run.found_by_mutator(folder, options.mutator) > 0,
            "no input of the queue comes from the mutator")


def grows(options):
    """Runs as often as told, loads our mutator, owes its corpus to it, and goes on from there."""
    code, folder, _ = fuzz(options, "--runs", str(RUNS))
    judge_growth(options, code, folder)
    before = run.executions(folder)
    code, folder, output = fuzz(options, "--runs", str(RUNS), anew=False)
    judge_growth(options, code, folder)
    require(run.executions(folder) >= before + RUNS,
            f"gone on from {before} executions, {run.executions(folder)} in all")
    require(f"executions  {run.executions(folder) - before}," in output,
            "the summary counts executions of the run before")


def notices_a_missing_mutator(options):
    """The check above can fail: without the mutator it does."""
    code, folder, _ = fuzz(options, "--runs", str(RUNS), env={"MAPFUZZ_MUTATOR": "0"})
    require(code == 0, f"run.py ended with {code}, not 0")
    try:
        judge_growth(options, code, folder)
    except Wrong as problem:
        require("mutator" in str(problem), f"it fails for another reason: {problem}")
        return
    raise Wrong("`grows` passes without the mutator")


def finds(options):
    """A planted bug, which then fails in the CLI for the same reason."""
    code, folder, output = fuzz(options, "--runs", str(options.runs))
    require(code == run.FINDING, f"run.py ended with {code}, not {run.FINDING}")
    crashes = run.saved(folder, "crashes")
    require(crashes, "AFL++ saved no crash")
    require(f"\n  {options.clause}\n" in output, f"the summary does not name {options.clause}")
    repro = subprocess.run([options.cli, "repro", "--target", options.target, crashes[0]],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    require(repro.returncode == run.FINDING, f"mapfuzz repro ended with {repro.returncode}, not 1")
    require(f"FAILED {options.clause} " in repro.stdout,
            f"mapfuzz repro does not name {options.clause}:\n{repro.stdout}")


def tells_seeds(options):
    """A bug that the inputs to begin with trigger: AFL++ alone would pass over them in silence."""
    options.work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(options.work, ignore_errors=True)
    child = subprocess.run(
        [sys.executable, "-B", run.__file__, "--program", options.program, "--mutator",
         options.mutator, "--cli", options.cli, "--runs", "100", "--out", options.work],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    require(child.returncode == run.FINDING, f"run.py ended with {child.returncode}, not 1")
    require(f"\n  {options.clause}\n" in child.stdout, f"it does not name {options.clause}")


def coverage(options, file, feedback):
    """Entries of AFL++'s map after one program."""
    out = options.work / f"map-{feedback}"
    env = run.environment(options.mutator, options.target)
    env |= {"MAPFUZZ_FEEDBACK": feedback, "AFL_QUIET": "1"}
    subprocess.run(["afl-showmap", "-q", "-o", out, "--", options.program, file], env=env,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    require(out.is_file(), f"afl-showmap wrote no {out}")
    return set(line.partition(":")[0] for line in out.read_text(encoding="utf-8").splitlines())


def guides(options):
    """Edges and state cells reach AFL++'s map, and MAPFUZZ_FEEDBACK=0 keeps the cells back."""
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    file = options.work / "program"
    file.write_bytes(bytes(range(256)))
    with_cells, edges = (coverage(options, file, feedback) for feedback in ("1", "0"))
    print(f"{len(edges)} edges, {len(with_cells)} edges and states")
    require(len(edges) > 100, f"{len(edges)} edges alone reach AFL++")
    # A few are the edges of asking for MAPFUZZ_FEEDBACK.
    require(len(with_cells - edges) > 10, "no state cells reach AFL++")


CASES = {case.__name__.replace("_", "-"): case
         for case in (grows, notices_a_missing_mutator, finds, tells_seeds, guides)}


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=CASES)
    for name in ("program", "mutator", "cli", "work"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--clause")
    parser.add_argument("--target", default="ops_u64")
    parser.add_argument("--runs", type=int, default=60_000, help="of case finds")
    options = parser.parse_args(arguments)
    try:
        CASES[options.case](options)
    except Wrong as problem:
        print(f"check.py {options.case}: {problem}; see {options.work}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
