#!/usr/bin/env python3
"""What makes a number of the report reproduced, better or different."""

import math
import sys
import unittest
import unittest.mock

from support import require_modules

require_modules()
import claims  # noqa: E402
import page  # noqa: E402
import results  # noqa: E402
from verdicts import (BETTER, DIFFERS, NOT_COMPARABLE, NOT_RUN, REPRODUCED, Above, At, Bound, Near,  # noqa: E402
                      judge, sensitivity)


class FakeRun(dict):
    """A run that has these means, deviations and numbers of runs, by id."""

    def __init__(self, values, stands_in=False):
        super().__init__({"e": self})
        self.values_by_key, self.stands_in = values, stands_in

    def value(self, key):
        if key not in self.values_by_key:
            raise results.Missing(key)
        return results.Value(key, "", "", *self.values_by_key[key])


class Verdicts(unittest.TestCase):
    def near(self, mean, sd, runs=10, **options):
        return judge(Near(At("e", "s"), 0.9, **options), FakeRun({"s": (mean, sd, runs)})).verdict

    def test_a_number_is_within_two_deviations_or_a_point(self):
        self.assertEqual(self.near(0.909, 0), REPRODUCED)
        self.assertEqual(self.near(0.911, 0), BETTER)
        self.assertEqual(self.near(0.889, 0), DIFFERS)
        self.assertEqual(self.near(0.871, 0.015), REPRODUCED)
        self.assertEqual(self.near(0.869, 0.015), DIFFERS)
        self.assertEqual(self.near(0.911, math.nan, runs=1), BETTER)

    def test_a_wide_scatter_confirms_nothing(self):
        self.assertEqual(self.near(0.851, 0.3), REPRODUCED)
        self.assertEqual(self.near(0.849, 0.3), DIFFERS)
        self.assertEqual(self.near(math.nan, math.nan), DIFFERS)

    def test_an_error_is_better_when_low(self):
        self.assertEqual(self.near(0.895, 0, share=False, high_is_good=False), REPRODUCED)
        self.assertEqual(self.near(0.88, 0, share=False, high_is_good=False), BETTER)
        self.assertEqual(self.near(0.92, 0, share=False, high_is_good=False), DIFFERS)

    def test_an_order_needs_two_standard_errors(self):
        above = Above(At("e", "a"), At("e", "b"), ("a", "b"))
        for gap, verdict in ((0.011, REPRODUCED), (0.008, DIFFERS), (-0.5, DIFFERS)):
            run = FakeRun({"a": (0.5 + gap, 0.009, 9), "b": (0.5, 0.012, 9)})  # standard error 0.005
            self.assertEqual(judge(above, run).verdict, verdict, gap)

    def test_bounds(self):
        run = FakeRun({"s": (0.99, 0, 2)})
        self.assertEqual(judge(Bound(At("e", "s"), least=0.99), run).verdict, REPRODUCED)
        self.assertEqual(judge(Bound(At("e", "s"), most=0.98), run).verdict, DIFFERS)

    def test_other_data_are_not_comparable_and_absent_ones_named(self):
        near = Near(At("e", "s"), 0.9)
        self.assertEqual(judge(near, FakeRun({"s": (0.9, 0, 1)}, stands_in=True)).verdict, NOT_COMPARABLE)
        absent = judge(near, FakeRun({}))
        self.assertEqual((absent.verdict, absent.shown), (NOT_RUN, "not in this run: s"))

    def test_a_claim_takes_its_primary_reading_whatever_the_others_say(self):
        run = FakeRun({"near": (0.9, 0, 1), "far": (0.5, 0, 1)})
        readings = {key: claims.Reading(key, Near(At("e", key), 0.9)) for key in ("near", "far")}
        for order, expected in ((("near", "far"), REPRODUCED), (("far", "near"), DIFFERS)):
            claim = claims.Claim("F1", "", "", [readings[key] for key in order], "")
            with unittest.mock.patch.object(page, "CLAIMS", [claim]):
                [(_, word, judged)] = page.judged_claims(run)
            self.assertEqual(word, expected)
            others = 1 if expected == DIFFERS else 0
            self.assertIn(f"{others} of 1 ", sensitivity([result for _, result in judged]))
        self.assertEqual(sensitivity([judge(Near(At("e", "absent"), 0.9), run)] * 2), "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
