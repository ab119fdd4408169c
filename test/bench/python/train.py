"""Steps of a plain PyTorch training loop in eager mode with its best number of threads, on exported code and a given batch, in the turns that standard input gives."""
import inspect
import json
import statistics
import sys
import time

import torch
from torch import nn

with open(sys.argv[1]) as file:
    request = json.load(file)
scope = {}
exec(request["code"], scope)
torch.manual_seed(0)
network_class = scope[request["name"]]
taken = inspect.signature(network_class).parameters
network = network_class(**{name: value for name, value in request["set"].items() if name in taken})
learned = sum(parameter.numel() for parameter in network.parameters())
if learned != request["parameters"]:
    sys.exit(f"another network: {learned} parameters instead of {request['parameters']}")
network.train()


def tensor(value, dtype):
    return torch.tensor(value["data"], dtype=dtype).reshape(value["shape"])


inputs = tensor(request["input"], torch.float32)
target = tensor(request["target"], torch.long if request["loss"] == "cross_entropy" else torch.float32)
loss_of = {"cross_entropy": nn.CrossEntropyLoss, "bce_with_logits": nn.BCEWithLogitsLoss, "mse": nn.MSELoss}[request["loss"]]()
options = dict(request["optimizer"])
optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[options.pop("name")](network.parameters(), **options)


def step():
    start = time.perf_counter()
    optimizer.zero_grad()
    outputs = network(inputs)
    # A network that names its outputs returns a dict of them.
    loss = loss_of(next(iter(outputs.values())) if isinstance(outputs, dict) else outputs, target)
    loss.backward()
    optimizer.step()
    loss.item()
    return (time.perf_counter() - start) * 1000


def steps(seconds):
    end = time.perf_counter() + seconds
    times = [step()]
    while time.perf_counter() < end:
        times.append(step())
    return times


def median(threads):
    torch.set_num_threads(threads)
    step()
    return statistics.median(steps(1))


step()
print("first", flush=True)
# Small networks are faster on one thread, and a busy machine makes many threads wait for each other: the better of the two counts.
torch.set_num_threads(min({torch.get_num_threads(), 1}, key=median))
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(steps(float(line))), flush=True)
