#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
cat >settings.py <<'EOF'
#!/usr/bin/env python3
"""Print one value of a settings file."""
import sys


def read(path):
    values = {}
    section = ""
    with open(path) as file:
        for line in file:
            line = line.strip()
            if not line or line[0] in "#;":
                continue
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1].strip()
            elif "=" in line:
                key, value = (part.strip() for part in line.split("=", 1))
                if len(value) >= 2 and value[0] == value[-1] == '"':
                    value = value[1:-1]
                values[section + "." + key] = value
    return values


if __name__ == "__main__":
    found = read(sys.argv[1]).get(sys.argv[2])
    if found is None:
        sys.exit(1)
    print(found)
EOF
