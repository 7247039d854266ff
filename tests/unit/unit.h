/* SPDX-License-Identifier: MIT */
/* unit.h - CUnit with tables: a failure names its row. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include "sim/base/util.h"

/* CHECK(row name, condition): counts in CUnit and prints the row when it fails. */
#define CHECK(name, cond)                                                                          \
	do {                                                                                       \
		bool check_ok_ = (cond);                                                           \
		if (!check_ok_)                                                                    \
			printf("%s:%d: row \"%s\": %s\n", __FILE__, __LINE__, (name), #cond);      \
		CU_assertImplementation(check_ok_, __LINE__, #cond, __FILE__, "", CU_FALSE);       \
	} while (0)

#define CHECK_STR(name, got, want)                                                                 \
	do {                                                                                       \
		const char *check_g_ = (got), *check_w_ = (want);                                  \
		bool check_ok_ = strcmp(check_g_, check_w_) == 0;                                  \
		if (!check_ok_)                                                                    \
			printf("%s:%d: row \"%s\":\n   got: %s\n  want: %s\n", __FILE__, __LINE__, \
			       (name), check_g_, check_w_);                                        \
		CU_assertImplementation(check_ok_, __LINE__, #got " == " #want, __FILE__, "",      \
					CU_FALSE);                                                 \
	} while (0)


static inline void unit_begin(void)
{
	CU_initialize_registry();
	CU_basic_set_mode(CU_BRM_NORMAL);
}

static inline void unit_suite(const char *name)
{
	CU_add_suite(name, NULL, NULL);
}

/* Adds a test to the suite that was begun last. */
static inline void unit_add(const char *name, void (*fn)(void))
{
	CU_pSuite s = CU_get_registry()->pSuite;

	while (s->pNext)
		s = s->pNext;
	CU_add_test(s, name, fn);
}

static inline int unit_end(void)
{
	unsigned failed;

	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
#endif
