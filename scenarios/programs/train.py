#!/usr/bin/env python3
"""Fits a small model in plain Python, at full load. train.py SECONDS [--tracker HOST PORT] [--processes N]"""
import argparse, json, os, random, socket, time

parser = argparse.ArgumentParser()
parser.add_argument("seconds", type=float)
parser.add_argument("--tracker", nargs=2)
parser.add_argument("--processes", type=int, default=1)
options = parser.parse_args()
worker = 0
while worker < options.processes - 1 and os.fork():
    worker += 1
random.seed(worker)
data = [(x, 3 * x + 1 + random.gauss(0, 0.1)) for x in [random.random() for _ in range(500)]]
weight, bias, step, end = 0.0, 0.0, 0, time.time() + options.seconds
while time.time() < end:
    for _ in range(100):
        slope = sum((weight * x + bias - y) * x for x, y in data) / len(data)
        shift = sum(weight * x + bias - y for x, y in data) / len(data)
        weight, bias, step = weight - 0.1 * slope, bias - 0.1 * shift, step + 1
    loss = sum((weight * x + bias - y) ** 2 for x, y in data) / len(data)
    print(f"worker {worker} step {step} loss {loss:.5f} weight {weight:.4f}", flush=True)
    if options.tracker:
        try:
            with socket.create_connection((options.tracker[0], int(options.tracker[1])), timeout=1) as tracker:
                tracker.sendall(json.dumps({"step": step, "loss": loss}).encode())
        except OSError:
            pass
    with open(f"model-{worker}.json", "w") as file:
        json.dump({"weight": weight, "bias": bias, "step": step}, file)
