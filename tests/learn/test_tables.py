"""What texts say and which optimizer when: every verdict is computed, and every number."""

import re

import pytest

from app.learn import tables, texts
from app.learn.tables import CLAIMS, USES, Row
from app.page.lesson_table import LessonError
from app.page.state import State
from app.protocol import Forged

from .wording import FORBIDDEN, MOST_WORDS, PHRASES, sentences, words

ROWS = [(name, place) for name in tables.WRITTEN for place in range(len(tables.table(name)))]


def row_of(name: str, place: int) -> Row:
    return tables.table(name)[place]


@pytest.mark.parametrize(("name", "place"), ROWS)
class TestEveryRow:
    def test_says_what_the_page_says(self, name: str, place: int) -> None:
        row = row_of(name, place)
        if row.address:
            assert row.is_so()
        else:
            assert name == USES
            assert not row.numbers

    def test_has_links_that_are_read_without_a_notice(self, name: str, place: int) -> None:
        row = row_of(name, place)
        for address in filter(None, {row.address, *(one.address for one in row.numbers.values())}):
            state, notices = State.from_query(address)
            assert notices == []
            assert len(address) <= 1500
            assert State.from_query(state.to_query())[0] == state

    def test_computes_its_numbers_and_none_for_nothing(self, name: str, place: int) -> None:
        row = row_of(name, place)
        named = {one for text in row.told.values() for one in texts.fields(text)}
        assert named <= {*row.numbers}
        read = " ".join([row.holds, *(one.value for one in row.numbers.values())])
        assert {*row.numbers} <= named | {*re.findall(r"\w+", read)}
        for key in row.told:
            assert "{" not in tables.filled(row, key, "en")

    def test_speaks_as_lessons_do(self, name: str, place: int) -> None:
        row = row_of(name, place)
        for key, text in [*row.said.items(), *row.told.items()]:
            if key in ("address", "lesson", "source", "verdict") and key not in row.told:
                continue
            assert "!" not in text
            assert [one for one in sentences(text) if len(words(one)) > MOST_WORDS] == []
            assert {word.lower() for word in re.findall(r"[^\W\d_]+", text)} & {*FORBIDDEN["en"].split()} == set()
            assert not [one for one in PHRASES["en"] if one in text.lower()]

    def test_its_verdict_depends_on_its_numbers(self, name: str, place: int) -> None:
        row = row_of(name, place)
        known = {*row.numbers} | {"arrived", "largest", "setting"}
        assert not row.holds or known & {*re.findall(r"\w+", row.holds)}


def test_both_tables_are_whole() -> None:
    assert len(tables.table(CLAIMS)) >= 26
    assert len(tables.table(USES)) == 10
    assert {row.said["verdict"] for row in tables.table(CLAIMS)} == {"refuted", "half", "holds", "depends"}


def test_a_use_that_no_surface_can_show_says_so_by_having_no_address() -> None:
    without = [row.said["use"] for row in tables.table(USES) if not row.address]
    assert without == ["Images, with time to tune"]


def test_what_is_told_at_once_holds_no_number_that_is_computed() -> None:
    told = tables.look()
    assert [one["claim"] for one in told[CLAIMS]] == [row.said["claim"] for row in tables.table(CLAIMS)]
    assert all("{" not in text for name in told for one in told[name] for text in one.values())
    first = told[CLAIMS][0]
    assert first["number"] == ""
    assert first["lesson"] == "L06"


def test_the_rest_comes_row_by_row() -> None:
    made = tables.piece("claims-0", "en")
    assert made["table"] == CLAIMS
    assert made["place"] == 0
    assert made["said"] == {"number": tables.filled(row_of(CLAIMS, 0), "number", "en")}
    assert "0.05" in made["said"]["number"]
    uses = tables.piece("uses-0", "en")["said"]
    assert {*uses} == {"verdict", "reach"}


@pytest.mark.parametrize("part", ["claims-999", "claims-", "see", "uses-x", "claims-00"])
def test_a_part_that_there_is_not_is_refused(part: str) -> None:
    with pytest.raises(Forged):
        tables.piece(part, "en")


class TestAFileThatIsNone:
    GOOD = (
        '[[claims]]\nclaim = "a"\nsource = "b"\nverdict = "half"\nlesson = "L06"\naddress = "?run=sgd"\n'
        'number = "{one}"\nholds = "one == 1"\nnumbers = {one = "1"}\n'
    )

    @pytest.fixture(autouse=True)
    def in_a_folder(self, tmp_path, monkeypatch) -> None:
        monkeypatch.setattr(tables, "FOLDER", tmp_path)
        tables.table.cache_clear()
        self.file = tmp_path / "claims.toml"
        yield
        tables.table.cache_clear()

    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            ('verdict = "half"', 'verdict = "no"', r"claims\[0\].verdict: is not one of"),
            ('lesson = "L06"', 'lesson = "L99"', r"claims\[0\].lesson: L99 is no lesson"),
            ('source = "b"\n', "", r"claims\[0\].source: is missing"),
            ('source = "b"', 'source = "b"\nsources = "b"', r"claims\[0\].sources: is no key"),
            ('holds = "one == 1"\n', "", r"claims\[0\].holds: belongs"),
            ("[[claims]]", "[[claim]]", r"\[\[claims\]\] is expected"),
        ],
    )
    def test_says_where_and_why(self, old: str, new: str, why: str) -> None:
        self.file.write_text(self.GOOD)
        assert tables.table(CLAIMS)[0].is_so()
        tables.table.cache_clear()
        self.file.write_text(self.GOOD.replace(old, new))
        with pytest.raises(LessonError, match=why):
            tables.table(CLAIMS)
