"""The plane of the paths: what it holds of them, and the losses in it."""

import base64
import json

import numpy as np
import pytest

from app.protocol import Plan, Tile
from app.train import answer, asked

QUERY = "?tab=train&train=n=80~d=4~epochs=6~shuffles=1"


def coded(values: np.ndarray) -> str:
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def summed(query: str) -> tuple[str, np.ndarray, dict[str, object]]:
    """The key, the params of all runs, and their sums."""
    planned = answer.plan(Plan(query))
    tiles = [answer.piece(Tile(planned.key, part)).arrays for part in planned.parts]
    params = np.concatenate([one["params"] for one in tiles]).astype(float)
    sums = {name: coded(np.sum([one[name] for one in tiles], axis=0)) for name in ("sum", "products")}
    return planned.key, params, {"count": float(sum(one["count"][0] for one in tiles)), **sums}


def test_the_first_two_principal_components_hold_most_of_the_paths() -> None:
    key, params, sums = summed(QUERY)
    found = answer.piece(Tile(key, "plane", json.dumps(sums), "train")).arrays
    centred = params - params.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    assert found["share"][0] == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum(), rel=1e-4)
    for name, axis in zip("uv", axes, strict=False):
        assert abs(found[name] @ axis) == pytest.approx(1, abs=1e-4)
    assert np.allclose(found["origin"], params.mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_the_ground_is_the_loss(kind: str) -> None:
    key, _, sums = summed(f"{QUERY.replace('d=4', f'd=4~model={kind}~l2=0.1')}")
    for given in ({**sums, "window": [-1, 2, -3, 0.5]}, {"of": [0, 2], "window": [-1, 2, -3, 0.5]}):
        found = answer.piece(Tile(key, "plane", json.dumps(given), "train")).arrays
        size = len(found["ground"])
        points = np.linspace(-1, 2, size), np.linspace(-3, 0.5, size)
        model = asked.read_course(key).regression
        for row, column in ((0, 0), (3, 7), (size - 1, size - 2)):
            at = found["origin"] + points[0][column] * found["u"] + points[1][row] * found["v"]
            assert found["ground"][row, column] == pytest.approx(float(model.loss(at)), rel=1e-5)


def test_two_parameters_are_a_plane_in_which_the_others_stand_at_the_minimum() -> None:
    key, _, _ = summed(QUERY)
    found = answer.piece(Tile(key, "plane", '{"of":[1,3]}', "train")).arrays
    least = asked.read_course(key).regression.minimum
    assert found["origin"].tolist() == [least[0], 0, least[2], 0]
    assert (found["u"].tolist(), found["v"].tolist()) == ([0, 1, 0, 0], [0, 0, 0, 1]) and np.isnan(found["share"][0])
    u0, u1, v0, v1 = found["window"]
    assert u0 < min(0, least[1]) < max(0, least[1]) < u1 and v0 < min(0, least[3]) < max(0, least[3]) < v1


def test_a_run_that_diverges_has_no_part_in_the_plane() -> None:
    both = answer.plan(Plan(f"{QUERY.replace('epochs=6', 'epochs=200')}&run=sgd~lr=900"))
    tile = answer.piece(Tile(both.key, both.parts[0])).arrays
    assert tile["diverged_at"][0] > 0 and tile["count"][0] == 0 and not tile["sum"].any()


def test_one_parameter_alone_is_a_line() -> None:
    key, _, sums = summed(QUERY.replace("d=4", "d=1"))
    found = answer.piece(Tile(key, "plane", json.dumps(sums), "train")).arrays
    assert found["v"].tolist() == [0] and np.isfinite(found["ground"]).all()
