// Is docs/openapi.json good OpenAPI? Two validators say so, and a client that
// is made of it fits. Each claim is a line; the last one is the count.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { validate } from "@readme/openapi-parser"
import { createConfig, lintFromString } from "@redocly/openapi-core"
import openapiTS, { astToString } from "openapi-typescript"

const here = dirname(fileURLToPath(import.meta.url))
const text = readFileSync(join(here, "../../docs/openapi.json"), "utf8")
let passed = 0
let failed = 0

async function claim(name, holds) {
	try {
		await holds()
		passed++
		console.log(`ok openapi: ${name}`)
	} catch (fault) {
		failed++
		console.log(`FAILED openapi: ${name}\n${fault.message ?? fault}`)
	}
}

function same(got, want, what) {
	if (JSON.stringify(got) !== JSON.stringify(want))
		throw new Error(`${what}: ${JSON.stringify(got, null, 1)}`)
}

async function complaints(document) {
	const config = await createConfig({
		extends: ["recommended"],
		rules: {
			"no-unused-components": "error",
			"operation-operationId-unique": "error",
			"path-parameters-defined": "error",
			// It would have a host's name.
			"no-server-example.com": "off",
			"no-empty-servers": "error",
			// Each operation has those errors that it can have.
			"operation-4xx-response": "error",
			// {plate}/pipeline is not mistaken for v1/streams: a
			// plate cannot be called as another path begins.
			"no-ambiguous-paths": "off",
		},
	})
	const found = await lintFromString({
		source: document, absoluteRef: "openapi.json", config })
	return found.map(({ ruleId, message, location }) =>
		`${ruleId}: ${message} ${location[0]?.pointer ?? ""}`)
}

await claim("the parser has no complaint", async () => {
	const result = await validate(JSON.parse(text))
	same(result.valid, true, "errors")
})

await claim("the linter has no complaint", async () =>
	same(await complaints(text), [], "complaints"))

await claim("the linter sees a reference to nothing", async () => {
	const broken = text.replaceAll("schemas/message_id\"", "schemas/nobody\"")
	const found = await complaints(broken)
	same(found.some((line) => line.includes("unresolved")), true, found)
})

// A client's types, and a program that uses them: tsc refuses the lines that
// say so, and no other.
await claim("a client made of it has its types", async () => {
	const work = mkdtempSync(join(here, "../node_modules/.client-"))
	try {
		writeFileSync(join(work, "sluice.d.ts"),
			astToString(await openapiTS(JSON.parse(text))))
		writeFileSync(join(work, "client.ts"),
			readFileSync(join(here, "client.ts")))
		execFileSync(process.execPath, [
			join(here, "../node_modules/typescript/bin/tsc"),
			"--noEmit", "--strict", "--skipLibCheck",
			"--module", "nodenext", "--target", "es2022",
			join(work, "client.ts")], { encoding: "utf8" })
	} catch (fault) {
		throw new Error(fault.stdout || fault.message)
	} finally {
		rmSync(work, { recursive: true })
	}
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
