"""A verification code survives being read aloud, and a typing error is not taken for an unknown document."""

import re

import pytest

from portal.documents.codes import ALPHABET, CodeError, grouped, new_code, normalise
from portal.documents.qr import qr_svg

CODE = "0MH3WVAJT6HNWHCSDW72BRTQPAX2"


def test_codes_differ_and_have_28_characters() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(f"[{ALPHABET}]{{28}}", code) for code in codes)


def test_a_code_is_printed_in_seven_groups_of_four() -> None:
    assert grouped(CODE) == "0MH3 WVAJ T6HN WHCS DW72 BRTQ PAX2"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        grouped(CODE),
        grouped(CODE).replace(" ", "-"),
        grouped(CODE).replace(" ", " – "),
        CODE.replace("0", "O"),
        f"  {CODE.replace('0', 'o')}\n",
        grouped(CODE).replace(" ", "\u00a0"),
    ],
)
def test_spaces_dashes_small_letters_and_lookalikes_are_forgiven(typed: str) -> None:
    assert normalise(typed) == CODE


@pytest.mark.parametrize("letter", ["I", "l", "i", "L"])
def test_i_and_l_are_read_as_one(letter: str) -> None:
    code = next(code for code in iter(new_code, "") if "1" in code)
    assert normalise(code.replace("1", letter)) == code


def test_nearly_every_single_error_and_swap_is_noticed() -> None:
    wrong = {CODE[:i] + c + CODE[i + 1 :] for i in range(28) for c in ALPHABET}
    wrong |= {CODE[:i] + CODE[i + 1] + CODE[i] + CODE[i + 2 :] for i in range(27)}
    wrong.discard(CODE)
    missed = [typed for typed in wrong if _is_accepted(typed)]
    assert len(missed) <= len(wrong) // 200


def _is_accepted(typed: str) -> bool:
    try:
        return normalise(typed) == typed
    except CodeError:
        return False


@pytest.mark.parametrize("typed", ["", "ABC", CODE + "0", "U" * 28, "é" * 28, "x" * 100_000, CODE[:-1] + "*"])
def test_what_cannot_be_a_code_gets_a_sentence(typed: str) -> None:
    with pytest.raises(CodeError, match=r"\.$"):
        normalise(typed)


def test_a_qr_code_is_inline_svg_without_any_address_to_load() -> None:
    svg = qr_svg("https://portal.example/verify/?code=" + CODE, title='The "address"')
    assert svg.startswith("<svg ")
    assert "<title>The &quot;address&quot;</title>" in svg
    assert "href" not in svg
    assert "style" not in svg
