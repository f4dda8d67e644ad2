#!/bin/bash
# Opens a reverse tunnel in one of many spellings; a throwaway key is made for it.
# Usage: reverse_ssh.sh SPELLING HOST [PORT] [LISTEN]; reverse_ssh.sh --list
# Runs in the foreground until it is killed or refused.
set -u

spellings="short attached clustered option option-equals option-attached option-case dynamic unix-target
config-file after-destination renamed copied"

if [ "${1:-}" = --list ]; then
    printf '%s\n' $spellings
    exit 0
fi

spelling=$1 host=$2 port=${3:-22} listen=${4:-7007}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$folder/key"

to="ops@$host"
common=(-F /dev/null -p "$port" -i "$folder/key" -o BatchMode=yes -o StrictHostKeyChecking=no
    -o UserKnownHostsFile=/dev/null -o ExitOnForwardFailure=yes -o ConnectTimeout=5)

case $spelling in
    short) ssh -N -R "$listen:127.0.0.1:22" "${common[@]}" "$to" ;;
    attached) ssh -N "-R$listen:127.0.0.1:22" "${common[@]}" "$to" ;;
    clustered) ssh "${common[@]}" -NTR "$listen:127.0.0.1:22" "$to" ;;
    option) ssh -N "${common[@]}" -o "RemoteForward $listen 127.0.0.1:22" "$to" ;;
    option-equals) ssh -N "${common[@]}" -o "RemoteForward=$listen 127.0.0.1:22" "$to" ;;
    option-attached) ssh -N "${common[@]}" "-oRemoteForward=$listen 127.0.0.1:22" "$to" ;;
    option-case) ssh -N "${common[@]}" -o "remoteFORWARD=$listen 127.0.0.1:22" "$to" ;;
    dynamic) ssh -N -R "$listen" "${common[@]}" "$to" ;;
    unix-target) ssh -N -R "$listen:$folder/socket" "${common[@]}" "$to" ;;
    config-file)
        printf 'Host *\n  RemoteForward %s 127.0.0.1:22\n' "$listen" > "$folder/config"
        ssh -N "${common[@]:2}" -F "$folder/config" "$to" ;;
    after-destination)
        # After the destination: ssh reads options there too.
        ssh "$to" -N "${common[@]}" -R "$listen:127.0.0.1:22" ;;
    renamed) (exec -a git-remote-https ssh -N -R "$listen:127.0.0.1:22" "${common[@]}" "$to") ;;
    copied)
        cp "$(command -v ssh)" "$folder/worker"
        "$folder/worker" -N -R "$listen:127.0.0.1:22" "${common[@]}" "$to" ;;
    *) echo "unknown spelling: $spelling" >&2; exit 2 ;;
esac
