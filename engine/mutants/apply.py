#!/usr/bin/env python3
"""Plants one bug: apply.py EDIT DIR OUT_DIR

Copies DIR/gomap to OUT_DIR/gomap with the edit applied; where the edit is about a source file of
the oracle, that one alone, DIR/oracle/NAME.cc to OUT_DIR/oracle/NAME.cc. A file whose content stays the same
is not touched, so that ninja rebuilds only what changed. Exit codes: 0 done, 2 usage, 3 the edit
does not fit the engine (any more), with a word on what to do. README.md describes the format; who
makes use of an edit says which header lines it has besides (check.py here, and fuzz/canaries).
"""

import fnmatch
import pathlib
import re
import sys

# The header lines of every edit. A rule for one is a regular expression for its whole value. What
# lies in oracle/ is planted by props/mutants alone.
COMMON = {"id": r"[\w-]+", "title": ".+", "spec": ".+", "file": r"gomap/\w+\.h|oracle/\w+\.cc"}


class Broken(Exception):
    """The edit file, or its fit to the engine, needs a human."""


def fits(clause, wanted):
    """Is it one of the `wanted` ones, which `|` parts and which may hold `*`?"""
    return any(fnmatch.fnmatchcase(clause, one) for one in wanted.split("|"))


class Edit:
    """`required` and `optional` map names of further header lines to rules, as COMMON does. Without
    them the header may hold anything."""

    def __init__(self, path, required=None, optional=None):
        self.path = pathlib.Path(path)
        self.required = COMMON | (required or {})
        self.rules = None
        if required is not None:
            self.rules = self.required | (optional or {})
        self.fields = {}
        self.pairs = []  # (find, replace)
        self._parse(self.path.read_text(encoding="utf-8"))

    def _parse(self, text):
        blocks = []  # [kind, lines]
        for number, line in enumerate(text.splitlines(keepends=True), 1):
            if line.rstrip("\n") in ("--- find", "--- replace"):
                blocks.append((line.split()[1], []))
            elif blocks:
                blocks[-1][1].append(line)
            elif line.strip():
                name, colon, value = line.partition(":")
                if not colon or name in self.fields:
                    raise Broken(f"{self.path}:{number}: expected 'name: value', each name once")
                if self.rules is not None and name not in self.rules:
                    raise Broken(f"{self.path}:{number}: expected one of {', '.join(self.rules)}")
                self.fields[name] = value.strip()
        missing = [name for name in self.required if not self.fields.get(name)]
        if missing:
            raise Broken(f"{self.path}: no line '{missing[0]}: ...'")
        if self.fields["id"] != self.path.stem:
            raise Broken(f"{self.path}: id is '{self.fields['id']}', the file's name says otherwise")
        for name, rule in (self.rules or COMMON).items():
            if name in self.fields and re.fullmatch(rule, self.fields[name]) is None:
                raise Broken(f"{self.path}: '{name}: {self.fields[name]}' should match {rule}")
        kinds = [kind for kind, _ in blocks]
        if not blocks or kinds != ["find", "replace"] * (len(blocks) // 2):
            raise Broken(f"{self.path}: after the header come pairs of '--- find', '--- replace'")
        texts = ["".join(lines) for _, lines in blocks]
        self.pairs = list(zip(texts[::2], texts[1::2]))

    def apply(self, text):
        """The text with every pair replaced; each `find` must be in the original exactly once."""
        spans = []
        for find, replace in self.pairs:
            found = text.count(find) if find else 0
            if found != 1:
                raise Broken(
                    f"{self.path}: {self.fields['file']} holds this text {found} times, not once:\n"
                    f"{find}"
                    f"The engine has changed under this edit. Find the place that now does what "
                    f"the title says ({self.fields['title']}), and put its text, whole lines, into "
                    f"the edit.")
            start = text.index(find)
            spans.append((start, start + len(find), replace))
        spans.sort()
        out, end = [], 0
        for start, stop, replace in spans:
            if start < end:
                raise Broken(f"{self.path}: two find texts overlap; make them one pair")
            out += [text[end:start], replace]
            end = stop
        return "".join(out) + text[end:]


def write_if_changed(path, data):
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def changed(edit, path):
    data = path.read_bytes()
    made = edit.apply(data.decode("utf-8")).encode("utf-8")
    if made == data:
        raise Broken(f"{edit.path}: the edit changes nothing")
    return made


def plant_source(edit, root, out):
    path = edit.fields["file"]
    if not (root / path).exists():
        raise Broken(f"{edit.path}: {root / path} does not exist; correct its line 'file:'")
    write_if_changed(out / path, changed(edit, root / path))


def plant(edit, engine, out):
    source = engine / "gomap"
    headers = sorted(source.glob("*.h"))
    if not headers:
        raise Broken(f"{source}: no headers; the second argument is the folder that holds gomap/")
    wanted = engine / edit.fields["file"]
    if wanted not in headers:
        raise Broken(f"{edit.path}: {wanted} does not exist; correct its line 'file:'")
    for header in headers:
        data = changed(edit, header) if header == wanted else header.read_bytes()
        write_if_changed(out / "gomap" / header.name, data)
    for stale in set(p.name for p in (out / "gomap").glob("*.h")) - set(h.name for h in headers):
        (out / "gomap" / stale).unlink()


def main(arguments):
    if len(arguments) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        edit = Edit(arguments[0])
        of_oracle = edit.fields["file"].startswith("oracle/")
        (plant_source if of_oracle else plant)(edit, *map(pathlib.Path, arguments[1:]))
    except Broken as problem:
        print(f"apply.py: {problem}", file=sys.stderr)
        return 3
    except OSError as problem:
        print(f"apply.py: {problem}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
