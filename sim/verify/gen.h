/* SPDX-License-Identifier: MIT */
/* gen.h - random hosts and their traffic, to be run on the kernel and in the emulation.
 * Case number "index" of a seed and a set of topics is the same bytes everywhere and always. What the
 * kernel leaves to chance or to the clock is avoided by design; docs/fidelity.md lists how. */
#ifndef SIM_VERIFY_GEN_H
#define SIM_VERIFY_GEN_H
#include "sim/base/diag.h"

enum gen_topic {
	TOPIC_NAT, TOPIC_CT, TOPIC_ROUTE, TOPIC_LOCAL, TOPIC_ICMP, TOPIC_FRAG, TOPIC_EXT, TOPIC_LIMIT, TOPIC_MALFORMED,
	TOPIC_NUMBER
};
#define TOPIC_BIT(t)	(1u << (t))
#define TOPIC_ALL	(TOPIC_BIT(TOPIC_NUMBER) - 1)
#define TOPICS_V6	(1u << 31)	/* with topics: IPv6 hosts, which have no IPv4 */

const char *gen_topic_name(enum gen_topic t);
/* Bits of a topic by name ("all" = every one); 0: no such topic. */
uint32_t gen_topic_bits(const char *name);

/* The files of a host directory, as text. */
enum case_file { CASE_IP, CASE_SYSCTL, CASE_IPSET, CASE_RULES, CASE_RULES6, CASE_EVENTS, CASE_FILES };
struct host_case { struct strbuf file[CASE_FILES]; };

/* Answers the topic, which is drawn in turn. */
enum gen_topic gen_case(struct host_case *ret, uint64_t seed, unsigned index, uint32_t topics);
void case_free(struct host_case *c);
const char *case_file_name(enum case_file f);
/* Makes dir if it is not there; only the files of a host_case are written. */
bool case_write(const struct host_case *c, const char *dir, struct diag *d);
#endif
