"""The arithmetic of the measurement on made-up trials, and its bookkeeping of real processes."""

import argparse
import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

import measure
import report
import trial

OPTIONS = argparse.Namespace(seeds=3, limit=25.0, executions=500, canaries=("W02",),
                             configs=("bytes", "afl"))
TITLES = {"bytes": "libFuzzer, bytes", "afl": "AFL++, both"}


def hunt(cpu, found=True, executions=100, config="afl", clause="I24", seed=1):
    return {"key": [config, "W02", seed, 25.0, 0], "found": found,
            "clause": clause if found else "", "cpu": cpu, "executions": executions}


def walk(states, config="afl"):
    return {"key": [config, "ops_u64", 1, measure.UNLIMITED, 500], "found": False, "clause": "",
            "cpu": 1.0, "executions": 500, "states": states}


class Times(unittest.TestCase):
    def test_the_median_is_of_all_seeds(self):
        trials = [hunt(1.0), hunt(9.0), hunt(25.1, found=False)]
        self.assertEqual(report.shown_time(trials, 25.0), "9.00 (2/3)")

    def test_more_than_half_missed_is_a_bound(self):
        trials = [hunt(0.1), hunt(25.1, found=False), hunt(25.2, found=False)]
        self.assertEqual(report.median_to_find(trials), math.inf)
        self.assertEqual(report.shown_time(trials, 25.0), "> 25 (1/3)")

    def test_half_missed_is_a_bound_too(self):
        trials = [hunt(0.1), hunt(25.0, found=False)]
        self.assertEqual(report.shown_time(trials, 25.0), "> 25 (1/2)")

    def test_an_even_number_of_finds_is_averaged(self):
        self.assertEqual(report.shown_time([hunt(1.0), hunt(2.0)], 25.0), "1.50 (2/2)")

    def test_executions_are_of_those_that_found_it(self):
        trials = [hunt(1.0, executions=2000), hunt(25.0, found=False, executions=9_000_000)]
        self.assertEqual(report.shown_executions(trials), "2,000")
        self.assertEqual(report.shown_executions(trials[1:]), "-")

    def test_a_configuration_without_trials_says_so(self):
        self.assertEqual(report.shown_time([], 25.0), "not run")
        self.assertEqual(report.shown_states([], {1}), "not run")


class States(unittest.TestCase):
    def test_only_reachable_states_count(self):
        trials = [walk([1, 2, 9]), walk([1]), walk([1, 2, 3])]
        self.assertEqual(report.shown_states(trials, {1, 2, 3}), "2 (1 to 3)")


class Tables(unittest.TestCase):
    RESULTS = {"revision": "abc", "machine": "m", "clauses": {"W02": "I24"}, "reachable": [1, 2, 3]}

    def test_each_configuration_has_its_column(self):
        text = report.markdown(self.RESULTS, [hunt(1.0), hunt(3.0, config="bytes"), walk([1, 2])],
                               TITLES, OPTIONS)
        self.assertIn("| W02 | 3.00 (1/1) | 1.00 (1/1) |", text)
        self.assertIn("| states | not run | 2 (2 to 2) |", text)
        self.assertNotIn("another clause", text)

    def test_another_clause_is_told(self):
        text = report.markdown(self.RESULTS, [hunt(1.0, clause="I7")], TITLES, OPTIONS)
        self.assertIn("W02 as I7", text)

    def test_only_what_is_between_the_markers_changes(self):
        before = f"one\n{report.BEGIN}old\n{report.END}two\n"
        self.assertEqual(report.put_between(before, "new"),
                         f"one\n{report.BEGIN}\nnew\n{report.END}two\n")
        with self.assertRaises(ValueError):
            report.put_between("no markers", "new")


class Plan(unittest.TestCase):
    def test_what_is_measured_is_built(self):
        self.assertEqual(measure.build_targets(("bytes", "afl"), ("W02",), True),
                         ["canary_W02_afl", "canary_W02_fuzzer", "ops_u64_afl", "ops_u64_fuzzer",
                          "mapfuzz_afl_mutator", "mapfuzz"])

    def test_every_seed_meets_every_configuration(self):
        tasks = list(measure.tasks(OPTIONS))
        self.assertEqual(len(tasks), 3 * 2 * 2)
        self.assertEqual(len({tuple(task.key()) for task in tasks}), len(tasks))

    def test_the_canaries_exist(self):
        for canary in measure.CANARIES:
            self.assertTrue((measure.REPO / f"fuzz/canaries/{canary}.edit").is_file(), canary)
        self.assertEqual(len(set(measure.CANARIES)), 12)


class Trials(unittest.TestCase):
    """In a process of its own, as `perform` has it: a trial waits for all children there are."""

    def run_alone(self, script, limit, goal="None"):
        with tempfile.TemporaryDirectory() as folder:
            code = ("import pathlib, sys, trial; trial.adopt_orphans(); "
                    "folder = pathlib.Path(sys.argv[1]); "
                    "end = trial.run([sys.executable, '-c', sys.argv[2]], None, folder, "
                    f"float(sys.argv[3]), {goal}); "
                    "print(end.cpu, end.stopped, end.code, end.executions)")
            out = subprocess.run([sys.executable, "-B", "-c", code, folder, script, str(limit)],
                                 cwd=measure.HERE, stdout=subprocess.PIPE, text=True, check=True)
            cpu, stopped, code, executions = out.stdout.split()
            return float(cpu), stopped == "True", int(code), int(executions)

    def test_a_loop_is_stopped_at_its_limit(self):
        cpu, stopped, code, _ = self.run_alone("while True: pass", 0.3)
        self.assertTrue(stopped)
        self.assertGreaterEqual(cpu, 0.3)
        self.assertEqual(code, -signal.SIGKILL)

    def test_the_limit_is_for_reaching_the_goal(self):
        script = "import time; {}\nwhile time.process_time() < 0.8: pass"
        goal = "lambda: (folder / 'here').exists()"
        _, stopped, code, _ = self.run_alone(script.format("open('here', 'w')"), 0.5, goal)
        self.assertEqual((stopped, code), (False, 0))
        _, stopped, _, _ = self.run_alone(script.format("open('there', 'w')"), 0.5, goal)
        self.assertTrue(stopped)

    def test_orphans_count_and_do_not_survive(self):
        script = ("import os, sys\n"
                  "if os.fork() == 0:\n"
                  "    os.setsid()\n"
                  "    if os.fork() == 0:\n"
                  "        while True: pass\n"
                  "    os._exit(0)\n"
                  "import time\n"
                  "while True: time.sleep(1)\n")
        cpu, stopped, _, _ = self.run_alone(script, 0.3)
        self.assertTrue(stopped)
        self.assertGreaterEqual(cpu, 0.3)

    def test_the_page_is_read(self):
        script = ("import os, struct\n"
                  "with open(os.environ['MAPFUZZ_STATS'], 'r+b') as page:\n"
                  "    page.write(struct.pack('<Q', 7))\n"
                  "raise SystemExit(3)\n")
        _, stopped, code, executions = self.run_alone(script, 60)
        self.assertEqual((stopped, code, executions), (False, 3, 7))

    def test_cells_are_behind_the_header(self):
        page = bytearray(trial.PAGE_BYTES)
        struct.pack_into("<Q", page, 0, 12)
        struct.pack_into("<Q", page, trial.STATES_AT + 8 * 5, 3)
        executions, states = trial.parse_page(page)
        self.assertEqual((executions, states[5], sum(states)), (12, 3, 3))

    def test_cpu_of_a_line_of_stat(self):
        line = "7 (a) b) S 1 1 1 0 -1 0 0 0 0 0 100 50 20 30 20 0"
        self.assertEqual(trial.stat_cpu(line), 200 / os.sysconf("SC_CLK_TCK"))


if __name__ == "__main__":
    unittest.main()
