#!/usr/bin/env python3
"""Does a campaign of target quirks find the defects of Go's own iterators by itself?

quirks_check.py --cli EXE --work DIR [--runs N | --time T] [--seed S] [--want Q1,Q3,Q4,Q5] [--least N]

Starts from an empty corpus and keeps going. Every finding must be known by name (oracle/quirk.h), be
1-minimal, and, with --go, be the same on a real Go map: nothing for the Go runtime to object to.
At least `--least` of the wanted ones must be there, by default all. One line a finding, with the
seconds from the start to it. Exit codes: 0 all as it should be, 1 not, 2 usage.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import time

NOT_REPRODUCED = 4


class Wrong(Exception):
    """The campaign did not do what it must."""


def run(command, code):
    """Runs the CLI, whose exit code must be this one; what it printed."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != code:
        raise Wrong(f"{' '.join(str(word) for word in command)} ended with {done.returncode}, not "
                    f"{code}:\n{done.stdout}")
    return done.stdout


def check(options):
    shutil.rmtree(options.work, ignore_errors=True)
    budget = ["--time", options.time] if options.time else ["--runs", options.runs]
    start = time.time()
    run([options.cli, "campaign", "--target", "quirks", "--empty", "--keep-going", *budget,
         "--jobs", 1, "--seed", options.seed, "--out", options.work], 1)
    # By the fuzzer, before anything was minimised.
    saved = {file.read_bytes(): file.stat().st_mtime
             for file in (options.work / "quirks" / "artifacts").iterdir()}
    found = {}
    files = sorted((options.work / "findings").glob("*.ops"), key=lambda file: file.stat().st_mtime)
    for file in files:
        text = file.read_text(encoding="utf-8")
        signature = text.splitlines()[0].removeprefix("# ")
        known = re.search(r"^# known as (Q\d)", text, re.MULTILINE)
        if known is None:
            raise Wrong(f"{file}: no defect that is known:\n{text}")
        run([options.cli, "minimize", "--check", file], 0)
        if options.go:
            run([options.cli, "repro", file, "--target", "lockstep"], NOT_REPRODUCED)
        seconds = saved[file.with_suffix(".bytes").read_bytes()] - start
        if known[1] not in found:
            found[known[1]] = seconds
        print(f"{known[1]} {seconds:6.0f} s  {signature}", flush=True)
    met = [quirk for quirk in options.want if quirk in found]
    least = len(options.want) if options.least is None else options.least
    if len(met) < least:
        raise Wrong(f"expected {least} of {', '.join(options.want)}, found {', '.join(found)}")
    print("first " + ", ".join(f"{quirk} {found[quirk]:.0f} s" for quirk in sorted(found)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--want", type=lambda text: text.split(","),
                        default=["Q1", "Q3", "Q4", "Q5"])
    parser.add_argument("--least", type=int)
    parser.add_argument("--go", action="store_true", help="the CLI has target lockstep")
    options = parser.parse_args()
    try:
        check(options)
    except Wrong as problem:
        print(f"quirks_check: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
