"""What MkDocs does to each page: tables made from the code, what its blocks print, and math as MathML."""

import html
import os
import re
import sys
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

HERE = Path(__file__).resolve().parent
MARKER = re.compile(r"<!-- made from the code: (\w+) -->")
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


def on_page_content(content: str, **_: Any) -> str:
    """Turn LaTeX into MathML, which browsers draw by themselves."""
    return MATH.sub(_mathml, content)


def _mathml(math: re.Match[str]) -> str:
    tex = html.unescape(math[2]).strip()[2:-2].strip()
    mathml = convert(tex, display="block" if math[1] == "div" else "inline")
    return f'<div class="math">{mathml}</div>' if math[1] == "div" else mathml
