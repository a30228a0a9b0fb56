/*
 * A topic's id is made of its name, so that every process, every SQL function
 * and every shard knows it without asking: the first 8 bytes of sha256(name),
 * big-endian, shifted right by 4; 60 bits, never negative. "x.dlq" is topic x
 * with a flag: hash the base name.
 *
 *	""		1025426827051516353
 *	"orders"	126497359735365774
 *	"orders.eu"	1042954924877106973
 */
#ifndef FCGI_TOPIC_ID_H
#define FCGI_TOPIC_ID_H

#include <stdint.h>

#include "fcgi/text.h"

int64_t topic_id_of(struct text base_name);

#endif
