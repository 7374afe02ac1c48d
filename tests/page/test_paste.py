"""A call as it stands in somebody's code becomes a run, whatever else is pasted a sentence, and nothing is run."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import limits
from app.export.code import FRAMEWORKS
from app.page import edits, paste
from app.page.state import Run, State
from app.protocol import Forged, Mistake
from optim_core import (
    LIBRARIES,
    OPTIMIZERS,
    SGD,
    AdaBelief,
    Adadelta,
    AdaGrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Library,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSProp,
    Rprop,
    calls,
    hypers,
)

from ..strategies import any_optimizer
from ..strategies import settings as settings_of

thoroughly = settings(max_examples=300, deadline=None, derandomize=True)
every_library = pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)


def read(text: str) -> Optimizer:
    """What a call makes that can be followed to the letter."""
    pasted = paste.read(text)
    assert pasted.notices == []
    return pasted.optimizer


def why_not(text: str) -> str:
    with pytest.raises(Mistake) as raised:
        paste.read(text)
    return str(raised.value)


# --- calls ----------------------------------------------------------------------------------------------------------

CALLS: dict[str, Optimizer] = {
    "torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.01)": AdamW(3e-4, 0.9, 0.95),
    "torch.optim.AdamW(lr=3e-4, betas=[.9, .95])": AdamW(3e-4, 0.9, 0.95),
    "tf.keras.optimizers.RMSprop(learning_rate=0.001, rho=0.99)": RMSProp(1e-3, 0.99, 1e-7, eps_inside=True),
    "keras.optimizers.RMSprop()": RMSProp(1e-3, 0.9, 1e-7, eps_inside=True),
    "keras.optimizers.RMSprop(momentum=0.9)": RMSProp(1e-3, 0.9, 1e-7, 0.9, eps_inside=True, lr_inside=True),
    "torch.optim.RMSprop(p, momentum=0.9)": RMSProp(0.01, 0.99, 1e-8, 0.9),
    "optax.rmsprop(0.01, momentum=0.9)": RMSProp(0.01, 0.9, 1e-8, 0.9, eps_inside=True, lr_inside=True),
    "optax.rmsprop(0.01, momentum=0.9, eps_in_sqrt=False)": RMSProp(0.01, 0.9, 1e-8, 0.9, lr_inside=True),
    "keras.optimizers.SGD(0.1, momentum=0.9)": Momentum(0.1, 0.9, lr_inside=True),
    "keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)": Nesterov(0.1, 0.9, lr_inside=True),
    "keras.optimizers.SGD(0.1, nesterov=True)": Nesterov(0.1, 0.0),
    "optax.sgd(0.1, momentum=0.9)": Momentum(0.1, 0.9),
    "optimizers.SGD(0.1)": SGD(0.1),
    "optax.adamw(3e-4, b1=0.9, weight_decay=1e-2)": AdamW(3e-4),
    "optax.adamw(1e-3, 0.8, 0.9, 1e-6, 0.0, None, 0.1)": AdamW(1e-3, 0.8, 0.9, 1e-6, 0.1),
    "optax.adamw(1e-3)": AdamW(1e-3, weight_decay=1e-4),
    "torch.optim.RMSprop(net.parameters())": RMSProp(0.01, 0.99),
    "optax.rmsprop(0.01)": RMSProp(0.01, eps_inside=True),
    "optax.rmsprop(0.01, eps_in_sqrt=False, centered=True)": RMSProp(0.01, centered=True),
    "optim.SGD(p, 0.1, 0.9)": Momentum(0.1, 0.9),
    "optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5)": Momentum(0.1, 0.9, 0.5),
    "optim.SGD(p, lr=0.1, momentum=0)": SGD(0.1),
    "optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)": Nesterov(0.1, 0.9),
    "optax.sgd(0.1, 0.9, True)": Nesterov(0.1, 0.9),
    "optax.sgd(learning_rate=0.1, momentum=None)": SGD(0.1),
    "optim.Adam(p, amsgrad=True)": AMSGrad(),
    "optim.Adam(p, weight_decay=0.1, decoupled_weight_decay=True)": AdamW(weight_decay=0.1),
    "optax.adam(1e-3, nesterov=True)": NAdam(1e-3, momentum_decay=1e6),
    "optax.nadam(1e-3)": NAdam(1e-3, momentum_decay=1e6),
    "optax.nadam(1e-3, nesterov=False)": Adam(1e-3),
    "keras.optimizers.Nadam()": NAdam(1e-3, eps=1e-7, momentum_decay=1.0),
    "keras.optimizers.Adagrad()": AdaGrad(1e-3, 1e-7, 0.1, eps_inside=True),
    "keras.optimizers.Adadelta()": Adadelta(1e-3, 0.95, 1e-7),
    "keras.optimizers.Lion(1e-4)": Lion(1e-4, weight_decay=0.0),
    "optax.lion(1e-4)": Lion(1e-4),
    "optax.adabelief(1e-3)": AdaBelief(),
    "optax.adamax(1e-3)": Adamax(1e-3),
    "torch.optim.Rprop(p, etas=(0.4, 1.3), step_sizes=(1e-5, 10))": Rprop(0.01, 0.4, 1.3, 1e-5, 10.0),
}
every_call = pytest.mark.parametrize(("text", "optimizer"), CALLS.items())


@every_call
def test_a_call_becomes_its_optimizer_with_the_library_s_own_defaults(text: str, optimizer: Optimizer) -> None:
    assert read(text) == optimizer


@pytest.mark.parametrize(
    "form",
    [
        "optimizer = {}",
        "self.opt: torch.optim.Optimizer = {}",
        "{},",
        "optimizer={},",
        "{};",
        "  {}  # the rate of the paper",
        "import torch\nfrom torch import optim\n\nopt = {}",
        ">>> opt = {}",
        "({})",
        "\ufeff{}\n\n",
    ],
)
@every_call
def test_what_stands_around_a_call_is_no_matter(form: str, text: str, optimizer: Optimizer) -> None:
    assert read(form.format(text)) == optimizer


def test_a_call_over_several_lines_is_one() -> None:
    lines = "optimizer = torch.optim.AdamW(\n    model.parameters(),  # all\n    lr=3e-4,\n\tbetas=(0.9, 0.95),\n)\n"
    assert read(lines) == read(lines.replace("\n", "\r\n")) == AdamW(3e-4, 0.9, 0.95)
    assert read(">>> opt = optax.sgd(\n...     0.1,\n... )") == SGD(0.1)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 1e-3), ("+.5", 0.5), ("1_000e-6", 1e-3), ("3*1e-4", 3 * 1e-4), ("1/8", 0.125), ("10**-3", 1e-3),
        ("(2e-4 + 1e-4)", 2e-4 + 1e-4), ("-(-1)", 1.0), ("0x10", 16.0), ("1", 1.0), ("-0.0", 0.0), ("1e\u22123", 1e-3),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, value: float) -> None:
    assert read(f"optim.SGD(p, lr={written})").lr == value


# --- whose call it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "optimizer"),
    [
        ("AdamW(lr=0.1)", AdamW(0.1)),
        ("RMSprop(params, 0.1)", RMSProp(0.1, 0.99)),
        ("RMSprop(learning_rate=0.1)", RMSProp(0.1, eps=1e-7, eps_inside=True)),
        ("RMSprop(0.1)", RMSProp(0.1, eps=1e-7, eps_inside=True)),
        ("sgd(0.1)", SGD(0.1)),
        ("NAdam(p)", NAdam()),
        ("Nadam()", NAdam(1e-3, eps=1e-7, momentum_decay=1.0)),
        ("Lion()", Lion(1e-3, weight_decay=0.0)),
        ("my.own.Adam(model.parameters(), 0.1)", Adam(0.1)),
    ],
)
def test_without_a_prefix_name_and_arguments_say_whose_it_is(text: str, optimizer: Optimizer) -> None:
    assert read(text) == optimizer


def test_what_had_to_be_assumed_is_said() -> None:
    pasted = paste.read("SGD(momentum=0.5)")
    assert pasted.optimizer == Momentum(1e-3, 0.5)
    assert pasted.notices == ["“SGD” was read as PyTorch's; it may be Keras's too"]


# --- what cannot be followed ----------------------------------------------------------------------------------------


def test_every_argument_that_is_not_followed_is_named() -> None:
    for library in LIBRARIES.values():
        for name, signature in library.signatures.items():
            cls = signature.chosen({})[0]
            read_ = {library.argument(cls, field)[0] for field in library.fields(cls, signature)} | {*signature.instead}
            first = "0.1" if "learning_rate" in signature.defaults else "p"
            for argument in {*signature.defaults} - read_ - {"params"}:
                pasted = paste.read(f"{library.prefix}{name}({first}, {argument}=7)")
                said = "is L2" if argument == library.l2[0] else "is not followed"
                assert any(f" {argument}=7 {said}" in notice for notice in pasted.notices)
                assert pasted.optimizer == paste.read(f"{library.prefix}{name}({first})").optimizer


def test_a_default_that_is_written_out_is_not_named() -> None:
    assert read("optim.SGD(p, lr=0.1, foreach=None, maximize=False, weight_decay=0)") == SGD(0.1)
    assert read("keras.optimizers.SGD(0.1, clipnorm=None, name=None)") == SGD(0.1)


def test_the_decay_of_a_coupled_optimizer_is_a_part_of_the_loss() -> None:
    for call in ("torch.optim.Adam(p, weight_decay=0.1)", "optim.SGD(p, weight_decay=0.1)"):
        pasted = paste.read(call)
        assert pasted.l2 == 0.1 and "weight_decay=0.1 is L2, a part of the loss" in pasted.notices[0]
    assert paste.read("torch.optim.AdamW(p)").l2 == paste.read("torch.optim.Adam(p)").l2 == 0.0
    assert paste.read("optim.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True)").l2 == 0.0
    assert "is not followed: only AdamW" in paste.read("keras.optimizers.SGD(weight_decay=0.1)").notices[0]
    assert paste.read("keras.optimizers.Adam(weight_decay=0.1)").optimizer == AdamW(eps=1e-7, weight_decay=0.1)


def test_groups_of_parameters_are_named() -> None:
    pasted = paste.read("optim.SGD([{'params': a}, {'params': b, 'lr': 1}], lr=0.1)")
    assert pasted.optimizer == SGD(0.1) and "params in groups are not followed" in pasted.notices[0]
    assert read("optim.SGD([w, b], lr=0.1)") == read("optim.SGD(filter(lambda p: p.grad, ps), lr=0.1)") == SGD(0.1)


@every_library
@every_optimizer
def test_where_no_optimizer_here_walks_so_it_is_said(library: Library, cls: type[Optimizer]) -> None:
    if library.signature_of(cls):
        notices = paste.read(calls.written(calls.as_in(cls(), library), library)).notices
        assert len(notices) == len(calls.beyond(cls, library))
        assert all("no optimizer here walks exactly so" in notice for notice in notices)


# --- mistakes -------------------------------------------------------------------------------------------------------

MISTAKES = {
    "": "nothing to read",
    "0.1": "not a call",
    "x = 1": "not a call",
    "a.b": "not a call",
    "SGD(0.1); SGD(0.2)": "more than one line",
    "def f(): pass": "not a call",
    "torch.optim.Adm(p)": "PyTorch has no optimizer “Adm” that can be followed here; perhaps Adam",
    "torch.optim.adam(p)": "perhaps Adam",
    "torch.optim.LBFGS(p)": "PyTorch has no optimizer “LBFGS”",
    "adagard(0.1)": "“adagard” is no optimizer that can be followed here; perhaps",
    "keras.optimizers.Adam(lr=0.1)": "Keras's Adam has no argument “lr”; perhaps learning_rate",
    "torch.optim.Adam(p, learning_rate=0.1)": "perhaps lr",
    "torch.optim.Adam(p, beta=(0.9, 0.99))": "perhaps betas",
    "optim.SGD(p, lr=-1)": "lr: must be a number of at least 0, not -1",
    "optim.SGD(p, lr=args.lr)": "lr: must be a number of at least 0, not “args.lr”",
    "optim.SGD(p, lr=True)": "lr: must be a number",
    "optim.SGD(p, lr='0.1')": "lr: must be a number",
    "optim.SGD(p, lr=1j)": "lr: must be a number",
    "optim.SGD(p, lr=1e999)": "lr: must be a finite number",
    "optim.SGD(p, lr=1/0)": "lr: must be a finite number",
    "optim.SGD(p, lr=(-1)**0.5)": "lr: must be a finite number",
    "optim.SGD(p, lr=9**9**9**9)": "lr: must be a finite number",
    "optim.Adam(p, betas=0.9)": "betas must be two numbers, as in betas=(0.9, 0.999)",
    "optim.Adam(p, betas=(0.9,))": "betas must be two numbers",
    "optim.Adam(p, betas=(0.9, 1))": "betas, second: must be a number from 0 to below 1, not 1",
    "optim.RMSprop(p, centered=1)": "centered: must be True or False",
    "optim.SGD(p, nesterov=flag)": "nesterov: must be written out",
    "optim.SGD(p, nesterov=True)": "PyTorch refuses nesterov without momentum",
    "optim.Rprop(p, etas=(0.5, 1.0))": "PyTorch refuses etas",
    "keras.optimizers.Lion(beta_1=0.0)": "Keras refuses a Lion whose beta_1 is 0",
    "optax.adam()": "learning_rate must be given: optax has no default for it",
    "optax.adadelta(None)": "learning_rate must be given",
    "optax.sgd(schedule)": "learning_rate: must be a number of at least 0, not “schedule”",
    "torch.optim.Adam(0.1)": "the first argument of PyTorch's Adam is the parameters",
    "optax.sgd(1, 0, False, None, 5)": "at most 4 arguments without names",
    "optim.SGD(p, 0.1, lr=0.1)": "lr is given twice",
    "optim.SGD(p, lr=1, lr=1)": "lr is given twice",
    "optim.SGD(*args)": "what a star stands for",
    "optim.SGD(p, **settings)": "what a star stands for",
    "optim.SGD(p, lr=0.1": "this is not Python, at line 1, “optim.SGD(p, lr=0.1”",
    "optim.SGD(\np,\nlr=)": "this is not Python, at line 3, “lr=)”",
    "get('adam')(p)": "what is called must be a name",
}


@pytest.mark.parametrize(("text", "reason"), MISTAKES.items())
def test_a_mistake_is_named_with_its_place(text: str, reason: str) -> None:
    assert reason in why_not(text)


HOSTILE = {
    "parentheses": "optim.SGD(p, lr=" + "(" * 10**5,
    "parentheses within bounds": "optim.SGD(p, lr=" + "(" * 900 + "1" + ")" * 900 + ")",
    "brackets": "optim.SGD(p, lr=" + "[" * 150 + "]" * 150 + ")",
    "signs": "optim.SGD(p, lr=" + "-" * 1900 + "1)",
    "a sum": "optim.SGD(p, lr=" + "1+" * 900 + "1)",
    "a huge number": "optim.SGD(p, lr=" + "9" * 1900 + ")",
    "a huge power": "optim.SGD(p, lr=9**9**9**9**9)",
    "a long text": "optim.SGD(p, lr=0.1)" + " " * 10**6,
    "a chain": "a" + ".b" * 900 + "(1)",
    "a chain of calls": "a" + "()" * 900,
    "lambda": "optim.SGD(p, lr=(lambda: 1)())",
    "a lambda that is called": "(lambda: 1)()",
    "an f-string": "optim.SGD(p, lr=f'{__import__(\"os\")}')",
    "an import": "__import__('os').system('true')",
    "a dunder": "optim.SGD.__init__.__globals__['x'](1)",
    "a comprehension": "optim.SGD(p, lr=[x for x in range(10**9)])",
    "walrus": "optim.SGD(p, lr=(x := 1))",
    "a conditional": "optim.SGD(p, lr=1 if x else 2)",
    "a repeated list": "optim.SGD(p, lr=[1] * 10**9)",
    "a repeated text": "optim.SGD(p, lr='a' * 10**9)",
    "a shift": "optim.SGD(p, lr=1 << 10**9)",
    "a null byte": "optim.SGD(p, lr=\x001)",
    "a lookalike": "optim.SGD(p, l\u0433=1)",
    "half a character": "optim.SGD(p, lr=\ud800)",
    "tabs and lines": "\n\t" * 900,
    "a decorator": "@x\nclass A: pass",
    "statements": "while True: pass",
    "await": "await x()",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_is_refused_soon_and_shortly(text: str) -> None:
    began = time.perf_counter()
    reason = why_not(text)
    assert time.perf_counter() - began < 0.25
    assert len(reason) < 300 and reason.isprintable()


def test_letters_that_python_takes_for_the_same_are_the_same() -> None:
    assert read("ｔｏｒｃｈ.optim.ＳＧＤ(p, lr=0.1)") == SGD(0.1)


WORDS = "torch.optim. keras.optimizers. optax. Adam sgd RMSprop ( ) , lr= betas= p 0.1 - ** [ ] # = ; lambda: f' ' None"
pieces = st.sampled_from([*WORDS.split(), "True", "\\", ".", " ", "\n", "\x00", "9" * 30])


@thoroughly
@given(st.text() | st.lists(pieces, max_size=25).map("".join) | st.binary().map(lambda raw: raw.decode("latin-1")))
@example("\r")
@example(":")
@example("Adam(\\")
def test_any_text_is_a_run_or_a_mistake(text: str) -> None:
    try:
        pasted = paste.read(text)
    except Mistake as reason:
        assert str(reason).isprintable()
    else:
        assert type(pasted.optimizer) in OPTIMIZERS.values()
        assert all(notice.isprintable() for notice in pasted.notices)


# --- there and back -------------------------------------------------------------------------------------------------


def equal(mine: Optimizer, pasted: Optimizer) -> bool:
    """The same, or what it is where its momentum is off."""
    return mine == pasted or (not getattr(mine, "momentum", 1) and pasted == SGD(mine.lr))


def equal_while_steady(mine: Optimizer, pasted: Optimizer) -> bool:
    """The same but for the place of a rate, which is no other path while it is constant."""
    if type(pasted) is type(mine) and "lr_inside" in hypers(mine):
        pasted = replace(pasted, lr_inside=mine.lr_inside)
    return equal(mine, pasted)


@every_library
@thoroughly
@given(optimizer=any_optimizer)
def test_what_a_library_calls_a_run_is_that_run_when_pasted(library: Library, optimizer: Optimizer) -> None:
    there = calls.as_in(optimizer, library)
    for shortly in (False, True) if there is not None else ():
        assert equal(there, paste.read(calls.written(there, library, shortly)).optimizer)


@pytest.mark.parametrize("framework", ["torch", "keras"])
@every_optimizer
def test_an_exported_call_pasted_back_is_the_run(framework: str, cls: type[Optimizer]) -> None:
    for optimizer in settings_of(cls):
        script = FRAMEWORKS[framework].script(State(runs=(Run(optimizer, 0),), n_steps=1))
        line = next(line for line in script.splitlines() if line.startswith(f'    "{cls.label}": '))
        call = line.partition(": ")[2].removeprefix("lambda params: ").strip(",").replace("Corrected(", "(")
        if "ByHand(" not in call:
            assert equal_while_steady(optimizer, paste.read(call).optimizer)


# --- the edit -------------------------------------------------------------------------------------------------------


def pasted(state: State, value: Any) -> tuple[State, dict[str, str], list[str]]:
    changes = [("text", "paste", value)]
    after, messages = edits.apply(state, changes)
    return after, messages, edits.notices(changes, messages)


def test_a_pasted_call_is_a_run_after_the_others() -> None:
    before = State(runs=(Run(SGD(), 1), Run(Adam(), 0)))
    after, messages, notices = pasted(before, "torch.optim.RMSprop(\n    p, maximize=True\n)")
    assert (messages, after.runs[:2], len(after.runs)) == ({}, before.runs, 3)
    assert after.runs[2].optimizer == RMSProp(0.01, 0.99) and after.runs[2].slot not in (0, 1)
    assert notices == ["PyTorch's RMSprop: maximize=True is not followed"]
    assert State.from_query(after.to_query()) == (after, [])


def test_what_cannot_be_read_changes_nothing() -> None:
    full = State(runs=tuple(Run(SGD(), slot) for slot in range(limits.RUNS)))
    for state, text in ((State(), "SGD("), (State(), "x" * 10**4), (full, "Adam(maximize=True)")):
        after, messages, notices = pasted(state, text)
        assert after == state and messages["paste"] and notices == []


def test_nothing_pasted_is_nothing_done() -> None:
    assert pasted(State(), " \n") == (State(), {}, [])


@pytest.mark.parametrize("value", [None, 1, ["Adam()"], {}])
def test_what_is_no_text_is_forged(value: Any) -> None:
    with pytest.raises(Forged):
        pasted(State(), value)
