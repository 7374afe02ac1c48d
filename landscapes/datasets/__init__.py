"""Data to fit a model to: made, shipped with the package, or read from a CSV file."""

from .data import Data, made
from .reading import read_csv
from .shipped import SHIPPED, About, shipped
from .table import Column, Table

__all__ = ["SHIPPED", "About", "Column", "Data", "Table", "made", "read_csv", "shipped"]
