/*
 * Keep a key that signs webhook calls, if there is none yet. Writes.
 *
 *	$1 key_id text, $2 private_key bytea, $3 public_key bytea
 * One row if it is kept:
 *	0 created_at timestamptz
 */
insert into sluice.webhook_keys as k (key_id, private_key, public_key)
values ($1::text, $2::bytea, $3::bytea)
on conflict do nothing
returning k.created_at
