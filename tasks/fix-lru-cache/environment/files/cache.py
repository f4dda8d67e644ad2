#!/usr/bin/env python3
"""A least-recently-used cache, driven from standard input."""
import sys


class Cache:
    def __init__(self, size):
        self.size = size
        self.values = {}

    def get(self, key):
        return self.values.get(key)

    def put(self, key, value):
        if len(self.values) >= self.size:
            newest = list(self.values)[-1]
            del self.values[newest]
        self.values[key] = value


def main(lines):
    cache = Cache(2)
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words[0] == "size":
            cache = Cache(int(words[1]))
        elif words[0] == "put":
            cache.put(words[1], words[2])
        elif words[0] == "get":
            found = cache.get(words[1])
            print("-" if found is None else found)


if __name__ == "__main__":
    main(sys.stdin)
