// What a client that is generated from the description lets one write. A line
// behind @ts-expect-error must be refused.
import createClient from "openapi-fetch"
import type { paths } from "./sluice.js"

const sluice = createClient<paths>({ baseUrl: "http://127.0.0.1:8080" })

export async function work() {
	const made = await sluice.POST("/api/messages", {
		body: { topic: "orders", payload: "x", delay_seconds: 1 },
	})
	const id: string | undefined = made.data?.id
	const taken = await sluice.POST("/api/messages/dequeue", {
		body: { topic: "orders", wait_seconds: 20 },
	})
	for (const message of taken.data?.messages ?? []) {
		const key: string | null = message.key
		await sluice.POST("/api/messages/{id}/ack", {
			params: { path: { id: message.id } },
			body: { receipt: message.receipt },
		})
		// @ts-expect-error: there is no such member
		console.log(key, message.colour)
	}
	// @ts-expect-error: a message has a payload
	await sluice.POST("/api/messages", { body: { topic: "orders" } })
	await sluice.POST("/api/messages", {
		// @ts-expect-error: it is a text
		body: { topic: "orders", payload: 7 },
	})
	// @ts-expect-error: there is no such path
	await sluice.GET("/api/nothing")
	const read = await sluice.POST("/{plate}/streams/add", {
		params: { path: { plate: "shop" } },
		body: { key: "events", values: { type: "signup" } },
	})
	return [id, read.data?.data.result, made.error?.error]
}
