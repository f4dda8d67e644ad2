"""Qwen3-MoE in plain PyTorch (1.13 and later), the peer of './bench model'.

The same weights, the same tokens and the same work as ours: packed projections, tokens sorted by expert so that only the
chosen experts are computed, a preallocated cache of keys and values, AdamW over all tensors at once (foreach), the output
matrix only for rows that are trained on or sampled from.

    qwen3_moe.py FOLDER THREADS      then one command a line on standard input, one JSON line in answer:
    train STEPS ROWS LENGTH          optimiser steps on rows of the same length
    generate ROWS PROMPT NEW         greedy, all rows at once
"""
import json
import mmap
import os
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F


def load(folder):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    with open(os.path.join(folder, "model.safetensors"), "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size, = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + size])
        tensors = {}
        for name, entry in header.items():
            if name != "__metadata__":
                start, end = entry["data_offsets"]
                numbers = numpy.frombuffer(data[8 + size + start:8 + size + end], dtype=numpy.float32)
                tensors[name] = torch.from_numpy(numbers.reshape(entry["shape"]).copy())
    return config, tensors


class Layer:
    def __init__(self, config, tensors, index):
        prefix = f"model.layers.{index}."
        experts = range(config["num_experts"])

        def own(tensor):
            return tensor.clone().requires_grad_(True)

        def take(name):
            return tensors[prefix + name]

        self.norm1 = own(take("input_layernorm.weight"))
        self.norm2 = own(take("post_attention_layernorm.weight"))
        self.qkv = own(torch.cat([take(f"self_attn.{name}_proj.weight") for name in "qkv"]))
        self.out = own(take("self_attn.o_proj.weight"))
        self.q_norm = own(take("self_attn.q_norm.weight"))
        self.k_norm = own(take("self_attn.k_norm.weight"))
        self.gate = own(take("mlp.gate.weight"))
        self.up = own(torch.stack([torch.cat([
            take(f"mlp.experts.{e}.gate_proj.weight"), take(f"mlp.experts.{e}.up_proj.weight")]) for e in experts]))
        self.down = own(torch.stack([take(f"mlp.experts.{e}.down_proj.weight") for e in experts]))

    def parameters(self):
        return [self.norm1, self.norm2, self.qkv, self.out, self.q_norm, self.k_norm, self.gate, self.up, self.down]


class Model:
    def __init__(self, config, tensors):
        self.config = config
        self.heads, self.groups = config["num_attention_heads"], config["num_key_value_heads"]
        self.size, self.top = config["head_dim"], config["num_experts_per_tok"]
        self.epsilon = config["rms_norm_eps"]
        self.embed = tensors["model.embed_tokens.weight"].clone().requires_grad_(True)
        self.norm = tensors["model.norm.weight"].clone().requires_grad_(True)
        self.head = self.embed if config["tie_word_embeddings"] else (
            tensors["lm_head.weight"].clone().requires_grad_(True))
        self.layers = [Layer(config, tensors, i) for i in range(config["num_hidden_layers"])]
        frequencies = 1 / config["rope_theta"] ** (torch.arange(0, self.size, 2).float() / self.size)
        angles = torch.outer(torch.arange(config["max_position_embeddings"]).float(), frequencies)
        angles = torch.cat([angles, angles], -1)
        self.cos, self.sin = angles.cos(), angles.sin()

    def parameters(self):
        own = [p for layer in self.layers for p in layer.parameters()] + [self.embed, self.norm]
        return own if self.head is self.embed else own + [self.head]

    def rms(self, x, weight):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * weight

    def turn(self, x, cos, sin):
        half = self.size // 2
        return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

    def attention(self, x, layer, rows, length, start, cache, mask):
        both = self.heads + self.groups
        qkv = F.linear(x, layer.qkv).view(rows, length, both + self.groups, self.size)
        cos, sin = (t[start:start + length].view(1, length, 1, self.size) for t in (self.cos, self.sin))
        weight = torch.cat([layer.q_norm.expand(self.heads, -1), layer.k_norm.expand(self.groups, -1)])
        turned = self.turn(self.rms(qkv[:, :, :both], weight), cos, sin).transpose(1, 2)
        q, k, v = turned[:, :self.heads], turned[:, self.heads:], qkv[:, :, both:].transpose(1, 2)
        if cache is not None:
            cache[0][:, :, start:start + length] = k
            cache[1][:, :, start:start + length] = v
            k, v = cache[0][:, :, :start + length], cache[1][:, :, :start + length]
        # Queries that share a key stand behind one another, so that no key is copied.
        q = q.reshape(rows, self.groups, -1, self.size)
        scores = q @ k.transpose(-1, -2) * self.size ** -0.5
        if mask is not None:
            scores = scores + mask
        out = scores.softmax(-1) @ v
        out = out.reshape(rows, self.heads, length, self.size).transpose(1, 2)
        return F.linear(out.reshape(rows * length, -1), layer.out)

    def experts(self, x, layer):
        weights, chosen = F.linear(x, layer.gate).softmax(-1).topk(self.top)
        weights = weights / weights.sum(-1, keepdim=True)
        order = chosen.flatten().argsort()
        tokens = torch.div(order, self.top, rounding_mode="floor")
        counts = chosen.flatten().bincount(minlength=self.config["num_experts"]).tolist()
        used = [e for e, count in enumerate(counts) if count]
        sizes = [counts[e] for e in used]

        def each(inputs, matrices):
            matrices = matrices.unbind(0)
            return torch.cat([F.linear(part, matrices[e]) for e, part in zip(used, inputs.split(sizes))])

        gate, up = each(x.index_select(0, tokens), layer.up).chunk(2, -1)
        out = each(F.silu(gate) * up, layer.down)
        out = out * weights.flatten().index_select(0, order).unsqueeze(1)
        return torch.zeros_like(x).index_add(0, tokens, out)

    def forward(self, ids, start=0, caches=None):
        rows, length = ids.shape
        mask = None
        if length > 1:
            mask = torch.full((length, start + length), float("-inf")).triu(start + 1)
            mask = mask.repeat(self.heads // self.groups, 1)
        x = self.embed.index_select(0, ids.flatten())
        for i, layer in enumerate(self.layers):
            cache = None if caches is None else caches[i]
            x = x + self.attention(self.rms(x, layer.norm1), layer, rows, length, start, cache, mask)
            x = x + self.experts(self.rms(x, layer.norm2), layer)
        return self.rms(x, self.norm)


def tokens(rows, length, vocabulary):
    """The same simple sequence in both programs."""
    return (torch.arange(rows * length).view(rows, length) * 7919 + 13) % vocabulary


def train(model, optimiser, steps, rows, length):
    ids = tokens(rows, length, model.config["vocab_size"])
    for _ in range(steps):
        optimiser.zero_grad(set_to_none=True)
        hidden = model.forward(ids).view(rows, length, -1)[:, :-1].reshape(rows * (length - 1), -1)
        loss = F.cross_entropy(F.linear(hidden, model.head), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return {"tokens": steps * rows * length, "check": loss.item()}


@torch.no_grad()
def generate(model, rows, prompt, new):
    ids = tokens(rows, prompt, model.config["vocab_size"])
    shape = (rows, model.groups, prompt + new, model.size)
    caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in model.layers]
    last, total, start = ids, 0, 0
    for _ in range(new):
        hidden = model.forward(last, start, caches).view(rows, last.shape[1], -1)[:, -1]
        start += last.shape[1]
        scores = F.linear(hidden, model.head)
        last = scores.argmax(-1, keepdim=True)
        scores.log_softmax(-1).gather(-1, last)
        total += last.sum().item()
    return {"tokens": rows * new, "check": total}


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    config, tensors = load(folder)
    model = Model(config, tensors)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01, foreach=True)
    for line in sys.stdin:
        name, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        wall, cpu = time.perf_counter(), time.process_time()
        answer = train(model, optimiser, *numbers) if name == "train" else generate(model, *numbers)
        answer["wall"], answer["cpu"] = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps(answer), flush=True)


main()
