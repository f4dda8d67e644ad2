#!/bin/bash
# Compares what was asked for with what is there; runs nothing of the agent's.
if cmp -s /tests/expected.txt /workspace/out.txt; then echo 1; else echo 0; fi >/logs/verifier/reward.txt
