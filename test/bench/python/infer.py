"""Milliseconds of onnx.shape_inference from bytes to bytes (median), on the same network. Weights are named and shaped, not stored."""
import json
import statistics
import sys
import time

import onnx
from onnx import TensorProto, helper

with open(sys.argv[1]) as file:
    request = json.load(file)


def pair(value):
    return list(value) if isinstance(value, list) else [value, value]


def window(params):
    kernel = pair(params["kernel_size"])
    stride = kernel if params.get("stride") is None else pair(params["stride"])
    return {"kernel_shape": kernel, "strides": stride, "pads": pair(params.get("padding", 0)) * 2}


def node_of(layer):
    op, params, keys = layer["op"], layer["params"], [weight["key"] for weight in layer["weights"]]
    inputs, output = layer["in"], [layer["path"]]
    if op == "Conv2d":
        return helper.make_node("Conv", inputs + keys, output, group=params.get("groups", 1), dilations=pair(params.get("dilation", 1)), **window(params))
    if op == "BatchNorm2d":
        return helper.make_node("BatchNormalization", inputs + keys, output)
    if op == "MaxPool2d":
        return helper.make_node("MaxPool", inputs, output, **window(params))
    if op == "AvgPool2d":
        return helper.make_node("AveragePool", inputs, output, **window(params))
    if op == "AdaptiveAvgPool2d":
        return helper.make_node("GlobalAveragePool", inputs, output)
    if op == "Concat":
        return helper.make_node("Concat", inputs, output, axis=params["dim"])
    if op == "Flatten":
        return helper.make_node("Flatten", inputs, output, axis=1)
    if op == "Linear":
        return helper.make_node("Gemm", inputs + keys, output, transB=1)
    return helper.make_node({"ReLU": "Relu", "Add": "Add", "Dropout": "Dropout", "Identity": "Identity"}[op], inputs, output)


def weight_of(weight):
    tensor = TensorProto(name=weight["key"], dims=weight["shape"], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="weights.bin")
    return tensor


graph = helper.make_graph(
    [node_of(layer) for layer in request["nodes"]],
    "network",
    [helper.make_tensor_value_info(each["name"], TensorProto.FLOAT, each["shape"]) for each in request["inputs"]],
    [helper.make_empty_tensor_value_info(name) for name in request["outputs"]],
    [weight_of(weight) for layer in request["nodes"] for weight in layer["weights"]],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()
# The C++ function below onnx.shape_inference.infer_shapes: serialized model in, serialized model out.
infer = onnx.shape_inference.C.infer_shapes
inferred = onnx.load_from_string(infer(model, False, True, False))
known = {value.name for value in list(inferred.graph.value_info) + list(inferred.graph.output) if len(value.type.tensor_type.shape.dim) > 0}
missing = [layer["path"] for layer in request["nodes"] if layer["path"] not in known]
if missing:
    sys.exit(f"no shape for {missing[0]}")
times = []
for _ in range(15):
    start = time.process_time()
    infer(model, False, False, False)
    times.append((time.process_time() - start) * 1000)
print(statistics.median(times[3:]))
