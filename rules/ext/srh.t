@ip6
:INPUT,FORWARD,OUTPUT
-m srh;=;OK
-m srh --srh-next-hdr 17;=;OK
-m srh ! --srh-hdr-len-eq 8;=;OK
-m srh --srh-hdr-len-gt 1 --srh-hdr-len-lt 9;-m srh --srh-hdr-len-gt 9 --srh-hdr-len-lt 9;OK
-m srh --srh-segs-left-eq 1 ! --srh-segs-left-gt 2;-m srh --srh-segs-left-eq 2 ! --srh-segs-left-gt 2;OK
-m srh --srh-segs-left-lt 255;=;OK
-m srh --srh-last-entry-eq 4;=;OK
-m srh ! --srh-last-entry-lt 4;=;OK
-m srh --srh-last-entry-gt 4;=;OK
-m srh --srh-tag 0xffff;-m srh --srh-tag 65535;OK
-m srh ! --srh-tag 0;=;OK
-m srh --srh-psid a::/64 --srh-nsid b::7 ! --srh-lsid c::1/100;-m srh --srh-psid a::/64 --srh-nsid b::7/128 ! --srh-lsid c::1/100;OK
-m srh --srh-lsid c::/ffff::;-m srh --srh-lsid c::/16;OK
-m srh --srh-next-hdr 256;;FAIL
-m srh --srh-tag 65536;;FAIL
-m srh --srh-psid 1.2.3.4;;FAIL
-m srh --srh-psid a::/129;;FAIL
-m srh --srh-tag 1 --srh-tag 2;;FAIL
