#!/usr/bin/env python3
"""Does the harness find a planted bug?

check.py --id ID --edit FILE --fuzzer EXE --cli EXE --work DIR

For seeds 1, 2 and 3, each from an empty corpus and bounded by the edit's seed-runs: the fuzzer must
stop on the clause that the edit names, the CLI must minimise what it saved and show it again, and no
single operation of the result may be superfluous. One line a seed. Exit codes: 0 all found, 1 a
miss, 2 usage, 3 a program that cannot be started or an edit that cannot be read.
"""

import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "engine" / "mutants"))
from apply import Broken, Edit, fits  # noqa: E402

REQUIRED = {"clause": ".+", "seed-runs": r"\d+"}
OPTIONAL = {"max-ops": r"\d+", "target": r"\w+", "row": r"\w+ \w+"}

SEEDS = (1, 2, 3)
FINDING = re.compile(r"ASSERTION FAILED: oracle\[([^\]]*)\]|mapfuzz: died at step .*: (asan\.\S+)")


class Miss(Exception):
    """The harness did not do what it must."""


def run(command, log):
    """Runs a command with its input closed and its output in `log`; its exit code and output."""
    with open(log, "wb") as out:
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=subprocess.STDOUT)
        try:
            code = child.wait()
        finally:
            if child.poll() is None:  # we were interrupted
                child.terminate()
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
    return code, log.read_text(encoding="utf-8", errors="replace")


def tail(text, lines=25):
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def operations(path):
    """Lines of a program after its map line that are no comments."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line]
    for at, line in enumerate(lines):
        if line.split()[0] == "map":
            return len(lines) - at - 1
    raise Miss(f"{path} has no map line")


def fuzz(options, edit, seed, folder):
    """The file that the fuzzer saved, and how many executions it took."""
    runs = edit.fields["seed-runs"]
    clause = edit.fields["clause"]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    log = folder / "fuzz.log"
    # Lengths as in a campaign (fuzz/cli/fuzzer.cc).
    _, output = run([options.fuzzer, f"-runs={runs}", f"-seed={seed}", "-max_len=2048",
                     "-len_control=0", f"-artifact_prefix={folder}/", "-print_final_stats=1",
                     corpus], log)
    found = FINDING.search(output)
    if found is None:
        raise Miss(f"neither an oracle nor a sanitizer spoke up within {runs} runs. If the engine "
                   f"is as the edit means it, the harness has lost an eye; see {log}:\n"
                   f"{tail(output)}")
    named = found.group(1) or found.group(2)
    if not fits(named, clause):
        raise Miss(f"found as {named}, not as {clause}; see {log}:\n{tail(output)}")
    artifacts = sorted(folder.glob("crash-*"))
    if len(artifacts) != 1:
        raise Miss(f"the fuzzer saved {len(artifacts)} files crash-*, not one; see {log}")
    executed = re.search(r"^stat::number_of_executed_units:\s*(\d+)", output, re.M)
    return artifacts[0], named, int(executed.group(1)) if executed else None


def show_again(options, edit, artifact, clause, folder):
    """Operations before and after minimising."""
    smallest = folder / "min.ops"
    code, output = run([options.cli, "minimize", artifact, "--target",
                         edit.fields.get("target", "ops_u64"), "-o", smallest],
                       folder / "minimize.log")
    if code != 0 or not smallest.is_file():
        raise Miss(f"mapfuzz minimize ended with {code}, not 0:\n{tail(output)}")
    before = re.search(r"^(\d+) -> \d+ operations", output, re.M)

    code, output = run([options.cli, "repro", smallest], folder / "repro.log")
    if code != 1:
        raise Miss(f"mapfuzz repro {smallest} ended with {code}, not 1:\n{tail(output)}")
    if re.search(rf"\b{re.escape(clause)}\b", output) is None:
        raise Miss(f"mapfuzz repro {smallest} does not name {clause}:\n{tail(output)}")

    after = operations(smallest)
    most = edit.fields.get("max-ops")
    if most is not None and after > int(most):
        raise Miss(f"{smallest} has {after} operations, more than {most}")

    code, output = run([options.cli, "minimize", "--check", smallest], folder / "check.log")
    if code != 0:
        raise Miss(f"mapfuzz minimize --check {smallest} ended with {code}, not 0:\n{tail(output)}")
    return before.group(1) if before else "?", after


def check(options, edit):
    for seed in SEEDS:
        folder = options.work / f"seed-{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        start = time.monotonic()
        try:
            artifact, clause, executed = fuzz(options, edit, seed, folder)
            seconds = time.monotonic() - start
            before, after = show_again(options, edit, artifact, clause, folder)
        except Miss as miss:
            print(f"canary {options.id}, seed {seed}: MISSED ({edit.fields['title']})\n{miss}",
                  flush=True)
            return 1
        print(f"canary {options.id}, seed {seed}: {executed if executed is not None else '?'} "
              f"executions, {seconds:.1f} s, {clause}, {before} -> {after} "
              f"operations", flush=True)
    return 0


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--id", required=True)
    parser.add_argument("--edit", required=True)
    parser.add_argument("--fuzzer", required=True, type=pathlib.Path)
    parser.add_argument("--cli", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    return parser.parse_args(arguments)


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that `run` stops its child
    options = parse(arguments)
    try:
        edit = Edit(options.edit, REQUIRED, OPTIONAL)
        if edit.fields["id"] != options.id:
            raise Broken(f"{options.edit} is canary '{edit.fields['id']}', not '{options.id}'")
        return check(options, edit)
    except (Broken, OSError) as problem:
        print(f"check.py: {problem}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
