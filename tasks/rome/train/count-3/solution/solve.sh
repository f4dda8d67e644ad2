#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
wc -l < tools.txt > out.txt
