#!/bin/bash
# Runs the program as a user would and compares what it prints. The agent's code never shares a process with the verdict.
cd /workspace || exit 1
pass=1
check() {
    if [ "$2" == "$3" ]; then echo "ok   $1"; else echo "FAIL $1: expected '$2', got '$3'"; pass=0; fi
}
prepare() {
    rm -rf /tmp/b && mkdir /tmp/b
    touch -d '2026-01-01' '/tmp/b/old one.tar'
    touch -d '2026-01-02' /tmp/b/second.tar
    touch -d '2026-01-03' '/tmp/b/third file.tar'
    touch -d '2026-01-04' /tmp/b/fourth.tar
    touch -d '2025-01-01' /tmp/b/notes.txt
}
prepare && bash rotate.sh /tmp/b 2 >/dev/null 2>&1
check "keeps two" "fourth.tar|notes.txt|third file.tar|" "$(LC_ALL=C ls /tmp/b | tr '\n' '|')"
prepare && bash rotate.sh /tmp/b 9 >/dev/null 2>&1
check "keeps all" "5" "$(ls /tmp/b | wc -l)"
prepare && bash rotate.sh /tmp/b 0 >/dev/null 2>&1
check "keeps none" "notes.txt|" "$(ls /tmp/b | tr '\n' '|')"

echo "$pass" >/logs/verifier/reward.txt
