"""Target `readers` finds no race, and its control one in every program.

Fuzzes `readers` from an empty corpus; runs its control, in which the writer drops the lock, over
inputs of that corpus one by one; and lets the control fuzz, to see that libFuzzer saves the racing
input. Exit 0: as it should be; 1: not.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

PROGRAMS = 10000
CONTROLLED = 20
RACE = "WARNING: ThreadSanitizer: data race"
REPORTED = 77  # fuzz/sanitizer_options.cc


class Miss(Exception):
    """Something is not as it should be."""


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def expect_race(command, about):
    code, output = run(command)
    if code != REPORTED or RACE not in output:
        raise Miss(f"{about}: expected a data race and exit {REPORTED}, got exit {code} of\n"
                   f"  {' '.join(map(str, command))}\n{output[-3000:]}")


def check(options):
    shutil.rmtree(options.work, ignore_errors=True)
    corpus = options.work / "corpus"
    corpus.mkdir(parents=True)
    command = [options.fuzzer, f"-runs={PROGRAMS}", "-seed=1", "-max_len=512",
               f"-artifact_prefix={options.work}/", corpus]
    code, output = run(command)
    if code != 0 or f"Done {PROGRAMS} runs" not in output:
        raise Miss(f"readers: expected {PROGRAMS} runs without a report, got exit {code} of\n"
                   f"  {' '.join(map(str, command))}\n{output[-6000:]}")
    inputs = sorted(corpus.iterdir(), key=lambda path: path.name)[:CONTROLLED]
    if len(inputs) < CONTROLLED:
        raise Miss(f"readers: a corpus of {len(inputs)} inputs: too few to control")
    for path in inputs:
        expect_race([options.control, path], f"control of {path.name}")
    saved = options.work / "saved"
    saved.mkdir()
    expect_race([options.control, "-runs=100", "-seed=1", f"-artifact_prefix={saved}/"],
                "control, fuzzing")
    artifacts = list(saved.iterdir())
    if len(artifacts) != 1:
        raise Miss(f"control, fuzzing: expected one saved input, found {len(artifacts)}")
    expect_race([options.control, artifacts[0]], "control, the saved input")
    print(f"readers: {PROGRAMS} programs without a race; control: reported in "
          f"{len(inputs)} of {len(inputs)} programs, and the input saved")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fuzzer", type=pathlib.Path, required=True)
    parser.add_argument("--control", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    try:
        check(parser.parse_args())
    except Miss as miss:
        print(f"readers: {miss}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
