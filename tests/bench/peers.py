"""The works of the engine's benchmark by PyTorch and by optax, in float64, each as its own users would write it.

A class is made in a process of its own, where it is told of its number of threads before its library is there.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .works import ADAM, SIX, START, Arrays, Size, nearest


def rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)


def himmelblau(x: Any, y: Any) -> Any:
    one, two = x * x + y - 11, x + y * y - 7
    return one * one + two * two


class Torch:
    """`torch.optim`, whose walks are one tensor where there are many; `fused`: its Adam in one kernel, by its flag."""

    def __init__(self, threads: int, fused: bool = False) -> None:
        import torch

        torch.set_num_threads(threads)
        torch.set_default_dtype(torch.float64)
        self.torch, self.fused = torch, fused
        optim = torch.optim
        self.six: dict[str, Callable[..., Any]] = {
            "sgd": lambda p, o: optim.SGD(p, **o),
            "momentum": lambda p, o: optim.SGD(p, **o),
            "adagrad": lambda p, o: optim.Adagrad(p, **o),
            "rmsprop": lambda p, o: optim.RMSprop(p, **o),
            "adadelta": lambda p, o: optim.Adadelta(p, **o),
            "adam": self.adam,
        }

    def adam(self, params: Any, numbers: dict[str, float]) -> Any:
        betas = (numbers["beta1"], numbers["beta2"])
        how = {"fused": True} if self.fused else {}
        return self.torch.optim.Adam(params, lr=numbers["lr"], betas=betas, eps=numbers["eps"], **how)

    def A(self, size: Size) -> Arrays:
        walks = [self.recorded(name, size.steps) for name in SIX]
        return {what: np.stack([walk[what] for walk in walks]) for what in ("params", "loss")}

    def recorded(self, name: str, steps: int) -> Arrays:
        """Point, loss and gradient of every step, and the memory after it."""
        params = self.torch.tensor(START, requires_grad=True)
        stepping = self.six[name]([params], SIX[name])
        rows: dict[str, list[Any]] = {"params": [], "loss": [], "grad": [], "state": []}
        for step in range(steps + 1):
            stepping.zero_grad()
            loss = rosenbrock(*params)
            loss.backward()
            for what, value in (("params", params), ("loss", loss), ("grad", params.grad)):
                rows[what].append(value.detach().clone())
            if step < steps:
                stepping.step()
                kept = [one.clone() for one in stepping.state[params].values() if self.torch.is_tensor(one)]
                rows["state"].append(kept)
        made = {what: self.torch.stack(rows[what]).numpy() for what in ("params", "loss", "grad")}
        columns = zip(*rows["state"], strict=True)
        return made | {f"state {k}": self.torch.stack(column).numpy() for k, column in enumerate(columns)}

    def B(self, size: Size) -> Arrays:
        params = self.torch.tensor(size.starts, requires_grad=True)
        stepping = self.adam([params], ADAM)
        for _ in range(size.steps):
            stepping.zero_grad()
            himmelblau(*params).sum().backward()
            stepping.step()
        last = params.detach()
        return {"params": last.numpy(), "nearest": nearest(last, self).numpy()}

    def stack(self, rows: Any) -> Any:
        return _NumpyWords(self.torch.stack(rows))

    def where(self, *given: Any) -> Any:
        return self.torch.where(*given)

    def C(self, size: Size) -> Arrays:
        return {"loss": np.stack([self.swept(name, size) for name in SIX])}

    def swept(self, name: str, size: Size) -> np.ndarray:
        """All rates in one tensor, though `torch.optim` takes one rate: each of the six steps in proportion to it.

        So `moved` is walked at rate 1 and told of the gradient at start + rate * moved, where the walk of that rate is.
        """
        rates = self.torch.tensor(size.swept)
        start = self.torch.tensor(START)[:, None]
        moved = self.torch.zeros(2, size.rates, requires_grad=True)
        stepping = self.six[name]([moved], SIX[name] | {"lr": 1.0})
        for _ in range(size.steps):
            params = (start + rates * moved.detach()).requires_grad_()
            rosenbrock(*params).sum().backward()
            moved.grad = params.grad
            stepping.step()
        return rosenbrock(*(start + rates * moved.detach())).numpy()


class _NumpyWords:
    """A tensor's least number and its place, as numpy says it."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def min(self, axis: int) -> Any:
        return self.tensor.amin(dim=axis)

    def argmin(self, axis: int) -> Any:
        return self.tensor.argmin(dim=axis)


class Optax:
    """optax on JAX: a `lax.scan` over the steps, `vmap` over the walks, under `jit`."""

    def __init__(self, threads: int) -> None:
        os.environ["NPROC"] = str(threads)  # XLA's own name for the size of its pool
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_platforms", "cpu")
        self.jax, self.optax = jax, optax
        self.six: dict[str, Callable[..., Any]] = {
            "sgd": lambda lr: optax.sgd(lr),
            "momentum": lambda lr, momentum: optax.sgd(lr, momentum),
            "adagrad": lambda lr, eps: optax.adagrad(lr, 0.0, eps),
            "rmsprop": lambda lr, alpha, eps: optax.rmsprop(lr, alpha, eps, eps_in_sqrt=False),
            "adadelta": lambda lr, rho, eps: optax.adadelta(lr, rho, eps),
            "adam": lambda lr, beta1, beta2, eps: optax.adam(lr, beta1, beta2, eps),
        }
        self.compiled: dict[Any, Callable[..., Any]] = {}

    def jit(self, key: Any, made: Callable[..., Any]) -> Callable[..., Any]:
        """One function for each key, so that the second call of a work finds what the first one compiled."""
        return self.compiled.setdefault(key, self.jax.jit(made))

    def walk(self, stepping: Any, loss: Callable[..., Any], start: Any, steps: int, *, keep: bool) -> Any:
        """(the last point, every row if they are kept)"""
        slope = self.jax.value_and_grad(lambda params: loss(*params))

        def step(carry: Any, _: None) -> Any:
            params, state = carry
            value, grad = slope(params)
            delta, after = stepping.update(grad, state, params)
            row = (params, value, grad, delta, after) if keep else None
            return (self.optax.apply_updates(params, delta), after), row

        (last, _), rows = self.jax.lax.scan(step, (start, stepping.init(start)), None, length=steps)
        return last, rows

    def A(self, size: Size) -> Arrays:
        walks = [self.recorded(name, size.steps) for name in SIX]
        return {what: np.stack([walk[place] for walk in walks]) for place, what in enumerate(("params", "loss"))}

    def recorded(self, name: str, steps: int) -> tuple[np.ndarray, np.ndarray]:
        def made(start: Any) -> Any:
            last, rows = self.walk(self.six[name](**SIX[name]), rosenbrock, start, steps, keep=True)
            return last, rosenbrock(*last), rows

        last, loss, rows = self.jax.block_until_ready(self.jit(("A", name, steps), made)(np.array(START)))
        kept = self.jax.tree.map(np.asarray, rows)
        return np.concatenate([kept[0], last[None]]), np.append(kept[1], loss)

    def B(self, size: Size) -> Arrays:
        def made(starts: Any) -> Any:
            one = lambda start: self.walk(self.six["adam"](**ADAM), himmelblau, start, size.steps, keep=False)[0]  # noqa: E731
            last = self.jax.vmap(one, in_axes=1, out_axes=1)(starts)
            return last, nearest(last, self.jax.numpy)

        last, found = self.jax.block_until_ready(self.jit(("B", size.steps), made)(size.starts))
        return {"params": np.asarray(last), "nearest": np.asarray(found)}

    def C(self, size: Size) -> Arrays:
        return {"loss": np.stack([self.swept(name, size) for name in SIX])}

    def swept(self, name: str, size: Size) -> np.ndarray:
        def one(rate: Any, start: Any) -> Any:
            stepping = self.six[name](**SIX[name] | {"lr": rate})
            return rosenbrock(*self.walk(stepping, rosenbrock, start, size.steps, keep=False)[0])

        made = self.jit(("C", name, size.steps), self.jax.vmap(one, in_axes=(0, None)))
        return np.asarray(self.jax.block_until_ready(made(size.swept, np.array(START))))


class Uncompiled(Optax):
    """The same with nothing compiled yet."""

    def before(self) -> None:
        self.compiled.clear()
        self.jax.clear_caches()
