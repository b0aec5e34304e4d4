#!/usr/bin/env python3
"""Does a planted bug turn its property red?

red.py --edit FILE --program EXE --test FILTER [--asan] [--cli EXE]

Runs the property, with the seed that ctest gives it, in a program made with the mutated code. It
must fail; RapidCheck must print a string that reproduces the failure, and with that string the
first case must fail again. With --cli, the CLI made with the same bug: the property must leave a
program behind that `mapfuzz repro` shows to fail. Where the bug kills the process, that is red, and
there is nothing to reproduce. Exit codes: 0 red, 1 not so, 2 usage, 3 an edit or a program that is
no good, or a test that is not there.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "engine" / "mutants"))
from apply import Broken, Edit  # noqa: E402
from check import listed, verdict  # noqa: E402

SEED = "seed=1"  # as in the root's CMakeLists.txt
SECONDS = 60


class Miss(Exception):
    """The property, or what it leaves behind, is not what it must be."""


def run(edit, program, params):
    os.environ["RC_PARAMS"] = params
    red, how, output = verdict(edit, program)
    if "[ RUN      ]" not in output:
        raise Broken(f"{program} did not get as far as its test ({how}):\n{output[-3000:]}")
    return red, how, output


def reproduced(edit, program, output):
    """Fails again with what RapidCheck says to run; nothing to say where no property failed."""
    if "Falsifiable after" not in output:
        return False
    said = re.search(r'RC_PARAMS="(reproduce=\S+)"', output)
    if said is None:
        raise Miss(f"RapidCheck printed no reproduce string:\n{output[-3000:]}")
    red, how, again = run(edit, program, said[1])
    if not red or "Falsifiable after 1 test" not in again:
        raise Miss(f'RC_PARAMS="{said[1]}" does not fail at once ({how}):\n{again[-3000:]}')
    return True


def shown_again(cli, output):
    """The program that the property saved fails by itself."""
    said = re.search(r"^reproduce\s+build/bin/mapfuzz repro (\S+)$", output, re.MULTILINE)
    if said is None:
        raise Miss(f"no command to reproduce in:\n{output[-3000:]}")
    done = subprocess.run([str(cli), "repro", said[1]], capture_output=True, text=True,
                          timeout=SECONDS, check=False)
    if done.returncode != 1:
        raise Miss(f"{cli} repro {said[1]} ended with {done.returncode}, not with 1:\n"
                   f"{done.stdout}{done.stderr}")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edit", required=True)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--test", required=True)
    parser.add_argument("--asan", action="store_true", help="EXE was built with AddressSanitizer")
    parser.add_argument("--cli", type=pathlib.Path)
    options = parser.parse_args(arguments)
    try:
        edit = Edit(options.edit)
        edit.fields["test"] = options.test
        if options.asan:
            edit.fields["under"] = "asan"
        os.environ["RC_PARAMS"] = SEED
        if not listed(options.program, options.test):
            raise Broken(f"{options.program} has no test {options.test}")
        red, how, output = run(edit, options.program, SEED)
        if not red:
            raise Miss(f"{options.test} did not notice ({how}) that\n  {edit.fields['title']}\n"
                       f"Sharpen the property, or plant another bug.\n{output[-3000:]}")
        words = [how]
        if reproduced(edit, options.program, output):
            words.append("again with RapidCheck's string")
        if options.cli:
            shown_again(options.cli, output)
            words.append("again by mapfuzz repro")
    except Miss as problem:
        print(f"red.py: {problem}", file=sys.stderr)
        return 1
    except (Broken, OSError, subprocess.TimeoutExpired) as problem:
        print(f"red.py: {problem}", file=sys.stderr)
        return 3
    print(f"{options.test} is red, as it must be: {', '.join(words)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
