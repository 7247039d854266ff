/* SPDX-License-Identifier: MIT */
/* progress.h - how far a long replay is, on a terminal's last line. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H
#include "sim/world/world.h"

/* The same traffic, told of on stderr while it is played; "in" are the captures it comes from ("IFACE=FILE"), by whose
 * sizes the rest is judged. Answers t itself when stderr is no terminal. It owns t; close() wipes the line. */
struct traffic *progress_open(struct traffic *t, const char *const *in, unsigned nr_in);
#endif
