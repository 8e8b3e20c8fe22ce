"""The report in a real browser: narrow and wide, in both languages, nothing sticks out and it is there at once."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from as_a_user import SMALL, Okoshi

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SLOWEST_MS = 2000
# Written into a copy of the page: what is wider than the window, cut off in its own box, or beside a picture.
MEASURE = """<script>addEventListener('load', () => setTimeout(() => {
  const wide = [...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const aside = one.closest('thead, .skip');  // out of sight on purpose, for screen readers alone
    if (!box.width || (aside && getComputedStyle(aside).position === 'absolute')) return false;
    const roll = one.closest('.sideways');  // a picture that is wide by nature scrolls in a box of its own
    if (roll && getComputedStyle(roll).overflowX === 'auto') return roll === one && box.right > innerWidth + 1;
    const cut = style.overflow !== 'visible' && one.scrollWidth > one.clientWidth + 1;
    return cut || box.right > innerWidth + 1 || box.left < -1;
  }).map(one => one.tagName + ':' + one.textContent.slice(0, 40));
  const loaded = performance.timing.loadEventEnd - performance.timing.navigationStart;
  const broken = [...document.images].filter(one => !one.complete || !one.naturalWidth).length;
  const found = {width: innerWidth, page: document.documentElement.scrollWidth, wide, loaded, broken};
  parent.postMessage('MEASURED' + JSON.stringify(found) + 'END', '*');
}, 50));</script></head>"""
# A window of a browser has a least width; a frame has none, and counts as a window for what is in it.
FRAME = """<!DOCTYPE html><title>-</title><script>addEventListener('message', one => document.title = one.data)</script>
<iframe src="measured.html" width="{width}" height="900" style="border:0"></iframe>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    return found


@pytest.mark.full
def test_pages_fit_narrow_and_wide_windows(browser: str, okoshi: Okoshi, tmp_path: Path) -> None:
    run = tuple(word for word in SMALL if word != "--no-figures")
    assert okoshi("run", "baseline", *SMALL, "--replicates", "2", "--out", "one").status == 0
    compared = ("compare", "baseline", "no_measure", "startup_aid_0", "startup_aid_2_million")
    assert okoshi(*compared, *run, "--replicates", "2", "--by", "size_class", "--out", "more").status == 0
    for folder, more in (("one", ()), ("one", ("--prefecture", "島根県")), ("more", ())):
        for language in ("en", "ja"):
            page = tmp_path / "page.html"
            assert okoshi("report", folder, *more, "--out", page, "--language", language).status == 0
            for width in (390, 1280):
                found = _measured(browser, page, width)
                assert found["width"] == width
                assert found["page"] <= width, found
                assert found["wide"] == [], (folder, language, width)
                assert found["broken"] == 0
                assert found["loaded"] < SLOWEST_MS


def _measured(browser: str, page: Path, width: int) -> dict[str, object]:
    copy, frame = page.with_name("measured.html"), page.with_name("frame.html")
    copy.write_text(page.read_text(encoding="utf-8").replace("</head>", MEASURE), encoding="utf-8")
    frame.write_text(FRAME.format(width=width), encoding="utf-8")
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [browser, *FLAGS, profile, "--window-size=1400,1000", "--virtual-time-budget=3000"]
    done = subprocess.run(
        [*command, "--dump-dom", frame.as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    said = re.search(r"MEASURED(\{.*?\})END", done.stdout, flags=re.DOTALL)
    assert said, done.stderr[-2000:]
    found: dict[str, object] = json.loads(html.unescape(said.group(1)))
    return found
