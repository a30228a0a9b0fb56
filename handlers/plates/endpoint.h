/*
 * An endpoint with names for its arguments: a table that says how a request
 * becomes the words of a command, part by part. What its values mean the
 * command says, in Redis's words; that they are there, and of the right type,
 * is seen to here.
 *
 * Values come from the members of a POST's body or the parameters of a GET's
 * query. Strings lose blanks at both ends, and one that is nothing else counts
 * as absent.
 */
#ifndef HANDLERS_PLATES_ENDPOINT_H
#define HANDLERS_PLATES_ENDPOINT_H

#include "fcgi/request.h"

enum part_kind {
	PART_END,
	PART_WORD,	/* this word */
	PART_PATH,	/* the path's parameter of that place */
	PART_TEXT,	/* a string; without one `word`, or it is required */
	PART_INTEGER,	/* the same of an integer */
	PART_TEXT_OPTION,	/* if there is a string: `word`, and it */
	PART_INTEGER_OPTION,	/* the same of an integer */
	PART_FLAG,	/* `word`, if it is true */
	PART_TEXTS,	/* the strings of an array, one at least */
	PART_STREAMS,	/* STREAMS, the keys, the ids; without one `word` */
	PART_VALUES,	/* fields and values */
	PART_TRIM,	/* strategy, threshold and limit; `place`: required */
	PART_OTHER	/* what a function makes of it */
};

struct endpoint;

struct part {
	enum part_kind kind;
	const char *name;	/* of the member or parameter */
	const char *word;
	int place;
	void (*other)(struct endpoint *e);
};

/* The handler of such an endpoint; the last part is PART_END. */
enum verdict endpoint_serve(struct request *r, const struct part *parts);

/* For PART_OTHER: read a value, absent text without one; and add words. */
struct text endpoint_text(struct endpoint *e, const char *name);
void endpoint_add(struct endpoint *e, struct text word);
struct request *endpoint_request(struct endpoint *e);

#endif
