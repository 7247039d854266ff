// SPDX-License-Identifier: MIT
/* test_pcap_file.c - the reader of plain captures says what libpcap says, and leaves the rest to it. */
#include "sim/world/pcap_file.h"
#include "tests/unit/unit.h"
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define RECORDS 3000u		/* several blocks */

struct shape {
	const char *name;
	uint32_t magic;
	bool swapped;
	uint16_t minor;
	uint32_t snaplen, records;
	uint32_t len, wire, sec, part;	/* of one more record at the end, when part is not 0 */
	uint32_t cut;			/* bytes that the file's end lacks */
	bool ours;			/* a file for our reader */
	uint32_t read;			/* records that it reads */
};

static const struct shape shapes[] = {
	{ "microseconds", 0xa1b2c3d4, false, 4, 65535, RECORDS, .ours = true, .read = RECORDS },
	{ "nanoseconds", 0xa1b23c4d, false, 4, 65535, RECORDS, .ours = true, .read = RECORDS },
	{ "swapped", 0xa1b2c3d4, true, 4, 262144, RECORDS, .ours = true, .read = RECORDS },
	{ "swapped ns", 0xa1b23c4d, true, 4, 0, RECORDS, .ours = true, .read = RECORDS },
	{ "none", 0xa1b2c3d4, false, 4, 65535, 0, .ours = true, .read = 0 },
	{ "cut in its bytes", 0xa1b2c3d4, false, 4, 65535, RECORDS, .cut = 1, .ours = true, .read = RECORDS - 1 },
	{ "cut in its head", 0xa1b2c3d4, false, 4, 65535, 1, .cut = 70, .ours = true, .read = 0 },
	{ "longer than said", 0xa1b2c3d4, false, 4, 100, 5, .len = 101, .wire = 101, .sec = 9, .part = 1, .ours = true, .read = 5 },
	{ "too long", 0xa1b2c3d4, false, 4, 65535, 5, .len = 65536, .wire = 65536, .sec = 9, .part = 1, .ours = true, .read = 5 },
	{ "too long on the wire", 0xa1b2c3d4, false, 4, 65535, 5, .len = 20, .wire = 65536, .sec = 9, .part = 1, .ours = true, .read = 5 },
	{ "no such microsecond", 0xa1b2c3d4, false, 4, 65535, 5, .len = 20, .wire = 20, .sec = 9, .part = 1000000, .ours = true, .read = 5 },
	{ "beyond 2038", 0xa1b2c3d4, false, 4, 65535, 5, .len = 20, .wire = 20, .sec = 0x80000000, .part = 1, .ours = true, .read = 5 },
	{ "version 2.3", 0xa1b2c3d4, false, 3, 65535, 5, .read = 0 },
	{ "version 2.3, swapped", 0xa1b2c3d4, true, 3, 65535, 5, .read = 0 },
	{ "modified", 0xa1b2cd34, false, 4, 65535, 0, .read = 0 },
};

static void put32(FILE *f, const struct shape *s, uint32_t v)
{
	v = s->swapped ? __builtin_bswap32(v) : v;
	fwrite(&v, sizeof(v), 1, f);
}

static void put_record(FILE *f, const struct shape *s, uint32_t sec, uint32_t part, uint32_t len, uint32_t wire)
{
	put32(f, s, sec);
	put32(f, s, part);
	put32(f, s, len);
	put32(f, s, wire);
	for (uint32_t i = 0; i < len; i++)
		fputc((int)(i * 7 + sec), f);
}

static int make_file(const struct shape *s)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	FILE *f = fdopen(dup(fd), "w");

	put32(f, s, s->magic);
	put32(f, s, s->swapped ? 2u << 16 | s->minor : (uint32_t)s->minor << 16 | 2);
	put32(f, s, 0);
	put32(f, s, 0);
	put32(f, s, s->snaplen);
	put32(f, s, 1);
	for (uint32_t i = 0; i < s->records; i++)
		put_record(f, s, 1000 + i, i * 7 % 1000000, 60 + i % 40, i % 3 ? 60 + i % 40 : 1500);
	if (s->part)
		put_record(f, s, s->sec, s->part, s->len, s->wire);
	fflush(f);
	if (ftruncate(fd, ftell(f) - s->cut))
		abort();
	fclose(f);
	return fd;
}

static pcap_t *open_by_libpcap(int fd)
{
	char err[PCAP_ERRBUF_SIZE], path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, err);
}

static bool same(const struct pcap_record *r, const struct pcap_pkthdr *hdr, const u_char *data)
{
	return r->t == (uint64_t)hdr->ts.tv_sec * NSEC_PER_SEC + (uint64_t)hdr->ts.tv_usec && r->len == hdr->caplen &&
	       r->wire_len == hdr->len && memcmp(r->bytes, data, r->len) == 0;
}

static void test_records(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct shape *s = &shapes[i];
		int fd = make_file(s);
		pcap_t *p = open_by_libpcap(fd);
		struct pcap_file *f = pcap_file_open(fd, s->magic == 0xa1b2cd34 ? 65535 : (uint32_t)pcap_snapshot(p));
		struct pcap_pkthdr *hdr;
		struct pcap_record r;
		const u_char *data;
		uint32_t n = 0;
		bool ok = true;

		CHECK(s->name, (f != NULL) == s->ours);
		while (f && pcap_file_next(f, &r)) {
			ok &= pcap_next_ex(p, &hdr, &data) == 1 && same(&r, hdr, data);
			n++;
		}
		CHECK(s->name, ok && n == s->read);
		CHECK(s->name, !f || pcap_file_where(f) == (n ? (uint64_t)ftello(pcap_file(p)) : 24));
		pcap_file_close(f);
		if (p)
			pcap_close(p);
		close(fd);
	}
}

/* Every record comes once, before it is read, and never more than so many before. */
static void test_ahead(void)
{
	int fd = make_file(&shapes[0]);
	struct pcap_file *f = pcap_file_open(fd, 65535);
	struct pcap_record r;
	uint64_t told = 0;
	bool ok = true;

	for (uint32_t i = 0; i < RECORDS; i++) {
		while (pcap_file_ahead(f, 8, &r)) {
			ok &= r.len == 60 + told % 40 && r.bytes[0] == (uint8_t)(1000 + told);
			told++;
		}
		ok &= told <= i + 8;
		ok &= pcap_file_next(f, &r) && r.len == 60 + i % 40 && r.bytes[0] == (uint8_t)(1000 + i);
		told = MAX(told, i + 1u);
	}
	CHECK("ahead", ok && !pcap_file_next(f, &r));
	pcap_file_close(f);
	close(fd);
}

void suite_pcap_file(void);
void suite_pcap_file(void)
{
	unit_add("records", test_records);
	unit_add("ahead", test_ahead);
}
