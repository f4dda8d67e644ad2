#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
check "sample" "1|-|1|3|" "$(python3 cache.py <session.txt | tr '\n' '|')"
check "overwrite" "9|2|" "$(printf 'size 2\nput a 1\nput b 2\nput a 9\nget a\nget b\n' | python3 cache.py | tr '\n' '|')"
check "put uses" "-|1|" "$(printf 'size 2\nput a 0\nput b 2\nput a 1\nput c 3\nget b\nget a\n' | python3 cache.py | tr '\n' '|')"
check "one" "-|2|" "$(printf 'size 1\nput a 1\nput b 2\nget a\nget b\n' | python3 cache.py | tr '\n' '|')"

echo "$pass" >/logs/verifier/reward.txt
