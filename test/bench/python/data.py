"""Milliseconds until a batch of CIFAR-10 is there, from a DataLoader with one worker that flips, crops and normalises as torchvision does."""
import json
import random
import statistics
import sys
import time
from pathlib import Path

import numpy
import torch
from torch.utils.data import DataLoader, Dataset

with open(sys.argv[1]) as file:
    request = json.load(file)
mean, std = (torch.tensor(request[name]).view(3, 1, 1) for name in ["mean", "std"])
crop = request["crop"]


class Images(Dataset):
    def __init__(self):
        files = sorted(Path(request["folder"]).glob("data_batch_*.bin"))
        self.records = numpy.concatenate([numpy.fromfile(file, "u1").reshape(-1, 3073) for file in files])

    def __len__(self):
        return len(self.records)

    def __getitem__(self, row):
        record = self.records[row]
        image = torch.nn.functional.pad(torch.from_numpy(record[1:]).view(3, 32, 32), [crop] * 4)
        down, right = random.randrange(2 * crop + 1), random.randrange(2 * crop + 1)
        image = image[:, down : down + 32, right : right + 32]
        if request["flip"] and random.random() < 0.5:
            image = image.flip(2)
        return image.float().div(255).sub(mean).div(std), int(record[0])


torch.set_num_threads(1)
loader = iter(DataLoader(Images(), batch_size=request["batch"], shuffle=True, num_workers=1, prefetch_factor=8))
times = []
for step in range(request["batches"]):
    start = time.perf_counter()
    next(loader)
    end = time.perf_counter()
    if step >= 20:
        times.append((end - start) * 1000)
    while time.perf_counter() < end + request["busy"] / 1000:
        pass
print(statistics.median(times) if request["busy"] else statistics.mean(times))
