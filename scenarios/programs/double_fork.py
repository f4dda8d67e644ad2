#!/usr/bin/env python3
"""Runs a command as a daemon that nobody is the parent of. double_fork.py PROGRAM ARGUMENT…"""
import os, sys

if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
null = os.open("/dev/null", os.O_RDWR)
for descriptor in range(3):
    os.dup2(null, descriptor)
os.execvp(sys.argv[1], sys.argv[1:])
