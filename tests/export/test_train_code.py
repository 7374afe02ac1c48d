"""The scripts of a training run by themselves, and end at the page's numbers."""

from pathlib import Path

import numpy as np
import pytest

from app.export import train_code, train_data
from app.export.train_data import trained
from app.page.state import State
from optim_core import OPTIMIZERS

from .scripts import executed, is_golden

SMALL = "n=90~d=4~batch=16~epochs=4~shuffles=2"
EVERY = (
    "".join(f"&run={name}" for name in list(OPTIMIZERS)[:8]),
    "".join(f"&run={name}" for name in list(OPTIMIZERS)[8:16]),
)
QUERIES = [
    "train=epochs=3",
    f"train={SMALL}~order=7~seed=3{EVERY[0]}",
    f"train={SMALL}~model=logistic{EVERY[1]}",
    f"train={SMALL}~l2=0.1&run=lion&run=yogi&run=adam~beta1=0",
    f"train={SMALL}~model=logistic~l2=0.05~standard=1~intercept=1~validation=0.25",
    f"train={SMALL}~condition=100~rare=0.5~noise=0~standard=1&run=adamw~weight_decay=0.1&run=adagrad~initial_accumulator=0.1",
    "train=n=12~d=6~rare=1~batch=50~epochs=3&run=adam",
    f"train={SMALL}&schedule=warm-up,20,cosine&run=nadam&run=sgd~schedule=stairs,10,0.5&run=momentum~lr_inside=1",
    f"train={SMALL}&weather=clip=norm,1&run=adam&run=sgd",
    f"train={SMALL}&weather=clip=value,0.5&run=yogi&run=sgd",
    "train=printed=1~epochs=3",
    "train=printed=1~epochs=2~n=100~d=3~seed=5~weights=0&run=sgd&run=adam~schedule=cosine",
    "train=printed=1~epochs=2~n=100~d=4~rare=0.5~validation=0.2~intercept=1~batch=48",
    "train=printed=1~epochs=2~n=20~d=4~batch=48~model=logistic&run=adam",
    "train=data=diabetes~epochs=2~shuffles=1~l2=0.01",
    "train=data=cancer~epochs=2~shuffles=1&run=adam&run=radam",
    "train=data=cars~epochs=2~shuffles=2~validation=0&run=rmsprop",
]
every_training = pytest.mark.parametrize("query", QUERIES)


def strayed(name: str, query: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """How far what a script leaves is from the page's numbers, relative to their size."""
    state, notices = State.from_query(f"tab=train&{query}")
    assert notices == []
    (folder / train_data.SET).write_text(train_data.samples(state), encoding="utf-8")
    monkeypatch.chdir(folder)
    left, worst = executed(train_code.script(name, state)), [0.0]
    found = trained(state)
    assert [*left["weights"]] == [one.label for one in found] and len(left["said"]) == len(found)
    for one in found:
        pairs = [(left["weights"][one.label], one.made.weights[-1].T), (left["during"][one.label], one.made.during.T)]
        pairs.append((left["losses"][one.label], one.made.loss.T))
        if one.made.validation is not None:
            pairs.append((left["held"][one.label], one.made.validation.T))
        for theirs, ours in pairs:
            assert theirs.shape == ours.shape and np.isfinite(ours).all()
            worst.append(float(np.abs(theirs - ours).max() / np.abs(ours).max()))
    return float(np.max(worst))  # unlike max, it keeps a NaN


@every_training
def test_numpy_trains_as_the_page_does(query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert strayed("numpy", query, tmp_path, monkeypatch) < 1e-8


@is_golden
@every_training
def test_a_library_trains_as_the_page_does(
    framework: str, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert strayed(framework, query, tmp_path, monkeypatch) < 1e-8


def test_the_scripts_use_what_the_library_has() -> None:
    state = State.from_query("tab=train")[0]
    torch, keras = (train_code.script(name, state) for name in ("torch", "keras"))
    assert "torch.optim.Adagrad(params" in torch and "torch.nn.Linear(D, 1, bias=False)" in torch
    assert "ByHand" not in torch and "keras.optimizers.SGD(learning_rate=0.05)" in keras


@pytest.mark.parametrize("name", train_code.LIBRARIES)
@every_training
def test_no_line_is_marked(name: str, query: str) -> None:
    script = train_code.script(name, State.from_query(f"tab=train&{query}")[0])
    compile(script, "script.py", "exec")
    assert "#?" not in script and "\n\n\n\n" not in script
