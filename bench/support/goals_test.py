#!/usr/bin/env python3
"""Shows when a goal is met, missed or not measured, and how the lines of a rival are read."""

import pathlib
import statistics
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import figures, goals, plot

RATES = {"caf": 10, "erlang": 3}


def judge(goal, measured, rivals=None):
    rows = goals.judged([goal], measured, rivals or {}, statistics.median)
    return next(iter(rows))


class Verdicts(unittest.TestCase):
    def test_a_median_decides(self):
        goal = goals.Goal(goals.PATH, "", "a", at_most=10)
        self.assertEqual(judge(goal, {"a": [9, 10, 90]})["verdict"], "met")
        self.assertEqual(judge(goal, {"a": [9, 11, 12]})["verdict"], "missed")

    def test_a_bench_that_did_not_run_is_not_measured(self):
        goal = goals.Goal(goals.PATH, "", "a", at_most=10)
        self.assertEqual(judge(goal, {})["verdict"], "not measured")

    def test_allocations_miss_a_goal_of_none(self):
        goal = goals.Goal(goals.PATH, "", "a", at_most=10, no_allocations=True)
        self.assertEqual(judge(goal, {"a": [9], "a/allocations": [0]})["verdict"], "met")
        self.assertEqual(judge(goal, {"a": [9], "a/allocations": [0.01]})["verdict"], "missed")

    def test_more_is_better_where_a_goal_says_so(self):
        goal = goals.Goal(goals.CORES, "", "a", at_least=1.8)
        self.assertEqual(judge(goal, {"a": [1.8]})["verdict"], "met")
        self.assertEqual(judge(goal, {"a": [1.7]})["verdict"], "missed")

    def test_a_figure_over_another_and_less_another(self):
        measured = {"a": [30], "b": [20]}
        over = goals.Goal(goals.PATH, "", "a", at_most=2, over="b")
        minus = goals.Goal(goals.PATH, "", "a", at_most=2, minus="b")
        self.assertEqual(judge(over, measured)["value"], 1.5)
        self.assertEqual(judge(minus, measured)["value"], 10)
        self.assertEqual(judge(minus, measured)["verdict"], "missed")

    def test_each_rival_must_be_left_behind(self):
        goal = goals.Goal(goals.BESIDE, "", "a", rates=RATES)
        rivals = {"caf": {"a": [100]}, "erlang": {"a": [30]}}
        self.assertEqual(judge(goal, {"a": [10]}, rivals)["verdict"], "met")
        self.assertEqual(judge(goal, {"a": [10.1]}, rivals)["verdict"], "missed")

    def test_a_missing_rival_leaves_a_goal_open_unless_another_is_too_fast(self):
        goal = goals.Goal(goals.BESIDE, "", "a", rates=RATES)
        rivals = {"caf": None, "erlang": {"a": [30]}}
        self.assertEqual(judge(goal, {"a": [10]}, rivals)["verdict"], "not measured")
        self.assertEqual(judge(goal, {"a": [11]}, rivals)["verdict"], "missed")

    def test_each_goal_stands_once_in_its_table(self):
        known = [(goal.table, goal.what) for goal in goals.all_goals()]
        self.assertEqual(len(known), len(set(known)))


class Lines(unittest.TestCase):
    def test_times_are_in_nanoseconds_and_bytes_as_they_are(self):
        read = figures.lines_of("# 1.1.0\na 2 ms\na 4 ms\nb/bytes 120 B\n")
        self.assertEqual(read, {"version": "1.1.0", "a": [2e6, 4e6], "b/bytes": [120]})

    def test_a_name_says_nothing_of_how_it_was_timed(self):
        self.assertEqual(figures.name_of("cold/state:16/iterations:1/manual_time"), "cold/state:16")


class Plot(unittest.TestCase):
    def test_a_rival_has_a_bar_where_it_was_measured(self):
        times = [{"suite": "micro", "name": "a", "values": [10, 12]}]
        drawn = plot.plot(times, {"a": 20}, {"CAF": {"a": [100]}, "Erlang": None})
        self.assertEqual(drawn.count(plot.COLORS["CAF"]), 2)  # bar and legend
        self.assertNotIn("Erlang", drawn)


if __name__ == "__main__":
    unittest.main()
