"""Runs operators in PyTorch and prints what they gave: reads a JSON list of cases from standard input, one result a case."""
import json
import sys
import types
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_num_threads(1)


class StochasticDepth(nn.Module):
    """torchvision.ops.StochasticDepth as torchvision 0.26 publishes it (torchvision/ops/stochastic_depth.py, BSD 3-Clause), whose wheels do not go with every PyTorch."""

    def __init__(self, p, mode):
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input):
        if self.p < 0.0 or self.p > 1.0:
            raise ValueError(f"drop probability has to be between 0 and 1, but got {self.p}")
        if self.mode not in ["batch", "row"]:
            raise ValueError(f"mode has to be either 'batch' or 'row', but got {self.mode}")
        if not self.training or self.p == 0.0:
            return input
        survival_rate = 1.0 - self.p
        if self.mode == "row":
            size = [input.shape[0]] + [1] * (input.ndim - 1)
        else:
            size = [1] * input.ndim
        noise = torch.empty(size, dtype=input.dtype, device=input.device)
        noise = noise.bernoulli_(survival_rate)
        if survival_rate > 0.0:
            noise.div_(survival_rate)
        return input * noise


torchvision = types.SimpleNamespace(ops=types.SimpleNamespace(StochasticDepth=StochasticDepth))


def made(spec):
    if spec is None:
        return None
    shape, dtype = spec["shape"], getattr(torch, spec["dtype"])
    if dtype.is_floating_point:
        return torch.randn(shape, dtype=torch.float32).to(dtype)
    return torch.zeros(shape, dtype=dtype)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for each in value for tensor in flat(each)]


def saved_bytes(case, x, names):
    """Bytes of what autograd keeps for the backward pass, beside the module's own tensors, each storage once; and how many of them are a workspace of oneDNN."""
    own = set()
    if isinstance(names.get("m"), nn.Module):
        own = {each.untyped_storage().data_ptr() for each in names["m"].state_dict().values()}
    names["x"] = [each.clone().requires_grad_().clone() if each is not None and each.dtype.is_floating_point else each for each in x]
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = (storage, storage.nbytes(), tensor.dtype == torch.uint8 and tensor.dim() == 1)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        outputs = eval(case["call"], names)
    del outputs
    sizes = [(size, is_workspace) for place, (_, size, is_workspace) in kept.items() if place not in own]
    return sum(size for size, _ in sizes), sum(size for size, is_workspace in sizes if is_workspace)


def run(case):
    x = [made(spec) for spec in case["inputs"]]
    names = {"torch": torch, "nn": nn, "F": F, "torchvision": torchvision, "x": x}
    try:
        result = {}
        if case.get("module"):
            module = eval(case["module"], names)
            if isinstance(module, nn.Parameter):
                result["state"] = [["", list(module.shape), True]]
                names["m"] = lambda: module
            else:
                learned = {name for name, _ in module.named_parameters()}
                result["state"] = [[name, list(tensor.shape), name in learned] for name, tensor in module.state_dict().items()]
                names["m"] = module.train()
        if case.get("saved"):
            result["saved"], result["workspace"] = saved_bytes(case, x, names)
            return result
        outputs = flat(eval(case["call"], names))
        if case.get("macs"):
            # Beside the call itself: under the counter some operators take another way, and accept what eager PyTorch refuses.
            with FlopCounterMode(display=False) as counter:
                eval(case["call"], names)
            result["macs"] = counter.get_total_flops() // 2
        result["out"] = [[list(tensor.shape), str(tensor.dtype).replace("torch.", "")] for tensor in outputs]
        return result
    except Exception as error:  # Whatever PyTorch raises is a refusal.
        return {"error": type(error).__name__, "message": str(error).split("\n")[0][:300]}


print(json.dumps({"torch": torch.__version__, "results": [run(case) for case in json.load(sys.stdin)]}))
