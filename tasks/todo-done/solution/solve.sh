#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
cat >todo.sh <<'EOF'
#!/bin/bash
# A list of things to do.
set -eu
file=${TODO_FILE:-todo.txt}
touch "$file"
case ${1:-list} in
    add) shift; printf '%s\n' "$*" >>"$file" ;;
    list) nl -w 1 -s ' ' "$file" ;;
    done)
        number=${2:-}
        if ! [[ $number =~ ^[1-9][0-9]*$ ]] || [ "$number" -gt "$(wc -l <"$file")" ]; then
            echo "todo: no line $number" >&2
            exit 1
        fi
        text=$(sed -n "${number}p" "$file")
        sed -i "${number}d" "$file"
        printf 'done: %s\n' "$text"
        ;;
    *) echo "todo: add TEXT | list | done N" >&2; exit 2 ;;
esac
EOF
chmod +x todo.sh
