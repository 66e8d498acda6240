"""The parable from a notebook, and the phases that its table and figure show, checked by hand."""

import json

import pandas as pd
import pytest

from analysis.phases import by_month, phases
from experiments.count_then_weight import run, terminal_table


def by_hand():
    """Two seeds of twenty months: nothing is paid for until month 4, then count."""
    rows = []
    for seed in (0, 1):
        for month in range(20):
            target = "none" if month < 4 else "count"
            useful = {0: 0.5, 6: 0.9}.get(month, 0.2 if month < 8 else 0.02) + 0.1 * seed
            nail = {"median_length_mm": 50.0 + seed, "median_diameter_mm": 2.5, "median_mass_g": 2.0, "mean_finish": 1.0}
            made = {"count": float(month), "weight_kg": 10.0, "correlation_count": 0.5, "correlation_weight": 0.25}
            rows.append({"seed": seed, "month": month, "target": target, "usefulness": useful, **nail, **made})
    return pd.DataFrame(rows)


def test_a_phase_tells_its_first_month_its_best_and_its_last_year():
    before, paid = phases(by_hand()).to_dict("records")
    assert (before["target"], before["first_month"], before["last_month"], before["peak_month"]) == ("none", 0, 3, 0)
    assert (paid["target"], paid["first_month"], paid["last_month"], paid["peak_month"]) == ("count", 4, 19, 6)
    assert before["usefulness_start"] == pytest.approx(0.55)  # of 0.5 and 0.6
    assert paid["usefulness_peak"] == pytest.approx(0.95)  # of 0.9 and 1.0
    assert paid["usefulness_end"] == pytest.approx(0.07)  # months 8 to 19: 0.02 and 0.12
    assert paid["count"] == pytest.approx(13.5)  # mean of 8 to 19
    assert before["count"] == pytest.approx(1.5)  # a phase shorter than a year is averaged whole
    assert paid["median_length_mm"] == pytest.approx(50.5)


def test_the_band_is_the_middle_80_per_cent_of_seeds():
    months = pd.concat([by_hand().query("seed == 0").assign(seed=n, usefulness=n / 10) for n in range(11)])
    line = by_month(months)
    assert line["usefulness"].to_numpy() == pytest.approx(0.5)
    assert line["usefulness_low"].to_numpy() == pytest.approx(0.1)
    assert line["usefulness_high"].to_numpy() == pytest.approx(0.9)


def test_a_target_that_comes_back_is_a_phase_of_its_own():
    months = by_hand()
    months.loc[months["month"] >= 12, "target"] = "none"
    assert phases(months)["target"].tolist() == ["none", "count", "none"]


def test_months_in_which_seeds_have_different_targets_are_told_apart():
    """No seed's nails are counted under another seed's target."""
    months = by_hand()
    months.loc[(months["seed"] == 1) & months["month"].between(4, 9), "target"] = "weight"
    told = phases(months)
    assert told["target"].tolist() == ["none", "mixed", "count"]
    assert told["first_month"].tolist() == [0, 4, 10]


def test_a_notebook_gets_the_months_the_phases_the_figure_and_the_folder(tmp_path, capsys):
    story = run(seeds=2, out=tmp_path, workers=0, n_factories=12, n_trusts=4)
    assert len(story.months) == 2 * 192
    assert story.phases["target"].tolist() == ["none", "count", "weight"]
    assert story.figure.axes
    left = json.loads((story.folder / "answer.json").read_text(encoding="utf-8"))
    assert left["figures"] == ["parable", "planner", "path"]
    assert all((story.folder / "figures" / f"{name}.svg").is_file() for name in left["figures"])
    assert f"{story.phases['usefulness_end'].iloc[-1]:.0%} paid by weight" in left["answer"]
    pd.testing.assert_frame_equal(pd.read_csv(story.folder / "figures" / "parable_phases.csv"), phases(story.months))
    said = capsys.readouterr().out
    assert left["answer"] in " ".join(said.split())
    assert said.index(left["answer"][:40]) < said.index("\n no  ") and "measured" not in said
    labels = [text.get_text() for axes in story.figure.axes for text in axes.texts]
    assert all(f"{share:.0%}" in labels for share in story.phases["usefulness_end"])  # as the table and the answer say
    assert "\nOf 2 seeds: intervals and bands are rough.\n" in said
    assert max(len(line) for line in said.splitlines() if "figures" not in line and "report" not in line) <= 80


def test_the_table_has_one_row_a_phase():
    assert terminal_table(phases(by_hand())).row_count == 2
