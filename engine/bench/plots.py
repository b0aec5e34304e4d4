"""One SVG an operation: nanoseconds against entries, a line a map, a panel a type of key."""

import subprocess

from judge import ENGINE, ENGINES, median, percentile, slowest
from report import KEYS, NAMES, OPERATIONS, size_name

# Colours that stay apart for the colour-blind (Okabe and Ito); the engine's line is the thick one.
STYLES = {
    "go": ("#0072B2", 2.2, 5), "gomap": ("#D55E00", 3.6, 7), "std": ("#8A8A8A", 1.8, 9),
    "absl": ("#009E73", 1.8, 13), "boost": ("#CC79A7", 1.8, 11), "exact": ("#D55E00", 1.8, 6),
}
LEGEND = {**NAMES, "exact": "gomap, GoExact"}

WIDTH = 980  # pixels

SETUP = """
set terminal svg size {width},450 dynamic enhanced font "DejaVu Sans,Arial,sans-serif,13" \\
  background "#ffffff"
set output "{path}"
set multiplot layout 1,2 title "{title}" font ",16" margins 0.075,0.985,0.215,0.845 spacing 0.07
set border 3 linecolor "#666666"
set tics nomirror textcolor "#333333"
set grid ytics linetype 1 linecolor "#dddddd" linewidth 0.8
set logscale xy
unset mxtics
unset key
set xrange [{left}:{right}]
set yrange [{bottom:g}:{top:g}]
set xlabel "{xlabel}" offset 0,0.3 textcolor "#333333"
set ylabel "{ylabel}" offset 0.6,0 textcolor "#333333"
set xtics ({xtics})
{extra}
"""


class PlotFailed(Exception):
    """gnuplot said no."""


def gnuplot(script):
    done = subprocess.run(["gnuplot"], input=script.encode(), stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise PlotFailed(done.stderr.decode(errors="replace"))


def legend(engines):
    """One line under both panels: gnuplot's own key does not know the fonts of an SVG."""
    glyph, gap, mark = 6.9, 18, 40  # pixels: of a letter, between entries, of a line with its point
    widths = [mark + glyph * len(LEGEND[engine]) for engine in engines]
    x = (WIDTH - sum(widths) - gap * (len(widths) - 1)) / 2
    script = []
    for engine, width in zip(engines, widths):
        colour, line, shape = STYLES[engine]
        at = [round((x + offset) / WIDTH, 4) for offset in (0, 15, 30, mark)]
        dash = " dashtype (6,5)" if engine == "exact" else ""
        script += [
            f'set arrow from screen {at[0]},0.045 to screen {at[2]},0.045 nohead '
            f'linecolor "{colour}" linewidth {line}{dash}',
            f'set label "" at screen {at[1]},0.045 point linecolor "{colour}" '
            f'pointtype {shape} pointsize 0.8',
            f'set label "{LEGEND[engine]}" at screen {at[3]},0.045 left noenhanced '
            f'textcolor "#333333"']
        x += width + gap
    return script


def panel(title, lines):
    """`lines`: {engine: [(x, y)]}."""
    script = [f'set title "{title}" offset 0,-0.6 font ",13" textcolor "#333333"']
    plots = []
    for engine, points in lines.items():
        colour, width, shape = STYLES[engine]
        script.append(f"${engine} << E")
        script += [f"{x} {y}" for x, y in points] + ["E"]
        dash = " dashtype (6,5)" if engine == "exact" else ""
        plots.append(f'${engine} using 1:2 with linespoints linecolor "{colour}" '
                     f'linewidth {width}{dash} pointtype {shape} pointsize 0.7')
    # The legend is there after the first panel, and the axis has said what it is.
    return script + ["plot " + ", ".join(plots), "unset label", "unset arrow", "unset ylabel"]


def draw(path, title, labels, xtics, panels, extra=""):
    values = [y for lines in panels.values() for points in lines.values() for _, y in points]
    places = [at for _, at in xtics]
    shown = [engine for engine in LEGEND if any(engine in lines for lines in panels.values())]
    script = [SETUP.format(
        width=WIDTH, path=path, title=title, xlabel=labels[0], ylabel=labels[1], extra=extra,
        left=min(places) / 1.7, right=max(places) * 1.7, bottom=min(values) / 1.4,
        top=max(values) * 1.4, xtics=", ".join(f'"{name}" {at}' for name, at in xtics))]
    script += legend(shown)
    for name, contents in panels.items():
        script += panel(name, contents)
    gnuplot("\n".join(script + ["unset multiplot", ""]))


def points_of(results, key, operation, engine):
    found = []
    for cell, times in results["timings"].items():
        its_key, entries, its_operation = cell.split("/")
        if (its_key, its_operation) == (key, operation) and times.get(engine):
            found.append((int(entries), median(times[engine])))
    return sorted(found)


def draw_operation(results, operation, path):
    panels, sizes = {}, set()
    for key, title in KEYS.items():
        lines = {engine: points_of(results, key, operation, engine) for engine in ENGINES}
        if operation == "iterate":
            lines["exact"] = points_of(results, key, "iterate_exact", ENGINE)
        panels[title] = {engine: points for engine, points in lines.items() if points}
        sizes |= {x for points in lines.values() for x, _ in points}
    draw(path, OPERATIONS[operation], ("entries", "ns per operation"),
         [(size_name(size), size) for size in sorted(sizes)], panels,
         "set grid mytics linetype 1 linecolor '#dddddd' linewidth 0.8, "
         "linetype 1 linecolor '#f2f2f2' linewidth 0.6")


def draw_latency(results, path):
    """Percentiles of one insert, for the largest growth measured of each type of key."""
    panels = {}
    for key, title in KEYS.items():
        growths = [growth for growth in results["latency"] if growth.startswith(key + "/")]
        if not growths:
            continue
        growth = max(growths, key=lambda name: int(name.split("/")[1]))
        panels[f"{title}, growing to {size_name(int(growth.split('/')[1]))}"] = {
            engine: [(10 ** at, percentile(results, growth, engine, which))
                     for at, which in enumerate(("p50", "p99", "p99.9"))]
            + [(1000, slowest(results, growth, engine))]
            for engine in ENGINES if engine in results["latency"][growth]}
    draw(path, "latency of one insert while growing",
         ("percentile of all inserts (max: of the best run)", "time"),
         [("p50", 1), ("p99", 10), ("p99.9", 100), ("max", 1000)], panels,
         "set ytics ('10 ns' 1e1, '100 ns' 1e2, '1 us' 1e3, '10 us' 1e4, '100 us' 1e5, "
         "'1 ms' 1e6, '10 ms' 1e7, '100 ms' 1e8, '1 s' 1e9)")


def draw_all(results, folder):
    """Writes every plot into `folder`; {operation: file name}."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for operation in OPERATIONS:
        if operation != "iterate_exact":
            draw_operation(results, operation, folder / f"{operation}.svg")
            files[operation] = f"{operation}.svg"
    draw_latency(results, folder / "latency.svg")
    files["latency"] = "latency.svg"
    return files
