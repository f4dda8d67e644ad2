#!/bin/bash
# Leads to reward 1 from the task's starting point.
set -e
cd /workspace
cat >rotate.sh <<'EOF'
#!/bin/bash
# Keep the newest archives of a folder.
set -eu
folder=$1
keep=$2
find "$folder" -maxdepth 1 -type f -name '*.tar' -printf '%T@ %p\0' | sort -z -rn | tail -z -n +$((keep + 1)) \
    | cut -z -d ' ' -f 2- | xargs -0 -r rm --
EOF
chmod +x rotate.sh
