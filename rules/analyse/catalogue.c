// SPDX-License-Identifier: MIT
/* catalogue.c - every kind of finding there is. docs/check.md is made from it. */
#include "rules/analyse/analyse.h"

const struct check_kind check_kinds[] = {
	{ "impossible", CHECK_ERROR, "conditions that exclude each other",
	  "No packet can have all that the rule asks for, so it never matches. Correct the condition that is wrong." },
	{ "impossible-here", CHECK_ERROR, "a condition that cannot hold in this chain",
	  "Packets that come to this chain never have what the rule asks for: there is no input interface in OUTPUT, no output interface in INPUT, the nat table "
	  "sees only the first packet of a connection. Move the rule to the chain where it can hold." },
	{ "unreached-rule", CHECK_WARNING, "a rule that the jumps to its chain leave nothing for",
	  "Its chain is reached, but only by packets that it does not ask for: the jumps, or the rules before them, keep the others away." },
	{ "shadowed", CHECK_WARNING, "a rule that never matches",
	  "Rules before it take every packet that it asks for. Put it in front of them, or delete it." },
	{ "after-all", CHECK_WARNING, "rules after one that takes everything",
	  "A rule without conditions ends the chain for every packet, so what follows is never asked. This is what -A (append) does behind a final DROP or REJECT: use -I." },
	{ "partly-shadowed", CHECK_INFO, "a rule of which a part is taken before",
	  "Rules before it decide otherwise about some of what it asks for. That is often meant; look at it when the rule counts less than you expect." },
	{ "redundant", CHECK_INFO, "a rule that changes nothing",
	  "Without it the same packets come to the same end by the rules after it, or by the policy." },
	{ "unused-chain", CHECK_INFO, "a chain that no rule leads to", "Nothing jumps to it. Delete it, or add the jump that was meant." },
	{ "unreached-chain", CHECK_WARNING, "a chain that no packet comes to",
	  "There are jumps to it, but none of them can match." },
	{ "limit-on-drop", CHECK_WARNING, "a limit on a DROP or REJECT",
	  "-m limit matches up to the rate. On a DROP that drops the first packets and lets the flood pass. Put the limit on an ACCEPT and drop the rest after it." },
	{ "limit-all-sources", CHECK_INFO, "one bucket for all sources",
	  "-m limit has one bucket for the rule: a single noisy source empties it for everybody. -m hashlimit --hashlimit-mode srcip has one for each." },
	{ "equal-probabilities", CHECK_WARNING, "equal probabilities in a row",
	  "Each rule sees only what those before it left: n rules with 1/n each do not share evenly. The k-th of n needs 1/(n-k+1), the last one no condition." },
	{ "equal-every", CHECK_WARNING, "nth with the same --every in a row",
	  "Each rule counts only what those before it left. For an even share the first of n has --every n, the next --every n-1, the last one no condition." },
	{ "zero-address", CHECK_WARNING, "0.0.0.0 as an address",
	  "Without /0 this is the one address 0.0.0.0, which is no packet's destination. For any address leave the option out, or write 0.0.0.0/0." },
	{ "host-bits", CHECK_INFO, "host bits set beyond the mask",
	  "10.1.2.3/8 is read as 10.0.0.0/8. If one host was meant, the mask is wrong." },
	{ "established-missing", CHECK_WARNING, "nothing accepts ESTABLISHED",
	  "The chain drops what it does not name, and no rule accepts packets of known connections: answers to what this host or network sends are dropped." },
	{ "established-late", CHECK_INFO, "ESTABLISHED is accepted late",
	  "Most packets belong to known connections. Accepting them first costs least." },
	{ "loopback-missing", CHECK_WARNING, "nothing accepts loopback traffic",
	  "INPUT drops what it does not name, and no rule accepts -i lo: local programs cannot talk to each other." },
	{ "masquerade-anywhere", CHECK_WARNING, "MASQUERADE or SNAT without an output interface or destination",
	  "It also translates what goes to inner networks and to local programs: sources are lost. Add -o." },
	{ "policy-open", CHECK_INFO, "a policy ACCEPT that nothing closes",
	  "The filter chain INPUT or FORWARD has rules that accept but neither a policy DROP nor a last rule that drops: everything else comes in too." },
	{ "family-open", CHECK_WARNING, "IPv6 is open while IPv4 is closed",
	  "iptables rules do not see IPv6. The IPv4 filter drops by policy or last rule, and ip6tables has no rules: over IPv6 everything is open." },
	{ "families-differ", CHECK_WARNING, "one family lets in what the other does not",
	  "Services are usually meant to be reached, or not, over both. Make the IPv4 and IPv6 rules the same, or say by a comment that the difference is meant." },
	{ "unknown-interface", CHECK_WARNING, "an interface that the host does not have",
	  "The rule can match only when an interface of that name appears. Check the name: eth0 may be ens3 or enp0s3." },
	{ "forward-off", CHECK_WARNING, "forwarding rules while ip_forward is 0",
	  "The host does not forward, so FORWARD is never asked, and DNAT to another host ends in a drop. sysctl -w net.ipv4.ip_forward=1." },
	{ "loopback-dnat", CHECK_WARNING, "DNAT to a loopback address from outside",
	  "A packet from another interface with a loopback destination is martian and dropped while route_localnet is 0. Use REDIRECT." },
	{ "duplicate", CHECK_WARNING, "the same rule twice",
	  "The second one is never reached or does the same again. Scripts that append without deleting first make these." },
	{ "log-flood", CHECK_INFO, "LOG without a limit",
	  "A packet flood becomes a log flood. Add -m limit." },
	{ "locked-out", CHECK_ERROR, "a packet that must be accepted is not",
	  "A packet given by --must-accept is dropped or rejected with these rules." },
	{ 0 }
};

const struct check_kind *check_kind(const char *id)
{
	for (const struct check_kind *k = check_kinds; k->id; k++)
		if (strcmp(k->id, id) == 0)
			return k;
	return NULL;
}
