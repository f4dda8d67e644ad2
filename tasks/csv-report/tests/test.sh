#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
check "total alone" "total 23.25" "$(python3 report.py sales.csv)"
check "by region" "north 12.00|south 4.25|west 7.00|total 23.25|" "$(python3 report.py sales.csv --by region | tr '\n' '|')"
check "by product" "apple 14.75|pear 1.50|plum, red 7.00|total 23.25|" "$(python3 report.py sales.csv --by product | tr '\n' '|')"
python3 report.py sales.csv --by nothing >/dev/null 2>/tmp/said
check "unknown column" "2" "$?"
check "says so" "yes" "$([ -s /tmp/said ] && echo yes)"

echo "$pass" >/logs/verifier/reward.txt
