# The address 0 in each type.
ipset create d hash:ip,port initval 0x1
ipset create m hash:ip,port,ip initval 0x2
ipset create nn hash:ip,port,net initval 0x3
ipset create h hash:ip netmask 24 initval 0x4
ipset create h6 hash:ip,port family inet6 initval 0x5
ipset add d 0.0.0.0,80
ipset add d 0.0.0.0-0.0.0.5,80
ipset add d 0.0.0.0/24,80
ipset add d 0.0.0.1-0.0.0.3,80-81
ipset test d 0.0.0.0,80
ipset del d 0.0.0.0,80
ipset add m 0.0.0.0,80,1.2.3.4
ipset add m 1.2.3.4,80,0.0.0.0
ipset add nn 0.0.0.0,80,1.2.3.4
ipset add h 0.0.0.7
ipset add h 0.0.1.7
ipset add h 0.0.0.0-0.0.2.0
ipset add h6 ::,80
ipset save
