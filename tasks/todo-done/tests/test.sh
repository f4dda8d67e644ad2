#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
export TODO_FILE=/tmp/todo-list
rm -f "$TODO_FILE"
bash todo.sh add buy bread; bash todo.sh add 'call *all*'; bash todo.sh add rest
check "done" "done: call *all*" "$(bash todo.sh done 2)"
check "moves up" "1 buy bread|2 rest|" "$(bash todo.sh list | tr '\n' '|')"
bash todo.sh done 7 >/dev/null 2>/tmp/said
check "no such line" "1" "$?"
check "says so" "yes" "$([ -s /tmp/said ] && echo yes)"
bash todo.sh done x >/dev/null 2>&1
check "no number" "1" "$?"

echo "$pass" >/logs/verifier/reward.txt
