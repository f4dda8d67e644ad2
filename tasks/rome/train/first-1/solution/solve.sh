#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
head -n 3 cities.txt > out.txt
