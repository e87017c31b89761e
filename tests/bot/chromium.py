"""A real browser for tests: headless Chromium as small as a phone, driven over its debugging protocol."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

PROGRAM = Path("/usr/bin/chromium")
WIDTH, HEIGHT = 360, 740


class Tab:
    """One tab. Scripts of pages are switched off; the test's own questions are still answered."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent = 0
        self.events: list[dict[str, Any]] = []

    async def do(self, method: str, **values: Any) -> dict[str, Any]:
        """Call a method of the protocol and collect the events that arrive meanwhile."""
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": values})
        while True:
            message = await self._socket.receive_json(timeout=30)
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    async def ask(self, question: str) -> Any:
        """The value of an expression in the page."""
        result = (await self.do("Runtime.evaluate", expression=question, returnByValue=True))["result"]
        assert result.get("subtype") != "error", result
        return result.get("value")

    async def until(self, question: str) -> Any:
        """The value of an expression as soon as there is one, across a change of pages."""
        for _ in range(200):
            with suppress(AssertionError):  # the page may go between the question and its answer
                done = await self.do("Runtime.evaluate", expression=question, returnByValue=True)
                if value := done["result"].get("value"):
                    return value
            await asyncio.sleep(0.05)
        raise AssertionError(question)

    async def open(self, address: str) -> None:
        """Go to an address."""
        await self.do("Page.navigate", url=address)
        await self.until(f"location.href == {address!r} && document.readyState == 'complete'")

    async def press(self, selector: str) -> None:
        """Touch the middle of a button, as a thumb does, and wait for the page that follows."""
        await self.ask(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
        place = await self.ask(
            f"(() => {{ const b = document.querySelector({selector!r}).getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2] })()"
        )
        await self.ask("document.documentElement.dataset.old = 'yes'")
        await self.do("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": place[0], "y": place[1]}])
        await self.do("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        await self.until("document.readyState == 'complete' && document.documentElement.dataset.old != 'yes'")


@asynccontextmanager
async def browsing(folder: Path, *, dark: bool = False) -> AsyncIterator[Tab]:
    """A tab in a browser of its own, with its profile in ``folder``."""
    options = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to run as root with it, as in containers
    program = await asyncio.create_subprocess_exec(
        str(PROGRAM), *options, f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with ClientSession() as session:
            port = await _port(folder / "DevToolsActivePort")
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                page = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Network", "Log"):
                    await tab.do(f"{domain}.enable")
                size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 2, "mobile": True}
                await tab.do("Emulation.setDeviceMetricsOverride", **size)
                await tab.do("Emulation.setTouchEmulationEnabled", enabled=True)
                await tab.do("Emulation.setScriptExecutionDisabled", value=True)
                scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
                await tab.do("Emulation.setEmulatedMedia", features=[scheme])
                yield tab
    finally:
        program.terminate()
        await program.wait()


async def _port(file: Path) -> int:
    for _ in range(200):
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.1)
    raise AssertionError("Chromium did not start")
