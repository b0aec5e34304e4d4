"""Does the explorer find the mutations of classes S4 and S5 of table C? Started by ci/explore.

Each mutation is an edit of fuzz/sweep or fuzz/canaries; its explorer runs scope small, and medium
where small closes without a finding. The table goes into explore_mutants.md beside this file with
--write. Exit codes: 0 nine in ten are found, 2 usage, 3 environment, 5 fewer are found.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing may appear among the sources
HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parent
sys.path += [str(REPO / "fuzz" / "sweep"), str(REPO / "engine" / "mutants")]
import sweep  # noqa: E402

USAGE, ENVIRONMENT, THRESHOLD = 2, 3, 5
CLASSES = ("S4", "S5")
SCOPES = ("small", "medium")
LIMIT = 3600  # seconds, of one scope
HEADER = ("id", "class", "bug", "scope", "clause", "operations", "seconds")


class Broken(Exception):
    """The environment needs a human."""


def subjects():
    """All mutations of the classes, by id."""
    return {name: one for name, one in sweep.subjects().items() if one.cls in CLASSES}


def explorer(subject, build):
    return build / subject.folder / subject.id / "explorer"


def explore(subject, build, scope):
    """What the explorer says, as JSON: a finding has a signature."""
    program = explorer(subject, build)
    with tempfile.TemporaryDirectory(prefix="mapfuzz-explore-") as folder:
        try:
            made = subprocess.run([program, "--scope", scope, "--json", "--out", folder],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=LIMIT, check=False)
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Broken(f"{program}: {problem}; build it with 'ninja explorer_{subject.id}'")
        if made.returncode not in (0, 1):
            raise Broken(f"{program} --scope {scope} ended with {made.returncode}, not 0 or 1:\n"
                         f"{made.stderr}")
        said = json.loads(made.stdout)
        if (made.returncode == 1) != ("signature" in said):
            raise Broken(f"{program} ended with {made.returncode} and said {made.stdout}")
        if made.returncode == 1 and not pathlib.Path(folder, pathlib.Path(said["file"]).name).is_file():
            raise Broken(f"{program} found something, and {said['file']} is not there")
        return said


def row_of(subject, build):
    """The table's line; scope '-' where nothing was found."""
    seconds = 0
    for scope in SCOPES:
        said = explore(subject, build, scope)
        seconds += said["seconds"]
        if "signature" in said:
            return [subject.id, subject.cls, subject.title, scope, said["signature"].split()[0],
                    str(said["operations"]), f"{seconds:.1f}"]
    return [subject.id, subject.cls, subject.title, "-", "-", "-", f"{seconds:.1f}"]


def found(rows):
    return sum(row[3] != "-" for row in rows)


def markdown(rows):
    lines = ["# explore_mutants: mutations of the engine that the explorer finds", "",
             "Written by `ci/explore --write`. The mutations are those of classes S4 and S5 of table "
             "C of the specification; clause and operations are of the finding, a shortest one of "
             "its space; seconds are of both scopes where small finds "
             "nothing.", "",
             f"Found: {found(rows)} of {len(rows)}, {sum(row[3] == SCOPES[0] for row in rows)} of "
             f"them by `{SCOPES[0]}`.", "",
             "| " + " | ".join(HEADER) + " |", "|---|---|---|---|---|---:|---:|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def expect(identifier, clause, operations, build):
    """One bug, as a test."""
    said = explore(subjects()[identifier], build, "tiny")
    got = (said.get("signature", "nothing").split()[0], said.get("operations", 0))
    if got != (clause, operations):
        print(f"explore_mutants.py: scope tiny should find {identifier} by {clause} with "
              f"{operations} operations, and found {got[0]} with {got[1]}", file=sys.stderr)
        return 1
    return 0


def parse(arguments):
    known = subjects()
    parser = argparse.ArgumentParser(
        prog="ci/explore", description="mapfuzz explore against every mutation of classes S4 and S5 "
        "of the specification: found or not, by which scope and clause, by how long a program.",
        epilog="Exit 0: nine in ten are found; 2: usage; 3: setup or build failed; 5: fewer are.")
    parser.add_argument("--only", metavar="ID,ID", help="default: all",
                        type=lambda text: [known[name] for name in text.split(",")],
                        default=list(known.values()))
    parser.add_argument("--write", action="store_true",
                        help="put the table into props/explore_mutants.md")
    parser.add_argument("--expect", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--print-build-targets", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", type=pathlib.Path, default=REPO / "build" / "asan",
                        help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    if options.print_build_targets:
        print(*(f"explorer_{subject.id}" for subject in options.only))
        return 0
    try:
        if options.expect:
            identifier, clause, operations = options.expect
            return expect(identifier, clause, int(operations), options.build)
        rows = []
        for subject in sorted(options.only, key=lambda one: (one.cls, one.id)):
            rows.append(row_of(subject, options.build))
            print(f"ci/explore: {len(rows)} of {len(options.only)}: {', '.join(rows[-1])}",
                  file=sys.stderr, flush=True)
        text = markdown(rows)
        print(text, end="")
        if options.write:
            (HERE / "explore_mutants.md").write_text(text, encoding="utf-8")
        return 0 if 10 * found(rows) >= 9 * len(rows) else THRESHOLD
    except Broken as problem:
        print(f"ci/explore: {problem}", file=sys.stderr)
        return ENVIRONMENT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
