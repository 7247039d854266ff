ip route del blackhole 198.51.100.0/24
