"""Prints what oneDNN keeps of an LSTM for the backward pass: length, batch, width, hidden size and bytes, as rows of saving.test.ts."""
import torch
import torch.nn as nn

for length, batch, width, hidden in [(1, 1, 1, 1), (5, 3, 10, 6), (500, 3, 10, 15), (500, 3, 10, 17), (500, 3, 10, 64), (500, 3, 10, 256), (40, 16, 100, 1), (40, 16, 100, 60), (100, 8, 300, 20), (50, 32, 64, 128), (20, 64, 256, 256)]:
    kept = []

    def pack(tensor):
        if tensor.dtype == torch.uint8 and tensor.dim() == 1:
            kept.append(tensor.untyped_storage().nbytes())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        nn.LSTM(width, hidden)(torch.zeros(length, batch, width, requires_grad=True))
    print(f"  [{length}, {batch}, {width}, {hidden}, {sum(kept)}],")
