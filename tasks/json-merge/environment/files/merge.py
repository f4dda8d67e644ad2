#!/usr/bin/env python3
"""Merge two JSON objects."""
import json
import sys


def merge(base, over):
    result = dict(base)
    result.update(over)
    return result


if __name__ == "__main__":
    with open(sys.argv[1]) as first, open(sys.argv[2]) as second:
        print(json.dumps(merge(json.load(first), json.load(second)), indent=2, sort_keys=True))
