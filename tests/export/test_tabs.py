"""What the menu of a tab gives: the same files as the commands of the same name write."""

from pathlib import Path

import pytest

from app.command import asked, basins, sweep, train
from app.export.files import ALL, EXPORTS, LESSONS, OF_TABS, make
from app.page.state import State
from app.protocol import Mistake

MAPS = "?f=himmelblau&run=sgd~lr=0.01&run=adam~lr=0.1&steps=20&basins=beside=2~size=48&tab=basins"
RATES = "?f=booth&run=sgd&run=adam~schedule=cosine&steps=20&sweep=rates=5&weather=noise=1,1&tab=sweep"
FITS = "?run=adam&run=sgd~lr=0.1~schedule=cosine&weather=clip=norm,1&train=data=cars~epochs=3~shuffles=2&tab=train"
COMMANDS = {"basins": (basins, MAPS), "sweep": (sweep, RATES), "train": (train, FITS)}


@pytest.mark.parametrize("name", [name for exports in OF_TABS.values() for name in exports])
def test_a_tab_gives_what_its_command_writes(name: str, tmp_path: Path) -> None:
    tab, _, kind = name.partition("-")
    command, link = COMMANDS[tab]
    assert command.main([link, f"--{kind}", str(tmp_path / "a")]) == 0
    state, notices = State.from_query(link)
    made = make(name, state, asked.HOME + state.to_query())
    content = made.content if isinstance(made.content, bytes) else made.content.encode()
    assert notices == [] and content == (tmp_path / "a").read_bytes()
    assert made.name == ALL[name].file and ALL[name].file.startswith(("downslope_", tab))


def test_what_takes_too_long_for_a_menu_is_for_the_command() -> None:
    state = State.from_query("?tab=train&train=n=20000~d=50~batch=20~epochs=100" + 8 * "&run=adam")[0]
    with pytest.raises(Mistake, match="`downslope train`"):
        make("train-json", state, "")
    assert "EPOCHS = 100" in make("train-numpy", state, "").content


def test_what_cannot_be_trained_on_is_said() -> None:
    for query, why in [
        ("data=file", "choose a CSV file"),
        (f"data=file~file={'0' * 64}", "choose it again"),
        ("data=cars~target=wheels", "there is no column “wheels”"),
    ]:
        with pytest.raises(Mistake, match=why):
            make("train-csv", State.from_query(f"?tab=train&train={query}")[0], "")


def test_the_names_of_exports_are_each_ones_own() -> None:
    assert len(ALL) == len(EXPORTS) + len(LESSONS) + sum(map(len, OF_TABS.values()))
