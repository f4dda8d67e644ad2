#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
cat >report.py <<'EOF'
#!/usr/bin/env python3
"""Totals of a CSV file, in all and by a column."""
import argparse
import csv
import sys
from collections import defaultdict


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--by")
    options = parser.parse_args(arguments)
    rows = read(options.file)
    if options.by:
        if not rows or options.by not in rows[0]:
            print(f"no column {options.by}", file=sys.stderr)
            return 2
        groups = defaultdict(float)
        for row in rows:
            groups[row[options.by]] += float(row["amount"])
        for value in sorted(groups):
            print(f"{value} {groups[value]:.2f}")
    print(f"total {sum(float(row['amount']) for row in rows):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
EOF
