"""What every script ends with: the walk, and what stands around an optimizer of a library or in place of one.

A line may end with what it is for, "#? forked !scheduled": it is written where there is the first and not the second.
"""

MARK = "  #? "


def loop(text: str, facts: set[str]) -> str:
    """The lines that are for these facts.

    They are "moved", the surface, "told", otherwise than the gradient, "scheduled", "forked", "handed", which is forked
    into the same class, and "counted", where a step has to know its number.
    """
    marked = [line.partition(MARK) for line in text.strip("\n").splitlines()]
    return "\n".join(line for line, _, marks in marked if all(_is_so(mark, facts) for mark in marks.split()))


def _is_so(mark: str, facts: set[str]) -> bool:
    return (mark.removeprefix("!") in facts) != mark.startswith("!")


_ENDS = """
for label, path in paths.items():
    x, y = path[-1]
    print(f"{label!r}: loss {loss(x, y):.10g} at ({x:.10g}, {y:.10g})")  #? !moved
    end = loss(*(path[-1] - MOVED[-1]))  #? moved
    print(f"{label!r}: loss {end:.10g} at ({x:.10g}, {y:.10g})")  #? moved
"""

NUMPY_WALK = f"""
def walk(update, settings, memory):  #? !scheduled !forked
def walk(update, settings, memory, rates):  #? scheduled !forked
def walk(update, settings, memory, fork):  #? !scheduled forked
def walk(update, settings, memory, rates, fork):  #? scheduled forked
    params = np.array(START)
    path = [params]
    begun = 0  #? forked
    for t in range(1, N_STEPS + 1):
        if fork and t - 1 == fork[0]:  #? forked
            _, how, update, settings, start = fork  #? forked !scheduled
            _, how, update, settings, start, rates = fork  #? forked scheduled
            if how == "afresh":  #? forked
                begun, memory = t - 1, {{}}  #? forked
            memory = {{name: memory.get(name, start[name]) for name in start}}  #? forked
        if rates is not None:  #? scheduled
            settings = settings | {{"lr": rates[t - 1]}}  #? scheduled
        grad = np.array(gradient(*params))  #? !moved
        grad = np.array(gradient(*(params - MOVED[t - 1])))  #? moved
        grad = told(t, grad)  #? told
        delta, memory = update(t, params, grad, **memory, **settings)  #? !forked
        delta, memory = update(t - begun, params, grad, **memory, **settings)  #? forked
        params = params + delta
        path.append(params)
    return np.array(path)


paths = {{label: walk(*run) for label, run in RUNS.items()}}
{_ENDS}"""

TORCH_BY_HAND = """
class ByHand(torch.optim.Optimizer):
    def __init__(self, params, update, settings, memory):
        super().__init__(params, settings)
        self.update, self.memory, self.t = update, memory, 0

    @torch.no_grad()
    def step(self):
        (group,) = self.param_groups
        (params,) = group["params"]
        settings = {name: group[name] for name in self.defaults}
        self.t += 1
        delta, self.memory = self.update(self.t, params, params.grad, **self.memory, **settings)
        params += delta
  #? handed
    def changed(self, update, settings, start):  #? handed
        self.update, self.defaults = update, settings  #? handed
        self.memory = {name: self.memory.get(name, start[name]) for name in start}  #? handed
        return changed(self, **settings)  #? handed
"""

TORCH_CHANGED = """
def changed(optimizer, **numbers):
    (group,) = optimizer.param_groups
    group.update(numbers)
    group["initial_lr"] = group.get("lr")  # with which a new scheduler begins  #? scheduled
    return optimizer
"""

TORCH_WALK = """
def walk(build):  #? !scheduled !forked
def walk(build, schedule):  #? scheduled !forked
def walk(build, fork):  #? !scheduled forked
def walk(build, schedule, fork):  #? scheduled forked
    params = torch.tensor(START, requires_grad=True)
    optimizer = build([params])
    scheduler = schedule and schedule(optimizer)  #? scheduled
    path = [params.tolist()]
    for _ in range(N_STEPS):  #? !counted
    for t in range(1, N_STEPS + 1):  #? counted
        if fork and t - 1 == fork[0]:  #? forked
            _, change = fork  #? forked !scheduled
            _, change, schedule = fork  #? forked scheduled
            optimizer = change(optimizer, [params])  #? forked
            scheduler = schedule and schedule(optimizer)  #? forked scheduled
        optimizer.zero_grad()
        loss(*params).backward()  #? !moved
        loss(*(params - MOVED[t - 1])).backward()  #? moved
        params.grad = told(t, params.grad)  #? told
        optimizer.step()
        if scheduler:  #? scheduled
            scheduler.step()  #? scheduled
        path.append(params.tolist())
    return path


paths = {label: walk(build) for label, build in RUNS.items()}  #? !scheduled !forked
paths = {label: walk(*run) for label, run in RUNS.items()}  #? scheduled
paths = {label: walk(*run) for label, run in RUNS.items()}  #? !scheduled forked

for label, path in paths.items():
    x, y = torch.tensor(path[-1])
    print(f"{label!r}: loss {loss(x, y):.10g} at ({x:.10g}, {y:.10g})")  #? !moved
    end = loss(*(torch.tensor(path[-1]) - MOVED[-1]))  #? moved
    print(f"{label!r}: loss {end:.10g} at ({x:.10g}, {y:.10g})")  #? moved
"""

KERAS_CORRECTED = """
class Corrected:
    # Keras adds epsilon to the root of the memory before its zero start is divided out, the paper and PyTorch after it:
    # an epsilon that is scaled down with the root comes to the same.
    def __init__(self, optimizer):
        self.optimizer, self.epsilon, self.t = optimizer, optimizer.epsilon, 0

    def apply(self, grads, variables):
        self.t += 1
        self.optimizer.epsilon = self.epsilon * (1 - self.optimizer.beta_2**self.t) ** 0.5
        self.optimizer.apply(grads, variables)
  #? scheduled
    def set_rate(self, rate):  #? scheduled
        self.optimizer.learning_rate = rate  #? scheduled
  #? scheduled
    learning_rate = property(fset=set_rate)  #? scheduled
  #? handed
    def changed(self, epsilon, **numbers):  #? handed
        self.epsilon = epsilon  #? handed
        changed(self.optimizer, **numbers)  #? handed
        return self  #? handed
"""

KERAS_BY_HAND = """
class ByHand:
    def __init__(self, update, settings, memory):
        self.update, self.settings, self.memory, self.t = update, settings, memory, 0

    def apply(self, grads, variables):
        grad, params = (keras.ops.convert_to_numpy(value) for value in (*grads, *variables))
        self.t += 1
        delta, self.memory = self.update(self.t, params, grad, **self.memory, **self.settings)
        variables[0].assign_add(delta)
  #? scheduled
    def set_rate(self, rate):  #? scheduled
        self.settings = self.settings | {"lr": rate}  #? scheduled
  #? scheduled
    learning_rate = property(fset=set_rate)  #? scheduled
  #? handed
    def changed(self, update, settings, start):  #? handed
        self.update, self.settings = update, settings  #? handed
        self.memory = {name: self.memory.get(name, start[name]) for name in start}  #? handed
        return self  #? handed
"""

KERAS_CHANGED = """
def changed(optimizer, **numbers):
    for name, value in numbers.items():
        setattr(optimizer, name, value)
    return optimizer
"""

KERAS_WALK = f"""
def walk(optimizer):  #? !scheduled !forked
def walk(optimizer, rates):  #? scheduled !forked
def walk(optimizer, fork):  #? !scheduled forked
def walk(optimizer, rates, fork):  #? scheduled forked
    variable = keras.Variable(START, dtype="float64")
    path = [np.array(START)]
    for _ in range(N_STEPS):  #? !counted
    for t in range(1, N_STEPS + 1):  #? counted
        if fork and t - 1 == fork[0]:  #? forked
            _, change = fork  #? forked !scheduled
            _, change, rates = fork  #? forked scheduled
            optimizer = change(optimizer)  #? forked
        if rates is not None:  #? scheduled
            optimizer.learning_rate = rates[t - 1]  #? scheduled
        grad = np.array(gradient(*path[-1]))  #? !moved
        grad = np.array(gradient(*(path[-1] - MOVED[t - 1])))  #? moved
        grad = told(t, grad)  #? told
        optimizer.apply([keras.ops.convert_to_tensor(grad, dtype="float64")], [variable])
        path.append(np.array(keras.ops.convert_to_numpy(variable)))
    return np.array(path)


paths = {{label: walk(optimizer) for label, optimizer in RUNS.items()}}  #? !scheduled !forked
paths = {{label: walk(*run) for label, run in RUNS.items()}}  #? scheduled
paths = {{label: walk(*run) for label, run in RUNS.items()}}  #? !scheduled forked
{_ENDS}"""
