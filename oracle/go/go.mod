module mapfuzz/oracle/go

go 1.19
