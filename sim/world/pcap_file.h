/* SPDX-License-Identifier: MIT */
/* pcap_file.h - the ordinary records of an ordinary pcap, read in blocks: libpcap's call and copy for each cost as much as
 * a packet's whole way. All else (pcapng, old versions, broken records, the end of the file) is left to libpcap.
 * Format: draft-ietf-opsawg-pcap. */
#ifndef SIM_WORLD_PCAP_FILE_H
#define SIM_WORLD_PCAP_FILE_H
#include "sim/base/util.h"

struct pcap_record {
	uint64_t t;			/* ns since 1970 */
	uint32_t len, wire_len;		/* captured; on the wire */
	const uint8_t *bytes;		/* good until the next pcap_file_next() */
};

struct pcap_file;
/* Reads a plain file that libpcap has opened, too; fd stays the caller's, and its position is not touched. snaplen is what
 * libpcap says. NULL: not a file for this reader. */
struct pcap_file *pcap_file_open(int fd, uint32_t snaplen);
void pcap_file_close(struct pcap_file *f);
/* The next record; false: it is none for this reader, libpcap shall read on from pcap_file_where(). */
bool pcap_file_next(struct pcap_file *f, struct pcap_record *ret);
uint64_t pcap_file_where(const struct pcap_file *f);		/* offset of the next record */
void pcap_file_seek(struct pcap_file *f, uint64_t where);	/* libpcap has read up to there */
/* The records after that one, each once and at most depth of them ahead, as far as they are in memory: for who wants to know
 * early what comes. Nothing of them is checked but that they are whole. */
bool pcap_file_ahead(struct pcap_file *f, uint32_t depth, struct pcap_record *ret);
#endif
