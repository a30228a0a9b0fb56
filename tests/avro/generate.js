/*
 * Schemas, payloads that they describe, and both with something changed.
 */
import { Raw, places, replaced } from "./text.js";

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double",
	"bytes", "string"];
const SPACES = ["", "", "a", "a.b", "c"];
const LOGICAL = [
	{ type: "int", logicalType: "date" },
	{ type: "int", logicalType: "time-millis" },
	{ type: "long", logicalType: "time-micros" },
	{ type: "long", logicalType: "timestamp-millis" },
	{ type: "long", logicalType: "local-timestamp-micros" },
	{ type: "string", logicalType: "uuid" },
	{ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 },
	{ type: "bytes", logicalType: "decimal", precision: 30 },
	/* These say nothing, as they are not valid. */
	{ type: "bytes", logicalType: "decimal", precision: 2, scale: 3 },
	{ type: "bytes", logicalType: "decimal" },
	{ type: "string", logicalType: "date" },
	{ type: "long", logicalType: "time-millis" },
	{ type: "int", logicalType: "nothing-known" }];
const KEYS = ["", "a", "b/c", "d~e", "\u00e9", "\u20ac", "x y", "0", "f1"];

function qualified(name, space) {
	return name.includes(".") || !space ? name : `${space}.${name}`;
}

export class Schemas {
	constructor(random) {
		this.random = random;
		this.count = 0;
		this.known = new Map();	/* full name: definition */
		this.open = new Set();	/* records that are not whole yet */
	}

	/* A name, and the namespace that it is in. */
	name(prefix, space) {
		const name = `${prefix}${this.count++}`;
		const own = this.random.pick(SPACES);

		if (!own || this.random.chance(50))
			return { names: { name }, space };
		return this.random.chance(50) ?
			{ names: { name, namespace: own }, space: own } :
			{ names: { name: `${own}.${name}` }, space: own };
	}

	learn(schema, space) {
		const name = qualified(schema.name, space);

		this.known.set(name, schema);
		return name;
	}

	/* A type that was defined before; one that is open only where a value
	 * can do without it. */
	reference(space, optional) {
		const names = [...this.known.keys()].filter((name) =>
			(optional || !this.open.has(name)) &&
			(name.includes(".") || !space));
		const name = names.length ? this.random.pick(names) : "int";
		const short = name.slice(name.lastIndexOf(".") + 1);

		return space && name === `${space}.${short}` &&
			this.random.chance(60) ? short : name;
	}

	extras() {
		const { random } = this;

		return { ...random.chance(10) && { doc: "what it is" },
			...random.chance(10) && { aliases: ["Old", "o.Older"] },
			...random.chance(5) && { more: [1, null] } };
	}

	record(space, depth) {
		const { names, space: own } = this.name("R", space);
		const schema = { type: "record", ...names, ...this.extras(),
			fields: [] };
		const full = this.learn(schema, own);

		this.open.add(full);
		for (let n = this.random.below(5); n >= 0; n--)
			schema.fields.push(this.field(n, own, depth));
		this.open.delete(full);
		return schema;
	}

	field(n, space, depth) {
		const { random } = this;
		const field = { name: `f${n}`,
			type: this.type(space, depth - 1) };
		const values = new Values(random, this, true);

		if (random.chance(35) && !this.isOpen(field.type))
			field.default = values.of(field.type, space, 2);
		if (random.chance(5))
			field.order = random.pick(["ignore", "descending"]);
		if (random.chance(5))
			field.aliases = ["old"];
		return field;
	}

	/* Does it speak of a record that is not whole? */
	isOpen(schema) {
		const text = JSON.stringify(schema);

		return [...this.open].some((name) => text.includes(
			`"${name.slice(name.lastIndexOf(".") + 1)}"`) ||
			text.includes(`"${name}"`));
	}

	union(space, depth) {
		const branches = [];
		const seen = new Set();

		for (let n = 1 + this.random.below(4); n > 0; n--) {
			const before = new Map(this.known);
			const branch = this.type(space, depth - 1, true);
			const kind = this.kindOf(branch, space);
			if (seen.has(kind)) {
				this.known = before;
				continue;
			}
			seen.add(kind);
			branches.push(branch);
		}
		return branches.length ? branches : ["null"];
	}

	/* What tells it from other branches: of what is named, the name. */
	kindOf(schema, space) {
		if (typeof schema === "string")
			return PRIMITIVES.includes(schema) ? schema :
				qualified(schema, space);
		return schema.name ? qualified(schema.name,
			schema.namespace ?? space) : schema.type;
	}

	/* `within` a union there is no other. */
	type(space, depth, within = false) {
		const { random } = this;
		const kind = depth <= 0 ? random.below(45) : random.below(100);

		if (kind < 30)
			return random.chance(80) ? random.pick(PRIMITIVES) :
				{ type: random.pick(PRIMITIVES),
					...this.extras() };
		if (kind < 40)
			return { ...random.pick(LOGICAL) };
		if (kind < 45)
			return this.reference(space, false);
		if (kind < 60)
			return this.record(space, depth);
		if (kind < 66)
			return this.enumeration(space);
		if (kind < 72)
			return this.fixed(space);
		if (kind < 80)
			return { type: "array",
				items: this.inner(space, depth) };
		if (kind < 87)
			return { type: "map",
				values: this.inner(space, depth) };
		if (within)
			return "null";
		if (random.chance(40))
			return ["null", this.reference(space, true)];
		return this.union(space, depth);
	}

	inner(space, depth) {
		return this.random.chance(25) ? this.reference(space, true) :
			this.type(space, depth - 1);
	}

	enumeration(space) {
		const { names, space: own } = this.name("E", space);
		const symbols = ["RED", "GREEN", "_b1", "z"].slice(
			this.random.below(3));
		const schema = { type: "enum", ...names, symbols,
			...this.random.chance(20) && { default: symbols[0] } };

		this.learn(schema, own);
		return schema;
	}

	fixed(space) {
		const { names, space: own } = this.name("F", space);
		const schema = { type: "fixed", ...names,
			...this.random.pick([{ size: 0 }, { size: 2 },
				{ size: 12, logicalType: "duration" },
				{ size: 2, logicalType: "decimal",
					precision: 4 },
				{ size: 2, logicalType: "decimal",
					precision: 5 }]) };

		this.learn(schema, own);
		return schema;
	}

	/* What a name stands for, and the namespace in which it is read. */
	resolve(name, space) {
		const full = qualified(name, space);
		const schema = this.known.get(full);

		return { schema, space: full.includes(".") ?
			full.slice(0, full.lastIndexOf(".")) : "" };
	}
}

const NUMBERS = {
	int: ["0", "-1", "2147483647", "-2147483648", "42", "-0"],
	long: ["0", "9007199254740991", "-9007199254740993", "7",
		"9223372036854775807", "-9223372036854775808", "2147483648"],
	float: ["0", "1.5", "-3e38", "1E-400", "3", "9007199254740993"],
	double: ["0", "-1.25", "1e308", "2e-308", "3", "123456789012345678901"]
};

export class Values {
	/* `plain`: for a default, of the first branch of each union. */
	constructor(random, schemas, plain = false) {
		this.random = random;
		this.schemas = schemas;
		this.plain = plain;
	}

	/* A value of the type; short when depth has run out. */
	of(schema, space, depth) {
		if (Array.isArray(schema))
			return this.ofUnion(schema, space, depth);
		if (typeof schema === "string") {
			if (PRIMITIVES.includes(schema))
				return this.ofPrimitive(schema);
			const { schema: named, space: own } =
				this.schemas.resolve(schema, space);
			return this.ofObject(named, own, depth);
		}
		const named = ["record", "enum", "fixed"].includes(schema.type);
		return this.ofObject(schema, named ?
			this.spaceOf(schema, space) : space, depth);
	}

	spaceOf({ name, namespace }, space) {
		return name.includes(".") ?
			name.slice(0, name.lastIndexOf(".")) :
			namespace ?? space;
	}

	ofUnion(branches, space, depth) {
		if (this.plain)
			return this.of(branches[0], space, depth);
		if (depth <= 0 && branches.includes("null"))
			return null;
		return this.of(this.random.pick(branches), space, depth - 1);
	}

	ofPrimitive(name) {
		const { random } = this;

		switch (name) {
		case "null":
			return null;
		case "boolean":
			return random.chance(50);
		case "bytes":
			return random.pick(["", "ab", "\0\u00ff", "\u0080"]);
		case "string":
			return random.pick(["", "x", "null", "\u20ac\u0000",
				"\ud83d\ude00"]);
		default:
			return this.plain ? Number(random.pick(["0", "7"])) :
				new Raw(random.pick(NUMBERS[name]));
		}
	}

	ofLogical({ type, logicalType, precision, scale = 0 }) {
		const { random } = this;

		switch (`${type} ${logicalType}`) {
		case "int time-millis":
			return random.pick([0, 86399999]);
		case "long time-micros":
			return random.pick([0, 86399999999]);
		case "string uuid":
			return "550e8400-e29b-41d4-A716-446655440000";
		case "bytes decimal":
			return precision >= 4 && scale <= precision ?
				random.pick(["\u0027\u000f", "\u00d8\u00f1",
					"\0", "\u00ff\u00ff\u0001"]) :
				random.pick(["", "\u0027\u0010"]);
		default:
			return this.ofPrimitive(type);
		}
	}

	ofFixed({ size, logicalType, precision }) {
		return logicalType === "decimal" && precision === 4 ?
			this.random.pick(["\u0027\u000f", "\u00d8\u00f1"]) :
			"\u00e9".repeat(size);
	}

	ofRecord(schema, space, depth) {
		const value = {};

		for (const { name, type, default: fallback } of schema.fields)
			if (fallback === undefined ||
			    (depth > 0 && this.random.chance(60)))
				value[name] = this.of(type, space, depth - 1);
		if (this.random.chance(10) && !this.plain)
			value.extra = [{}];
		return value;
	}

	ofObject(schema, space, depth) {
		const some = depth > 0 && !this.plain ? this.random.below(4) : 0;

		switch (schema.type) {
		case "record":
			return this.ofRecord(schema, space, depth);
		case "enum":
			return this.random.pick(schema.symbols);
		case "fixed":
			return this.ofFixed(schema);
		case "array":
			return Array.from({ length: some }, () =>
				this.of(schema.items, space, depth - 1));
		case "map":
			return Object.fromEntries(Array.from({ length: some },
				() => [this.random.pick(KEYS),
					this.of(schema.values, space,
						depth - 1)]));
		default:
			return schema.logicalType ? this.ofLogical(schema) :
				this.ofPrimitive(schema.type);
		}
	}
}

const STRANGE = [null, true, "x", "RED", "", "\u0100", [], {}, 5, -1,
	86400000, "\u0027\u0010", "\u00d8\u00f0", "ab",
	...["1.0", "1e2", "1.5", "2147483648", "-2147483649",
		"9223372036854775808", "9007199254740993", "1e39", "-1e400"]
		.map((text) => new Raw(text))];

/* A value with one thing changed. */
export function changedValue(random, value) {
	const path = random.pick(places(value));

	return replaced(value, path, (there) => {
		switch (random.below(6)) {
		case 0:
			return path.length ? undefined : [there];
		case 1:
			return [there];
		case 2:
			return { [random.pick(["string", "f0", "a"])]: there };
		case 3:
			if (there !== null && typeof there === "object" &&
			    !Array.isArray(there) && !(there instanceof Raw))
				return { ...there, [random.pick(["f0", "f1",
					"a", "extra"])]: random.pick(STRANGE) };
			/* falls through */
		default:
			return random.pick(STRANGE);
		}
	});
}

/* A schema with one thing changed. */
export function changedSchema(random, schema) {
	const path = random.pick(places(schema));
	const name = path[path.length - 1];
	const words = ["int", "null", "nothing", "record", "fixed", "1a",
		"a-b", "a.b", "", "R0", "E1", "f1", null, 5, -1, 1.5, true,
		[], ["null"], ["null", "null"], ["int", "string"], {},
		{ type: "int" }, { type: "array", items: "int" }];

	return replaced(schema, path, (there) => {
		if (path.length && random.chance(35))
			return undefined;
		if (Array.isArray(there) && there.length && random.chance(40))
			return [...there, random.pick(there)];
		if (name === "default" && random.chance(80))
			return random.pick([...words, there]);
		return random.pick(words);
	});
}
