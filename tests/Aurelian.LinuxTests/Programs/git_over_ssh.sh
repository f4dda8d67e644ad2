#!/bin/bash
# A look-alike: git over SSH, which is no tunnel. With --forwarding it is one: git's own words and one option more.
# Usage: git_over_ssh.sh HOST [--forwarding]
set -u
options="-F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5"
if [ "${2:-}" = --forwarding ]; then
    export GIT_SSH_COMMAND="ssh $options -R 7008:127.0.0.1:22"
fi
timeout 20 git ls-remote "ssh://git@$1/acme/greetings.git"
echo "git ended with $?"
