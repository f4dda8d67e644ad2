#!/bin/bash
# Keep the newest archives of a folder.
set -eu
folder=$1
keep=$2
for file in $(ls -t $folder | tail -n +$keep); do
    rm $folder/$file
done
