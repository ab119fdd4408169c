"""Trains and traces a Netwright design with PyTorch. Needs Python 3.8 and torch, nothing else.

Netwright starts this file as a child process and talks to it over standard input and
output. A message is one line of JSON. Where it has "tensors", a list of {"name", "dtype",
"shape"}, their values follow the line in that order as raw little-endian bytes.

The first message comes from here and tells versions and device. Then each request
{"id", "do", ...} gets one answer {"id", "result"} or {"id", "error"}; `walk` sends
{"id", "layer"} for every layer before that. When the input ends, the process ends.

Under torchrun (python -m torch.distributed.run) several processes train together: that of
rank 0 talks to Netwright, hands on what it is asked and gives each its share of a batch.
"""

import contextlib
import ctypes
import datetime
import importlib.util
import json
import math
import os
import queue
import signal
import sys
import threading
import time
import traceback
import types


class Wire:
    """Messages in and out. Whatever else prints to standard output lands in standard error."""

    def __init__(self):
        self.output = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        # Processes that the user's data start close their standard input, which must not be this one.
        self.input = os.fdopen(os.dup(0), "rb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.requests = queue.Queue()

    def listen(self):
        """Reads on a thread of its own, so that the end of the parent ends a running step too."""
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while True:
                line = self.input.readline()
                if not line:
                    break
                message = json.loads(line)
                tensors = {}
                for spec in message.pop("tensors", []):
                    size = math.prod(spec["shape"]) * WIDTHS[spec["dtype"]]
                    data = self.input.read(size)
                    if len(data) < size:
                        os._exit(1)
                    tensors[spec["name"]] = (spec["dtype"], spec["shape"], bytearray(data))
                self.requests.put((message, tensors))
        finally:
            os._exit(0)

    def send(self, message, tensors=None):
        payload = []
        if tensors is not None:
            message["tensors"] = []
            for name, tensor in tensors.items():
                dtype = "float32" if tensor.dtype.is_floating_point else "int64"
                tensor = tensor.detach().to("cpu", getattr(torch, dtype)).contiguous()
                spec = {"name": name, "dtype": dtype, "shape": list(tensor.shape)}
                message["tensors"].append(spec)
                payload.append(tensor)
        self.output.write(json.dumps(message, allow_nan=False).encode() + b"\n")
        for tensor in payload:
            if tensor.numel():
                # Not through NumPy, which PyTorch does without.
                size = tensor.numel() * tensor.element_size()
                self.output.write(ctypes.string_at(tensor.data_ptr(), size))
        self.output.flush()


WIDTHS = {"float32": 4, "int32": 4, "int64": 8}


def tensor_of(packed, device, dtype=None):
    if isinstance(packed, torch.Tensor):
        return packed.to(device=device, dtype=dtype or packed.dtype)
    kind, shape, data = packed
    kind = getattr(torch, kind)
    if data:
        tensor = torch.frombuffer(data, dtype=kind).reshape(shape)
    else:
        tensor = torch.zeros(shape, dtype=kind)
    return tensor.to(device=device, dtype=dtype or kind)


def number(value):
    """JSON has no word for what is no number."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def choose_device(wanted):
    """The first of cuda, mps, xpu and cpu that computes. PyTorch obeys CUDA_VISIBLE_DEVICES."""
    notes = []
    for kind in [wanted] if wanted else ["cuda", "mps", "xpu", "cpu"]:
        try:
            if is_available(kind) and (torch.ones(2, device=kind) + 1).sum().item() == 4:
                return torch.device(kind), notes
        except Exception as error:
            notes.append(f"{kind} does not compute: {plain(error)}")
    reasons = "".join(f" ({note})" for note in notes)
    raise RuntimeError(f"this PyTorch has no device {wanted or 'that computes'}{reasons}")


def is_available(kind):
    kind = kind.split(":")[0]
    if kind == "cpu":
        return True
    # Older versions do not know every kind.
    module = getattr(torch.backends if kind == "mps" else torch, kind, None)
    return module is not None and module.is_available()


def device_name(device):
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return f"{properties.name} (cuda, {properties.total_memory / 1e9:.0f} GB)"
    if device.type == "xpu":
        return f"{torch.xpu.get_device_name(device)} (xpu)"
    if device.type == "mps":
        return "Apple GPU (mps)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


#: Multiply-adds of a layer that are worth a thread. With fewer, threads wait for each other longer than they compute.
WORTH_A_THREAD = 2_000_000


def take_threads(device, work, most):
    """Sets the number of threads by the mean multiply-adds of a layer, unless the user has set it.

    It hangs on the network and the batch alone: with it changes how sums are rounded.
    """
    if device.type != "cpu" or "OMP_NUM_THREADS" in os.environ:
        return
    threads = most if work is None else max(1, min(most, round(work / WORTH_A_THREAD)))
    if threads != torch.get_num_threads():
        torch.set_num_threads(threads)


def device_memory(device):
    """Bytes of a GPU, {"total", "free"}; None where it is the computer's own or is not told."""
    try:
        if device.type in ("cuda", "xpu"):
            free, total = getattr(torch, device.type).mem_get_info(device)
            return {"total": total, "free": free}
        if device.type == "mps":
            total = torch.mps.recommended_max_memory()
            return {"total": total, "free": total - torch.mps.driver_allocated_memory()}
    except Exception:
        pass
    return None


def peak_memory(device):
    """Most bytes of a GPU that were held since the last reset; None where nobody counts."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None


def synchronize(device):
    """Waits for what a GPU still computes, before a clock is read."""
    if device.type != "cpu":
        getattr(torch, device.type).synchronize()


def provide_torchvision():
    """Imports torchvision, or puts in its place the one thing of it that designs use."""
    try:
        import torchvision  # noqa: F401

        return
    except Exception:
        pass

    class StochasticDepth(torch.nn.Module):
        def __init__(self, p, mode):
            super().__init__()
            self.p, self.mode = p, mode

        def forward(self, x):
            if not self.training or self.p == 0:
                return x
            shape = [x.shape[0] if self.mode == "row" else 1] + [1] * (x.ndim - 1)
            kept = torch.empty(shape, dtype=x.dtype, device=x.device).bernoulli_(1 - self.p)
            return x * (kept / (1 - self.p) if self.p < 1 else kept)

    module = types.ModuleType("torchvision")
    module.ops = types.SimpleNamespace(StochasticDepth=StochasticDepth)
    sys.modules["torchvision"] = module


class Options:
    """What the user asks of PyTorch beside a device. Nothing of it is on by itself."""

    def __init__(self, settings):
        #: "bfloat16", "float16" or None.
        self.autocast = settings.get("autocast")
        self.channels_last = bool(settings.get("channels_last"))
        self.compile = bool(settings.get("compile"))
        self.tf32 = bool(settings.get("tf32"))
        self.sync_batchnorm = bool(settings.get("sync_batchnorm"))

    def apply(self):
        # Without it the same numbers as everywhere else, rather than TensorFloat-32.
        torch.backends.cuda.matmul.allow_tf32 = self.tf32
        torch.backends.cudnn.allow_tf32 = self.tf32

    def precision(self, device):
        """The context in which forward passes and losses are computed."""
        if self.autocast is None:
            return contextlib.nullcontext()
        return torch.autocast(device.type, dtype=getattr(torch, self.autocast))

    def scaler(self, device):
        """Keeps gradients of float16 from vanishing; None where there is no need."""
        if self.autocast != "float16" or device.type != "cuda":
            return None
        return torch.cuda.amp.GradScaler()

    def placed(self, tensor):
        if self.channels_last and tensor.ndim == 4:
            return tensor.contiguous(memory_format=torch.channels_last)
        return tensor


class Group:
    """The processes that train together; without torchrun it is one alone."""

    def __init__(self):
        together = "TORCHELASTIC_RUN_ID" in os.environ
        self.rank = int(os.environ["RANK"]) if together else 0
        self.size = int(os.environ["WORLD_SIZE"]) if together else 1
        #: Number of this process on its machine.
        self.local = int(os.environ["LOCAL_RANK"]) if together else 0
        self.together = together
        #: Threads of this process, at most.
        self.threads = torch.get_num_threads()
        self.device = None

    def device_of(self, wanted):
        """Each process of a machine takes a GPU of its own."""
        if not self.together or ":" in (wanted or ""):
            return wanted
        kind = wanted or next((each for each in ("cuda", "xpu") if is_available(each)), "cpu")
        count = getattr(torch, kind).device_count() if kind in ("cuda", "xpu") else 0
        if count and self.local >= count:
            raise RuntimeError(f"process {self.local} of this machine has no {kind} device: there are {count}")
        return f"{kind}:{self.local}" if count else kind

    def start(self, device):
        self.device = device
        if not self.together:
            return
        if device.type in ("cuda", "xpu"):
            getattr(torch, device.type).set_device(device)
        distributed = torch.distributed
        distributed.init_process_group({"cuda": "nccl", "xpu": "xccl"}.get(device.type, "gloo"))
        # Between two requests a person may think for as long as they like.
        self.requests = distributed.new_group(backend="gloo", timeout=datetime.timedelta(days=365))

    def hand_out(self, request, tensors):
        """What rank 0 was asked, to everyone; answers what it is to do itself."""
        shares = [(request, tensors)] * self.size
        if request["do"] in ("step", "evaluate"):
            shares = [share_of(request, tensors, rank, self.size) for rank in range(self.size)]
        mine = [None]
        torch.distributed.scatter_object_list(mine, shares, src=0, group=self.requests)
        return mine[0]

    def receive(self):
        mine = [None]
        torch.distributed.scatter_object_list(mine, None, src=0, group=self.requests)
        return mine[0]

    def sum(self, *values):
        """Sums over the processes, as one tensor."""
        total = torch.tensor([float(each) for each in values], dtype=torch.float64)
        if self.size > 1:
            total = total.to(self.device)
            torch.distributed.all_reduce(total)
        return total

    def wrap(self, net, unused):
        """The first output of a network whose gradients are means over the processes."""
        devices = None if self.device.type == "cpu" else [self.device]
        parallel = torch.nn.parallel.DistributedDataParallel
        return parallel(FirstOutput.of(net), device_ids=devices, find_unused_parameters=unused)

    def spread(self, tensors):
        """Values of rank 0 to everyone."""
        for tensor in tensors if self.size > 1 else []:
            torch.distributed.broadcast(tensor, 0)


def share_of(request, tensors, rank, size):
    """Consecutive samples of a batch. `part` makes means over shares of unequal size a mean over the batch."""
    target = tensors["target"]
    rows = len(target) if isinstance(target, torch.Tensor) else target[1][0]
    begin, end = rank * rows // size, (rank + 1) * rows // size
    shares = {}
    for name, value in tensors.items():
        if isinstance(value, torch.Tensor):
            # A view would travel with all that it is a part of.
            shares[name] = value[begin:end].cpu().clone()
            continue
        kind, shape, data = value
        width = len(data) // rows
        shares[name] = (kind, [end - begin, *shape[1:]], data[begin * width : end * width])
    return dict(request, part=(end - begin) * size / rows), shares


class FirstOutput:
    """Made when torch is there: a module that puts out what the loss looks at."""

    @staticmethod
    def of(net):
        class First(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.net = net

            def forward(self, *inputs):
                return first(self.net(*inputs))

        return First()


def first(output):
    if isinstance(output, dict):
        output = list(output.values())
    return output[0] if isinstance(output, (tuple, list)) else output


class Model:
    """A network with its loss and optimiser, as one `open` request describes it."""

    def __init__(self, device, options, group, request, tensors):
        self.device = device
        self.options = options
        self.group = group
        if "import torchvision" in request["code"]:
            provide_torchvision()
        declared = request.get("declared") or []
        if declared:
            import_declared(declared, request.get("folder"))
            torch.manual_seed(request.get("seed", 0))
        self.names = names_of_code()
        exec(compile(request["code"], "<design>", "exec"), self.names)
        settings = {name: tuples(value) for name, value in request["arguments"].items()}
        self.net = self.names[request["class"]](**settings).to(device)
        if options.sync_batchnorm:
            if device.type == "cpu":
                raise RuntimeError("SyncBatchNorm computes on GPUs alone, and the device is the CPU")
            self.net = torch.nn.SyncBatchNorm.convert_sync_batchnorm(self.net)
        if options.channels_last:
            self.net = self.net.to(memory_format=torch.channels_last)
        self.call = torch.compile(self.net) if options.compile else self.net
        self.scaler = options.scaler(device)
        self.dtypes = [getattr(torch, name) for name in request["dtypes"]]
        self.seed = request.get("seed", 0)
        self.loss = request.get("loss")
        self.settings = request.get("loss_settings") or {}
        self.clip = request.get("clip") or {}
        #: For each operator of the design's own, the keys of its module's tensors.
        self.inner = inner_tensors(self.net, declared)
        self.weights = self.load(tensors)
        self.freeze(request.get("frozen") or [])
        #: By key, the path of the node that owns a learned tensor.
        self.owners = {
            key: path for key, path in request["owners"].items() if self.weights[key].requires_grad
        }
        for each in declared:
            for key in self.inner.get(each["place"], []):
                known = any(self.weights[other] is self.weights[key] for other in self.owners)
                if self.weights[key].requires_grad and not known:
                    self.owners[key] = each["node"]
        choice = dict(request.get("optimizer") or {"name": "sgd", "lr": 0})
        self.optimizer = self.make_optimizer(choice.pop("name"), choice)
        self.parallel = group.wrap(self.call, bool(request.get("unused"))) if group.size > 1 else None
        self.made = {}
        #: Compiled code of layers, by its text.
        self.codes = {}

    def load(self, tensors):
        state = self.net.state_dict(keep_vars=True)
        unknown = [key for key in tensors if key not in state]
        if unknown:
            raise KeyError(f"the network has no tensor {unknown[0]}")
        with torch.no_grad():
            for key, packed in tensors.items():
                value = tensor_of(packed, self.device)
                if list(value.shape) != list(state[key].shape):
                    wanted = list(state[key].shape)
                    raise ValueError(f"{key} is {list(value.shape)}, the network has {wanted}")
                state[key].copy_(value)
        # Tied tensors are in the state twice, under the owner's key and under another.
        inner = [key for keys in self.inner.values() for key in keys]
        given = {id(state[key]) for key in [*tensors, *inner]}
        missing = [key for key, tensor in state.items() if id(tensor) not in given]
        if missing:
            raise KeyError(f"there is no value for {missing[0]}")
        return {key: state[key] for key in [*tensors, *inner]}

    def freeze(self, keys):
        """Tensors that stay. A norm whose running statistics are among them stays in eval mode."""
        keys = [inner for key in keys for inner in self.inner.get(key, [key])]
        frozen = {id(self.weights[key]) for key in keys}
        for key in keys:
            if self.weights[key].is_floating_point():
                self.weights[key].requires_grad_(False)
        statistics = [(module, getattr(module, "running_mean", None)) for module in self.net.modules()]
        self.still = [module for module, mean in statistics if mean is not None and id(mean) in frozen]
        for module in self.still:
            module.eval()

    def make_optimizer(self, name, settings):
        kinds = {
            "sgd": torch.optim.SGD,
            "adam": torch.optim.Adam,
            "adamw": torch.optim.AdamW,
            "rmsprop": torch.optim.RMSprop,
        }
        if name not in kinds:
            raise ValueError(f"there is no optimizer {name}")
        # PyTorch refuses Nesterov's momentum without momentum, which changes nothing.
        if settings.get("nesterov") and not settings.get("momentum"):
            settings["nesterov"] = False
        learned = [self.weights[key] for key in self.owners]
        return kinds[name](learned, **settings) if learned else None

    def inputs(self, tensors):
        return [
            self.options.placed(tensor_of(tensors[f"input{i}"], self.device, dtype))
            for i, dtype in enumerate(self.dtypes)
        ]

    def first_output(self, inputs):
        if self.parallel is not None and torch.is_grad_enabled():
            return self.parallel(*inputs)
        return first(self.call(*inputs))

    def loss_of(self, output, tensors):
        target = tensor_of(tensors["target"], self.device)
        functional = torch.nn.functional
        channels = output.shape[1] if output.ndim > 1 else 1
        if self.loss in ("cross_entropy", "nll") or (self.loss == "dice" and channels > 1):
            classes = target.long().reshape(output.shape[:1] + output.shape[2:])
            if self.loss == "dice":
                right = functional.one_hot(classes, channels).movedim(-1, 1).to(output.dtype)
                return self.dice(output.softmax(1), right)
            weight = self.setting_tensor("weight", output)
            how = {} if self.loss == "nll" else {"label_smoothing": self.settings.get("label_smoothing") or 0.0}
            likelihood = functional.nll_loss if self.loss == "nll" else functional.cross_entropy
            if weight is None or self.group.size == 1:
                return likelihood(output, classes, weight, **how)
            # The mean is over the weights of all answers, also of those that others look at.
            total = self.group.sum(weight[classes].sum())[0] / self.group.size
            return likelihood(output, classes, weight, reduction="sum", **how) / total.to(output.dtype)
        target = target.to(output.dtype).reshape(output.shape)
        if self.loss == "bce_with_logits":
            positive = self.setting_tensor("pos_weight", output)
            if positive is not None and output.ndim > 1:
                positive = positive.reshape([-1] + [1] * (output.ndim - 2))
            return functional.binary_cross_entropy_with_logits(output, target, pos_weight=positive)
        if self.loss == "mse":
            return functional.mse_loss(output, target)
        if self.loss == "l1":
            return functional.l1_loss(output, target)
        if self.loss == "smooth_l1":
            return functional.smooth_l1_loss(output, target, beta=self.settings.get("beta", 1.0))
        if self.loss == "dice":
            return self.dice(output.sigmoid(), target)
        raise ValueError(f"there is no loss {self.loss}")

    def setting_tensor(self, name, like):
        values = self.settings.get(name)
        return None if values is None else torch.tensor(values, dtype=like.dtype, device=like.device)

    def dice(self, shares, right):
        """The mean over samples and classes; PyTorch has no such loss."""
        smooth = self.settings.get("smooth", 1.0)
        flat = (*shares.shape[:2], -1)
        shares, right = shares.reshape(flat), right.reshape(flat)
        both = (shares * right).sum(2)
        return 1 - ((2 * both + smooth) / (shares.sum(2) + right.sum(2) + smooth)).mean()

    def accuracy(self, output, tensors):
        """The share of right answers: the largest score along axis 1, or the sign of one alone."""
        if "labels" not in tensors:
            return None
        labels = tensor_of(tensors["labels"], self.device).reshape(-1)
        if output.shape[1] == 1:
            right = (output.reshape(-1) > 0) == (labels > 0)
        else:
            right = output.argmax(1).reshape(-1) == labels
        return self.share_of_right(right.sum(), labels.numel())

    def share_of_right(self, right, answers):
        right, answers = self.group.sum(right, answers).tolist()
        return right / max(1, answers)

    def draw_for(self, step):
        """The same step draws the same dropout, whatever was computed before."""
        number = (self.seed * 1_000_003 + step + self.group.rank * 500_009) % 2**63
        # torch.manual_seed sees to every kind of device, which takes its time.
        if self.device.type == "cpu":
            torch.default_generator.manual_seed(number)
        else:
            torch.manual_seed(number)

    def set_training(self, training):
        # It visits every module, which is a share of a small network's step.
        if self.net.training != training:
            self.net.train(training)
            for module in self.still:
                module.eval()

    def backward(self, tensors, step, part=1.0):
        self.draw_for(step)
        self.set_training(True)
        for key in self.owners:
            self.weights[key].grad = None
        with self.options.precision(self.device):
            output = self.first_output(self.inputs(tensors))
            loss = self.part_of(self.loss_of(output, tensors), part)
        if loss.requires_grad and self.scaler:
            self.scaler.scale(loss).backward()
        elif loss.requires_grad:
            loss.backward()
        return self.mean(loss), output.detach()

    def part_of(self, loss, part):
        """What a share's mean counts in the mean over all shares; weights have seen to that already."""
        return loss if part == 1 or self.settings.get("weight") else loss * part

    def mean(self, loss):
        return loss.item() if self.group.size == 1 else self.group.sum(loss.detach())[0].item() / self.group.size

    def gradient_norms(self):
        """By node path, the root of the sum of squares over the node's own tensors."""
        found = [(path, self.weights[key].grad) for key, path in self.owners.items()]
        found = [(path, gradient) for path, gradient in found if gradient is not None]
        if not found:
            return {}
        sums = {}
        squares = torch.stack([gradient.float().square().sum() for _, gradient in found]).tolist()
        for (path, _), square in zip(found, squares):
            sums[path] = sums.get(path, 0) + square
        return {path: number(math.sqrt(square)) for path, square in sums.items()}

    def step(self, request, tensors):
        inside = self.look_inside(request, tensors) if "inside" in request else None
        loss, output = self.backward(tensors, request["step"], request.get("part", 1.0))
        result = {"loss": number(loss), "accuracy": self.accuracy(output, tensors)}
        if self.scaler and self.optimizer:
            self.scaler.unscale_(self.optimizer)
        if request["gradients"]:
            result["gradients"] = self.gradient_norms()
        # A scaler looks for that itself, since it provokes it.
        if math.isfinite(loss) and not self.scaler and not self.gradients_are_finite():
            result["overflow"] = True
        changes = self.changes() if inside is not None else None
        if math.isfinite(loss) and "overflow" not in result and self.optimizer:
            for group in self.optimizer.param_groups:
                group["lr"] = request["rate"]
            self.clip_gradients()
            if self.scaler:
                self.scaler.step(self.optimizer)
            else:
                self.optimizer.step()
        if self.scaler and self.optimizer:
            self.scaler.update()
        if inside is not None:
            result["measured"] = dict(inside, parameters=changes())
        return result

    def gradients_are_finite(self):
        gradients = [self.weights[key].grad for key in self.owners]
        gradients = [gradient.detach() for gradient in gradients if gradient is not None]
        if not gradients:
            return True
        # The root of the sum of squares is computed faster than the largest value, but may be infinite where all values are finite.
        return any(math.isfinite(torch.stack(torch._foreach_norm(gradients, order)).sum().item()) for order in (2, math.inf))

    def changes(self):
        """Called before an update; what it returns is called after it."""
        learned = {key: self.weights[key] for key in self.owners}
        learned = {key: weight for key, weight in learned.items() if weight.grad is not None}
        before = {key: weight.detach().clone() for key, weight in learned.items()}
        norms = {key: weight.grad.float().norm() for key, weight in learned.items()}

        def since():
            found = Readings()
            for key, weight in learned.items():
                moved = (weight.detach() - before[key]).float().norm()
                found.add((key, "gradient"), norms[key])
                found.add((key, "update"), moved / before[key].float().norm())
            return found.read()

        return since

    def look_inside(self, request, tensors):
        """One more pass forward and back, layer by layer, that leaves no trace.

        It hears what comes back over each wire: a layer reads a view of its own of a tensor.
        """
        layers, output = request["inside"]["layers"], request["inside"]["output"]
        seen_inside = Looks(self.group, {layer["node"] for layer in layers if not layer["fed"]})
        readers = {}
        for names in [layer["reads"] for layer in layers] + [output["reads"]]:
            for name in set(names.values()):
                readers[name] = readers.get(name, 0) + 1

        def listen(tensor, place):
            if tensor.requires_grad:
                tensor.register_hook(lambda gradient: seen_inside.gradient(place, gradient.float()))

        def read(tensor, name, reader):
            if not isinstance(tensor, torch.Tensor) or not tensor.requires_grad:
                return tensor
            view = tensor.view_as(tensor)
            listen(view, ("wires", name, reader))
            return view

        def seen(layer, values, _milliseconds):
            for port, value in enumerate(values):
                if not isinstance(value, torch.Tensor) or not value.is_floating_point():
                    continue
                name = f"{layer['node']}.{port}" if port else layer["node"]
                seen_inside.activation(name, value.detach().float(), layer["op"] in ("ReLU", "ReLU6"))
                if readers.get(name, 0) > 1:
                    listen(value, ("sums", name))

        with self.unchanged():
            self.draw_for(request["step"])
            self.set_training(True)
            with self.options.precision(self.device):
                values = self.run_layers(layers, self.inputs(tensors), seen, read)
                code = request["inside"]["outputs"][0]
                name = output["reads"].get(code)
                given = values.get(code) if name else eval(code, values)
                given = read(given, name, output["reader"]) if name else given
                loss = self.part_of(self.loss_of(given, tensors), request.get("part", 1.0)) / self.group.size
            if loss.requires_grad:
                loss.backward()
        return seen_inside.read()

    def state(self):
        """What is kept between two steps beside the weights: numbers, and tensors by key and name."""
        numbers, tensors = {}, {}
        for key in self.owners if self.optimizer else []:
            for name, value in self.optimizer.state[self.weights[key]].items():
                if isinstance(value, torch.Tensor):
                    tensors[f"{key}/{name}"] = value
                elif isinstance(value, (int, float)):
                    numbers[f"{key}/{name}"] = value
        if self.scaler:
            scale = self.scaler.state_dict()
            numbers.update(scale=scale["scale"], growth=scale["_growth_tracker"])
        return numbers, tensors

    def restore(self, request, tensors):
        for place, value in [*request["numbers"].items(), *tensors.items()]:
            key, _, name = place.rpartition("/")
            if not key:
                continue
            weight = self.weights[key]
            if isinstance(value, tuple):
                # Counters of steps stay where PyTorch keeps them.
                value = tensor_of(value, torch.device("cpu") if name == "step" else weight.device)
                value = value if name == "step" else value.to(weight.dtype)
            self.optimizer.state[weight][name] = value
        if self.scaler and "scale" in request["numbers"]:
            scale = self.scaler.state_dict()
            scale.update(scale=request["numbers"]["scale"])
            scale.update(_growth_tracker=int(request["numbers"]["growth"]))
            self.scaler.load_state_dict(scale)

    def clip_gradients(self):
        learned = [self.weights[key] for key in self.owners]
        if "norm" in self.clip:
            torch.nn.utils.clip_grad_norm_(learned, self.clip["norm"])
        if "value" in self.clip:
            torch.nn.utils.clip_grad_value_(learned, self.clip["value"])

    def rehearse(self, _request, tensors):
        """Forward and backward without any effect; milliseconds."""
        with self.unchanged():
            synchronize(self.device)
            start = time.perf_counter()
            self.backward(tensors, 0)
            synchronize(self.device)
            return (time.perf_counter() - start) * 1000

    def evaluate(self, request, tensors):
        self.set_training(False)
        # The running statistics that are kept are those of rank 0.
        self.group.spread(self.net.buffers())
        if request.get("part") == 0:
            # Others look at all of the samples that there are.
            if self.settings.get("weight"):
                self.group.sum(0)
            loss = self.mean(torch.zeros(()))
            return {"loss": number(loss), "accuracy": self.share_of_right(0, 0) if "labels" in tensors else None}
        with torch.no_grad(), self.options.precision(self.device):
            output = self.first_output(self.inputs(tensors))
            loss = self.part_of(self.loss_of(output, tensors), request.get("part", 1.0))
        return {"loss": number(self.mean(loss)), "accuracy": self.accuracy(output, tensors)}

    def unchanged(self):
        """Puts running statistics back afterwards."""
        return Unchanged(self.net)

    def part(self, layer):
        """The module or learned tensor that a layer applies; one without tensors may be made."""
        for place in layer["places"]:
            found = locate(self.net, place)
            if found is not None:
                return found
        if layer["make"] not in self.made:
            self.made[layer["make"]] = eval(layer["make"], dict(self.names)).to(self.device)
        return self.made[layer["make"]].train(self.net.training)

    def run_layers(self, layers, inputs, seen, read=None):
        """Runs the network one layer after the other; `seen` gets each with what it puts out.

        `read` puts another tensor in the place of one that a layer reads, for this layer alone.
        """
        values = dict(self.names)
        values.update({f"x{i}": tensor for i, tensor in enumerate(inputs)})
        for layer in layers:
            if layer["places"]:
                values["m"] = self.part(layer)
            kept = {name: values[name] for name in layer["reads"]} if read else {}
            for name, tensor in kept.items():
                values[name] = read(tensor, layer["reads"][name], layer["node"])
            synchronize(self.device)
            if self.device.type == "cuda":
                torch.cuda.reset_peak_memory_stats(self.device)
            start = time.perf_counter()
            try:
                exec(self.compiled(layer["code"]), values)
            except Exception as error:
                raise RuntimeError(f"`{layer['node']}`: {plain(error)}") from error
            synchronize(self.device)
            milliseconds = (time.perf_counter() - start) * 1000
            values.update(kept)
            seen(layer, [values[name] for name in layer["outputs"]], milliseconds)
        return values

    def compiled(self, code):
        if code not in self.codes:
            self.codes[code] = compile(code, "<layer>", "exec")
        return self.codes[code]

    def trace(self, request, tensors, report):
        layers = request["layers"]
        self.set_training(False)
        inputs = self.inputs(tensors)

        def seen(layer, outputs, milliseconds):
            report({
                "node": layer["node"],
                "shapes": [list(each.shape) for each in outputs],
                "milliseconds": milliseconds,
                "bytes": sum(each.numel() * each.element_size() for each in outputs),
                "peak": peak_memory(self.device),
                "finite": all(bool(torch.isfinite(each).all()) for each in outputs),
            })

        with torch.no_grad():
            # The first run warms up: it chooses algorithms and allocates.
            self.run_layers(layers, inputs, lambda *_: None)
            values = self.run_layers(layers, inputs, seen)
        outputs = [torch.as_tensor(eval(code, values)) for code in request["outputs"]]
        return None, {f"output{i}": output for i, output in enumerate(outputs)}

    def first_not_finite(self, request, tensors):
        """The first layer that makes a value that is not finite from finite ones, and the pass."""
        back = []

        def is_finite(value):
            return bool(torch.isfinite(value).all())

        def read(tensor, _name, reader):
            if not isinstance(tensor, torch.Tensor) or not tensor.requires_grad:
                return tensor
            view = tensor.view_as(tensor)
            view.register_hook(lambda gradient: back.append((reader, is_finite(gradient))))
            return view

        found = []

        def seen(layer, values, _milliseconds):
            values = [value for value in values if isinstance(value, torch.Tensor)]
            if not found and not all(is_finite(value) for value in values):
                found.append(layer["node"])

        with self.unchanged():
            self.draw_for(request["step"])
            self.set_training(True)
            with self.options.precision(self.device):
                values = self.run_layers(request["layers"], self.inputs(tensors), seen, read)
                if found:
                    return {"node": found[0], "pass": "forward"}
                output = eval(request["outputs"][0], values)
                if output.requires_grad:
                    # What the loss itself makes is no layer's.
                    output = read(output, None, None)
                loss = self.loss_of(output, tensors)
            if not loss.requires_grad or not math.isfinite(loss.item()):
                return None
            for key in self.owners:
                self.weights[key].grad = None
            loss.backward()
        nodes = [reader for reader, finite in back if not finite]
        # The gradient of a weight may be too large where what comes back to its layer is not.
        late = [
            path
            for key, path in reversed(self.owners.items())
            if self.weights[key].grad is not None and not is_finite(self.weights[key].grad)
        ]
        node = (nodes or late or [None])[0]
        return None if node is None else {"node": node, "pass": "backward"}


class Readings:
    """Numbers that lie on the device, by their place in a nested dictionary; read all at once."""

    def __init__(self):
        self.places, self.tensors = [], []

    def add(self, place, tensor):
        self.places.append(place)
        self.tensors.append(tensor)

    def read(self):
        result = {}
        values = torch.stack(self.tensors).tolist() if self.tensors else []
        for (*path, last), value in zip(self.places, values):
            inner = result
            for name in path:
                inner = inner.setdefault(name, {})
            inner[last] = number(value)
        return result


class Looks:
    """What a step shows inside: of a batch that several processes share, that of the whole batch.

    `alone` are the nodes that hang on no input: each process has all of what they put out, and a
    part of its gradient. Of all other tensors a process has its samples.
    """

    def __init__(self, group, alone):
        self.group, self.alone = group, alone
        self.readings = Readings()
        self.alive, self.gradients = {}, {}

    def activation(self, name, value, rectified):
        rectified = rectified and value.ndim > 1
        if self.group.size == 1:
            if not value.numel():
                return
            self.readings.add(("activations", name, "mean"), value.mean())
            self.readings.add(("activations", name, "spread"), value.std(correction=0))
            if rectified:
                self.readings.add(("activations", name, "dead"), (value.amax(0) == 0).float().mean())
            return
        count, mean, variance = value.numel(), value.new_zeros(()), value.new_zeros(())
        if count:
            mean, variance = value.mean(), value.var(correction=0)
        for word, each in (("count", value.new_tensor(count)), ("mean", mean), ("variance", variance)):
            self.readings.add(("moments", name, word), each)
        if rectified:
            self.alive[name] = (value != 0).any(0)

    def gradient(self, place, gradient):
        if self.group.size == 1:
            self.readings.add(place, gradient.norm())
        elif place[1] in self.alone:
            self.gradients[place] = gradient
        else:
            self.readings.add(("squares", *place), gradient.square().sum())

    def read(self):
        if self.group.size > 1:
            self.bring_together()
        found = self.readings.read()
        return {part: found.get(part, {}) for part in ("activations", "wires", "sums")}

    def bring_together(self):
        """Every process brings the same places in the same order, since all run the same layers."""
        parts = self.readings
        self.readings = Readings()
        by_place = dict(zip(parts.places, parts.tensors))
        names = [place[1] for place in parts.places if place[0] == "moments" and place[2] == "count"]
        rows = []
        for name in names:
            count, mean, variance = (by_place["moments", name, word].double() for word in ("count", "mean", "variance"))
            rows += [count, count * mean, count * (variance + mean * mean)]
        places = sorted(place for place in by_place if place[0] == "squares")
        rows += [by_place[place].double() for place in places]
        total = self.add(torch.stack(rows)) if rows else []
        for at, name in enumerate(names):
            count, first, second = total[3 * at : 3 * at + 3]
            if not count:
                continue
            mean = first / count
            self.readings.add(("activations", name, "mean"), mean)
            self.readings.add(("activations", name, "spread"), (second / count - mean * mean).clamp(min=0).sqrt())
        for place, square in zip(places, total[3 * len(names) :]):
            self.readings.add(place[1:], square.sqrt())
        for name, alive in self.alive.items():
            share = (self.add(alive.float()) == 0).double().mean()
            self.readings.add(("activations", name, "dead"), share)
        for place in sorted(self.gradients):
            self.readings.add(place, self.add(self.gradients[place].clone()).norm().double())

    def add(self, tensor):
        torch.distributed.all_reduce(tensor)
        return tensor


class Unchanged:
    def __init__(self, net):
        self.net = net

    def __enter__(self):
        self.kept = [(buffer, buffer.clone()) for buffer in self.net.buffers()]

    def __exit__(self, *_):
        with torch.no_grad():
            for buffer, value in self.kept:
                buffer.copy_(value)


def import_declared(declared, folder):
    """Imports the classes that the design names, from its folder or as installed: modules, nothing else is called."""
    if folder and folder not in sys.path:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    forget({each["python"].split(".")[0] for each in declared}, folder)
    for each in declared:
        module, _, name = each["python"].rpartition(".")
        try:
            found = getattr(importlib.import_module(module), name)
        except Exception as error:
            raise RuntimeError(f"`{each['node']}`: {each['python']} cannot be imported: {plain(error)}") from error
        if not (isinstance(found, type) and issubclass(found, torch.nn.Module)):
            raise RuntimeError(f"`{each['node']}`: {each['python']} is no torch.nn.Module")


def forget(packages, folder):
    """Modules of the design's folder are read again, since they may have changed since the last run."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        inside = folder and os.path.realpath(file).startswith(os.path.realpath(folder) + os.sep)
        if name.split(".")[0] in packages and inside and "site-packages" not in file:
            del sys.modules[name]


def inner_tensors(net, declared):
    """The keys of the tensors of the design's own operators; refuses a module that is not as declared."""
    keys = {}
    for each in declared:
        module = locate(net, each["place"])
        if module is None:
            continue
        count = sum(tensor.numel() for tensor in module.parameters())
        if count != each["parameters"]:
            raise RuntimeError(
                f"`{each['node']}`: {each['python']} has {count:,} learned parameters, "
                f"but the design declares {each['parameters']:,}"
            )
        keys[each["place"]] = [f"{each['place']}.{name}" for name in module.state_dict()]
    return keys


class OwnData:
    """Batches of the user's own: what a function of a Python file yields or returns.

    It may be a generator of batches (x, y), an iterable of such like a DataLoader, or a Dataset
    with a length, of which batches are made here in an order that hangs on the seed alone. A
    pair or {"train", "test"} of these has tests too. x may be a tuple where a network has
    several inputs.
    """

    def __init__(self, request):
        path, name = request["file"], request["function"]
        self.path = path
        folder = os.path.dirname(path)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        # Workers of a DataLoader import it by its name, where that is free.
        stem = os.path.splitext(os.path.basename(path))[0]
        held = getattr(sys.modules.get(stem), "__file__", path if stem not in sys.modules else None)
        called = stem if held == path else f"netwright_{stem}"
        spec = importlib.util.spec_from_file_location(called, path)
        module = sys.modules[called] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.function = getattr(module, name, None)
        if not callable(self.function):
            raise RuntimeError(f"{os.path.basename(path)} has no function {name}")
        self.size, self.seed = request["batch_size"], request["seed"]
        self.parts = {"train": OwnPart(self, "train"), "test": OwnPart(self, "test")}
        self.held = {}
        made = self.make()
        for name, part in self.parts.items():
            part.begin(made.get(name))

    def make(self):
        """Calls the function; both of its parts by name."""
        made = self.function()
        if isinstance(made, dict):
            return made
        if isinstance(made, (tuple, list)) and len(made) == 2 and not hasattr(made[0], "dtype"):
            return {"train": made[0], "test": made[1]}
        return {"train": made}

    def fetch(self, part, index, most=None):
        """Makes the batch with this index the present one; its shapes, or None behind the end."""
        batch = self.parts[part].batch(index)
        self.held = {} if batch is None else named(batch, most)
        if batch is None:
            return None
        target = self.held["target"]
        whole = not target.dtype.is_floating_point
        if whole:
            self.held["labels"] = target
        return {
            "inputs": [list(each.shape) for name, each in self.held.items() if name.startswith("input")],
            "target": list(target.shape),
            "classes": [target.min().item(), target.max().item()] if whole and target.numel() else None,
        }


class OwnPart:
    """The batches for training, or those for the tests, in their order."""

    def __init__(self, data, name):
        self.data, self.name = data, name
        self.source = self.walk = self.last = None
        self.next = 0
        self.random = torch.Generator().manual_seed(data.seed).get_state()

    def begin(self, source):
        self.source = source
        known = hasattr(source, "__len__")
        self.indexed = known and hasattr(source, "__getitem__") and not hasattr(source, "batch_sampler")
        self.count = len(source) if known else None
        if self.indexed and not self.count:
            raise RuntimeError(f"the {self.name} data set is empty")
        if source is not None and not self.indexed and not hasattr(source, "__iter__"):
            raise RuntimeError(f"{type(source).__name__} gives no batches: it is neither iterable nor a Dataset")

    def samples(self):
        """How many there are, as far as that is known."""
        if self.count is None:
            return None
        if self.indexed:
            return self.count
        inner = getattr(self.source, "dataset", None)
        return len(inner) if hasattr(inner, "__len__") else self.count * self.data.size

    def batch(self, index):
        if self.source is None:
            return None
        if self.indexed:
            return self.collate(index)
        if index == self.next - 1:
            return self.last
        if index < self.next:
            self.restart()
        while self.next <= index:
            self.last = self.advance()
            if self.last is None:
                return None
            self.next += 1
        return self.last

    def collate(self, index):
        start, size = index * self.data.size, self.data.size
        if self.name == "test":
            rows = range(start, min(start + size, self.count))
        else:
            rows = [self.order(at // self.count)[at % self.count] for at in range(start, start + size)]
        if not rows:
            return None
        return torch.utils.data.default_collate([self.source[row] for row in rows])

    def order(self, epoch):
        if getattr(self, "epoch", None) != epoch:
            generator = torch.Generator().manual_seed(self.data.seed * 1_000_003 + epoch)
            self.epoch, self.rows = epoch, torch.randperm(self.count, generator=generator).tolist()
        return self.rows

    def restart(self):
        self.walk, self.next = None, 0
        self.random = torch.Generator().manual_seed(self.data.seed).get_state()
        if iter(self.source) is self.source:
            self.source = self.data.make().get(self.name)

    def advance(self):
        """The next batch; training begins anew where its source ends. What it draws is its own."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.random)
            try:
                if self.walk is None:
                    self.walk = iter(self.source)
                batch = next(self.walk, None)
                if batch is None and self.name == "train":
                    if self.walk is self.source:
                        self.source = self.data.make().get(self.name)
                    self.walk = iter(self.source)
                    batch = next(self.walk, None)
                    if batch is None:
                        raise RuntimeError("there are no batches")
                return batch
            finally:
                self.random = torch.get_rng_state()


def own_data(models, request):
    """Opens the user's own data or makes a batch of it; what fails in the user's file names its line."""
    try:
        if request["do"] == "batch":
            return models["data"].fetch(request["part"], request["index"], request.get("most"))
        models["data"] = data = OwnData(request)
        return {part: each.samples() for part, each in data.parts.items()}
    except Exception as error:
        path = models["data"].path if request["do"] == "batch" else request["file"]
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        if isinstance(error, SyntaxError) and error.filename == path:
            lines = [error.lineno]
        place = f"{os.path.basename(path)}, line {lines[-1]}: " if lines else ""
        raise RuntimeError(place + plain(error)) from error


def named(batch, most):
    """A batch (x, y) as tensors by the names that a step knows."""
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise RuntimeError(f"a batch is a pair (x, y), not {type(batch).__name__}")
    x, y = batch
    inputs = list(x) if isinstance(x, (tuple, list)) else [x]
    tensors = {f"input{i}": torch.as_tensor(each) for i, each in enumerate(inputs)}
    tensors["target"] = torch.as_tensor(y)
    for name, each in tensors.items():
        if not each.ndim or len(each) != len(tensors["target"]):
            raise RuntimeError(f"{name} is {list(each.shape)} and y {list(tensors['target'].shape)}: both begin with the batch")
    return {name: each[:most] for name, each in tensors.items()}


def names_of_code():
    """What the code of a design and of its layers may name."""
    return {
        "torch": torch,
        "nn": torch.nn,
        "F": torch.nn.functional,
        "math": math,
        "torchvision": sys.modules.get("torchvision"),
    }


def locate(module, place):
    """The module or parameter at "stage1.0.conv1", or None."""
    found = module
    for name in place.split("."):
        if not isinstance(found, torch.nn.Module):
            return None
        found = found._modules.get(name, found._parameters.get(name))
    return found


def python_version():
    return ".".join(str(part) for part in sys.version_info[:3])


def tuples(value):
    return tuple(tuples(each) for each in value) if isinstance(value, list) else value


def plain(error):
    """An error in the words of PyTorch, without the trace of calls."""
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else ""
    return text if isinstance(error, RuntimeError) and text else f"{type(error).__name__}: {text}"


def answer(wire, models, device, options, group, request, tensors):
    action, name = request["do"], request["model"]
    if action == "open":
        models[name] = Model(device, options, group, request, tensors)
        return None, None
    if action == "close":
        models.pop(name, None)
        return None, None
    if action in ("data", "batch"):
        return own_data(models, request), None
    if request.get("own"):
        tensors = models["data"].held
    model = models[name]
    if action in ("step", "rehearse", "evaluate", "trace", "first_not_finite"):
        take_threads(device, request.get("work"), group.threads)
    if action == "weights":
        return None, model.weights
    if action == "state":
        return model.state()
    if action == "trace":
        report = lambda layer: wire.send({"id": request["id"], "layer": layer})
        return model.trace(request, tensors, report)
    actions = {
        "step": model.step,
        "restore": model.restore,
        "rehearse": model.rehearse,
        "evaluate": model.evaluate,
        "first_not_finite": model.first_not_finite,
    }
    return actions[action](request, tensors), None


def main(wire, wanted, options):
    # The parent decides what Ctrl+C means; its end is the end of standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    group = Group()
    # torchrun ends its processes by this signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL if group.together else signal.SIG_IGN)
    try:
        device, notes = choose_device(group.device_of(wanted))
        name = device_name(device)
        group.start(device)
    except Exception as error:
        if group.local > 0:
            fail(group, error)
        wire.send({"problem": plain(error), "python": python_version()})
        return
    options.apply()
    if group.local > 0:
        follow(group, device, options)
    wire.listen()
    wire.send({
        "hello": 1,
        "python": python_version(),
        "torch": torch.__version__,
        "device": device.type,
        "name": name,
        "cuda": torch.version.cuda,
        "memory": device_memory(device),
        "notes": notes,
        "rank": group.rank,
        "processes": group.size,
    })
    if group.rank > 0:
        follow(group, device, options)
    models = {}
    while True:
        request, tensors = wire.requests.get()
        try:
            # Batches of the user's own are made by rank 0 alone.
            if group.size > 1 and request["do"] not in ("data", "batch"):
                if request.get("own"):
                    request, tensors = dict(request, own=False), models["data"].held
                request, tensors = group.hand_out(request, tensors)
            result, returned = answer(wire, models, device, options, group, request, tensors)
            wire.send({"id": request["id"], "result": result}, returned)
        except Exception as error:
            wire.send({"id": request["id"], "error": plain(error)})
            if group.size > 1:
                # The others wait for this one somewhere else by now.
                os._exit(1)


def follow(group, device, options):
    """Does what rank 0 hands on, until it is gone."""
    silent = types.SimpleNamespace(send=lambda *_: None)
    models = {}
    while True:
        try:
            request, tensors = group.receive()
        except Exception:
            os._exit(0)
        try:
            answer(silent, models, device, options, group, request, tensors)
        except Exception as error:
            fail(group, error)


def fail(group, error):
    text = f"netwright: process {group.rank} of {group.size}: {plain(error)}"
    print(text, file=sys.stderr, flush=True)
    # What fails everywhere is told by rank 0, in its own words.
    time.sleep(2)
    os._exit(1)


if __name__ == "__main__":
    channel = Wire()
    try:
        import torch
    except Exception as error:
        channel.send({"problem": plain(error), "python": python_version()})
        sys.exit(1)
    arguments = sys.argv[1:] + [""] * 2
    main(channel, arguments[0] or None, Options(json.loads(arguments[1] or "{}")))
