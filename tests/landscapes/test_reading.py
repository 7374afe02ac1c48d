"""A CSV file is read, or it is said in which row and column it cannot be; quickly, and in a bounded room."""

import re
import tracemalloc
from contextlib import suppress
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes.datasets import read_csv

PAGE = {"size": 2_000_000, "rows": 20_000, "columns": 50}
SECONDS = 2.0  # for any file of the page's size; a fifth of that on an idle machine
BYTES = 200 * 2**20


def wide(columns: int, rows: int = 3) -> bytes:
    return "\n".join([",".join(f"c{j}" for j in range(columns)), *[",".join(["1"] * columns)] * rows]).encode()


# what is found


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(delimiter: str, ending: str) -> None:
    text = ending.join(delimiter.join(row) for row in (["a", "b, c", "d"], ["1", "x", "2.5"], ["3", "y", "-4e2"]))
    read = read_csv(text.replace("b, c", '"b, c"').encode())
    assert read.names == ("a", "b, c", "d") and read.column("d").values.tolist() == [2.5, -400]
    assert read.column("b, c").words == ("x", "y") and read.lines.tolist() == [2, 3]


def test_decimal_commas_are_read_between_semicolons() -> None:
    assert read_csv("a;b\n1,5;x\n−2,25;y".encode()).column("a").values.tolist() == [1.5, -2.25]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_any_unicode_is_read(coding: str) -> None:
    text = "größe\t名前\n1\t猫\n2\t🐕\n"
    raw = (b"\xff\xfe" if coding == "utf-16-le" else b"") + text.encode(coding)
    read = read_csv(raw)
    assert read.names == ("größe", "名前") and read.column("名前").words == ("猫", "🐕")


@pytest.mark.parametrize("gap", ["", " ", "NA", "n/a", "NaN", "nan", "null", "None", "?", "-"])
def test_gaps_are_found(gap: str) -> None:
    read = read_csv(f"a,b\n1,x\n{gap},y\n3,{gap}".encode())
    np.testing.assert_array_equal(read.column("a").values, [1, np.nan, 3])
    np.testing.assert_array_equal(read.column("b").values, [0, 1, np.nan])


def test_a_quoted_cell_holds_anything() -> None:
    read = read_csv(b'a,b\n1,"x, ""y""\nz"\n\n2,w\n,\n3,v\n')
    assert read.column("b").words == ("v", "w", 'x, "y" z')
    assert read.lines.tolist() == [2, 4, 6], (
        "as a spreadsheet counts: an empty row counts, a line within a cell does not"
    )


def test_spaces_after_a_comma_are_nothing() -> None:
    read = read_csv(b'a, b\n1, "x, y"\n2,  z')
    assert read.names == ("a", "b") and read.column("b").words == ("x, y", "z")


def test_columns_without_a_name_are_numbered() -> None:
    assert read_csv(b",b\n1,2\n3,4").names == ("column 1", "b")
    assert read_csv(b"1,2\n3,4").names == ("column 1", "column 2") and read_csv(b"1,2\n3,4").rows == 2


def test_marks_that_only_turn_a_text_are_left_out() -> None:
    assert read_csv("a,\u202eb\n1,می\u200cرود\n2,👩\u200d🔬".encode()).columns[1].words == ("میرود", "👩🔬")


def test_long_names_and_words_are_shortened() -> None:
    read = read_csv(f"{'n' * 90},y\n{'w' * 90},1\nv,2".encode())
    assert read.names[0] == "n" * 39 + "…" and read.columns[0].words == ("v", "w" * 39 + "…")


def test_commas_after_the_last_cell_are_no_column() -> None:
    assert read_csv(b"a,b,\n1,2,\n3,4,\n").names == ("a", "b")


# what is not a table

HOSTILE = {
    "nul": (b"a,b\n1,2\n3,4\0\n", "row 3, column 2: a NUL byte"),
    "nul in the header": (b"a,\0\n1,2\n", "row 1, column 2: a NUL byte"),
    "binary": (bytes(range(256)) * 40, "row 1"),
    "huge cell": (b"a,b\n1," + b"9" * 1_900_000, "row 2, column 2: more than 1,000 letters"),
    "huge quoted cell": (b'a,b\n1,"' + b"x" * 5000 + b'"', "row 2, column 2: more than 1,000 letters"),
    "quote never closed": (b'a,b\n1,2\n3,"4\n5,6\n', "row 3, column 2: a quotation mark is opened and never closed"),
    "quote never closed, far from the end": (
        b'a,b\n"1\n' + b"2,3\n" * 400_000,
        "row 2, column 1: a quotation mark is opened and never closed",
    ),
    "quote within a quote": (b'a,b\n1,2\n"x"y,4', "row 3, column 1: a quotation mark within a cell"),
    "quote within a quote, after spaces": (b'a,b\n1, "x"y', "row 2, column 2: a quotation mark within a cell"),
    "latin-1": ("a,b\n1,x\n2,é\n".encode("latin-1"), "row 3, column 2: the byte 0xe9 is not UTF-8"),
    "latin-1 header": ("a,é\n1,2".encode("latin-1"), "row 1, column 2: the byte 0xe9 is not UTF-8"),
    "broken utf-16": (b"\xff\xfea", "begins as UTF-16"),
    "too large": (b"a,b\n1,2\n3,1e999\n", "row 3, column 2 (“b”): “1e999” is too large"),
    "too large to be squared": (b"a,b\n1,2\n3,-1e101\n", "row 3, column 2 (“b”): “-1e101” is too large"),
    "infinity": (b"a,b\n1,2\n3,-inf\n", "row 3, column 2 (“b”): “-inf” is too large"),
    "duplicate headers": (b"a,b,a\n1,2,3", "row 1, column 3: the name “a” is taken by column 1"),
    "duplicate of a number": (b",column 1\n1,2", "row 1, column 2: the name “column 1” is taken by column 1"),
    "one column": (b"a\n1\n2", "row 1 has one column"),
    "header only": (b"a,b\n", "row 2 is missing: there is a header and no data"),
    "nothing": (b"", "the file is empty"),
    "empty lines": (b"\n\r\n,,\n", "the file is empty"),
    "only gaps": (b"a,b\n-,-\n", "fewer than two columns hold anything"),
    "short row": (b"a,b,c\n1,2,3\n4,5\n", "row 3, column 3 (“c”): missing, the row has 2 of 3 cells"),
    "long row": (b"a,b\n1,2\n3,4,5\n", "row 3, column 3: one too many, the row has 3 cells instead of 2"),
    "51 columns": (wide(51), "row 1 has 51 columns; at most 50 are read"),
    "two million columns": (b"," * 1_999_999, "the file is empty"),
    "a million columns": (b"a," * 999_999, "row 1 has 1000000 columns"),
    "20,001 rows": (b"a,b\n" + b"1,2\n" * 20_001, "row 20002 is one too many: at most 20,000 rows are read"),
    "too many bytes": (b"a,b\n" + b"1,2\n" * 500_000, "the file has 2,000,004 bytes; at most 2,000,000 are read"),
    "a word among numbers": (b"a,b\n1,2\n3,4\n5,six\n", "row 4, column 2 (“b”): “six” is not a number"),
    "underscores": (b"a,b\n1,2\n3,4\n5,1_000\n", "row 4, column 2 (“b”): “1_000” is not a number"),
    "formula among numbers": (b"a,b\n1,2\n3,4\n5,=A1*2\n", "row 4, column 2 (“b”): “=A1*2” is a formula"),
    "formula among words": (b"a,b\n1,p\n3,=cmd|' /C calc'!A0\n", "row 3, column 2 (“b”): “=cmd|"),
    "formula in the header": (b"a,=b\n1,2\n", "row 1, column 2: “=b” is a formula"),
    "other formula": (b"a,b\n1,p\n3,@SUM(A1)\n", "row 3, column 2 (“b”): “@SUM(A1)” is a formula"),
    "formula behind a mark": ("a,b\n1,p\n3,\u200b=q\n".encode(), "row 3, column 2 (“b”): “=q” is a formula"),
    "bell among words": (b"a,b\n1,p\n3,\x07q\n", "row 3, column 2 (“b”): “�q” holds a character"),
    "bell in the header": (b"a,\x07\n1,2", "row 1, column 2: “�” holds a character"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_said_with_row_and_column(name: str) -> None:
    raw, reason = HOSTILE[name]
    begun = perf_counter()
    with pytest.raises(ValueError, match=re.escape(reason)) as raised:
        read_csv(raw, **PAGE)
    assert perf_counter() - begun < SECONDS
    assert len(str(raised.value)) < 250 and str(raised.value).isprintable()


@pytest.mark.parametrize(
    "raw",
    [wide(50, 19_998), b"a,b\n" + b"1,x\n" * 20_000, b"a,b\n" + b"".join(b"w%d,%d\n" % (i, i) for i in range(20_000)),
     b'a,b\n1,"' + b'"",' * 300 + b'"\n2,y', b"a,b\n" + b"\n" * 1_999_000 + b"1,2\n3,4"],
    ids=["wide", "long", "words", "quotes", "lines"],
)  # fmt: skip
def test_the_largest_files_are_read_quickly(raw: bytes) -> None:
    raw = raw[:1_999_999].rpartition(b"\n")[0]
    begun = perf_counter()
    assert read_csv(raw, **PAGE).rows >= 1
    assert perf_counter() - begun < SECONDS


@pytest.mark.parametrize(
    "raw", [wide(50, 19_998)[:2_000_000].rpartition(b"\n")[0], b"a," * 999_999], ids=["wide", "a row"]
)
def test_reading_takes_a_bounded_room(raw: bytes) -> None:
    tracemalloc.start()
    try:
        with suppress(ValueError):
            read_csv(raw, **PAGE)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


cells = st.one_of(
    st.text(max_size=8), st.sampled_from(['"', ",", ";", "\n", "\r", "\t", "1", "-2.5", "1e999", "=A1", "\0"])
)


@given(st.one_of(st.binary(max_size=200), st.lists(cells, max_size=60).map(lambda parts: "".join(parts).encode())))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_bytes_are_a_table_or_a_reason(raw: bytes) -> None:
    try:
        read = read_csv(raw, **PAGE)
    except ValueError as reason:
        assert len(str(reason)) < 300 and type(reason) is not UnicodeDecodeError
    else:
        assert len(read.columns) >= 2 and all(len(column.values) == read.rows >= 1 for column in read.columns)
