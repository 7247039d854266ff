/* SPDX-License-Identifier: MIT */
/* sysctl_cmd.h - the program sysctl on one host, for commands.sh. */
#ifndef SIM_WORLD_SYSCTL_CMD_H
#define SIM_WORLD_SYSCTL_CMD_H
#include "rules/cmd/cmd.h"
#include "sim/net/host.h"

/* w: the words after its name. conf: the host's sysctl.conf, which -p reads again; NULL = it has none. What is not
 * emulated is an error in d; what the program says is in *res. */
void sysctl_command(struct host *h, struct diag *d, struct source *conf, const struct words *w, struct cmd_result *res);
#endif
