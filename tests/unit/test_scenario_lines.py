"""On which line a key stands, whatever the TOML around it looks like."""

import tomllib

import pytest

from okoshi.scenario.lines import key_lines, line_of

TEXT = '''# a comment with a = sign
title = "[not a table]"
why = """
seed = 1
[world]
"""
years = [
    2009,
    2012,
]
[policy.cooperators]   # comment
startup_per_member = { 2025 = 1, 2030 = 2 }
"quoted.key" = 1
supplement.enabled = false

[[factors]]
parameter = "x = y"
[[factors]]   # the second
parameter = "z"
'''


def test_keys_are_found_where_they_begin_and_nowhere_inside_values() -> None:
    assert key_lines(TEXT) == {
        ("title",): 2,
        ("why",): 3,
        ("years",): 7,
        ("policy", "cooperators"): 11,
        ("policy", "cooperators", "startup_per_member"): 12,
        ("policy", "cooperators", "quoted.key"): 13,
        ("policy", "cooperators", "supplement", "enabled"): 14,
        ("factors",): 16,
        ("factors", "#1"): 16,
        ("factors", "#1", "parameter"): 17,
        ("factors", "#2"): 18,
        ("factors", "#2", "parameter"): 19,
    }


def test_what_stands_inside_a_value_is_on_the_line_of_its_key() -> None:
    assert line_of(TEXT, ("policy", "cooperators", "startup_per_member", "2030")) == 12
    assert line_of(TEXT, ("factors", "#2", "range")) == 18
    assert line_of(TEXT, ("nowhere",)) is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "first",
    [
        'title = "a\u2028b\u0085c"',
        'title = "a"  # not """ a string',
        "title = \"it's '''so'' here\"",
        'title = \'C:\\temp"""\'',
        'title = """one line"""',
        'title = """one \\""" quote"""',
        'title = """a quote at the end""""',
        'title = ["""one""", """two"""]',
        "title = ['''one]''', 'two[']",
    ],
)
def test_no_sign_within_a_line_moves_later_lines(first: str, end: str) -> None:
    text = f"{first}{end}years = [2009, 2012]{end}[policy]{end}x = 1{end}"
    tomllib.loads(text)
    assert key_lines(text) == {("title",): 1, ("years",): 2, ("policy",): 3, ("policy", "x"): 4}


def test_what_follows_a_string_of_several_lines_counts() -> None:
    text = 'why = [\n"""\na = 1\n""", "x"]\nyears = 1\nnote = {a = \'\'\'\n[x]\n\'\'\'}\nseed = 1\n'
    tomllib.loads(text)
    assert key_lines(text) == {("why",): 1, ("years",): 5, ("note",): 6, ("seed",): 9}
