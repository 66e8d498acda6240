import base64
import json
import re
import shutil
from html.parser import HTMLParser

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.page import inline_svg, number, report

QUESTION = """Does <it> work?

It should, & so it does.

    uv run it
"""


@pytest.fixture
def folder(tmp_path):
    """Results as the laboratory leaves them."""
    (tmp_path / "figures").mkdir()
    for name in ("first", "first_half"):
        figure = Figure(figsize=(4, 3))
        figure.add_subplot().plot([0, 1], [0, 1], "o-")
        with mpl.rc_context({"svg.hashsalt": "same", "svg.fonttype": "path"}):
            figure.savefig(tmp_path / "figures" / f"{name}.svg", metadata={"Date": None})
        (tmp_path / "figures" / f"{name}.csv").write_text("month,usefulness\n0,0.25\n1,\n")
        (tmp_path / "figures" / f"{name}.txt").write_text(f"Seen in {name}: a line & two dots.\n")
    (tmp_path / "figures" / "first_phases.csv").write_text("target,end\nnone,0.5\n")
    runs = pd.DataFrame({"cell": [0, 0, 1, 1], "seed": [0, 1, 0, 1], "pride": [0.0, 0.0, 0.3, 0.3]})
    runs.assign(months=12, usefulness=[0.1, 0.3, 0.5, 0.7], seconds=0.1).to_parquet(tmp_path / "runs.parquet")
    manifest = {
        "name": "first",
        "run_id": "abc123",
        "git_commit": "f" * 40,
        "git_dirty": True,
        "versions": {"numpy": "2.0"},
        "platform": "Linux",
        "wall_seconds": 1.2,
        "specification": {"seeds": [0, 1, 2], "parameters": {"bonus": "linear"}, "grid": {"pride": [0.0, 0.3]}},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


class Seen(HTMLParser):
    """What a page shows and where it links to."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.links, self.ids = "", [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "xlink:href", "action", "srcset", "data")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.text += data


def test_a_page_tells_question_captions_tables_and_provenance(folder):
    text = Seen(report(folder, QUESTION)).text
    for said in (
        "Does <it> work?",
        "It should, & so it does.",
        "uv run it",
        "Seen in first: a line & two dots.",
        "abc123",
        "f" * 40 + " with uncommitted changes",
        "0 to 2",
        "numpy 2.0",
        "linear",
    ):
        assert said in text


def test_a_page_needs_nothing_but_itself(folder):
    page = report(folder, QUESTION)
    seen = Seen(page)
    assert all(link.startswith(("#", "data:")) for link in seen.links)
    assert not {"script", "link", "iframe", "img", "object", "metadata"} & set(seen.tags)
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page


def test_a_page_gives_the_command_that_ran_in_place_of_the_docstring_s(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    command = "uv run nailworks run first --seeds 3 --set pride=0"
    (folder / "manifest.json").write_text(json.dumps({**manifest, "command": command}))
    text = Seen(report(folder, QUESTION)).text
    assert text.count(command) == 2  # below the question, and where all comes from
    assert "uv run it" not in text


def test_a_page_begins_with_the_answer_and_the_main_figure(folder):
    assert re.findall("<h2>(.*?)</h2>", report(folder))[:2] == ["First", "First half"]
    (folder / "answer.json").write_text('{"answer": "Yes & no.", "figures": ["first_half"]}')
    page = report(folder, QUESTION)
    assert "Yes & no." in Seen(page).text
    assert re.findall("<h2>(.*?)</h2>", page)[:2] == ["First half", "First"]


def test_figures_on_one_page_share_no_ids_and_find_their_own_parts(folder):
    seen = Seen(report(folder))
    assert len(set(seen.ids)) == len(seen.ids)
    inside = [link[1:] for link in seen.links if link.startswith("#")]
    assert inside
    assert set(inside) <= set(seen.ids)


def test_what_is_plotted_can_be_downloaded_byte_for_byte(folder):
    page = report(folder)
    offered = dict(re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]*)"', page))
    assert set(offered) == {
        *("first.csv", "first.svg", "first_phases.csv", "first_half.csv", "first_half.svg"),
        *("runs.csv", "manifest.json"),
    }
    for name in ("first.csv", "first_phases.csv", "first.svg"):
        assert base64.b64decode(offered[name]) == (folder / "figures" / name).read_bytes()
    assert base64.b64decode(offered["manifest.json"]) == (folder / "manifest.json").read_bytes()


def test_the_table_of_runs_has_a_row_a_cell(folder):
    page = report(folder)
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index("<h2>Runs</h2>") :], flags=re.DOTALL)
    cells = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]
    assert [row[:3] for row in cells if row] == [["0", "2", "0.2"], ["0.3", "2", "0.6"]]


def test_a_sweep_without_figures_of_its_own_has_its_outcome_drawn(folder):
    assert "Usefulness by" not in report(folder)
    shutil.rmtree(folder / "figures")
    page = report(folder)
    assert re.findall("<h2>(.*?)</h2>", page)[:2] == ["Usefulness by pride", "Runs"]
    assert "Dots are medians over 2 seeds" in Seen(page).text
    offered = dict(re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]*)"', page))
    assert base64.b64decode(offered["usefulness.csv"]).decode().splitlines()[0] == (
        "pride,runs,usefulness,usefulness_low,usefulness_high"
    )
    assert page.count("<svg") == 1
    assert base64.b64decode(offered["usefulness.svg"]).startswith(b"<?xml")


def test_where_nothing_varies_nothing_is_drawn(folder):
    shutil.rmtree(folder / "figures")
    runs = pd.read_parquet(folder / "runs.parquet")
    for one in (runs[runs["cell"] == 0], runs.drop(columns="pride"), runs.assign(usefulness=float("nan"))):
        one.to_parquet(folder / "runs.parquet")
        assert "<svg" not in report(folder)


def test_a_folder_with_nothing_but_a_manifest_has_a_page(tmp_path):
    (tmp_path / "manifest.json").write_text('{"experiment": "count_then_weight", "parameters": {"pride": 0.3}, "seeds": [4]}')
    assert "count then weight" in report(tmp_path)


def test_what_is_no_folder_of_results_is_told_in_one_line(tmp_path):
    with pytest.raises(ValueError, match=r"holds no manifest\.json"):
        report(tmp_path)
    (tmp_path / "manifest.json").write_text("[1")
    with pytest.raises(ValueError, match="is no manifest of ours"):
        report(tmp_path)


def test_one_who_names_something_near_a_run_is_told_which_folder_to_name(folder):
    with pytest.raises(ValueError, match=rf"is a file; name the folder of its run, {folder}$"):
        report(folder / "figures" / "first.svg")
    run = folder / "more" / "mine"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    with pytest.raises(ValueError, match=rf"runs lie below it; name one of {run}$"):
        report(folder / "more")
    with pytest.raises(ValueError, match="is not there"):
        report(folder / "nowhere")


def test_an_svg_from_elsewhere_can_neither_run_nor_load_anything():
    svg = """<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" width="700pt" onload="alert(1)">
    <script>alert(2)</script><image xlink:href="http://elsewhere/x.png"/><a href="https://elsewhere">out</a>
    <use xlink:href="#dot"/><g id="dot"/></svg>"""
    inlined = str(inline_svg(svg, "mine"))
    assert inlined.startswith('<svg class="broad" width="700pt">')
    assert "alert" not in inlined
    assert "elsewhere" not in inlined.replace(">out<", "")
    assert '<use href="#mine-dot"/><g id="mine-dot"/>' in inlined


def test_numbers_are_written_for_people():
    assert number(float("inf")) == "∞"
    assert number(-0.5) == "-0.5"
    assert number(1e-9) == "0.0000"
    assert number(-0.0004) == "-0.0004"


def test_names_of_parameters_are_in_code_type(folder):
    page = report(folder, "Why?\n\nIt takes `fine` & <b>.\n")
    assert "<p>It takes <code>fine</code> &amp; &lt;b&gt;.</p>" in page
