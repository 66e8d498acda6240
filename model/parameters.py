"""The economy's parameters: names, defaults, limits, and what they mean."""

import inspect
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from agents.policies import POLICIES
from incentives.bonus import check_bonus
from incentives.hints import did_you_mean, shown
from incentives.metrics import Metric, check_metric
from incentives.order import MOST

A_POLICY = "a function (reports, complaints, month) -> Order"
KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    int | None: "None or a whole number",
    float | None: "None or a number",
    bool: "true or false",
    Mapping[int, Any]: "{month: metric or None}, months whole numbers",
    tuple[Any, ...]: "a list of one metric or more",
}


class Settings(BaseModel):
    """Parameters of any kind: no other names, finite numbers, and nothing that only passes for a number or a list."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number_and_a_set_no_list(cls, value: Any, info: ValidationInfo) -> Any:
        """Pydantic would take True for 1, and names from a set in an order that differs from process to process."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, set | frozenset) and annotation is not Any:
            raise PydanticCustomError("no_list", "a set has no order")
        if isinstance(value, bool | np.bool_) and annotation not in (bool, Any):
            raise PydanticCustomError("no_number", "true or false is no number")
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name}: stays as it was read; build anew, with {name}={shown(value)}")


class Parameters(Settings, arbitrary_types_allowed=True):
    """Everything that can be set about an economy but its seed."""

    n_factories: int = Field(60, ge=1, le=10_000_000, description="nail factories")
    n_trusts: int = Field(12, ge=1, le=1_000_000, description="building trusts; no more than there are factories are made")
    horizon: int = Field(192, ge=1, le=1_000_000, description="months that run() goes to")
    policy: Any = Field("schedule", description=f"what the planner does: a name, or {A_POLICY}")
    schedule: Mapping[int, Any] = Field(
        {24: "count", 96: "weight"}, description="policy schedule: {month: metric or None}, months ascending"
    )
    menu: tuple[Any, ...] = Field(
        ("count", "weight"),
        min_length=1,
        description="policies reactive, rotation, secret and watchful: the metrics they choose from",
    )
    target_from: int = Field(24, ge=0, description="every policy but measure_only and schedule: month of the first target")
    tolerance: float = Field(0.8, ge=0, le=1, description="share of its usual joints below which a trust complains")
    patience: int = Field(6, ge=1, description="policy reactive: months of complaints before it changes the metric")
    metric: Any = Field(
        None,
        description="policy single: the metric it pays by, a name or a function of a report; or a list: their mean fulfilment",
    )
    bonus: Any = Field("linear", description="how fulfilment is paid: a name, or a function (score, target) -> bonus")
    bonus_strength: float = Field(0.5, ge=0, le=MOST["bonus_strength"], description="units of pay for a bonus of 1")
    pride: float = Field(0.3, ge=0, le=1e6, description="units of pay that a nail of suitability 1 is worth to its maker")
    effort_cost: float = Field(0.3, ge=0, le=1e6, description="units of pay that full effort costs")
    retooling: float = Field(0.02, ge=0, le=1e6, description="units of pay that a new design costs, once")
    breadth: int = Field(8, ge=1, le=10_000, description="alternatives that a factory considers a month")
    step_size: float = Field(0.08, ge=0, le=5, description="how far alternatives lie: sd of the log of sizes, and of habits")
    imitation: float = Field(0.1, ge=0, le=1, description="probability a month that a factory considers a peer's plan")
    capability: float | None = Field(
        None, ge=1, le=1e6, description="factor from its first nail that a factory's sizes can go; None: the machine's range"
    )
    growth: float = Field(0.02, ge=-0.5, le=1, description="growth a year that targets ask for")
    ratchet: float = Field(0.5, ge=0, le=1, description="share of the way to what was achieved that a target moves a year")
    audit_share: float = Field(0.0, ge=0, le=MOST["audit_share"], description="share of fulfilment that is audited real use")
    inspection: float = Field(
        0.0, ge=0, le=MOST["inspection"], description="share of reports that are checked against stock each month"
    )
    fine: float = Field(
        1.0,
        ge=0,
        le=MOST["fine"],
        description="units of pay that a checked report costs for each unit of overclaimed fulfilment",
    )
    padding_limit: float = Field(
        0.0, ge=0, le=100, description="most that a factory can claim and not make, as a share of its output; 0: nothing"
    )
    discount: float | None = Field(
        None,
        ge=1e-3,
        le=1e6,
        description="rate a year at which factories discount the bonuses of years to come; None: they see none",
    )
    plan_year: bool = Field(False, description="whether it is the plan year's total that is paid, at its end")
    impatience: float = Field(
        0.0, ge=0, le=100, description="rate a month at which factories discount what comes at the plan year's end"
    )
    assortment: float | None = Field(
        None, ge=1, le=1e6, description="factor on the ordinary nail's mass beyond which a nail does not count; None: all count"
    )
    orders: float = Field(0.0, ge=0, le=1e6, description="units of pay from a trust for all that it ordered of a factory")
    report_noise: float = Field(0.0, ge=0, le=3, description="sd of the log of the error in one reading of a report")
    readings: int = Field(1, ge=1, le=1000, description="readings of a report, whose mean the planner sees")
    quantile: float | None = Field(
        None, gt=0, le=1, description="best share of what it considers that a factory takes any of; None: the best"
    )
    rotation_months: int = Field(12, ge=1, description="policy rotation: months until the next metric of the menu")
    steel_quota: float = Field(
        4.0, gt=0, le=1e9, description="steel a factory can have, over what good nails at full effort take"
    )
    skill_sd: float = Field(0.25, ge=0, le=3, description="sd of the log of skill among factories")
    shock_sd: float = Field(0.1, ge=0, le=3, description="sd of the log of a month's luck")
    board_median_mm: float = Field(25.0, ge=10, le=60, description="median board [mm]")
    board_sd: float = Field(0.45, ge=0, le=3, description="sd of the log of boards among trusts")
    threads: int | None = Field(None, ge=1, le=256, description="threads a month is computed on; None: what pays")

    @model_validator(mode="before")
    @classmethod
    def _metric_means_single(cls, given: Any) -> Any:
        """A metric given without a policy means the policy that pays by one metric; one that takes a metric and has none, count."""
        if not isinstance(given, dict):
            return given
        if given.get("metric") is not None and given.get("policy") is None:
            given = {**given, "policy": "single"}
        takes = _metric_taken_by(given.get("policy"))
        if takes is not None and given.get("metric") is None:
            given = {**given, "metric": "count" if takes.default is takes.empty else takes.default}
        return {name: value for name, value in given.items() if not (name == "policy" and value is None)}

    @field_validator("policy")
    @classmethod
    def _known_policy(cls, policy: Any) -> Any:
        if isinstance(policy, str) and policy in POLICIES:
            _check_entry(POLICIES[policy])
            return policy
        if inspect.isclass(policy):
            raise ValueError(f"it is a class; give one of it, as in policy={policy.__name__}(...)")
        if not callable(policy):
            raise ValueError(_unknown(policy, POLICIES, A_POLICY))
        if not _takes_a_month(policy):
            raise ValueError(f"it takes {A_POLICY}, and this one takes {inspect.signature(policy)}")
        return policy

    @field_validator("bonus")
    @classmethod
    def _sound_bonus(cls, bonus: Any) -> Any:
        check_bonus(bonus)
        return bonus

    @field_validator("metric")
    @classmethod
    def _sound_metric(cls, metric: Any) -> str | Metric | None:
        return _checked_metric(metric)

    @field_validator("menu")
    @classmethod
    def _sound_menu(cls, menu: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_checked_metric(metric) for metric in menu)

    @field_validator("schedule")
    @classmethod
    def _sound_schedule(cls, schedule: Mapping[int, Any]) -> Mapping[int, Any]:
        months = list(schedule)
        if any(month < 0 for month in months):
            raise ValueError("it takes months from 0")
        if months != sorted(months):
            raise ValueError("it takes months in ascending order")
        return {month: _checked_metric(metric) for month, metric in schedule.items()}

    @model_validator(mode="after")
    def _go_together(self) -> "Parameters":
        if self.metric is not None and _metric_taken_by(self.policy) is None:
            name = self.policy if isinstance(self.policy, str) else "of your own"
            raise ValueError(f"metric: is paid by policy 'single' alone, and the policy here is {name!r}; give one of the two")
        if self.policy in ("secret", "watchful") and any(one is None or isinstance(one, tuple) for one in self.menu):
            raise ValueError(
                f"menu: got {list(self.menu)!r}; policy {self.policy!r} chooses from single metrics, none of them None"
            )
        if self.discount is not None and 1 + self.growth < self.ratchet:
            raise ValueError(
                f"growth: got {self.growth:g} with a ratchet of {self.ratchet:g}; far-sighted factories would see targets below 0 "
                f"coming, so with a discount it takes {self.ratchet - 1:g} or more"
            )
        return self


def read_parameters(**given: Any) -> Parameters:
    """The parameters, checked; a ValueError of one line that says which field, what it got and what it takes.

    >>> read_parameters(n_factorys=10)
    Traceback (most recent call last):
    ...
    ValueError: n_factorys: is no parameter; did you mean 'n_factories'?
    >>> read_parameters(n_factories=0)
    Traceback (most recent call last):
    ...
    ValueError: n_factories: got 0; it takes a whole number from 1 to 10,000,000
    """
    return checked(Parameters, given)


def checked[Kind: BaseModel](kind: type[Kind], given: Mapping[str, Any]) -> Kind:
    """Parameters of any kind, checked and told of as by `read_parameters`."""
    try:
        return kind(**given)
    except ValidationError as error:
        raise ValueError(_one_line(error.errors()[0], kind)) from None


def makes_policies(entry: Any) -> bool:
    """Whether an entry of POLICIES makes policies of parameters that it names, as a class does, or is a policy itself."""
    if inspect.isclass(entry) or not _takes_a_month(entry):
        return True
    return all(name in Parameters.model_fields for name in list(inspect.signature(entry).parameters)[:3])


def _takes_a_month(policy: Any) -> bool:
    try:
        inspect.signature(policy).bind("reports", "complaints", 0)
    except TypeError:
        return False
    return True


def _not_parameters(entry: Any) -> list[str]:
    """What a class or function cannot be called without, and is no parameter."""
    takes = inspect.signature(entry).parameters.values()
    needed = [one.name for one in takes if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    return [name for name in needed if name not in Parameters.model_fields]


def _check_entry(entry: Any) -> None:
    """Raise a ValueError of one line unless an entry of POLICIES is a policy, or makes one of parameters."""
    if not callable(entry):
        raise ValueError(f"POLICIES has {shown(entry)} there; it takes a class, or {A_POLICY}")
    if makes_policies(entry) and (unknown := _not_parameters(entry)):
        raise ValueError(
            f"{shown(entry)} takes {', '.join(unknown)}, no parameter of an economy; give it a default, or write {A_POLICY}"
        )


def _metric_taken_by(policy: Any) -> inspect.Parameter | None:
    """The field `metric` of a policy that goes by a name, if it has one."""
    entry = POLICIES.get(policy) if isinstance(policy, str) else None
    if not callable(entry) or not makes_policies(entry):
        return None
    return inspect.signature(entry).parameters.get("metric")


def checked_seed(rng: Any) -> int | np.random.SeedSequence | None:
    """A seed as Mesa takes it; a ValueError of one line if it is none."""
    if rng is None or isinstance(rng, np.random.SeedSequence):
        return rng
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0:
        return int(rng)
    raise ValueError(f"rng: got {shown(rng)}; it takes an int from 0, a numpy SeedSequence or None")


def _one_line(error: Any, kind: type[BaseModel]) -> str:
    """One of pydantic's errors in our words."""
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message
    field = ".".join(str(place) for place in error["loc"] if place != "[key]")
    if error["type"] == "extra_forbidden" and field == "seed":
        return "seed: is no parameter; did you mean 'rng'?"
    if error["type"] == "extra_forbidden":
        return f"{field}: is no parameter; {did_you_mean(field, kind.model_fields).rstrip() or f'see help({kind.__name__})'}"
    if message.startswith(("metric", "bonus")):  # check_metric and check_bonus name it already
        return message if message.startswith(field) else f"{field}: {message}"
    if error["type"] == "value_error":
        return f"{field}: got {shown(error['input'])}; {message}"
    return f"{field}: got {shown(error['input'])}; it takes {_takes(kind, str(error['loc'][0]))}"


def _takes(kind: type[BaseModel], field: str) -> str:
    """What a field takes, in words, from its type and limits."""
    info = kind.model_fields[field]
    if get_origin(info.annotation) is Literal:
        return " or ".join(map(repr, get_args(info.annotation)))
    limits = {
        name: value
        for limit in info.metadata
        for name in ("ge", "gt", "le", "lt")
        if (value := getattr(limit, name, None)) is not None
    }
    words = KINDS[info.annotation]
    if "le" in limits:
        words += f" from {_number(limits['ge'])}" if "ge" in limits else f" above {_number(limits['gt'])}"
        words += f" to {_number(limits['le'])}"
    elif "lt" in limits:
        words += f" from {_number(limits['ge'])} to below {_number(limits['lt'])}"
    elif limits:
        words += f" from {_number(limits['ge'])}"
    return words


def _number(limit: float) -> str:
    return f"{limit:,.10g}"


def _unknown(name: Any, known: Mapping[str, Any], or_else: str = "") -> str:
    return f"{did_you_mean(name, known)}it takes {', '.join(known)}" + (f", or {or_else}" if or_else else "")


def _checked_metric(metric: Any) -> str | Metric | None:
    if metric is None or metric == "none":
        return None
    if isinstance(metric, list | tuple):
        metric = tuple(metric)
    check_metric(metric)
    return metric
