/*
 * How long to wait after so many failures in a row: 1 second, twice as long
 * each time, 60 seconds at most; a fifth more or less, so that those who
 * failed together do not come back together.
 */
create or replace function sluice.subscription_pause(
	p_failures integer)
returns interval
language plpgsql
as $$
begin
	return least(power(2, least(p_failures, 10) - 1), 60)
		* (0.8 + 0.4 * random()) * interval '1 s';
end
$$;
