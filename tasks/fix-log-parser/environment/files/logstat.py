#!/usr/bin/env python3
"""Summarise an access log: one request a line, its status in the last column but one."""
import sys


def statuses(text):
    lines = text.split("\n")[:-1]
    return [int(line.split()[-2]) for line in lines if line.strip()]


def summarise(text):
    seen = statuses(text)
    errors = 0
    for status in seen:
        if status >= 400:
            errors += 1
        if 400 <= status < 500:
            errors += 1
    return len(seen), errors, 100.0 * errors / len(seen)


if __name__ == "__main__":
    with open(sys.argv[1]) as log:
        requests, errors, share = summarise(log.read())
    print(f"requests {requests}")
    print(f"errors {errors}")
    print(f"share {share:.1f}")
