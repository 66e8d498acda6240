"""A step is simulated whole, or it is the model's last; and a model is copied whole."""

import copy
from collections.abc import Callable
from functools import wraps
from types import MethodType
from typing import Any


def whole(step: Callable[[Any], None]) -> Callable[[Any], None]:
    """A model's `step`; once one breaks off, by an error or by Ctrl-C, those after it raise a RuntimeError of one line.

    A broken month is neither last month's state nor next month's. And Mesa, which plans a step when the one before it has ended,
    would from then on do nothing, without a word: a loop that steps to the horizon would never end.
    """

    @wraps(step)
    def stepped(model: Any) -> None:
        if why := vars(model).get("broke_off"):
            _again(model)
            raise RuntimeError(f"a month broke off ({why}): build it anew; with the same rng its months are the same")
        try:
            step(model)
        except BaseException as error:
            model.broke_off = type(error).__name__
            _again(model)
            raise

    def _again(model: Any) -> None:
        model.schedule_event(MethodType(stepped, model), after=1.0)

    return stepped


def whole_copy[Model](model: Model) -> Model:
    """A model's `__copy__`: all of it is copied, for with half of it copied, to step the one would be to step the other."""
    return copy.deepcopy(model)
