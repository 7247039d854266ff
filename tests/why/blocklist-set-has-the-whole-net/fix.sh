ipset del bad 198.51.100.0/24
