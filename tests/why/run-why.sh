#!/bin/bash
# Real users' questions: the culprit that "why" names, and that the fix works.
python3 tests/why/check.py "${BUILD:-build/rel}/hookwalk"
