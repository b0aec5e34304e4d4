#!/usr/bin/env python3
"""The table of properties in props/README.md, made from planted.txt and the tests themselves.

table.py --write    rewrites the table
table.py --check    is it what --write would write? Has every property a planted bug, and every claim
                    its section in props/claims.md?

A property is a test that calls rc::check, or one of the suite Claims. Exit codes: 0 done or true,
1 not so, 2 usage, 3 a file that cannot be understood.
"""

import argparse
import collections
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
HERE = pathlib.Path(__file__).resolve().parent
PROPS = HERE.parent
ROOT = PROPS.parent
sys.path.insert(0, str(ROOT / "engine" / "mutants"))
import made_part  # noqa: E402
from apply import Broken, Edit  # noqa: E402

README = PROPS / "README.md"
CLAIMS = PROPS / "claims.md"
TEST = re.compile(r"^(?:TYPED_)?TEST(?:_P)?\((\w+), (\w+)\) \{$", re.MULTILINE)
SENTENCE = re.compile(r'rc::check\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')

Property = collections.namedtuple("Property", "source name sentence")
Planted = collections.namedtuple("Planted", "source name edit")


def in_words(name):
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name.split(".")[1]).lower()


def properties():
    """In the order of files and tests."""
    for path in sorted(PROPS.glob("*_test.cc")):
        text = path.read_text(encoding="utf-8")
        tests = list(TEST.finditer(text))
        for test, behind in zip(tests, [*tests[1:], None]):
            body = text[test.end():behind.start() if behind else len(text)]
            said = SENTENCE.search(body)
            name = f"{test[1]}.{test[2]}"
            if said:
                sentence = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', said[1]))
                yield Property(path.stem.removesuffix("_test"), name, sentence)
            elif test[1] == "Claims":
                yield Property(path.stem.removesuffix("_test"), name, in_words(name))


def plain(test):
    """A filter's suite and test: Algebra/*.Name, Props/EveryRow.Name/u64_u64_w8."""
    found = re.fullmatch(r"(?:Props/)?(\w+)(?:/[*\d]+)?\.(\w+)(?:/\w+)?", test)
    if found is None:
        raise Broken(f"planted.txt: {test} should name one test")
    return f"{found[1]}.{found[2]}"


def planted():
    for line in (HERE / "planted.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            source, test, edit = line.split()
            yield Planted(source, plain(test), edit)


def file_of(name):
    folder, _, rest = name.rpartition("/")
    where = {"engine": ROOT / "engine" / "mutants", "canary": ROOT / "fuzz" / "canaries", "": HERE}
    return where[folder] / f"{rest}.edit"


def table(known, bugs):
    lines = ["| property | test | planted bug that turns it red |", "|---|---|---|"]
    for one in known:
        said = []
        for bug in bugs:
            if bug.name == one.name:
                path = file_of(bug.edit)
                link = pathlib.PurePath("mutants" if path.parent == HERE else
                                        pathlib.PurePath("..") / path.parent.relative_to(ROOT))
                fields = Edit(path).fields
                # The title of an edit of engine/mutants goes on from what it breaks.
                rule = f"*{fields['behaviour']}* becomes: " if "behaviour" in fields else ""
                said.append(f"[{path.stem}]({link / path.name}): {rule}{fields['title']}")
        lines.append(f"| {one.sentence} | `{one.name}` | {'<br>'.join(said)} |")
    return "\n".join(lines) + "\n"


def problems(known, bugs):
    names = {one.name: one.source for one in known}
    covered = {bug.name for bug in bugs}
    for bug in bugs:
        if names.get(bug.name) != bug.source:
            yield f"planted.txt: props/{bug.source}_test.cc has no property {bug.name}"
    for name in names:
        if name not in covered:
            yield (f"{name} has never been seen to fail: plant a bug that it finds, and say which in "
                   f"{HERE / 'planted.txt'}")
    if made_part.read(README) != table(known, bugs):
        yield f"the table in {README} is not what is planted: {HERE / 'table.py'} --write"
    text = CLAIMS.read_text(encoding="utf-8")
    told = set(re.findall(r"\w+", " ".join(re.findall(r"ci/test -L props -R '(.+)'", text))))
    for name in sorted(name for name in names if name.startswith("Claims.")):
        if name.split(".")[1] not in told:
            yield f"{CLAIMS} has no section with a command that runs {name}"
    for name in sorted(told - {name.split(".")[1] for name in names}):
        yield f"{CLAIMS} has a command that runs {name}, which is no test"
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    for heading in headings:
        if f"- [{heading}](#" not in text:
            yield f"{CLAIMS}: the table of contents lacks '{heading}'"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    work = parser.add_mutually_exclusive_group(required=True)
    work.add_argument("--write", action="store_true")
    work.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    try:
        known = list(properties())
        bugs = list(planted())
        if not known or not bugs:
            raise Broken("no properties, or nothing planted")
        if options.write:
            made_part.write(README, table(known, bugs))
            return 0
        found = list(problems(known, bugs))
    except (Broken, OSError, ValueError, KeyError) as problem:
        print(f"table.py: {problem}", file=sys.stderr)
        return 3
    print("\n".join(found) or f"{len(known)} properties, {len(bugs)} planted bugs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
