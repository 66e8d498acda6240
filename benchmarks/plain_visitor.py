"""A visitor to the workbench without a browser: speaks to the server as the page does, and draws nothing."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Self
from urllib.request import urlopen

from websockets.asyncio.client import ClientConnection, connect

FRAME = re.compile(r'"frame": (\d+)')
FACT = {"month": re.compile(r'"month": (\d+), "last"'), "playing": re.compile(r'"playing": (\w+)')}


class PlainVisitor:
    """One page's half of the talk. It counts the pictures that come, and says at once that each is drawn."""

    def __init__(self, talk: ClientConnection):
        self.talk, self.session = talk, uuid.uuid4().hex
        self.bench = ""  # the number that the server gave to the page
        self.pictures = 0
        self.bytes = 0
        self.seen: dict[str, str] = {}
        self.changed = asyncio.Event()
        self.listening: asyncio.Task[None] | None = None

    @classmethod
    async def come(cls, address: str, query: str = "") -> Self:
        """Open the page at a query, and wait until it is there."""
        with await asyncio.to_thread(urlopen, f"{address}/?{query}") as page:
            cookie = page.headers["set-cookie"].partition(";")[0]
        where = f"{address.replace('http', 'ws', 1)}/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"
        talk = await connect(where, additional_headers={"Cookie": cookie}, max_size=None, compression=None)
        visitor = cls(talk)
        visitor.listening = asyncio.create_task(visitor._listen())
        comm = uuid.uuid4().hex
        await visitor._send("comm_open", {"comm_id": comm, "target_name": "solara.control", "data": {}})
        begin = {"method": "run", "args": {"path": f"/?{query}", "appName": None, "themes": {}, "dark": False}}
        await visitor._send("comm_msg", {"comm_id": comm, "data": begin})
        await visitor._until(lambda: bool(visitor.bench))
        return visitor

    async def leave(self) -> None:
        """Close the page."""
        if self.listening is not None:
            self.listening.cancel()
        await self.talk.close()

    async def act(self, do: str, value: Any = None) -> None:
        """Use a control."""
        await self._event("act", {"do": do, "value": value})

    async def answered(self, do: str, name: str) -> float:
        """Seconds from the use of a control to the message that shows another `name`, "month" or "playing"."""
        before, begun = self.seen[name], time.perf_counter()
        await self.act(do)
        await self._until(lambda: self.seen[name] != before)
        return time.perf_counter() - begun

    async def shown(self, pictures: int) -> None:
        """Wait for so many pictures more."""
        enough = self.pictures + pictures
        await self._until(lambda: self.pictures >= enough)

    async def _until(self, so: Callable[[], bool]) -> None:
        while not so():
            self.changed.clear()
            await self.changed.wait()

    async def _event(self, name: str, data: Any) -> None:
        event = {"method": "custom", "content": {"event": name, "data": data}}
        await self._send("comm_msg", {"comm_id": self.bench, "data": event})

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.session, "username": "", "version": "5.2"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
        await self.talk.send(json.dumps(message))

    async def _listen(self) -> None:
        async for message in self.talk:
            assert isinstance(message, str)
            self.bytes += len(message)
            for name, pattern in FACT.items():
                if found := pattern.search(message):
                    self.seen[name] = found[1]
            if not self.bench and '"desk"' in message:
                self.bench = json.loads(message)["content"]["comm_id"]
            if self.bench and (found := FRAME.search(message)):
                self.pictures += 1
                await self._event("drawn", int(found[1]))
            self.changed.set()
