/*
 * Forget the login attempts of windows that are over. Writes.
 *
 * One row:
 *	0 count bigint
 */
with gone as (
	delete from sluice.login_attempts a
	where a.window_end <= now()
	returning a.client
)
select count(*)
from gone g
