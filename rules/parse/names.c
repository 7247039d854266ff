// SPDX-License-Identifier: MIT
/* names.c - services and protocols by name, from tables of ours and not from the machine's files:
 * the registered names as Debian's /etc/services and /etc/protocols know them. */
#include "rules/parse/parse.h"
#include <stdlib.h>

enum { T = 1, U = 2, S = 4, D = 8, ALIAS = 16 };

/* In the file's order: the first that fits wins. */
static const struct service { const char *name; uint16_t port; uint8_t proto; } services[] = {
	{ "tcpmux", 1, T }, { "echo", 7, T | U }, { "discard", 9, T | U },
	{ "sink", 9, T | U | ALIAS }, { "null", 9, T | U | ALIAS }, { "systat", 11, T },
	{ "users", 11, T | ALIAS }, { "daytime", 13, T | U }, { "netstat", 15, T },
	{ "qotd", 17, T }, { "quote", 17, T | ALIAS }, { "chargen", 19, T | U },
	{ "ttytst", 19, T | U | ALIAS }, { "source", 19, T | U | ALIAS }, { "ftp-data", 20, T },
	{ "ftp", 21, T }, { "fsp", 21, U }, { "fspd", 21, U | ALIAS }, { "ssh", 22, T },
	{ "telnet", 23, T }, { "smtp", 25, T }, { "mail", 25, T | ALIAS }, { "time", 37, T | U },
	{ "timserver", 37, T | U | ALIAS }, { "whois", 43, T }, { "nicname", 43, T | ALIAS },
	{ "tacacs", 49, T | U }, { "domain", 53, T | U }, { "bootps", 67, U },
	{ "bootpc", 68, U }, { "tftp", 69, U }, { "gopher", 70, T }, { "finger", 79, T },
	{ "http", 80, T }, { "www", 80, T | ALIAS }, { "kerberos", 88, T | U },
	{ "kerberos5", 88, T | U | ALIAS }, { "krb5", 88, T | U | ALIAS },
	{ "kerberos-sec", 88, T | U | ALIAS }, { "iso-tsap", 102, T }, { "tsap", 102, T | ALIAS },
	{ "acr-nema", 104, T }, { "dicom", 104, T | ALIAS }, { "pop3", 110, T },
	{ "pop-3", 110, T | ALIAS }, { "sunrpc", 111, T | U },
	{ "portmapper", 111, T | U | ALIAS }, { "auth", 113, T },
	{ "authentication", 113, T | ALIAS }, { "tap", 113, T | ALIAS },
	{ "ident", 113, T | ALIAS }, { "nntp", 119, T }, { "readnews", 119, T | ALIAS },
	{ "untp", 119, T | ALIAS }, { "ntp", 123, U }, { "epmap", 135, T },
	{ "loc-srv", 135, T | ALIAS }, { "netbios-ns", 137, U }, { "netbios-dgm", 138, U },
	{ "netbios-ssn", 139, T }, { "imap2", 143, T }, { "imap", 143, T | ALIAS },
	{ "snmp", 161, T | U }, { "snmp-trap", 162, T | U }, { "snmptrap", 162, T | U | ALIAS },
	{ "cmip-man", 163, T | U }, { "cmip-agent", 164, T | U }, { "mailq", 174, T },
	{ "xdmcp", 177, U }, { "bgp", 179, T }, { "smux", 199, T }, { "qmtp", 209, T },
	{ "z3950", 210, T }, { "wais", 210, T | ALIAS }, { "ipx", 213, U },
	{ "ptp-event", 319, U }, { "ptp-general", 320, U }, { "pawserv", 345, T },
	{ "zserv", 346, T }, { "rpc2portmap", 369, T | U }, { "codaauth2", 370, T | U },
	{ "clearcase", 371, U }, { "Clearcase", 371, U | ALIAS }, { "ldap", 389, T | U },
	{ "svrloc", 427, T | U }, { "https", 443, T | U }, { "snpp", 444, T },
	{ "microsoft-ds", 445, T }, { "kpasswd", 464, T | U }, { "submissions", 465, T },
	{ "ssmtp", 465, T | ALIAS }, { "smtps", 465, T | ALIAS }, { "urd", 465, T | ALIAS },
	{ "saft", 487, T }, { "isakmp", 500, U }, { "rtsp", 554, T | U }, { "nqs", 607, T },
	{ "asf-rmcp", 623, U }, { "qmqp", 628, T }, { "ipp", 631, T }, { "ldp", 646, T | U },
	{ "exec", 512, T }, { "biff", 512, U }, { "comsat", 512, U | ALIAS }, { "login", 513, T },
	{ "who", 513, U }, { "whod", 513, U | ALIAS }, { "shell", 514, T },
	{ "cmd", 514, T | ALIAS }, { "syslog", 514, T | ALIAS }, { "syslog", 514, U },
	{ "printer", 515, T }, { "spooler", 515, T | ALIAS }, { "talk", 517, U },
	{ "ntalk", 518, U }, { "route", 520, U }, { "router", 520, U | ALIAS },
	{ "routed", 520, U | ALIAS }, { "gdomap", 538, T | U }, { "uucp", 540, T },
	{ "uucpd", 540, T | ALIAS }, { "klogin", 543, T }, { "kshell", 544, T },
	{ "krcmd", 544, T | ALIAS }, { "dhcpv6-client", 546, U }, { "dhcpv6-server", 547, U },
	{ "afpovertcp", 548, T }, { "nntps", 563, T }, { "snntp", 563, T | ALIAS },
	{ "submission", 587, T }, { "ldaps", 636, T | U }, { "tinc", 655, T | U },
	{ "silc", 706, T }, { "kerberos-adm", 749, T }, { "domain-s", 853, T | U },
	{ "rsync", 873, T }, { "ftps-data", 989, T }, { "ftps", 990, T }, { "telnets", 992, T },
	{ "imaps", 993, T }, { "pop3s", 995, T }, { "socks", 1080, T }, { "proofd", 1093, T },
	{ "rootd", 1094, T }, { "openvpn", 1194, T | U }, { "rmiregistry", 1099, T },
	{ "lotusnote", 1352, T }, { "lotusnotes", 1352, T | ALIAS }, { "ms-sql-s", 1433, T },
	{ "ms-sql-m", 1434, U }, { "ingreslock", 1524, T }, { "datametrics", 1645, T | U },
	{ "old-radius", 1645, T | U | ALIAS }, { "sa-msg-port", 1646, T | U },
	{ "old-radacct", 1646, T | U | ALIAS }, { "kermit", 1649, T }, { "groupwise", 1677, T },
	{ "l2f", 1701, U }, { "l2tp", 1701, U | ALIAS }, { "radius", 1812, T | U },
	{ "radius-acct", 1813, T | U }, { "radacct", 1813, T | U | ALIAS },
	{ "cisco-sccp", 2000, T }, { "nfs", 2049, T | U }, { "gnunet", 2086, T | U },
	{ "rtcm-sc104", 2101, T | U }, { "gsigatekeeper", 2119, T }, { "gris", 2135, T },
	{ "cvspserver", 2401, T }, { "venus", 2430, T | U }, { "venus-se", 2431, T | U },
	{ "codasrv", 2432, T | U }, { "codasrv-se", 2433, T | U }, { "mon", 2583, T | U },
	{ "dict", 2628, T }, { "f5-globalsite", 2792, T }, { "gsiftp", 2811, T },
	{ "gpsd", 2947, T }, { "gds-db", 3050, T }, { "gds_db", 3050, T | ALIAS },
	{ "icpv2", 3130, U }, { "icp", 3130, U | ALIAS }, { "isns", 3205, T | U },
	{ "iscsi-target", 3260, T }, { "mysql", 3306, T }, { "ms-wbt-server", 3389, T },
	{ "nut", 3493, T | U }, { "distcc", 3632, T }, { "daap", 3689, T }, { "svn", 3690, T },
	{ "subversion", 3690, T | ALIAS }, { "suucp", 4031, T }, { "sysrqd", 4094, T },
	{ "sieve", 4190, T }, { "epmd", 4369, T }, { "remctl", 4373, T },
	{ "f5-iquery", 4353, T }, { "ntske", 4460, T }, { "ipsec-nat-t", 4500, U },
	{ "iax", 4569, U }, { "mtn", 4691, T }, { "radmin-port", 4899, T },
	{ "sip", 5060, T | U }, { "sip-tls", 5061, T | U }, { "xmpp-client", 5222, T },
	{ "jabber-client", 5222, T | ALIAS }, { "xmpp-server", 5269, T },
	{ "jabber-server", 5269, T | ALIAS }, { "cfengine", 5308, T }, { "mdns", 5353, U },
	{ "postgresql", 5432, T }, { "postgres", 5432, T | ALIAS }, { "freeciv", 5556, T },
	{ "rptp", 5556, T | ALIAS }, { "amqps", 5671, T }, { "amqp", 5672, T | S },
	{ "x11", 6000, T }, { "x11-0", 6000, T | ALIAS }, { "x11-1", 6001, T },
	{ "x11-2", 6002, T }, { "x11-3", 6003, T }, { "x11-4", 6004, T }, { "x11-5", 6005, T },
	{ "x11-6", 6006, T }, { "x11-7", 6007, T }, { "gnutella-svc", 6346, T | U },
	{ "gnutella-rtr", 6347, T | U }, { "redis", 6379, T }, { "sge-qmaster", 6444, T },
	{ "sge_qmaster", 6444, T | ALIAS }, { "sge-execd", 6445, T },
	{ "sge_execd", 6445, T | ALIAS }, { "mysql-proxy", 6446, T }, { "babel", 6696, U },
	{ "ircs-u", 6697, T }, { "bbs", 7000, T }, { "afs3-fileserver", 7000, U },
	{ "afs3-callback", 7001, U }, { "afs3-prserver", 7002, U }, { "afs3-vlserver", 7003, U },
	{ "afs3-kaserver", 7004, U }, { "afs3-volser", 7005, U }, { "afs3-bos", 7007, U },
	{ "afs3-update", 7008, U }, { "afs3-rmtsys", 7009, U }, { "font-service", 7100, T },
	{ "xfs", 7100, T | ALIAS }, { "http-alt", 8080, T }, { "webcache", 8080, T | ALIAS },
	{ "puppet", 8140, T }, { "bacula-dir", 9101, T }, { "bacula-fd", 9102, T },
	{ "bacula-sd", 9103, T }, { "xmms2", 9667, T }, { "nbd", 10809, T },
	{ "zabbix-agent", 10050, T }, { "zabbix-trapper", 10051, T }, { "amanda", 10080, T },
	{ "dicom", 11112, T }, { "hkp", 11371, T }, { "db-lsp", 17500, T }, { "dcap", 22125, T },
	{ "gsidcap", 22128, T }, { "wnn6", 22273, T }, { "kerberos4", 750, U | T },
	{ "kerberos-iv", 750, U | T | ALIAS }, { "kdc", 750, U | T | ALIAS },
	{ "kerberos-master", 751, U }, { "kerberos_master", 751, U | ALIAS },
	{ "kerberos-master", 751, T }, { "passwd-server", 752, U },
	{ "passwd_server", 752, U | ALIAS }, { "krb-prop", 754, T },
	{ "krb_prop", 754, T | ALIAS }, { "krb5_prop", 754, T | ALIAS },
	{ "hprop", 754, T | ALIAS }, { "zephyr-srv", 2102, U }, { "zephyr-clt", 2103, U },
	{ "zephyr-hm", 2104, U }, { "iprop", 2121, T }, { "supfilesrv", 871, T },
	{ "supfiledbg", 1127, T }, { "poppassd", 106, T }, { "moira-db", 775, T },
	{ "moira_db", 775, T | ALIAS }, { "moira-update", 777, T },
	{ "moira_update", 777, T | ALIAS }, { "moira-ureg", 779, U },
	{ "moira_ureg", 779, U | ALIAS }, { "spamd", 783, T }, { "skkserv", 1178, T },
	{ "predict", 1210, U }, { "rmtcfg", 1236, T }, { "xtel", 1313, T }, { "xtelw", 1314, T },
	{ "zebrasrv", 2600, T }, { "zebra", 2601, T }, { "ripd", 2602, T }, { "ripngd", 2603, T },
	{ "ospfd", 2604, T }, { "bgpd", 2605, T }, { "ospf6d", 2606, T }, { "ospfapi", 2607, T },
	{ "isisd", 2608, T }, { "fax", 4557, T }, { "hylafax", 4559, T }, { "munin", 4949, T },
	{ "lrrd", 4949, T | ALIAS }, { "rplay", 5555, U }, { "nrpe", 5666, T },
	{ "nsca", 5667, T }, { "canna", 5680, T }, { "syslog-tls", 6514, T },
	{ "sane-port", 6566, T }, { "sane", 6566, T | ALIAS }, { "saned", 6566, T | ALIAS },
	{ "ircd", 6667, T }, { "zope-ftp", 8021, T }, { "tproxy", 8081, T },
	{ "omniorb", 8088, T }, { "clc-build-daemon", 8990, T }, { "xinetd", 9098, T },
	{ "git", 9418, T }, { "zope", 9673, T }, { "webmin", 10000, T }, { "kamanda", 10081, T },
	{ "amandaidx", 10082, T }, { "amidxtape", 10083, T }, { "sgi-cmsd", 17001, U },
	{ "sgi-crsd", 17002, U }, { "sgi-gcd", 17003, U }, { "sgi-cad", 17004, T },
	{ "binkp", 24554, T }, { "asp", 27374, T | U }, { "csync2", 30865, T },
	{ "dircproxy", 57000, T }, { "tfido", 60177, T }, { "fido", 60179, T },
};

/* The first name of a number is its own, more are aliases. */
static const struct protocol { const char *name; uint16_t number; } protocols[] = {
	{ "ip", 0 }, { "IP", 0 }, { "hopopt", 0 }, { "HOPOPT", 0 }, { "icmp", 1 }, { "ICMP", 1 },
	{ "igmp", 2 }, { "IGMP", 2 }, { "ggp", 3 }, { "GGP", 3 }, { "ipencap", 4 },
	{ "IP-ENCAP", 4 }, { "st", 5 }, { "ST", 5 }, { "tcp", 6 }, { "TCP", 6 }, { "egp", 8 },
	{ "EGP", 8 }, { "igp", 9 }, { "IGP", 9 }, { "pup", 12 }, { "PUP", 12 }, { "udp", 17 },
	{ "UDP", 17 }, { "hmp", 20 }, { "HMP", 20 }, { "xns-idp", 22 }, { "XNS-IDP", 22 },
	{ "rdp", 27 }, { "RDP", 27 }, { "iso-tp4", 29 }, { "ISO-TP4", 29 }, { "dccp", 33 },
	{ "DCCP", 33 }, { "xtp", 36 }, { "XTP", 36 }, { "ddp", 37 }, { "DDP", 37 },
	{ "idpr-cmtp", 38 }, { "IDPR-CMTP", 38 }, { "ipv6", 41 }, { "IPv6", 41 },
	{ "ipv6-route", 43 }, { "IPv6-Route", 43 }, { "ipv6-frag", 44 }, { "IPv6-Frag", 44 },
	{ "idrp", 45 }, { "IDRP", 45 }, { "rsvp", 46 }, { "RSVP", 46 }, { "gre", 47 },
	{ "GRE", 47 }, { "esp", 50 }, { "IPSEC-ESP", 50 }, { "ah", 51 }, { "IPSEC-AH", 51 },
	{ "skip", 57 }, { "SKIP", 57 }, { "ipv6-icmp", 58 }, { "IPv6-ICMP", 58 },
	{ "ipv6-nonxt", 59 }, { "IPv6-NoNxt", 59 }, { "ipv6-opts", 60 }, { "IPv6-Opts", 60 },
	{ "rspf", 73 }, { "RSPF", 73 }, { "CPHB", 73 }, { "vmtp", 81 }, { "VMTP", 81 },
	{ "eigrp", 88 }, { "EIGRP", 88 }, { "ospf", 89 }, { "OSPFIGP", 89 }, { "ax.25", 93 },
	{ "AX.25", 93 }, { "ipip", 94 }, { "IPIP", 94 }, { "etherip", 97 }, { "ETHERIP", 97 },
	{ "encap", 98 }, { "ENCAP", 98 }, { "pim", 103 }, { "PIM", 103 }, { "ipcomp", 108 },
	{ "IPCOMP", 108 }, { "vrrp", 112 }, { "VRRP", 112 }, { "l2tp", 115 }, { "L2TP", 115 },
	{ "isis", 124 }, { "ISIS", 124 }, { "sctp", 132 }, { "SCTP", 132 }, { "fc", 133 },
	{ "FC", 133 }, { "mobility-header", 135 }, { "Mobility-Header", 135 }, { "udplite", 136 },
	{ "UDPLite", 136 }, { "mpls-in-ip", 137 }, { "MPLS-in-IP", 137 }, { "manet", 138 },
	{ "hip", 139 }, { "HIP", 139 }, { "shim6", 140 }, { "Shim6", 140 }, { "wesp", 141 },
	{ "WESP", 141 }, { "rohc", 142 }, { "ROHC", 142 }, { "ethernet", 143 },
	{ "Ethernet", 143 }, { "mptcp", 262 }, { "MPTCP", 262 },
};

static unsigned proto_bits(const char *proto)
{
	static const struct { const char *name; unsigned bits; } known[] = {
		{ "tcp", T }, { "udp", U }, { "sctp", S }, { "dccp", D },
	};

	if (!proto)
		return T | U | S | D;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(proto, known[i].name) == 0)
			return known[i].bits;
	return 0;
}

int service_port(const char *name, const char *proto)
{
	unsigned bits = proto_bits(proto);

	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (services[i].proto & bits && strcmp(services[i].name, name) == 0)
			return services[i].port;
	return -1;
}

const char *ext_port_name(uint16_t port, const char *proto)
{
	unsigned bits = proto_bits(proto);

	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (services[i].port == port && services[i].proto & bits && !(services[i].proto & ALIAS))
			return services[i].name;
	return NULL;
}

void service_nearest(struct nearest *n)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		nearest_try(n, services[i].name);
}

int ext_protocol_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return protocols[i].number;
	return -1;
}

const char *ext_protocol_name(unsigned number)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == number)
			return protocols[i].name;
	return NULL;
}

void protocol_nearest(struct nearest *n)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		nearest_try(n, protocols[i].name);
}
