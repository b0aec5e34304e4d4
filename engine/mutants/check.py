#!/usr/bin/env python3
"""Does a mutant turn its test red?

check.py --edit FILE --mutant EXE

Runs the one test that the edit names in a program made with the mutated engine. It must fail: by an
expectation, by a crash, or, where the edit says `hang: yes`, by not ending within 20 seconds. That
the same test passes with the engine as it is, engine_test shows. Exit codes: 0 red, 1 the test did
not notice, 2 usage, 3 an edit or a program that is no good, or a test that is not there.
"""

import argparse
import pathlib
import re
import resource
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
from apply import Broken, Edit  # noqa: E402

# `behaviour` is what the test shows, `title` how the edit breaks it; `test` is a GoogleTest filter.
REQUIRED = {"behaviour": "[^|]+", "title": "[^|]+", "source": r"\w+_test\.cc", "test": r"[\w./*]+"}
OPTIONAL = {"hang": "yes", "under": "asan"}

SECONDS = 20
BYTES = 4 << 30  # a mutant that never stops allocating must not take the machine with it


def read(path):
    return Edit(path, REQUIRED, OPTIONAL)


def listed(program, test):
    """The names of the tests that a filter selects."""
    done = subprocess.run([str(program), "--gtest_list_tests", f"--gtest_filter={test}"],
                          capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise Broken(f"{program} --gtest_list_tests ended with {done.returncode}:\n{done.stderr}")
    names, suite = [], ""
    for line in done.stdout.splitlines():
        name = line.split("#")[0].rstrip()
        if not name.startswith(" "):
            suite = name
        elif name.strip():
            names.append(suite + name.strip())
    return names


def limit(edit):
    def apply():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if edit.fields.get("under") != "asan":  # that maps terabytes
            resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    return apply


def verdict(edit, program):
    """How the test ended: (is it red?, a few words, its output)."""
    command = [str(program), f"--gtest_filter={edit.fields['test']}", "--gtest_color=no"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, errors="replace", start_new_session=True,
                          preexec_fn=limit(edit)) as child:
        try:
            output, _ = child.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
            return edit.fields.get("hang") == "yes", f"no end within {SECONDS} seconds", output
    if child.returncode == 0:
        return False, "it passed" if "[       OK ]" in output else "it was skipped", output
    if child.returncode < 0:
        return True, signal.Signals(-child.returncode).name, output
    failure = re.search(r"[^/\n]*_test\.cc:\d+: Failure\n.*|^.*: Failure\n.*", output)
    error = re.search(r"ERROR: AddressSanitizer: \S+|C\+\+ exception with description.*", output)
    found = failure or error
    if found is None and "[  FAILED  ]" not in output:
        raise Broken(f"{program} ended with {child.returncode}, and no test failed:\n{output}")
    return True, " ".join(found.group().split()) if found else "failed", output


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edit", required=True)
    parser.add_argument("--mutant", required=True, type=pathlib.Path)
    options = parser.parse_args(arguments)
    try:
        edit = read(options.edit)
        if not listed(options.mutant, edit.fields["test"]):
            raise Broken(f"{options.edit}: {edit.fields['source']} has no test "
                         f"{edit.fields['test']}")
        red, how, output = verdict(edit, options.mutant)
    except (Broken, OSError, subprocess.TimeoutExpired) as problem:
        print(f"check.py: {problem}", file=sys.stderr)
        return 3
    if not red:
        print(f"{edit.fields['test']} did not notice ({how}) that\n  {edit.fields['title']}\n"
              f"Sharpen the test, or, if the edit no longer breaks what it says "
              f"({edit.fields['behaviour']}), the edit.\n{output[-3000:]}")
        return 1
    print(f"{edit.fields['test']} is red, as it must be: {how}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
