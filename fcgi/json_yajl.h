/*
 * yajl over one text, for json.c and json_split.c, which differ in what they
 * make of its events. Private to them.
 *
 * What yajl takes and RFC 8259 does not is refused here: before it sees the
 * text, and behind its outermost bracket.
 */
#ifndef FCGI_JSON_YAJL_H
#define FCGI_JSON_YAJL_H

#include <yajl/yajl_parse.h>

#include "fcgi/json.h"

struct json_run {
	/* Filled by the caller. */
	struct text text;
	struct json_complaint *complaint;

	yajl_handle yajl;
	int depth;	/* arrays and objects whose end is still to come */
	size_t end;	/* behind the outermost bracket */
};

/*
 * Give yajl the text, in brackets if it is not in any. False with a complaint
 * when it is no JSON, or when an event has said so by returning 0.
 */
bool json_run(struct json_run *run, const yajl_callbacks *events, void *context,
    bool brackets);

/* For events: how far yajl has come in the text. */
size_t json_run_at(const struct json_run *run);

/* An array or object begins: 0 after a complaint when that is too deep. */
int json_run_open(struct json_run *run);
void json_run_shut(struct json_run *run);

/* Returns 0, by which an event makes yajl stop. */
int json_run_complain(struct json_run *run, enum json_fault fault,
    struct text name);
int json_run_bad_syntax(struct json_run *run);

/* Between tokens. */
bool json_is_blank(char c);

#endif
