:INPUT
-p LENGTH --802_3-sap 0x100;;FAIL
-p ! LENGTH --802_3-sap 1;-p ! Length --802_3-sap 0x01 -j CONTINUE;OK
-p length --802_3-sap aa --802_3-type ! 800;-p Length --802_3-sap 0xaa --802_3-type ! 0x0800 -j CONTINUE;OK
-p LENGTH --802_3-type 10000;;FAIL
-p IPv4 --802_3-sap 1;;FAIL
-p LENGTH --802_3-sap foo;;FAIL
