"""The trials of a sweep as Markdown."""

import math
import statistics

BEGIN, END = "<!-- table: ci/sweep --write writes from here -->\n", "<!-- end of table -->\n"
HEADER = ("id", "class", "bug", "target", "found", "CPU s", "executions", "clauses", "operations",
          "shortest", "distance")
TEXT_COLUMNS = {"id", "class", "bug", "target", "clauses"}


def of(trials, subject):
    return [done for done in trials if done["key"][0] == subject.id]


def enough(seeds):
    """Nine of ten."""
    return math.ceil(seeds * 9 / 10)


def is_found(subject, trials, seeds):
    return sum(done["found"] for done in of(trials, subject)) >= enough(seeds)


def all_found(subjects, trials, seeds):
    return all(is_found(subject, trials, seeds) for subject in subjects)


def lengths(trials):
    return [done["operations"] for done in trials if done["found"]]


def distance(trials):
    """How many operations the median finding is above the shortest one."""
    found = lengths(trials)
    return statistics.median(found) - min(found)


def shown_time(trials):
    """The median over all seeds: a miss is longer than any time."""
    median = statistics.median(done.get("seconds", math.inf) for done in trials)
    return f"{median:.1f}" if math.isfinite(median) else "-"


def clauses(trials):
    """With the most frequent first: `I5, model.value`."""
    all_of_them = [done["signature"].split()[0] for done in trials if done["found"]]
    return ", ".join(sorted(set(all_of_them), key=lambda name: (-all_of_them.count(name), name)))


def cells(subject, trials):
    own = of(trials, subject)
    found = [done for done in own if done["found"]]
    start = [subject.id, subject.cls or "-", subject.title,
             subject.target, f"{len(found)}/{len(own)}"]
    if not found:
        return [*start, "-", "-", "-", "-", "-", "-"]
    sizes = lengths(found)
    return [*start, shown_time(own),
            f"{statistics.median(done['executions'] for done in found):,.0f}", clauses(found),
            f"{statistics.median(sizes):g}", f"{min(sizes)}", f"{distance(found):g}"]


def groups(subjects):
    """What the issue asks for, and the rest."""
    return {"classes S2 to S5": [s for s in subjects if s.cls >= "S2"],
            "classes S0 and S1": [s for s in subjects if s.cls in ("S0", "S1")],
            "other canaries": [s for s in subjects if not s.cls]}


def summary(subjects, trials, seeds):
    lines = []
    for title, members in groups(subjects).items():
        if members:
            count = sum(is_found(subject, trials, seeds) for subject in members)
            lines.append(f"- {title}: {count} of {len(members)} found in at least {enough(seeds)} "
                         f"of {seeds} seeds")
    short = [(subject, of(trials, subject)) for subject in subjects
             if not is_found(subject, trials, seeds)]
    rarely = [f"{subject.id} ({sum(done['found'] for done in own)} of {len(own)})"
              for subject, own in short if not all(done["found"] for done in own)]
    if rarely:
        lines.append(f"- missed in some: {', '.join(rarely)}")
    fewer = [f"{subject.id} ({len(own)})" for subject, own in short
             if all(done["found"] for done in own)]
    if fewer:
        lines.append(f"- always found, but run with fewer seeds so far: {', '.join(fewer)}")
    found = [done for done in trials if done["found"]]
    if found:
        several = [own for own in (of(found, subject) for subject in subjects) if own]
        medians = [statistics.median(lengths(own)) for own in several]
        minimal = sum(done["minimal"] for done in found)
        lines.append(f"- {minimal} of {len(found)} findings are 1-minimal; over the bugs, the "
                     f"median of their median lengths is {statistics.median(medians):g} operations, "
                     f"that of their distances to the shortest known "
                     f"{statistics.median(distance(own) for own in several):g}")
    return lines


def markdown(options, trials, revision, machine):
    """`options`: subjects `only`, `seeds`, `limit`, `runs`."""
    ordered = sorted(options.only, key=lambda s: (s.cls or "S9", s.id))
    budget = (f"{options.runs:,} executions" if options.runs
              else f"{options.limit} seconds of CPU")
    rule = "|" + "|".join("---" if name in TEXT_COLUMNS else "---:" for name in HEADER) + "|"
    return "\n".join([
        f"Revision {revision}, {machine}; seeds 1 to {options.seeds}, each `mapfuzz campaign` of at "
        f"most {budget} from an empty corpus.", "",
        *summary(ordered, trials, options.seeds), "",
        "| " + " | ".join(HEADER) + " |", rule,
        *("| " + " | ".join(cells(subject, trials)) + " |" for subject in ordered)]) + "\n"


def put_between(text, made):
    """`text` with the table between its two markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no lines '{BEGIN.strip()}' and '{END.strip()}', in this order")
    return before + begin + "\n" + made + "\n" + end + after
