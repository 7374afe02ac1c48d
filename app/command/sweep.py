"""The command `downslope sweep`: which learning rates are good, or which two numbers, on the terminal and in files."""

EXAMPLE = "downslope sweep --surface rosenbrock --optimizer adam --optimizer sgd --steps 500 --rates 101 --csv -"
