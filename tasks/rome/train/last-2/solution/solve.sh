#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
tail -n 2 birds.txt > out.txt
