#!/bin/bash
# Makes short processes as fast as it can, to drown a sensor. Usage: flood_fork.sh COUNT
for ((number = 0; number < ${1:-2000}; number++)); do
    /bin/true
done
echo "forked ${1:-2000}"
