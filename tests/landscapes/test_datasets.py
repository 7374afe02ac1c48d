"""Data to fit a model to: made as introductory texts make it, shipped with its source, and nothing lost on the way."""

import numpy as np
import pytest

from landscapes.datasets import SHIPPED, Column, Data, Table, made, read_csv, shipped

every_table = pytest.mark.parametrize("name", SHIPPED)


def table(text: str) -> Table:
    return read_csv(text.encode())


def numbers(n: int, columns: str = "a,b,y") -> str:
    """A table of different numbers."""
    stream = np.random.RandomState(0)
    width = columns.count(",") + 1
    return "\n".join([columns, *(",".join(f"{v:.3f}" for v in stream.standard_normal(width)) for _ in range(n))])


# made


def test_the_default_is_the_experiment_that_texts_print() -> None:
    np.random.seed(42)
    features = np.random.randn(1000, 10)
    truth = np.random.randn(10) * 2
    target = features @ truth + np.random.randn(1000) * 0.5
    data = made()
    for found, printed in ((data.features, features), (data.truth, truth), (data.target, target)):
        np.testing.assert_array_equal(found, printed)
    assert data.validation is None and data.names == tuple(f"x{j}" for j in range(1, 11))


def test_scaled_features_keep_their_target() -> None:
    plain, scaled = made(), made(condition=10_000)
    np.testing.assert_array_equal(scaled.target, plain.target)
    np.testing.assert_allclose(scaled.features.std(0)[[0, -1]] / plain.features.std(0)[[0, -1]], [0.01, 100])
    np.testing.assert_allclose(scaled.features @ scaled.truth, plain.features @ plain.truth, atol=1e-12)


def test_rare_features_are_mostly_zero() -> None:
    data = made(rare=0.3, noise=0)
    shares = (data.features == 0).mean(0)
    assert (shares[:7] == 0).all() and (np.abs(shares[7:] - 0.95) < 0.02).all()
    np.testing.assert_allclose(data.features @ data.truth, data.target)


def test_pure_noise_is_explained_by_nothing() -> None:
    data = made(weights=0, noise=1)
    best = np.linalg.lstsq(data.features, data.target, rcond=None)[0]
    assert (data.truth == 0).all() and 0.93 < np.mean((data.features @ best - data.target) ** 2) < 1


def test_two_classes_are_the_sign_of_the_target() -> None:
    data = made(kind="logistic")
    np.testing.assert_array_equal(data.target, made().target > 0)
    assert data.classes == ("target ≤ 0", "target > 0") and data.truth is None


def test_the_truth_follows_what_is_done_to_the_features() -> None:
    data = made(200, 4, 0.0, 100, standard=True, intercept=True, validation=0.25, split=3)
    np.testing.assert_allclose(data.features @ data.truth, data.target)
    np.testing.assert_allclose(data.features[:, :-1].std(0), 1)
    assert data.validation is not None
    features, target = data.validation
    np.testing.assert_allclose(features @ data.truth, target)
    assert (len(data.target), len(target), data.names[-1]) == (150, 50, "1")


@pytest.mark.parametrize(
    "settings",
    [{"n": 1}, {"d": 0}, {"noise": -1}, {"condition": 0.5}, {"rare": 2}, {"kind": "other"}, {"validation": 1},
     {"n": 3, "validation": 0.9}, {"kind": "logistic", "weights": 0, "noise": 0}, {"noise": float("nan")}],
    ids=str,
)  # fmt: skip
def test_what_makes_no_samples_is_said(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        made(**settings)


# shipped


@every_table
def test_every_table_names_its_source_and_can_be_fitted(name: str) -> None:
    about, data = SHIPPED[name], shipped(name).data()
    assert about.title and about.source and about.licence
    assert (data.kind, data.target_name) == (about.kind, about.target)
    assert np.linalg.matrix_rank(data.features) == len(data.names) <= 80
    assert len(data.target) > 300 and data.validation is not None and np.isfinite(data.features).all()


def test_samples_are_a_model() -> None:
    data = shipped("cars").data()
    model, apart = data.regression(0.1), data.validation_regression()
    assert apart is not None and (model.l2, apart.l2, apart.kind) == (0.1, 0.0, "linear")
    best = data.regression().minimum
    assert best is not None and data.regression().loss(best) < 0.2 and apart.loss(best) < 0.5
    assert made().validation_regression() is None
    assert made().regression().lowest == pytest.approx(0.2344, abs=1e-4)


def test_what_the_tables_hold() -> None:
    """Known sums of the published tables."""
    assert shipped("diabetes").rows == 442 and shipped("diabetes").column("progression").values.sum() == 67243
    cancer = shipped("cancer").column("diagnosis")
    assert cancer.words == ("benign", "malignant") and np.bincount(cancer.values.astype(int)).tolist() == [357, 212]
    cars = shipped("cars")
    assert cars.rows == 406 and int(np.isnan(cars.column("miles per gallon").values).sum()) == 8


def test_rare_words_make_rare_features() -> None:
    data = shipped("cars").data()
    makes = [j for j, name in enumerate(data.names) if name.startswith("make = ")]
    shares = data.features[:, makes].mean(0)
    assert len(makes) > 20 and (shares < 0.05).sum() > 15 and set(np.unique(data.features[:, makes])) == {0, 1}


def test_a_table_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="no data set “x”; there are diabetes"):
        shipped("x")


# a table as samples


def test_numbers_are_standardised_by_the_rows_that_train() -> None:
    raw, data = table(numbers(100)), table(numbers(100)).data(validation=0.3, seed=5)
    order = np.random.RandomState(5).permutation(100)
    train = np.sort(order[:70])
    for name, found in (("a", data.features[:, 0]), ("y", data.target)):
        values = raw.column(name).values[train]
        np.testing.assert_allclose(found, (values - values.mean()) / values.std())
    assert data.names == ("a", "b", "1") and (data.features[:, 2] == 1).all()
    assert data.validation is not None and data.validation[0].shape == (30, 3)
    assert any("“y” is standardised" in note for note in data.notes)


def test_as_they_are_the_numbers_stay() -> None:
    raw, data = table(numbers(9)), table(numbers(9)).data("b", standard=False, intercept=False, validation=0)
    np.testing.assert_array_equal(data.features, np.column_stack([raw.column(name).values for name in "ay"]))
    np.testing.assert_array_equal(data.target, raw.column("b").values)
    assert data.notes == () and data.validation is None


def test_words_become_features_compared_with_the_most_frequent() -> None:
    data = table("c,y\nred,1\nblue,2\nred,3\ngreen,4\nblue,5\nred,6").data(validation=0, standard=False)
    assert data.names == ("c = blue", "c = green", "1")
    np.testing.assert_array_equal(data.features[:, 0], [0, 1, 0, 0, 1, 0])
    assert any("compared with “red”" in note for note in data.notes)


def test_two_classes_are_found() -> None:
    words = table("x,y\n1,yes\n2,no\n3,yes\n4,no").data(validation=0)
    assert (words.kind, words.classes, words.target.tolist()) == ("logistic", ("no", "yes"), [1, 0, 1, 0])
    numbered = table("x,y\n1,7\n2,3\n3,7\n4,3").data(validation=0)
    assert (numbered.kind, numbered.classes, numbered.target.tolist()) == ("logistic", ("3", "7"), [1, 0, 1, 0])
    assert table("x,y\n1,7\n2,3\n3,7\n4,3").data(kind="linear", validation=0).classes is None


def test_rows_with_gaps_are_left_out_and_said() -> None:
    data = table("a,y\n1,2\n,3\n4,\n5,6\n7,9").data(validation=0, standard=False, intercept=False)
    assert data.features[:, 0].tolist() == [1, 5, 7]
    assert data.notes == ("2 rows have gaps and are left out: row 3 (“a”) is the first",)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a,b,y\n1,5,2\n2,5,3\n3,5,5", "“b” is left out: it is the same in every row"),
        ("a,b,y\n1,,2\n2,,3\n3,9,5", "“b” is left out: 2 of its 3 cells are empty"),
        ("a,b,y\n1,p,2\n2,q,3\n3,r,5", "“b” is left out: 3 different words"),
        ("a,b,y\n1,,2\n2,,3\n3,,5", "“b” is empty"),
        ("1,2\n3,4\n5,7", "no header was found: the columns are numbered"),
    ],
)
def test_what_is_left_out_is_said(text: str, note: str) -> None:
    assert note in table(text).data(validation=0).notes


def test_too_many_words_are_left_out_the_fewest_are_kept() -> None:
    rows = [f"w{i % 70:02},v{i % 15:02},{i}" for i in range(200)]
    data = table("\n".join(["many,few,y", *rows])).data()
    assert "“many” is left out: 70 words are too many" in data.notes
    assert sum(name.startswith("few = ") for name in data.names) == 14


@pytest.mark.parametrize(
    ("text", "asked", "reason"),
    [
        ("a,y\n1,2\n2,3", {"target": "z"}, "no column “z”; there are a, y"),
        ("a,y\n1,2\n2,2", {"target": "y"}, "“y” is “2” in every row: one class only"),
        ("a,y\n1,p\n2,p", {"target": "y"}, "“y” is “p” in every row: one class only"),
        ("a,y\n1,2\n2,3\n3,4", {"kind": "logistic"}, "“y” has 3 different numbers: the logistic model needs two"),
        ("a,y\n1,p\n2,q", {"kind": "linear"}, "“y” has 2 different words: the linear model needs numbers"),
        ("a,y\np,r\nq,s\nu,v", {}, "no column can be a target"),
        ("a,y\n,2\n2,\n,3\n3,", {}, "every row has a gap"),
        ("a,y\n1,2\n1,3", {}, "no column is left"),
        ("a,y\n1,2\n2,3", {"validation": 0.5}, "too few samples: 1 of 2 would train"),
        ("a,y\n1,2\n2,3", {"kind": "other"}, "a model is linear or logistic"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_said(text: str, asked: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        table(text).data(**asked)


def test_numbers_too_large_to_be_squared_are_said() -> None:
    columns = (Column("a", np.array([1e300, -1e300, 2e300])), Column("y", np.arange(3.0)))
    with pytest.raises(ValueError, match="the numbers of “a” are too large to standardise"):
        Table(columns, np.arange(3)).data(validation=0)


def test_one_class_left_by_the_split_is_said() -> None:
    rows = "\n".join(f"{i},{'no' if i else 'yes'}" for i in range(40))
    failed = []
    for seed in range(40):
        try:
            data: Data = table(f"x,y\n{rows}").data(validation=0.5, seed=seed)
        except ValueError as reason:
            failed.append(str(reason))
        else:
            assert set(data.target) == {0, 1}
    assert 10 < len(failed) < 30 and set(failed) == {"one class only: every sample that trains is “no”"}
