/*
 * Redis says in four ways that there is no such key or group.
 */
#include "handlers/plates/group.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "handlers/plates/writes.h"

bool
group_words(struct request *r, struct command *c, struct text key,
    struct text name, struct group *group)
{
	if (!name.n)
		return command_error(r, c, "ERR a group's name is not empty");
	if (name.n > CONSUMER_GROUP_BYTES_MAX)
		return command_error(r, c, "ERR a group's name has at most "
		    "CONSUMER_GROUP_BYTES_MAX (%d) bytes",
		    CONSUMER_GROUP_BYTES_MAX);
	if (memchr(name.p, '\0', name.n))
		return command_error(r, c, "ERR a group's name holds no NUL");
	group->name = command_stream(r, c, key);
	group->stream = stream_id(group->name);
	group->group = name;
	return true;
}

bool
group_member(struct request *r, struct command *c, struct text name)
{
	if (name.n > GROUP_MEMBER_BYTES_MAX)
		return command_error(r, c, "ERR a consumer's name has at most "
		    "GROUP_MEMBER_BYTES_MAX (%d) bytes",
		    GROUP_MEMBER_BYTES_MAX);
	if (name.n && memchr(name.p, '\0', name.n))
		return command_error(r, c,
		    "ERR a consumer's name holds no NUL");
	return true;
}

void
param_group(struct params *p, const struct group *group)
{
	param_bigint(p, group->stream);
	param_text(p, group->name);
	param_text(p, group->group);
}

void
param_group_life(struct params *p, const struct group *group,
    int32_t incarnation)
{
	param_bigint(p, group->stream);
	param_integer(p, incarnation);
	param_text(p, group->group);
}

const struct pg_result *
group_call(struct request *r, struct command *c, enum statement statement,
    const struct params *params, int *pause_ms, enum group_status *status,
    enum verdict *verdict)
{
	const struct pg_result *rows;

	do {
		*verdict = DONE;
		rows = db_call(r, statement, params);
		if (!rows)
			return NULL;
		*status = (enum group_status)row_integer(rows, 0, 0);
	} while (*status == GROUP_BUSY &&
	    command_again(r, c, pause_ms, verdict));
	return *status == GROUP_BUSY ? NULL : rows;
}

enum { NAME, LAST_ID, INCARNATION, FOUND };

bool
group_look(struct request *r, const struct group *group,
    enum group_status *status, int32_t *incarnation)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, group->stream);
	param_text(&p, group->group);
	rows = db_call(r, STATEMENT_group_get, &p);
	if (!rows)
		return false;
	if (!row_count(rows)) {
		*status = GROUP_NO_KEY;
		return true;
	}
	*incarnation = row_integer(rows, 0, INCARNATION);
	if (row_null(rows, 0, LAST_ID) ||
	    !text_equal(row_text(rows, 0, NAME), group->name))
		*status = GROUP_OTHER_TYPE;
	else
		*status = row_bool(rows, 0, FOUND) ? GROUP_DONE :
		    GROUP_NOT_FOUND;
	return true;
}

enum verdict
group_refuse(struct request *r, struct command *c, struct text key,
    struct text name, enum group_status status, enum group_refusal refusal)
{
	must(status != GROUP_DONE && status != GROUP_BUSY);
	if (status == GROUP_OTHER_TYPE)
		command_error(r, c, ERR_WRONG_TYPE);
	else if (refusal == REFUSE_XREADGROUP || refusal == REFUSE_OTHERS)
		command_error(r, c, "NOGROUP No such key '%.*s' or consumer "
		    "group '%.*s'%s", TEXT_ARG(key), TEXT_ARG(name),
		    refusal == REFUSE_XREADGROUP ?
		    " in XREADGROUP with GROUP option" : "");
	else if (status == GROUP_NOT_FOUND)
		command_error(r, c, "NOGROUP No such consumer group '%.*s' "
		    "for key name '%.*s'", TEXT_ARG(name), TEXT_ARG(key));
	else if (refusal == REFUSE_XINFO)
		command_error(r, c, "ERR no such key");
	else
		command_error(r, c, "ERR The XGROUP subcommand requires the "
		    "key to exist. Note that for CREATE you may want to use "
		    "the MKSTREAM option to create an empty stream "
		    "automatically.");
	return DONE;
}

bool
group_find(struct request *r, struct command *c, struct text key,
    const struct group *group, enum group_refusal refusal,
    int32_t *incarnation)
{
	enum group_status status;

	if (!group_look(r, group, &status, incarnation))
		return false;
	if (status == GROUP_DONE)
		return true;
	group_refuse(r, c, key, group->group, status, refusal);
	return false;
}
