"""What the scripts of a training are made of: the loss, the batches, the loop over epochs, and what is kept of it.

A line may end with what it is for, see `loops.loop`. Facts beside those of a walk are "logistic", "l2", "held", where
samples are held back, "shuffled", "printed", where the one stream of a printed listing is followed, and "listed", where
a run is several things in any case.
"""

NUMPY_LOSS = """
def loss(params, X, y):  #? !l2
def loss(params, X, y, l2=L2):  #? l2
    scores = X @ params
    return np.mean((scores - y) ** 2)  #? !logistic !l2
    found = np.mean((scores - y) ** 2)  #? !logistic l2
    return np.mean(np.logaddexp(0.0, scores) - y * scores)  #? logistic !l2
    found = np.mean(np.logaddexp(0.0, scores) - y * scores)  #? logistic l2
    return found + l2 / 2 * np.sum(params * params)  #? l2


def gradient(params, X, y):
    scores = X @ params
    return 2 / len(y) * ((scores - y) @ X)  #? !logistic !l2
    found = 2 / len(y) * ((scores - y) @ X)  #? !logistic l2
    return (1 / (1 + np.exp(-scores)) - y) @ X / len(y)  #? logistic !l2
    found = (1 / (1 + np.exp(-scores)) - y) @ X / len(y)  #? logistic l2
    return found + L2 * params  #? l2
"""

TORCH_LOSS = """
def loss(model, X, y):  #? !l2
def loss(model, X, y, l2=L2):  #? l2
    scores = model(X).squeeze(-1)
    return torch.nn.functional.mse_loss(scores, y)  #? !logistic !l2
    found = torch.nn.functional.mse_loss(scores, y)  #? !logistic l2
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, y)  #? logistic !l2
    found = torch.nn.functional.binary_cross_entropy_with_logits(scores, y)  #? logistic l2
    return found + l2 / 2 * model.weight.square().sum()  #? l2
"""

BATCHES = """
def start(k):
    return 0.01 * np.random.RandomState([ORDER + k]).standard_normal(D)  #? !printed
    return 0.01 * STREAM.standard_normal(D)  #? printed


def batches(epoch, k):
    order = np.random.RandomState([ORDER + k, epoch]).permutation(N)  #? shuffled !printed
    order = np.arange(N)  #? !shuffled !printed
    order = STREAM.permutation(N)  #? printed
    return [order[i : i + BATCH] for i in range(0, N, BATCH)]
"""

_SUM = """            total += len(rows) * found  #? !printed
            total += found  #? printed"""
_MEAN = """        during.append(total / N)  #? !printed
        during.append(total / max(N // BATCH, 1))  # as in the listing: of one batch more  #? printed"""
_KEPT = """
weights, during, losses, held = {}, {}, {}, {}
for label, run in RUNS.items():
    ended = [train(k, *run) for k in range(SHUFFLES)]  #? ALL
    ended = [train(k, run) for k in range(SHUFFLES)]  #? !ALL
    weights[label], during[label], losses[label], held[label] = map(np.array, zip(*ended))
    middle = [np.median(each[label][:, -1]) for each in (during, losses)]
    print(f"{label!r}: loss {middle[0]:.10g} during the last epoch, {middle[1]:.10g} on all data after it")
"""

NUMPY_TRAIN = f"""
def train(k, update, settings, memory):  #? !scheduled
def train(k, update, settings, memory, rates):  #? scheduled
    params, t = start(k), 0
    step = 0  #? scheduled
    during, losses, held = [], [loss(params, X, y)], []
    held.append(loss(params, X_HELD, Y_HELD))  #? held !l2
    held.append(loss(params, X_HELD, Y_HELD, 0.0))  #? held l2
    for epoch in range(EPOCHS):
        total = 0.0
        t = 0  # anew in every epoch, as in the listing  #? printed
        for rows in batches(epoch, k):
            found, grad = loss(params, X[rows], y[rows]), gradient(params, X[rows], y[rows])
            t += 1
            if rates is not None:  #? scheduled
                settings = settings | {{"lr": rates[step]}}  #? scheduled
            step += 1  #? scheduled
            grad = told(t, grad)  #? told
            delta, memory = update(t, params, grad, **memory, **settings)
            params = params + delta
{_SUM}
{_MEAN}
        losses.append(loss(params, X, y))
        held.append(loss(params, X_HELD, Y_HELD))  #? held !l2
        held.append(loss(params, X_HELD, Y_HELD, 0.0))  #? held l2
    return params, during, losses, held

{_KEPT.replace("ALL", "listed")}"""

TORCH_TRAIN = f"""
def train(k, build):  #? !scheduled
def train(k, build, schedule):  #? scheduled
    model = torch.nn.Linear(D, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor(start(k)))
    optimizer = build(model.parameters())
    scheduler = schedule and schedule(optimizer)  #? scheduled
    during, losses, held = [], [loss(model, X, y).item()], []
    held.append(loss(model, X_HELD, Y_HELD).item())  #? held !l2
    held.append(loss(model, X_HELD, Y_HELD, 0.0).item())  #? held l2
    for epoch in range(EPOCHS):
        total = 0.0
        optimizer.t = 0  # anew in every epoch, as in the listing  #? printed
        for rows in batches(epoch, k):
            optimizer.zero_grad()
            error = loss(model, X[rows], y[rows])
            error.backward()
            found = error.item()
            model.weight.grad = told(None, model.weight.grad)  #? told
            optimizer.step()
            if scheduler:  #? scheduled
                scheduler.step()  #? scheduled
{_SUM}
{_MEAN}
        losses.append(loss(model, X, y).item())
        held.append(loss(model, X_HELD, Y_HELD).item())  #? held !l2
        held.append(loss(model, X_HELD, Y_HELD, 0.0).item())  #? held l2
    return model.weight.detach().numpy()[0], during, losses, held

{_KEPT.replace("ALL", "scheduled")}"""

KERAS_TRAIN = f"""
def train(k, build):  #? !scheduled
def train(k, build, rates):  #? scheduled
    params, t, optimizer = start(k), 0, build()
    step = 0  #? scheduled
    variable = keras.Variable(params, dtype="float64")
    during, losses, held = [], [loss(params, X, y)], []
    held.append(loss(params, X_HELD, Y_HELD))  #? held !l2
    held.append(loss(params, X_HELD, Y_HELD, 0.0))  #? held l2
    for epoch in range(EPOCHS):
        total = 0.0
        optimizer.t = 0  # anew in every epoch, as in the listing  #? printed
        for rows in batches(epoch, k):
            found, grad = loss(params, X[rows], y[rows]), gradient(params, X[rows], y[rows])
            t += 1
            if rates is not None:  #? scheduled
                optimizer.learning_rate = rates[step]  #? scheduled
            step += 1  #? scheduled
            grad = told(t, grad)  #? told
            optimizer.apply([keras.ops.convert_to_tensor(grad, dtype="float64")], [variable])
            params = np.array(keras.ops.convert_to_numpy(variable))
{_SUM}
{_MEAN}
        losses.append(loss(params, X, y))
        held.append(loss(params, X_HELD, Y_HELD))  #? held !l2
        held.append(loss(params, X_HELD, Y_HELD, 0.0))  #? held l2
    return params, during, losses, held

{_KEPT.replace("ALL", "scheduled")}"""
