"""A headless Chromium for tests, controlled through WebDriver (W3C) with the standard library."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage --proxy-server=127.0.0.1:9"
).split()
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ENTER, ESCAPE, RIGHT, DOWN = "\ue007", "\ue00c", "\ue014", "\ue015"


def missing_programs() -> str:
    """The programs that are missing to control a browser, and how to install them; empty if there are none."""
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(missing)} not on PATH (Debian: apt install chromium chromium-driver)" if missing else ""


class Browser:
    """A Chromium with a new profile in `folder` and without a network; downloads are saved in `folder`/saved."""

    def __init__(self, folder: Path, *, dark: bool = False, webgl: bool = True) -> None:
        self.saved = folder / "saved"
        self.saved.mkdir()
        self._folder = folder
        self._flags = [*_FLAGS, f"--user-data-dir={folder / 'profile'}"]
        if dark:
            self._flags.append("--blink-settings=preferredColorScheme=0")
        if not webgl:
            self._flags += ["--disable-3d-apis"]

    def __enter__(self) -> Self:
        log = (self._folder / "chromedriver.log").open("wb")
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=log)
        log.close()
        assert self._driver.stdout is not None
        port = ""
        for line in self._driver.stdout:
            if b"started successfully on port" in line:
                port = line.split()[-1].decode().rstrip(".")
                break
        self._url = f"http://127.0.0.1:{port}"
        options = {
            "args": self._flags,
            "prefs": {"download.default_directory": str(self.saved), "download.prompt_for_download": False},
            "perfLoggingPrefs": {"enableNetwork": True},
        }
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._url += f"/session/{session['sessionId']}"
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(AssertionError, URLError):
            self._call("DELETE", "", None)
        self._driver.terminate()
        self._driver.wait(10)
        if self._driver.stdout is not None:
            self._driver.stdout.close()

    def _call(self, method: str, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self._url + path,
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        # the browser runs on this machine, so a proxy of the environment must not be used
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                return json.load(response)["value"]
        except HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from None

    def open(self, file: Path) -> None:
        self._page = file.as_uri()
        self._call("POST", "/url", {"url": self._page})

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page in pixels; a narrow page is that of a phone."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def devtools(self, command: str, **params: object) -> Any:
        """The result of a command of the DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def run(self, script: str, *values: object) -> Any:
        """The value that a script returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(values)})

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def enter_frame(self, selector: str) -> None:
        """All later commands refer to the page in this frame."""
        self._call("POST", "/frame", {"id": {_ELEMENT: self._find(selector)}})

    def click(self, selector: str) -> None:
        self._call("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, keys: str) -> None:
        self._call("POST", f"/element/{self._find(selector)}/value", {"text": keys})

    def _find(self, selector: str) -> str:
        return str(self._call("POST", "/element", {"using": "css selector", "value": selector})[_ELEMENT])

    def move_mouse(self, x: float, y: float, *, click: bool = False, kind: str = "mouseMoved") -> None:
        """Move the pointer to a point of the window in pixels; `click` presses and releases the left button there."""
        self.devtools("Input.dispatchMouseEvent", type=kind, x=x, y=y)
        if click:
            for press in ("mousePressed", "mouseReleased"):
                self.devtools("Input.dispatchMouseEvent", type=press, x=x, y=y, button="left", clickCount=1)

    def wait(self, condition: Callable[[], object], message: str) -> None:
        """Wait at most five seconds until the condition is true. Otherwise fails with the message."""
        end = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < end, message
            time.sleep(0.02)

    def save_screenshot(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._call("GET", "/screenshot", None)))

    def console_messages(self) -> list[str]:
        """The messages on the console since the last call."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """The URLs that the page requested since the last call, except its own and those of embedded data (data:)."""
        events = [
            json.loads(entry["message"])["message"] for entry in self._call("POST", "/se/log", {"type": "performance"})
        ]
        requests = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        urls = [request["request"]["url"] for request in requests if request["documentURL"] == self._page]
        return [url for url in urls if url != self._page and not url.startswith("data:")]
