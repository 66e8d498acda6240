"""Serving one of our pages to this computer's own browser, and to nobody else."""

import os
import socket
import sys
import threading
import warnings
import webbrowser
from contextlib import suppress

HOST = "127.0.0.1"
FIRST_PORT = 8765
PORTS_TRIED = 100
LAST_PORT = 65535


def serve(module: str, title: str, port: int | None = None, open_browser: bool = True) -> None:
    """Serve the Solara page `Page` of a module on loopback until Ctrl-C.

    `port` None takes 8765 or, where that is taken, the next free one. Exits with a line, status 1, if the port asked for
    cannot be had.
    """
    chosen = _choose(port)
    address = f"http://{HOST}:{chosen}"
    # Solara reads its settings when it is first imported.
    os.environ.update(
        SOLARA_APP=f"{module}:Page",
        SOLARA_TELEMETRY_MIXPANEL_ENABLE="False",
        SOLARA_THEME_TITLE=title,
        SOLARA_THEME_SHOW_BANNER="False",
        SOLARA_THEME_VARIANT="auto",
        SOLARA_KERNEL_CULL_TIMEOUT="2m",  # how long a page that went away without a word is kept
        SERVER_NAME=HOST,
        SERVER_PORT=str(chosen),
    )
    import uvicorn

    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # right here: the page is in no frame

    config = uvicorn.Config(
        "solara.server.starlette:app",
        host=HOST,
        port=chosen,
        log_level="error",
        access_log=False,
        ws_per_message_deflate=False,  # to loopback it costs more than it saves
        timeout_graceful_shutdown=1,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"{title} is at {address} (Ctrl-C stops it)", flush=True)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with suppress(KeyboardInterrupt):
        Server(config).run()
    print("Stopped.")


def is_free(port: int) -> bool:
    """Whether a port on loopback can be had."""
    with socket.socket() as probe:
        if os.name == "posix":  # as servers do: a port whose last connections are still closing can be had
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def next_free(port: int) -> int | None:
    """The next port after `port` that can be had; None where there is none nearby."""
    return next((p for p in range(port + 1, min(port + PORTS_TRIED, LAST_PORT) + 1) if is_free(p)), None)


def _choose(port: int | None) -> int:
    wanted = FIRST_PORT if port is None else port
    if not 1 <= wanted <= LAST_PORT:
        sys.exit(f"port: got {wanted}; it takes 1 to {LAST_PORT}")
    if is_free(wanted):
        return wanted
    other = next_free(wanted)
    if other is None:
        sys.exit(f"port {wanted} is taken, and so are those after it; name another with --port")
    if port is not None:
        sys.exit(f"port {wanted} is taken; the next free one is {other}: try --port {other}")
    print(f"port {wanted} is taken; taking {other} instead", flush=True)
    return other
