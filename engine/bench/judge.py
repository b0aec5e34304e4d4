"""From measured rounds to ratios, and from ratios to PASS or FAIL.

Pure: no clock, no files. A cell without its two sides is an error, never a silent pass.

results["timings"]["u64/1024/hit"]["gomap"]   ns per operation, one number a round
results["latency"]["u64/65536"]["go"]         {"p50", "p99", "p99.9", "max"} in ns, one a round
"""

import dataclasses
import math
import statistics

ENGINE = "gomap"
GO = "go"
FLAT = ("absl", "boost")
ENGINES = (GO, ENGINE, "std", "absl", "boost")
# Go's iterator with its defects is measured to state the cost of the sound one; a user gets that.
NOT_JUDGED = ("iterate_exact",)

SLOWEST_CELL = 1.03  # of Go's time: interleaved medians differ by as much for no reason
MEAN = 0.55
LARGEST_GROWTH = "u64/8388608"
OF_FLAT_MAX = 1 / 100
OF_GO_MAX = 1 / 10


class Incomplete(Exception):
    """The results lack something that a bound is about."""


@dataclasses.dataclass
class Bound:
    name: str
    holds: bool
    found: str

    def line(self):
        return f"{'PASS' if self.holds else 'FAIL'}  {self.name}: {self.found}"


def median(rounds):
    if not rounds:
        raise Incomplete("a cell without a round")
    return statistics.median(rounds)


def ratio(times, engine, to=GO):
    """How many times the other's time an engine takes, from the medians of both."""
    if not times.get(engine) or not times.get(to):
        raise Incomplete(f"no rounds of {engine} beside {to}")
    return median(times[engine]) / median(times[to])


def spread(rounds):
    return (max(rounds) - min(rounds)) / median(rounds)


def ratios(results):
    """gomap / Go of every cell that counts."""
    found = {}
    for cell, times in results["timings"].items():
        if cell.split("/")[2] in NOT_JUDGED:
            continue
        try:
            found[cell] = ratio(times, ENGINE)
        except Incomplete as lack:
            raise Incomplete(f"{cell}: {lack}") from None
    if not found:
        raise Incomplete("no cell was timed")
    return found


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def slowest(results, growth, engine):
    """The slowest insert of the best run: what preemption adds is not the map's."""
    runs = results["latency"].get(growth, {}).get(engine)
    if not runs:
        raise Incomplete(f"growth {growth} was not measured for {engine}")
    return min(run["max"] for run in runs)


def percentile(results, growth, engine, which):
    runs = results["latency"].get(growth, {}).get(engine)
    if not runs:
        raise Incomplete(f"growth {growth} was not measured for {engine}")
    return median([run[which] for run in runs])


def milliseconds(nanoseconds):
    return f"{nanoseconds / 1e6:.3g} ms"


def no_cell_slower(results):
    found = ratios(results)
    slower = sorted((value, cell) for cell, value in found.items() if value > SLOWEST_CELL)[::-1]
    worst = max(found, key=found.get)
    text = f"worst of {len(found)} is {worst} at {found[worst]:.2f}"
    if slower:
        text = f"{len(slower)} of {len(found)} are slower: " + ", ".join(
            f"{cell} {value:.2f}" for value, cell in slower)
    return Bound(f"no cell slower than Go's map (at most {SLOWEST_CELL})", not slower, text)


def mean_ratio(results):
    mean = geometric_mean(ratios(results).values())
    return Bound(f"geometric mean at most {MEAN} of Go's time", mean <= MEAN, f"{mean:.3f}")


def slowest_insert(results):
    own = slowest(results, LARGEST_GROWTH, ENGINE)
    flat = min(FLAT, key=lambda engine: slowest(results, LARGEST_GROWTH, engine))
    bounds = []
    for share, words, engine in ((OF_FLAT_MAX, f"the best flat map's ({flat})", flat),
                                 (OF_GO_MAX, "Go's", GO)):
        other = slowest(results, LARGEST_GROWTH, engine)
        bounds.append(Bound(
            f"slowest insert while growing to 8M at most 1/{round(1 / share)} of {words}",
            own <= other * share,
            f"{milliseconds(own)} against {milliseconds(other)}: 1/{other / own:.3g}"))
    return bounds


def tail_no_worse(results):
    parts, holds = [], True
    if LARGEST_GROWTH not in results["latency"]:
        raise Incomplete(f"growth {LARGEST_GROWTH} was not measured")
    for growth in results["latency"]:
        own, go = (percentile(results, growth, engine, "p99.9") for engine in (ENGINE, GO))
        holds = holds and own <= go
        parts.append(f"{growth} {own:.0f} : {go:.0f}{'' if own <= go else ' (worse)'}")
    return Bound("p99.9 of an insert while growing no worse than Go's", holds,
                 "ns, engine : Go: " + ", ".join(parts))


def bounds(results):
    return [no_cell_slower(results), mean_ratio(results), *slowest_insert(results),
            tail_no_worse(results)]
