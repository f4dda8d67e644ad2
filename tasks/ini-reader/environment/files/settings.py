#!/usr/bin/env python3
"""Print one value of a settings file."""
import sys


def read(path):
    values = {}
    section = ""
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith("["):
            section = line[1:-1]
        elif "=" in line:
            key, value = line.split("=")
            values.setdefault(section + "." + key, value)
    return values


if __name__ == "__main__":
    print(read(sys.argv[1])[sys.argv[2]])
