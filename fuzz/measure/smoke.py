"""smoke.py BUILD: the whole measurement, small: every configuration, one canary, one seed."""

import json
import pathlib
import sys
import tempfile

import measure

CANARY = "rest-early"


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "trials.json")
        arguments = ["--seeds", "1", "--canaries", CANARY, "--limit", "5", "--executions", "500",
                     "--json", str(file), "--build", build]
        for time in ("first", "second"):
            code = measure.main(arguments)
            if code != 0:
                print(f"the {time} time measure.py ended with {code}, not 0", file=sys.stderr)
                return 1
            results = json.loads(file.read_text(encoding="utf-8"))
            trials = results["trials"]
            reached = [set(results["reachable"]).intersection(done["states"]) for done in trials
                       if "states" in done]
            if len(reached) != len(measure.CONFIGS) or not all(reached):
                print(f"states of {measure.CLEAN_TARGET}: {reached}", file=sys.stderr)
                return 1
            keys = {(config, subject) for config, subject, *_ in (done["key"] for done in trials)}
            # The second time all are there already.
            if len(trials) != 2 * len(measure.CONFIGS) or len(keys) != len(trials):
                print(f"{len(trials)} trials of {len(keys)} kinds, not one of each configuration "
                      f"for {CANARY} and for {measure.CLEAN_TARGET}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
