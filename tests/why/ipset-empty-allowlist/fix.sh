ipset add admins 198.51.100.7
