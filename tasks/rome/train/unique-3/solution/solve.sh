#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
sort -u tools.txt > out.txt
