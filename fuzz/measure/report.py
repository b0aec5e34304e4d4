"""The trials as two tables of Markdown: time to find each canary, and states reached."""

import math
import statistics

from apply import fits

BEGIN, END = "<!-- tables: ci/measure --write writes from here -->\n", "<!-- end of tables -->\n"


def median_to_find(trials):
    """Median CPU seconds; infinite where more than half missed."""
    return statistics.median(done["cpu"] if done["found"] else math.inf for done in trials)


def shown_time(trials, limit):
    """`0.42 (10/10)`, and with the limit where the median is a miss: `> 25 (3/10)`."""
    if not trials:
        return "not run"
    median = median_to_find(trials)
    time = f"{median:.2f}" if math.isfinite(median) else f"> {limit:g}"
    return f"{time} ({sum(done['found'] for done in trials)}/{len(trials)})"


def shown_executions(trials):
    """Median over those that found it."""
    counts = [done["executions"] for done in trials if done["found"]]
    return f"{statistics.median(counts):,.0f}" if counts else "-"


def shown_states(trials, reachable):
    """`412 (390 to 431)`: median, least and most."""
    if not trials:
        return "not run"
    counts = [len(reachable.intersection(done["states"])) for done in trials]
    return f"{statistics.median(counts):.0f} ({min(counts)} to {max(counts)})"


def rows(header, lines):
    return ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|",
            *("| " + " | ".join(line) + " |" for line in lines)]


def of(trials, config, subject):
    return [done for done in trials if done["key"][:2] == [config, subject]]


def other_clauses(results, trials):
    """Trials that found a canary by another clause than its edit names."""
    found = {(done["key"][1], done["clause"]) for done in trials if done["found"]}
    return ", ".join(f"{subject} as {clause}" for subject, clause in sorted(found)
                     if not fits(clause, results["clauses"][subject]))


def markdown(results, trials, titles, options):
    """`titles`: of the configurations, in the order of the columns."""
    hunts = [done for done in trials if done["key"][4] == 0]
    header = ["canary", *titles.values()]
    parts = [
        f"Revision {results['revision']}, {results['machine']}; {options.seeds} seeds, each from "
        f"an empty corpus.", "",
        f"Median CPU seconds to find a canary (found/seeds), at most {options.limit:g}:", "",
        *rows(header, ([canary, *(shown_time(of(hunts, config, canary), options.limit)
                                  for config in titles)] for canary in options.canaries)),
        "", "Median executions of the seeds that found it:", "",
        *rows(header, ([canary, *(shown_executions(of(hunts, config, canary)) for config in titles)]
                       for canary in options.canaries))]
    others = other_clauses(results, hunts)
    if others:
        parts += ["", f"Found by another clause than the edit names: {others}."]
    walks = [done for done in trials if done["key"][4] != 0]
    if walks:
        reachable = set(results["reachable"])
        subject = walks[0]["key"][1]
        parts += ["", f"States of {len(reachable)} reachable ones after {options.executions:,} "
                  f"executions of {subject} on the clean engine, median (least to most):", "",
                  *rows(["", *titles.values()],
                        [["states", *(shown_states(of(walks, config, subject), reachable)
                                      for config in titles)]])]
    return "\n".join(parts) + "\n"


def put_between(text, tables):
    """`text` with the tables between its two markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no lines '{BEGIN.strip()}' and '{END.strip()}', in this order")
    return before + begin + "\n" + tables + "\n" + end + after
