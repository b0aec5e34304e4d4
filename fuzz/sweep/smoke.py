"""smoke.py BUILD: the sweep of one mutant and one seed, bounded by executions; and that it says so
when nothing is found, of which the clean engine makes sure."""

import argparse
import pathlib
import sys
import tempfile

import sweep

MUTANT = "D01"
RUNS = 20_000


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "trials.json")
        arguments = ["--seeds", "1", "--only", MUTANT, "--runs", str(RUNS), "--json", str(file),
                     "--build", build]
        for turn in ("first", "second"):
            code = sweep.main(arguments)
            if code != 0:
                print(f"the {turn} time sweep.py ended with {code}, not 0", file=sys.stderr)
                return 1
            # The second time it is there already.
            trials = sweep.measure.load(file)["trials"]
            if len(trials) != 1 or not trials[0]["found"] or not trials[0]["minimal"]:
                print(f"expected one finding, 1-minimal: {trials}", file=sys.stderr)
                return 1

        # The same CLI and target, but of the engine as it is.
        clean = pathlib.Path(build, "bin")
        stand_in = pathlib.Path(folder, "build", "sweep")
        stand_in.mkdir(parents=True)
        (stand_in / MUTANT).symlink_to(clean)
        subject = sweep.subjects()[MUTANT]
        options = argparse.Namespace(only=[subject], seeds=1, limit=60, runs=500, jobs=1,
                                     again_misses=False, table_only=False, build=stand_in.parent,
                                     json=pathlib.Path(folder, "clean.json"))
        trials = sweep.sweep(options)
        if len(trials) != 1 or trials[0]["found"] or trials[0]["executions"] < options.runs:
            print(f"expected {options.runs} executions without a finding: {trials}",
                  file=sys.stderr)
            return 1
        if sweep.table.all_found(options.only, trials, options.seeds):
            print("a miss counts as found", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
