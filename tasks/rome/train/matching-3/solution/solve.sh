#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
grep an tools.txt > tmp.txt
sort tmp.txt > out.txt
