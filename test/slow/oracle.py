"""Runs PyTorch code that Netwright exports. Reads one request a line from standard input and answers each with one line."""

import inspect
import json
import sys

import torch

torch.set_num_threads(1)
DTYPES = {"float32": torch.float32, "int64": torch.int64, "bool": torch.bool}


def tensor(value):
    return torch.tensor(value["data"], dtype=DTYPES[value.get("dtype", "float32")]).reshape(value["shape"])


def plain(value):
    if value is None:
        return None
    value = value.detach()
    return {"shape": list(value.shape), "data": value.reshape(-1).to(torch.float64).tolist()}


def module(code, state, settings=None):
    """The exported class, made with those document parameters that its constructor takes."""
    names = {"__name__": "design"}
    exec(code, names)
    classes = [each for each in names.values() if isinstance(each, type) and issubclass(each, torch.nn.Module) and each.__module__ == "design"]
    taken = inspect.signature(classes[-1]).parameters
    model = classes[-1](**{name: value for name, value in (settings or {}).items() if name in taken})
    model.load_state_dict({key: tensor(value) for key, value in state.items()}, strict=True)
    return model


def run(code, state, inputs, training, upstream, params=None):
    """Outputs, and the gradients of the sum of outputs times `upstream`."""
    model = module(code, state, params).train(training)
    arguments = [tensor(each).requires_grad_(each.get("dtype", "float32") == "float32") for each in inputs]
    outputs = model(*arguments)
    outputs = list(outputs.values()) if isinstance(outputs, dict) else list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    result = {"outputs": [plain(each) for each in outputs]}
    if upstream is not None:
        terms = [(out * tensor(up)).sum() for out, up in zip(outputs, upstream) if out.requires_grad]
        if terms:
            sum(terms).backward()
        result["inputs"] = [plain(each.grad) for each in arguments]
        result["weights"] = {key: plain(each.grad) for key, each in model.named_parameters()}
        result["buffers"] = {key: plain(each) for key, each in model.named_buffers()}
    return result


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}


def optimise(optimizer, settings, start, gradients, rates, other=None, clip=None):
    """The weight after every step with the given gradients and rates. Beside it stands another, whose gradients are ones."""
    weight = torch.nn.Parameter(tensor(start))
    beside = torch.nn.Parameter(tensor(other or start))
    chosen = OPTIMIZERS[optimizer]([weight, beside], **settings)
    steps = []
    for gradient, rate in zip(gradients, rates):
        chosen.param_groups[0]["lr"] = rate
        weight.grad = tensor(gradient)
        beside.grad = torch.ones_like(beside)
        if clip and "norm" in clip:
            torch.nn.utils.clip_grad_norm_([weight, beside], clip["norm"])
        if clip and "value" in clip:
            torch.nn.utils.clip_grad_value_([weight, beside], clip["value"])
        chosen.step()
        steps.append(plain(weight))
    return steps


def schedule(name, lr, steps, settings, warmup=0):
    """The rate of every step, the scheduler called after each."""
    schedulers = torch.optim.lr_scheduler
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=lr)
    if name == "step":
        scheduler = schedulers.StepLR(optimizer, **settings)
    elif name == "cosine":
        scheduler = schedulers.CosineAnnealingLR(optimizer, T_max=steps - warmup, **settings)
    else:
        scheduler = schedulers.ConstantLR(optimizer, factor=1)
    if warmup:
        growing = schedulers.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        scheduler = schedulers.SequentialLR(optimizer, [growing, scheduler], milestones=[warmup])
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def dice(output, target, smooth):
    """No loss of PyTorch's: written with its operations, sample by sample and class by class."""
    classes = output.shape[1]
    shares = torch.sigmoid(output) if classes == 1 else torch.softmax(output, 1)
    terms = []
    for sample in range(output.shape[0]):
        for each in range(classes):
            share = shares[sample, each]
            right = target[sample, 0] if classes == 1 else (target[sample] == each).to(output.dtype)
            terms.append((2 * (share * right).sum() + smooth) / (share.sum() + right.sum() + smooth))
    return 1 - torch.stack(terms).mean()


def loss(name, output, target, settings=None):
    functions = torch.nn.functional
    settings = {key: torch.tensor(each) if isinstance(each, list) else each for key, each in (settings or {}).items()}
    if "pos_weight" in settings and settings["pos_weight"].numel() > 1:
        settings["pos_weight"] = settings["pos_weight"].reshape([-1] + [1] * (len(output["shape"]) - 2))
    named = {
        "cross_entropy": functions.cross_entropy,
        "nll": functions.nll_loss,
        "bce_with_logits": functions.binary_cross_entropy_with_logits,
        "mse": functions.mse_loss,
        "l1": functions.l1_loss,
        "smooth_l1": functions.smooth_l1_loss,
        "dice": dice,
    }
    given = tensor(output).requires_grad_()
    value = named[name](given, tensor(target), **settings)
    value.backward()
    return {"loss": value.item(), "gradient": plain(given.grad)}


def initialise(name, shape, settings):
    """What torch.nn.init draws from: the deviation, and the bound where it is uniform, of a large sample."""
    torch.manual_seed(0)
    weight = tensor({"shape": shape, "data": [0.0] * int(torch.tensor(shape).prod())})
    getattr(torch.nn.init, name)(weight, **settings)
    return {"deviation": weight.std().item(), "bound": weight.abs().max().item()}


def training(code, params, state, optimizer, settings, batches, double=False):
    """The loss of every step of cross-entropy training, and the state after it; in float64 where `double`."""
    model = module(code, state, params).train()
    model = model.double() if double else model
    chosen = OPTIMIZERS[optimizer](model.parameters(), **settings)
    losses = []
    for batch in batches:
        chosen.zero_grad()
        value = torch.nn.functional.cross_entropy(model(tensor(batch["input"]).to(torch.float64 if double else torch.float32)), tensor(batch["target"]))
        value.backward()
        chosen.step()
        losses.append(value.item())
    return {"losses": losses, "state": {key: plain(each) for key, each in model.state_dict().items()}}


REQUESTS = {each.__name__: each for each in (run, optimise, schedule, loss, initialise, training)}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": REQUESTS[request.pop("do")](**request)}
    except Exception as error:  # The test shows what PyTorch says.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
