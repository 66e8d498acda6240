"""Words and lines can be told from what they stand on, in both themes: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

import re

import pytest

from app.keep import STYLE

TEXT, GRAPHICS = 4.5, 3.0  # least ratios that the criteria ask for
GROUNDS = ("paper", "card")
WORDS = ("ink", "soft", "blue", "vermtext", "green", "alarm")
SHAPES = ("blue", "verm", "green", "u0", "u1", "u2", "u3", "u4", "u5", "extra0", "extra1", "extra2")
THEMES = {"light": r":root \{(.*?)\}", "dark": r':root\[data-nw-theme="dark"\] \{(.*?)\}'}


def colours(theme):
    (block,) = re.findall(THEMES[theme], STYLE, re.S)
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ratio(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_standard():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read(theme, ground):
    found = colours(theme)
    assert {name: round(r, 2) for name in WORDS if (r := ratio(found[name], found[ground])) < TEXT} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", (*GROUNDS, "wood"))
def test_nails_dots_and_bars_can_be_seen(theme, ground):
    found = colours(theme)
    shapes = [name for name in SHAPES if ground != "wood" or name[0] == "u"]  # over boards there are nails alone
    assert {name: round(r, 2) for name in shapes if (r := ratio(found[name], found[ground])) < GRAPHICS} == {}
