/*
 * The keys of webhook calls, that which signs first. Reads.
 *
 * Rows:
 *	0 key_id text, 1 private_key bytea, 2 public_key bytea,
 *	3 signs boolean
 */
select k.key_id, k.private_key, k.public_key, k.retired_at is null as signs
from sluice.webhook_keys k
order by k.retired_at desc nulls first, k.key_id
