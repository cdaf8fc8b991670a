"""Words for the tests of clouds, and ways to compose and read one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from fedistats.model import WordCount
from fedistats.render.cloud.cloud import WordCloud, compose_cloud
from fedistats.render.fonts.scripts import can_shape
from fedistats.render.style import LIGHT, Theme
from fedistats.text.ranking import rank_terms
from tests.text.bios import count_terms, made_up_bios

SVG = "{http://www.w3.org/2000/svg}"
shaping = pytest.mark.skipif(not can_shape(), reason="Pillow has no Raqm here")

_SYLLABLES = "ka to ri me lo san der wick ber ton al fi nu pra sto gre vel do chi qua".split()


def made_up_words(n: int) -> list[WordCount]:
    rng = random.Random(3)
    return [
        WordCount("".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) + str(i), max(3, int(300 / (i + 1) ** 0.7)))
        for i in range(n)
    ]


def words_of_many_scripts() -> tuple[WordCount, ...]:
    return rank_terms(count_terms(made_up_bios(1120)))


def compose(
    words: Sequence[WordCount],
    *,
    title: str = "Words",
    caption: str = "Counted by people.",
    theme: Theme = LIGHT,
    width: int = 800,
    height: int = 500,
    font: Path | None = None,
    mask: bytes | None = None,
) -> WordCloud:
    return compose_cloud(
        words, title=title, caption=caption, theme=theme, width=width, height=height, font=font, mask=mask
    )
