"""Tables that come with the package, with their source and licence; the texts of the licences are in LICENCES.txt."""

import gzip
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .reading import read_csv
from .table import Table

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class About:
    title: str
    source: str  # who published it, and from which package it was taken
    licence: str
    kind: str  # the model that it is made for
    target: str  # the column that is told from the others


SHIPPED: dict[str, About] = {
    "diabetes": About(
        "Diabetes: how far the disease gets in a year",
        "Efron, Hastie, Johnstone, Tibshirani: Least Angle Regression (2004); from scikit-learn, as measured",
        "BSD 3-Clause",
        "linear",
        "progression",
    ),
    "cancer": About(
        "Breast cancer: benign or malignant",
        "Wolberg, Street, Mangasarian: Breast Cancer Wisconsin (Diagnostic), UCI (1995); from scikit-learn",
        "CC BY 4.0; BSD 3-Clause",
        "logistic",
        "diagnosis",
    ),
    "cars": About(
        "Cars: miles per gallon, with 30 makes, most of them rare",
        "Donoho, Ramos: StatLib (1982); from vega_datasets, the make read from the name and its spelling mended",
        "MIT",
        "linear",
        "miles per gallon",
    ),
}


@cache
def shipped(name: str) -> Table:
    """One of `SHIPPED`. Raises ValueError where there is none of this name."""
    if name not in SHIPPED:
        raise ValueError(f"there is no data set “{name}”; there are {', '.join(SHIPPED)}")
    table = read_csv(gzip.decompress((FOLDER / f"{name}.csv.gz").read_bytes()))
    return replace(table, preferred=SHIPPED[name].target)
