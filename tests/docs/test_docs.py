"""The site keeps its word: its code runs, its commands exist, its numbers are the model's, and it loads nothing from elsewhere."""

import doctest
import html.parser
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import industry, planner, policies, search
from agents.construction import BOARD_RANGE_MM
from experiments.lab.run import run_scenarios
from experiments.lab.toml import read_sweep
from experiments.remedies import scenarios
from incentives import bonus, metrics, targets
from incentives.report import Report
from model.economy import NailEconomy
from model.parameters import Parameters, read_parameters
from nails import geometry, joint, machine

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
# What only a cluster has, what is there only while a sweep runs, and what we do not install.
ELSEWHERE = ("dask_jobqueue", "/parts/", "stable_baselines3")
if not (importlib.util.find_spec("gymnasium") and importlib.util.find_spec("pettingzoo")):  # the extra `learn`
    ELSEWHERE += ("gymnasium", "model.learning")
WIDEST = 80  # columns of code that a page of 1280 pixels shows


def beside_the_pages(name: str) -> Any:
    """A module of docs/_build, which is no package."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "_build" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


blocks, tables = beside_the_pages("blocks"), beside_the_pages("tables")


def title(path: Path) -> str:
    return str(path.relative_to(DOCS))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# Code.


@pytest.mark.parametrize("path", PAGES, ids=title)
def test_every_python_block_runs(path, tmp_path):
    page = [
        block
        for block in blocks.blocks(text(path))
        if block.language in ("python", "toml", "sh") and not any(word in block.code for word in ELSEWHERE)
    ]
    if any("RUN-ID" in block.code for block in page):  # a page that reads an example's results
        sweep = read_sweep(ROOT / "examples" / "incentive_strength.toml").changed(seeds=1, horizon=24)
        run_scenarios(sweep, executor=0, store=tmp_path / "results" / "incentive_strength" / "RUN-ID")
    blocks.run(page, tmp_path)


def test_the_indices_on_the_page_of_sweeps_are_what_its_block_prints():  # the page is built without running its blocks
    page = blocks.blocks(text(DOCS / "sweeps.md"))
    (place,) = [k for k, block in enumerate(page) if 'store="results/which_matter"' in block.code]
    (printed,) = blocks.run([page[place]._replace(prints=True)])
    assert page[place + 1].code.rstrip() == printed


def test_the_five_lines_of_the_readme_print_what_they_make():
    (block,) = [block for block in blocks.blocks(text(ROOT / "README.md")) if block.language == "python"]
    (printed,) = blocks.run([block._replace(prints=True)])
    assert len([line for line in block.code.splitlines() if line]) == 5
    assert "[192 rows x" in printed and "[60 rows x" in printed


def test_few_blocks_are_exempt_from_running():
    exempt = [block for path in PAGES for block in blocks.blocks(text(path)) if block.fragment]
    assert len(exempt) <= 4, [block.fragment for block in exempt]


@pytest.mark.parametrize("path", PAGES, ids=title)
def test_every_fence_is_seen(path):
    # A block that the pattern misses would be a block that nobody runs.
    fences = sum(line.lstrip().startswith("```") for line in text(path).splitlines())
    assert fences == 2 * len(blocks.blocks(text(path)))


def test_a_block_that_fails_is_noticed():
    with pytest.raises(ZeroDivisionError):
        blocks.run(blocks.blocks("```python\n1 / 0\n```"))


@pytest.mark.parametrize("module", [blocks, tables], ids=["blocks", "tables"])
def test_the_examples_of_what_builds_the_site_hold(module):
    assert doctest.testmod(module).failed == 0


def test_what_a_page_adds_to_the_dicts_is_gone_after_it():
    before = dict(bonus.BONUSES)
    blocks.run(blocks.blocks("```python\nfrom incentives.bonus import BONUSES\nBONUSES['mine'] = abs\n```"))
    assert before == bonus.BONUSES


@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "sweeps.md"], ids=title)
def test_code_is_no_wider_than_the_page(path):
    wide = [line for block in blocks.blocks(text(path)) for line in block.code.splitlines() if len(line) > WIDEST]
    assert not wide


@pytest.mark.parametrize("path", PAGES, ids=title)
def test_every_toml_block_is_a_sweep(path, tmp_path):
    for block in blocks.blocks(text(path)):
        if block.language == "toml":
            (tmp_path / "spec.toml").write_text(block.code, encoding="utf-8")
            assert read_sweep(tmp_path / "spec.toml").n_runs > 0


# Sources.

CITED = re.compile(r"\b([A-Z]\w+)(?:(?:, [A-Z]\w+)*,? (?:and|&) ([A-Z][\w-]+)| et al\.| and others)?,? \(?((?:19|20)\d\d)\b")
NO_AUTHORS = ("July", "November", "Standards")  # a month, or the office of a standard


def without_accents(words: str) -> str:
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()


def test_every_work_that_is_cited_is_among_the_references():
    references = without_accents(text(DOCS / "references.md")).splitlines()
    folders = ("docs", "experiments", "agents", "model", "incentives", "nails", "analysis", "assignments")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".md", ".py")]
    cited = {match.groups() for path in files for match in CITED.finditer(without_accents(text(path)))}
    assert len(cited) > 30
    listed = [work for work in cited if any(all(part in line for part in work if part) for line in references)]
    assert {work for work in cited if work[0] not in NO_AUTHORS} == set(listed)
    numbers = {number for path in files for number in re.findall(r"ar[Xx]iv[: ](\d{4}\.\d{5})", text(path))}
    assert numbers and all(any(number in line for line in references) for number in numbers)


# Commands.

UV_RUN = re.compile(r"^uv run (?:--(?:extra|with|group) \S+ )*(nailworks|python) (.*)$")


def commands(path: Path) -> list[tuple[str, str]]:
    """Every `uv run nailworks ...` and `uv run python ...` of a page's shell blocks and of its text: program and arguments."""
    shells = [block.code.replace("\\\n", " ") for block in blocks.blocks(text(path)) if block.language == "sh"]
    lines = [line for code in shells for line in code.splitlines()]
    lines += re.findall(r"`(uv run [^`\n]+)`", re.sub(r"```.*?```", "", text(path), flags=re.DOTALL))
    return [(found[1], found[2]) for line in lines if (found := UV_RUN.match(line.strip().removesuffix(" &")))]


COMMANDS = sorted({(title(path), *command) for path in PAGES for command in commands(path)})


@pytest.mark.parametrize(("where", "program", "arguments"), COMMANDS, ids=[" ".join(command) for command in COMMANDS])
def test_every_command_is_one_with_options_that_it_has(where, program, arguments):
    words = shlex.split(arguments, comments=True)
    if program == "python":
        # "first.py" is a file that a reader makes: its page has a block of that name.
        made = {block.title for block in blocks.blocks(text(DOCS / where))}
        assert (ROOT / words[0]).exists() or words[0] in made or "NAME" in words[0]
        return
    command, name, *rest = tables.COMMAND, *words
    if name.startswith("-") or name == "...":
        return
    command = command.commands[name]
    if "--help" not in rest:
        command.make_context(name, list(rest))  # raises for an option or a number of arguments that it does not take
    if name == "run" and "--help" not in rest:
        experiment = rest[0].replace("-", "_")
        assert (ROOT / "experiments" / f"{experiment}.py").exists() or experiment == "NAME"


def test_pages_do_give_commands():
    assert len(COMMANDS) > 10


# The description of the model.

ODD = text(DOCS / "odd.md")


def rows(page: str, first: str) -> list[list[str]]:
    """Cells of the rows of a page's tables whose first heading is `first`."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        cells = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table.splitlines()]
        if cells[0][0].strip() == first:
            found += cells[2:]
    return found


SYMBOLS = {name.strip("`"): float(value) for name, value, *_ in rows(ODD, "symbol")}
OF_THE_CODE = {
    "board_low": BOARD_RANGE_MM[0],
    "board_high": BOARD_RANGE_MM[1],
    "first_finish": industry.FIRST_FINISH,
    "first_effort": industry.FIRST_EFFORT,
    "steel_density": geometry.STEEL_G_PER_MM3,
    "timber_density": joint.TIMBER_KG_PER_M3,
    "steel_strength": joint.STEEL_N_PER_MM2,
    "steepness": joint.STEEPNESS,
    "hours": machine.SECONDS_PER_MONTH / 3600,
    "length_low": machine.LENGTH_RANGE_MM[0],
    "length_high": machine.LENGTH_RANGE_MM[1],
    "diameter_low": machine.DIAMETER_RANGE_MM[0],
    "diameter_high": machine.DIAMETER_RANGE_MM[1],
    "peers": search.PEERS_MET,
    "year": planner.YEAR,
    "floor": targets.FLOOR,
    "cap": bonus.CAP,
    "rate": bonus.PieceRate().rate,
    "prize": bonus.PieceRate().prize,
    "planned": bonus.NewSoviet().planned,
    "above": bonus.NewSoviet().above,
    "below": bonus.NewSoviet().below,
    "price_second": metrics.KOPECKS_PER_SECOND,
    "price_gram": metrics.KOPECKS_PER_GRAM,
}
BY_FORMULA = {  # numbers that stand within a formula of the code: the tests below compute with them
    "embedding", "yielding", "penetration_none", "penetration_full", "through", "ideal_diameter", "ideal_length", "raw_pin",
    "handling", "shaping", "finishing", "idle", "new_design", "majority",
}  # fmt: skip


def test_every_number_of_the_description_is_checked():
    assert set(SYMBOLS) == set(OF_THE_CODE) | BY_FORMULA


@pytest.mark.parametrize("symbol", OF_THE_CODE)
def test_a_number_of_the_description_is_the_code_s(symbol):
    assert SYMBOLS[symbol] == OF_THE_CODE[symbol]


def test_the_description_has_every_parameter_with_its_default_and_a_reason():
    described = {name.strip("`"): (default.strip("`"), why) for name, default, why in rows(ODD, "parameter")}
    assert {name: default for name, (default, _) in described.items()} == {
        name: repr(field.default) for name, field in Parameters.model_fields.items()
    }
    assert all(why for _, why in described.values())


DESCRIBED = {
    *("count", "weight", "geometric_mean", "gross_value", "joints"),
    *("linear", "capped", "threshold", "piece_rate", "new_soviet"),
    *("measure_only", "single", "schedule", "reactive", "rotation", "secret", "watchful"),
}


@pytest.mark.parametrize("name", sorted({*DESCRIBED, *metrics.METRICS, *bonus.BONUSES, *policies.POLICIES}))
def test_the_description_names_every_metric_bonus_and_policy(name, told_if_new):
    told_if_new(name, DESCRIBED)
    assert f"`{name}`" in ODD


def described_strength(length: float, d: float, t: float) -> float:
    """Section 7.1, written from the page alone."""
    t2 = length - t
    if t2 <= 0:
        return 0.0
    fh = SYMBOLS["embedding"] * SYMBOLS["timber_density"] * d**-0.3
    my = SYMBOLS["yielding"] * SYMBOLS["steel_strength"] * d**2.6
    r, a, b = t2 / t, fh * t * d, fh * t2 * d
    c = a / 2 * (np.sqrt(1 + 2 * (1 + r + r**2) + r**2) - (1 + r))
    d_ = 1.05 * a / 3 * (np.sqrt(4 + 12 * my / (fh * d * t**2)) - 1)
    e = 1.05 * b / 3 * (np.sqrt(4 + 12 * my / (fh * d * t2**2)) - 1)
    f = 1.15 * np.sqrt(2 * my * fh * d)
    return min(a, b, c, d_, e, f) / 1000


def described_holding(length: float, d: float, t: float) -> float:
    """Section 7.1, written from the page alone."""
    p0, p1, s = SYMBOLS["penetration_none"], SYMBOLS["penetration_full"], SYMBOLS["steepness"]
    t_min = max(7 * d, (13 * d - 30) * SYMBOLS["timber_density"] / 400)
    reach = np.clip(((length - t) / d - p0) / (p1 - p0), 0, 1)
    whole = 1 / (1 + np.exp(-s * (t / t_min - 1)))
    inside = 1 / (1 + np.exp(s * (min(length / t, 150) / SYMBOLS["through"] - 1)))
    return described_strength(length, d, t) * reach * whole * inside


LENGTHS, DIAMETERS = st.floats(*machine.LENGTH_RANGE_MM), st.floats(*machine.DIAMETER_RANGE_MM)
BOARDS, SHARES = st.floats(*BOARD_RANGE_MM), st.floats(0, 1)


@given(LENGTHS, DIAMETERS, BOARDS, SHARES)
def test_the_described_nail_is_the_code_s(length, d, t, finish):
    q = SYMBOLS["raw_pin"]
    need = described_holding(SYMBOLS["ideal_length"] * t, SYMBOLS["ideal_diameter"] * t, t)
    suits = min(1, described_holding(length, d, t) / need) * (q + (1 - q) * finish)
    assert joint.strength(length, d, t) == pytest.approx(described_strength(length, d, t), rel=1e-9, abs=1e-12)
    assert joint.suitability(length, d, finish, t) == pytest.approx(suits, rel=1e-6, abs=1e-12)
    assert geometry.mass(length, d) == pytest.approx(SYMBOLS["steel_density"] * np.pi / 4 * d**2 * length)


@given(st.floats(0.001, 4000), SHARES, SHARES, st.floats(0.1, 10), st.floats(1, 1e7))
def test_the_described_month_at_the_machine_is_the_code_s(mass_g, finish, effort, productivity, quota):
    seconds = SYMBOLS["handling"] + SYMBOLS["shaping"] * mass_g ** (2 / 3) + SYMBOLS["finishing"] * finish
    hours = 3600 * SYMBOLS["hours"] * (SYMBOLS["idle"] + (1 - SYMBOLS["idle"]) * effort)
    nails = min(productivity * hours / seconds, 1000 * quota / mass_g)
    assert machine.nails_made(mass_g, finish, effort, productivity, quota) == pytest.approx(nails, rel=1e-9)


@given(st.floats(1, 1e9), st.floats(1, 1e9))
def test_the_described_price_is_the_code_s(count, weight_kg):
    mass_g = 1000 * weight_kg / count
    seconds = SYMBOLS["handling"] + SYMBOLS["shaping"] * mass_g ** (2 / 3) + SYMBOLS["finishing"]
    price = count * (SYMBOLS["price_second"] * seconds + SYMBOLS["price_gram"] * mass_g)
    assert metrics.gross_value(Report(count, weight_kg, 0.0)) == pytest.approx(price, rel=1e-9)


@given(st.floats(0, 5).filter(lambda f: abs(f - 1) > 1e-9))
def test_the_described_bonuses_are_the_code_s(f):
    s = SYMBOLS
    described = {
        "linear": f - 1,
        "capped": min(f, s["cap"]) - 1,
        "threshold": float(f >= 1),
        "piece_rate": s["rate"] * (f - 1) + s["prize"] * (f >= 1),
        "new_soviet": s["planned"] + s["above"] * max(f - 1, 0) + s["below"] * min(f - 1, 0),
    }
    assert {name: float(bonus.BONUSES[name](100 * f, 100.0)) for name in described} == pytest.approx(described, abs=1e-9)


def test_a_new_design_is_considered_as_often_as_described():
    look = search.look_around(np.random.default_rng(0), 10_000, k=4, breadth=8, n_rows=10)
    assert look.new_design.mean() == pytest.approx(SYMBOLS["new_design"], abs=0.01)  # five standard errors are 0.009


@pytest.mark.parametrize(("share", "moves_on"), [(-0.01, False), (0.0, False), (0.01, True)])
def test_a_planner_reacts_to_the_described_majority(share, moves_on):
    complaints = np.arange(100) < round(100 * (SYMBOLS["majority"] + share))
    react = policies.Reactive(menu=("count", "weight"), target_from=0, patience=1)
    orders = [react(Report(0, 0, 0), complaints, month) for month in range(int(SYMBOLS["year"]) + 1)]
    assert (orders[-1].metric == "weight") == moves_on


def test_an_economy_begins_as_described():
    economy = NailEconomy(n_factories=25, n_trusts=12, rng=1)
    table = economy.factory_table()
    length, d, t, trust = (table[name].to_numpy() for name in ("length_mm", "diameter_mm", "board_mm", "trust"))
    assert trust.tolist() == [factory % 12 for factory in range(25)]
    nails = machine.nails_made(geometry.mass(length, d), 1.0, 1.0)
    programme = np.bincount(trust, weights=nails * joint.suitability(length, d, 1.0, t))
    steel_kg = nails * geometry.mass(length, d) / 1000
    assert [trust.programme for trust in economy.trusts] == pytest.approx(programme.tolist())
    assert economy.industry.steel_quota_kg == pytest.approx(economy.parameters.steel_quota * steel_kg.mean())


# Mechanisms.

MECHANISMS = rows(text(DOCS / "reference" / "mechanisms.md"), "mechanism")
OF_THE_PARABLE = {
    "n_factories", "n_trusts", "horizon", "policy", "schedule", "menu", "target_from", "tolerance", "patience", "metric", "bonus",
    "bonus_strength", "pride", "effort_cost", "retooling", "breadth", "step_size", "imitation", "capability", "growth", "ratchet",
    "audit_share", "steel_quota", "skill_sd", "shock_sd", "board_median_mm", "board_sd", "threads",
}  # fmt: skip


def parameters_of(mechanism: list[str]) -> list[str]:
    """The words in code of its second cell: parameters, after the name of its policy if it is one."""
    return re.findall(r"`(\w+)`", mechanism[1].partition("; off at")[0])


def test_a_new_parameter_is_described_as_a_mechanism():
    described = {name for mechanism in MECHANISMS for name in parameters_of(mechanism)}
    assert set(Parameters.model_fields) - described <= OF_THE_PARABLE


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism[0].strip("| *"))
def test_a_mechanism_is_described_in_full_is_off_by_default_and_takes_part_in_the_league(mechanism):
    assert all(cell.strip(" |") for cell in mechanism)
    assert len(mechanism) == 6
    tried = [read_parameters(**parameters) for parameters in scenarios().values()]
    if mechanism[1].startswith("policy"):
        policy, *settings = parameters_of(mechanism)
        assert Parameters.model_fields["policy"].default != policy
        assert any(parameters.policy == policy for parameters in tried)
    else:
        (off,) = re.findall(r"; off at `(.+?)`", mechanism[1])
        name, *settings = parameters_of(mechanism)
        assert repr(Parameters.model_fields[name].default) == off
        assert any(repr(getattr(parameters, name)) != off for parameters in tried)
    assert set(settings) <= set(Parameters.model_fields)


# For builders.


def test_the_picture_of_the_architecture_has_the_layers_that_the_linter_holds():
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    drawn = re.findall(r'font-weight="bold"[^>]*>(\w+)/<', text(DOCS / "figures" / "architecture.svg"))
    assert drawn == [*layers, "analysis"]


# Figures.


def test_every_figure_on_the_site_is_made_by_a_script():
    made = {file for files in beside_the_pages("figures").FIGURES.values() for file in files}
    made |= set(beside_the_pages("screenshots").FILES)
    shown = {Path(link).name for path in PAGES for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text(path))}
    assert shown - made == {"architecture.svg"}  # drawn by hand, and held to the linter's layers above


def test_the_gallery_shows_experiments_that_there_are_with_figures_that_are_there():
    page, entries = tables.gallery(), json.loads(text(DOCS / "figures" / "gallery.json"))
    commands = re.findall(r"uv run .*nailworks run (\S+)", page)
    assert commands[0] == tables.PARABLE
    assert {command.replace("-", "_") for command in commands} == set(entries)
    assert "uv run --extra learn nailworks run learning-power" in page
    for entry in entries.values():
        assert (DOCS / "figures" / entry["figure"]).is_file()
        assert entry["answer"] in page
        assert entry["caption"] in page


# The site.

LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("path", PAGES, ids=title)
def test_links_within_the_site_lead_to_files(path):
    local = [link for link in LINK.findall(re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)) if "://" not in link]
    missing = [link for link in local if link[0] != "#" and not (path.parent / link.partition("#")[0]).exists()]
    assert not missing


class Loads(html.parser.HTMLParser):
    """Collects what a page loads by itself: scripts, styles, fonts, pictures."""

    def __init__(self):
        super().__init__()
        self.addresses: list[str] = []
        self.math = 0

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        self.math += tag == "math"
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.addresses += [has.get("src") or ""]
        if tag == "link" and has.get("rel") != "canonical":
            self.addresses += [has.get("href") or ""]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built strictly, without running its blocks a second time."""
    for needed in ("mkdocs", "material", "mkdocstrings_handlers.python", "latex2mathml"):
        try:
            found = importlib.util.find_spec(needed)
        except ModuleNotFoundError:
            found = None
        if found is None:
            pytest.skip(f"{needed} is not installed: uv sync brings it")
    folder = tmp_path_factory.mktemp("site")
    quick = {"DOCS_RUN_BLOCKS": "no", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **quick}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_builds_strictly_and_has_every_page(site):
    built = {str(path.relative_to(site)) for path in site.rglob("index.html")}
    for path in PAGES:
        name = path.relative_to(DOCS).with_suffix("")
        assert str(name.parent / "index.html" if name.name == "index" else name / "index.html") in built


def test_no_page_loads_anything_from_elsewhere(site):
    for path in site.rglob("*.html"):
        page = Loads()
        page.feed(text(path))
        assert page.addresses
        assert not [address for address in page.addresses if re.match(r"(?:\w+:)?//", address)], path
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(\s*['\"]?|@import\s+['\"])(?:https?:)?//", text(path)), path


def test_each_figure_says_below_it_what_it_shows(site):
    safety = text(site / "explanation" / "safety" / "index.html")
    shown = re.findall(r'<figure><img alt="([^"]+)"[^>]*><figcaption aria-hidden="true">([^<]+)</figcaption></figure>', safety)
    assert len(shown) == text(DOCS / "explanation" / "safety.md").count("![")
    assert all(alt == caption for alt, caption in shown)


def test_formulas_are_mathml(site):
    page = Loads()
    page.feed(text(site / "odd" / "index.html"))
    assert page.math > 20
    assert "arithmatex" not in text(site / "odd" / "index.html")


def test_nothing_that_is_made_from_the_code_is_left_open(site):
    for path in site.rglob("*.html"):
        assert "made from the code: " not in text(path), path
    reference = text(site / "reference" / "parameters" / "index.html")
    for name in (*Parameters.model_fields, *metrics.METRICS, *bonus.BONUSES, *policies.POLICIES):
        assert f"<code>{name}</code>" in reference
