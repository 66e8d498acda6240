"""A run as a moving picture: the nails of its factories above, what the planner sees and what is so below."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from PIL import Image

from analysis.figures import COLOURS, GREY, INK, STEEL, STYLE, USEFULNESS, grams, outline
from app.drawing.yard import SCALES_MM, shown, some
from app.replay import Replay, series

SIZE_PX, DPI = (640, 400), 100
MOST_FRAMES, MOST_NAILS = 64, 12
FRAME_MS, LAST_MS = 120, 2_500
LOOK: Any = {**STYLE, "font.size": 9}
SHADES = 256  # colours of the GIF


def film(replay: Replay) -> Iterator[tuple[float, Any]]:
    """The months so far, picture by picture: the share that is drawn, and the picture, shape (height, width, 3), as bytes.

    There are `MOST_FRAMES` at most; the run may go on meanwhile.

    >>> replay = Replay(parameters={"n_factories": 3, "horizon": 5})
    >>> replay.advance(2)
    >>> [(round(done, 2), picture.shape) for done, picture in film(replay)]
    [(0.33, (400, 640, 3)), (0.67, (400, 640, 3)), (1.0, (400, 640, 3))]
    """
    months = np.unique(np.linspace(0, replay.month, MOST_FRAMES).round().astype(int)).tolist()
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI), dpi=DPI, facecolor="white")
        canvas, stage = FigureCanvasAgg(figure), _Stage(figure, replay)
    for k, month in enumerate(months):
        with mpl.rc_context(LOOK):
            stage.show(month)
            canvas.draw()
        yield (k + 1) / len(months), np.asarray(canvas.buffer_rgba())[..., :3].copy()


def gif(pictures: Sequence[Any], *, frame_ms: int = FRAME_MS) -> bytes:
    """Pictures, each (height, width, 3), as an animated GIF that goes round and round, the last for longer."""
    pictures = [np.asarray(picture) for picture in pictures]
    some = np.vstack(pictures[:: max(1, len(pictures) // 6)])
    palette = Image.fromarray(some).quantize(SHADES)  # one for all
    frames = [Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    file = io.BytesIO()
    durations = [frame_ms] * (len(frames) - 1) + [LAST_MS]
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
    return file.getvalue()


class _Stage:
    """The picture whose parts move."""

    def __init__(self, figure: Figure, replay: Replay):
        self.replay = replay
        self.boards = replay.economy.construction.board_mm[replay.economy.industry.trust]
        self.title = figure.text(0.02, 0.965, "", fontsize=13, weight="bold", va="top")
        self.under = figure.text(0.02, 0.90, "", fontsize=9, color=GREY, va="top")
        self.yard = figure.add_axes((0.02, 0.43, 0.96, 0.41))
        self.yard.set_axis_off()
        self.nails = PolyCollection([], facecolors=STEEL, edgecolors=STEEL, linewidths=0.6)
        self.yard.add_collection(self.nails)
        self.ruler = self.yard.plot([], [], color=INK, lw=1)[0]
        self.led = self.yard.text(0, 0, "", fontsize=8, weight="bold", ha="center", va="bottom")
        self.scale = self.yard.text(0, 0, "", fontsize=8, va="top")
        self.chart = figure.add_axes((0.085, 0.09, 0.875, 0.25))
        self.chart.set(xlim=(0, replay.horizon), ylim=(0, 1), xlabel="month")
        self.chart.xaxis.set_label_coords(1.0, -0.09)
        self.chart.set_yticks([0, 0.5, 1])
        self.chart.yaxis.set_major_formatter(PercentFormatter(1))
        self.chart.set_title(
            "Usefulness: share of the building programme that holds", loc="left", fontsize=9.5, color=USEFULNESS
        )
        self.useful = series(replay, "usefulness")
        self.targets = replay.economy.records.columns["target"]
        self.line = self.chart.plot([], [], color=USEFULNESS, lw=2.2)[0]
        self.dot = self.chart.plot([], [], "o", color=USEFULNESS, ms=5, clip_on=False)[0]
        self.shaded = 0

    def show(self, month: int) -> None:
        """Move everything to how it stood after some months."""
        target = self.targets[month - 1] if month else "none"
        paid = "nothing paid" if target == "none" else f"paid by {target.replace('_', ' ')}"
        self.title.set_text(f"Month {month}: {paid}")
        self.title.set_color(COLOURS.get(target, INK))
        self._nails(month)
        for k in range(self.shaded, month):  # month by month, as they come
            if k == 0 or self.targets[k] != self.targets[k - 1]:
                seen = 0 if self.targets[k] == "none" else 0.12
                self.period = self.chart.axvspan(k, k, color=COLOURS.get(self.targets[k], GREY), alpha=seen, lw=0)
            self.period.set_width(k + 1 - self.period.get_x())
        self.shaded = month
        self.line.set_data(np.arange(month) + 0.5, self.useful[:month])
        self.dot.set_data([month - 0.5] if month else [], self.useful[month - 1 : month] if month else [])

    def _nails(self, month: int) -> None:
        moment = self.replay.at(month)
        led = self.replay.led_factory
        order = some(shown(moment.plan, self.boards, led)[0], MOST_NAILS, led)
        length, diameter, finish = moment.plan[:3, order]
        mass_g = float(np.median(moment.row["median_mass_g"])) if month else float("nan")
        told = (
            "" if not month else f"median nail {grams(mass_g)} · {moment.row['usefulness']:.0%} of the building programme holds"
        )
        if month and led is not None:
            pay, use = self.replay.rewards[month]
            told += f" · led: pay {pay:.2f}, use {use:.2f}"
        self.under.set_text(told)
        full = next(step for step in SCALES_MM if length.max() <= step)
        inches = self.yard.get_position().width * SIZE_PX[0], self.yard.get_position().height * SIZE_PX[1]
        wide = full * 1.12 * inches[0] / inches[1]  # one scale both ways
        self.yard.set(xlim=(0, wide), ylim=(-full * 1.04, full * 0.08))
        x = wide * (np.arange(len(order)) + 1.2) / (len(order) + 0.7)
        if led is not None:
            self.led.set_position((float(x[order.tolist().index(led)]), full * 0.025))
            self.led.set_text("led")
        self.nails.set_verts([self._hung(*nail) for nail in zip(x, length, diameter, finish, strict=True)])
        step = full * 0.4 // 10 * 10
        self.ruler.set_data([0.012 * wide] * 2, [0, -step])
        self.scale.set_position((0.012 * wide, -step - 0.02 * full))
        self.scale.set_text(f"{step:.0f} mm")

    @staticmethod
    def _hung(x: Any, length: Any, diameter: Any, finish: Any) -> Any:
        """A nail whose head is at height 0."""
        return outline(x, length, diameter, finish) - [0, length]
