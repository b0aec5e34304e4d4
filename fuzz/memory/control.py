"""A control: the tool must report the bug planted into the program that it runs.

control.py --code N --text TEXT [--text TEXT]... [--saves DIR] -- COMMAND...

Exit 0: COMMAND ended with code N and its output held each TEXT. With --saves, COMMAND is a fuzz
target: it must save the input into DIR, and report once more when it is given that alone. Exit 1: not.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys


class Miss(Exception):
    """The bug went by, or something else was reported."""


def expect(options, command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode(errors="replace")
    missing = [text for text in options.text if text not in output]
    if done.returncode != options.code or missing:
        raise Miss(f"expected exit {options.code} and the words {options.text}, got exit "
                   f"{done.returncode}, without {missing}, of\n"
                   f"  {' '.join(map(str, command))}\n{output[-4000:]}")


def check(options):
    if options.saves is None:
        expect(options, options.command)
        return
    shutil.rmtree(options.saves, ignore_errors=True)
    options.saves.mkdir(parents=True)
    expect(options, options.command + [f"-artifact_prefix={options.saves}/"])
    saved = list(options.saves.iterdir())
    if len(saved) != 1:
        raise Miss(f"expected one saved input in {options.saves}, found {len(saved)}")
    expect(options, [options.command[0], saved[0]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--code", type=int, required=True)
    parser.add_argument("--text", action="append", required=True)
    parser.add_argument("--saves", type=pathlib.Path)
    parser.add_argument("command", nargs="+")
    try:
        check(parser.parse_args())
    except Miss as miss:
        print(f"control: {miss}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
