"""Milliseconds of processor time of the first forward pass of exported code in FakeTensorMode. The network is built before the clock starts."""
import json
import sys
import time

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

with open(sys.argv[1]) as file:
    request = json.load(file)
scope = {}
exec(request["code"], scope)
with FakeTensorMode():
    network = scope[request["name"]]()
    data = torch.empty(request["input"])
    start = time.process_time()
    network(data)
    print((time.process_time() - start) * 1000)
