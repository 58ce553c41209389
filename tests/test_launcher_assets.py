"""The web font made at set-up: every letter that the pages use, the weights that the stylesheet asks for, and small."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.launcher.assets import make_font


@pytest.fixture(scope="module")
def font_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("font") / "inter.woff2"
    assert make_font(target) is True
    return target


def test_it_holds_every_letter_that_the_pages_use(font_file: Path) -> None:
    letters = TTFont(font_file).getBestCmap()
    assert [sign for sign in "AzÀŵŁż09£€–—‘’“”…→←↑↓✓×−·•" if ord(sign) not in letters] == []


def test_it_carries_the_weights_and_the_tabular_figures_of_the_stylesheet(font_file: Path) -> None:
    font = TTFont(font_file)
    assert [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes] == [("wght", 400, 700)]
    assert "tnum" in {feature.FeatureTag for feature in font["GSUB"].table.FeatureList.FeatureRecord}


def test_it_is_small_and_brings_its_licence(font_file: Path) -> None:
    assert font_file.stat().st_size < 60_000
    assert "SIL OPEN FONT LICENSE" in (font_file.parent / "inter-licence.txt").read_text()


def test_it_is_not_made_twice(font_file: Path) -> None:
    before = font_file.stat().st_mtime_ns
    assert make_font(font_file) is False
    assert font_file.stat().st_mtime_ns == before
