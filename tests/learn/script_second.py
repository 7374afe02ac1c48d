"""The numbers on which lessons L13 to L24 are built, in the form of `script_first`.

Where they rest on noise, they were worked out on another stream of random numbers, and the tolerance says so.
"""

from typing import Any

from .script_first import about

SLOPE = "?f=formula~text=-x~window=-1,1,-1,1&run={}&start=0,0&steps={}&weather=pulse=x,{}"
THIRD = "(params.x(0, 1200) - params.x(0, 600)) / 200 / 0.01"  # drift in η, of 3 steps
HUNDREDTH = "(params.x(0, 2000) - params.x(0, 1000)) / 10 / 0.01"  # and of 100
TOLD = "?f=bowl&run=adagrad~lr=0.1&run=adam~lr=0.01&start=0,0&steps=1000&weather=noise=1,1~seeds=30~sparse=1,{}"
RATIO = "median(effective_lr.y({0}, 1000) / effective_lr.x({0}, 1000))"
RARE = "?f=bowl&run={}&start=-2.4,-2.4&steps=1000&weather=noise=1,1~seeds=30~sparse=1,0.04"
ROOT = "average(params.{}(0, 1000) ** 2) ** 0.5"
ONCE = "?f=bowl&run={}~lr=0.05&start=-2.4,-2.4&weather=seed=210~sparse=1,0.01"
MOVING = "?f=bowl&run={}&start=0,0&steps=1000&weather=drift=steady,0.02,0"
FLOOR = "?f=bowl&run={}&start=0,0&steps=600&weather=noise={},{}~seeds=40"
BATCH = "?f=bowl&run={}&start=0,0&steps=600&weather=noise=2,2~batch=4~seeds=40"
MEAN = "average(mean('loss', 0, 201, 600))"
LOWERED = "?run={}&steps=300&schedule={}"
NOISY = "?f=bowl&run={}&steps=300&weather=noise=1,1~seeds=40{}"
BEALE = "?f=beale&run=sgd~lr=0.01&start=2,3&steps=1000&{}"
RIDGE = "?f=saddle&run=sgd~lr=0.05&run=momentum~lr=0.05&run=rmsprop~lr=0.05&run=adam~lr=0.05&start=-1.5,{}&steps=300"
PLATEAU = "?f=plateau&run=sgd~lr=0.1&run=momentum~lr=0.1&run=adam~lr=0.1&start=-3.5,3&steps=300"
TURNED = "?f=valley~rotate={}&run=sgd~lr=0.045&run=momentum~lr=0.03&run=adagrad~lr=0.5&run=adam~lr=0.1&steps=600"
STRAIGHT = "?run=sgd~lr=0.045&run=momentum~lr=0.03&run=adagrad~lr=0.5&run=adam~lr=0.1&steps=600"
PAIR = "run=sgd~lr=0.045&run=adagrad~lr=0.5&run=rmsprop~lr=0.045&run=adam~lr=0.1&steps=60"
UNITS = "run=adagrad~lr=0.5&run=rmsprop~lr=0.05&run=adam~lr=0.05&steps=2000"
FIVE = "run=sgd&run=momentum&run=adagrad&run=rmsprop&run=adam&sweep=rates=201&tab=sweep"
PITS = "?f=himmelblau&run=sgd~lr=0.01&run=sgd~lr=0.024&run=adam~lr=0.02&start=-4.5,-3.5&steps=500"
MAP = "?f=himmelblau&run=sgd~lr=0.024&steps=500&basins=size=64&tab=basins"
SCALES = "?run=adagrad~lr=1~eps=1e-8&run=adam~lr=0.1&run=sgd~lr=0.01&train=condition=100&tab=train"
DEFAULTS = "?run=adagrad&run=adam&tab=train"
RACE = (
    "?run=sgd&run=momentum&run=nesterov&run=adagrad&run=rmsprop&run=adadelta&run=adam&steps=1000"
    "&sweep=kind=race~starts=1~criterion=stays&tab=sweep"
)
TEN = (
    "'bowl', 'valley', 'valley~kappa=1000', 'rosenbrock', 'beale', 'booth', 'matyas', 'himmelblau', 'plateau', "
    "'three-hump-camel'"
)


def each(address: str, expression: str, wanted: tuple[Any, ...]) -> list[tuple[str, str, Any]]:
    """The same expression for each run of an address."""
    return [(address, expression.format(run), one) for run, one in enumerate(wanted)]


NUMBERS: dict[str, list[tuple[str, str, Any]]] = {
    "L13": [
        (SLOPE.format("rmsprop~alpha=0.1", 1200, "3,3"), THIRD, 0.681),
        (SLOPE.format("rmsprop", 1200, "3,3"), THIRD, -0.443),
        (
            SLOPE.format("rmsprop", 1200, "3,3"),
            "turns(params.x(0, 1200) - params.x(0, 600), 0, 'alpha', 0.1, 0.9)",
            about(0.472, 0.01),
        ),
        *(
            (SLOPE.format(run, 2000, "100,150"), HUNDREDTH, about(drift, rel))
            for run, drift, rel in (
                ("rmsprop", 36.12, 0.02),
                ("rmsprop~alpha=0.95", 8.90, 0.02),
                ("rmsprop~alpha=0.99", -1.14, 0.02),
                ("adam~lr=0.01~beta2=0.95", 7.5, 0.05),
                ("adam~lr=0.01~beta2=0.99", -1.48, 0.05),
                ("amsgrad~lr=0.01~beta2=0.95", -1.53, 0.05),
                ("amsgrad~lr=0.01~beta2=0.9", -1.13, 0.06),
            )
        ),
        (SLOPE.format("adam~lr=0.01", 1200, "3,3"), "params.x(0, 1200) < params.x(0, 600)", True),
    ],
    "L14": [
        *each(TOLD.format(0.25), RATIO, (about(2.0, 0.1), about(2.0, 0.1))),
        *each(TOLD.format(0.04), RATIO, (about(5.0, 0.1), about(5.0, 0.1))),
        (RARE.format("sgd~lr=0.5~schedule=inverse-root"), ROOT.format("x"), about(0.079, 0.15)),
        (RARE.format("adagrad~lr=0.5"), ROOT.format("x"), about(0.077, 0.15)),
        (RARE.format("sgd~lr=0.5~schedule=inverse-root"), "average(params.y(0, 1000))", about(-0.726, 0.15)),
        (RARE.format("adagrad~lr=0.5"), "average(params.y(0, 1000))", about(-0.086, 0.2)),
        (RARE.format("sgd~lr=1~schedule=inverse-root"), ROOT.format("x"), about(0.118, 0.15)),
        (RARE.format("sgd~lr=2~schedule=inverse-root"), ROOT.format("x"), about(0.176, 0.15)),
        (RARE.format("sgd~lr=2~schedule=inverse-root"), ROOT.format("y"), about(0.2, 0.15)),
        *(
            (ONCE.format(slug), "params.y(0, 100) + 2.4", moved)
            for slug, moved in (
                ("sgd", 0.12),
                ("adagrad", 0.05),
                ("rmsprop", 0.1581),
                ("adam", 0.3778),
                ("momentum", 1.194),
            )
        ),
    ],
    "L15": [
        *(
            (MOVING.format(run), f"lag(0, {t})", about(behind, 0.05, 0.007))
            for run, *both in (
                ("sgd~lr=0.05", 0.38, 0.38),
                ("adagrad~lr=0.1", 2.594, 8.608),
                ("rmsprop~lr=0.05", 0.013, 0.013),
                ("adam~lr=0.05", -0.019, -0.016),
                ("adagrad~lr=0.3", 0.033, 0.137),
            )
            for t, behind in zip((500, 1000), both, strict=True)
        ),
        (MOVING.format("sgd~lr=0.1"), "lag(0, 1000)", 0.18),
    ],
    "L16": [
        (FLOOR.format("sgd~lr=0.05", 1, 1), MEAN, about(0.0256, 0.1)),
        (FLOOR.format("sgd~lr=0.2", 1, 1), MEAN, about(0.1111, 0.1)),
        (FLOOR.format("sgd~lr=0.05", 2, 2), f"{MEAN} / 4", about(0.0256, 0.1)),
        (BATCH.format("sgd~lr=0.05"), MEAN, about(0.0256, 0.1)),
        (FLOOR.format("rmsprop~lr=0.05", 2, 2), f"{MEAN} / 2", about(0.02383, 0.1)),
        (BATCH.format("rmsprop~lr=0.05"), MEAN, about(0.02383, 0.1)),
        (BATCH.format("momentum~lr=0.05"), f"{MEAN} / 10", about(0.0256, 0.15)),
        (BATCH.format("momentum~lr=0.005"), MEAN, about(0.0256, 0.2)),
    ],
    "L17": [
        (LOWERED.format("rmsprop~lr=0.1", "constant"), "arrived(0)", 35),
        (LOWERED.format("rmsprop~lr=0.1", "constant"), "final_loss(0)", 0.0513),
        (LOWERED.format("rmsprop~lr=0.1", "cosine"), "arrived(0)", 35),
        (LOWERED.format("rmsprop~lr=0.1", "cosine"), "final_loss(0) < 1e-20", True),
        (LOWERED.format("rmsprop~lr=0.1", "exponential,0.98"), "final_loss(0)", 1.72e-7),
        (LOWERED.format("rmsprop~lr=0.1", "exponential,0.95"), "final_loss(0)", 0.059),
        (LOWERED.format("rmsprop~lr=0.1", "exponential,0.95"), "arrived(0)", None),
        (LOWERED.format("sgd~lr=0.045", "constant"), "final_loss(0)", 3.396e-12),
        (LOWERED.format("sgd~lr=0.045", "cosine"), "final_loss(0)", about(3.5e-6, 0.05)),
        *(
            (NOISY.format(run, schedule), "average(mean('loss', 0, 281, 300))", about(loss, 0.4))
            for run, schedule, loss in (
                ("sgd~lr=0.2", "", 0.112),
                ("sgd~lr=0.2", "&schedule=cosine", 0.0091),
                ("adam~lr=0.2", "", 0.109),
                ("adam~lr=0.2", "&schedule=cosine", 0.011),
            )
        ),
    ],
    "L18": [
        (BEALE.format(""), "gradient(0, 0)", 7099.0),
        (BEALE.format(""), "step(0, 1)", 70.99),
        (BEALE.format(""), "diverged_at(0)", 3),
        *(
            (BEALE.format(f"weather=clip=norm,{most}"), "arrived(0)", steps)
            for most, steps in ((10, 566), (1, 860), (0.1, None))
        ),
        *(
            (BEALE.format(f"schedule=warm-up,{over}"), "arrived(0)", steps)
            for over, steps in ((10, None), (15, 593), (20, 570), (400, 743))
        ),
        ("?f=beale&run=adam~lr=0.05&start=2,3&weather=clip=norm,0.1", "abs(delta.x(0, 1))", 0.05),
    ],
    "L19": [
        *each(RIDGE.format(0.01), "first_above('params.y', {}, 1)", (49, 19, 8, 20)),
        *each(RIDGE.format("0.000001"), "first_above('params.y', {}, 1)", (145, 52, 8, 20)),
        *each(RIDGE.format(0), "first_above('params.y', {}, 1)", (None, None, None, None)),
        *each(PLATEAU, "arrived({})", (None, None, 65)),
        (PLATEAU, "path_length(0)", 0.00339),
        ("?f=plateau&run=momentum~lr=0.1&start=-3,2&steps=300", "arrived(0)", 109),
    ],
    "L20": [
        *each(STRAIGHT, "arrived({})", (89, 64, 37, 76)),
        *each(TURNED.format(45), "arrived({})", (89, 64, 333, 239)),
        (TURNED.format(15), "arrived(3)", 136),
        (TURNED.format(30), "arrived(3)", 212),
        (STRAIGHT, "effective_lr.x(2, 50) / effective_lr.y(2, 50)", about(12.6, 0.05)),
        (TURNED.format(45), "effective_lr.x(2, 50) / effective_lr.y(2, 50)", about(1.0, 0.15)),
        (f"?f=valley~scale=100&{PAIR}", "final_loss(0) > 1e30", True),
        *each(f"?f=bowl&{UNITS}", "arrived({})", (31, 62, 75)),
        *each(f"?f=bowl~stretch=10&{UNITS}", "arrived({})", (None, 498, 1024)),  # AdaGrad: 2140, beyond 2000 steps
        *each(
            "?f=matyas&run=sgd~lr=1&run=adagrad~lr=1&run=rmsprop~lr=0.1&run=adam~lr=0.3&steps=400",
            "arrived({})",
            (73, None, 144, 306),
        ),
    ],
    "L21": [
        *each(
            f"?steps=300&{FIVE}",
            "width_ends({})",
            tuple(about(one, within=0.03) for one in (0.55, 1.90, 1.825, 0.20, 2.75)),
        ),
        *each(
            f"?steps=300&{FIVE}",
            "width_reaches({})",
            tuple(about(one, within=0.03) for one in (0.55, 1.90, 1.825, 2.45, 2.75)),
        ),
        *(
            (f"?f=valley~kappa={kappa}&steps=300&{FIVE}", "width_ends(0)", about(width, within=0.03))
            for kappa, width in ((14, 1.025), (16, 0.95))
        ),
        *(
            (f"?f=bowl&steps=100&{FIVE}", f"width_ends({run})", about(width, within=0.03))
            for run, width in ((0, 1.675), (3, 0.65), (4, 2.40))
        ),
        *each(
            f"?f=rosenbrock&steps=1000&{FIVE}",
            "width_ends({})",
            tuple(about(one, within=0.03) for one in (0.0, 0.725, 0.025, 0.0, 1.45)),
        ),
    ],
    "L22": [
        *each(PITS, "curvature({})", tuple(about(one, 1e-3) for one in (82.28, 80.55, 133.79, 105.42))),
        *each(PITS, "params.x({}, 500)", tuple(about(one, 1e-3) for one in (-3.779, 3.0, -3.779))),
        *each(PITS, "params.y({}, 500)", tuple(about(one, 1e-3) for one in (-3.283, 2.0, -3.283))),
        (MAP, "share(0, 2)", 0.0),
        (MAP, "share(0, 0) + share(0, 1)", about(0.72, 0.1)),
    ],
    "L23": [
        *each("?tab=train", "epochs({})", (12, 9, 13, 2)),
        *each("?tab=train", "train_loss({})", tuple(about(0.2355, 0.03) for _ in range(4))),
        ("?tab=train", "lowest()", about(0.2344, 1e-3)),
        ("?train=printed=1&tab=train", "epochs(2, 0.3 * 32 / 31)", 33),
        ("?run=adagrad~lr=0.5&train=epochs=20&tab=train", "epochs(0)", 2),
        ("?run=adagrad~lr=0.5&train=epochs=20&tab=train", "during(0, 20)", 0.242),
        (SCALES, "during(0, 50)", about(0.259, 0.15)),
        (SCALES, "during(1, 50)", about(0.31, 0.15)),
        (SCALES, "during(2, 50)", about(1.53, 0.15)),
        (DEFAULTS, "during(0, 50)", about(10.1, 0.1)),
        (DEFAULTS, "during(1, 50)", about(3.55, 0.1)),
        ("?run=adam&train=printed=1&tab=train", "during(0, 50) * 31 / 32", about(15.1, 0.1)),
        ("?train=noise=1~weights=0~goal=0.9&tab=train", "0.93 < lowest() < 0.99", True),
    ],
    "L24": [
        *((RACE, f"wins({run}, {TEN})", many) for run, many in ((3, 5), (0, 3), (2, 1), (6, 1), (4, 0))),
        ("?f=valley~kappa=400&run=sgd~lr=0.00475&run=adam~lr=0.045&steps=1000", "arrived(0)", 854),
        ("?f=valley~kappa=400&run=sgd~lr=0.00475&run=adam~lr=0.045&steps=1000", "arrived(1)", 105),
    ],
}
