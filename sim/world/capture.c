// SPDX-License-Identifier: MIT
/* capture.c - captures as traffic: pcap and pcapng by libpcap, gzip'd by zlib, several merged by time.
 * The bytes of a packet stay in libpcap's buffer until the next one of the same file is asked for. */
#include "sim/world/pcap_file.h"
#include "sim/world/world.h"
#include "sim/conntrack/conntrack.h"
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define LOOK_AHEAD	16u	/* packets */
#define READ_AHEAD	(256u << 10)
#define MAX_FRAME	(65535u + ETH_HLEN + 2 * VLAN_HLEN)
#define FILE_BUFFER	(1u << 18)
#define SLL_LEN		16u
#define SLL2_LEN	20u
#define SLL_OUTGOING	4

enum left_out { LEFT_OUTGOING, NR_LEFT };

struct input {
	const char *name;		/* the file's */
	char *dev;
	struct net_device *netdev;
	pcap_t *pcap;
	struct pcap_file *plain;	/* reads what it can in libpcap's place, or NULL */
	FILE *file;
	gzFile gz;			/* below file, when zlib reads it */
	int linktype;
	uint64_t nr;			/* packets read */
	bool pending, ended, broken;
	uint64_t t;			/* ns since 1970 of the pending packet */
	const uint8_t *bytes;
	uint32_t len, wire_len;
	bool ip_only;
	uint8_t *scratch;		/* frames made from cooked captures */
};

struct capture {
	struct traffic traffic;
	struct diag *d;
	struct host *host;
	struct input *in;
	unsigned n;
	uint64_t start, last, index;
	bool any_mac, broken;
	uint64_t left[NR_LEFT];
	uint8_t *frame;			/* any_mac's copy */
	const struct traffic_event *filled;	/* the struct that was filled last */
};

/* ---- opening ---- */

static ssize_t gz_read(void *cookie, char *buf, size_t n)
{
	int got = gzread(cookie, buf, (unsigned)MIN(n, (size_t)INT32_MAX));

	if (got < 0)
		errno = EIO;
	return got;
}

static int gz_close(void *cookie)
{
	return gzclose(cookie) == Z_OK ? 0 : EOF;
}

static bool is_gzip(int fd)
{
	uint8_t magic[2];

	return pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* Plain files are read as they are; gzip and standard input (which cannot be looked into) by zlib. */
static FILE *open_file(const char *path, gzFile *ret_gz, struct diag *d)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	FILE *f = NULL;

	if (fd < 0 || fstat(fd, &st)) {
		diag_error(d, (struct pos){ 0 }, "%s: cannot open: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (S_ISDIR(st.st_mode)) {
		diag_error(d, (struct pos){ 0 }, "%s: is a directory, a capture is wanted", path);
		close(fd);
		return NULL;
	}
	diag_input(d, fd);
	if (is_stdin || is_gzip(fd)) {
		gzFile gz = gzdopen(fd, "rb");

		if (gz) {
			gzbuffer(gz, FILE_BUFFER);
			f = fopencookie(gz, "rb", (cookie_io_functions_t){ .read = gz_read, .close = gz_close });
			*ret_gz = gz;
		}
	} else {
		f = fdopen(fd, "rb");
	}
	if (!f) {
		diag_error(d, (struct pos){ 0 }, "%s: cannot read: %s", path, strerror(errno));
		close(fd);
		return NULL;
	}
	setvbuf(f, NULL, _IOFBF, FILE_BUFFER);
	return f;
}

static bool known_linktype(int type)
{
	switch (type) {
	case DLT_EN10MB: case DLT_RAW: case DLT_IPV4: case DLT_LINUX_SLL: case DLT_LINUX_SLL2: case DLT_NULL: case DLT_LOOP:
	case 101:	/* LINKTYPE_RAW, should libpcap not translate it */
		return true;
	default:
		return false;
	}
}

static bool open_input(struct capture *c, struct input *in, const char *arg, struct diag *d)
{
	const char *eq = strchr(arg, '=');
	char err[PCAP_ERRBUF_SIZE] = "";

	in->name = eq ? eq + 1 : arg;
	in->dev = xstrdup(eq ? arg : "eth0");
	if (eq)
		in->dev[eq - arg] = 0;
	in->netdev = dev_by_name(c->host, in->dev);
	if (!in->netdev) {
		struct nearest near = { .want = in->dev };

		for (struct net_device *dev = c->host->devs; dev; dev = dev->next)
			nearest_try(&near, dev->name);
		diag_error(d, (struct pos){ 0 }, "%s: the host has no interface \"%s\"", in->name, in->dev);
		diag_hint(d, nearest_get(&near) ? "did you mean \"%s\"?" : "write IFACE=FILE, as in %s=FILE",
			  nearest_get(&near) ? nearest_get(&near) : "eth0");
		return false;
	}
	in->file = open_file(in->name, &in->gz, d);
	if (!in->file)
		return false;
	setvbuf(in->file, NULL, _IOFBF, READ_AHEAD);
	in->pcap = pcap_fopen_offline_with_tstamp_precision(in->file, PCAP_TSTAMP_PRECISION_NANO, err);
	if (!in->pcap) {
		diag_error(d, (struct pos){ 0 }, "%s: not a capture: %s", in->name, err);
		fclose(in->file);
		in->file = NULL;
		return false;
	}
	in->linktype = pcap_datalink(in->pcap);
	if (!known_linktype(in->linktype)) {
		const char *name = pcap_datalink_val_to_name(in->linktype);

		diag_error(d, (struct pos){ 0 }, "%s: link type %s (%d) cannot be replayed", in->name, name ? name : "unknown", in->linktype);
		diag_hint(d, "Ethernet, raw IP, Linux cooked (v1, v2) and loopback captures can");
		return false;
	}
	if (!in->gz)
		in->plain = pcap_file_open(fileno(in->file), (uint32_t)pcap_snapshot(in->pcap));
	return true;
}

/* ---- reading ---- */

/* A cooked packet as the frame that the interface saw. false: it was the captured host's own. */
static bool cooked(struct capture *c, struct input *in, const uint8_t *b, uint32_t len, uint32_t wire)
{
	bool v2 = in->linktype == DLT_LINUX_SLL2;
	uint32_t hlen = v2 ? SLL2_LEN : SLL_LEN;
	unsigned type, proto;
	const uint8_t *src;

	if (len < hlen) {
		in->len = in->wire_len = 0;
		return true;
	}
	type = v2 ? b[10] : get_be16(b);
	proto = get_be16(v2 ? b : b + 14);
	src = v2 ? b + 12 : b + 6;
	if (type == SLL_OUTGOING) {
		c->left[LEFT_OUTGOING]++;
		return false;
	}
	if (!in->scratch)
		in->scratch = xmalloc(MAX_FRAME);
	if (type == 1)
		memset(in->scratch, 0xff, ETH_ALEN);
	else if (type == 2)
		memcpy(in->scratch, (const uint8_t[]){ 1, 0, 0x5e, 0, 0, 1 }, ETH_ALEN);
	else
		memcpy(in->scratch, in->netdev->mac, ETH_ALEN);
	if (type == 3)
		in->scratch[5] ^= 0xff;	/* another host's, whichever it was */
	memcpy(in->scratch + ETH_ALEN, src, ETH_ALEN);
	put_be16(in->scratch + 12, proto);
	in->len = MIN(len - hlen, MAX_FRAME - ETH_HLEN);
	memcpy(in->scratch + ETH_HLEN, b + hlen, in->len);
	in->len += ETH_HLEN;
	in->wire_len = wire > hlen ? wire - hlen + ETH_HLEN : in->len;
	in->bytes = in->scratch;
	return true;
}

/* The packet just read, as frame or IP packet. false: left out. */
static bool unwrap(struct capture *c, struct input *in, const uint8_t *b, uint32_t len, uint32_t wire)
{
	uint32_t skip = 0;

	in->ip_only = false;
	switch (in->linktype) {
	case DLT_EN10MB:
		break;
	case DLT_LINUX_SLL: case DLT_LINUX_SLL2:
		return cooked(c, in, b, len, wire);
	case DLT_NULL: case DLT_LOOP:
		skip = MIN(len, 4u);
		in->ip_only = true;
		break;
	default:
		in->ip_only = true;
		break;
	}
	in->bytes = b + skip;
	in->len = len - skip;
	in->wire_len = wire - skip;
	return true;
}

static void broke(struct capture *c, struct input *in, const char *why)
{
	long at = in->file ? ftell(in->file) : -1;

	if (at > 0)
		diag_error(c->d, (struct pos){ 0 }, "%s: broken after packet %llu, near byte %ld: %s", in->name,
			   (unsigned long long)in->nr, at, why);
	else
		diag_error(c->d, (struct pos){ 0 }, "%s: broken after packet %llu: %s", in->name, (unsigned long long)in->nr, why);
	diag_hint(c->d, "the %llu whole packets before it were replayed", (unsigned long long)in->nr);
	in->broken = c->broken = true;
}

/* The last packet is whole, but is the compressed file? */
static void check_end(struct capture *c, struct input *in)
{
	int err = Z_OK;

	if (in->gz)
		gzerror(in->gz, &err);
	if (err != Z_OK && err != Z_STREAM_END)
		broke(c, in, "the compressed file has no end");
}

/* By libpcap, which has words for all that can be wrong. 1, 0 = the end, -1 = broken. */
static int read_by_libpcap(struct capture *c, struct input *in, struct pcap_record *ret)
{
	struct pcap_pkthdr *hdr;
	const u_char *data;
	char why[96];
	int got;

	if (in->plain && fseeko(in->file, (off_t)pcap_file_where(in->plain), SEEK_SET)) {
		broke(c, in, strerror(errno));
		return -1;
	}
	got = pcap_next_ex(in->pcap, &hdr, &data);
	if (got == PCAP_ERROR_BREAK) {
		in->ended = true;
		check_end(c, in);
		return 0;
	}
	if (got != 1) {
		broke(c, in, pcap_geterr(in->pcap));
		return -1;
	}
	if (MAX(hdr->len, hdr->caplen) > MAX_FRAME) {
		snprintf(why, sizeof(why), "the next says that it is %u bytes long", MAX(hdr->len, hdr->caplen));
		broke(c, in, why);
		return -1;
	}
	if (in->plain)
		pcap_file_seek(in->plain, (uint64_t)ftello(in->file));
	*ret = (struct pcap_record){ (uint64_t)hdr->ts.tv_sec * NSEC_PER_SEC + (uint64_t)hdr->ts.tv_usec, hdr->caplen, hdr->len, data };
	return 1;
}

/* What later packets will be looked up in is on its way to the cache while this one passes. */
static void look_ahead(struct capture *c, struct input *in)
{
	uint32_t skip = in->linktype == DLT_EN10MB ? ETH_HLEN : 0;
	struct pcap_record r;

	while (pcap_file_ahead(in->plain, LOOK_AHEAD, &r))
		if (r.len > skip)
			ct_ahead(c->host->ct, r.bytes + skip, r.len - skip);
}

static void fetch(struct capture *c, struct input *in)
{
	struct pcap_record r;

	while (!in->pending && !in->ended && !in->broken) {
		if (!(in->plain && pcap_file_next(in->plain, &r)) && read_by_libpcap(c, in, &r) <= 0)
			return;
		in->nr++;
		if (!unwrap(c, in, r.bytes, r.len, MAX(r.wire_len, r.len)))
			continue;
		in->t = r.t;
		in->pending = true;
		if (in->plain && c->host->ct)
			look_ahead(c, in);
	}
}

static void to_this_host(struct capture *c, const struct input *in, struct traffic_event *ret)
{
	if (!c->any_mac || ret->ip_only || ret->len < ETH_HLEN || ret->bytes[0] & 1)
		return;
	if (!c->frame)
		c->frame = xmalloc(MAX_FRAME);
	memcpy(c->frame, ret->bytes, ret->len);
	memcpy(c->frame, in->netdev->mac, ETH_ALEN);
	ret->bytes = c->frame;
}

static int capture_next(struct traffic *t, struct traffic_event *ret)
{
	struct capture *c = container_of(t, struct capture, traffic);
	struct input *best = NULL;

	for (unsigned i = 0; i < c->n; i++) {
		struct input *in = &c->in[i];

		fetch(c, in);
		if (in->pending && (!best || in->t < best->t))
			best = in;
	}
	if (!best)
		return c->broken ? -1 : 0;
	best->pending = false;
	if (best->t > c->start + c->last)	/* time does not go back */
		c->last = best->t - c->start;
	if (c->filled != ret) {		/* what is the same for all packets of a capture */
		*ret = (struct traffic_event){ .kind = INJECT_FRAME };
		c->filled = ret;
	}
	ret->index = c->index++;
	ret->t = c->last;
	ret->dev = best->netdev->name;
	ret->netdev = best->netdev;
	ret->bytes = best->bytes;
	ret->len = best->len;
	ret->wire_len = best->wire_len;
	ret->ip_only = best->ip_only;
	ret->source = best->name;
	ret->source_nr = best->nr;
	ret->orig_time = best->t;
	to_this_host(c, best, ret);
	return 1;
}

static void capture_close(struct traffic *t)
{
	struct capture *c = container_of(t, struct capture, traffic);

	for (unsigned i = 0; i < c->n; i++) {
		pcap_file_close(c->in[i].plain);
		if (c->in[i].pcap)
			pcap_close(c->in[i].pcap);	/* closes the file too */
		free(c->in[i].dev);
		free(c->in[i].scratch);
	}
	free(c->frame);
	free(c->in);
	free(c);
}

void capture_left_out(const struct traffic *t, struct strbuf *out)
{
	const struct capture *c = container_of(t, struct capture, traffic);

	if (t->next == capture_next && c->left[LEFT_OUTGOING])
		sb_printf(out, "%llu packets were left out: the captured host sent them itself\n",
			  (unsigned long long)c->left[LEFT_OUTGOING]);
}

struct traffic *capture_open(struct host *h, const char *const *in, unsigned n, bool any_mac, struct diag *d)
{
	struct capture *c = xcalloc(1, sizeof(*c));
	bool ok = true;

	c->traffic = (struct traffic){ .next = capture_next, .close = capture_close };
	c->d = d;
	c->host = h;
	c->n = n;
	c->any_mac = any_mac;
	c->in = xcalloc(n, sizeof(*c->in));
	for (unsigned i = 0; i < n; i++)
		ok &= open_input(c, &c->in[i], in[i], d);
	if (!ok) {
		capture_close(&c->traffic);
		return NULL;
	}
	c->start = UINT64_MAX;
	for (unsigned i = 0; i < n; i++) {
		fetch(c, &c->in[i]);
		if (c->in[i].pending)
			c->start = MIN(c->start, c->in[i].t);
	}
	if (c->start == UINT64_MAX)
		c->start = 0;
	h->boot_real_ns = c->start;
	return &c->traffic;
}
