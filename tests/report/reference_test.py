#!/usr/bin/env python3
"""apps/reference/run: its trainings are PyTorch's own, a short run fills its table, and it keeps what it does not run."""

import csv
import importlib.metadata
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from support import DEBIAN_PYTHON, PROJECT, skip

if importlib.util.find_spec("torch") is None or importlib.util.find_spec("sklearn") is None:
    if sys.executable == DEBIAN_PYTHON or not os.path.exists(DEBIAN_PYTHON):
        skip("Python has no torch and scikit-learn")
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])
sys.path.insert(0, str(PROJECT / "apps/reference"))
import torch  # noqa: E402
from torch import nn  # noqa: E402

from stack import Member, Stack, cross_entropy  # noqa: E402


def run(*arguments):
    return subprocess.run([sys.executable, PROJECT / "apps/reference/run", *arguments], capture_output=True, text=True)


class SideBySide(unittest.TestCase):
    """A stack's members against torch.nn and torch.optim, one by one."""

    def alone(self, member, x, y, adam):
        torch.manual_seed(member.seed)
        net = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
        rule = torch.optim.Adam(net.parameters(), adam) if adam else torch.optim.SGD(net.parameters(), member.step)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(rule, 12) if adam else None
        order = torch.Generator().manual_seed(member.seed)
        for _ in range(3):
            for rows in torch.randperm(len(x), generator=order).split(10):
                rule.zero_grad()
                nn.functional.cross_entropy(net(x[rows]), y[rows], reduction="mean" if adam else "sum").backward()
                rule.step()
                if adam:
                    schedule.step()
        return net(x)

    def test_members_train_as_they_would_alone(self):
        torch.manual_seed(0)
        x, y = torch.randn(37, 5), torch.randint(3, (37,))
        members = [Member(3, 0.01), Member(4, 0.02), Member(3, 0.02)]
        for adam in (None, 1e-2):
            stack = Stack((5, 4, 3), [torch.tanh, lambda z: z], members)
            self.assertEqual(list(stack.train(x, y, cross_entropy, 10, 3, adam=adam)), list(range(1, 13)))
            for member, found in zip(members, stack.predict(x)):
                torch.testing.assert_close(found, self.alone(member, x, y, adam).detach(), rtol=1e-4, atol=1e-5)

    def test_each_member_has_its_own_data_and_start(self):
        stack = Stack((5, 4, 3), [torch.tanh, lambda z: z], [Member(1, 0.01), Member(1, 0.01), Member(1, 0.01, start=3)])
        torch.testing.assert_close(stack.parameters[0][0], stack.parameters[0][1])
        self.assertGreater(stack.parameters[0][2].abs().max().item(), 1)
        self.assertLessEqual(stack.parameters[0][2].abs().max().item(), 3)
        x, y = torch.randn(3, 20, 5), torch.randint(3, (3, 20))
        for _ in stack.train(x, y, cross_entropy, 20, 1):
            pass
        self.assertGreater((stack.parameters[0][0] - stack.parameters[0][1]).abs().max().item(), 1e-4)


class Command(unittest.TestCase):
    def test_a_short_run_fills_its_rows_and_keeps_the_others(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "table.csv"
            for only, seed in (("separable_mlp", "0"), ("sequences/adding-gru", "7")):
                done = run("--quick", "--runs", "2", "--only", only, "--seed", seed, "--out", table)
                self.assertEqual(done.returncode, 0, done.stderr)
            with open(table, newline="") as file:
                rows = {(row["experiment"], row["id"]): row for row in csv.DictReader(file)}
        self.assertEqual(len(rows), 5)
        row = rows["sequences", "adding-gru/mse/test"]
        self.assertEqual((row["first_seed"], row["runs"], row["torch"]), ("7", "2", importlib.metadata.version("torch").split("+")[0]))
        self.assertGreater(float(row["sd"]), 0)

    def test_the_same_seeds_give_the_same_numbers(self):
        first, again, other = (run("--quick", "--runs", "2", "--only", "four_clouds", "--seed", seed).stdout
                               for seed in ("1", "1", "2"))
        self.assertEqual(first, again)
        self.assertNotEqual(first.split()[5], other.split()[5])

    def test_wrong_usage_missing_data_and_a_damaged_table(self):
        for arguments in (["--bogus"], ["--only", "nothing"], ["--runs", "0"], ["--seed", "-1"]):
            self.assertEqual(run(*arguments).returncode, 2, arguments)
        with tempfile.TemporaryDirectory() as folder:
            done = run("--only", "usps_conv1d", "--quick", "--data", folder)
            self.assertEqual((done.returncode, done.stderr), (1, f"run: no zip.train in {folder} (datasets/fetch usps)\n"))
            table = pathlib.Path(folder) / "table.csv"
            table.write_text("a,b\n")
            done = run("--only", "separable_mlp", "--quick", "--out", table)
            self.assertEqual((done.returncode, table.read_text()), (1, "a,b\n"))
            self.assertIn(str(table), done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
