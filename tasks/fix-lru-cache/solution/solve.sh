#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
python3 - <<'EOF'
text = open("cache.py").read()
start, end = text.index("    def get"), text.index("def main")
text = text[:start] + """    def get(self, key):
        if key not in self.values:
            return None
        self.values[key] = self.values.pop(key)
        return self.values[key]

    def put(self, key, value):
        self.values.pop(key, None)
        if self.size > 0 and len(self.values) >= self.size:
            del self.values[next(iter(self.values))]
        if self.size > 0:
            self.values[key] = value


""" + text[end:]
open("cache.py", "w").write(text)
EOF
