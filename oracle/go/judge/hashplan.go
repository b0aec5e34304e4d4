// From key id to hash, as oracle/hash_plan.h has it: any collision can be had with a few keys.

package judge

// HashKind numbers the ways to hash as oracle/program.h does.
type HashKind uint8

// Codes of oracle/program.h.
const (
	HashMix HashKind = iota
	HashIdentity
	HashConstant
	HashLow
	HashTop
	HashExplicit
)

const (
	golden   = 0x9E3779B97F4A7C15
	topByte  = 0xFF00000000000000
	constant = 0x2A2A2A2A2A2A2A2A
)

// Mix is the finaliser of SplitMix64 (Stafford's variant 13).
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// hashPlan is a program's hash of classes of equal keys.
type hashPlan struct {
	kind      HashKind
	parameter uint8
	explicit  []KeyHash // sorted by key
}

func (p *hashPlan) hash(class, seed uint32) uint64 {
	mixed := Mix(uint64(class)*golden + uint64(seed))
	switch p.kind {
	case HashIdentity:
		return uint64(class)
	case HashConstant:
		return constant
	case HashLow:
		return mixed & (topByte | (1<<p.parameter - 1))
	case HashTop:
		return uint64(p.parameter)<<56 | mixed&^topByte
	case HashExplicit:
		low, high := 0, len(p.explicit)
		for low < high {
			middle := (low + high) / 2
			if uint32(p.explicit[middle].Key) < class {
				low = middle + 1
			} else {
				high = middle
			}
		}
		if low < len(p.explicit) && uint32(p.explicit[low].Key) == class {
			return uint64(p.explicit[low].Top)<<56 | uint64(p.explicit[low].Low)
		}
	}
	return mixed
}
