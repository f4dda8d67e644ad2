#!/bin/bash
# Writes much, with terminal escapes and bytes that are no UTF-8. Usage: flood_output.sh MEBIBYTES
printf '\033]0;owned\007\033[2J\033[31mred \xff\xfe\x80 \033[?1049h\n'
head -c "$((${1:-8} * 1048576))" /dev/zero | tr '\0' '\377'
printf '\nthe end\n'
