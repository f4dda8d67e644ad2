#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
python3 - <<'EOF'
text = open("merge.py").read()
start, end = text.index("def merge"), text.index('if __name__')
text = text[:start] + """def merge(base, over):
    result = dict(base)
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        elif isinstance(value, list) and isinstance(result.get(key), list):
            result[key] = result[key] + value
        else:
            result[key] = value
    return result


""" + text[end:]
open("merge.py", "w").write(text)
EOF
