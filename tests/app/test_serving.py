"""Pages are served on a port that is free, and say so in a line when it is not."""

import socket
import subprocess
import sys

import pytest

from app.serving import is_free, next_free


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def serve(port):
    code = f"from app.serving import serve; serve('app.solaraviz', 'Nailworks', {port}, open_browser=False)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_a_taken_port_says_so_in_a_line_and_offers_the_next_free_one(taken):
    failed = serve(taken)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr == f"port {taken} is taken; the next free one is {next_free(taken)}: try --port {next_free(taken)}\n"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_impossible_port_says_what_would_do(port):
    failed = serve(port)
    assert failed.returncode == 1
    assert failed.stderr == f"port: got {port}; it takes 1 to 65535\n"


def test_the_next_free_port_is_free(taken):
    assert not is_free(taken)
    offered = next_free(taken)
    assert offered is not None
    assert offered > taken
    assert is_free(offered)
