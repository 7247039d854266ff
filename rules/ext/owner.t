@ip ip6
:OUTPUT
*filter
-m owner --uid-owner 0;=;OK
-m owner --uid-owner root;-m owner --uid-owner 0;OK
-m owner --uid-owner 1000-2000;=;OK
-m owner --uid-owner 1000:2000;-m owner --uid-owner 1000-2000;OK
-m owner ! --uid-owner www-data;-m owner ! --uid-owner 33;OK
-m owner --uid-owner 0-0;-m owner --uid-owner 0;OK
-m owner --uid-owner 0x10;-m owner --uid-owner 16;OK
-m owner --gid-owner 0;=;OK
-m owner --gid-owner nogroup;-m owner --gid-owner 65534;OK
-m owner ! --gid-owner 5-9;=;OK
-m owner --gid-owner 5 --suppl-groups;=;OK
-m owner --gid-owner 5-7 --suppl-groups --uid-owner 3;-m owner --uid-owner 3 --gid-owner 5-7 --suppl-groups;OK
-m owner --suppl-groups --gid-owner 5;;FAIL
-m owner --suppl-groups;;FAIL
-m owner --socket-exists;=;OK
-m owner ! --socket-exists;=;OK
-m owner --uid-owner 1 --gid-owner 2 --socket-exists;-m owner --socket-exists --uid-owner 1 --gid-owner 2;OK
-m owner --uid-owner 4294967294;=;OK
-m owner --uid-owner 4294967295;;FAIL
-m owner --uid-owner -1;;FAIL
-m owner --uid-owner 5-;;FAIL
-m owner --uid-owner 5-4;;FAIL
-m owner --uid-owner 5-6-7;;FAIL
-m owner --gid-owner 9-8;;FAIL
-m owner --uid-owner nosuchuser;;FAIL
-m owner --uid-owner 1 --uid-owner 2;;FAIL
-m owner;;FAIL
:INPUT
-m owner --uid-owner 0;;FAIL
:POSTROUTING
*nat
-m owner --uid-owner 0;=;OK
:PREROUTING
*mangle
-m owner --socket-exists;;FAIL
