#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
check "sample" "requests 4 errors 2 share 50.0" "$(python3 logstat.py access.log | tr '\n' ' ' | sed 's/ $//')"
log=$(mktemp)
printf 'a - GET / 200 1\n' >"$log"
check "newline at the end" "requests 1 errors 0 share 0.0" "$(python3 logstat.py "$log" | tr '\n' ' ' | sed 's/ $//')"
: >"$log"
check "empty file" "requests 0 errors 0 share 0.0" "$(python3 logstat.py "$log" | tr '\n' ' ' | sed 's/ $//')"
printf 'a - GET / 503 1\nb - GET / 404 1' >"$log"
check "only errors" "requests 2 errors 2 share 100.0" "$(python3 logstat.py "$log" | tr '\n' ' ' | sed 's/ $//')"

echo "$pass" >/logs/verifier/reward.txt
