// The self-check passes here, and refuses what it must.

package livemap

import (
	"runtime"
	"strings"
	"testing"
)

func TestThisRuntimeServes(t *testing.T) {
	if err := Prove(); err != nil {
		t.Fatal(err)
	}
}

func TestOtherVersionsAreRefusedByName(t *testing.T) {
	for _, version := range []string{"go1.24", "go1.25.1", "go1.18.3", "devel go1.99", "", "go1.", "go2.0"} {
		err := proveVersion(version)
		if err == nil || !strings.Contains(err.Error(), "Serving: Go 1.19") {
			t.Errorf("%q: %v", version, err)
		}
	}
	for _, version := range []string{"go1.19", "go1.19.8", "go1.20rc1", "go1.23.4"} {
		if err := proveVersion(version); err != nil {
			t.Error(err)
		}
	}
}

// Bucket totals that the real runtime was seen to make.
func TestTotalBuckets(t *testing.T) {
	for size, totals := range map[uint16][]uintptr{
		80:  {17, 38, 76, 136, 272, 614, 1126, 2252, 4403},
		144: {18, 37, 71, 142, 284, 568, 1137, 2218, 4380},
		208: {19, 39, 68, 137, 275, 551, 1102, 2205, 4371},
	} {
		mapType := MapType{BucketSize: size}
		for i, total := range totals {
			if got := mapType.TotalBuckets(uint8(4 + i)); got != total {
				t.Errorf("bucket size %d, B %d: %d buckets, expected %d", size, 4+i, got, total)
			}
		}
		if mapType.TotalBuckets(3) != 8 {
			t.Error("no preallocated overflow below 16 buckets")
		}
	}
}

func TestPinnedDraw(t *testing.T) {
	for _, wanted := range []uint32{0, 1, 0xFFFFFFFF, 0x2A5C} {
		state := StateDrawing(wanted, 14, 99)
		if (FirstDraw(state)^wanted)&0x3FFF != 0 {
			t.Errorf("state %#x draws %#x, expected the low bits of %#x", state, FirstDraw(state), wanted)
		}
	}
}

// The generator's first numbers after state 1, computed from its definition by hand (Python).
func TestDrawVectors(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := Prove(); err != nil {
		t.Fatal(err)
	}
	Pin()
	defer Unpin()
	random := ThreadRandom()
	random.Set(1)
	for i, wanted := range drawVectors {
		if got := Draw(); got != wanted {
			t.Errorf("draw %d is %#x, expected %#x", i, got, wanted)
		}
	}
	if random.DrawsSince(1) != uint64(len(drawVectors)) {
		t.Errorf("counted %d draws, expected %d", random.DrawsSince(1), len(drawVectors))
	}
}

var drawVectors = [...]uint32{0xe1f8ed2c, 0x1c9aad40, 0x2eebfadf, 0xfedc4f8a, 0xcb4ae64}
