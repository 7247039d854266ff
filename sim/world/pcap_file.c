// SPDX-License-Identifier: MIT
/* pcap_file.c - see pcap_file.h. */
#include "sim/world/pcap_file.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK		(128u << 10)	/* stays in the second cache, and is longer than any record */
#define FILE_HEAD	24u
#define RECORD_HEAD	16u
#define MAX_LEN		65535u
#define MAGIC_USEC	0xa1b2c3d4u
#define MAGIC_NSEC	0xa1b23c4du

struct pcap_file {
	int fd;
	bool swapped;
	uint32_t snaplen, unit, units;	/* ns of a time's smaller half, and how many are a second */
	uint64_t where;			/* of the block in the file */
	uint32_t at, end;		/* next record, end of what was read: in the block */
	uint32_t ahead, nr_ahead;	/* first record that pcap_file_ahead() has not told; how many it has */
	uint8_t block[BLOCK];
};

static inline uint32_t field(const struct pcap_file *f, const uint8_t *p)
{
	uint32_t v = load_be32(p);

	return f->swapped ? __builtin_bswap32(v) : v;
}

static uint32_t read_at(int fd, void *buf, uint32_t len, uint64_t where)
{
	uint32_t have = 0;

	while (have < len) {
		ssize_t got = pread(fd, (uint8_t *)buf + have, len - have, (off_t)(where + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)		/* libpcap will meet it, too */
			break;
		have += (uint32_t)got;
	}
	return have;
}

struct pcap_file *pcap_file_open(int fd, uint32_t snaplen)
{
	uint8_t head[FILE_HEAD];
	struct pcap_file *f;
	uint32_t magic;
	bool swapped;

	if (read_at(fd, head, FILE_HEAD, 0) != FILE_HEAD)
		return NULL;
	magic = load_be32(head);
	swapped = magic == __builtin_bswap32(MAGIC_USEC) || magic == __builtin_bswap32(MAGIC_NSEC);
	if (swapped)
		magic = __builtin_bswap32(magic);
	if (magic != MAGIC_USEC && magic != MAGIC_NSEC)
		return NULL;
	f = xmalloc(sizeof(*f));
	f->fd = fd;
	f->swapped = swapped;
	f->snaplen = MIN(snaplen, MAX_LEN);
	f->unit = magic == MAGIC_USEC ? 1000 : 1;
	f->units = 1000000000 / f->unit;
	pcap_file_seek(f, FILE_HEAD);
	/* Before version 2.4 lengths stood the other way round in some files. */
	if (field(f, head + 4) == (swapped ? 0x00020004u : 0x00040002u))
		return f;
	free(f);
	return NULL;
}

void pcap_file_close(struct pcap_file *f)
{
	free(f);
}

uint64_t pcap_file_where(const struct pcap_file *f)
{
	return f->where + f->at;
}

void pcap_file_seek(struct pcap_file *f, uint64_t where)
{
	f->where = where;
	f->at = f->end = 0;
	f->ahead = f->nr_ahead = 0;
}

static void more(struct pcap_file *f)
{
	memmove(f->block, f->block + f->at, f->end - f->at);
	f->where += f->at;
	f->end -= f->at;
	f->ahead -= f->at;
	f->at = 0;
	f->end += read_at(f->fd, f->block + f->end, BLOCK - f->end, f->where + f->end);
}

/* The record at "at", if it is whole in memory. */
static inline bool record(const struct pcap_file *f, uint32_t at, struct pcap_record *ret)
{
	const uint8_t *r = f->block + at;

	if (f->end - at < RECORD_HEAD)
		return false;
	ret->len = field(f, r + 8);
	ret->wire_len = field(f, r + 12);
	ret->bytes = r + RECORD_HEAD;
	return f->end - at - RECORD_HEAD >= ret->len;
}

bool pcap_file_next(struct pcap_file *f, struct pcap_record *ret)
{
	uint32_t sec, part;

	if (unlikely(!record(f, f->at, ret))) {
		more(f);
		if (!record(f, f->at, ret))
			return false;
	}
	sec = field(f, f->block + f->at);
	part = field(f, f->block + f->at + 4);
	if (unlikely(ret->len > f->snaplen || ret->wire_len > MAX_LEN || sec > INT32_MAX || part >= f->units))
		return false;
	ret->t = sec * NSEC_PER_SEC + (uint64_t)part * f->unit;
	f->at += RECORD_HEAD + ret->len;
	if (f->nr_ahead)
		f->nr_ahead--;
	else
		f->ahead = f->at;
	return true;
}

bool pcap_file_ahead(struct pcap_file *f, uint32_t depth, struct pcap_record *ret)
{
	if (f->nr_ahead >= depth || !record(f, f->ahead, ret))
		return false;
	f->ahead += RECORD_HEAD + ret->len;
	f->nr_ahead++;
	return true;
}
