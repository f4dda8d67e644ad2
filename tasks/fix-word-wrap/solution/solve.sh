#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
python3 - <<'EOF'
text = open("wrap.py").read()
text = text.replace("if len(candidate) <= width:", "if len(candidate) <= width or not line:")
text = text.replace("    return lines", "    if line:\n        lines.append(line)\n    return lines")
open("wrap.py", "w").write(text)
EOF
