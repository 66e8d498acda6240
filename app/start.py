"""Where `nailworks` starts: Ctrl-C is one line, even while the command line is still being read."""

import sys


def main() -> None:
    """Entry point of `nailworks`."""
    try:
        from app.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        print("stopped before anything was run", file=sys.stderr)
        sys.exit(130)
