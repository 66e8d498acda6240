"""The economy in Mesa's own SolaraViz: `uv run nailworks app --solaraviz`, or `uv run solara run app/solaraviz.py`."""

# pyright: reportPrivateImportUsage=false
# (Solara hands on reacton's component and hooks without saying so in its types.)

import time
from itertools import pairwise
from typing import Any

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from analysis.figures import METRIC, USEFULNESS, WEIGHT
from app.serving import serve
from incentives.metrics import METRICS
from model.economy import NailEconomy
from model.parameters import Parameters

STORY = "count, then weight"  # the default schedule
NOTHING = "none"
CHOICES = [STORY, NOTHING, *METRICS]
FIRST_SEED = 7
# SolaraViz steps in a thread that races the renderer; drawing takes it some 100 ms, and below that it loses.
PLAY_INTERVAL_MS = 200
GREY = "#767676"


class EconomyOnShow(NailEconomy):
    """The economy with the controls of the page as its arguments, and never faster than it can be drawn.

    SolaraViz builds it anew at every Reset and has no place for an error, so a seed that will not do is replaced, and
    `note` says so; it is empty where all is well.
    """

    def __init__(self, *, metric: str = STORY, bonus_strength: float = 0.5, rng: int | str = FIRST_SEED):
        seed, self.note = read_seed(rng)
        paid: dict[str, Any] = (
            {} if metric == STORY else {"policy": "measure_only"} if metric == NOTHING else {"metric": metric}
        )
        super().__init__(bonus_strength=bonus_strength, rng=seed, **paid)
        self.shown_at = 0.0

    def step(self) -> None:
        """Simulate a month, once the last one has had its time on the screen."""
        time.sleep(max(0.0, self.shown_at + PLAY_INTERVAL_MS / 1000 - time.monotonic()))
        super().step()
        self.shown_at = time.monotonic()


def read_seed(text: int | str) -> tuple[int, str]:
    """A seed from what was typed, and a line of complaint if it is none.

    >>> read_seed(" 12 ")
    (12, '')
    >>> read_seed("twelve")
    (7, "seed: got 'twelve'; it takes a whole number from 0. Seed 7 is used instead.")
    """
    typed = str(text).strip()
    if typed.isdecimal() and len(typed) <= 100:
        return int(typed), ""
    shown = typed if len(typed) <= 40 else typed[:40] + "…"
    return FIRST_SEED, f"seed: got {shown!r}; it takes a whole number from 0. Seed {FIRST_SEED} is used instead."


def usefulness_figure(months: Any, horizon: int) -> Figure:
    """Usefulness and fulfilment of the plan over time, with the periods of each target shaded and named.

    `months` is a table with the columns of `model.records.COLUMNS`.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    colours = {"count": METRIC, "weight": WEIGHT}
    changes = months.index[months.target != months.target.shift()].tolist()
    for begin, end in pairwise([*changes, len(months)]):
        target = months.target[begin]
        if target != NOTHING:
            axes.axvspan(begin, end, color=colours.get(target, GREY), alpha=0.13, lw=0)
        axes.text(begin + 1, 1.03, f"target: {target}", fontsize=8, color=colours.get(target, GREY))
    axes.plot(months.month, months.usefulness, color=USEFULNESS, lw=2)
    if len(months):
        axes.annotate(
            f" {months.usefulness.iloc[-1]:.0%}", (months.month.iloc[-1], months.usefulness.iloc[-1]), color=USEFULNESS
        )
    axes.set(xlim=(0, horizon), ylim=(0, 1.1), xlabel="month", ylabel="usefulness: share of the programme that holds")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


@solara.component
def Usefulness(model: EconomyOnShow):
    """Usefulness over time, and the message if a control was set to something that will not do."""
    update_counter.get()
    months = model.months
    if model.note:
        solara.Error(model.note)
    figure = usefulness_figure(months, model.parameters.horizon)
    target = months.target.iloc[-1] if len(months) else NOTHING
    with solara.Div(
        attributes={"data-month": str(len(months)), "data-target": target, "role": "img", "aria-label": "Usefulness"}
    ):
        solara.FigureMatplotlib(figure, dependencies=[id(model), len(months)])
    solara.Text("A changed metric, bonus strength or seed acts on Reset.")


@solara.component
def Page():
    """SolaraViz of the economy."""
    model = solara.use_memo(EconomyOnShow, [])  # one for each visitor
    SolaraViz(
        model,
        components=[(Usefulness, 0)],  # pyright: ignore[reportArgumentType]  (Mesa declares another type than it takes)
        model_params={
            "metric": {"type": "Select", "value": STORY, "values": CHOICES, "label": "Metric that is the target"},
            "bonus_strength": {
                "type": "SliderFloat",
                "value": Parameters.model_fields["bonus_strength"].default,
                "min": 0.0,
                "max": 2.0,
                "step": 0.05,
                "label": "Bonus strength",
            },
            "rng": {"type": "InputText", "value": str(FIRST_SEED), "label": "Seed"},
        },
        play_interval=PLAY_INTERVAL_MS,
        name="Nailworks",
    )


def main(port: int | None = None, open_browser: bool = True) -> None:
    """Serve the page on loopback until Ctrl-C."""
    serve("app.solaraviz", "Nailworks", port, open_browser)


if __name__ == "__main__":
    main()
