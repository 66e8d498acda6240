"""What a month costs: time and memory for every size of economy, beside the same model in plain Mesa.

    uv run python benchmarks/month.py            # 60, 10,000 and 1,000,000 factories: a minute or two, 2 GB
    uv run python benchmarks/month.py --small    # a few seconds
    uv run python benchmarks/month.py --blocks   # which block size, and do threads pay?

Months are months under a target, after a year of others. The two models take turns, and the best stretch of each counts,
so that what else the machine does hits both. Ours works out its records some months at a time, and is timed over as many. It
measures; it never fails for being slow.
"""

import gc
import os
import platform
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.plain_mesa import PlainEconomy
from model.economy import NailEconomy
from model.records import months_together

SIZES, SMALL_SIZES = (60, 10_000, 1_000_000), (60, 2_000)
MOST_PLAIN = 10_000  # factories; beyond, plain Mesa is taken to cost as much a factory as here
SCHEDULE, WARM_UP = {6: "count"}, 13  # months until targets, and until all is on file that ever will be
BLOCKS, THREADS = (256, 512, 1_024, 2_048, 4_096, 8_192, 16_384), (1, 2)
WORTH_A_THREAD = 1.4  # times faster that a second thread must make a month of a million

console = Console(markup=False)


class Cost(NamedTuple):
    """What a month costs at one size."""

    n: int
    ours_s: float  # a month
    plain_s: float  # a factory-month
    bytes_each: float

    @property
    def ratio(self) -> float:
        """How many times a plain month ours is worth."""
        return self.plain_s * self.n / self.ours_s


def main(
    small: Annotated[bool, typer.Option("--small", help="Small sizes only: a few seconds.")] = False,
    blocks: Annotated[bool, typer.Option("--blocks", help="Compare block sizes and threads instead.")] = False,
    factories: Annotated[
        int | None, typer.Option(min=1, max=10_000_000, help="Measure this many factories only.", show_default=False)
    ] = None,
) -> None:
    """Measure what a month costs: ours, and the same model in plain Mesa."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    console.print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores{load}")
    if blocks:
        compare_blocks(factories or (20_000 if small else 1_000_000))
        return
    default_run, help_time = best_of(5, lambda: NailEconomy(rng=7).run()), time_of_help()
    costs = []
    for n in (factories,) if factories else SMALL_SIZES if small else SIZES:
        with console.status(f"{n:,} factories"):
            costs.append(cost_of_a_month(n))
    print_costs(costs)
    print_targets(costs, default_run, help_time)


def cost_of_a_month(n: int) -> Cost:
    """Months of both models in turn, the best stretch of each; memory from a build of its own."""
    held = bytes_held(n)
    m = min(n, MOST_PLAIN)
    ours = NailEconomy(n_factories=n, schedule=SCHEDULE, horizon=1_000_000, rng=7)
    plain = PlainEconomy(n_factories=m, schedule=SCHEDULE, rng=7)
    for economy in (ours, plain):
        some_months(economy, WARM_UP)
    gc.collect()
    gc.freeze()  # or plain's allocations would have the collector walk over our agents too
    ours_s = plain_s = np.inf
    rounds, plain_months = (8, 30) if n < 1_000 else (6, 1)  # at 60 a stretch of both takes some 50 ms
    stretches = 1 if n < 1_000 or n >= 100_000 else 5  # the first finds its caches full of plain's objects
    for _ in range(rounds):
        if n < 1_000:
            some_months(ours, WARM_UP)
        ours_s = min(ours_s, best_of(stretches, partial(some_months, ours, months_together(n))) / months_together(n))
        if n < 1_000:  # begun anew, for of a tack, which holds nothing, it works out less than of a nail
            plain = PlainEconomy(n_factories=m, schedule=SCHEDULE, rng=7)
            some_months(plain, WARM_UP)
        plain_s = min(plain_s, best_of(1, partial(some_months, plain, plain_months)) / plain_months)
    gc.unfreeze()
    return Cost(n, ours_s, plain_s / m, held / n)


def bytes_held(n: int) -> float:
    """Bytes that an economy of n factories holds once it is warm, Mesa's agents included, by tracemalloc."""
    tracemalloc.start()
    economy = NailEconomy(n_factories=n, schedule=SCHEDULE, rng=7)
    some_months(economy, WARM_UP)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held


def some_months(economy: NailEconomy | PlainEconomy, months: int) -> None:
    """Simulate some months."""
    for _ in range(months):
        economy.step()


def best_of(times: int, work: Callable[[], Any]) -> float:
    """Seconds that `work` takes, the best of some times."""
    best = np.inf
    for _ in range(times):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return best


def time_of_help() -> float | None:
    """Seconds from `nailworks --help` to its end; None if the command is not installed or does not work."""
    command = Path(sys.executable).with_name("nailworks")

    def ask() -> int:
        return subprocess.run([command, "--help"], capture_output=True, check=False).returncode

    return best_of(3, ask) if command.exists() and ask() == 0 else None


def compare_blocks(n: int) -> None:
    """Print the time of a month for every block size and number of threads, all taking turns on one economy."""
    seconds = {(rows, threads): np.inf for rows in BLOCKS for threads in THREADS}
    with console.status(f"{n:,} factories, {len(BLOCKS)} block sizes"):
        economy = NailEconomy(n_factories=n, schedule=SCHEDULE, horizon=1_000_000, rng=7)
        some_months(economy, WARM_UP)
        for _ in range(3):
            for rows, threads in seconds:
                economy.industry.block_rows, economy.industry.threads = rows, threads
                seconds[rows, threads] = min(seconds[rows, threads], best_of(1, economy.step))
    table = Table(title=f"A month of {n:,} factories [ns per factory]")
    for heading in ("rows a block", *(f"{threads} thread{'s' * (threads > 1)}" for threads in THREADS), "gain"):
        table.add_column(heading, justify="right")
    for rows in BLOCKS:
        one, two = (seconds[rows, threads] for threads in THREADS)
        table.add_row(f"{rows:,}", f"{one / n * 1e9:,.0f}", f"{two / n * 1e9:,.0f}", f"{one / two:.2f}")
    console.print(table)
    one, two = (min(BLOCKS, key=lambda rows: seconds[rows, threads]) for threads in THREADS)
    gain = seconds[one, 1] / seconds[two, 2]
    console.print(
        f"Best: {one:,} rows on one thread, {two:,} on two, {gain:.2f} times faster: "
        f"threads {'pay' if gain >= WORTH_A_THREAD else 'do not pay'} (they must gain {WORTH_A_THREAD} times)."
    )


def print_costs(costs: list[Cost]) -> None:
    table = Table(title="A month under a target", caption="Bytes by tracemalloc, Mesa's agents included.")
    for heading in ("factories", "month [s]", "each [ns]", "plain Mesa [ns]", "times faster", "bytes each"):
        table.add_column(heading, justify="right")
    for cost in costs:
        plain = f"{cost.plain_s * 1e9:,.0f}" + ("*" if cost.n > MOST_PLAIN else "")
        ours = f"{cost.ours_s / cost.n * 1e9:,.0f}"
        table.add_row(f"{cost.n:,}", f"{cost.ours_s:.4f}", ours, plain, f"{cost.ratio:.1f}", f"{cost.bytes_each:,.0f}")
    console.print(table)
    if any(cost.n > MOST_PLAIN for cost in costs):
        console.print(f"* measured on {MOST_PLAIN:,} factories, in turn with ours")


def print_targets(costs: list[Cost], default_run: float, help_time: float | None) -> None:
    table = Table(title="Targets, for two cores")
    for heading, justify in (("what", "left"), ("measured", "right"), ("target", "right"), ("", "left")):
        table.add_column(heading, justify=justify)  # pyright: ignore[reportArgumentType]

    def row(what: str, measured: str, target: str, reached: bool) -> None:
        table.add_row(what, measured, target, "reached" if reached else "not reached")

    for cost in costs:
        least = 8 if cost.n < MOST_PLAIN else 40
        if cost.n == 60 or cost.n >= MOST_PLAIN:
            row(f"times plain Mesa, {cost.n:,}", f"{cost.ratio:.1f}", f">= {least}", cost.ratio >= least)
        if cost.n == 1_000_000:
            row("a month of a million [s]", f"{cost.ours_s:.2f}", "<= 1.2", cost.ours_s <= 1.2)
    row("a default run [ms]", f"{default_run * 1e3:.0f}", "<= 150", default_run <= 0.150)
    if help_time is None:
        table.add_row("nailworks --help [s]", "does not run", "<= 0.5", "not reached")
    else:
        row("nailworks --help [s]", f"{help_time:.2f}", "<= 0.5", help_time <= 0.5)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
