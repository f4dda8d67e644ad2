#!/usr/bin/env python3
"""Runs a program from a memfd: it never has a file. from_memory.py NAME PROGRAM ARGUMENT…"""
import os, shutil, sys

memory = os.memfd_create("worker")
with open(shutil.which(sys.argv[2]), "rb") as program:
    os.sendfile(memory, program.fileno(), 0, os.fstat(program.fileno()).st_size)
os.execve(memory, [sys.argv[1]] + sys.argv[3:], os.environ)
