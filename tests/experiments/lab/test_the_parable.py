"""The parable runs through the laboratory: it resumes, is refused and is stopped as any sweep."""

import json

import pandas as pd
import pytest

from experiments.count_then_weight import run

SMALL = {"n_factories": 10, "n_trusts": 4, "horizon": 108}


def test_the_parable_resumes_and_leaves_runs_months_and_figure(tmp_path, capsys):
    out = tmp_path / "out"
    first = run(seeds=2, out=out, workers=0, **SMALL)
    assert len(pd.read_parquet(out / "runs.parquet")) == 2
    assert len(pd.read_parquet(out / "months.parquet")) == 2 * 108
    assert (out / "figures" / "parable.svg").read_bytes()
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["specification"]["parameters"]["schedule"] == {"24": "count", "96": "weight"}
    assert "2 of 2 runs" in capsys.readouterr().err
    again = run(seeds=2, out=out, workers=0, **SMALL)
    assert "runs" not in capsys.readouterr().err  # nothing was left to run
    assert again.months.equals(first.months)
    assert json.loads((out / "manifest.json").read_text()) == manifest


def test_the_parable_in_a_folder_of_another_one_is_refused_with_what_differs_unless_forced(tmp_path, capsys):
    out = tmp_path / "out"
    run(seeds=1, out=out, workers=0, **SMALL)
    with pytest.raises(ValueError, match=r"seeds: \[0\] there, \[0, 1\] here"):
        run(seeds=2, out=out, workers=0, **SMALL)
    capsys.readouterr()
    story = run(seeds=2, out=out, workers=0, force=True, **SMALL)
    assert "mixes what differs: seeds: [0] there, [0, 1] here" in capsys.readouterr().err
    assert sorted(set(story.months["seed"])) == [0, 1]
