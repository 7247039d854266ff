:INPUT
-j mangle --mangle-ip-s 1.2.3.4 --mangle-ip-d 127.0.0.1 --mangle-mac-s 1:2:3:4:5:6 --mangle-target CONTINUE;-j mangle --mangle-ip-s 1.2.3.4 --mangle-mac-s 01:02:03:04:05:06 --mangle-ip-d localhost --mangle-target CONTINUE;OK
-j mangle;;FAIL
-j mangle --mangle-target RETURN;;FAIL
-j mangle --mangle-target DROP;;FAIL
-j mangle --mangle-ip-s 1.2.3.0/24;-j mangle --mangle-ip-s 1.2.3.0;OK
-j mangle --mangle-mac-d ff:ff:ff:ff:ff:ff -i eth0;-j mangle -i eth0 --mangle-mac-d ff:ff:ff:ff:ff:ff;OK
-j mangle --mangle-mac-s x;;FAIL
-j mangle --mangle-ip-d x;;FAIL
:OUTPUT
-s 10.0.0.1 -j mangle --mangle-ip-s 10.0.0.9;-j mangle -s 10.0.0.1 --mangle-ip-s 10.0.0.9;OK
