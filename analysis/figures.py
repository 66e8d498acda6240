"""Figures: pure functions of tables. Colours mean the same everywhere, and lines are labelled directly."""

from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import PercentFormatter

from analysis.phases import MIXED

USEFULNESS, METRIC, WEIGHT, GREY, INK, STEEL = (
    "#D55E00", "#0072B2", "#009E73", "#6b6b6b", "#222222", "#4a4f55",
)  # fmt: skip
COLOURS = {"usefulness": USEFULNESS, "count": METRIC, "weight": WEIGHT}
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "nailworks",  # the same data gives the same bytes
    "svg.fonttype": "path",  # and the same picture where the font is missing
}
YEAR = 12  # months


def parable(line: pd.DataFrame, phases: pd.DataFrame, catalogue_nail: tuple[float, float, float]) -> Figure:
    """The figure of the parable: what became of usefulness, of the two measures, and of the nails.

    `line` and `phases` are tables of `analysis.phases`; `catalogue_nail` is length [mm], diameter [mm] and mass [g].
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 6.75), facecolor="white")
        figure.text(0.022, 0.965, _headline(phases, catalogue_nail[2]), fontsize=26, weight="bold", va="top")
        figure.text(
            0.022, 0.882, "Factories adapt to the measure that is paid for. Usefulness is what the builders get.",
            fontsize=14, color=GREY, va="top",
        )  # fmt: skip
        above = figure.add_axes((0.098, 0.435, 0.475, 0.33))
        below = figure.add_axes((0.098, 0.09, 0.475, 0.23), sharex=above)
        nails = figure.add_axes((0.605, 0.03, 0.388, 0.775))
        _usefulness(above, line, phases)
        _correlations(below, line, phases)
        _nails(nails, phases, catalogue_nail)
    return figure


def svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes for the same data."""
    with mpl.rc_context(STYLE):
        return _saved(figure, format="svg", metadata={"Date": None})


def png(figure: Figure, *, scale: float = 2.0) -> bytes:
    """The figure as PNG of 100 pixels an inch times `scale`."""
    with mpl.rc_context(STYLE):
        return _saved(figure, format="png", dpi=100 * scale, metadata={"Software": None})


def _saved(figure: Figure, **how: Any) -> bytes:
    file = BytesIO()
    figure.savefig(file, **how)
    return file.getvalue()


def _kind(mass_g: float, catalogue_g: float) -> str:
    """What people would call nails of this mass, beside one of the catalogue."""
    if mass_g < catalogue_g / 10:
        return "tacks"
    return "lumps" if mass_g > 10 * catalogue_g else "nails"


def _headline(phases: pd.DataFrame, catalogue_g: float) -> str:
    """What came of each target, in words that follow the numbers."""
    paid = phases[~phases["target"].isin(["none", MIXED])].drop_duplicates("target", keep="last")
    said = [f"Pay for {_name(row.target)}: {_kind(row.median_mass_g, catalogue_g)}." for row in paid.itertuples()]
    return " ".join(said) if 1 <= len(said) <= 2 else "What is paid for, and what it is worth"


def _name(target: str) -> str:
    return target.replace("_", " ")


def _usefulness(ax: Axes, line: pd.DataFrame, phases: pd.DataFrame) -> None:
    heading(ax, "Usefulness: share of the programme that holds", USEFULNESS)
    shade(ax, phases)
    ax.fill_between(line["month"], line["usefulness_low"], line["usefulness_high"], color=USEFULNESS, alpha=0.25, lw=0)
    ax.plot(line["month"], line["usefulness"], color=USEFULNESS, lw=3, solid_capstyle="round")
    for row in name_phases(ax, phases, line).itertuples():
        last = line[line["month"] == row.last_month].iloc[0]
        _mark(ax, (row.last_month, last.usefulness), row.usefulness_end, (-2, 7), "right")
        if row.first_month < row.peak_month < row.last_month:
            _mark(ax, (row.peak_month, row.usefulness_peak), row.usefulness_peak, (7, 7), "left")
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.5, 1])
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.tick_params(labelbottom=False)


def _correlations(ax: Axes, line: pd.DataFrame, phases: pd.DataFrame) -> None:
    heading(ax, "Does a measure rank factories by real use?", INK)
    shade(ax, phases)
    ax.axhline(0, color=GREY, lw=1)
    for measure, other in (("count", "weight"), ("weight", "count")):
        values, target = line[f"correlation_{measure}"], line["target"] == measure
        ax.plot(line["month"], values, color=COLOURS[measure], lw=1.8)
        ax.plot(line["month"], values.where(target), color=COLOURS[measure], lw=4.5)
        first = next((row for row in phases.itertuples() if row.target == measure), None)
        spoken = (
            line[line["month"].between(first.first_month, first.last_month)] if first else line
        )  # named where it is paid for
        words = f"{measure}, as target" if first and len(spoken) > len(line) / 4 else measure
        own, others = f"correlation_{measure}", line[["month", f"correlation_{other}"]].to_numpy()
        month, height, side = _room(spoken[["month", own]].to_numpy(), line[["month", own]].to_numpy(), others, len(words))
        ax.text(month, height, words, ha="center", va=side, color=COLOURS[measure], weight="bold")
    ax.set_ylim(-1, 1)
    ax.set_yticks([-1, 0, 1], ["reversed −1", "no 0", "yes 1"], fontsize=11.5)
    ax.spines["bottom"].set_visible(True)
    month_axis(ax, int(line["month"].max()) + 1)


def _room(own: np.ndarray, whole: np.ndarray, other: np.ndarray, letters: int) -> tuple[float, float, str]:
    """Where words about a correlation touch neither line: their month, height, and which side of them lies there.

    `own`, `whole` and `other` have rows (month, value): the part of the line that is spoken of, all of it, and the other line.
    """
    months = whole[-1, 0] + 1
    half, tall, gap = letters * months / 95, 0.34, 0.09  # of the words: bold letters of 13 points in a panel of 410 by 112
    places = []
    for month, value in own[:: max(1, len(own) // 40)]:
        near, far = (line[np.abs(line[:, 0] - month) <= half, 1] for line in (whole, other))
        for low, side in ((near.max() + gap, "bottom"), (near.min() - gap - tall, "top")):
            cut = max(0.0, -1 - low, low + tall - 1.05) + max(0.0, half - month, month + half - months) / months
            hit = ((far > low - gap) & (far < low + tall + gap)).mean()
            astray = max(0.0, own[0, 0] + half - month, month + half - own[-1, 0]) / months
            crossed = 0.5 * (low < 0 < low + tall)  # the line at 0
            places.append((10 * (hit + cut) + crossed + astray + abs(low + tall / 2 - value), month, low, side))
    _, month, low, side = min(places)
    return month, low if side == "bottom" else low + tall, side


def _nails(ax: Axes, phases: pd.DataFrame, catalogue_nail: tuple[float, float, float]) -> None:
    """Nails stand side by side, all at one scale, with a ruler."""
    drawn = [("catalogue\nnail", *catalogue_nail, 1.0, INK)]
    for row in phases[phases["target"] != MIXED].drop_duplicates("target", keep="last").itertuples():
        name = "no\ntarget" if row.target == "none" else f"target:\n{_name(row.target)}"
        size = (row.median_length_mm, row.median_diameter_mm, row.median_mass_g)
        drawn.append((name, *size, row.mean_finish, COLOURS.get(row.target, GREY)))
    box, (inches_wide, inches_tall) = ax.get_position(), _inches(ax)
    tall = 1.45 * max(length for _, length, *_ in drawn)  # mm from bottom to top
    wide = tall * (box.width * inches_wide) / (box.height * inches_tall)  # one scale both ways
    ax.set_xlim(0, wide)
    ax.set_ylim(-0.22 * tall, 0.78 * tall)
    ax.set_axis_off()
    ax.text(0, 0.775 * tall, "The median nail, all at one scale", fontsize=14, weight="bold", va="top")
    for k, (name, length, diameter, mass_g, finish, colour) in enumerate(drawn):
        x = wide * (k + 0.5) / len(drawn)
        ax.add_patch(Polygon(outline(x, length, diameter, finish), facecolor=STEEL, edgecolor=STEEL, lw=0.4, joinstyle="miter"))
        ax.text(x, -0.02 * tall, name, ha="center", va="top", weight="bold", color=colour, linespacing=1.05)
        size = f"{length:.0f}×{diameter:.2g} mm\n{grams(mass_g)}"
        ax.text(x, -0.11 * tall, size, ha="center", va="top", fontsize=11, color=INK, linespacing=1.2)
    ruler, top = 50.0, 0.66 * tall
    ax.plot([0, 0, 0, ruler, ruler, ruler], top + np.array([-1, 1, 0, 0, 1, -1]) * 0.008 * tall, color=INK, lw=1.2)
    ax.text(ruler + 0.015 * wide, top, "50 mm", va="center", fontsize=11)


def _inches(ax: Axes) -> tuple[float, float]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return tuple(figure.get_size_inches())


def outline(x: float, length: float, diameter: float, finish: float) -> np.ndarray:
    """A nail that stands on its point at (x, 0), shape (points, 2); a raw pin where most are made without head and point."""
    half = diameter / 2
    if finish < 0.5:
        return np.array([(x - half, 0), (x - half, length), (x + half, length), (x + half, 0)])
    point, rim, head = 1.5 * diameter, 2.2 * half, 0.35 * diameter
    left = [(x, 0), (x - half, point), (x - half, length - head), (x - rim, length - head), (x - rim, length)]
    return np.array(left + [(2 * x - a, b) for a, b in reversed(left[1:])])


def grams(mass_g: float) -> str:
    """A mass in words of two digits.

    >>> grams(0.0254), grams(3.88), grams(651.0)
    ('0.025 g', '3.9 g', '650 g')
    """
    return f"{float(f'{mass_g:.2g}'):g} g"


def heading(ax: Axes, text: str, colour: str) -> None:
    """Name a panel, in the colour of what it shows."""
    ax.set_title(text, loc="left", color=colour, fontsize=14, weight="bold", pad=8)


def shade(ax: Axes, phases: pd.DataFrame) -> None:
    """Shade the phases that have a target."""
    for row in phases.itertuples():
        if row.target != "none":
            ax.axvspan(row.first_month, row.last_month + 1, color=COLOURS.get(row.target, GREY), alpha=0.12, lw=0)


def name_phases(ax: Axes, phases: pd.DataFrame, line: pd.DataFrame) -> pd.DataFrame:
    """Write the target of each phase at the top, or at the foot where usefulness is high; return the phases with room for words.

    `line` has a row a `month`, with `usefulness_low` and `usefulness_high`.
    """
    length = phases["last_month"] + 1 - phases["first_month"]
    named = phases[length >= 0.1 * length.sum()]
    for row in named.itertuples():
        middle = (row.first_month + row.last_month + 1) / 2
        name = "no\ntarget" if row.target == "none" else f"target: {_name(row.target)}"
        colour = COLOURS.get(row.target, GREY)
        near = line[(line["month"] - middle).abs() < 0.07 * length.sum()]
        high = near["usefulness_high"].max() > 0.8 and near["usefulness_low"].min() > 0.2
        y, va = (0.03, "bottom") if high else (0.97, "top")
        ax.text(middle, y, name, transform=ax.get_xaxis_transform(), ha="center", va=va, weight="bold", color=colour)
    return named


def month_axis(ax: Axes, months: int) -> None:
    """Ticks a year or two apart over so many months."""
    ax.set_xlim(0, months)
    ax.set_xticks(np.arange(0, months + 1, 2 * YEAR if months > 8 * YEAR else YEAR))
    ax.set_xlabel("month")


def _mark(ax: Axes, at: tuple[float, float], share: float, offset: tuple[float, float], side: str) -> None:
    ax.plot(*at, "o", color=USEFULNESS, ms=7, clip_on=False, zorder=3)
    ax.annotate(f"{share:.0%}", at, offset, textcoords="offset points", ha=side, weight="bold", color=USEFULNESS)


def parable_caption(seeds: int) -> str:
    """What the figure of the parable shows, in words."""
    return (
        "Above: usefulness, the share of the building programme that holds, in numbers at its peaks and in the last year under each "
        "target; below: Spearman's rank correlation over factories, 1 where a measure ranks them as real use does, -1 backwards, "
        "of each measure with real use, each over its norm, thick while the measure is the target. Lines are means over "
        f"{seeds} seeds, the band their middle 80 %; shading shows what was the target. Right: the nail of the median factory "
        "in the last year of each phase (median over seeds), without head and point where most are made so, beside the "
        "catalogue's (GOST 4028-63), all at one scale. A parable, not history; not for structural design."
    )
