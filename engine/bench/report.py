"""Results as text: the table for a terminal, and the part of README.md between its two markers."""

import statistics

import judge
from judge import ENGINE, ENGINES, FLAT, GO, median, percentile, ratio, slowest

NAMES = {"go": "Go", "gomap": "gomap", "std": "std::unordered_map",
         "absl": "absl::flat_hash_map", "boost": "boost::unordered_flat_map"}
OPERATIONS = {"insert": "insert from empty", "insert_hint": "insert with hint", "hit": "hit",
              "miss": "miss", "iterate": "iterate", "iterate_exact": "iterate, GoExact",
              "churn": "steady churn", "delete": "delete"}
KEYS = {"u64": "u64 keys", "text": "string keys (20 bytes)"}
BEGIN, END = "<!-- results: ci/bench --full writes from here", "<!-- results end -->"


def size_name(entries):
    for unit, letter in ((1 << 20, "M"), (1 << 10, "k")):
        if entries >= unit:
            return f"{entries // unit}{letter}"
    return str(entries)


def number(value):
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def best_flat(times):
    """The faster flat map's time; None where none was measured."""
    measured = [median(times[engine]) for engine in FLAT if times.get(engine)]
    return min(measured) if measured else None


def table(results):
    """A line a cell: Go's time, every map's time as a multiple of it, the engine against the best
    flat map, and how far the rounds of the engine and Go lie apart."""
    lines = [f"{'cell':28}{'Go ns':>8}{'gomap/Go':>10}{'std/Go':>8}{'absl/Go':>9}{'boost/Go':>10}"
             f"{'gomap/flat':>12}{'spread':>8}{'turns':>8}"]
    for cell, times in results["timings"].items():
        against = times
        if cell.endswith("/iterate_exact"):
            against = {**results["timings"].get(cell.replace("_exact", ""), {}),
                       ENGINE: times.get(ENGINE)}
        if not against.get(GO) or not against.get(ENGINE):
            continue
        line = f"{cell:28}{number(median(against[GO])):>8}"
        for engine, width in ((ENGINE, 10), ("std", 8), ("absl", 9), ("boost", 10)):
            shown = f"{ratio(against, engine):.2f}" if against.get(engine) else "-"
            line += f"{shown:>{width}}"
        flat = best_flat(against)
        line += f"{median(against[ENGINE]) / flat:>12.1f}" if flat else f"{'-':>12}"
        apart = max(judge.spread(against[GO]), judge.spread(against[ENGINE]))
        lines.append(line + f"{apart:>8.0%}{len(against[ENGINE]):>8}")
    return lines


def latency_table(results):
    lines = [f"{'growth to':16}{'map':8}{'p50 ns':>10}{'p99 ns':>10}{'p99.9 ns':>10}"
             f"{'max ms, best run':>18}{'runs':>6}"]
    for growth, runs in results["latency"].items():
        for engine in ENGINES:
            if engine in runs:
                cells = "".join(f"{percentile(results, growth, engine, which):>10.0f}"
                                for which in ("p50", "p99", "p99.9"))
                lines.append(f"{growth:16}{engine:8}{cells}"
                             f"{slowest(results, growth, engine) / 1e6:>18.3g}"
                             f"{len(runs[engine]):>6}")
    return lines


def memory_table(results):
    lines = [f"{'bytes per entry':16}{'map':8}{'allocated':>10}{'growing':>10}{'resident':>10}"
             f"{'growing':>10}"]
    for growth, uses in results["memory"].items():
        for engine, use in uses.items():
            lines.append(f"{growth:16}{engine:8}{use['allocated_mean']:>10.1f}"
                         f"{use['allocated_peak']:>10.1f}{use['resident_mean']:>10.1f}"
                         f"{use['resident_peak']:>10.1f}")
    return lines


def cost_of_sound(results):
    """What sound iteration costs: its time over GoExact's, geometric mean and worst cell."""
    costs = {}
    for cell, times in results["timings"].items():
        exact = results["timings"].get(cell + "_exact", {})
        if cell.endswith("/iterate") and exact.get(ENGINE) and times.get(ENGINE):
            costs[cell] = median(times[ENGINE]) / median(exact[ENGINE])
    if not costs:
        return []
    worst = max(costs, key=costs.get)
    return [f"iteration, Sound over GoExact: geometric mean "
            f"{judge.geometric_mean(costs.values()):.2f}, worst {costs[worst]:.2f} ({worst})"]


def noise(results):
    spreads = [judge.spread(times[engine]) for times in results["timings"].values()
               for engine in (GO, ENGINE) if times.get(engine)]
    if not spreads:
        return []
    return [f"noise: the rounds of a cell span {statistics.median(spreads):.0%} of their median "
            f"(the median cell), {max(spreads):.0%} (the worst)"]


def verdict(results):
    """The geometric mean on a line of its own, and a line a bound."""
    mean = judge.geometric_mean(judge.ratios(results).values())
    return [f"geometric mean of gomap/Go: {mean:.3f}", "",
            *(bound.line() for bound in judge.bounds(results))]


def text(results):
    parts = (table(results), latency_table(results), memory_table(results),
             cost_of_sound(results) + noise(results))
    return "\n\n".join("\n".join(part) for part in parts if len(part) > 0)


def markdown_rows(header, rows):
    lines = ["| " + " | ".join(header) + " |",
             "|---" * len(header[:1]) + "|---:" * (len(header) - 1) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def operations_by_size(results, key, show):
    """A table of one key type: a row an operation, a column a size."""
    cells = [cell for cell in results["timings"] if cell.startswith(key + "/")]
    sizes = sorted({int(cell.split("/")[1]) for cell in cells})
    rows = [[title] + [show(f"{key}/{size}/{operation}") for size in sizes]
            for operation, title in OPERATIONS.items()]
    return markdown_rows(["operation"] + [size_name(size) for size in sizes], rows)


def markdown(results, plots):
    """The results part of README.md; `plots` maps an operation to its file there."""
    timings = results["timings"]

    def times_of(cell):
        times = dict(timings.get(cell, {}))
        if cell.endswith("_exact"):
            beside = timings.get(cell.replace("_exact", ""), {})
            times = {**beside, ENGINE: times.get(ENGINE)}
        return times

    def against_go(cell):
        times = times_of(cell)
        return f"{ratio(times, ENGINE):.2f}" if times.get(ENGINE) and times.get(GO) else "-"

    def against_flat(cell):
        times = times_of(cell)
        flat = best_flat(times)
        return f"{median(times[ENGINE]) / flat:.2f}" if times.get(ENGINE) and flat else "-"

    def nanoseconds(cell):
        times = times_of(cell)
        return " · ".join(number(median(times[engine])) if times.get(engine) else "-"
                          for engine in ENGINES)

    lines = [f"Measured on {results['date']}, {results['machine']}, in {results['seconds']:.0f} s.",
             "", "```", *verdict(results), "```", ""]
    for key, title in KEYS.items():
        lines += [f"**gomap's time over Go's, {title}**", "",
                  *operations_by_size(results, key, against_go), ""]
    for key, title in KEYS.items():
        lines += [f"**gomap's time over the faster flat map's, {title}**: above 1 the flat wins",
                  "", *operations_by_size(results, key, against_flat), ""]
    lines += ["**Nanoseconds an operation**, Go · gomap · std · absl · boost", ""]
    for key, title in KEYS.items():
        lines += ["<details><summary>" + title + "</summary>", "",
                  *operations_by_size(results, key, nanoseconds), "", "</details>", ""]
    lines += ["**Latency of one insert while growing**: medians over the runs; the slowest insert "
              "is that of the best run", ""]
    lines += markdown_rows(
        ["growth to", "map", "p50 ns", "p99 ns", "p99.9 ns", "max ms"],
        [[f"{size_name(int(growth.split('/')[1]))} {growth.split('/')[0]}", NAMES[engine],
          *(f"{percentile(results, growth, engine, which):.0f}"
            for which in ("p50", "p99", "p99.9")),
          f"{slowest(results, growth, engine) / 1e6:.3g}"]
         for growth, runs in results["latency"].items() for engine in ENGINES if engine in runs])
    lines += ["", "**Bytes per entry** while growing from 512k to 1M entries", ""]
    lines += markdown_rows(
        ["keys", "map", "allocated, mean", "while growing", "resident, mean", "while growing"],
        [[growth.split("/")[0], NAMES[engine],
          *(f"{use[f'{kind}_{when}']:.1f}" for kind in ("allocated", "resident")
            for when in ("mean", "peak"))]
         for growth, uses in results["memory"].items() for engine, use in uses.items()])
    lines += [""] + cost_of_sound(results) + [""] + noise(results) + [""]
    for operation, path in plots.items():
        lines += [f"![{OPERATIONS.get(operation, operation)}]({path})", ""]
    return lines


def fill_readme(readme, lines):
    """Replaces what is between the markers."""
    before, begin, rest = readme.partition(BEGIN)
    first_line, newline, rest = rest.partition("\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks the line '{BEGIN} ...' or '{END}'")
    return before + begin + first_line + newline + "\n".join(["", *lines]) + end + after
