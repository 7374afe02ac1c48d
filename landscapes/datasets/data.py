"""Samples that a model is fitted to: features, a target, and those kept apart for validation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from ..curves import Array
from ..regression import KINDS, Regression

RARE = 0.95  # how often a rare feature is 0
INTERCEPT = "1"  # the name of the feature that is 1 in every sample


@dataclass(frozen=True, eq=False)
class Data:
    """`n` samples with `d` features; arrays in float64, without gaps.

    A target is a number, or for kind "logistic" 0 or 1, which stand for the two `classes`.
    """

    features: Array  # (n, d)
    target: Array  # (n,)
    names: tuple[str, ...]  # (d,)
    kind: str = "linear"
    truth: Array | None = None  # (d,) the weights that made the target, where they are known
    validation: tuple[Array, Array] | None = None  # features and target of the samples that training never sees
    target_name: str = "target"
    classes: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()  # what was done to the samples, in sentences

    def regression(self, l2: float = 0.0) -> Regression:
        """The model of this kind on the samples that train."""
        return Regression(self.features, self.target, self.kind, l2)

    def validation_regression(self, l2: float = 0.0) -> Regression | None:
        """The same on the samples kept apart, None where there are none."""
        return None if self.validation is None else Regression(*self.validation, self.kind, l2)


def made(
    n: int = 1000,
    d: int = 10,
    noise: float = 0.5,
    condition: float = 1.0,
    rare: float = 0.0,
    weights: float = 2.0,
    seed: int = 42,
    kind: str = "linear",
    *,
    standard: bool = False,
    intercept: bool = False,
    validation: float = 0.0,
    split: int = 0,
) -> Data:
    """Samples of a linear model: N(0, 1) features X, true weights `weights` · N(0, 1), target X·w + `noise` · N(0, 1).

    They are drawn from `numpy.random.RandomState(seed)` in this order, so the default is the data of the experiment
    that introductory texts print. `rare` is the share of features that are 0 in 95 % of the samples (the last ones,
    drawn after everything else). Then feature j is multiplied by a number from 1/√`condition` for the first to
    √`condition` for the last, evenly on a log scale, and its true weight divided by it: the target stays. For kind
    "logistic" the target is 1 where it would have been positive; that tells the direction of the true weights alone, so
    there is no `truth`.

    `standard` gives the features mean 0 and deviation 1, `intercept` adds a feature that is always 1, `validation` is
    the share of samples kept apart, drawn by the seed `split`.

    Raises ValueError for numbers that mean no samples, and where all samples are of one class.
    """
    _check(n, d, noise, condition, rare, kind)
    stream = np.random.RandomState(seed)
    features = stream.standard_normal((n, d))
    true = stream.standard_normal(d) * weights
    disturbed = stream.standard_normal(n) * noise
    first = d - round(rare * d)
    features[:, first:] *= stream.random_sample((n, d - first)) >= RARE
    target = features @ true + disturbed
    scales = np.geomspace(1 / np.sqrt(condition), np.sqrt(condition), d) if d > 1 else np.ones(1)
    data = Data(features * scales, target, tuple(f"x{j + 1}" for j in range(d)), truth=true / scales)
    if kind == "logistic":
        data = classified(data)
    return prepared(data, np.ones(d, bool), standard, intercept, validation, split)


def _check(n: int, d: int, noise: float, condition: float, rare: float, kind: str) -> None:
    if n < 2 or d < 1:
        raise ValueError("at least two samples and one feature are needed")
    if not (0 <= noise < np.inf and 1 <= condition < np.inf and 0 <= rare <= 1):
        raise ValueError("noise must be 0 or more, the condition 1 or more, the share of rare features from 0 to 1")
    if kind not in KINDS:
        raise ValueError(f"a model is {' or '.join(KINDS)}")


def classified(data: Data) -> Data:
    """The same samples with the question whether their target is positive; of the weights it tells the direction."""
    return Data(
        data.features,
        (data.target > 0).astype(float),
        data.names,
        "logistic",
        classes=(f"{data.target_name} ≤ 0", f"{data.target_name} > 0"),
    )


def prepared(
    data: Data, numbers: Array, standard: bool, intercept: bool, validation: float, seed: int, scaled: bool = False
) -> Data:
    """The samples as a model is trained on them; `numbers` (d,) are the features to standardise, the others stay.

    The permutation of `numpy.random.RandomState(seed)` decides which samples are kept apart: its last ones. Means and
    deviations are of those that train; `scaled` standardises the target with them too. A feature that is the same in
    all of them is left out. Raises ValueError where too few samples, no feature or one class only would train.
    """
    train, apart = _rows(len(data.target), validation, seed)
    with np.errstate(all="ignore"):
        return _prepared(data, numbers & standard, intercept, scaled, train, apart)


def _prepared(data: Data, chosen: Array, intercept: bool, scaled: bool, train: Array, apart: Array) -> Data:
    varied = _varied(data, train)
    means, scales = _centre(data.features[train], varied & chosen)
    features = _finite((data.features - means) / scales, data.names)[:, varied]
    truth = None if data.truth is None else (data.truth * scales)[varied]
    target, said = _scaled(data, train) if scaled else (data.target, ())
    notes = data.notes + constant(compress(data.names, ~varied)) + said
    names = tuple(compress(data.names, varied))
    whole = replace(data, features=features, target=target, names=names, truth=truth, notes=notes)
    if intercept:
        whole = _with_intercept(whole, 0.0 if data.truth is None else float(data.truth @ means))
    return _parted(whole, train, apart)


def _varied(data: Data, train: Array) -> Array:
    """(d,) which features differ among the samples that train. Raises ValueError where they teach nothing."""
    varied = np.ptp(data.features[train], axis=0) > 0
    if not varied.any():
        raise ValueError("no feature is left that differs from sample to sample")
    if data.classes and np.ptp(data.target[train]) == 0:
        only = data.classes[int(data.target[train[0]])]
        raise ValueError(f"one class only: every sample that trains is “{only}”")
    return varied


def _with_intercept(data: Data, true: float) -> Data:
    """The same with a feature that is 1 everywhere; `true` is its true weight where those are known."""
    features = np.column_stack([data.features, np.ones(len(data.target))])
    truth = None if data.truth is None else np.append(data.truth, true)
    return replace(data, features=features, names=(*data.names, INTERCEPT), truth=truth)


def _parted(data: Data, train: Array, apart: Array) -> Data:
    """The samples that train, and those kept apart."""
    features, target = data.features, data.target
    held = (features[apart], target[apart]) if len(apart) else None
    return replace(data, features=features[train], target=target[train], validation=held)


def _rows(n: int, validation: float, seed: int) -> tuple[Array, Array]:
    """Which samples train, in their own order, and which are kept apart."""
    if not 0 <= validation < 1:
        raise ValueError("the share kept for validation must be from 0 to below 1")
    training = n - round(validation * n)
    if training < 2:
        raise ValueError(f"too few samples: {training} of {n} would train")
    order = np.random.RandomState(seed).permutation(n)
    return np.sort(order[:training]), np.sort(order[training:])


def _centre(features: Array, chosen: Array) -> tuple[Array, Array]:
    """What to subtract from each feature and what to divide it by: (d,) each, 0 and 1 where it stays as it is."""
    means, scales = features.mean(axis=0), features.std(axis=0)
    scales = np.where(np.isfinite(scales), scales, np.nan)  # what is divided by it is seen to be none
    chosen = chosen & (scales != 0)
    return np.where(chosen, means, 0.0), np.where(chosen, scales, 1.0)


def _scaled(data: Data, train: Array) -> tuple[Array, tuple[str, ...]]:
    """The target with mean 0 and deviation 1 over the samples that train, and a note that says so."""
    means, scales = _centre(data.target[train, None], np.ones(1, bool))
    if np.ptp(data.target[train]) == 0:
        raise ValueError(f"the target “{data.target_name}” is the same in every sample")
    said = f"“{data.target_name}” is standardised, 1 stands for {scales[0]:.4g}: its mean as a guess has a loss of 1"
    return _finite((data.target - means[0]) / scales[0], (data.target_name,)), (said,)


def _finite(numbers: Array, names: tuple[str, ...]) -> Array:
    """The same numbers, (n, d) or (n,). Raises ValueError where some are none any more."""
    wrong = ~np.isfinite(numbers).all(axis=0)
    if wrong.any():
        raise ValueError(f"the numbers of “{names[int(np.argmax(wrong))]}” are too large to standardise")
    return numbers


def constant(names: Iterable[str]) -> tuple[str, ...]:
    """A note on features that are the same in every sample."""
    quoted = [f"“{name}”" for name in names]
    left = f"{', '.join(quoted)} {'is' if len(quoted) == 1 else 'are'} left out"
    return (f"{left}: the same in every sample that trains",) if quoted else ()
