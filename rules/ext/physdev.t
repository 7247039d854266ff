@ip ip6
:FORWARD
-m physdev --physdev-in eth0;=;OK
-m physdev --physdev-out eth1 --physdev-in eth0;-m physdev --physdev-in eth0 --physdev-out eth1;OK
-m physdev ! --physdev-in eth+ ! --physdev-out eth1;=;OK
-m physdev --physdev-is-bridged --physdev-is-in --physdev-is-out;-m physdev --physdev-is-in --physdev-is-out --physdev-is-bridged;OK
-m physdev ! --physdev-is-bridged ! --physdev-is-in ! --physdev-is-out;-m physdev ! --physdev-is-in ! --physdev-is-out ! --physdev-is-bridged;OK
-m physdev --physdev-in +;=;OK
-m physdev --physdev-out eth1;=;OK
-m physdev;;FAIL
-m physdev --physdev-in a --physdev-in b;;FAIL
-m physdev --physdev-in;;FAIL
-m physdev --physdev-in averylongdevicename;;FAIL
:OUTPUT
-m physdev --physdev-out eth1;;FAIL
-m physdev --physdev-is-out;;FAIL
-m physdev --physdev-out eth1 ! --physdev-is-bridged;;FAIL
-m physdev --physdev-out eth1 --physdev-is-bridged;=;OK
-m physdev --physdev-in eth1;=;OK
*nat
:POSTROUTING
-m physdev --physdev-out eth1;=;OK
