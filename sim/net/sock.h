/* SPDX-License-Identifier: MIT */
/* sock.h - the local ends: TCP and UDP sockets that a scenario opens, raw senders.
 *
 * A socket's program is simple: a server echoes, or takes and says nothing; a client sends its data
 * once connected. What a program does (accept, read, write back, close on end of file) happens when
 * the world calls sock_run_programs(), after all packets of an event have settled: as the oracle's
 * harness does, which reads its sockets when it is quiet. */
#ifndef SIM_NET_SOCK_H
#define SIM_NET_SOCK_H
#include "sim/base/text.h"
#include "sim/net/fib.h"
#include "sim/net/host.h"

struct tcp_sock;
struct sock;

/* Another program than echo, read and send-once behind a socket. Called as tcp_program() and udp_program() are:
 * when something happened to the socket, oldest socket first. Answers whether it did anything. It frees the
 * socket (sock_free) when it is done with it, at the latest when a TCP socket's state is TCP_CLOSE. */
typedef bool sock_program_fn(struct sock *sk);

/* What a TCP server says to each client it accepts, one write for each. */
struct sock_say { const struct sock_say *next; const uint8_t *data; size_t len; };

struct sock {
	struct sock *port_next, **port_pprev;	/* all of one local port (hash) */
	struct sock *next, **pprev;	/* in the hash of connected ones, or of those with a local port alone */
	struct sock *all_next, *all_prev;	/* every socket, oldest first */
	struct sock *ready_next, *ready_prev;	/* those whose programs have something to do, oldest first */
	bool ready;
	struct host *host;
	uint64_t id;
	int err;			/* sk_err: told to the program at its next call */
	uint8_t proto;			/* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW.. */
	be32 saddr, daddr;		/* IPv6: sock6_fold() of those below */
	bool v6, v6only, any_source;	/* any_source, IPv6: connect() found the way before it chose the source, and it is kept */
	union inet_addr saddr6, daddr6;
	struct dst way;			/* IPv6, UDP: the one that connect() found, kept as long as it is good */
	uint32_t mp_hash;		/* IPv6: connect() chose the way by this, 0 = there was one only */
	uint16_t sport, dport;		/* host order */
	uint32_t uid, gid, mark;
	uint8_t tos, ttl;		/* ttl 0 = the host's default */
	uint8_t icmp_type, icmp_code;	/* of the last error to a ping */
	bool transparent, listening, echo;
	const struct sock_say *say;	/* in the host's arena */
	int bound_ifindex;
	struct tcp_sock *tcp;		/* tcp.c */
	struct packet *rx, **rx_last;	/* UDP: datagrams not yet read, p->th at the UDP header */
	bool client, closed;
	struct ip_opt opt;		/* of a TCP connection whose SYN had IP options: theirs, turned round */
	uint8_t optbytes[40];
	sock_program_fn *program;	/* NULL = the protocol's own; a listener's goes to its connections, with the argument */
	void *program_arg;
};

struct sock_open {
	uint8_t proto;			/* IPPROTO_TCP or IPPROTO_UDP */
	be32 addr, saddr;		/* listen: bind address; connect: peer; saddr: bind before connect, or 0 */
	bool v6, v6only;		/* IPv6: the addresses are these; v6only: "::" listens to IPv6 alone */
	union inet_addr addr6, saddr6;
	uint16_t port, sport;		/* sport 0 = the kernel chooses */
	uint32_t uid, gid, mark;
	bool echo, transparent;
	const struct sock_say *say;	/* listen, TCP: copied, or NULL */
	const uint8_t *data; size_t len;	/* connect: sent at once (UDP) or once established (TCP) */
	bool isn_given; uint32_t isn;	/* initial sequence number to use instead of a random one (hints) */
	sock_program_fn *program;	/* see struct sock */
	void *program_arg;
	struct sock **ret;		/* NULL, or where the socket is put; NULL there when it could not be opened */
};

void sock_init(struct host *h);
void sock_destroy(struct host *h);
/* 0 or negative errno (-EADDRINUSE, -EADDRNOTAVAIL, -ENETUNREACH, -EPERM ...). */
int sock_listen(struct host *h, const struct sock_open *o);
int sock_connect(struct host *h, const struct sock_open *o);
/* An IP packet through a raw IP_HDRINCL socket (raw_send_hdrinc): the kernel fills total length, checksum, ID if 0,
 * source if 0. 0 or negative errno. */
int sock_send_raw(struct host *h, const uint8_t *packet, size_t len, uint32_t uid, uint32_t gid, uint32_t mark, const char *oif);
/* Lets the programs behind the sockets run once; true when any did something (then run again after
 * the packets it caused have settled). At most 16 reads echo per event: sock_event_begin() resets. */
bool sock_run_programs(struct host *h);
void sock_event_begin(struct host *h);
/* Next ISN for a connection from a recorded run (see oracle hints); used once. */
void sock_hint_isn(struct host *h, be32 src, uint16_t sport, be32 dst, uint16_t dport, uint32_t isn,
		   uint64_t event);

/* What sock.c offers the protocols. */
/* Who wants a port of net.ipv4.ip_local_port_range: what decides whether one is free for it. */
struct port_wish { union inet_addr addr; uint8_t proto; bool v6, v6only; };

struct sock_table {
	struct sock *port[1024];	/* by protocol and local port */
	struct sock *bound[256];	/* those without a peer, the same way */
	struct sock **connected;	/* those with one, by both ends */
	uint32_t nr_connected, nr_buckets;
	struct sock *first, **last;
	struct sock *ready_first, *ready_last;
	struct sock *turn;		/* whose program runs next in this round */
	uint64_t turns_up_to;		/* ids up to this one have had their turn in it */
	struct isn_hint *hints;
	uint64_t next_id;
	uint64_t events;		/* begun so far */
	unsigned reads;			/* echoes left in this event count down from 16 */
	uint64_t left;			/* how often a socket left its port */
	/* The last wish that found no even (odd) port, which stays so until a socket leaves one. */
	struct { struct port_wish wish; uint32_t lo, n; uint64_t left; bool full[2]; } taken;
};
/* The number of the event at hand. */
static inline uint64_t sock_event(const struct host *h)
{
	return h->socks && h->socks->events ? h->socks->events - 1 : 0;
}
struct sock **sock_port_chain(const struct sock_table *t, uint8_t proto, uint16_t port);
/* Where a packet's socket is looked for, oldest first (follow ->next): in pass 0 those that may be connected to its sender
 * (IPv6: saddr folded), in pass 1 those that may have its port and no peer. */
struct sock *sock_candidates(const struct sock_table *t, unsigned pass, uint8_t proto, be32 saddr, uint16_t sport, uint16_t dport);
struct sock *sock_new(struct host *h, const struct sock_open *o, bool listen);
void sock_bind(struct sock *sk, be32 saddr, uint16_t sport);	/* into the hash; once */
/* The end of opening a bound listener, of either family: 0, or negative errno and sk is freed. */
int sock_start_listening(struct sock *sk, const struct sock_open *o);
void sock_free(struct sock *sk);
void sock_wake(struct sock *sk);	/* its program has something to do, or may have */
bool sock_port_free(struct host *h, uint8_t proto, be32 addr, uint16_t port);
bool sock6_port_free(struct host *h, const struct port_wish *w, uint16_t port);
/* Even ones first, from a place drawn at random (__inet_hash_connect); 0 = none is free. */
uint16_t sock_ephemeral(struct host *h, const struct port_wish *w);
/* A flow for this socket's packets; daddr 0 = the connected peer. */
struct flowi4 sock_flow(const struct sock *sk, be32 daddr, uint16_t dport);
/* Sends one packet of sk down ip_local_out and answers what the sender gets: 0 or negative errno. */
int sock_xmit(struct sock *sk, struct packet *p, const struct flowi4 *fl, bool df);
/* An ICMP error about a packet that a local socket sent: quoted = the inner IP header, with qlen bytes there. */
void sock_icmp_err(const struct net_device *dev, const uint8_t *quoted, uint32_t qlen, int type, int code, uint32_t info);
/* What programs of their own (struct sock) do. */
bool tcp_accept(struct sock *sk);	/* a connection of a listener is there: true the first time */
void tcp_recv(struct sock *sk, struct strbuf *ret);	/* appends all that is there to read */
bool tcp_eof(const struct sock *sk);	/* nothing to read, nor will there be */
bool tcp_established(const struct sock *sk);	/* can be written to */
bool tcp_over(const struct sock *sk);	/* the connection is no more: sk->err says why, sock_free() is due */
bool tcp_time_wait(const struct sock *sk);	/* both ends are closed, only late copies are waited for */
void tcp_send(struct sock *sk, const void *data, size_t len);	/* queued until it can go */
void tcp_shutdown(struct sock *sk);	/* closes our end */
/* 0 or negative errno. The sender's address of a datagram in sk->rx is in its headers. */
int udp_sendto(struct sock *sk, be32 daddr, uint16_t dport, const uint8_t *data, uint32_t len);
struct sock *ping_open(struct host *h, uint16_t ident, sock_program_fn *program, void *arg);	/* NULL: taken */
int ping_send(struct sock *sk, be32 daddr, uint16_t seq, const uint8_t *data, uint32_t len, uint8_t ttl /* 0 = default */);
bool ping_rcv(struct packet *p);	/* an echo reply; false: nobody waits for it. p stays the caller's */
void ping_err(const struct net_device *dev, const uint8_t *quoted, uint32_t qlen, int type, int code);
/* ping6.c: the same for IPv6. oif: of a link-local peer, or 0. */
struct sock *ping6_open(struct host *h, uint16_t ident, int oif, sock_program_fn *program, void *arg);
int ping6_send(struct sock *sk, const union inet_addr *daddr, uint16_t seq, const uint8_t *data, uint32_t len, uint8_t hlim);
bool ping6_rcv(struct packet *p);
void ping6_err(struct host *h, const uint8_t *inner, const uint8_t *icmp, int type, int code);
/* sock6.c. An IPv6 address as the 32 bits that the hashes and hints know it by; 0 for ::. */
be32 sock6_fold(const union inet_addr *a);
int sock6_listen(struct host *h, const struct sock_open *o);
int sock6_connect(struct host *h, const struct sock_open *o);
/* A socket's packet without its IP header, on the way that dst names. */
int sock6_xmit(struct sock *sk, struct packet *p, const union inet_addr *daddr, const union inet_addr *saddr);
/* A connection's packet knows its socket from before INPUT on, whatever rules make of its addresses (tcp_v6_early_demux). */
void sock6_early_demux(struct packet *p);
/* Where sk's packets go: 0 or negative errno. */
int sock6_route(struct sock *sk, struct dst *ret);
struct sock *sock6_lookup(struct host *h, uint8_t proto, const union inet_addr *saddr, uint16_t sport, const union inet_addr *daddr,
			  uint16_t dport, const struct net_device *dev);
void sock6_icmp_err(struct packet *p, const uint8_t *inner, uint8_t proto, const uint8_t *th, uint32_t len, int type, int code,
		    uint32_t info);
int sock6_err(int type, int code);	/* what a socket is told of an ICMPv6 error (icmpv6_err_convert) */
/* A TCP or UDP packet's transport checksum is right; th and nh are set. */
bool sock6_checksum_ok(const struct packet *p, uint8_t proto);
/* What either family has of a connected socket's way. */
int sock_route(struct sock *sk, struct dst *ret);
uint32_t sock_dst_mtu(const struct sock *sk, const struct dst *d);
uint32_t sock_advmss(const struct sock *sk, const struct dst *d);
/* udp.c, tcp.c */
bool udp_program(struct sock *sk);	/* reads one datagram; true when there was one */
/* udp6.c */
void udp_deliver(struct sock *sk, struct packet *p);		/* into sk's queue */
int udp6_send(struct sock *sk, const union inet_addr *daddr, uint16_t dport, const uint8_t *data, uint32_t len);
void udp6_echo(struct sock *sk, const struct packet *p);
int udp_connect(struct sock *sk, const struct sock_open *o);
bool tcp_program(struct sock *sk);	/* accepts or reads once; true when it did something */
int tcp_connect(struct sock *sk, const struct sock_open *o);
int tcp_listen(struct sock *sk, const struct sock_open *o);
void tcp_sock_free(struct sock *sk);
void tcp_icmp_err(struct sock *sk, const struct net_device *dev, const uint8_t *th, uint32_t len, int type, int code,
		  uint32_t info);
/* The error that a message means, when it is not about the packet's size. */
void tcp_heard_err(struct sock *sk, const struct net_device *dev, const uint8_t *th, uint32_t len, int err);
/* Is the checksum of what it sends left to the device (CHECKSUM_PARTIAL)? dev: where the route leads, or NULL. */
static inline bool sock_leaves_sum(const struct sock *sk, const struct net_device *dev)
{
	return sk->proto == IPPROTO_TCP || (sk->proto == IPPROTO_UDP && dev && dev->flags & IFF_LOOPBACK);
}
/* The recorded initial sequence number for this connection, else a random one. */
uint32_t sock_isn(struct host *h, be32 src, uint16_t sport, be32 dst, uint16_t dport);

/* The socket a packet would reach, or NULL: for -m socket, -m owner's early demux, TPROXY. */
struct sock *sock_lookup(struct host *h, uint8_t proto, be32 saddr, uint16_t sport, be32 daddr, uint16_t dport, const struct net_device *dev);
#endif
