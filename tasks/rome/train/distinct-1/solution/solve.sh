#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
sort -u cities.txt > tmp.txt
wc -l < tmp.txt > out.txt
