/*
 * JSON as text, with numbers as they are written: "1.0" and "1" are one number
 * to JavaScript, and 2^63 - 1 is none.
 */
export class Raw {
	constructor(text) {
		this.text = text;
	}
}

export function textOf(value) {
	if (value instanceof Raw)
		return value.text;
	if (Array.isArray(value))
		return `[${value.map(textOf).join(",")}]`;
	if (value !== null && typeof value === "object")
		return `{${Object.entries(value).map(([name, member]) =>
			`${JSON.stringify(name)}:${textOf(member)}`).join(",")}}`;
	return JSON.stringify(value);
}

/* The text with change(token) for each of its numbers. */
export function withNumbers(text, change) {
	return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g,
		(token) => token[0] === '"' ? token : change(token));
}

function isParent(value) {
	return value !== null && typeof value === "object" &&
		!(value instanceof Raw);
}

/* Every place in a value: the list of names and indices that lead there. */
export function places(value, path = []) {
	const found = [path];

	if (isParent(value))
		for (const [name, member] of Object.entries(value))
			found.push(...places(member, [...path, name]));
	return found;
}

export function valueAt(value, path) {
	return path.reduce((parent, name) => parent[name], value);
}

/* A copy with change(what is there) at that place; undefined removes it. */
export function replaced(value, path, change) {
	if (!path.length)
		return change(value);
	const copy = Array.isArray(value) ? [...value] : { ...value };
	const [name, ...rest] = path;
	const there = replaced(copy[name], rest, change);

	if (there !== undefined)
		copy[name] = there;
	else if (Array.isArray(copy))
		copy.splice(Number(name), 1);
	else
		delete copy[name];
	return copy;
}
