"""What is measured: six runs of 500 steps on Rosenbrock, and a lesson: three of 100 on the valley."""

RUNS = ("sgd~lr=0.001", "momentum~lr=0.001", "adagrad~lr=0.5", "rmsprop~lr=0.01", "adadelta", "adam~lr=0.05")
QUERY = "?f=rosenbrock&" + "&".join(f"run={run}" for run in RUNS) + "&steps=500"
LESSON = "?t=40"
