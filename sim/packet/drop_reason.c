// SPDX-License-Identifier: MIT
#include "sim/packet/drop_reason.h"

const char *drop_reason_name(enum drop_reason r)
{
	static const char *const names[] = {
		"NOT_DROPPED_YET",
#define X(name) #name,
		DROP_REASONS(X)
#undef X
	};
	return names[r];
}
