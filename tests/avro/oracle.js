/*
 * What avsc says of schemas and of payloads in plain JSON.
 *
 * avsc keeps bytes as buffers, leaves logical types to its caller, and wants
 * the branches of a union told apart by their JavaScript types. So what it
 * builds is put behind checks of its own kind: strings become buffers before
 * it is asked, the logical types are told it here, and a union that it calls
 * ambiguous takes what one of its branches takes.
 */
import avsc from "avsc";

const { Type, types } = avsc;
const DAY_MS = 24n * 60n * 60n * 1000n;

const BELOW = { "time-millis": DAY_MS, "time-micros": DAY_MS * 1000n };
const OF_TYPE = { "uuid": "string", "time-millis": "int",
	"time-micros": "long" };
const UUID =
	/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/* Two's complement, big-endian. */
function integerOf(bytes) {
	return bytes.length === 0 ? undefined :
		BigInt.asIntN(8 * bytes.length,
			BigInt(`0x${bytes.toString("hex")}`));
}

function isDecimal({ type, size, precision, scale = 0 }) {
	if (!Number.isInteger(precision) || precision < 1 ||
	    !Number.isInteger(scale) || scale < 0 || scale > precision)
		return false;
	return type === "bytes" || (size > 0 && 10n ** BigInt(precision) - 1n
		<= 2n ** (8n * BigInt(size) - 1n) - 1n);
}

/* What a logical type asks beyond its type; undefined if nothing. */
function logic(schema) {
	const name = schema.logicalType;

	if (name === "decimal" && ["bytes", "fixed"].includes(schema.type)) {
		if (!isDecimal(schema))
			return undefined;
		const end = 10n ** BigInt(schema.precision);
		return (buffer) => {
			const value = integerOf(buffer);
			return value !== undefined && value < end &&
				value > -end;
		};
	}
	if (OF_TYPE[name] !== schema.type)
		return undefined;
	if (name === "uuid")
		return (text) => UUID.test(text);
	return (number) => number >= 0 && BigInt(number) < BELOW[name];
}

/* The same type, but for what it takes. */
function behind(type, takes) {
	const copy = Object.create(type);

	Object.defineProperty(copy, "_check", {
		value(value, flags, hook) {
			const fits = takes(value);

			if (!fits && hook)
				hook(value, copy);
			return fits;
		} });
	Object.defineProperty(copy, "_copy", {
		value(value) {
			if (!takes(value))
				throw new Error("it does not fit");
			return value;
		} });
	/* Of defaults; nothing is read again. */
	Object.defineProperty(copy, "_write", { value() {} });
	return copy;
}

function behindBytes(type, more) {
	return behind(type, (value) => {
		if (typeof value !== "string" || !/^[\0-\xff]*$/.test(value))
			return false;
		const buffer = Buffer.from(value, "latin1");
		return type._check(buffer) && (!more || more(buffer));
	});
}

/* The distinct branches are avsc's to check, as for its wrapped unions. */
function union(branches, options) {
	const inner = branches.map(
		(branch) => Type.forSchema(branch, options));
	const wrapped = new types.WrappedUnionType(inner, options);
	const any = behind(wrapped,
		(value) => inner.some((type) => type._check(value)));

	try {
		const unwrapped = new types.UnwrappedUnionType(inner, options);
		return inner.some((type) => Object.hasOwn(type, "_check") &&
			type.typeName !== "record") ? firstOf(any, inner) :
			unwrapped;
	} catch {
		return firstOf(any, inner);	/* it is ambiguous */
	}
}

/* A default is of a union's first branch. */
function firstOf(any, inner) {
	const copy = Object.create(any);

	Object.defineProperty(copy, "_copy", {
		value: (value, options) => inner[0]._copy(value, options) });
	return copy;
}

function hook(seen) {
	return (schema, options) => {
		if (seen.has(schema))
			return undefined;
		if (schema === "bytes")
			return behindBytes(Type.forSchema("bytes"));
		if (schema === null || typeof schema !== "object")
			return undefined;
		seen.add(schema);
		if (Array.isArray(schema))
			return union(schema, options);
		const more = logic(schema);
		const isBytes = ["bytes", "fixed"].includes(schema.type);
		if (!isBytes && !more)
			return undefined;
		const type = Type.forSchema(schema, options);
		const made = isBytes ? behindBytes(type, more) :
			behind(type, (value) =>
				type._check(value) && more(value));
		if (type.name)
			options.registry[type.name] = made;
		return made;
	};
}

/* The type; throws if it is no schema. */
export function typeOf(schemaText) {
	const schema = JSON.parse(schemaText);

	return Type.forSchema(schema, { typeHook: hook(new Set()) });
}

export function takes(type, payloadText) {
	let value;

	try {
		value = JSON.parse(payloadText);
	} catch {
		return false;
	}
	return type.isValid(value);
}
