/*
 * Topics and streams have ids made of their names, so that every process,
 * every SQL function and every shard knows them without asking: the first 8
 * bytes of sha256(name), big-endian.
 */
#ifndef FCGI_NAME_ID_H
#define FCGI_NAME_ID_H

#include <stdint.h>

#include "fcgi/text.h"

/*
 * Shifted right by 4: 60 bits, never negative. "x.dlq" is topic x with a
 * flag: hash the base name.
 *
 *	""		1025426827051516353
 *	"orders"	126497359735365774
 *	"orders.eu"	1042954924877106973
 */
int64_t topic_id_of(struct text base_name);

/*
 * All 64 bits, as a signed number.
 *
 *	""		-2039914840885289964
 *	"orders"	2023957755765852388
 *	"shop/events"	-7695484851948493005
 */
int64_t stream_id(struct text name);

#endif
