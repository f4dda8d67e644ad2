#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
flat() { python3 merge.py "$1" "$2" | tr -d ' \n'; }
check "sample" '{"log":{"level":"debug"},"name":"service","ports":[80,8080]}' "$(flat base.json local.json)"
echo '{"a":{"b":{"c":1,"d":2}}}' >/tmp/x.json
echo '{"a":{"b":{"c":null,"e":[1]}},"f":false}' >/tmp/y.json
check "deep" '{"a":{"b":{"d":2,"e":[1]}},"f":false}' "$(flat /tmp/x.json /tmp/y.json)"
echo '{"a":{"b":1}}' >/tmp/x.json; echo '{"a":[2]}' >/tmp/y.json
check "other kinds" '{"a":[2]}' "$(flat /tmp/x.json /tmp/y.json)"

echo "$pass" >/logs/verifier/reward.txt
