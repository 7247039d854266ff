@ip ip6
*security
:INPUT
-j SECMARK --selctx system_u:object_r:httpd_packet_t:s0;;FAIL
-j SECMARK;;FAIL
*filter
-j SECMARK --selctx a;;FAIL
