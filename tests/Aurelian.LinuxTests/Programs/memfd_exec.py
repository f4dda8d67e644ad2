#!/usr/bin/env python3
"""Executes a program that has no file: copies one into a memfd and runs it under an innocent name.

Usage: memfd_exec.py PROGRAM ARGUMENT…
"""
import os
import shutil
import sys

program = shutil.which(sys.argv[1]) or sys.argv[1]
memory = os.memfd_create("worker", 0)
with open(program, "rb") as source:
    while piece := source.read(1 << 20):
        os.write(memory, piece)
os.execve(memory, ["python3", *sys.argv[2:]], os.environ)
