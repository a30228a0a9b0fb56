/*
 * Numbers that look random and come again with the same seed (mulberry32).
 */
export class Random {
	constructor(seed) {
		this.state = seed >>> 0;
	}

	/* From 0 to n - 1. */
	below(n) {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) % n;
	}

	/* As often as `of` times in a hundred. */
	chance(of) {
		return this.below(100) < of;
	}

	pick(list) {
		return list[this.below(list.length)];
	}
}
