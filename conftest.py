"""What pytest leaves out where an extra is not installed, which runs are shared out among processes, and what is new in a dict."""

import os
from collections.abc import Container
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is slow, and fails no test by it
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent
LEARN = find_spec("gymnasium") and find_spec("pettingzoo")
collect_ignore = [] if LEARN else ["model/learning/envs.py", "model/learning/parallel.py"]  # their doctests


def pytest_xdist_auto_num_workers(config):
    """No workers for chosen tests, which would only wait for them to start; else (None) as many as xdist takes, one a core."""
    whole = {ROOT, ROOT / "tests"}
    chosen = config.args_source is config.ArgsSource.ARGS and not whole.issuperset(Path(arg).resolve() for arg in config.args)
    how = config.option
    return 0 if chosen or how.keyword or how.markexpr or how.lf or how.failedfirst or how.capture == "no" else None


@pytest.fixture(scope="session")
def told_if_new():
    """A function (name, known) that skips a test of an entry of METRICS, BONUSES or POLICIES that the test knows nothing of yet."""

    def tell(name: str, known: Container[str]) -> None:
        if name not in known:
            test = os.environ["PYTEST_CURRENT_TEST"].partition("[")[0]
            pytest.skip(f"{name}: is new, and {test} has no line for it yet")

    return tell
