/*
 * Schemas and payloads, generated: what Sluice says of them is what avsc says.
 *
 *	SEED=7 SCHEMAS=1 node avro/compare.js build/tests/avro/judge
 *
 * tries again what failed as seed 7. What differs is shrunk before it is
 * shown.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { PAYLOADS, SCHEMAS } from "./differences.js";
import { Schemas, Values, changedSchema, changedValue } from "./generate.js";
import * as oracle from "./oracle.js";
import { Random } from "./random.js";
import { places, replaced, textOf } from "./text.js";

const [judge] = process.argv.slice(2);
const SEED = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.SCHEMAS ?? 800);
const SHOWN = 3;
const SENTENCES = new URL("../../docs/deviations.md", import.meta.url);

/* Ours: of each case a schema and payloads, the answers in that order. */
function ours(cases) {
	const input = cases.map(({ schema, payloads }) => [`S${schema}\n`,
		...payloads.map((payload) => `P${payload}\n`)].join("")).join("");
	const done = spawnSync(judge, [], { input, encoding: "utf8",
		maxBuffer: 1 << 30 });

	if (done.status !== 0)
		throw new Error(`the judge ended with ${done.status ??
			done.signal}:\n${done.stderr}`);
	const lines = done.stdout.split("\n").map((line) => line === "ok");
	let at = 0;
	return cases.map(({ payloads }) => ({ schema: lines[at++],
		payloads: payloads.map(() => lines[at++]) }));
}

function theirs({ schema, payloads }, takes = oracle.takes) {
	let type;

	try {
		type = oracle.typeOf(schema);
	} catch (fault) {
		return { schema: false, payloads: payloads.map(() => false),
			why: fault.message };
	}
	return { schema: true, payloads: payloads.map(
		(payload) => takes(type, payload)) };
}

/* The payload without what we judge otherwise, which there may be several of,
 * in all ways to write that. */
function rewritten(payload) {
	return [...PAYLOADS.reduce((texts, { without }) => {
		const more = without ? [...texts].flatMap(without) : [];
		return new Set([...texts, ...more]);
	}, new Set([payload]))];
}

/* Does one of the differences explain this one, or some of them together? */
function isExplained(schema, payload, said, takes) {
	const type = oracle.typeOf(schema);
	const { theirs: smaller } = PAYLOADS.find(({ theirs }) => theirs);
	const there = takes(type, smaller(payload));
	const [, ...payloads] = rewritten(payload);

	return (smaller(payload) !== payload && there === said) ||
		ours([{ schema, payloads }])[0].payloads.includes(there);
}

function differs(schema, payload, takes) {
	const one = { schema, payloads: [payload] };
	const [here] = ours([one]);
	const there = theirs(one, takes);

	return here.schema && there.schema &&
		here.payloads[0] !== there.payloads[0] &&
		!isExplained(schema, payload, here.payloads[0], takes);
}

/* With less of the one and of the other, as long as it still differs. */
function shrunk(schema, payload, takes) {
	let best = [JSON.parse(schema), JSON.parse(payload)], tries = 400;
	const size = (pair) => pair.map(textOf).join("").length;
	const smaller = ([s, p]) => [
		...places(p).flatMap((path) => [undefined, 0, null, "", []]
			.map((value) => [s, replaced(p, path, () => value)])),
		...places(s).flatMap((path) => [undefined, "int", ["null"]]
			.map((value) => [replaced(s, path, () => value), p]))]
		.filter((pair) => pair.every((part) => part !== undefined) &&
			size(pair) < size(best));

	for (let better = true; better && tries > 0;) {
		better = smaller(best).find((pair) => tries-- > 0 &&
			differs(...pair.map(textOf), takes));
		best = better ?? best;
	}
	return best.map(textOf);
}

/* What a seed makes: a schema, payloads that fit, payloads that may not, and
 * schemas that may be none. */
function made(seed) {
	const random = new Random(seed);
	const schemas = new Schemas(random);
	const schema = schemas.type("", 4);
	const values = new Values(random, schemas);
	const good = Array.from({ length: 5 }, () => values.of(schema, "", 4));
	const changed = good.flatMap((value) => Array.from({ length: 4 },
		() => changedValue(random, value)));
	const twice = changed.map((value) => changedValue(random, value));

	return { seed, schema: textOf(schema), fit: good.length,
		payloads: [...good, ...changed, ...twice].map(textOf),
		changed: Array.from({ length: 4 }, () =>
			changedSchema(random, schema))
			.filter((other) => other !== undefined) };
}

/* Every difference in payloads that is not explained, a few of them shrunk. */
function payloadDifferences(cases, takes = oracle.takes) {
	const found = [];
	const counts = { true: 0, false: 0 };

	ours(cases).forEach((here, i) => {
		const { seed, schema, payloads, fit } = cases[i];
		const there = theirs(cases[i], takes);
		if (!here.schema || !there.schema)
			throw new Error(`seed ${seed}: ${schema} is taken ` +
				`here: ${here.schema}, by avsc: ` +
				`${there.schema} ${there.why}`);
		payloads.forEach((payload, n) => {
			const said = here.payloads[n];
			counts[said]++;
			if (n < fit && !said)
				found.push({ seed, schema, payload,
					what: "should fit" });
			if (said !== there.payloads[n] &&
			    !isExplained(schema, payload, said, takes))
				found.push({ seed, schema, payload, said });
		});
	});
	return { found, counts };
}

function show({ seed, schema, payload, said, what },
	takes = oracle.takes) {
	if (what)
		return `\nseed ${seed}: ${payload}\n${what} ${schema}`;
	const [s, p] = shrunk(schema, payload, takes);
	return `\nseed ${seed}: ${p}\nof ${s}\nis taken here: ${said}`;
}

const cases = Array.from({ length: COUNT }, (_, i) => made(SEED + i));

const tests = {
	"payloads are judged alike": () => {
		const { found, counts } = payloadDifferences(cases);

		if (found.length)
			throw new Error(`${found.length} differ` +
				found.slice(0, SHOWN).map((one) => show(one))
					.join("\n"));
		/* Else it would show little. */
		if (COUNT >= 500 && (counts.true < COUNT || counts.false <
			COUNT))
			throw new Error(`${counts.true} fit, ${counts.false} ` +
				"do not");
		console.log(`${counts.true} payloads fit, ${counts.false} ` +
			"do not");
	},

	"changed schemas are judged alike": () => {
		const all = cases.flatMap(({ seed, changed }) => changed.map(
			(schema) => ({ seed, schema: textOf(schema),
				payloads: [] })));
		const said = ours(all);
		const counts = { true: 0, false: 0 };
		const found = all.filter((one, i) => {
			counts[said[i].schema]++;
			return said[i].schema !== theirs(one).schema &&
				!SCHEMAS.some(({ is, example }) =>
					example.ours === said[i].schema &&
					is(JSON.parse(one.schema)));
		});

		if (found.length)
			throw new Error(`${found.length} differ` + found
				.slice(0, 4 * SHOWN).map((one) =>
					`\nseed ${one.seed}: ${one.schema} ` +
					`avsc: ${theirs(one).why}`).join(""));
		console.log(`${counts.true} changed schemas are schemas, ` +
			`${counts.false} are not`);
	},

	"each difference is one, and is told": () => {
		const sentences = readFileSync(SENTENCES, "utf8");

		for (const { name, example } of [...PAYLOADS, ...SCHEMAS]) {
			const one = { schema: example.schema, payloads:
				example.payload ? [example.payload] : [] };
			const [here] = ours([one]), there = theirs(one);
			const pair = example.payload ?
				[here.payloads[0], there.payloads[0]] :
				[here.schema, there.schema];
			if (pair[0] !== example.ours ||
			    pair[1] === example.ours)
				throw new Error(`${name}: here ${pair[0]}, ` +
					`avsc ${pair[1]}`);
			if (!sentences.includes(`\n| ${name} |`))
				throw new Error("docs/deviations.md has no " +
					`row "${name}"`);
		}
	},

	"a fault would be found, and shrunk": () => {
		/* As if avsc took every text that has a 42 in it. */
		const takes = (type, text) => text.includes("42") ||
			oracle.takes(type, text);
		const { found } = payloadDifferences(Array.from(
			{ length: 100 }, (_, i) => made(i)), takes);

		if (!found.length)
			throw new Error("it was not found");
		const [schema, payload] = shrunk(found[0].schema,
			found[0].payload, takes);
		if (schema.length + payload.length > 40)
			throw new Error(`it was shrunk to ${payload} of ` +
				schema);
	},
};

let passed = 0, failed = 0;

for (const [name, test] of Object.entries(tests)) {
	const started = Date.now();
	try {
		test();
		passed++;
		console.log(`ok ${name} (${(Date.now() - started) / 1000} s)`);
	} catch (fault) {
		failed++;
		console.log(`FAILED ${name}\n    ${fault.message ?? fault}`);
	}
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
