import re

import numpy as np
import pandas as pd

from analysis import curves
from analysis.figures import svg


def spread(table, *columns):
    """A table whose means have a band of a tenth about them."""
    for column in columns:
        table = table.assign(**{f"{column}_low": table[column] - 0.05, f"{column}_high": table[column] + 0.05})
    return table


def power_table():
    values = np.array([1.0, 1.5, 2.0, 4.0])
    parts = [
        pd.DataFrame(
            {
                "target": target,
                "value": values,
                "usefulness": use,
                "usefulness_early": use,
                "count_index": values,
                "usefulness_sd": 0.1,
            }
        )
        for target, use in (("count", [0.8, 0.6, 0.1, 0.0]), ("joints", [0.8, 0.9, 0.9, 0.9]))
    ]
    return spread(pd.concat(parts), "usefulness", "count_index")


def texts(figure):
    """All that is written in a figure."""
    return " ".join(
        word for axes in figure.axes for word in (axes.get_title(loc="left"), *(text.get_text() for text in axes.texts))
    )


def test_the_figure_of_strength_names_the_best_strength_of_each_pride():
    strengths = [0.0, 0.1, 0.2, 0.5]
    rows = [
        (pride, s, u, 1 + s)
        for pride, use in ((0.3, [0.4, 0.6, 0.3, 0.0]), (0.0, [0.3, 0.1, 0.0, 0.0]))
        for s, u in zip(strengths, use, strict=True)
    ]
    table = spread(
        pd.DataFrame(rows, columns=["pride", "bonus_strength", "usefulness", "count_index"]), "usefulness", "count_index"
    )
    written = texts(curves.strength(table))
    assert "pride 0.3: best at 0.1" in written
    assert "no pride: best at 0" in written


def test_the_figure_of_quantilisers_has_a_panel_a_pride_and_names_its_lines():
    rows = [(pride, pay, share, 0.5, 0.6) for pride in (0.3, 0.0) for pay in (0.5, 0.0) for share in (0.1, 0.5, 1.0)]
    table = pd.DataFrame(rows, columns=["pride", "bonus_strength", "quantile", "usefulness", "early"])
    figure = curves.quantilisers(spread(table, "usefulness"))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Usefulness, pride 0.3", "Usefulness, no pride"]
    assert all(words in texts(figure) for words in ("not paid", "in the second year", "in the last"))


def test_the_figure_of_power_marks_a_break_only_where_there_is_one():
    table = power_table()
    for gain, marked in ((25.0, True), (5.0, False)):
        found = pd.DataFrame({"target": ["count"], "gain": [gain], "break_at": [1.75]})
        assert ("break at 1.8" in texts(curves.power(table, found, "capability"))) == marked


def test_the_figure_of_trust_has_a_panel_a_metric():
    months = np.arange(0, 60, 6)
    rows = [
        (t, m, k, 0.5, 0.4, 0.6)
        for t, m in (("none", "count"), ("none", "weight"), ("count", "count"), ("weight", "weight"))
        for k in months
    ]
    line = pd.DataFrame(rows, columns=["target", "measure", "month", "mean", "low", "high"])
    use = line.drop(columns="measure").drop_duplicates()
    figure = curves.trust(line, use, 24, 48)
    assert len(figure.axes) == 2
    assert "count" in texts(figure)
    assert "weight" in texts(figure)


def test_the_same_data_gives_the_same_picture_byte_for_byte():
    found = pd.DataFrame({"target": ["count"], "gain": [25.0], "break_at": [1.75]})
    one, other = (svg(curves.power(power_table(), found, "capability")) for _ in range(2))
    assert one == other
    assert not re.search(rb"\d{4}-\d\d-\d\dT", one)


def test_captions_say_how_many_seeds_and_what_a_line_is():
    captions = [
        curves.strength_caption(7),
        curves.trust_caption(7),
        curves.quantilisers_caption(7),
        curves.best_of_n_caption(7, 64),
        *(curves.power_caption(name, 7) for name in curves.POWER_NAMES),
    ]
    assert all("means over 7 seeds" in caption for caption in captions)
