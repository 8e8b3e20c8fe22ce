"""The live page in a real headless Chromium that can reach nothing but this machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from okoshi.app.page import readings, serving
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
NOWHERE = "http://127.0.0.1:9"  # where the server's own requests to elsewhere would end
WIDTHS = (1280, 390)
PATIENCE = 120.0
A_YEAR_SHOWS_WITHIN = 1.0  # seconds of work, from the click to the picture
WIDEST_OF_NARROW = 600  # pixels of a picture drawn for a telephone
# What sticks out of the screen: the page itself, and buttons, tabs, fields and pictures on it.
INSIDE = """
const out = [...document.querySelectorAll('.okoshi button, .okoshi [role=tab], .okoshi input, .okoshi img, .okoshi p')]
    .filter(e => e.getClientRects().length)
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
    .map(e => e.outerHTML.slice(0, 80));
if (document.documentElement.scrollWidth > innerWidth) out.push('the page');
return out;
"""
CAP = "policy.cooperators.activity_per_member"
SHOWN = ".okoshi-panels"  # holds the panel of the open tab
SPREAD, KIND, COLUMN = 3, 0, 1  # the tab of distributions, and its two lists
ITEMS = ".menuable__content__active .v-list-item"
HOME = "\ue011"  # the key, as WebDriver writes it

pytestmark = pytest.mark.full


@pytest.fixture(scope="module", params=["en", "ja"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the whole country in one language; return the address and the process."""
    pytest.importorskip("solara", reason="needs okoshi[page]")
    port = serving.free_port(0)
    proxies = {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": ""}
    environment = os.environ | proxies | {"OKOSHI_LANGUAGE": request.param}
    program = str(Path(sys.executable).with_name("okoshi"))
    command = [program, "dashboard", "baseline", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        said = served.stderr.readline()
        assert f"http://127.0.0.1:{port}/" in said, said + served.stderr.read()
        yield f"http://127.0.0.1:{port}/", psutil.Process(served.pid)
        served.terminate()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """Return a browser with a profile of its own."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs okoshi[browser]")
    driver = shutil.which("chromedriver")
    if CHROMIUM is None or driver is None:
        pytest.skip("no chromium and chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


class Page:
    """The page as somebody with a mouse and a keyboard meets it."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                browser.get(address)
                break
            except Exception:  # noqa: BLE001  # not listening yet: Selenium's own kinds are an extra
                assert time.monotonic() < give_up
                time.sleep(0.2)
        self.until(lambda: self.all(".okoshi-date") and self.all(".okoshi-picture img"))

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.browser.find_elements("css selector", selector)
        return found

    def until(self, happened: Callable[[], Any]) -> None:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                if happened():
                    return
            except Exception:  # noqa: BLE001  # an element was replaced while we looked
                pass
            time.sleep(0.05)
        raise AssertionError("waited in vain")

    @property
    def month(self) -> str:
        return str(self.all(".okoshi-date")[0].get_attribute("data-month"))

    def numbers(self) -> list[int]:
        cells = self.all("[data-part] tbody tr td:first-of-type")[: len(readings.NUMBERS)]
        return [int(cell.text.replace(",", "")) for cell in cells]

    def press(self, number: int) -> None:
        """Press a button of the controls: a month, a year, to the end, reset."""
        self.click(self.all(".okoshi-controls button")[number])

    def click(self, element: Any) -> None:
        self.browser.execute_script("arguments[0].click()", element)

    def point_at(self, element: Any) -> None:
        """Click as a mouse does: what is covered by something else cannot be hit."""
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def choose(self, choice: int, item: int) -> None:
        """Open one of the lists of the panel and point at one of its items."""
        arrow = f"{SHOWN} .okoshi-choice .v-input__append-inner"

        def is_chosen() -> bool:
            if len(self.all(ITEMS)) <= item:  # also where the list was replaced, or closed, under the mouse
                self.point_at(self.all(arrow)[choice])
                time.sleep(0.5)
            return self.all(ITEMS)[item].click() is None  # once it has come to rest

        self.until(is_chosen)

    def picture_and_words(self) -> tuple[str, str]:
        """Return the picture that the open panel shows, and the same in words."""
        image, words = (self.all(f"{SHOWN} .okoshi-picture {part}")[0] for part in ("img", "details"))
        return str(image.get_attribute("src")), str(words.get_attribute("textContent"))

    def another(self, before: tuple[str, str]) -> tuple[str, str]:
        """Wait until the open panel shows another picture and says other words; return them."""
        found = [before]

        def is_another() -> bool:
            found.append(self.picture_and_words())
            return all(new != old for new, old in zip(found[-1], before, strict=True))

        self.until(is_another)
        return found[-1]

    def live_until(self, month: str) -> None:
        while self.month != month:
            before = self.month
            self.press(1)
            self.until(lambda before=before: self.month != before)

    def resize(self, width: int) -> None:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def requests(self) -> set[str]:
        """Return where the browser asked for anything since last asked, its own pages apart."""
        asked = (json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance"))
        urls = {
            message["params"]["request"]["url"]
            for message in asked
            if message["method"] == "Network.requestWillBeSent"
        }
        return {url for url in urls if not url.startswith(("data:", "blob:", "chrome"))}


def _work_of(process: psutil.Process) -> float:
    """Return the seconds that a process has worked: what a click costs, whatever else the machine does."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _numbers_of(values: dict[str, object], months: int) -> list[int]:
    model = RegionalModel(load_scenario("baseline", set=values))
    while model.month < months:
        model.step()
    return list(readings.numbers(model).values())


def test_slider_and_steps_change_the_numbers_as_a_run_does(
    address: tuple[str, psutil.Process], browser: Any
) -> None:
    page = Page(browser, address[0])
    assert page.month == ""
    page.press(0)
    page.until(lambda: page.month == "2009-04")
    page.until(lambda: page.numbers() == _numbers_of({}, 1))
    shown, spent = page.all(".okoshi-picture img")[0].get_attribute("src"), _work_of(address[1])
    page.press(1)
    page.until(lambda: page.month == "2010-03")
    page.until(lambda: page.all(".okoshi-picture img")[0].get_attribute("src") != shown)
    assert _work_of(address[1]) - spent < A_YEAR_SHOWS_WITHIN
    page.until(lambda: page.numbers() == _numbers_of({}, 12))
    page.all(".okoshi-policy input")[0].send_keys(CAP)
    page.until(lambda: CAP in page.all(ITEMS)[0].text)
    page.click(page.all(ITEMS)[0])
    card = f"[data-parameter='{CAP}'] [role=slider]"
    page.until(lambda: len(page.all(card)) == 2)
    page.all(card)[1].send_keys(HOME)  # from the first fiscal year on
    page.until(lambda: page.all(card)[1].get_attribute("aria-valuenow") == "2009")
    page.all(card)[0].send_keys(HOME)  # nothing is paid
    page.until(lambda: "activity_per_member = { 2009 = 0 }" in page.all(".okoshi-toml")[0].text)
    page.live_until("2012-03")
    changed = _numbers_of({f"{CAP}@2009": 0}, 36)
    assert changed != _numbers_of({}, 36)
    page.until(lambda: page.numbers() == changed)
    page.press(3)
    page.until(lambda: page.month == "")


def test_nothing_is_asked_of_any_other_machine_and_no_other_machine_can_ask(
    address: tuple[str, psutil.Process], browser: Any
) -> None:
    page = Page(browser, address[0])
    for number in range(4):
        page.click(page.all("[role=tab]")[number])
        time.sleep(1)
    asked = page.requests()
    assert asked
    assert {url for url in asked if not url.startswith(address[0])} == set()
    severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert not severe
    listening = [one for one in address[1].net_connections("inet") if one.status == psutil.CONN_LISTEN]
    assert {one.laddr.ip for one in listening} == {"127.0.0.1"}


@pytest.mark.parametrize("width", WIDTHS)
def test_every_panel_fits_the_width_of_the_screen(
    address: tuple[str, psutil.Process], browser: Any, width: int, tmp_path: Path
) -> None:
    page = Page(browser, address[0])
    page.resize(width)
    page.live_until("2011-03")
    for number in range(4):
        page.click(page.all("[role=tab]")[number])
        page.until(lambda number=number: "active" in page.all("[role=tab]")[number].get_attribute("class"))
        time.sleep(1)
        assert browser.execute_script(INSIDE) == [], number
        browser.save_screenshot(str(tmp_path / f"{width}_{number}.png"))
        if width < WIDEST_OF_NARROW and page.all(".okoshi-picture img"):
            page.until(lambda: max(_widths(browser)) < WIDEST_OF_NARROW)
    images = browser.execute_script("return [...document.images].map(i => [i.alt, i.naturalWidth])")
    assert images
    assert all(alt and loaded for alt, loaded in images)


def test_any_column_of_any_kind_of_agent_is_drawn_and_said(
    address: tuple[str, psutil.Process], browser: Any, tmp_path: Path
) -> None:
    page = Page(browser, address[0])
    page.live_until("2011-03")
    page.point_at(page.all("[role=tab]")[SPREAD])
    page.until(lambda: len(page.all(f"{SHOWN} .okoshi-choice")) == 2)
    seen = [page.another(("", ""))]
    for choice, item in ((KIND, 0), (COLUMN, 2), (COLUMN, 4)):
        page.choose(choice, item)
        seen.append(page.another(seen[-1]))
    assert len({picture for picture, _ in seen}) == len(seen)
    assert all(re.search(r"\d", words) for _, words in seen)
    for width in WIDTHS:
        page.resize(width)
        time.sleep(1)
        assert browser.execute_script(INSIDE) == []
        browser.save_screenshot(str(tmp_path / f"spread_{width}.png"))


def _widths(browser: Any) -> list[int]:
    found: list[int] = browser.execute_script("return [...document.images].map(i => i.naturalWidth)")
    return found


@pytest.mark.parametrize("address", ["en"], indirect=True)
def test_to_the_end_with_a_second_scenario_beside_within_a_gigabyte(
    address: tuple[str, psutil.Process], browser: Any
) -> None:
    page = Page(browser, address[0])
    page.click(page.all(".okoshi-controls input")[0])
    page.until(lambda: len(page.all(ITEMS)) > 5)
    page.click(page.all(ITEMS)[1])
    page.until(lambda: len(page.all("[data-part] thead th")) == 4)
    page.press(2)
    page.until(lambda: page.month == "2035-03")
    expected = _numbers_of({}, 26 * 12)
    page.until(lambda: page.numbers() == expected)  # the table may be replaced while it is read
    assert address[1].memory_info().rss < 1e9
