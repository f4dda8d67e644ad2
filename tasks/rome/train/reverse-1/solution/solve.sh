#!/bin/bash
# Leads to reward 1 from the starting point.
set -e
cd /workspace
tac cities.txt > out.txt
