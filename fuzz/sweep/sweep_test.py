"""The sweep's reading of edits and findings, its bookkeeping and its table, on made-up trials."""

import argparse
import dataclasses
import pathlib
import pickle
import sys
import tempfile
import unittest

import sweep
import table

sys.dont_write_bytecode = True
EDIT = "id: {}\ntitle: a bug\nspec: X1\n{}file: gomap/table.h\n--- find\na\n--- replace\nb\n"
ONE = sweep.Subject("A04", "a bug", "A04", "S2", "ops_u64", "sweep")
TWO = dataclasses.replace(ONE, id="W02", cls="S3")
OPTIONS = argparse.Namespace(only=[ONE, TWO], seeds=3, limit=60, runs=0)


def hit(seconds, operations=5, subject="A04", executions=100, clause="I5", seed=1, minimal=True):
    return {"key": [subject, seed, 60, 0], "program": "p", "found": True, "cpu": seconds + 0.5,
            "executions": executions, "seconds": seconds, "signature": f"{clause} delete quiet",
            "operations": operations, "minimal": minimal}


def miss(subject="A04", seed=1):
    return {"key": [subject, seed, 60, 0], "program": "p", "found": False, "cpu": 60.1,
            "executions": 9000}


class Edits(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.fuzz = pathlib.Path(self.folder.name)

    def write(self, folder, name, lines):
        (self.fuzz / folder).mkdir(exist_ok=True)
        (self.fuzz / folder / f"{name}.edit").write_text(EDIT.format(name, lines), encoding="utf-8")

    def test_both_folders_are_read(self):
        self.write("sweep", "A04", "class: S2\ntarget: lockstep\n")
        self.write("canaries", "W02", "clause: I24\n")
        self.write("canaries", "other", "clause: I5\n")
        found = sweep.subjects(self.fuzz)
        self.assertEqual(list(found), ["W02", "other", "A04"])
        self.assertEqual(found["A04"],
                         sweep.Subject("A04", "a bug", "X1", "S2", "lockstep", "sweep"))
        self.assertEqual((found["W02"].cls, found["W02"].target), ("S3", "ops_u64"))
        self.assertEqual(found["other"].cls, "")

    def test_a_class_is_demanded(self):
        self.write("sweep", "A04", "")
        with self.assertRaisesRegex(sweep.Broken, "class"):
            sweep.subjects(self.fuzz)

    def test_an_id_is_one_bug(self):
        self.write("sweep", "A04", "class: S2\n")
        self.write("canaries", "A04", "")
        with self.assertRaisesRegex(sweep.Broken, "id already"):
            sweep.subjects(self.fuzz)

    def test_the_classes_name_canaries_that_exist(self):
        known = sweep.subjects()
        for names in sweep.CLASSES.values():
            for name in names.split():
                self.assertEqual(known[name].folder, "canaries", name)


class Findings(unittest.TestCase):
    TEXT = "# I5 delete quiet\n# run: target=ops_u64\nmapfuzz 1\nmap key=u64 elem=u64\n\n" \
           "assign 0 = 0  # why\n# a remark\ndelete 0\n"

    def test_operations_are_counted_behind_the_map_line(self):
        self.assertEqual(sweep.operations(self.TEXT), 2)

    def test_a_finding_that_is_not_shown_again_is_not_minimal(self):
        with tempfile.TemporaryDirectory() as folder:
            for code, minimal in ((0, True), (1, False), (sweep.NOT_REPRODUCED, False)):
                cli = pathlib.Path(folder, f"cli-{code}")
                cli.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
                cli.chmod(0o755)
                self.assertEqual(sweep.check(cli, pathlib.Path("finding.ops"), folder), minimal)
            cli.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
            with self.assertRaises(sweep.afl.Stop):
                sweep.check(cli, pathlib.Path("finding.ops"), folder)

    def test_the_signature_is_the_first_line(self):
        self.assertEqual(sweep.signature(self.TEXT), "I5 delete quiet")
        with self.assertRaises(ValueError):
            sweep.signature("mapfuzz 1\n")


class Bookkeeping(unittest.TestCase):
    def test_a_trial_of_another_program_is_run_again(self):
        self.assertTrue(sweep.still_valid(hit(1.0), {"A04": "p"}, False))
        self.assertFalse(sweep.still_valid(hit(1.0), {"A04": "q"}, False))

    def test_a_miss_is_run_again_when_asked_for(self):
        self.assertTrue(sweep.still_valid(miss(), {"A04": "p"}, False))
        self.assertFalse(sweep.still_valid(miss(), {"A04": "p"}, True))
        self.assertTrue(sweep.still_valid(hit(1.0), {"A04": "p"}, True))

    def test_tasks_come_seed_by_seed(self):
        self.assertEqual([task.key()[:2] for task in sweep.tasks(OPTIONS)][:3],
                         [["A04", 1], ["W02", 1], ["A04", 2]])

    def test_what_stops_a_trial_survives_its_process(self):
        stop = pickle.loads(pickle.dumps(sweep.afl.Stop(3, "no such program")))
        self.assertEqual((stop.code, str(stop)), (3, "no such program"))

    def test_a_line_tells_what_is_not_minimal(self):
        self.assertNotIn("MINIMAL", sweep.line(hit(1.0)))
        self.assertIn("NOT 1-MINIMAL", sweep.line(hit(1.0, minimal=False)))
        self.assertIn("nothing", sweep.line(miss()))


class Tables(unittest.TestCase):
    def test_nine_of_ten(self):
        self.assertEqual([table.enough(seeds) for seeds in (1, 3, 10, 20)], [1, 3, 9, 18])
        trials = [hit(1.0)] * 9 + [miss()]
        self.assertTrue(table.is_found(ONE, trials, 10))
        self.assertFalse(table.is_found(ONE, trials[1:] + [miss()], 10))

    def test_what_has_not_run_is_not_found(self):
        self.assertFalse(table.all_found([ONE, TWO], [hit(1.0)], 1))

    def test_the_time_is_of_all_seeds(self):
        self.assertEqual(table.shown_time([hit(1.0), hit(9.0), miss()]), "9.0")
        self.assertEqual(table.shown_time([hit(1.0), miss(), miss()]), "-")

    def test_distance_is_from_median_to_shortest(self):
        self.assertEqual(table.distance([hit(1, 4), hit(1, 6), hit(1, 5)]), 1)
        self.assertEqual(table.distance([hit(1, 4)]), 0)

    def test_cells(self):
        trials = [hit(1.0, 4, clause="I5"), hit(3.0, 8, clause="I8"), hit(2.0, 5, clause="I8")]
        self.assertEqual(table.cells(ONE, trials), ["A04", "S2", "a bug", "ops_u64", "3/3", "2.0",
                                                    "100", "I8, I5", "5", "4", "1"])
        self.assertEqual(table.cells(TWO, [miss("W02")])[:6],
                         ["W02", "S3", "a bug", "ops_u64", "0/1", "-"])

    def test_the_summary_counts_by_class(self):
        trials = [hit(1.0, seed=seed) for seed in (1, 2, 3)]
        trials += [hit(1.0, 7, "W02"), miss("W02", 2), hit(2.0, 9, "W02", seed=3, minimal=False)]
        text = "\n".join(table.summary([ONE, TWO], trials, 3))
        self.assertIn("classes S2 to S5: 1 of 2 found in at least 3 of 3 seeds", text)
        self.assertIn("missed in some: W02 (2 of 3)", text)
        self.assertNotIn("fewer seeds", text)
        self.assertIn("4 of 5 findings are 1-minimal", text)
        self.assertIn("median of their median lengths is 6.5", text)

    def test_fewer_seeds_are_no_misses(self):
        text = "\n".join(table.summary([ONE], [hit(1.0)], 3))
        self.assertIn("0 of 1 found in at least 3 of 3 seeds", text)
        self.assertIn("always found, but run with fewer seeds so far: A04 (1)", text)
        self.assertNotIn("missed", text)

    def test_only_what_is_between_the_markers_changes(self):
        made = table.markdown(OPTIONS, [hit(1.0), miss("W02")], "abc", "m")
        self.assertIn("| A04 | S2 | a bug | ops_u64 | 1/1 | 1.0 |", made)
        text = f"one\n{table.BEGIN}old\n{table.END}two\n"
        after = table.put_between(text, made)
        self.assertTrue(after.startswith("one\n") and after.endswith("two\n"))
        self.assertNotIn("old", after)
        self.assertEqual(table.put_between(after, made), after)
        with self.assertRaises(ValueError):
            table.put_between("nothing", made)


if __name__ == "__main__":
    unittest.main()
