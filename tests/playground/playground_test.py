#!/usr/bin/env python3
"""The playground in headless Chromium: it trains, answers its controls and asks for nothing.

usage: playground_test.py FOLDER
Builds the page there.
"""

import pathlib
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/report"), str(ROOT / "docs/playground")]
import build  # noqa: E402
from browser import Browser, chromium  # noqa: E402

FOLDER = pathlib.Path(sys.argv[1]).resolve()
SKIPPED = 77  # Meson's exit status for a skipped test


class Playground(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([ROOT / "docs/playground/build.py", FOLDER], check=True)
        cls.page = (FOLDER / "playground.html").as_uri()
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.open(390, 844)

    def open(self, width, height):
        self.browser.open(self.page, width, height)
        self.until("document.getElementById('accuracy').textContent.endsWith('%')", 120)

    def until(self, condition, seconds):
        """Whether it came true in that time."""
        end = time.monotonic() + seconds
        while not self.browser.evaluate(condition):
            if time.monotonic() > end:
                self.fail(f"not in {seconds} s: {condition}")
            time.sleep(0.1)

    def set(self, name, place):
        self.browser.evaluate(f"{{const control = document.getElementById('{name}'); control.value = {place};"
                              "control.dispatchEvent(new Event('input'))}")

    def click(self, name):
        self.browser.evaluate(f"document.getElementById('{name}').click()")

    def text(self, name):
        return self.browser.evaluate(f"document.getElementById('{name}').textContent")

    def test_it_learns_and_starts_again(self):
        self.set("cells", 0)
        self.set("width", 2)
        self.click("start")
        self.until("parseFloat(document.getElementById('accuracy').textContent) > 90", 120)
        self.assertEqual(self.text("message"), "")
        self.click("start")
        self.click("reset")
        self.until("document.getElementById('epoch').textContent === '0'", 120)
        self.assertLess(float(self.text("accuracy").split()[0]), 80)

    def test_too_large_a_step_is_said_and_ends_with_a_reset(self):
        self.set("step", 12)
        self.set("width", 0)
        self.click("start")
        self.until("document.getElementById('message').textContent.includes('step was too large')", 120)
        self.assertEqual(self.text("start"), "Start")
        self.set("step", 4)
        self.click("reset")
        self.click("start")
        self.until("Number(document.getElementById('epoch').textContent) > 2", 120)
        self.assertEqual(self.text("message"), "")

    def test_an_error_of_the_library_is_said_and_the_page_goes_on(self):
        self.browser.evaluate("guarded(() => nn.begin(0, 100, 3, 0, 1, 2, 0, 0, 1, 10))")
        self.assertIn("even number of cells", self.text("message"))
        self.click("reset")
        self.until("document.getElementById('message').textContent === ''", 120)
        self.click("start")
        self.until("Number(document.getElementById('epoch').textContent) > 1", 120)

    def test_every_control_at_its_ends(self):
        self.click("start")
        for name in self.browser.evaluate("CONTROLS.map(control => control.id)"):
            places = self.browser.evaluate(f"(c => (c.values || c.choices).length)(CONTROLS.find(c => c.id === '{name}'))")
            before = self.browser.evaluate(f"document.getElementById('{name}').value")
            for place in (0, places - 1, before):
                self.set(name, place)
        self.until("Number(document.getElementById('epoch').textContent) > 0", 120)
        self.assertEqual((self.text("message"), self.browser.complaints), ("", []))

    def test_no_request_no_complaint_no_overflow(self):
        for width, height in ((390, 844), (1280, 900)):
            self.open(width, height)
            self.assertEqual(self.browser.complaints, [])
            asked = [address for address in self.browser.requests if not address.startswith("data:")]
            self.assertEqual(asked, [self.page])
            self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width)


if __name__ == "__main__":
    reason = build.missing() or ("" if chromium() else "no chromium")
    if reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
