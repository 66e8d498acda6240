"""What MkDocs does to each page: tables made from the code, what its blocks print, captions, and math as MathML."""

import html
import os
import re
import sys
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

HERE = Path(__file__).resolve().parent
MARKER = re.compile(r"<!-- made from the code: (\w+) -->")
FIGURES = re.compile(r"<p>(?:<img [^>]*>\s*)+</p>")
FIGURE = re.compile(r'<img alt="([^"]*)"[^>]*>')
MATH = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)


def on_pre_build(config: Any) -> None:
    """Find the modules beside this one, which is run by its path."""
    if str(HERE) not in sys.path:
        sys.path.append(str(HERE))


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill in what blocks print, and what is made from the code."""
    import tables
    from blocks import with_output

    if os.environ.get("DOCS_RUN_BLOCKS", "yes") == "yes":  # "no": a quick build, for the checks of links
        markdown = with_output(markdown)
    return MARKER.sub(lambda marker: getattr(tables, marker[1])(), markdown)


def on_page_content(content: str, page: Any, **_: Any) -> str:
    """Show under each figure what it says to those who cannot see it, and turn LaTeX into MathML, which browsers draw by themselves."""
    if page.file.src_uri != "gallery.md":  # which has captions of its own
        content = FIGURES.sub(lambda paragraph: FIGURE.sub(_captioned, paragraph[0][3:-4]), content)
    return MATH.sub(_mathml, content)


def _captioned(figure: re.Match[str]) -> str:
    return f'<figure>{figure[0]}<figcaption aria-hidden="true">{figure[1]}</figcaption></figure>'


def _mathml(math: re.Match[str]) -> str:
    tex = html.unescape(math[2]).strip()[2:-2].strip()
    mathml = convert(tex, display="block" if math[1] == "div" else "inline")
    return f'<div class="math">{mathml}</div>' if math[1] == "div" else mathml
