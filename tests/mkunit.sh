#!/bin/sh
# Prints the main program of the unit tests: one CUnit suite per tests/unit/*/test_NAME.c,
# whose "void suite_NAME(void)" adds its tests with unit_add().
echo '/* Made by tests/mkunit.sh. */'
echo '#include "tests/unit/unit.h"'
for f in "$@"; do n=$(basename "$f" .c); echo "void suite_${n#test_}(void);"; done
echo 'int main(void) {'
echo '	unit_begin();'
for f in "$@"; do n=$(basename "$f" .c); n=${n#test_}; echo "	unit_suite(\"$n\"); suite_$n();"; done
echo '	return unit_end();'
echo '}'
