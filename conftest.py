"""Which runs of the tests are shared out among processes, a file at a time: those of the whole tree."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent


def pytest_xdist_auto_num_workers(config):
    """No workers for chosen tests, which would only wait for them to start; else (None) as many as xdist takes, one a core."""
    chosen = config.args_source is config.ArgsSource.ARGS and {Path(name).resolve() for name in config.args} - {
        ROOT,
        ROOT / "tests",
    }
    how = config.option
    return 0 if chosen or how.keyword or how.markexpr or how.lf or how.failedfirst or how.capture == "no" else None
