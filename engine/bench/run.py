"""Measures the engine beside Go's map and three C++ maps, and judges it. Started by ci/bench.

Exit codes: 0 every bound holds, 2 usage, 3 environment, 5 a bound is missed.
"""

import argparse
import datetime
import json
import pathlib
import re
import sys
import time

sys.dont_write_bytecode = True  # nothing may appear among the sources
import judge  # noqa: E402
import plots  # noqa: E402
import report  # noqa: E402
import rounds  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MISSED, ENVIRONMENT = 5, 3


def say(message):
    print(f"ci/bench: {message}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="ci/bench", description="Measures the map engine beside Go's own map and three C++ "
        "maps, prints the ratios, judges them.",
        epilog="Exit 0: every bound holds; 2: usage; 3: setup or build failed; 5: a bound is "
        "missed.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", action="store_true",
                      help="under three minutes, up to 1M entries, 8M for latency (the default)")
    mode.add_argument("--full", action="store_true",
                      help="up to 8M entries; writes README.md and the plots of engine/bench")
    mode.add_argument("--render", metavar="FILE", type=pathlib.Path,
                      help="no measuring: README.md and plots from the JSON of an earlier --full")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path,
                        help="where all rounds go (default: build/release/bench/MODE.json)")
    parser.add_argument("--only", metavar="REGEX",
                        help="only tasks whose KEY/ENTRIES matches, e.g. u64/1024; judges nothing")
    parser.add_argument("--program", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = re.findall(r"model name\s*: (.*)", text)
    return f"{models[0] if models else 'unknown CPU'}, {max(1, len(models))} cores"


def measure(plan, program, mode):
    results = {"mode": mode, "date": datetime.date.today().isoformat(), "machine": machine(),
               "timings": {}, "latency": {}, "memory": {}}
    started = time.monotonic()
    shown = started
    for task in rounds.rounds_of(plan):
        # A line every 20 seconds: silence for minutes looks like a hang.
        if time.monotonic() - shown > 20:
            shown = time.monotonic()
            say(f"{shown - started:.0f} s, round {task.done + 1} of {task.name()}")
        rounds.add(results, rounds.measure(program, task, plan.slice))
    results["seconds"] = time.monotonic() - started
    results["timings"] = in_order(results["timings"])
    results["latency"] = in_order(results["latency"])
    return results


def in_order(cells):
    """Keys, then operations, then sizes: as one reads them."""
    def place(cell):
        key, entries, *operation = cell.split("/")
        return (list(report.KEYS).index(key),
                [list(report.OPERATIONS).index(name) for name in operation], int(entries))
    return {cell: cells[cell] for cell in sorted(cells, key=place)}


def render(results):
    files = plots.draw_all(results, HERE / "plots")
    readme = HERE / "README.md"
    lines = report.markdown(results, {name: f"plots/{file}" for name, file in files.items()})
    readme.write_text(report.fill_readme(readme.read_text(encoding="utf-8"), lines),
                      encoding="utf-8")
    say("wrote engine/bench/README.md and engine/bench/plots")


def main():
    options = arguments()
    if options.render:
        results = json.loads(options.render.read_text(encoding="utf-8"))
        render(results)
    else:
        mode = "full" if options.full else "quick"
        plan = rounds.full() if options.full else rounds.quick()
        if options.only:
            plan.tasks = [task for task in plan.tasks
                          if re.search(options.only, f"{task.key}/{task.entries}")]
            if not plan.tasks:
                say(f"no KEY/ENTRIES matches {options.only}")
                return 2
        results = measure(plan, options.program, mode)
        # Part of a run does not replace the whole of an earlier one.
        name = f"{mode}-only.json" if options.only else f"{mode}.json"
        path = options.json or options.program.parents[1] / "bench" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        say(f"measured for {results['seconds']:.0f} s; all rounds are in {path}")
        if options.full and not options.only:
            render(results)
    print(report.text(results) + "\n")
    if options.only:
        return 0
    print("\n".join(report.verdict(results)))
    return 0 if all(bound.holds for bound in judge.bounds(results)) else MISSED


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (rounds.BenchFailed, judge.Incomplete, plots.PlotFailed, OSError, ValueError) as error:
        say(str(error))
        sys.exit(ENVIRONMENT)
