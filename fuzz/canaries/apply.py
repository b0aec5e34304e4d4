#!/usr/bin/env python3
"""Plants one bug: apply.py EDIT ENGINE_DIR OUT_DIR

Copies ENGINE_DIR/gomap to OUT_DIR/gomap with the edit applied. A file whose content stays the same
is not touched, so that ninja rebuilds only what changed. Exit codes: 0 done, 2 usage, 3 the edit
does not fit the engine (any more), with a word on what to do. README.md describes the format.
"""

import pathlib
import sys

REQUIRED = ("id", "title", "spec", "clause", "file", "seed-runs")
OPTIONAL = ("max-ops", "target", "row", "from")


class Broken(Exception):
    """The edit file, or its fit to the engine, needs a human."""


class Edit:
    def __init__(self, path):
        self.path = pathlib.Path(path)
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
                if not colon or name not in REQUIRED + OPTIONAL or name in self.fields:
                    raise Broken(f"{self.path}:{number}: expected one of "
                                 f"{', '.join(REQUIRED + OPTIONAL)}, each once, as 'name: value'")
                self.fields[name] = value.strip()
        missing = [name for name in REQUIRED if not self.fields.get(name)]
        if missing:
            raise Broken(f"{self.path}: no line '{missing[0]}: ...'")
        if self.fields["id"] != self.path.stem:
            raise Broken(f"{self.path}: id is '{self.fields['id']}', the file's name says otherwise")
        for name in ("seed-runs", "max-ops"):
            if name in self.fields and not self.fields[name].isdigit():
                raise Broken(f"{self.path}: {name} must be a number, not '{self.fields[name]}'")
        kinds = [kind for kind, _ in blocks]
        if not blocks or kinds != ["find", "replace"] * (len(blocks) // 2):
            raise Broken(f"{self.path}: after the header come pairs of '--- find', '--- replace'")
        texts = ["".join(lines) for _, lines in blocks]
        self.pairs = list(zip(texts[::2], texts[1::2]))

    @property
    def target(self):
        return self.fields.get("target", "ops_u64")

    def apply(self, text):
        """The text with every pair replaced; each `find` must be in the original exactly once."""
        spans = []
        for find, replace in self.pairs:
            found = text.count(find) if find else 0
            if found != 1:
                raise Broken(
                    f"{self.path}: {self.fields['file']} holds this text {found} times, not once:\n"
                    f"{find}"
                    f"The engine has changed under this canary. Find the place that now does what "
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


def plant(edit, engine, out):
    source = engine / "gomap"
    headers = sorted(source.glob("*.h"))
    if not headers:
        raise Broken(f"{source}: no headers; the second argument is the folder that holds gomap/")
    wanted = engine / edit.fields["file"]
    if wanted not in headers:
        raise Broken(f"{edit.path}: {wanted} does not exist; correct its line 'file:'")
    for header in headers:
        data = header.read_bytes()
        if header == wanted:
            changed = edit.apply(data.decode("utf-8")).encode("utf-8")
            if changed == data:
                raise Broken(f"{edit.path}: the edit changes nothing")
            data = changed
        write_if_changed(out / "gomap" / header.name, data)
    for stale in set(p.name for p in (out / "gomap").glob("*.h")) - set(h.name for h in headers):
        (out / "gomap" / stale).unlink()


def main(arguments):
    if len(arguments) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        plant(Edit(arguments[0]), pathlib.Path(arguments[1]), pathlib.Path(arguments[2]))
    except Broken as problem:
        print(f"apply.py: {problem}", file=sys.stderr)
        return 3
    except OSError as problem:
        print(f"apply.py: {problem}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
