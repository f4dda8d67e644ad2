#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
sort -n numbers.txt > tmp.txt
tail -n 1 tmp.txt > out.txt
