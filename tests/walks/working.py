"""Arithmetic as it is printed, worked out again."""

import re

import numpy as np


def worked_out(text: str) -> float:
    """The value of an expression in numbers as it is printed."""
    python = text.replace("−", "-").replace("·", "*").replace("²", "**2").replace("^", "**")
    python = re.sub(r"√(\d[\d.]*(?:e-?\d+)?)", r"√(\1)", python).replace("√", "sqrt")
    python = re.sub(r"\|([^|]*)\|", r"abs(\1)", python)
    known = {"sqrt": np.sqrt, "abs": abs, "max": max, "min": min, "sign": np.sign}
    return float(eval(python, {"__builtins__": {}}, known))
