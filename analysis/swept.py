"""What a sweep found: an outcome against the parameters that vary, with the words that go below it."""

from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import curve, end_labels, usefulness_axis

STYLE: Any = FIGURE_STYLE
MOST_LINES, MOST = 5, 24  # lines, and their points, or rows, that can still be read; what has more is drawn as dots
BINS = 8  # of the range of a parameter that has more values than these
DRAWN = 1000  # dots more than these are drawn as pixels
FEW_SEEDS = 10  # below which the middle 80 % are nearly all there are
WIDE = 10  # inches
DASHES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)))
COLOURS = {"usefulness": USEFULNESS, "hidden_reward": USEFULNESS, "observed_reward": METRIC}


def medians(runs: pd.DataFrame, varied: list[str], outcome: str) -> pd.DataFrame:
    """One row a cell, in their order: the median over seeds of an outcome, and the middle 80 % of them.

    `runs` has a row a `cell` and seed. Columns: those of `varied` that tell cells apart, `runs` (that have the outcome), and the
    outcome, itself, _low and _high. What never varies is left out, and what a named scenario settles.

    >>> runs = pd.DataFrame({"cell": [0, 0, 1, 1], "pride": [0.0, 0.0, 0.3, 0.3], "usefulness": [0.1, 0.3, 0.5, 0.7]})
    >>> medians(runs, ["pride"], "usefulness").round(2).to_dict("records")[1]
    {'pride': 0.3, 'runs': 2, 'usefulness': 0.6, 'usefulness_low': 0.52, 'usefulness_high': 0.68}
    """
    known = runs.dropna(subset=[outcome])
    table = known.drop_duplicates("cell").sort_values("cell")[varied].reset_index(drop=True)
    told = [name for name in varied if table[name].nunique(dropna=False) > 1]
    if "scenario" in told:
        scenarios = table.groupby("scenario")
        told = ["scenario", *(name for name in told if scenarios[name].nunique(dropna=False).max() > 1)]
    values = known.groupby("cell")[outcome]
    columns = {"runs": values.size(), outcome: values.median()}
    columns |= {f"{outcome}_low": values.quantile(0.1), f"{outcome}_high": values.quantile(0.9)}
    return table[told].assign(**{name: column.to_numpy() for name, column in columns.items()})


def factors(table: pd.DataFrame) -> list[str]:
    """The parameters that tell the cells of a table of `medians` apart."""
    return list(table.columns[: list(table.columns).index("runs")])


def title(table: pd.DataFrame, outcome: str) -> str:
    """What the figure is of, in a few words."""
    names = [_spoken(name) for name in factors(table)]
    return f"{_spoken(outcome).capitalize()} by {_listed(names) if len(names) < 4 else 'each parameter'}"


def swept(table: pd.DataFrame, outcome: str) -> Figure:
    """An outcome against what varies: `table` is one of `medians`, with one parameter or more.

    Lines against a number, one for each combination of the others; rows, where all are names; and where there are too many of
    them a panel a parameter, with a dot a cell.
    """
    with mpl.rc_context(STYLE):
        names, x = factors(table), _against(table)
        if x:
            figure = Figure(figsize=(WIDE, 4.6), facecolor="white", layout="constrained")
            _lines(figure.subplots(), table, x, outcome)
        elif _in_rows(table):
            labels = [fill(", ".join(_words(row)), 40) for _, row in table[names].iterrows()]
            breaks = (table[names[0]] != table[names[0]].shift()).cumsum() - 1 if len(names) > 1 else 0
            places = np.arange(len(table)) + 0.6 * np.asarray(breaks)
            apart = 0.16 + 0.22 * _tallest(labels)
            figure = Figure(figsize=(WIDE, 1.1 + apart * (places[-1] + 1)), facecolor="white", layout="constrained")
            axes = figure.subplots()
            axes.set_yticks(places, labels)
            _rows(axes, table, places, outcome)
        else:
            across = 2 if len(names) == 4 else min(3, len(names))
            down = -(-len(names) // across)
            figure = Figure(figsize=(WIDE, 0.6 + 2.7 * down), facecolor="white", layout="constrained")
            panels: Any = figure.subplots(down, across, sharey=True, squeeze=False)
            for axes in panels.flat[len(names) :]:
                axes.set_axis_off()
            for axes, name in zip(panels.flat, names, strict=False):
                _points(axes, table, name, outcome)
            _upright(panels[0, 0], outcome)
    return figure


def swept_caption(table: pd.DataFrame, outcome: str) -> str:
    """What the figure of a sweep shows, in words."""
    names, x = [_spoken(name) for name in factors(table)], _against(table)
    what = _spoken(outcome).capitalize()
    if outcome == "usefulness":
        what += ", the share of the building programme that holds, in the last year"
    least, most = int(table["runs"].min()), int(table["runs"].max())
    seeds = f"{most} seed{'s' * (most > 1)}" if least == most else f"{least} to {most} seeds"
    middle = f"medians over {seeds}" if most > 1 else "of one seed"
    if x:
        others = [name for name in names if name != _spoken(x)]
        each = f", a line for each {_listed(others)}" if others else ""
        said = f"{what}, against {_spoken(x)}{each}. Dots are {middle}" + ", bands the middle 80 % of them" * (most > 1)
    elif _in_rows(table):
        said = f"{what}, for each {_listed(names)}. Dots are {middle}" + ", bars the middle 80 % of them" * (most > 1)
    else:
        said = (
            f"{what}, against each parameter that varies, whatever the others are. Each grey dot is a cell"
            f"{f', its median over {seeds}' if most > 1 else ''}; in colour, the median of the cells of a value or, where "
            "there are many, of an eighth of the range"
        )
        return f"{said}."
    return f"{said}{'; with so few seeds they are rough' if 1 < most < FEW_SEEDS else ''}."


def _against(table: pd.DataFrame) -> str | None:
    """The parameter to draw lines against, where that gives few lines that go on: the number with most values."""
    names = factors(table)
    numbers = [name for name in names if _is_number(table[name])]
    if not numbers:
        return None
    x = max(numbers, key=lambda name: table[name].nunique())
    lines = _split(table, [name for name in names if name != x])
    return x if len(lines) <= MOST_LINES and all(1 < line[x].nunique() <= MOST for _, line in lines) else None


def _in_rows(table: pd.DataFrame) -> bool:
    return len(table) <= MOST and not all(_is_number(table[name]) for name in factors(table))


def _split(table: pd.DataFrame, by: list[str]) -> list[tuple[pd.Series, pd.DataFrame]]:
    """The cells alike in `by`, after what is the same in them."""
    groups = table.groupby(by, sort=False, dropna=False) if by else [((), table)]
    return [(group[by].iloc[0], group) for _, group in groups]


def _lines(axes: Axes, table: pd.DataFrame, x: str, outcome: str) -> None:
    others = [name for name in factors(table) if name != x]
    lines = _split(table, others)
    ends = []
    for k, (alike, line) in enumerate(lines):
        colour = _shade(COLOURS.get(outcome, INK), k, len(lines))
        line = line.groupby(x, as_index=False).median(numeric_only=True)  # a drawn whole number can come twice
        curve(axes, line, x, outcome, colour, DASHES[k])
        axes.plot(line[x], line[outcome], "o", color=colour, ms=6)
        ends.append((line[x].iloc[-1], line[outcome].iloc[-1], ",\n".join(fill(word, 24) for word in _words(alike)), colour))
    _upright(axes, outcome)
    _scale(axes, np.unique(table[x]))
    axes.set_xlabel(_spoken(x))
    if others:
        end_labels(axes, ends, apart=0.02 + 0.06 * _tallest([words for _, _, words, _ in ends]))


def _rows(axes: Axes, table: pd.DataFrame, places: np.ndarray, outcome: str) -> None:
    colour = COLOURS.get(outcome, INK)
    axes.hlines(places, table[f"{outcome}_low"], table[f"{outcome}_high"], color=colour, lw=2)
    axes.plot(table[outcome], places, "o", color=colour, ms=7)
    for place in places:
        axes.axhline(place, color=GREY, lw=0.5, alpha=0.3, zorder=0)
    axes.set_ylim(places[-1] + 0.7, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_title(_heading(outcome), loc="left", color=colour, weight="bold", fontsize=13)
    if outcome == "usefulness":
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))


def _points(axes: Axes, table: pd.DataFrame, name: str, outcome: str) -> None:
    colour, values, number = COLOURS.get(outcome, INK), table[name], _is_number(table[name])
    words = values.map(_word)
    kinds = list(dict.fromkeys(words))
    at = values if number else words.map(kinds.index)
    thin = min(1.0, (400 / len(table)) ** 0.5)  # the more dots, the finer
    size, alpha = max(1.5, 4 * thin), 0.1 + 0.3 * thin
    axes.plot(at, table[outcome], "o", color=GREY, ms=size, alpha=alpha, mew=0, rasterized=len(table) > DRAWN)
    few = not number or at.nunique() <= BINS
    alike = pd.DataFrame({"at": at, "outcome": table[outcome]}).groupby(at if few else pd.cut(at, BINS), observed=True)
    axes.plot(alike["at"].mean(), alike["outcome"].median(), "o-" if number else "o", color=colour, lw=2.5, ms=6)
    if not number:
        axes.set_xticks(
            range(len(kinds)), kinds, **({"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if len(kinds) > 3 else {})
        )
        axes.set_xlim(-0.5, len(kinds) - 0.5)
    else:
        axes.locator_params(axis="x", nbins=4)  # or the last would meet the first of the next panel
        if few:
            _scale(axes, np.unique(at))
    axes.set_xlabel(_spoken(name))


def _upright(axes: Axes, outcome: str) -> None:
    if outcome == "usefulness":
        usefulness_axis(axes, _heading(outcome))
    else:
        axes.set_title(_heading(outcome), loc="left", color=COLOURS.get(outcome, INK), weight="bold", fontsize=13)


def _heading(outcome: str) -> str:
    return _spoken(outcome).capitalize() + " in the last year" * (outcome == "usefulness")


def _scale(axes: Axes, values: np.ndarray) -> None:
    """Make the level axis that of logarithms, where values lie more evenly on it."""

    def closest(at: np.ndarray) -> float:
        return np.diff(at).min() / (at[-1] - at[0])

    if values[0] > 0 and closest(np.log(values)) > closest(values):
        axes.set_xscale("log")
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.xaxis.set_minor_locator(NullLocator())


def _shade(colour: str, k: int, n: int) -> Any:
    """The k-th of n shades of a colour, from light to dark; the colour itself, where there is but one."""
    light = np.linspace(0.2, -0.55, n)[k] if n > 1 else 0.0
    rgb = np.array(to_rgb(colour))
    return tuple(rgb + (1 - rgb) * light if light > 0 else rgb * (1 + light))


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and bool(column.notna().all())


def _words(alike: pd.Series) -> list[str]:
    """Values of parameters, each after the parameter's name where it is no name itself."""
    return [_word(value) if isinstance(value, str) else f"{_spoken(name)} {_word(value)}" for name, value in alike.items()]


def _tallest(texts: list[str]) -> int:
    return 1 + max(text.count("\n") for text in texts)


def _word(value: Any) -> str:
    if isinstance(value, str):
        return _spoken(value)
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    return "none" if pd.isna(value) else f"{value:g}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
