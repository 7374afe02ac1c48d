"""Level lines of a grid as lines of points, where there is no browser to draw them. numpy alone.

Marching squares (Lorensen and Cline 1987, in the plane): each cell whose corners lie on both sides of a level holds one
piece of its line, or two, from edge to edge; pieces that share an edge are one line.
"""

import numpy as np

from .levels import Banded

Array = np.ndarray
# which corners lie above (1: lower left, 2: lower right, 4: upper right, 8: upper left) -> pairs of edges
# (0: lower, 1: right, 2: upper, 3: left) between which the line runs
PIECES: dict[int, tuple[tuple[int, int], ...]] = {
    **{1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 6: ((0, 2),), 7: ((3, 2),)},
    **{8: ((2, 3),), 9: ((2, 0),), 11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),)},
}
SADDLES = {5: (((3, 0), (1, 2)), ((3, 2), (1, 0))), 10: (((0, 1), (2, 3)), ((0, 3), (2, 1)))}  # middle below, above


def level_lines(here: Banded) -> list[Array]:
    """All level lines of a surface, each (n, 2) points x, y; the first is the last where a line is closed."""
    found = []
    for level in range(1, len(here.levels) + 1):
        found += [_points(line, here, level) for line in _joined(_pieces(here.band, level))]
    return found


def _pieces(band: Array, level: float) -> list[tuple[int, int]]:
    """Every piece of a level's line, from one edge of the grid to another; none beside a hole (NaN)."""
    corners = (band[:-1, :-1], band[:-1, 1:], band[1:, 1:], band[1:, :-1])
    with np.errstate(invalid="ignore"):
        middle = sum(corners) / 4
        kind = sum((corner >= level).astype(int) << place for place, corner in enumerate(corners))
    kind[~np.isfinite(middle)] = 0
    pieces: list[tuple[int, int]] = []
    for one in (*PIECES, *SADDLES):
        rows, columns = np.nonzero(kind == one)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            pairs = PIECES.get(one) or SADDLES[one][int(middle[row, column] >= level)]
            edges = _edges(row, column, band.shape)
            pieces += [(edges[a], edges[b]) for a, b in pairs]
    return pieces


def _edges(row: int, column: int, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The numbers of a cell's edges: of a level one twice that of its left node, of an upright one that and 1."""
    node = 2 * (row * shape[1] + column)
    return node, node + 3, node + 2 * shape[1], node + 1


def _joined(pieces: list[tuple[int, int]]) -> list[list[int]]:
    """Pieces that share an edge, end to end."""
    beside: dict[int, list[int]] = {}
    for a, b in pieces:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    ends = [edge for edge, others in beside.items() if len(others) == 1]
    lines = [_followed(edge, beside) for edge in (*ends, *beside) if beside[edge]]
    return [line for line in lines if len(line) > 1]


def _followed(edge: int, beside: dict[int, list[int]]) -> list[int]:
    """The line from an edge on, which is taken out of what is left."""
    line = [edge]
    while beside[line[-1]]:
        after = beside[line[-1]].pop()
        beside[after].remove(line[-1])
        line.append(after)
    return line


def _points(line: list[int], here: Banded, level: float) -> Array:
    """Where a line crosses the edges, between the two nodes of each."""
    edges = np.array(line)
    row, column = np.divmod(edges // 2, len(here.x))
    up = edges % 2
    first, last = here.band[row, column], here.band[row + up, column + 1 - up]
    share = (level - first) / (last - first)
    x = here.x[column] + share * (1 - up) * (here.x[1] - here.x[0])
    y = here.y[row] + share * up * (here.y[1] - here.y[0])
    return np.stack([x, y], axis=-1)
