#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
python3 - <<'EOF'
text = open("logstat.py").read()
text = text.replace('text.split("\\n")[:-1]', 'text.split("\\n")')
text = text.replace("        if 400 <= status < 500:\n            errors += 1\n", "")
text = text.replace("100.0 * errors / len(seen)", "100.0 * errors / len(seen) if seen else 0.0")
open("logstat.py", "w").write(text)
EOF
