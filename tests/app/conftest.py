"""A real browser on a real server: Debian's chromium, and our pages in a process of their own on a free loopback port."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
LOCAL_SCHEMES = {"data", "blob"}


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session", autouse=True)
def artifacts():
    """The folder for screenshots: $NAILWORKS_ARTIFACTS, or nowhere."""
    folder = os.environ.get("NAILWORKS_ARTIFACTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return folder and Path(folder)


@pytest.fixture(scope="session")
def free_port():
    """A function that names a free port."""

    def find():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def servers():
    """The servers that run, by address; all are stopped at the end."""
    servers = {}
    yield servers
    for server in servers.values():
        server.terminate()
    for server in servers.values():
        _end(server)


@pytest.fixture(scope="session")
def start(servers, free_port):
    """A function that serves the page of a module, on a free port unless told, and returns its address."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (on Debian: apt-get install chromium)")

    def start(module, port=None, **environment):
        command = [sys.executable, "-c", f"from {module} import main; main({port or free_port()}, open_browser=False)"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        assert server.stdout
        line = server.stdout.readline()  # is printed once the port is open; empty if the server died
        address = next((word for word in line.split() if word.startswith("http://127.0.0.1:")), f"{module} {server.pid}")
        servers[address] = server
        assert address.startswith("http"), f"{module} did not start: {line!r}"
        return address

    return start


@pytest.fixture(scope="session")
def stop(servers):
    """A function that stops the server at an address."""

    def stop(address):
        server = servers.pop(address)
        server.terminate()
        _end(server)

    return stop


def _end(server):
    with server:
        server.communicate(timeout=20)


@pytest.fixture
def watched(request):
    """The browser's page; the test fails on a page error, an HTTP status of 400 or more, or a request off loopback."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (on Debian: apt-get install chromium)")
    page = request.getfixturevalue("page")
    problems = []

    def look_at(sent):
        address = urlsplit(sent.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname != "127.0.0.1":
            problems.append(f"request off loopback: {sent.url}")

    page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    page.on("request", look_at)
    page.on("websocket", look_at)
    page.on("response", lambda got: got.status >= 400 and problems.append(f"status {got.status}: {got.url}"))
    page.set_default_timeout(20_000)
    yield page
    assert not problems, "\n".join(problems)


@pytest.fixture
def screenshot(watched, artifacts):
    """A function that keeps a screenshot under a name, where there is a folder for it."""

    def keep(name):
        if artifacts:
            watched.screenshot(path=artifacts / f"{name}.png")

    return keep
