// SPDX-License-Identifier: MIT
/* errors.c - the kernel's answers in ipset's words. A command may have its own word for one. */
#include "rules/ipset/internal.h"

static const struct { int err; const char *cmd, *text; } said[] = {
	{ IPSET_ERR_EXIST_SETNAME, NULL, "Set cannot be created: set with the same name already exists" },
	{ IPSET_ERR_FIND_TYPE, NULL, "Kernel error received: set type not supported" },
	{ IPSET_ERR_MAX_SETS, NULL, "Kernel error received: maximal number of sets reached, cannot create more." },
	{ IPSET_ERR_INVALID_NETMASK, NULL, "The value of the netmask parameter is invalid" },
	{ IPSET_ERR_INVALID_MARKMASK, NULL, "The value of the markmask parameter is invalid" },
	{ IPSET_ERR_INVALID_FAMILY, NULL, "Protocol family not supported by the set type" },
	{ IPSET_ERR_BITMASK_NETMASK_EXCL, NULL, "netmask and bitmask options are mutually exclusive, provide only one" },
	{ IPSET_ERR_BUSY, NULL, "Set cannot be destroyed: it is in use by a kernel component" },
	{ IPSET_ERR_EXIST_SETNAME2, "rename", "Set cannot be renamed: a set with the new name already exists" },
	{ IPSET_ERR_REFERENCED, NULL, "Set cannot be renamed: it is in use by another system" },
	{ IPSET_ERR_EXIST_SETNAME2, "swap", "Sets cannot be swapped: the second set does not exist" },
	{ IPSET_ERR_TYPE_MISMATCH, NULL, "The sets cannot be swapped: their type does not match" },
	{ IPSET_ERR_EXIST, "add", "Element cannot be added to the set: it's already added" },
	{ IPSET_ERR_EXIST, "del", "Element cannot be deleted from the set: it's not added" },
	{ IPSET_ERR_INVALID_CIDR, NULL, "The value of the CIDR parameter of the IP address is invalid" },
	{ IPSET_ERR_TIMEOUT, NULL, "Timeout cannot be used: set was created without timeout support" },
	{ IPSET_ERR_IPADDR_IPV4, NULL, "An IPv4 address is expected, but not received" },
	{ IPSET_ERR_IPADDR_IPV6, NULL, "An IPv6 address is expected, but not received" },
	{ IPSET_ERR_COUNTER, NULL, "Packet/byte counters cannot be used: set was created without counter support" },
	{ IPSET_ERR_COMMENT, NULL, "Comment cannot be used: set was created without comment support" },
	{ IPSET_ERR_SKBINFO, NULL, "Skbinfo mapping cannot be used: set was created without skbinfo support" },
	{ IPSET_ERR_HASH_FULL, NULL, "Hash is full, cannot add more elements" },
	{ IPSET_ERR_HASH_ELEM, NULL, "Null-valued element, cannot be stored in a hash type of set" },
	{ IPSET_ERR_INVALID_PROTO, NULL, "Invalid protocol specified" },
	{ IPSET_ERR_MISSING_PROTO, NULL, "Protocol missing, but must be specified" },
	{ IPSET_ERR_HASH_RANGE_UNSUPPORTED, NULL, "Range is not supported in the \"net\" component of the element" },
	{ IPSET_ERR_HASH_RANGE, NULL, "Invalid range, covers the whole address space" },
	{ IPSET_ERR_BITMAP_RANGE, NULL, "Element is out of the range of the set" },
	{ IPSET_ERR_BITMAP_RANGE_SIZE, NULL, "The range you specified exceeds the size limit of the set type" },
	{ IPSET_ERR_NAME, NULL, "Set to be added/deleted/tested as element does not exist." },
	{ IPSET_ERR_LOOP, NULL, "Sets with list:set type cannot be added to the set." },
	{ IPSET_ERR_BEFORE, NULL, "No reference set specified." },
	{ IPSET_ERR_NAMEREF, NULL, "The set to which you referred with 'before' or 'after' does not exist." },
	{ IPSET_ERR_LIST_FULL, NULL, "The set is full, more elements cannot be added." },
	{ IPSET_ERR_REF_EXIST, NULL, "The set to which you referred with 'before' or 'after' is not added to the set." },
	{ IPSET_ERR_NOENT, NULL, "The set with the given name does not exist" },
	{ IPSET_ERR_RANGE, "create", "Kernel error received: Cannot allocate memory" },
	{ IPSET_ERR_RANGE, NULL, "The specified range is too large, split it up into smaller ranges" },
	{ IPSET_ERR_INVAL, NULL, "Kernel error received: Invalid argument" },
};

const char *kernel_says(int err, const char *cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		if (said[i].err == err && (!said[i].cmd || strcmp(said[i].cmd, cmd) == 0))
			return said[i].text;
	return "Kernel error received: Unknown error -1";
}
