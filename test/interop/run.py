"""Reads cases as JSON from standard input, makes each class, runs it on the meta device and prints shapes, parameters and the state_dict as JSON."""

import json
import sys

import torch


def tensors(value):
    if isinstance(value, torch.Tensor):
        return list(value.shape)
    if isinstance(value, dict):
        return {name: tensors(each) for name, each in value.items()}
    return [tensors(each) for each in value]


def run(case):
    scope = {}
    exec(compile(case["code"], case["name"], "exec"), scope)
    with torch.device("meta"):
        model = scope[case["class"]](**case["arguments"])
        inputs = [
            torch.zeros(shape, dtype=getattr(torch, dtype))
            for shape, dtype in case["inputs"]
        ]
        outputs = model.eval()(*inputs)
    # A tensor at two places has one key; what state_dict gives can be loaded again.
    tensors_of = model.state_dict(keep_vars=True)
    seen = {id(tensor) for tensor in tensors_of.values()}
    state = {name: list(tensor.shape) for name, tensor in tensors_of.items()}
    with torch.device("meta"):
        scope[case["class"]](**case["arguments"]).load_state_dict(model.state_dict(), strict=True)
    # What is one tensor stays one when the network is moved or converted.
    moved = {id(each) for each in model.half().state_dict(keep_vars=True).values()}
    if len(moved) != len(seen):
        raise ValueError(f"{len(seen)} tensors became {len(moved)}")
    return {
        "outputs": tensors(outputs),
        "parameters": sum(each.numel() for each in model.parameters()),
        "state": state,
    }


results = []
for case in json.load(sys.stdin):
    try:
        results.append(run(case))
    except Exception as error:
        results.append({"error": f"{type(error).__name__}: {error}"})
json.dump(results, sys.stdout)
