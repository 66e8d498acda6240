"""A visit to the workbench: a run, what of it is on show, and what each control of the page does to them."""

import time
from typing import Any

import numpy as np

from agents.policies import POLICIES
from app import story
from app.drawing.plan_map import nearest
from app.replay import Replay
from app.share import address, as_command, as_python, read_address, typed
from incentives.bonus import bonus_name
from incentives.metrics import METRICS, metric_name
from model.economy import DECREES

SPEEDS = {"2": 2.0, "6": 6.0, "12": 12.0, "24": 24.0, "full": float("inf")}  # months a second
FRAME_SECONDS = 0.005  # of simulation between two pictures at full speed
STORY_SPEED = "24"
ADDRESS_SECONDS = 3.0  # between two changes of the address while a run plays: each costs a browser as much as a picture
# What the page can set, at a reset.
SETTINGS = ("policy", "n_factories", "horizon", "pride", "breadth", "imitation", "padding_limit")
RIVAL_SELF = "this run, left alone"
RIVAL_ORDINARY = "this run, nobody led"
# What a visitor leaves for a story or a game, and comes back to.
LEFT = ("replay", "view", "chosen", "rival_name", "rival", "band", "band_done", "speed", "pending", "game")
BETTER_NAMES = {"measure_only": "nothing paid", "schedule": "count, then weight"}  # of policies


class Visit:
    """What one visitor has before them. `act` is all that a page needs; a mistake leaves a line in `message`.

    >>> visit = Visit("seed=3&n_factories=12")
    >>> for action, value in [("step", None), ("metric", "count"), ("step", None)]:
    ...     visit.act(action, value)
    >>> visit.view, visit.moment.target
    (2, 'count')
    """

    def __init__(self, query: str = ""):
        self.message = ""
        self.playing, self.speed, self.again = False, "12", False
        self.drawn = 0  # the last frame that the browser has said it drew
        self.pending: dict[str, str] = {}  # settings that wait for a reset
        self.pointed = False  # whether the pointer is over a picture that has stood still
        self.sharing, self.band_wanted = False, False
        self.filmed: float | None = None  # share of the film that is drawn
        self.step: int | None = None  # of the story, from 0
        self.game: story.Game | None = None
        self.left: list[dict[str, Any]] = []  # the visitor's own run under a story or game; over it, a game under a story
        try:
            replay, months = read_address(query)
            self._show(replay)
            self.replay.advance(months)
        except ValueError as error:
            self._show(Replay())
            self.message = f"{error}. This is the usual run instead."
        self.view = self.replay.month
        self.learned = query if self.replay.led else ""  # what one can come back to
        self._bar = "", (0, True), 0.0  # what the browser's bar has: address, of how many decrees and whose run, since when

    def _show(self, replay: Replay) -> None:
        self.replay, self.view = replay, 0
        self.rival_name, self.rival = "", None
        self.band, self.band_done = None, 0.0
        if replay.watched is not None:
            self.chosen = replay.watched
            return
        boards = replay.economy.construction.board_mm[replay.economy.industry.trust]
        self.chosen = int(np.argsort(boards, kind="stable")[len(boards) // 2])

    @property
    def moment(self) -> Any:
        """The month on show."""
        return self.replay.at(self.view)

    @property
    def told(self) -> bool:
        """Whether each nail has its words: they are for those who stop and point at it; without them an answer is quick."""
        return self.pointed and not self.playing

    @property
    def address(self) -> str:
        """The query string that repeats this run; while a story is told, the one that waits under it."""
        return address(self.replay if self.step is None else self.left[-1]["replay"])

    @property
    def address_for_bar(self) -> str:
        """The address for the browser's bar: while the run plays, one that is `ADDRESS_SECONDS` old at most, with all decrees."""
        _, of, since = self._bar
        now, of_now = time.perf_counter(), (len(self.replay.decrees), self.step is None)
        if not self.playing or of_now != of or now - since > ADDRESS_SECONDS:
            self._bar = (self.address, of_now, now)
        return self._bar[0]

    def act(self, action: str, value: Any = None) -> None:
        """Do what a control asks for: its name, and what it was set to; or "point", at a picture."""
        self.pointed = action == "point"
        if self.pointed:
            return
        self.message = ""
        try:
            if action in DECREES:
                self._decree(**typed({action: None if value == "none" else value}))
            else:
                getattr(self, f"do_{action}")(*([] if value is None else [value]))
        except (ValueError, TypeError) as error:
            self.message, self.playing = str(error), False

    def do_tick(self) -> None:
        """Go on by a month; at full speed, by as many as there is time for between two pictures."""
        until = time.perf_counter() + (FRAME_SECONDS if self.speed == "full" else 0)
        while True:
            if self.view < self.replay.month or not self.replay.ended:
                self._onward()
            elif self.again:
                self._restart()
            else:
                self.playing = False
            if self.step is not None and self.view >= story.STEPS[self.step].month:
                self.playing = False
            if not self.playing or time.perf_counter() >= until:
                return

    def _onward(self) -> None:
        """A month on: one that is remembered, or the next to come."""
        if self.view == self.replay.month:
            self.replay.advance()
        self.view = min(self.view + 1, self.replay.month)
        if self.rival is not None:
            self.rival.advance(self.view - self.rival.month)

    def _follow(self) -> None:
        """Tell the step of the story that the month on show belongs to, where that lies beyond the step being told."""
        if self.step is not None:
            self.step += sum(step.month < self.view for step in story.STEPS[self.step :])

    def _restart(self) -> None:
        rival = self.rival_name
        chosen = self.chosen
        self._show(Replay(self.replay.seed, self.replay.given, led=self.replay.led))
        if chosen < self.replay.economy.industry.n:
            self.chosen = chosen
        if rival:
            self.do_rival(rival)

    def do_story(self, step: int) -> None:
        """Tell a step of the story, from 0, and play up to its month; a step of -1 closes a story or game: what was left is back."""
        self.playing = False
        if step < 0:
            self._come_back()
            return
        if self.step is None:
            self._leave(Replay())
            self.speed = STORY_SPEED
        self.step = min(step, len(story.STEPS) - 1)
        month = story.STEPS[self.step].month
        self.view = min(month, self.replay.month)
        self.playing = self.view < month

    def do_game(self) -> None:
        """Begin the ten years in which the visitor is the planner, or go on with them after a story."""
        self.playing = False
        if self.step is not None:
            self._come_back()
        if self.game is None:
            game, replay = story.Game.begin()
            self._leave(replay)
            self.game, self.view = game, replay.month

    def _leave(self, replay: Replay) -> None:
        """Show another run than the visitor's, which waits as it is."""
        self.left.append({name: getattr(self, name) for name in LEFT})
        self.game, self.pending = None, {}
        self._show(replay)

    def _come_back(self) -> None:
        """Show again what was left for a story or a game, as it was."""
        self.step = None
        if self.left:
            vars(self).update(self.left.pop())

    def do_learner(self) -> None:
        """Begin the run that this visit came with again, in which a factory does what it has learned."""
        if not self.learned:
            raise ValueError("learner: nobody is led here; `nailworks app --policy FILE` opens what a factory has learned")
        self.playing, self.step, self.game, self.pending, self.left = False, None, None, {}, []
        replay, months = read_address(self.learned)
        self._show(replay)
        replay.advance(months)
        self.view = months

    def do_play(self) -> None:
        """Play, or pause; a story plays to the end of its step, and from there through the next."""
        if self.step is not None and self.view == story.STEPS[self.step].month:
            if self.step + 1 < len(story.STEPS):
                self.do_story(self.step + 1)
            return
        self.playing = not self.playing and not (self.replay.ended and self.view == self.replay.month and not self.again)

    def do_step(self) -> None:
        """A month on."""
        self.playing = False
        self._onward()
        self._follow()

    def do_back(self) -> None:
        """Look at the month before."""
        self.do_look(self.view - 1)

    def do_look(self, month: int | float | str) -> None:
        """Look at a month that is remembered."""
        self.playing = False
        self.view = min(max(int(month), 0), self.replay.month)
        self._follow()

    def do_jump(self, month: int | str) -> None:
        """Look at a month, simulating up to it where need be."""
        self.playing = False
        text = str(month).strip()
        if not text.isdecimal() or int(text[:9]) > self.replay.horizon:
            raise ValueError(f"month: got {text[:20]!r}; it takes a whole number from 0 to {self.replay.horizon}")
        self.replay.advance(int(text) - self.replay.month)
        self.view = int(text)
        self._follow()
        if self.rival is not None:
            self.rival.advance(self.replay.month - self.rival.month)

    def do_reset(self) -> None:
        """Begin anew with the settings that wait for it; decrees are dropped.

        A story or game begins again; where settings wait, it is over, and the visitor's own run begins anew with them.
        """
        self.playing = False
        if self.left and not self.pending:
            told = self.step is not None
            self._come_back()
            if told:
                self.do_story(0)
            else:
                self.do_game()
            return
        own = self.left[0]["replay"] if self.left else self.replay
        given = dict(self.pending)
        text = str(given.pop("seed", own.seed)).strip()
        if not text.isdecimal() or len(text) > 100:
            raise ValueError(f"seed: got {text[:40]!r}; it takes a whole number from 0")
        fields = {**own.given, **typed(given)}
        if fields.get("policy", "single") != "single":  # which a metric alone means
            fields.pop("metric", None)
        begun = Replay(int(text), fields, led=own.led)
        while self.left:
            self._come_back()
        rival = self.rival_name
        self._show(begun)
        self.pending = {}
        if rival:
            self.do_rival(rival)

    def do_setting(self, change: dict[str, str]) -> None:
        """Note a setting for the next reset."""
        name, value = change["name"], str(change["value"])
        if value == str(self.setting(name)):
            self.pending.pop(name, None)
        else:
            self.pending[name] = value

    def setting(self, name: str) -> Any:
        """What a setting is in the run on show."""
        return self.replay.seed if name == "seed" else getattr(self.replay.economy.parameters, name)

    def do_speed(self, speed: str) -> None:
        """Months a second."""
        if speed in SPEEDS:
            self.speed = speed

    def do_again(self, again: bool) -> None:
        """Whether to begin again at the end."""
        self.again = bool(again)

    def _decree(self, **decree: Any) -> None:
        """Decree something from the next month on."""
        if self.step is not None:
            raise ValueError(
                f"{', '.join(decree)}: a story is being told: close it, or go on to be the planner, to decree something"
            )
        if self.game is not None and (refusal := story.refusal(decree, self.replay.month)):
            raise ValueError(refusal)
        if self.replay.ended:
            raise ValueError("the run has ended: reset it to decree something")
        self.replay.decree(**decree)
        if self.rival is not None and self.rival_name == RIVAL_ORDINARY:
            self.rival.decree(**decree)
        self.band, self.band_done = None, 0.0

    def do_factory(self, factory: int | str) -> None:
        """Choose a factory to look at."""
        n = self.replay.economy.industry.n
        if not str(factory).isdecimal() or int(factory) >= n:
            raise ValueError(f"factory: got {str(factory)[:20]!r}; it takes a whole number from 0 to {n - 1}")
        self.chosen = int(factory)

    def do_spot(self, place: list[float]) -> None:
        """Choose the factory nearest to a place on the map, x and y."""
        self.chosen = nearest(self.moment.plan, *place)

    def do_rival(self, name: str) -> None:
        """Run another policy beside this one: same seed, one clock; an empty name for none."""
        self.rival = rival(self.replay, name) if name else None
        self.rival_name = name
        if self.rival is not None:
            self.rival.advance(self.replay.month)

    def do_share(self) -> None:
        """Show what there is to share and keep, or hide it."""
        self.sharing = not self.sharing

    def do_band(self, wanted: bool) -> None:
        """Whether to show what other seeds make of this run."""
        self.band_wanted = bool(wanted)

    @property
    def band_of(self) -> tuple[int, int] | None:
        """What the band is computed for: it is computed anew when this changes."""
        return (id(self.replay), len(self.replay.economy.interventions)) if self.band_wanted else None

    def in_force(self) -> dict[str, Any]:
        """What the planner stands by now, by the names in DECREES, functions by theirs; the next month's, where decreed."""
        economy = self.replay.economy
        found = {name: getattr(economy.parameters, name) for name in DECREES}
        found["metric"] = economy.order.metric
        found.update(economy.planner.standing)
        return {**found, "metric": metric_name(found["metric"]), "bonus": bonus_name(found["bonus"])}


def rivals(led: bool = False) -> list[str]:
    """Names of what can run beside a run: other policies, and where a factory is led, the same run without that."""
    return [*[RIVAL_ORDINARY] * led, RIVAL_SELF, *_policies()]


def _policies() -> dict[str, dict[str, Any]]:
    """Parameters of each policy that there is, by the name that the page has for it."""
    others = {policy: BETTER_NAMES.get(policy, policy.replace("_", " ")) for policy in POLICIES if policy != "single"}
    return {
        **{name: {"policy": policy} for policy, name in others.items()},
        **{f"paid by {metric}": {"metric": metric} for metric in METRICS},
    }


def rival(replay: Replay, name: str) -> Replay:
    """A run with the same seed and world, and another policy; a factory that is led is led there too, but for RIVAL_ORDINARY."""
    if name == RIVAL_SELF:
        return Replay(replay.seed, replay.given, led=replay.led)
    if name == RIVAL_ORDINARY and replay.led is not None:
        return Replay(replay.seed, replay.given, replay.decrees, watched=replay.watched)
    if name not in _policies():
        raise ValueError(f"beside: got {name[:40]!r}; it takes {', '.join(rivals(replay.led is not None))}")
    world = {key: value for key, value in replay.given.items() if key not in ("policy", "metric", "schedule")}
    return Replay(replay.seed, {**world, **_policies()[name]}, led=replay.led)


def shared(visit: Visit) -> dict[str, str]:
    """The run as text to pass on: an address, a script, a command."""
    return {"address": address(visit.replay), "python": as_python(visit.replay), "command": as_command(visit.replay)}
