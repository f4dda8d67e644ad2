#!/bin/bash
# A list of things to do.
set -eu
file=${TODO_FILE:-todo.txt}
touch "$file"
case ${1:-list} in
    add) shift; printf '%s\n' "$*" >>"$file" ;;
    list) nl -w 1 -s ' ' "$file" ;;
    *) echo "todo: add TEXT | list" >&2; exit 2 ;;
esac
