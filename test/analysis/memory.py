"""Runs networks layer by layer in PyTorch and tells the memory of their activations: reads a JSON list from standard input, answers one a case.

`live`: for each layer, in eval mode without gradients, the bytes of all that is still read when it has run, with what it read; each storage once.
`saved`: in training, the bytes that autograd keeps for the backward pass, beside the network's own tensors; each storage once.
"""

import json
import re
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


def locate(module, place):
    for name in place.split("."):
        module = module._modules.get(name, module._parameters.get(name))
    return module


def size(tensors, own):
    storages = {each.untyped_storage().data_ptr(): each.untyped_storage().nbytes() for each in tensors}
    return sum(bytes for place, bytes in storages.items() if place not in own)


def run(case):
    names = {"torch": torch, "nn": nn, "F": F}
    exec(compile(case["code"], case["name"], "exec"), names)
    net = names[case["class"]]()
    own = {each.untyped_storage().data_ptr() for each in net.state_dict().values()}
    inputs = [torch.zeros(shape, dtype=getattr(torch, dtype)) for shape, dtype in case["inputs"]]

    net.eval()
    held = {f"x{i}": tensor for i, tensor in enumerate(inputs)}
    last = {name: len(case["layers"]) for code in case["outputs"] for name in re.findall(r"\b[vx]\d+(?:_\d+)?\b", code)}
    for k, layer in enumerate(case["layers"]):
        for name in re.findall(r"\b[vx]\d+(?:_\d+)?\b", layer["code"]):
            last[name] = max(last.get(name, 0), k)
    live = []
    with torch.no_grad():
        for k, layer in enumerate(case["layers"]):
            scope = {**names, **held}
            if layer["places"]:
                scope["m"] = locate(net, layer["places"][-1])
            exec(layer["code"], scope)
            held.update({name: scope[name] for name in layer["outputs"]})
            del scope
            live.append(size(held.values(), own))
            for name in [name for name in held if name.startswith("v") and last.get(name, 0) <= k]:
                del held[name]

    net.train()
    kept = []

    def pack(tensor):
        kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        net(*[tensor.clone() for tensor in inputs])
    return {"live": live, "saved": size(kept, own)}


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
