"""Plans measure what the bounds are about, rounds keep to their budget, files are found again."""

import itertools
import re
import unittest
from unittest import mock

import judge
import report
import rounds


def measured_by(plan, engine):
    """KEY/ENTRIES/WHAT of every cell in which a plan has this engine."""
    return {f"{task.key}/{task.entries}/{what}" for task in plan.tasks if engine in task.engines
            for what in task.what}


class Plans(unittest.TestCase):
    def assert_covers(self, plan, sizes):
        cells = {f"{key}/{size}/{operation}" for key, size, operation in itertools.product(
            ("u64", "text"), sizes, rounds.TIMED)}
        for engine in (judge.GO, judge.ENGINE):
            self.assertLessEqual(cells, measured_by(plan, engine))
            self.assertIn(f"{judge.LARGEST_GROWTH}/latency", measured_by(plan, engine))
        for engine in judge.FLAT:
            self.assertIn(f"{judge.LARGEST_GROWTH}/latency", measured_by(plan, engine))

    def test_quick(self):
        self.assert_covers(rounds.quick(), (8, 64, 1024, 65536, 1 << 20))

    def test_full(self):
        self.assert_covers(rounds.full(), (8, 64, 1024, 65536, 1 << 20, 8 << 20))
        for engine in judge.ENGINES:
            self.assertIn(f"u64/{1 << 20}/memory", measured_by(rounds.full(), engine))
            self.assertIn(f"text/{8 << 20}/insert", measured_by(rounds.full(), engine))

    def test_a_filter_takes_its_cells_only(self):
        task = rounds.Task("u64", 8, ("insert",), ("go", "gomap"), 1)
        names = ["u64/8/insert/go/iterations:1/manual_time", "u64/8/insert/gomap",
                 "u64/8/insert_hint/go", "u64/8/insert/std", "text/8/insert/go", "u64/88/insert/go"]
        self.assertEqual([name for name in names if re.search(task.filter(), name)], names[:2])


class Rounds(unittest.TestCase):
    def sequence(self, tasks, budget):
        """Runs a plan against a clock that only its tasks move; who ran, in order."""
        now = [0.0]
        ran = []
        with mock.patch("rounds.time.monotonic", lambda: now[0]):
            for task in rounds.rounds_of(rounds.Plan(tasks, 1, budget)):
                ran.append(task.key)
                task.took = {"a": 10.0, "b": 1.0}[task.key]
                now[0] += task.took
        return "".join(ran)

    def tasks(self, most):
        return [rounds.Task(key, 8, ("hit",), ("go",), most) for key in "ab"]

    def test_in_turn(self):
        self.assertEqual(self.sequence(self.tasks(3), 1000), "ababab")

    def test_what_no_longer_fits_drops_out(self):
        self.assertEqual(self.sequence(self.tasks(9), 25), "ababbbb")

    def test_a_first_round_of_each_whatever_it_takes(self):
        self.assertEqual(self.sequence(self.tasks(5), 2), "ab")


class Rows(unittest.TestCase):
    def test_turns_of_a_cell_are_kept_apart(self):
        row = {"name": "u64/8/hit/go/iterations:1/manual_time", "ns/op": 3.0}
        results = {"timings": {}, "latency": {}, "memory": {}}
        rounds.add(results, rounds.rows_of({"benchmarks": [row, {**row, "ns/op": 5.0}]}))
        self.assertEqual(results["timings"], {"u64/8/hit": {"go": [3.0, 5.0]}})

    def test_a_wrong_answer_stops_everything(self):
        row = {"name": "u64/8/hit/go", "error_occurred": True, "error_message": "wrong answer"}
        self.assertRaisesRegex(rounds.BenchFailed, "wrong answer", rounds.rows_of,
                               {"benchmarks": [row]})


class Readme(unittest.TestCase):
    def test_only_what_is_between_the_markers_changes(self):
        text = f"before\n{report.BEGIN} -->\nold\n{report.END}\nafter\n"
        self.assertEqual(report.fill_readme(text, ["new", ""]),
                         f"before\n{report.BEGIN} -->\n\nnew\n{report.END}\nafter\n")

    def test_no_marker_is_an_error(self):
        self.assertRaises(ValueError, report.fill_readme, "nothing", ["new"])


if __name__ == "__main__":
    unittest.main()
