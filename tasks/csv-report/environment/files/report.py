#!/usr/bin/env python3
"""Totals of a CSV file."""
import csv
import sys


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main(arguments):
    rows = read(arguments[0])
    total = sum(float(row["amount"]) for row in rows)
    print(f"total {total:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
