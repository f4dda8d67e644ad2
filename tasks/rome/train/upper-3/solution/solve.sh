#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
tr a-z A-Z < tools.txt > out.txt
