import json

from typer.testing import CliRunner

from app.cli import cli


def report(folder):
    return CliRunner().invoke(cli, ["report", str(folder)])


def test_the_page_of_an_experiment_asks_its_question(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"name": "incentive_strength", "run_id": "abc"}))
    result = report(tmp_path)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(tmp_path / "report.html")
    assert "<h1>How hard should one pay?</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_sweep_of_ones_own_has_a_page_too(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"name": "mine", "run_id": "abc"}))
    assert report(tmp_path).exit_code == 0
    assert "mine: the runs" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_folder_without_results_is_told_in_one_line(tmp_path):
    result = report(tmp_path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "holds no manifest.json" in result.stderr
