#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
check "spaces" "example.test" "$(python3 settings.py app.ini server.host)"
check "last counts" "8081" "$(python3 settings.py app.ini server.port)"
check "quoted" "  hello = world " "$(python3 settings.py app.ini server.greeting)"
check "other section" "/var/log/app.log" "$(python3 settings.py app.ini paths.log)"
missing=$(python3 settings.py app.ini server.nothing 2>/dev/null)
check "missing" "1:" "$?:$missing"

echo "$pass" >/logs/verifier/reward.txt
