"""What the menu of a tab gives: the same files as the commands of the same name write."""

from pathlib import Path

import pytest

from app.command import asked, basins, sweep
from app.export.files import ALL, EXPORTS, OF_TABS, make
from app.page.state import State

MAPS = "?f=himmelblau&run=sgd~lr=0.01&run=adam~lr=0.1&steps=20&basins=beside=2~size=48&tab=basins"
RATES = "?f=booth&run=sgd&run=adam~schedule=cosine&steps=20&sweep=rates=5&weather=noise=1,1&tab=sweep"
COMMANDS = {"basins": (basins, MAPS), "sweep": (sweep, RATES)}


@pytest.mark.parametrize("name", [name for exports in OF_TABS.values() for name in exports])
def test_a_tab_gives_what_its_command_writes(name: str, tmp_path: Path) -> None:
    tab, _, kind = name.partition("-")
    command, link = COMMANDS[tab]
    assert command.main([link, f"--{kind}", str(tmp_path / "a")]) == 0
    state, notices = State.from_query(link)
    made = make(name, state, asked.HOME + state.to_query())
    content = made.content if isinstance(made.content, bytes) else made.content.encode()
    assert notices == [] and content == (tmp_path / "a").read_bytes() and made.name == f"{tab}.{kind}"


def test_the_names_of_exports_are_each_ones_own() -> None:
    assert len(ALL) == len(EXPORTS) + sum(map(len, OF_TABS.values()))
