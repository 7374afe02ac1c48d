"""The numbers on which lessons L01 to L12 are built: what an expression over an address is worth.

They were worked out before the lessons were written, those with noise on another stream of random numbers. A whole
number, True, False and None are exact; any other number is met within 2 %, or as `about` says.
"""

from typing import Any

VALLEY = "?f=valley~kappa={}&run=sgd~lr={}&run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=1000"
NESTEROV = "?run=sgd~lr={0}&run=momentum~lr={0}&run=nesterov~lr={0}&steps=100"
SUMMED = "?f=bowl&run=adagrad~lr=0.1&run=adagrad-summed-rates~lr=0.1&steps=100"
THREE_MEMORIES = "?run=rmsprop~lr=0.045~alpha=0.5&run=rmsprop~lr=0.045&run=rmsprop~lr=0.045~alpha=0.99&steps=2000"
FIRST_STEPS = (
    "?f=bowl&run=sgd~lr=0.1&run=adagrad~lr=0.1&run=rmsprop~lr=0.1&run=rmsprop~lr=0.1~alpha=0.99"
    "&run=adam~lr=0.1&run=adam~lr=0.1~bias_correction=0&run=adadelta&steps=1"
)
DEFAULT = "?run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=60"
UNCORRECTED = "?f=bowl&run=adam~lr=0.01&run=adam~lr=0.01~bias_correction=0&steps=100"
CORNER = (
    "?f=plateau&start=-4,4&run=adam~lr=0.05&run=adam~lr=0.05~eps=1e-3&run=rmsprop~lr=0.05"
    "&run=rmsprop~lr=0.05~eps_inside=1&run=sgd~lr=0.05&steps=150"
)
ADADELTA = "?f=bowl&run=adadelta~eps={}&steps=2000"
MEMORIES = "?run=sgd&run=momentum&run=adagrad&run=rmsprop&run=adadelta&run=adam&run=amsgrad&run=lion"
PENALTY = "?f=formula~text=20*y^2~window=-3,3,-2,2~l2={}&start=2,1&run=adam~lr=0.01&steps=300"
BESIDE = "?f=formula~text=20*y^2~window=-3,3,-2,2&start=2,1&run=adamw~lr=0.01~weight_decay={}&steps=300"
PULLED = (
    "?f=formula~text=0*x%2B0*y~window=-3,3,-3,3~l2=0.1&start=2,2&run=adam~lr=0.01&steps=1000"
    "&weather=noise=10,0.1~seeds=20"
)
SHRUNK = (
    "?f=formula~text=0*x%2B0*y~window=-3,3,-3,3&start=2,2&run=adamw~lr=0.01~weight_decay=0.1&steps=1000"
    "&weather=noise=10,0.1~seeds=20"
)
PLANE = "?f=formula~text=x%2By~window=-3,3,-3,3&run=rmsprop~centered=1&run=rmsprop&steps=400"


def about(number: float, rel: float = 0.02, within: float = 0.0) -> dict[str, float]:
    return {"expected": number, "rel": rel, "abs": within}


NUMBERS: dict[str, list[tuple[str, str, Any]]] = {
    "L01": [
        *((VALLEY.format(10, 0.19), f"arrived({run})", steps) for run, steps in enumerate((43, 73, 98))),
        *((VALLEY.format(40, 0.0475), f"arrived({run})", steps) for run, steps in enumerate((84, 73, 100))),
        *((VALLEY.format(400, 0.00475), f"arrived({run})", steps) for run, steps in enumerate((854, 73, 105))),
        ("?f=valley~kappa=100&run=sgd~lr=0.018&steps=100", "params.x(0, end)", -0.4228),
        ("?f=valley~kappa=100&run=sgd~lr=0.018&steps=100", "abs(params.y(0, end)) < 1e-8", True),
        ("?f=valley~kappa=100&run=sgd~lr=0.0185&steps=400", "arrived(0)", 218),
        ("?f=valley~kappa=100&run=sgd~lr=0.0195&steps=400", "arrived(0)", 207),
        *((DEFAULT, f"abs(delta.y({run}, 1) / delta.x({run}, 1))", one) for run, one in enumerate((19.23, 1.0, 1.0))),
    ],
    "L02": [
        ("?run=sgd~lr=0.049&steps=100", "final_loss(0)", 9.0402e-3),
        ("?run=sgd~lr=0.051&steps=100", "final_loss(0)", 7.9711e4),
        ("?run=sgd~lr=0.03&steps=100", "stable_lr(0)", 0.05),
        ("?f=valley~kappa=200&run=sgd~lr=0.0095&steps=600", "arrived(0)", 426),
        ("?f=valley~kappa=200&run=sgd~lr=0.008&steps=600", "arrived(0)", 506),
        ("?f=valley~kappa=200&run=sgd~lr=0.01&steps=600", "arrived(0)", None),
    ],
    "L03": [
        *(
            (
                "?f=valley~kappa=100&run=sgd~lr=0.018&run=momentum~lr=0.018~momentum=0.8"
                "&run=momentum~lr=0.018~momentum=0.99&steps=300",
                f"arrived({run})",
                steps,
            )
            for run, steps in enumerate((224, 51, None))
        ),
        ("?run=momentum~lr=0.045&steps=200", "stable_lr(0)", 0.095),
        ("?run=momentum~lr=0.09&steps=200", "arrived(0)", 88),
        ("?run=momentum~lr=0.1&steps=200", "final_loss(0) > 1e70", True),
        ("?f=valley~kappa=100&run=momentum~lr=0.03~momentum=0.67&steps=400", "arrived(0)", 35),
    ],
    "L04": [
        (NESTEROV.format(0.045), "final_loss(0)", 3.385e-4),
        (NESTEROV.format(0.045), "final_loss(1)", 7.369e-5),
        (NESTEROV.format(0.045), "final_loss(2) > 1e57", True),
        *((NESTEROV.format(0.045), f"stable_lr({run})", most) for run, most in enumerate((0.05, 0.095, 0.03393))),
        *((NESTEROV.format(0.03), f"arrived({run})", steps) for run, steps in enumerate((None, 64, 29))),
        ("?run=nesterov~lr=0.022&steps=100", "arrived(0)", 13),
        ("?run=nesterov~lr=0.023&steps=100", "arrived(0)", 34),
    ],
    "L05": [
        *(
            ("?run=adagrad~lr=0.045&run=rmsprop~lr=0.045&steps=400", expression, wanted)
            for expression, wanted in (
                ("params.x(0, 100)", -1.818),
                ("params.y(0, 100)", 0.5385),
                ("params.x(0, 400)", -1.116),
                ("params.y(0, 400)", 0.1204),
                ("abs(params.x(1, 100)) < 1e-5", True),
                ("arrived(1)", 73),
                ("effective_lr.x(0, 1)", 0.01731),
                ("effective_lr.x(0, 100)", 0.002142),
                ("effective_lr.x(0, 400)", 0.001386),
            )
        ),
        ("?run=adagrad~lr=0.5&steps=2000", "effective_lr.x(0, 100)", 0.09831),
        ("?run=adagrad~lr=0.5&steps=2000", "effective_lr.x(0, 2000)", 0.09831),
        ("?run=adagrad~lr=0.5&steps=2000", "arrived(0)", 37),
        ("?run=adagrad~lr=0.5&steps=2000&weather=noise=1,1", "effective_lr.x(0, 100)", about(0.0455, 0.1)),
        ("?run=adagrad~lr=0.5&steps=2000&weather=noise=1,1", "effective_lr.x(0, 2000)", about(0.0109, 0.05)),
        ("?run=adagrad~lr=1&steps=100", "arrived(0)", 12),
        (SUMMED, "effective_lr.x(1, 1)", 0.04167),
        (SUMMED, "effective_lr.x(1, 100)", 4.074),
        (SUMMED, 'first_above("effective_lr.x", 1, 2)', 10),
        (SUMMED, "final_loss(1) > 1e92", True),
        (SUMMED, "effective_lr.x(0, 100)", 0.007067),
        *(
            (
                f"?f=bowl&run=adagrad-summed-rates~lr={rate}&steps=100",
                "never(final_loss(0)) or final_loss(0) > 1e29",
                True,
            )
            for rate in (0.001, 0.003, 0.01, 0.02)
        ),
    ],
    "L06": [
        *(
            ("?run=rmsprop&steps=600", expression, wanted)
            for expression, wanted in (
                ("effective_lr.y(0, 1)", 6.325e-4),
                ("effective_lr.y(0, 10)", 2.703e-4),
                ("effective_lr.y(0, 600)", about(0.05, 1e-3)),
                ("effective_lr.x(0, 1)", 0.01216),
                ("effective_lr.x(0, 600)", about(2.0, 1e-3)),
                ("rms_grad.y(0, 10)", 0.01 / 2.703e-4),
                ("rms_grad.y(0, 600)", 0.2),
                ("final_loss(0)", about(0.5 * 41 * 0.005**2, 0.01)),
            )
        ),
        ("?run=rmsprop~lr=0.045&steps=100", "final_loss(0) < 1e-13", True),
        ("?run=rmsprop~lr=0.045&steps=300", "final_loss(0)", 0.01038),
        ("?f=valley~kappa=10&run=rmsprop&steps=1000", "effective_lr.y(0, end)", about(0.2, 1e-3)),
        ("?f=valley~kappa=200&run=rmsprop&steps=1000", "effective_lr.y(0, end)", about(0.01, 1e-3)),
        *(
            (f"?f=valley~kappa={kappa}&run=adam~lr=0.01~beta2=0.9&steps=2000", expression, 37.9)
            for kappa in (10, 40, 200)
            for expression in ('largest("effective_lr.x", 0)', f'{kappa} * largest("effective_lr.y", 0)')
        ),
    ],
    "L07": [
        ("?run=rmsprop~lr=0.045~alpha=0.99&steps=250", "state.square_avg.y(0, 100)", 16.98),
        ("?run=rmsprop~lr=0.045~alpha=0.99&steps=250", "state.square_avg.y(0, 200)", 6.214),
        (
            "?run=rmsprop~lr=0.045~alpha=0.99&steps=250",
            "state.square_avg.y(0, 200) / state.square_avg.y(0, 100)",
            0.366,
        ),
        *((THREE_MEMORIES, f"abs(delta.x({run}, 1)) / 0.045", one) for run, one in enumerate((1.414, 3.162, 10.0))),
        *(
            (THREE_MEMORIES, f'largest("loss", {run}, 500, end)', most)
            for run, most in enumerate((0.01038, 0.01038, 0.9961))
        ),
        ("?", "log(0.01) / log(0.9)", 43.7),
        ("?", "log(0.01) / log(0.99)", 458.2),
        (PLANE, "effective_lr.x(0, 1)", 0.0333),
        (PLANE, "effective_lr.x(0, 400)", 3e5),
    ],
    "L08": [
        *(
            (FIRST_STEPS, f"abs(delta.x({run}, 1))", about(far, 1e-3))
            for run, far in enumerate((0.24, 0.1, 0.3162, 1.0, 0.1, 0.3162, 0.003162))
        ),
        (FIRST_STEPS, "params.x(3, 1)", -1.4),
        (FIRST_STEPS, "params.y(3, 1)", 0.6),
        *(
            (DEFAULT, f'largest("step", {run}) / smallest("step", {run})', ratio)
            for run, ratio in enumerate((291.3, 10.3, 3.02))
        ),
        (UNCORRECTED, 'largest("delta.x", 1) / 0.01', 6.370),
        (UNCORRECTED, 'at_largest("delta.x", 1)', 10),
        (UNCORRECTED, "params.x(0, 20)", -2.201),
        (UNCORRECTED, "params.x(1, 20)", -1.252),
        (
            "?f=bowl&run=adam~lr=0.01~bias_correction=0~beta2=0.99&steps=100",
            "abs(delta.x(0, 1)) / 0.01",
            about(1.0, 1e-3),
        ),
    ],
    "L09": [
        (CORNER, "abs(grad.x(0, 0))", 4.501e-7),
        *(
            (CORNER, f"abs(delta.x({run}, 1))", far)
            for run, far in enumerate((0.04891, 2.2497e-5, 0.14774, 2.2507e-4, 2.2507e-8))
        ),
        *((CORNER, f"arrived({run})", steps) for run, steps in enumerate((64, None, 44, None))),
        (CORNER, "delta.x(0, 1) / delta.x(1, 1)", 2170.0),
        (CORNER, "delta.x(2, 1) / delta.x(3, 1)", 656.0),
        (CORNER, "effective_lr.x(0, 1)", 1.0866e5),
        ("?f=plateau&start=-4,4&run=adam~lr=0.05~eps=4.5e-7&steps=1", "abs(delta.x(0, 1))", 0.025),
        ("?f=plateau&start=-4,4&run=rmsprop~lr=0.05~eps_inside=1~eps=1e-10&steps=150", "arrived(0)", 102),
    ],
    "L10": [
        *(
            (ADADELTA.format(eps), "arrived(0)", steps)
            for eps, steps in (("1e-8", None), ("1e-6", 655), ("1e-4", 127), ("1e-2", 20), ("2e-3", 41))
        ),
        ("?f=bowl&run=adadelta&steps=700", "params.x(0, 100)", -2.0188),
        ("?f=bowl&run=adadelta&steps=700", "params.y(0, 100)", 1.2307),
        ("?f=bowl&run=adadelta&steps=700", "effective_lr.x(0, 1)", 1.3176e-3),
        ("?f=bowl&run=adadelta&steps=700", "effective_lr.x(0, 650)", 0.0275),
        ("?f=bowl&run=adadelta&steps=700", "abs(delta.x(0, 1)) / sqrt(1e-6 / 0.1)", about(1.0, 1e-3)),
        ("?f=bowl&run=adadelta~lr=0.001~rho=0.95~eps=1e-7&steps=500", "path_length(0)", 0.00131),
    ],
    "L11": [
        *(
            (
                "?f=rosenbrock&run=rmsprop~lr=0.01~alpha=0.999&run=adam~lr=0.01~beta1=0~bias_correction=0"
                "&run=adam~lr=0.01&steps=300",
                expression,
                True,
            )
            for expression in ("apart(0, 1) == 0", "apart(0, 2) > 0.1")
        ),
        ("?run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=300", "final_loss(0)", 0.01038),
        ("?run=rmsprop~lr=0.045&run=adam~lr=0.045&steps=300", "final_loss(1)", 2.003e-12),
        *(
            (f"?f=rosenbrock&run=adam~lr=0.1~beta1={beta}&steps=1000", "arrived(0)", steps)
            for beta, steps in ((0, None), (0.5, None), (0.9, 715))
        ),
        *((MEMORIES, f"memory({run})", many) for run, many in enumerate((0, 1, 1, 1, 2, 2, 3, 1))),
        (MEMORIES, "7e9 * memory(5) * 4 / 1e9", about(56, 0)),
    ],
    "L12": [
        *((PENALTY.format(weight), "params.x(0, end)", about(0.179, 0.01)) for weight in (0.1, 0.01, 0.001)),
        *(
            (BESIDE.format(weight), "params.x(0, end)", about(end, 1e-3))
            for weight, end in ((0.1, 1.4814), (0.01, 1.9409), (0.001, 1.9940))
        ),
        *(
            (PENALTY.format(weight), "params.x(0, end)", about(end, 0.01))
            for weight, end in (("1e-6", 0.184), ("1e-8", 0.591), ("1e-9", 1.55))
        ),
        (PULLED, "median(params.x(0, end))", about(1.87, 0.1)),
        (PULLED, "median(params.y(0, end))", about(0.01, 0.1, 0.02)),
        (SHRUNK, "median(params.x(0, end))", about(0.75, 0.1)),
        (SHRUNK, "median(params.y(0, end))", about(0.71, 0.1)),
    ],
}
