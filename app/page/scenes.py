"""What a page opens with: runs, rates and steps that show the lesson of a surface at once.

A scene is written as an address says it, and applies only where an address names no run. One stands under the name of
each surface; the others walk on several, keep their runs from one to the next, and are offered in a menu.
"""

from typing import NamedTuple


class Scene(NamedTuple):
    """Some runs, and what they show."""

    query: str  # its runs, its steps unless they are `STEPS_UNSAID`, and what its third panel shows
    shows: dict[str, str]  # surface -> what one sees there, a sentence or two; the first one is where it opens
    label: str = ""  # in the menu of scenes; none for that of a surface, which the menu of surfaces offers


YOURS = "A comparison of your own. “Try…” brings back what this surface opens with."
STEPS_UNSAID = 100  # of an address that names runs and no steps

_SURFACES = {  # surface -> its runs, and what they show
    "bowl": (
        "run=momentum~lr=0.1&run=sgd~lr=0.1&run=rmsprop~lr=0.1",
        "SGD walks straight, Momentum past the minimum and back. RMSProp bends: its x and y begin at one pace.",
    ),
    "valley": (
        "run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=adam~lr=0.045",
        "At one η SGD bounces between the walls, while RMSProp and Adam walk along the valley.",
    ),
    "rosenbrock": (
        "run=sgd~lr=0.002&run=momentum~lr=0.002&run=rmsprop~lr=0.02&run=adam~lr=0.2&steps=300",
        "Along the valley the slope is small and SGD crawls. Momentum, at the same η, is carried to its end.",
    ),
    "ackley": (
        "run=sgd~lr=0.02&run=momentum~lr=0.02&run=adam~lr=0.5",
        "Three endings: SGD in the first ripple, Momentum in one beside the funnel, Adam at its tip.",
    ),
    "beale": (
        "run=sgd~lr=0.002&run=rmsprop~lr=0.1&run=adam~lr=0.5",
        "The η that SGD survives on the wall is too small for the floor. RMSProp and Adam enlarge theirs.",
    ),
    "booth": (
        "run=sgd~lr=0.05&run=rmsprop~lr=0.3&run=adam~lr=0.5",
        "SGD is the first to arrive: along a diagonal a rate for each parameter gains nothing.",
    ),
    "matyas": (
        "run=sgd~lr=0.5&run=momentum~lr=0.1&run=adam~lr=0.5&steps=200",
        "x and y look alike, so Adam gains nothing on SGD. Momentum arrives first: it remembers the direction.",
    ),
    "himmelblau": (
        "run=sgd~lr=0.01&run=momentum~lr=0.01&run=adam~lr=0.3",
        "Three optimizers from one start end in three different minima, all equally deep.",
    ),
    "rastrigin": (
        "run=sgd~lr=0.002&run=momentum~lr=0.005&run=adagrad~lr=1.2",
        "SGD stays in the nearest pit, Momentum rolls through three. AdaGrad leaps into the deepest, by luck.",
    ),
    "three-hump-camel": (
        "run=sgd~lr=0.01&run=nesterov~lr=0.01&run=momentum~lr=0.01&steps=200",
        "At one η SGD ends in the first pit, Nesterov in the deepest, and Momentum beyond it in the third.",
    ),
    "six-hump-camel": (
        "run=sgd~lr=0.045&run=momentum~lr=0.02&run=adam~lr=0.045",
        "Three depths: SGD in a poor pit, Adam in one nearly as good as the best, Momentum in a best one.",
    ),
    "styblinski-tang": (
        "run=sgd~lr=0.02&run=momentum~lr=0.015&run=adam~lr=2",
        "Three wells: SGD in the nearest, Momentum over one barrier, Adam at η 2 over both in the best.",
    ),
    "mccormick": (
        "run=sgd~lr=0.05&run=nesterov~lr=0.05&run=momentum~lr=0.05&steps=50",
        "At one η SGD and Nesterov end in the first wave. Momentum is carried over its crest, and over the next.",
    ),
    "factorization": (
        "run=sgd~lr=0.02&run=sgd~lr=0.2&run=adam~lr=0.05",
        "SGD at η 0.02 keeps x² − y² and ends beside its start. η 0.2 is too much there: like Adam it ends flatter.",
    ),
    "saddle": (
        "run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=45",
        "SGD lingers at the saddle. RMSProp and Adam, which enlarge the small slope of y, have left.",
    ),
    "monkey-saddle": (
        "run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=30",
        "SGD walks into the flat middle and lingers. RMSProp and Adam turn away before they are there.",
    ),
    "plateau": (
        "run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=adam~lr=0.045",
        "SGD does not leave its place: its step is as small as the gradient. RMSProp and Adam cross the plain.",
    ),
    "sharp-and-flat": (
        "run=sgd~lr=0.03&run=sgd~lr=0.05&run=momentum~lr=0.03",
        "SGD stays in the sharp minimum at η 0.03; above 2/κ, at 0.05, it cannot. Momentum rolls to the flat one.",
    ),
    "branin": (
        "run=sgd~lr=0.03&run=momentum~lr=0.02&run=adam~lr=0.5",
        "Three optimizers from one start end in three different minima. Move the start, and see who changes.",
    ),
    "goldstein-price": (
        "run=sgd~lr=0.0001&run=momentum~lr=0.00001&run=adam~lr=0.1&steps=200",
        "SGD and Momentum, at rates that survive the wall, end in a local minimum. Adam at η 0.1 finds the best.",
    ),
    "easom": (
        "run=sgd~lr=0.1&run=momentum~lr=0.1&run=rmsprop~lr=0.05",
        "On the rim SGD hardly moves in 100 steps. Momentum gathers speed; RMSProp, which enlarges, is in first.",
    ),
    "levy": (
        "run=sgd~lr=0.005&run=momentum~lr=0.005&run=adam~lr=1",
        "SGD stays in the first pit. Momentum, at the same η, crosses the waves of y alone; Adam those of x too.",
    ),
}

# SGD and Adam keep the looks they have everywhere
_RMSPROPS = ((0.5, 1), (0.9, 3), (0.99, 4))  # β, slot
_CLASSIC = "&".join(f"run=rmsprop~lr=0.01~alpha={beta}~eps_inside=1~slot={slot}" for beta, slot in _RMSPROPS)

SCENES = {slug: Scene(query, {slug: shows}) for slug, (query, shows) in _SURFACES.items()}
SCENES |= {
    "classic": Scene(
        f"{_CLASSIC}&run=sgd~lr=0.01&run=adam~lr=0.01&steps=400&panel=step",
        {
            "valley": "RMSProp arrives with every β, SGD and Adam do not. Now move η, or choose the bowl, "
            "Rosenbrock or Ackley.",
            "bowl": "RMSProp arrives with every β; with 0.5 and 0.9 it circles there, about η/2 away in x and in y.",
            "rosenbrock": "SGD diverges, and no other arrives: RMSProp is farthest with β 0.9, Adam has hardly begun.",
            "ackley": "All end in the first ripple. At η 0.1 RMSProp with β 0.99 leaps over it, by its long first "
            "step.",
        },
        "RMSProp’s memory, SGD and Adam",
    ),
}  # name -> scene
