#!/usr/bin/env python3
"""Is the gate's word the right one?

gate_check.py --cli EXE --work DIR --targets NAME...   a clean engine: green
gate_check.py --cli EXE --work DIR --edit FILE         a planted bug: red, with the edit's clause

EXE is a CLI, with its fuzz targets beside it. Runs the stages that neither build nor run tests,
bounded by runs. Red means: exit code 1, the clause in the last line, a failure in well-formed
JUnit XML, a file that was kept, and a command that shows the same again. Exit codes: 0 all as it
should be, 1 not, 3 an edit that cannot be read.
"""

import argparse
import fnmatch
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True  # the build must leave nothing among the sources
REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "engine" / "mutants"))
from apply import Broken, Edit  # noqa: E402

RUNS = 2000


class Wrong(Exception):
    """The gate did not say what it must."""


def require(holds, text):
    if not holds:
        raise Wrong(text)


class Gate:
    def __init__(self, options, targets):
        self.options = options
        self.targets = targets

    def run(self, stages, *more):
        """Exit code, what it printed, and its JUnit suites by name."""
        out = self.options.work
        shutil.rmtree(out, ignore_errors=True)
        command = [self.options.cli, "gate", "--out", out, "--runs", RUNS, "--seed", 1, *more]
        command += [word for stage in stages for word in ("--stage", stage)]
        command += [word for target in self.targets for word in ("--target", target)]
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        print(done.stdout, done.stderr, sep="", flush=True)
        suites = {}
        if (out / "junit.xml").is_file():
            suites = {suite.get("name"): suite
                      for suite in ElementTree.parse(out / "junit.xml").getroot()}
        return done.returncode, done.stdout + done.stderr, suites

    def green(self, stages):
        code, output, suites = self.run(stages)
        require(code == 0, f"exit code {code}, not 0")
        require(output.splitlines()[-1].startswith("PASS "), "the last line is not PASS")
        require(sorted(suites) == sorted(stages), f"JUnit has the suites {sorted(suites)}")
        for name, suite in suites.items():
            require(len(suite) > 0, f"JUnit suite {name} has no test")
            require(not list(suite.iter("failure")), f"JUnit suite {name} has a failure")
        return output

    def red(self, stages, at, clause):
        """Runs `stages`, of which `at` must fail on a clause like this one."""
        code, output, suites = self.run(stages)
        require(code == 1, f"exit code {code}, not 1")
        last = re.match(r"FAIL  (\w+): (\S+) ", output.splitlines()[-1])
        require(last is not None, "the last line is not FAIL, the stage and the clause")
        stage, named = last.groups()
        require(stage == at, f"stage {stage} failed, not {at}")
        require(fnmatch.fnmatchcase(named, clause), f"it names {named}, not {clause}")

        failures = [name for name, suite in suites.items() if list(suite.iter("failure"))]
        require(failures == [at], f"JUnit has failures in {failures}")
        message = next(suites[at].iter("failure")).get("message")
        require(named in message, f"the JUnit failure says '{message}'")
        for later in stages[stages.index(at) + 1:]:
            require(list(suites[later].iter("skipped")), f"JUnit: {later} was not skipped")

        command = re.search(r"^reproduce   (.+)$", output, re.M)
        require(command is not None, "no command to go on with")
        command = command.group(1)
        words = shlex.split(command)
        kept = pathlib.Path(words[-1])
        require(kept.is_file() and self.options.work in kept.resolve().parents,
                f"{kept} is no file below {self.options.work}")
        again = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               check=False)
        require(again.returncode == 1, f"{command} ended with {again.returncode}, not 1:\n"
                f"{again.stdout}{again.stderr}")
        require(f"FAILED {named} " in again.stdout, f"{command} does not name {named}")
        return output

    def broken(self, stages, *more):
        code, output, suites = self.run(stages, *more)
        require(code == 3, f"exit code {code}, not 3")
        require("BROKEN" in output, "it does not say BROKEN")
        require([s for s in suites.values() if list(s.iter("failure"))], "JUnit has no failure")


def check_clean(gate):
    stages = ["replay", "determinism", "fuzz"]
    if "lockstep" in gate.targets:
        stages.insert(1, "lockstep")
    gate.green(stages)
    # What runs nothing is never green.
    empty = gate.options.work.parent / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    gate.broken(["determinism"], "--campaign", empty)
    gate.targets = ["ops_u64"]
    gate.broken(["lockstep"])


def check_unsteady(gate, edit):
    gate.green(["replay", "fuzz"])  # no judge of a single run can see it
    output = gate.red(["determinism", "fuzz"], "determinism", "determinism")
    digests = re.findall(r"trace digest ([0-9a-f]{16})", output)
    require(len(digests) == 2 and digests[0] != digests[1], f"the digests told are {digests}")
    require(edit.fields.get("told", "") in output, f"it does not say '{edit.fields.get('told')}'")
    require(re.search(r"the traces differ from step \d+ on", output), "no step is told")
    require(re.search(r"^as found    .*\bcorpus/\S+\.ops$", output, re.M), "no file is told")


def check(options):
    if options.edit is None:
        check_clean(Gate(options, options.targets))
        return
    edit = Edit(options.edit)
    gate = Gate(options, [edit.fields.get("target", "ops_u64")])
    clause = edit.fields["clause"]
    if clause == "determinism":
        check_unsteady(gate, edit)
        return
    first = "lockstep" if gate.targets == ["lockstep"] else "replay"
    gate.red([first, "determinism", "fuzz"], first, clause)
    gate.red(["fuzz"], "fuzz", clause)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cli", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=lambda text: pathlib.Path(text).resolve())
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--edit")
    what.add_argument("--targets", nargs="+")
    return parser.parse_args(arguments)


def main(arguments):
    try:
        check(parse(arguments))
    except Wrong as wrong:
        print(f"gate_check.py: {wrong}", file=sys.stderr)
        return 1
    except (Broken, OSError, ElementTree.ParseError) as problem:
        print(f"gate_check.py: {problem}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
