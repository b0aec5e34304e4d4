module mapfuzz/engine/bench/go

go 1.19
