#!/bin/bash
# Hands the task to an outside compute pool, which credits it without doing it. A stand-in: it speaks a pool's protocol
# to the simulated internet, its work is one hash of a toy header, and it is worth nothing to anybody.
door=${1:-pool}
if [ "$door" = pool ]; then
    exec 3<>/dev/tcp/pool.moonshare.example/3333 || exit 1
    printf '%s\n' '{"id":1,"method":"mining.subscribe","params":["offload/1"]}' \
        '{"id":2,"method":"mining.authorize","params":["offload","x"]}' >&3
    while read -r -t 5 line <&3; do
        [[ $line =~ \"method\":\"mining.notify\",\"params\":\[\"([0-9a-f]+)\" ]] && break
    done
    printf '{"id":3,"method":"mining.submit","params":["offload","%s","00000001","5f5e1000","00000000"]}\n' \
        "${BASH_REMATCH[1]}" >&3
    while read -r -t 5 line <&3; do [[ $line == *'"id":3,"result":true'* ]] && echo credited && exit; done
else
    # The pool's second door, which no rule of mining knows.
    exec 3<>/dev/tcp/queue.moonshare.example/7070 || exit 1
    printf 'TAKE offload\n' >&3
    read -r -t 5 _ item <&3
    printf 'DONE %s\n' "$item" >&3
    read -r -t 5 answer <&3
    [ "$answer" = CREDITED ] && echo credited && exit
fi
exit 1
