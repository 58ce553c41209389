"""What people wrote is printed as they meant it and nothing in it can hide, reorder or overflow."""

import pytest

from portal.documents.text import MAX_LENGTH, UNDRAWABLE, printable, printable_tree


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Łukasz Żółć, naïve café", "Łukasz Żółć, naïve café"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("tab\there", "tab here"),
        ("bell\x07 escape\x1b[31m nul\x00", "bell escape[31m nul"),
        ("evil\u202etxt.exe\u202c", "eviltxt.exe"),
        ("\u200fmarks\u200e and \u2066isolates\u2069", "marks and isolates"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("{{7*7}} {% debug %}", "{{7*7}} {% debug %}"),
        ("<script>", "<script>"),
        ("tags\U000e0041\U000e0042", "tags"),
    ],
)
def test_invisible_and_reordering_marks_go_and_words_stay(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_a_flood_of_accents_is_cut_to_three() -> None:
    assert printable("q" + "\u0316" * 50 + "x") == "q" + "\u0316" * 3 + "x"


def test_what_no_font_can_draw_becomes_a_white_square() -> None:
    assert printable("ok 中 ok", {ord("o"), ord("k"), ord(" ")}) == f"ok {UNDRAWABLE} ok"


def test_an_endless_text_says_how_much_is_left_out() -> None:
    text = printable("x" * (MAX_LENGTH + 1234))
    assert text.endswith("… (1,234 more characters in the attached data)")


def test_a_tree_is_printable_down_to_its_leaves() -> None:
    assert printable_tree({"a": ["x\x00", 1, None, {"b": "\u202ey"}]}) == {"a": ["x", 1, None, {"b": "y"}]}


def test_a_tree_nested_too_deep_is_refused() -> None:
    tree: object = "x"
    for _ in range(40):
        tree = [tree]
    with pytest.raises(ValueError, match="nested"):
        printable_tree(tree)
