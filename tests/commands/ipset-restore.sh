# ipset restore: lines that wait for their set, errors with their line.
ipset restore <<'E'
create q hash:ip initval 0x1
add q 1.2.3.4
add q 1.2.3.4
add q 5.6.7.8
E
ipset save q
ipset -exist restore <<'E'
create q hash:ip initval 0x1
add q 1.2.3.4
add q 1.2.3.4
add q 5.6.7.8
E
ipset save q
ipset restore <<'E'

# a remark
create q2 hash:ip initval 0x2
  add q2 1.2.3.4 
COMMIT
add q2 1.2.3.5
quit
add q2 1.2.3.6
E
ipset save q2
ipset restore <<'E'
create q3 hash:ip initval 0x3
foo
E
ipset list -n
ipset restore <<'E'
create q4 hash:ip comment initval 0x4
add q4 1.2.3.4 comment "a b"
add q4 1.2.3.x
E
ipset save q4
ipset restore <<'E'
add q4 1.2.3.9
add q4 1.2.3.8 comment "hello  world" 
del q4 1.2.3.9
E
ipset save q4
ipset restore <<'E'
add q4 7.7.7.7
add q 7.7.7.7
add q nosuch
add q 8.8.8.8
E
ipset save
ipset restore <<'E'
create bad hash:foo
E
ipset restore <<'E'
create bad hash:ip timeout 3000000
E
ipset restore <<'E'
restore
E
ipset restore <<'E'
add q 1.2.3.4 comment "open
E
ipset restore <<'E'
add -exist q 1.2.3.4
add q 1.2.3.4 -exist
-A q 9.9.9.9
-N q5 hash:net initval 0x5
-A q5 10.0.0.0/8 nomatch
swap q q2
rename q5 q6
flush q4
destroy q3
E
ipset save
