/*
 * Whatever can grow has its number here, on one screen. Sizes are bytes,
 * times milliseconds, unless the name says otherwise. A limit that is hit
 * says its name in the reply.
 */
#ifndef FCGI_LIMITS_H
#define FCGI_LIMITS_H

enum {
	/* One request. */
	BODY_BYTES_MAX = 10 << 20,
	PATH_BYTES_MAX = 8 << 10,
	QUERY_BYTES_MAX = 8 << 10,
	QUERY_PARAMETERS_MAX = 64,
	ROUTE_PARAMETERS_MAX = 6,
	ROUTE_SEGMENTS_MAX = 16, /* of a pattern */
	ROUTE_NODES_MAX = 512, /* distinct prefixes of all patterns */
	ROUTES_MAX = 256,
	REPLY_HEADERS_MAX = 32,
	JSON_DEPTH_MAX = 128,
	JSON_MEMBERS_READ_MAX = 32,
	TIME_BYTES_MAX = 64, /* of RFC 3339, in a body */
	NAME_SHOWN_BYTES = 64, /* of what the caller sent, in a sentence */

	/* One process. */
	CONNECTIONS_MAX = 100000,
	THREADS_MAX = 64,
	PROCESSES_MAX = 64,
	/* nginx uses no connection again that is older, or idle for longer:
	 * keepalive_time and keepalive_timeout in nginx/nginx.conf.in. */
	FRONT_REUSES_MS = 3000,
	DRAIN_MS_MAX = 30000,
	SEND_STALL_MS = 60000, /* a client that takes no byte so long is gone */
	CHANNELS_PER_REQUEST_MAX = 8,
	TURN_ITEMS_MAX = 2048,
	TURN_BYTES_MAX = 16 << 20,
	TURN_QUICK_ITEMS_MAX = 64, /* a turn that is over soon */
	TURN_QUICK_BYTES_MAX = 256 << 10,
	WAKE_NOTE_BYTES_MAX = 7900, /* PostgreSQL stops at 8000 */
	WAKE_NOTE_INTERVAL = 2,
	TOPICS_COUNTED_MAX = 16384, /* with figures of their own, of a host */
	SCRAPE_WAIT = 10000, /* for another scrape that asks the database */

	/* The queue. */
	TOPIC_BYTES_MAX = 255,
	MESSAGE_KEY_BYTES_MAX = 512,
	MESSAGE_PAYLOAD_BYTES_MAX = 8 << 20,
	MESSAGE_METADATA_ENTRIES_MAX = 64,
	MESSAGE_METADATA_BYTES_MAX = 64 << 10,
	MESSAGE_ERROR_BYTES_MAX = 4 << 10,
	DEQUEUE_COUNT_MAX = 1000,
	DEQUEUE_BYTES_MAX = 32 << 20,
	BATCH_ITEMS_MAX = 1000,
	WAIT_SECONDS_MAX = 20,
	VISIBILITY_SECONDS_MAX = 12 * 3600,
	DELAY_SECONDS_MAX = 7 * 24 * 3600,
	RETRIES_MAX = 1000,
	TTL_SECONDS_MAX = 365 * 24 * 3600,
	TOPICS_CACHED_MAX = 20000,
	CLAIM_HINTS = 4096,
	LIST_LIMIT_DEFAULT = 50,
	LIST_LIMIT_MAX = 200,
	GROUPS_PER_TOPIC_MAX = 100, /* each gets a delivery of each message */
	GROUP_BATCH = 2000, /* deliveries that one statement gives or removes */
	GROUP_WRITERS_WAIT = 5000, /* for transactions that do not see it yet */
	GROUP_JOIN_MS_MAX = 40000,
	GROUP_CLEAR_MS_MAX = 2000, /* the reaper does the rest */
	REAP_BATCH = 5000,
	REAP_BYTES = 32 << 20,
	PURGE_MS_MAX = 30000,
	REPLAY_BATCH = 1000, /* messages that one statement enqueues, and */
	REPLAY_BYTES = 16 << 20, /* unless one message alone is longer */
	REPLAY_PLACE_BYTES_MAX = 64, /* where to go on: three numbers */
	REPLAY_MS_MAX = 240000, /* of one request: the front waits for 330 s */

	/* Reapers. */
	REAP_MS_MAX = 120000, /* that a request for a reaper takes */
	REAP_LEASE = 60000, /* or four statements, if they may take longer */
	CRON_BYTES_MAX = 255,
	CRON_ZONE_BYTES_MAX = 64,
	CRON_EVERY_SECONDS_MAX = 366 * 24 * 3600,

	/* The schemas of topics. */
	SCHEMA_BYTES_MAX = 128 << 10,
	SCHEMA_DEPTH_MAX = 64, /* types within types */
	SCHEMA_PRECISION_MAX = 1000, /* digits of a decimal */
	SCHEMA_STEPS = 100000, /* to check a payload, and */
	SCHEMA_STEPS_PER_BYTE = 64, /* of it */
	SCHEMA_BRANCHES_SHOWN = 8, /* of a union, in a sentence */
	SCHEMAS_CACHED_MAX = 5000, /* of a process, and */
	SCHEMAS_BYTES_MAX = 64 << 20, /* as they are kept */

	/* Streams. */
	STREAM_NAME_BYTES_MAX = 1024,
	STREAM_KEY_BYTES_MAX = 1024,
	STREAM_SEQ_BYTES_MAX = 1024,
	PRODUCER_BYTES_MAX = 256,
	MEDIA_TYPE_BYTES_MAX = 256,
	APPEND_ENTRIES_MAX = 1 << 17,
	APPEND_BACKLOG_BYTES_MAX = 64 << 20, /* of a process */
	APPEND_WAIT = 3000, /* for somebody who holds the stream's row */
	APPEND_PAUSE_MAX = 50, /* between two tries */
	STREAM_TTL_SECONDS_MAX = 10 * 365 * 24 * 3600,
	FORK_SEGMENTS_MAX = 64, /* streams whose entries a fork has */
	STREAM_LIST_DEFAULT = 100,
	STREAM_LIST_MAX = 1000,
	STREAM_LIST_OFFSET_MAX = 100000, /* further on, `after` is for */
	STREAM_ENDS_MAX = 64, /* with one delete; the reaper does the rest */
	READ_ENTRIES_MAX = 5000, /* of a page, and */
	READ_BYTES_MAX = 1 << 20, /* unless one entry alone is longer */
	READ_SEGMENTS_MAX = 16, /* of a fork, in one page */
	LONG_POLL_MAX = 300000,
	LIVE_BYTES_MAX = 64 << 10, /* of what a waiting reader gets at once */
	HEARTBEAT = 15000, /* of server-sent events */
	TAILS_LOOK_S = 30, /* seconds in which every tail is looked up */
	TAIL_PAGES_MAX = 16, /* for all who wait at a stream's end */
	TAIL_BYTES_MAX = 256 << 10,
	TAILS_BYTES_MAX = 64 << 20, /* of all tails of a process */

	/* Subscriptions to streams, and the calls they lead to. */
	SUBSCRIPTION_ID_BYTES_MAX = 255,
	SUBSCRIPTION_PATTERN_BYTES_MAX = 512,
	SUBSCRIPTION_PATTERN_SEGMENTS_MAX = 32,
	SUBSCRIPTION_DESCRIPTION_BYTES_MAX = 1024,
	SUBSCRIPTION_NAMED_MAX = 1000, /* streams given by name */
	SUBSCRIPTION_STREAMS_MAX = 10000, /* and those that fit the pattern */
	SUBSCRIPTION_STREAMS_SHOWN = 1000,
	SUBSCRIPTION_WORKER_BYTES_MAX = 255,
	LEASE_TTL = 30000,
	LEASE_TTL_MIN = 1000,
	LEASE_TTL_MAX = 600000,
	SUBSCRIPTION_LOOK = 30000, /* from one comparison to the next */
	HTTP_URL_BYTES_MAX = 2048,
	HTTP_ANSWER_BYTES_MAX = 16 << 10,
	HTTP_CALLS_MAX = 256,

	/* Plates. */
	PLATE_ID_BYTES_MAX = 64,
	PLATE_KEYS_MAX = 100, /* of one plate */
	PLATE_ENDS_MAX = 64, /* streams, with the delete of their plate; the
			      * reaper at once */
	PIPELINE_COMMANDS_MAX = 512, /* also of a transaction */
	COMMAND_WORDS_MAX = 1 << 17,
	CONSUMER_GROUP_BYTES_MAX = 512,
	GROUP_MEMBER_BYTES_MAX = 512, /* a consumer's name, as Redis calls it */
	GROUP_READ_ENTRIES_MAX = 10000, /* new to all callers in a turn, and */
	GROUP_READ_BYTES_MAX = 8 << 20, /* unless one entry alone is longer */
	GROUP_LOOK_MAX = 10000, /* pending entries that one XAUTOCLAIM walks */
	GROUP_LIST_MAX = 100000, /* groups, members, pending entries told of */
	COMMAND_REPLY_BYTES_MAX = 32 << 20, /* of the entries in it */
	COMMAND_STREAMS_MAX = 64, /* that one command reads */
	TRIM_BATCH = 10000, /* entries that one statement removes, and */
	TRIM_BYTES = 64 << 20, /* about so many bytes at most */

	/* Users. */
	USERNAME_BYTES_MAX = 128,
	PASSWORD_BYTES_MIN = 12,
	PASSWORD_BYTES_MAX = 1024,
	PATTERN_BYTES_MAX = 255,
	GROUP_BYTES_MAX = 128,
	RECEIPT_BYTES_MAX = 32,
	GRANTS_PER_USER_MAX = 1000,
	HASHES_AT_ONCE = 2,
	HASH_WAIT = 10000,
	PRINCIPALS_CACHED_MAX = 10000,
	TOKEN_BYTES_MAX = 4 << 10,
	API_KEYS_MAX = 100, /* of one user */
	API_KEY_NAME_BYTES_MAX = 128,
};

#endif
