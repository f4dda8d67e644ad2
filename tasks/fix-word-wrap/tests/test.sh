#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
check "short" "one two|three|" "$(echo 'one two three' | timeout 5 python3 wrap.py 8 | tr '\n' '|')"
check "long word" "a|incomprehensible|b|" "$(echo 'a incomprehensible b' | timeout 5 python3 wrap.py 5 | tr '\n' '|')"
check "empty" "" "$(printf '' | timeout 5 python3 wrap.py 5)"
check "exact" "12345|67890|" "$(echo '12345   67890' | timeout 5 python3 wrap.py 5 | tr '\n' '|')"

echo "$pass" >/logs/verifier/reward.txt
