#!/usr/bin/env python3
"""Options, help and wrong usage of apps/reproduce, tests/check and datasets/fetch."""

import os
import signal
import unittest

from project import CommandTest


class UsageTest(CommandTest):
    WRONG = {
        "apps/reproduce": [
            (["--bogus"], "unknown option: --bogus"),
            (["-x"], "unknown option: -x"),
            (["word"], "unexpected argument: 'word'"),
            ([""], "unexpected argument: ''"),
            (["--quick=yes"], "option --quick takes no value"),
            (["--out"], "option --out needs a value"),
            (["--out="], "option --out needs a value"),
            (["--out", "--quick"], "option --out needs a value"),
            (["--only", "nothing"], "no such experiment: nothing"),
            (["--only=*"], "no such experiment: *"),
            (["--runs", "0"], "option --runs needs a whole number"),
            (["--runs=two"], "option --runs needs a whole number"),
            (["--threads", "1.5"], "option --threads needs a whole number"),
            (["--seed", "-1"], "option --seed needs a whole number"),
            (["--seed", "4294967296"], "option --seed needs a whole number"),
            (["--seed", "99999999999999999999"], "option --seed needs a whole number"),
        ],
        "tests/check": [
            (["--bogus"], "unknown option: --bogus"),
            (["word"], "unexpected argument: 'word'"),
            (["--data"], "option --data needs a value"),
        ],
        "datasets/fetch": [
            (["mnist"], "unexpected argument: 'mnist'"),
            (["--timeout", "soon"], "option --timeout needs a whole number"),
            (["usps", "--out"], "option --out needs a value"),
        ],
    }

    def test_wrong_usage_is_one_line_and_exit_2(self):
        for command, cases in self.WRONG.items():
            for arguments, message in cases:
                with self.subTest(command=command, arguments=arguments):
                    result = self.run_command(command, *arguments, status=2)
                    self.assert_one_error(result, message)
                    self.assertEqual(result.stdout, "")

    def test_help(self):
        for command in self.WRONG:
            with self.subTest(command=command):
                result = self.run_command(command, "--help")
                self.assertTrue(result.stdout.startswith(f"Usage: {command}"))
                self.assertEqual(result.stderr, "")

    def test_help_into_a_full_device(self):
        with open("/dev/full", "w") as full:
            result = self.run_command("apps/reproduce", "--help", status=1, stdout=full)
        self.assert_one_error(result, "cannot write to standard output")

    def test_help_into_a_closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            # Python ignores SIGPIPE, and a child would inherit that.
            restore = lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            result = self.run_command("apps/reproduce", "--help", status=1, stdout=pipe, preexec_fn=restore)
        self.assert_one_error(result, "cannot write to standard output")


if __name__ == "__main__":
    unittest.main(verbosity=2)
