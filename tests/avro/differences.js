/*
 * Where we judge otherwise than avsc, on purpose: the whole list, reviewed.
 * docs/deviations.md has a row for each, of the same name.
 *
 * `example` is one, which must be so: a schema, and a payload where that is
 * what differs. A difference in generated payloads is explained by one that
 * says how to write the same payload without it: when ours takes that as avsc
 * takes the payload itself, nothing else is behind it. A difference in
 * generated schemas is explained by what avsc should have seen.
 */
import { Raw, places, replaced, textOf, valueAt, withNumbers } from "./text.js";

const EMPTY = '{"type":"record","name":"R","fields":[]}';

function isWhole(token) {
	return /[.eE]/.test(token) && Number.isSafeInteger(Number(token));
}

function isLong(token) {
	return /^-?\d+$/.test(token) &&
		Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER - 1 &&
		BigInt.asIntN(64, BigInt(token)) === BigInt(token);
}

/* The payload with one place changed, for each place where change() says how;
 * and with all that lie so deep, or down to there. */
function eachPlace(text, change) {
	const value = JSON.parse(text, (name, member, context) =>
		typeof member === "number" ?
			new Raw(context?.source ?? String(member)) : member);
	const found = places(value).filter((path) =>
		change(valueAt(value, path)) !== undefined);

	const depths = [...new Set(found.map((path) => path.length))];
	/* Places further in come later, so they are changed first. */
	const all = (chosen) => chosen.reverse().reduce((changed, path) =>
		replaced(changed, path, change), value);
	return [...found.map((path) => all([path])), ...depths.flatMap(
		(depth) => [
			all(found.filter((path) => path.length === depth)),
			all(found.filter((path) => path.length <= depth))])]
		.map(textOf);
}

export const PAYLOADS = [
	{
		name: "an integer written with a fraction or an exponent",
		example: { schema: '"int"', payload: "1.0", ours: false },
		without: (text) => [withNumbers(text, (token) =>
			isWhole(token) ? String(BigInt(Number(token))) :
				token)],
	},
	{
		name: "a long beyond 2^53",
		example: { schema: '"long"', payload: "9223372036854775807",
			ours: true },
		/* Of ours, that is: avsc is asked with a smaller one. */
		theirs: (text) => withNumbers(text, (token) =>
			isLong(token) ? "4294967296" : token),
	},
	{
		name: "a number that a float or double cannot hold",
		example: { schema: '"float"', payload: "1e39", ours: false },
		without: (text) => [withNumbers(text, (token) =>
			Math.abs(Number(token)) > 3.5e38 ? "1e30" : token)],
	},
	{
		name: "an array for a record",
		example: { schema: EMPTY, payload: "[]", ours: false },
		without: (text) => eachPlace(text, (value) =>
			Array.isArray(value) ? {} : undefined),
	},
	{
		name: "an array of one symbol for an enum",
		example: { schema: '{"type":"enum","name":"E",' +
			'"symbols":["RED"]}', payload: '["RED"]', ours: false },
		without: (text) => eachPlace(text, (value) =>
			Array.isArray(value) && value.flat(9).length === 1 &&
			typeof value.flat(9)[0] === "string" ?
				value.flat(9)[0] : undefined),
	},
	{
		name: "names of JavaScript's own for an enum",
		example: { schema: '{"type":"enum","name":"E",' +
			'"symbols":["RED"]}', payload: '"constructor"',
			ours: false },
	},
	{
		name: "a member that is there twice",
		example: { schema: EMPTY, payload: '{"a":1,"a":2}',
			ours: false },
	},
	{
		name: "half of a pair of surrogates",
		example: { schema: '"string"', payload: '"\\ud800"',
			ours: false },
	},
	{
		name: "a payload that nests too deep",
		example: { schema: EMPTY, payload:
			`{"a":${"[".repeat(128)}${"]".repeat(128)}}`,
			ours: false },
	},
];

/* Does it hold an object of which is() says so? */
function someObject(schema, is) {
	return places(schema).map((path) => valueAt(schema, path)).some(
		(value) => value !== null && typeof value === "object" &&
			is(value));
}

const NAMED = ["record", "enum", "fixed"];
const NAME = /^[A-Za-z_]\w*$/;

export const SCHEMAS = [
	{
		name: "a record, enum or fixed without a name",
		example: { schema: '{"type":"fixed","size":1}', ours: false },
		is: (schema) => someObject(schema, ({ type, name }) =>
			NAMED.includes(type) && name === undefined),
	},
	{
		name: "a reference in an object",
		example: { schema: '[{"type":"fixed","name":"F","size":1},' +
			'{"type":"array","items":{"type":"F"}}]', ours: true },
		is: (schema) => someObject(schema, ({ type }) =>
			typeof type === "string" && /^[A-Z]\w*$|\./.test(type)),
	},
	{
		name: "a default of another branch than the first",
		example: { schema: '{"type":"record","name":"R","fields":[' +
			'{"name":"a","type":["string","null"],' +
			'"default":null}]}', ours: true },
		is: (schema) => someObject(schema,
			(field) => field.default !== undefined),
	},
	{
		name: "a word that is no string",
		example: { schema: '{"type":"enum","name":"E",' +
			'"symbols":["RED",null]}', ours: false },
		is: (schema) => someObject(schema, (one) => [one.type,
			one.namespace, ...[].concat(one.symbols ?? [])]
			.some((word) => word !== undefined &&
				typeof word !== "string")),
	},
	{
		name: "aliases of a field that are no names",
		example: { schema: '{"type":"record","name":"R","fields":[' +
			'{"name":"a","type":"int","aliases":["1"]}]}',
			ours: false },
		is: (schema) => someObject(schema, ({ aliases }) =>
			aliases !== undefined && (!Array.isArray(aliases) ||
			!aliases.every((alias) => NAME.test(alias)))),
	},
	{
		name: "a default that is no object for a record",
		example: { schema: '{"type":"record","name":"R","fields":[' +
			`{"name":"a","type":${EMPTY.replace("R", "S")},` +
			'"default":"x"}]}', ours: false },
		is: (schema) => someObject(schema, (field) =>
			field.default !== undefined &&
			typeof field.default !== "object"),
	},
];
