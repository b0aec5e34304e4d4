#!/usr/bin/env python3
"""The table of behaviours in engine/README.md, made from the edits beside this file.

table.py --write                    rewrites the table
table.py --check [--tests EXE]      is it what --write would write? With the program engine_test:
                                    are the tests it names there?

Every section of the specification's part 2 that has a counterpart in C++ must have a row. Exit
codes: 0 done or true, 1 not so, 2 usage, 3 an edit or a program that is no good.
"""

import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
import made_part  # noqa: E402
from apply import Broken  # noqa: E402
from check import listed, read  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parent / "README.md"

# 2.16 is Go's reflection, 2.20 a recipe for harnesses; 2.21 corrects the notes, in place.
SECTIONS = [f"2.{n}" for n in (*range(1, 16), 17, 18, 19, 21)]


def edits():
    found = [read(path) for path in sorted(HERE.glob("*.edit"))]
    if not found:
        raise Broken(f"{HERE} holds no .edit file")

    def place(edit):
        spec = edit.fields["spec"]
        number = re.match(r"\d+(\.\d+)*", spec)
        order = [int(n) for n in number.group().split(".")] if number else [99]
        return order, spec, edit.fields["id"]
    return sorted(found, key=place)


def table(rows):
    lines = ["| behaviour | rule | test | mutant | breaks it by |", "|---|---|---|---|---|"]
    for edit in rows:
        f = edit.fields
        lines.append(f"| {f['behaviour']} | {f['spec']} | `{f['test']}` | "
                     f"[{f['id']}](mutants/{f['id']}.edit) | {f['title']} |")
    return "\n".join(lines) + "\n"


def problems(rows, program):
    if made_part.read(README) != table(rows):
        yield f"the table in {README} is not what the edits say: {HERE / 'table.py'} --write"
    named = " ".join(edit.fields["spec"] for edit in rows)
    for section in SECTIONS:
        if re.search(rf"(?<![\d.]){re.escape(section)}(?!\d)", named) is None:
            yield f"no edit is about section {section} of the specification"
    tests = listed(program, "*") if program else []
    changes = {}
    for edit in rows:
        twin = changes.setdefault((edit.fields["test"], *edit.pairs), edit)
        if twin is not edit:
            yield f"{edit.path} does the same to the same test as {twin.path}"
        if program and not fnmatch.filter(tests, edit.fields["test"]):
            yield f"{edit.path}: engine_test has no test {edit.fields['test']}"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    work = parser.add_mutually_exclusive_group(required=True)
    work.add_argument("--write", action="store_true")
    work.add_argument("--check", action="store_true")
    parser.add_argument("--tests", type=pathlib.Path)
    options = parser.parse_args(arguments)
    try:
        rows = edits()
        if options.write:
            made_part.write(README, table(rows))
            return 0
        found = list(problems(rows, options.tests))
    except (Broken, OSError, subprocess.TimeoutExpired) as problem:
        print(f"table.py: {problem}", file=sys.stderr)
        return 3
    print("\n".join(found) or f"{len(rows)} behaviours, each with its test and its mutant")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
