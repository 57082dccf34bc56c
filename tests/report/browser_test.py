#!/usr/bin/env python3
"""The page of a quick run in headless Chromium, as wide as a phone and as a desktop.

usage: browser_test.py FOLDER_OF_PROGRAMS EXPERIMENT...
"""

import sys
import unittest

from browser import Browser, chromium
from support import PageCase, require_modules, skip

require_modules()
if not chromium():
    skip("there is no chromium")

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}

# For each drawing: its key, its width, and without its legend how many pixels are coloured and how many greys it has.
DRAWINGS = """(async () => {
  const found = [];
  for (const svg of document.querySelectorAll('[data-key] .panel svg')) {
    const key = svg.closest('[data-key]').dataset.key, copy = svg.cloneNode(true);
    copy.querySelectorAll('[id^=legend]').forEach(legend => legend.remove());
    copy.setAttribute('width', 320);
    copy.setAttribute('height', 320);
    const image = new Image();
    image.src = 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(copy));
    await image.decode();
    const canvas = new OffscreenCanvas(320, 320), context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, 320, 320).data, greys = new Map();
    let coloured = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i + 3] < 32) continue;
      const part = pixels.slice(i, i + 3), low = Math.min(...part), high = Math.max(...part);
      if (high - low > 40) ++coloured;
      else greys.set(part[0], 1 + (greys.get(part[0]) || 0));
    }
    found.push({key, width: svg.getBoundingClientRect().width, coloured,
                greys: [...greys.values()].filter(count => count > 20).length});
  }
  return found;
})()"""

UNFOLD = "document.querySelectorAll('details').forEach(part => part.open = true)"
IMAGE_GRIDS = {"F21", "F22", "F29", "F30"}
PLOTS = {*(f"F{i}" for i in range(1, 21)), "F26", "F27", "F28", "F31", "F32"}


class InBrowser(PageCase):
    names = sys.argv[2:]
    programs = sys.argv[1]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        super().tearDownClass()

    def open(self, size="desktop"):
        self.browser.open(self.file.as_uri(), *SIZES[size])

    def test_the_first_screens_show_the_pictures_and_the_claims_folded(self):
        self.open()
        tops = self.browser.evaluate("[...document.querySelectorAll('.picture, details')].map("
                                     "part => part.getBoundingClientRect().bottom)")
        self.assertEqual(len(tops), 4 + 10)
        self.assertLess(max(tops[:4]), min(tops[4:]))
        self.assertLess(max(tops), 3 * SIZES["desktop"][1])

    def test_printing_unfolds_the_claims(self):
        self.open()
        count = "document.querySelectorAll('details[open]').length"
        self.assertEqual(self.browser.evaluate(count), 0)
        self.browser.call("Page.printToPDF")
        self.assertEqual(self.browser.evaluate(count), 10)

    def test_no_complaint_no_network_no_overflow(self):
        for size, (width, _) in SIZES.items():
            with self.subTest(size):
                self.open(size)
                self.assertEqual(self.browser.complaints, [])
                asked = [address for address in self.browser.requests if not address.startswith("data:")]
                self.assertEqual(asked, [self.file.as_uri()])
                for state in ("folded", "open"):
                    self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width, state)
                    self.browser.evaluate(UNFOLD)

    def test_a_complaint_would_be_heard(self):
        self.open()
        self.browser.evaluate("console.error('heard'); fetch('http://localhost:1/').catch(() => 0)")
        self.assertIn("heard", str(self.browser.complaints))
        self.assertIn("http://localhost:1/", self.browser.requests)

    def test_every_figure_is_drawn(self):
        for size, (width, _) in SIZES.items():
            with self.subTest(size):
                self.open(size)
                drawings = self.browser.evaluate(DRAWINGS)
                self.assertEqual({drawing["key"] for drawing in drawings}, PLOTS | IMAGE_GRIDS)
                for drawing in drawings:
                    self.assertGreater(drawing["width"], min(300, width / 2), drawing)
                    if drawing["key"] in IMAGE_GRIDS:
                        self.assertGreater(drawing["greys"], 40, drawing)
                    else:
                        self.assertGreater(drawing["coloured"], 100, drawing)

    def test_every_cell_shows_text(self):
        for size in SIZES:
            with self.subTest(size):
                self.open(size)
                self.browser.evaluate(UNFOLD)
                empty = self.browser.evaluate("[...document.querySelectorAll('tbody th, td')].filter("
                                              "cell => !cell.innerText.trim() || !cell.getBoundingClientRect().height)"
                                              ".map(cell => cell.outerHTML)")
                self.assertEqual(empty, [])
                self.assertGreater(self.browser.evaluate("document.querySelectorAll('td').length"), 400)

    def test_the_keyboard_reaches_links_and_tables(self):
        self.open()
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"])').length"), 0)
        for _ in range(2):
            for kind in ("keyDown", "keyUp"):
                self.browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        self.assertEqual(self.browser.evaluate("document.activeElement.tagName"), "A")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
