#!/usr/bin/env python3
"""Wrap standard input to a width."""
import sys


def wrap(text, width):
    words = text.split()
    lines = []
    line = ""
    while words:
        word = words[0]
        candidate = word if not line else line + " " + word
        if len(candidate) <= width:
            line = candidate
            words.pop(0)
        else:
            lines.append(line)
            line = ""
    return lines


if __name__ == "__main__":
    for each in wrap(sys.stdin.read(), int(sys.argv[1])):
        print(each)
