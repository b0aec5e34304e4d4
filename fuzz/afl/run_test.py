"""What run.py reads out of AFL++'s folder and of a target's last words."""

import argparse
import pathlib
import tempfile
import unittest

import run


class LastWords(unittest.TestCase):
    def test_an_oracle_names_its_clause(self):
        self.assertEqual(run.told("x\naudit.cc:7: ASSERTION FAILED: oracle[I5] a chain is\n"), "I5")

    def test_a_sanitizer_names_its_report(self):
        line = "mapfuzz: died at step 3 (assign) phase quiet: asan.heap-use-after-free in a/b\n"
        self.assertEqual(run.told("==1==ERROR\n" + line), "asan.heap-use-after-free")

    def test_others_are_signals(self):
        self.assertEqual(run.told("Reading 3 bytes\n"), "a signal")


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def put(self, name, text=""):
        path = self.folder / "default" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_a_run_that_never_began_has_no_executions(self):
        self.assertEqual(run.executions(self.folder), 0)

    def test_stats(self):
        self.put("fuzzer_stats", "execs_done        : 5029\ncommand_line      : afl-fuzz -i a:b\n")
        self.assertEqual(run.executions(self.folder), 5029)
        self.assertEqual(run.read_stats(self.folder)["command_line"], "afl-fuzz -i a:b")

    def test_crashes_of_earlier_runs_count(self):
        self.put("crashes/id:000001,sig:06")
        self.put("crashes.2026-01-01-00:00:00/id:000000,sig:06")
        self.put("crashes/README.txt")
        self.assertEqual(len(run.saved(self.folder, "crashes")), 2)

    def test_the_mutator_is_told_from_others(self):
        self.put("queue/id:000000,time:0,execs:0,orig:smallest")
        self.put("queue/id:000001,src:000000,time:1,execs:9,op:havoc,rep:2")
        self.put("queue/id:000002,src:000001,time:2,execs:12,op:m.so,pos:0")
        self.assertEqual(run.found_by_mutator(self.folder, pathlib.Path("/x/m.so")), 1)


class Arguments(unittest.TestCase):
    def test_durations(self):
        self.assertEqual([run.duration(text) for text in ("90", "90s", "10m", "2h")],
                         [90, 90, 600, 7200])
        for text in ("0s", "1d", "", "-5", "1.5h"):
            with self.assertRaises(argparse.ArgumentTypeError):
                run.duration(text)

    def test_the_mutator_is_loaded_unless_told_otherwise(self):
        library = pathlib.Path("/x/m.so")
        on = run.environment(library, "kinds", {})
        self.assertEqual(on["AFL_CUSTOM_MUTATOR_LIBRARY"], "/x/m.so")
        self.assertEqual(on["MAPFUZZ_TARGET"], "kinds")
        off = run.environment(library, "kinds", {"MAPFUZZ_MUTATOR": "0", "ASAN_OPTIONS": "a=1"})
        self.assertNotIn("AFL_CUSTOM_MUTATOR_LIBRARY", off)
        self.assertNotIn("ASAN_OPTIONS", off)


if __name__ == "__main__":
    unittest.main()
