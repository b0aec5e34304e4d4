"""The judgement on made-up numbers: everything holds, then each bound is missed once, alone."""

import copy
import unittest

import judge


def run(p999, slowest):
    return {"p50": 50.0, "p99": 500.0, "p99.9": p999, "max": slowest}


# Two cells at 0.5 of Go's time; an 8M growth with a slowest insert 1/120 of boost's, 1/15 of Go's.
GOOD = {
    "timings": {
        "u64/1024/hit": {"go": [9.0, 10.0, 30.0], "gomap": [5.0, 4.0, 5.5], "absl": [3.0]},
        "u64/1024/miss": {"go": [12.0], "gomap": [6.0]},
        "u64/1024/iterate_exact": {"gomap": [99.0]},
    },
    "latency": {
        "u64/8388608": {
            "go": [run(1600.0, 30e6), run(1700.0, 45e6)],
            "gomap": [run(1500.0, 22e6), run(1550.0, 2e6)],
            "absl": [run(600.0, 260e6)],
            "boost": [run(600.0, 240e6)],
        },
        "u64/65536": {"go": [run(1000.0, 3e5)], "gomap": [run(900.0, 9e4)]},
    },
}


class Judge(unittest.TestCase):
    def setUp(self):
        self.results = copy.deepcopy(GOOD)

    def missed(self):
        return [bound.name for bound in judge.bounds(self.results) if not bound.holds]

    def assert_missed(self, *beginnings):
        missed = self.missed()
        self.assertEqual(len(missed), len(beginnings), missed)
        for name, beginning in zip(missed, beginnings):
            self.assertTrue(name.startswith(beginning), name)

    def test_everything_holds(self):
        self.assertEqual(self.missed(), [])
        self.assertEqual(len(judge.bounds(self.results)), 5)

    def test_ratios_are_of_medians(self):
        self.assertEqual(judge.ratios(self.results), {"u64/1024/hit": 0.5, "u64/1024/miss": 0.5})

    def test_a_slower_cell(self):
        # The mean stays under its bound: one slow cell alone must be enough.
        self.results["timings"]["u64/1024/hit"]["gomap"] = [2.0]
        self.results["timings"]["u64/1024/miss"]["gomap"] = [12.0 * 1.031]
        self.assert_missed("no cell slower")
        self.assertIn("u64/1024/miss 1.03", judge.bounds(self.results)[0].found)

    def test_as_slow_as_allowed(self):
        self.results["timings"]["u64/1024/hit"]["gomap"] = [2.0]
        self.results["timings"]["u64/1024/miss"]["gomap"] = [12.0 * 1.029]
        self.assert_missed()

    def test_the_mean(self):
        self.results["timings"]["u64/1024/miss"]["gomap"] = [12.0]
        self.assert_missed("geometric mean")

    def test_the_mean_is_geometric(self):
        self.assertAlmostEqual(judge.geometric_mean([0.25, 1.0]), 0.5)

    def test_slowest_insert_against_flat_maps(self):
        # The best flat map counts, and its best run.
        self.results["latency"]["u64/8388608"]["absl"].append(run(600.0, 199e6))
        self.assert_missed("slowest insert while growing to 8M at most 1/100")
        self.assertIn("absl", self.missed()[0])

    def test_slowest_insert_against_go(self):
        self.results["latency"]["u64/8388608"]["go"].append(run(1650.0, 19e6))
        self.assert_missed("slowest insert while growing to 8M at most 1/10 ")

    def test_slowest_insert_is_of_the_best_run(self):
        self.results["latency"]["u64/8388608"]["gomap"].pop()
        self.assert_missed("slowest insert while growing to 8M at most 1/100",
                           "slowest insert while growing to 8M at most 1/10 ")

    def test_the_tail(self):
        self.results["latency"]["u64/65536"]["gomap"][0]["p99.9"] = 1001.0
        self.assert_missed("p99.9")

    def test_half_a_cell_is_no_pass(self):
        del self.results["timings"]["u64/1024/hit"]["go"]
        self.assertRaises(judge.Incomplete, judge.bounds, self.results)

    def test_no_cell_is_no_pass(self):
        self.results["timings"] = {}
        self.assertRaises(judge.Incomplete, judge.bounds, self.results)

    def test_no_growth_is_no_pass(self):
        del self.results["latency"]["u64/8388608"]
        self.assertRaises(judge.Incomplete, judge.bounds, self.results)


if __name__ == "__main__":
    unittest.main()
