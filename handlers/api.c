/*
 * The table of what the API takes and gives: all doors' rows, one after the
 * other.
 */
#include "handlers/api.h"

#include <string.h>

#include "fcgi/error.h"
#include "fcgi/must.h"

const struct api_row api_rows[] = {
#include "handlers/queue/api.def"
#include "handlers/reapers/api.def"
#include "handlers/plates/api.def"
#include "handlers/streams/api.def"
#include "handlers/subscriptions/api.def"
	{ .kind = ROW_END }
};

const struct api_row *
api_described(int route)
{
	const struct api_row *row = api_rows;

	while (row->kind != ROW_END &&
	    (row->kind != ROW_DESCRIBE || row->number != route))
		row++;
	return row->kind == ROW_END ? NULL : row;
}

const struct api_row *
api_door(const char *name)
{
	const struct api_row *row = api_rows;

	while (row->kind != ROW_END &&
	    (row->kind != ROW_DOOR || strcmp(row->name, name) != 0))
		row++;
	must(row->kind == ROW_DOOR);
	return row;
}
