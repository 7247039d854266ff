/* SPDX-License-Identifier: MIT */
/* warden.h - who runs cases on the kernel for us (verify.h tells the whole). */
#ifndef SIM_VERIFY_WARDEN_H
#define SIM_VERIFY_WARDEN_H
#include "sim/verify/internal.h"

struct warden;

/* Gives up all capabilities of the caller, whatever comes out of it. NULL: why is in *ret_why. */
struct warden *warden_start(struct strbuf *ret_why);
void warden_stop(struct warden *w);
/* The case's result as JSON text. false: it ended without one. */
bool warden_ask(struct warden *w, const struct trial_request *q, struct strbuf *ret);
#endif
