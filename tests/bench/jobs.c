// SPDX-License-Identifier: MIT
/* jobs.c - the router of all yardsticks, its rules and the captures it is given. Both its neighbours are routers, so that
 * no table of neighbours is measured. */
#include "tests/bench/jobs.h"
#include "tests/bench/gen.h"
#include <errno.h>
#include <sys/stat.h>

#define SERVICES 10000u
#define PODS	 3u	/* per service */
#define NETS	 10000u

/* ---- rules */

static void last_rule(struct strbuf *out)
{
	sb_puts(out, "-A FORWARD -s 10.0.0.0/8 -p udp -m udp --dport 53 -j ACCEPT\nCOMMIT\n");
}

static void by_source(struct strbuf *out, unsigned n)
{
	sb_puts(out, "*filter\n:FORWARD DROP\n");
	for (unsigned i = 1; i < n; i++)
		sb_printf(out, "-A FORWARD -s 172.%u.%u.%u/32 -j DROP\n", 16 + (i >> 16), i >> 8 & 255, i & 255);
	last_rule(out);
}

static void by_port(struct strbuf *out, unsigned n)
{
	sb_puts(out, "*filter\n:FORWARD DROP\n");
	for (unsigned i = 1; i < n; i++)
		sb_printf(out, "-A FORWARD -p %s -m %s --dport %u -j DROP\n", i & 1 ? "tcp" : "udp", i & 1 ? "tcp" : "udp", 1000 + i / 2);
	last_rule(out);
}

static void stateful(struct strbuf *out, unsigned n)
{
	(void)n;
	sb_puts(out, GEN_STATEFUL);
}

static void masquerade(struct strbuf *out, unsigned n)
{
	(void)n;
	sb_puts(out, GEN_MASQ);
}

static void one_set(struct strbuf *out, unsigned n)
{
	(void)n;
	sb_puts(out, "*filter\n:FORWARD DROP\n-A FORWARD -m set --match-set nets src -j ACCEPT\nCOMMIT\n");
}

/* The clients' net among 9,999 others of eight more lengths: it is the last that is found. */
static void nets(struct strbuf *out)
{
	sb_puts(out, "create nets hash:net family inet hashsize 16384 maxelem 65536\nadd nets 10.0.0.0/16\n");
	for (unsigned i = 1; i < NETS; i++) {
		unsigned len = 22 + i % 8;
		uint32_t a = (0x20000000u + i * 0x10000u / 8) & ~(UINT32_MAX >> len);

		sb_printf(out, "add nets %u.%u.%u.%u/%u\n", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, len);
	}
}

/* As kube-proxy writes them: a rule per service, a chain per service, a chain per pod. */
static void services(struct strbuf *out, unsigned n)
{
	sb_puts(out, "*nat\n:PREROUTING ACCEPT\n:POSTROUTING ACCEPT\n:KUBE-SERVICES -\n:KUBE-MARK-MASQ -\n");
	for (unsigned i = 0; i < n; i++) {
		sb_printf(out, ":KUBE-SVC-%05u -\n", i);
		for (unsigned k = 0; k < PODS; k++)
			sb_printf(out, ":KUBE-SEP-%05u%c -\n", i, 'A' + k);
	}
	sb_puts(out, "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
		     "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n");
	for (unsigned i = 0; i < n; i++)
		sb_printf(out, "-A KUBE-SERVICES -d 10.96.%u.%u/32 -p tcp -m comment --comment \"default/svc-%u:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-%05u\n",
			  i >> 8, i & 255, i, i);
	for (unsigned i = 0; i < n; i++) {
		sb_printf(out, "-A KUBE-SVC-%05u -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-%05uA\n"
			       "-A KUBE-SVC-%05u -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-%05uB\n"
			       "-A KUBE-SVC-%05u -j KUBE-SEP-%05uC\n", i, i, i, i, i, i);
		for (unsigned k = 0; k < PODS; k++) {
			unsigned pod = i * PODS + k;

			sb_printf(out, "-A KUBE-SEP-%05u%c -s 10.2.%u.%u/32 -m comment --comment \"default/svc-%u:http\" -j KUBE-MARK-MASQ\n"
				       "-A KUBE-SEP-%05u%c -p tcp -m tcp -j DNAT --to-destination 10.2.%u.%u:8080\n",
				  i, 'A' + k, pod >> 8, pod & 255, i, i, 'A' + k, pod >> 8, pod & 255);
		}
	}
	sb_puts(out, "COMMIT\n");
}

/* ---- jobs */

#define VIEW(text, option) { .name = text, .rules = stateful, .in = { "view", "view-answers" }, .view = option }

const struct job jobs[] = {
	{ .name = "no rules, counters only", .reach = 120, .in = { "same" }, .kernel = true },
	{ .name = "filter, 10 rules by source", .rules = by_source, .n = 10, .in = { "flows" }, .kernel = true },
	{ .name = "filter, 10,000 rules by source", .reach = 300, .rules = by_source, .n = 10000, .in = { "flows" }, .kernel = true },
	{ .name = "filter, 100,000 rules by source", .reach = 600, .rules = by_source, .n = 100000, .in = { "flows" }, .kernel = true },
	{ .name = "filter, 10 rules by port", .rules = by_port, .n = 10, .in = { "flows" }, .kernel = true },
	{ .name = "filter, 10,000 rules by port", .reach = 300, .rules = by_port, .n = 10000, .in = { "flows" }, .kernel = true },
	{ .name = "filter, 100,000 rules by port", .reach = 600, .rules = by_port, .n = 100000, .in = { "flows" }, .kernel = true },
	{ .name = "conntrack, 100,000 established flows", .reach = 150, .rules = stateful, .in = { "flows100k", "answers100k" }, .kernel = true },
	{ .name = "MASQUERADE, 40,000 established flows", .reach = 200, .rules = masquerade, .in = { "flows40k", "nat-answers40k" }, .kernel = true },
	{ .name = "conntrack, every packet a new flow", .reach = 400, .rules = stateful, .in = { "new" }, .kernel = true, .fresh = true },
	{ .name = "10,000 services (kube-proxy), new flows", .reach = 800, .rules = services, .n = SERVICES, .in = { "services" }, .kernel = true, .fresh = true },
	{ .name = "hash:net set of 10,000 nets", .reach = 200, .rules = one_set, .sets = nets, .in = { "flows" }, .kernel = true },
	{ .name = "loading 100,000 rules", .unit = JOB_LOAD, .reach = 350, .rules = by_source, .n = 100000, .in = { "one" }, .kernel = true },
	{ .name = "1,000,000 live connections", .unit = JOB_MEMORY, .reach = 400, .rules = stateful, .in = { "million" } },
	VIEW("conntrack, no view", NULL),
	VIEW("... --report", "--report="),
	VIEW("... --json", "--json="),
	VIEW("... --events", "--events="),
	VIEW("... --out", "--out="),
	VIEW("... --conntrack", "--conntrack="),
	VIEW("... --trace", "--trace"),
	{ .name = "100,000 new connections, no view", .rules = stateful, .in = { "view100k" } },
	{ .name = "... --json of 100,000 connections", .rules = stateful, .in = { "view100k" }, .view = "--json=" },
};
const unsigned nr_jobs = ARRAY_SIZE(jobs);

/* ---- captures */

enum kind { SAME, FLOWS, ANSWERS, NAT_ANSWERS, TO_SERVICES };

static const struct { const char *name; enum kind kind; uint32_t n, flows; bool second; } captures[] = {
	{ "one", SAME, 1, 1, false },
	{ "same", SAME, 500000, 1, false },
	{ "flows", FLOWS, 500000, 10000, false },
	{ "flows100k", FLOWS, 500000, 100000, false },
	{ "answers100k", ANSWERS, 500000, 100000, true },
	{ "flows40k", FLOWS, 500000, 40000, false },
	{ "nat-answers40k", NAT_ANSWERS, 500000, 40000, true },
	{ "new", FLOWS, 500000, 500000, false },
	{ "million", FLOWS, 1000000, 1000000, false },
	{ "services", TO_SERVICES, 200000, 200000, false },
	{ "view", FLOWS, 5000, 20, false },
	{ "view100k", FLOWS, 100000, 100000, false },
	{ "view-answers", ANSWERS, 5000, 20, true },
};

static void frame(uint8_t f[GEN_FRAME], enum kind kind, uint32_t flows, uint32_t i)
{
	uint32_t flow = i % flows, service = (uint32_t)(flow * 2654435761ull % SERVICES);

	if (kind != TO_SERVICES) {
		gen_udp(f, kind == ANSWERS || kind == NAT_ANSWERS, kind == NAT_ANSWERS, flow, i);
		return;
	}
	gen_udp(f, false, false, flow, i);
	f[23] = 6;
	put_be32(f + 30, 0x0a600000 + service);
	put_be16(f + 24, 0);
	put_be16(f + 24, gen_ip_checksum(f + 14));
	put_be16(f + 36, 80);
	put_be32(f + 38, i);		/* a SYN that no checksum is asked of */
	put_be32(f + 42, 0);
	f[46] = 0x50, f[47] = 2;
	put_be16(f + 48, 64000);
	put_be32(f + 50, 0);
}

static void must(bool ok, const char *path)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
	exit(2);
}

static void put(const char *dir, const char *file, const char *text, size_t len)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "w");
	must(f && fwrite(text, 1, len, f) == len && !fclose(f), path);
}

static void write_capture(const char *dir, unsigned k)
{
	char path[600];
	struct gen_pcap_file out;

	snprintf(path, sizeof(path), "%s/%s.pcap", dir, captures[k].name);
	must(gen_pcap_begin(&out, fopen(path, "w")), path);
	for (uint32_t i = 0; i < captures[k].n; i++) {
		frame(out.f, captures[k].kind, captures[k].flows, i);
		gen_pcap_frame(&out, 2 * (uint64_t)i + captures[k].second);
	}
	must(gen_pcap_end(&out) && !fclose(out.out), path);
}

static void write_host(const char *dir, unsigned k)
{
	static const char batch[] =
		"link set eth0 address 02:00:00:00:00:01\nlink set eth1 address 02:00:00:00:00:02\n"
		"link set eth0 up\nlink set eth1 up\n"
		"addr add 192.168.0.1/24 dev eth0\naddr add 10.1.0.1/24 dev eth1\n"
		"neigh replace 192.168.0.2 lladdr 02:aa:00:00:00:01 dev eth0 nud permanent\n"
		"neigh replace 10.1.0.2 lladdr 02:aa:00:00:00:02 dev eth1 nud permanent\n"
		"route add 10.0.0.0/16 via 192.168.0.2 dev eth0\nroute add 10.2.0.0/16 via 10.1.0.2 dev eth1\n";
	static const char sysctl[] = "net.ipv4.ip_forward=1\n";
	static const char checks[] = "net.netfilter.nf_conntrack_checksum=0\nnet.netfilter.nf_conntrack_max=4000000\n";
	struct strbuf sb = { 0 };
	char host[512];

	snprintf(host, sizeof(host), "%s/host%u", dir, k);
	must(!mkdir(host, 0777) || errno == EEXIST, host);
	put(host, "ip.batch", batch, sizeof(batch) - 1);
	sb_puts(&sb, sysctl);
	if (jobs[k].rules && jobs[k].rules != by_source && jobs[k].rules != by_port)
		sb_puts(&sb, checks);
	put(host, "sysctl.conf", sb_str(&sb), sb.len);
	sb_clear(&sb);
	if (jobs[k].rules)
		jobs[k].rules(&sb, jobs[k].n);
	if (jobs[k].rules)
		put(host, "rules.v4", sb_str(&sb), sb.len);
	sb_clear(&sb);
	if (jobs[k].sets)
		jobs[k].sets(&sb);
	if (jobs[k].sets)
		put(host, "ipset.save", sb_str(&sb), sb.len);
	sb_free(&sb);
}

void jobs_write(const char *dir)
{
	must(!mkdir(dir, 0777) || errno == EEXIST, dir);
	for (unsigned k = 0; k < ARRAY_SIZE(captures); k++)
		write_capture(dir, k);
	for (unsigned k = 0; k < nr_jobs; k++)
		write_host(dir, k);
}
