/*
 * What the commands of consumer groups share: names, calls, refusals.
 */
#ifndef HANDLERS_PLATES_GROUP_H
#define HANDLERS_PLATES_GROUP_H

#include "handlers/plates/command.h"
#include "handlers/plates/entry_id.h"
#include "sql/group_writes.h"

/*
 * The group that two words name. False after command_error(): no name of a
 * group. A member's name (Redis calls it a consumer) may be empty.
 */
bool group_words(struct request *r, struct command *c, struct text key,
    struct text name, struct group *group);
bool group_member(struct request *r, struct command *c, struct text name);

/*
 * The first parameters of all statements of groups: stream, name, group. And
 * what most of those begin with that read: stream, incarnation, group.
 */
void param_group(struct params *p, const struct group *group);
void param_group_life(struct params *p, const struct group *group,
    int32_t incarnation);

/*
 * Call a statement whose first row begins with a status. NULL: return
 * *verdict; it was busy so far, as command_again() has it, or it failed.
 */
const struct pg_result *group_call(struct request *r, struct command *c,
    enum statement statement, const struct params *params, int *pause_ms,
    enum group_status *status, enum verdict *verdict);

/*
 * Look a group up without locking it: GROUP_DONE is that it is there. False
 * after fail(). The incarnation is the key's, if there is one.
 */
bool group_look(struct request *r, const struct group *group,
    enum group_status *status, int32_t *incarnation);

/* How a command says that there is no such key, or no such group of it. */
enum group_refusal {
	REFUSE_XGROUP,
	REFUSE_XINFO,
	REFUSE_XREADGROUP,
	REFUSE_OTHERS
};

/* DONE after command_error(). Not for GROUP_DONE and GROUP_BUSY. */
enum verdict group_refuse(struct request *r, struct command *c,
    struct text key, struct text name, enum group_status status,
    enum group_refusal refusal);

/* True when it is there, else after group_refuse() or fail(). */
bool group_find(struct request *r, struct command *c, struct text key,
    const struct group *group, enum group_refusal refusal,
    int32_t *incarnation);

#endif
