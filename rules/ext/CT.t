@ip ip6
:PREROUTING,OUTPUT
*raw
-j CT;=;OK
-j CT --notrack;=;OK
-j CT --zone 7;=;OK
-j CT --zone 0;-j CT;OK
-j CT --zone 65535;=;OK
-j CT --zone 0x7;-j CT --zone 7;OK
-j CT --zone mark;=;OK
-j CT --zone-orig 7;=;OK
-j CT --zone-reply 7;=;OK
-j CT --zone-orig mark;=;OK
-j CT --zone-reply mark;=;OK
-j CT --zone-orig 7 --zone-reply 8;-j CT --zone 8;OK
-j CT --zone 7 --zone-orig 8;-j CT --zone-orig 8;OK
-p tcp -j CT --helper ftp;=;OK
-p udp -j CT --helper tftp;=;OK
-p tcp -j CT --helper sip;=;OK
-p udp -j CT --helper sip;=;OK
@ip
-p udp -j CT --helper netbios-ns;=;OK
@ip ip6
-p udp -j CT --helper RAS;=;OK
-p tcp -j CT --helper Q.931;=;OK
-p tcp -j CT --helper ftp --zone 4;=;OK
-j CT --ctevents new;=;OK
-j CT --ctevents mark,new,destroy;-j CT --ctevents new,destroy,mark;OK
-j CT --ctevents new,related,destroy,reply,assured,protoinfo,helper,mark,natseqinfo,secmark;=;OK
-j CT --expevents new;=;OK
-j CT --expevents new --ctevents reply;-j CT --ctevents reply --expevents new;OK
-j CT --zone 3 --notrack;-j CT --notrack --zone 3;OK
-j CT --notrack --helper anything;=;OK
-j CT --zone 65536;;FAIL
-j CT --zone seven;;FAIL
-j CT --zone -1;;FAIL
-j CT --zone 7 --zone 8;;FAIL
-j CT ! --zone 7;;FAIL
-j CT --helper ftp;;FAIL
! -p tcp -j CT --helper ftp;;FAIL
-p udp -j CT --helper ftp;;FAIL
-p tcp -j CT --helper nosuch;;FAIL
-j CT --ctevents NEW;;FAIL
-j CT --ctevents new,;;FAIL
-j CT --expevents destroy;;FAIL
-p tcp -j CT --timeout nosuch;;FAIL
@ip6
*raw
:PREROUTING,OUTPUT
-p tcp -j CT --helper irc;;FAIL
-p udp -j CT --helper netbios-ns;;FAIL
-p tcp -j CT --helper ftp;=;OK
# "mark" in any case of letters
@ip ip6
*raw
:PREROUTING,OUTPUT
-j CT --zone-orig Mark;-j CT --zone-orig mark;OK
-j CT --zone MARK;-j CT --zone mark;OK
-j CT --zone markx;;FAIL
-j CT --zone mar;;FAIL
