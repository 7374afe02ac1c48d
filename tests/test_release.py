"""What a release is asked: its version, what each Python needs, what is known of that."""

from packaging.requirements import Requirement
from packaging.version import Version

from . import release

VULNERABLE = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
CLEAN, UNSEEN = {"name": "b", "version": "2", "vulns": []}, {"name": "c", "skip_reason": "not found: c"}


def test_the_version_is_that_of_the_newest_changes() -> None:
    assert release.version() == release.changes((release.ROOT / "README.md").read_text(encoding="utf-8"))[0]


def test_the_changes_are_read_from_the_newest_on() -> None:
    readme = "# It\n\n## Changes\n\n**0.10.0.** One.\n\n**0.9.1.** Other, of 1.2.3.\n"
    assert release.changes(readme) == [Version("0.10.0"), Version("0.9.1")]


def test_each_python_needs_what_its_own_markers_say() -> None:
    asked = [Requirement(one) for one in ("a>=1", 'b; python_version < "3.14"', 'c; extra == "more"')]
    names = {
        python: [one.name for one in release.needed(asked, python, extras)]
        for python, extras in (("3.11", ()), ("3.14", ()), ("3.15", ("more",)))
    }
    assert names == {"3.11": ["a", "b"], "3.14": ["a"], "3.15": ["a", "c"]}


def test_what_is_known_of_one_keeps_a_release_back_and_what_is_not_is_said() -> None:
    assert release.judged([VULNERABLE, CLEAN]) == (["a 1: PYSEC-1", "a 1: PYSEC-2"], 2, "")
    assert release.judged([CLEAN, UNSEEN]) == ([], 1, "not found: c")
    assert release.judged([UNSEEN]) == ([], 0, "not found: c")
