"""What a browser shows of the viewer."""

from __future__ import annotations

from tests.browser import ENTER, Browser

# a copy is read, because reading changes how the browser draws the page's own canvas
_READ_PIXELS = """
const canvas = document.getElementById(arguments[0]), copy = document.createElement("canvas");
copy.width = canvas.width; copy.height = canvas.height;
const context = copy.getContext("2d", {willReadFrequently: true});
context.drawImage(canvas, 0, 0);
const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
"""


def drawn_pixels(browser: Browser, canvas: str) -> int:
    """How many pixels of a canvas are drawn on."""
    return int(
        browser.run(_READ_PIXELS + "return pixels.filter((value, i) => i % 4 === 3 && value > 40).length", canvas)
    )


def checksum(browser: Browser, canvas: str) -> int:
    """A number that changes with the pixels of a canvas."""
    return int(
        browser.run(
            _READ_PIXELS + "return pixels.reduce((sum, value, i) => (sum * 31 + value + i) % 1000003, 7)", canvas
        )
    )


def stage_box(browser: Browser) -> tuple[float, float, float, float]:
    """Left, top, width and height of the graph in the window."""
    script = "const b = document.getElementById('stage').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]"
    left, top, width, height = browser.run(script)
    return left, top, width, height


def strongest_instance(browser: Browser) -> str:
    """The host in the first row of the table."""
    script = (
        "const button = document.querySelector('#instances-table tbody button'); return button && button.textContent"
    )
    browser.wait(lambda: browser.run(script), "the table is empty")
    return str(browser.run(script))


def select_instance(browser: Browser, host: str) -> None:
    """Find a host by the search field, and select it."""
    browser.type("#find", host + ENTER)
    browser.wait(lambda: browser.text("#info").startswith(host), "the search does not select the instance")


def select_strongest(browser: Browser) -> str:
    host = strongest_instance(browser)
    select_instance(browser, host)
    return host
