"""Runs the small sweep of these tests in a process of its own, and prints a line a part, for a test to wait for."""

import argparse
import os
import resource
import signal
import sys

from experiments.lab.campaign import Progress
from experiments.lab.ends import Halted, RunsFailed, Stopped
from experiments.lab.run import run_scenarios
from experiments.lab.sweep import Keep, Sweep
from incentives.order import Order

SMALL = {"n_factories": 6, "n_trusts": 3, "horizon": 24}


def good_sweep() -> Sweep:
    """40 runs of some 20 ms."""
    return Sweep(
        "good", fixed={**SMALL, "metric": "count", "target_from": 6}, grid={"pride": [0.0, 0.1, 0.3, 1.0]}, seeds=10,
        keep=Keep(years=True, factories=(11,)),
    )  # fmt: skip


def bad_sweep() -> Sweep:
    """The same with policies among them that raise and that kill their worker."""
    policies = {"good": "measure_only", "raises": raises, "fine": "reactive", "kills": kills}
    return Sweep("bad", fixed=SMALL, scenarios={name: {"policy": policy} for name, policy in policies.items()}, seeds=3)


def patient_sweep() -> Sweep:
    """Runs that never end while HANG is set in the environment, after some that do."""
    return Sweep("patient", fixed=SMALL, scenarios={"ends": {"policy": "measure_only"}, "waits": {"policy": waits}}, seeds=3)


def waits(reports, complaints, month):
    if month == 7 and os.environ.get("HANG"):
        signal.pause()
    return Order()


def raises(reports, complaints, month):
    if month == 7:
        raise ZeroDivisionError("the planner divided by zero")
    return Order()


def kills(reports, complaints, month):
    if month == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return Order()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dask")
    parser.add_argument("--sweep", choices=["good", "bad", "patient"], default="good")
    parser.add_argument("--largest-file", type=int)
    given = parser.parse_args()
    if given.largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.largest_file, resource.RLIM_INFINITY))
    sweep = {"good": good_sweep, "bad": bad_sweep, "patient": patient_sweep}[given.sweep]()
    try:
        store = run_scenarios(
            sweep, executor=given.dask or given.workers, store=given.out, progress=tell, note=remark, batch_seconds=0.05
        )
    except (Stopped, Halted, RunsFailed, ValueError) as end:
        raise SystemExit(f"{type(end).__name__}: {end}") from None
    print(store.status(), flush=True)


def tell(progress: Progress) -> None:
    print(f"{progress.done} done, {progress.failed} failed", flush=True)


def remark(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
