#!/usr/bin/env python3
"""printer_test.py PROGRAM: what gdb prints of the maps in sample.cc. Exit 77: there is no gdb."""

import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["empty", "nil", "one", "texts", "large", "growing", "chain", "stale", "fresh", "end"]

FULL = {
    "empty": "gomap::Map with 0 entries",
    "nil": "nil gomap::Map",
    "one": "gomap::Map with 1 entry = {[1] = 10}",
    "fresh": "gomap iterator = {first = 3, second = 30}",
    "stale": "gomap iterator, the map has been written to since",
    "end": "gomap end",
}
OBJECTS = {
    "texts": r'^gomap::Map with 1 entry = {\[.*"key".*\] = .*"value"',
    "large": r"^gomap::Map with 1 entry = {\[7\] = .*{1, 2, 3, 0 <repeats 37 times>}",
}


def entries(text):
    return sorted((int(key), int(elem)) for key, elem in re.findall(r"\[(\d+)\] = (\d+)", text))


def main():
    gdb = shutil.which("gdb")
    if gdb is None:
        print("printer_test: skipped, there is no gdb (ci/setup installs it)")
        return SKIPPED
    command = [gdb, "-nx", "-batch", "-iex", "set auto-load off",
               "-ex", "set print elements 0", "-ex", f"source {HERE / 'gomap.py'}",
               "-ex", "break show_is_done", "-ex", "run", "-ex", "up"]
    for name in NAMES:
        command += ["-ex", f"printf \"== {name}\\n\"", "-ex", f"output {name}", "-ex", "echo \\n"]
    run = subprocess.run(command + [sys.argv[1]], capture_output=True, text=True, timeout=120)
    shown = dict(re.findall(r"^== (\w+)\n(.*)$", run.stdout, re.MULTILINE))

    wrong = [f"{name}: expected {text}\n  got {shown.get(name)}"
             for name, text in FULL.items() if shown.get(name) != text]
    # Objects behind pointers, shown in full: whether the library's own printers are there or not.
    for name, pattern in OBJECTS.items():
        if not re.search(pattern, shown.get(name, "")):
            wrong.append(f"{name}: expected {pattern}\n  got {shown.get(name)}")
    growing = shown.get("growing", "")
    if (not growing.startswith("gomap::Map with 53 entries, growing = {")
            or entries(growing) != [(n, n * n) for n in range(53)]):
        wrong.append(f"growing: {growing}")
    chain = shown.get("chain", "")
    if (not chain.startswith("gomap::Map with 10 entries = {")
            or entries(chain) != [(n * 1024, n) for n in range(11) if n != 1]):
        wrong.append(f"chain: {chain}")
    if wrong:
        print("\n".join(wrong), run.stdout, run.stderr, sep="\n")
    return 1 if wrong else 0


sys.exit(main())
