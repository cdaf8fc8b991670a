"""The page that charts are drawn on."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fedistats.render import figures
from fedistats.render.charts.page import Page
from fedistats.render.fonts.faces import Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.text_images import TextImage
from fedistats.render.style import LIGHT


def test_a_word_that_is_an_image_is_upright_and_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.new("RGBA", (80, 40), "#00000000")
    image.paste("#ff0000", (0, 0, 40, 20))  # the upper left quarter
    monkeypatch.setattr(
        "fedistats.render.fonts.text_images.render_run", lambda *_: TextImage(image, 0, -0.36 * 80 - 20)
    )
    monkeypatch.setattr(FontFinder, "face", lambda *_: Face(Path("no.ttf"), 0, "None", None, colored=True))
    page = Page(100, 100, LIGHT)
    page.word("猫", right=60, middle=50, size=20, width=50)
    drawn = np.asarray(Image.open(io.BytesIO(figures.png(page.figure))).convert("RGB")).astype(int)
    rows, columns = np.nonzero((drawn[..., 0] > 200) & (drawn[..., 1] < 60))
    # two pixels a point; the image is 20 points wide and 10 high, and starts where an emoji of 0.9 * 20 that ends at 60 would
    assert (columns.min(), columns.max()) == (pytest.approx(84, abs=1), pytest.approx(103, abs=1))
    assert (rows.min(), rows.max()) == (pytest.approx(90, abs=1), pytest.approx(99, abs=1))
