"""Which cells are measured in which process, how often, and in which order.

A task is one process of engine_bench on one size; within it Go's map and the engine take turns of
some milliseconds, so that a noisy second hits both. Tasks take turns too: a round of each, then the
next round. A task that is due no more rounds, or no longer fits the time that is left, drops out.
"""

import dataclasses
import json
import subprocess
import time

from judge import ENGINE, ENGINES, FLAT, GO

TIMED = ("insert", "insert_hint", "hit", "miss", "iterate", "iterate_exact", "churn", "delete")
OTHERS = ("std", "absl", "boost")
K64, M1, M8 = 65536, 1 << 20, 8 << 20


class BenchFailed(Exception):
    """engine_bench could not measure."""


@dataclasses.dataclass
class Task:
    key: str
    entries: int
    what: tuple  # operations, or ("latency",), or ("memory",)
    engines: tuple
    most: int  # rounds
    # Within a round. The first growth to 64k entries in a process finds no memory at hand and the
    # second does, which is ten times the p99.9: one turn, so that a median is of one kind.
    turns: int = 1
    done: int = 0
    took: float = 0  # seconds, the last round

    def filter(self):
        return f"^{self.key}/{self.entries}/({'|'.join(self.what)})/({'|'.join(self.engines)})(/|$)"

    def name(self):
        what = self.what[0] if len(self.what) == 1 else "operations"
        return f"{self.key}/{self.entries} {what} of {', '.join(self.engines)}"


@dataclasses.dataclass
class Plan:
    tasks: list
    slice: float  # milliseconds that a turn lasts, at least
    budget: float  # seconds for all; a first round of each takes what it takes


def quick():
    """Other C++ maps are there for comparison: where they would take most of the time, they get one
    round, and std::unordered_map none."""
    tasks = memory_tasks(("u64",))
    for key in ("u64", "text"):
        for entries in (8, 64, 1024, K64):
            tasks.append(Task(key, entries, TIMED, ENGINES, 7, turns=4))
        tasks.append(Task(key, M1, TIMED, (GO, ENGINE), 7, turns=2))
        tasks.append(Task(key, K64, ("latency",), ENGINES, 9))
        tasks.append(Task(key, M1, ("latency",), (GO, ENGINE), 5))
    tasks.append(Task("u64", M8, ("latency",), (GO, ENGINE), 7, turns=2))
    tasks.append(Task("u64", M8, ("latency",), FLAT, 2))
    for key in ("u64", "text"):
        tasks.append(Task(key, M1, TIMED, FLAT, 1))
        tasks.append(Task(key, M1, ("latency",), FLAT, 2))
    return Plan(tasks, 4, 150)


def full():
    tasks = memory_tasks(("u64", "text"))
    for key in ("u64", "text"):
        for entries in (8, 64, 1024, K64):
            tasks.append(Task(key, entries, TIMED, ENGINES, 9, turns=7))
        tasks.append(Task(key, M1, TIMED, ENGINES, 7, turns=3))
        tasks.append(Task(key, M8, TIMED, (GO, ENGINE), 5))
        tasks.append(Task(key, M8, TIMED, OTHERS, 2))
        tasks.append(Task(key, K64, ("latency",), ENGINES, 9))
        tasks.append(Task(key, M1, ("latency",), ENGINES, 9))
        tasks.append(Task(key, M8, ("latency",), (GO, ENGINE), 9))
        tasks.append(Task(key, M8, ("latency",), OTHERS, 2))
    return Plan(tasks, 8, 900)


def memory_tasks(keys):
    # A process each: what one map leaves behind would count as the next one's.
    return [Task(key, M1, ("memory",), (engine,), 1) for key in keys for engine in ENGINES]


def rounds_of(plan):
    """Yields tasks, round after round; the caller sets `took` while it has one."""
    started = time.monotonic()
    due = list(plan.tasks)
    while due:
        for task in list(due):
            left = plan.budget - (time.monotonic() - started)
            if task.done == task.most or (task.done > 0 and task.took > left):
                due.remove(task)
                continue
            yield task
            task.done += 1


def measure(program, task, slice_ms):
    """One round of a task: pairs of a cell's name and its counters."""
    command = [program, f"--benchmark_filter={task.filter()}", "--benchmark_format=json",
               f"--turns={task.turns}", f"--slice={slice_ms}"]
    started = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    task.took = time.monotonic() - started
    if done.returncode != 0:
        raise BenchFailed(f"{' '.join(command)} exits {done.returncode}:\n"
                          + done.stderr.decode(errors="replace")[-2000:])
    return rows_of(json.loads(done.stdout))


def rows_of(report):
    rows = []
    for row in report["benchmarks"]:
        name = "/".join(row["name"].split("/")[:4])
        if row.get("error_occurred"):
            raise BenchFailed(f"{name}: {row.get('error_message')}")
        rows.append((name, row))
    return rows


def add(results, rows):
    """Files the counters of one round where judge.py looks for them."""
    for name, row in rows:
        key, entries, what, engine = name.split("/")
        if what == "latency":
            run = {which: row[which] for which in ("p50", "p99", "p99.9", "max")}
            results["latency"].setdefault(f"{key}/{entries}", {}).setdefault(engine, []).append(run)
        elif what == "memory":
            use = {f"{kind}_{when}": row[f"{kind}_{when}"]
                   for kind in ("allocated", "resident") for when in ("mean", "peak")}
            results["memory"].setdefault(f"{key}/{entries}", {})[engine] = use
        else:
            cell = results["timings"].setdefault(f"{key}/{entries}/{what}", {})
            cell.setdefault(engine, []).append(row["ns/op"])
